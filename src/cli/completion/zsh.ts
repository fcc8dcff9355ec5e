/** Completion for zsh. */
import type { Kind, OptionModel, VerbModel, WordModel } from './model.js';

export function zshCompletion(verbs: readonly VerbModel[]): string {
  return `#compdef jsonmmap
# zsh completion of jsonmmap. To have it in this shell: source <(jsonmmap completion zsh)
_jsonmmap() {
  local -a verbs=(
${verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  local -a dir
  local verb=$words[2] region i
  for ((i = 3; i < CURRENT; i++)); do
    case $words[i] in
      --dir) dir=(--dir $words[++i]) ;;
      -*) ;;
      *) region=\${region:-$words[i]} ;;
    esac
  done
  shift words
  ((CURRENT--))
  case $verb in
${verbs.map(verbCase).join('\n')}
  esac
}

_jsonmmap_regions() {
  local -a names=(\${(f)"$(jsonmmap ls --names $dir 2>/dev/null)"})
  compadd -a names
}

# The keys of the container that the pointer leads to so far; ~ and / within a key are written ~0 and ~1.
_jsonmmap_pointers() {
  local parent=\${PREFIX%/*}
  local -a keys=(\${(f)"$(jsonmmap get $region "$parent" --keys $dir 2>/dev/null)"})
  keys=("\${(@)keys//\\~/~0}")
  keys=("\${(@)keys//\\//~1}")
  compadd -S '' -- "$parent/"\${^keys}
}

if [[ $funcstack[1] == _jsonmmap ]]; then _jsonmmap "$@"; else compdef _jsonmmap jsonmmap; fi
`;
}

function verbCase({ name, words, options }: VerbModel): string {
  const specs = [...options.flatMap(optionSpecs), ...words.map(wordSpec), quoted('(- *)--help[show help]')];
  return `    ${name}) _arguments ${specs.join(' ')} ;;`;
}

function optionSpecs({ flags, summary, value, choices }: OptionModel): string[] {
  const text = summary.replace(/[[\]:]/g, '\\$&');
  const argument = value === undefined ? '' : `: :${action(value, choices)}`;
  return flags.map((flag) => quoted(`${flag}[${text}]${argument}`));
}

function wordSpec({ kind, choices, variadic }: WordModel, i: number): string {
  return quoted(`${variadic ? '*' : i + 1}: :${action(kind, choices)}`);
}

function action(kind: Kind, choices: readonly string[]): string {
  switch (kind) {
    case 'region':
      return '_jsonmmap_regions';
    case 'pointer':
      return '_jsonmmap_pointers';
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'choice':
      return `(${choices.join(' ')})`;
    default:
      return ' ';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
