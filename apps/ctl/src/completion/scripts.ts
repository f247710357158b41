/** What a shell is given to make stewardctl's words complete: it asks stewardctl itself for each. */

const bash = `# stewardctl's words in bash:   eval "$(stewardctl completion bash)"
_stewardctl() {
  # Words as they are typed: bash's own break at "=", ":" and "@".
  local line=\${COMP_LINE:0:COMP_POINT} words current last candidate
  read -ra words <<<"$line"
  case $line in *[[:space:]]) words+=("") ;; esac
  current=\${words[\${#words[@]} - 1]} last=\${COMP_WORDS[COMP_CWORD]}
  case $last in "=" | ":" | "@") last="" ;; esac
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    COMPREPLY+=("\${candidate#"\${current%"$last"}"}")
    case $candidate in *= | */) compopt -o nospace ;; esac
  done < <("\${words[0]}" completion --words "\${words[@]:1}" 2>/dev/null)
}
complete -F _stewardctl stewardctl
`;

const zsh = `#compdef stewardctl
# stewardctl's words in zsh:   eval "$(stewardctl completion zsh)", or this text as _stewardctl in a directory of $fpath
_stewardctl() {
  local -a lines names open
  local line
  lines=("\${(@f)$("\${words[1]}" completion --words "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    [[ -z $line ]] && continue
    case \${line%%$'\\t'*} in
    *= | */) open+=("\${line%%$'\\t'*}") ;;
    *) names+=("\${line%%$'\\t'*}") ;;
    esac
  done
  (( \${#open} )) && compadd -S "" -- "\${open[@]}"
  (( \${#names} )) && compadd -- "\${names[@]}"
}
if [ "$funcstack[1]" = "_stewardctl" ]; then _stewardctl "$@"; else compdef _stewardctl stewardctl; fi
`;

const fish = `# stewardctl's words in fish:   stewardctl completion fish | source
function __stewardctl_words
    set -l before (commandline -opc)
    $before[1] completion --words $before[2..-1] (commandline -ct) 2>/dev/null
end
complete -c stewardctl -f -a '(__stewardctl_words)'
`;

export const completionScripts: { readonly [shell: string]: string } = { bash, zsh, fish };
