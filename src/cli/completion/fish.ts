/** Completion for fish. */
import type { Kind, OptionModel, VerbModel, WordModel } from './model.js';

export function fishCompletion(verbs: readonly VerbModel[]): string {
  return `# fish completion of jsonmmap. To have it in this shell: jsonmmap completion fish | source
function __jsonmmap_words
    # The words before the cursor that are no options, without the command itself.
    string match --invert -- '-*' (commandline --tokenize --cut-at-cursor --current-process)[2..]
end

function __jsonmmap_at
    # Whether the cursor is at word $argv[2] of verb $argv[1].
    set -l words (__jsonmmap_words)
    test (count $words) -eq $argv[2]; and test "$words[1]" = $argv[1]
end

function __jsonmmap_pointers
    # The keys of the container that the pointer leads to so far; ~ and / within a key are written ~0 and ~1.
    set -l parent (string replace --regex '/[^/]*$' '' -- (commandline --current-token))
    set -l keys (jsonmmap get (__jsonmmap_words)[2] "$parent" --keys 2>/dev/null | string replace --all '~' '~0' | string replace --all / '~1')
    for key in $keys
        echo "$parent/$key"
    end
end

complete -c jsonmmap -f
${verbs.flatMap(verbLines).join('\n')}
`;
}

function verbLines({ name, summary, words, options }: VerbModel): string[] {
  return [
    `complete -c jsonmmap -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...words.flatMap((word, i) => wordLines(name, word, i + 1)),
    ...options.map((option) => optionLine(name, option)),
  ];
}

function wordLines(verb: string, { kind, choices, variadic }: WordModel, position: number): string[] {
  const candidates = candidatesOf(kind, choices);
  if (candidates === '') return [];
  const condition = variadic ? `__fish_seen_subcommand_from ${verb}` : `__jsonmmap_at ${verb} ${position}`;
  return [`complete -c jsonmmap -n '${condition}' ${candidates}`];
}

function optionLine(verb: string, { flags, summary, value, choices }: OptionModel): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
  const argument = value === undefined ? '' : ` ${value === 'file' ? '-r' : '-x'} ${candidatesOf(value, choices)}`;
  return `complete -c jsonmmap -n '__fish_seen_subcommand_from ${verb}' ${names}${argument.trimEnd()} -d ${quoted(summary)}`;
}

function candidatesOf(kind: Kind, choices: readonly string[]): string {
  switch (kind) {
    case 'region':
      return "-a '(jsonmmap ls --names 2>/dev/null)'";
    case 'pointer':
      return "-a '(__jsonmmap_pointers)'";
    case 'file':
      return '-F';
    case 'directory':
      return "-a '(__fish_complete_directories)'";
    case 'choice':
      return `-a '${choices.join(' ')}'`;
    default:
      return '';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
