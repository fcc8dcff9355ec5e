/** Completion for bash. */

export const bashCompletion = `# bash completion of jsonmmap. To have it in this shell: eval "$(jsonmmap completion bash)"
_jsonmmap() {
  local -a answer
  mapfile -t answer < <(jsonmmap complete bash "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
  COMPREPLY=("\${answer[@]:1}")
  case \${answer[0]-} in
    files) compopt -o default ;;
    directories) compopt -o default -o dirnames ;;
    open) compopt -o nospace ;;
  esac
}

complete -F _jsonmmap jsonmmap
`;
