/** Completion for zsh. */

export const zshCompletion = `#compdef jsonmmap
# zsh completion of jsonmmap. To have it in this shell: source <(jsonmmap completion zsh)
_jsonmmap() {
  local -a answer=("\${(@f)$(jsonmmap complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${compstate[quote]}$PREFIX" 2>/dev/null)}")
  local -a found=("\${(@)answer[2,-1]%%$'\\t'*}") shown=("\${(@)answer[2,-1]/$'\\t'/  -- }")
  case $answer[1] in
    files) _files ;;
    directories) _files -/ ;;
    open) compadd -S '' -a found ;;
    nothing)
      if [[ "$answer[2]" == *$'\\t'* ]]; then compadd -l -d shown -a found; else compadd -a found; fi ;;
  esac
}

if [[ $funcstack[1] == _jsonmmap ]]; then _jsonmmap "$@"; else compdef _jsonmmap jsonmmap; fi
`;
