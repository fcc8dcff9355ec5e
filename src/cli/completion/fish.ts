/** Completion for fish. */

export const fishCompletion = `# fish completion of jsonmmap. To have it in this shell: jsonmmap completion fish | source
function __jsonmmap_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l answer (jsonmmap complete fish $words[2..-1] "$current" 2>/dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path "$current"
        case directories
            __fish_complete_directories "$current" ''
        case '*'
            printf '%s\\n' $answer[2..-1]
    end
end

complete -c jsonmmap -f -a '(__jsonmmap_complete)'
`;
