/** Completion for bash. */
import type { OptionModel, VerbModel, WordModel } from './model.js';

export function bashCompletion(verbs: readonly VerbModel[]): string {
  return `# bash completion of jsonmmap. To have it in this shell: eval "$(jsonmmap completion bash)"
_jsonmmap() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local options='' values='' position=0 region='' i dir=()
  local -a words=()
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _jsonmmap_among "${verbs.map(({ name }) => name).join(' ')} help --help --version"
    return
  fi
  case \${COMP_WORDS[1]} in
${verbs.map(verbCase).join('\n')}
  esac
  for ((i = 2; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      --dir) dir=(--dir "\${COMP_WORDS[++i]}") ;;
      -?*) [[ $values == *" \${COMP_WORDS[i]} "* ]] && ((i++)) ;;
      *) ((position++ == 0)) && region=\${COMP_WORDS[i]} ;;
    esac
  done
  case \${COMP_WORDS[1]}$previous in
${verbs.flatMap(choiceCases).join('\n')}
  esac
  [[ $values == *" $previous "* ]] && return # a file name, the default
  if [[ $current == -* ]]; then
    _jsonmmap_among "$options"
    return
  fi
  ((position < \${#words[@]})) || position=$((\${#words[@]} - 1))
  case \${words[position]-} in
    region) _jsonmmap_among "$(jsonmmap ls --names "\${dir[@]}" 2>/dev/null)" ;;
    pointer) _jsonmmap_pointers ;;
    choice:*) _jsonmmap_among "\${words[position]#choice:}" ;;
  esac
}

_jsonmmap_among() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

# The keys of the container that the pointer leads to so far; ~ and / within a key are written ~0 and ~1.
_jsonmmap_pointers() {
  local parent=\${current%/*} key
  while IFS= read -r key; do
    key=\${key//'~'/'~0'}
    key=$parent/\${key//'/'/'~1'}
    [[ $key == "$current"* ]] && COMPREPLY+=("$key")
  done < <(jsonmmap get "$region" "$parent" --keys "\${dir[@]}" 2>/dev/null)
  compopt -o nospace
}

complete -o default -F _jsonmmap jsonmmap
`;
}

function verbCase({ name, words, options }: VerbModel): string {
  const flags = options.flatMap((option) => option.flags).join(' ');
  const values = options.filter(({ value }) => value !== undefined).flatMap((option) => option.flags);
  return `    ${name}) options='${flags} --help' values=' ${values.join(' ')} ' words=(${words.map(wordOf).join(' ')}) ;;`;
}

function wordOf({ kind, choices }: WordModel): string {
  return kind === 'choice' ? `'choice:${choices.join(' ')}'` : kind;
}

function choiceCases({ name, options }: VerbModel): string[] {
  return options.flatMap(({ flags, choices }: OptionModel) =>
    choices.length === 0
      ? []
      : flags.map((flag) => `    ${name}${flag}) _jsonmmap_among '${choices.join(' ')}'; return ;;`),
  );
}
