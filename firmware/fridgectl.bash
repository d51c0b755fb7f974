# fridgectl.bash - what may stand there, asked of fridgectl itself: commands, options,
# people, badges, codes, presets, templates and settings.

_fridgectl() {
	local cur=${COMP_WORDS[COMP_CWORD]} words=() i word
	COMPREPLY=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		# bash takes --preset=x apart at the equals sign.
		[ "$word" != = ] || [ "$i" = "$COMP_CWORD" ] || continue
		[ "$word" != = ] || word=
		# As it would be without its quotes.
		word=${word#[\"\']}
		word=${word%[\"\']}
		words+=("${word//\\/}")
	done
	mapfile -t COMPREPLY < <(fridgectl --complete "${words[@]}" 2>/dev/null)
	# Names with blanks are quoted by readline as names of files are.
	case "${COMPREPLY[*]}" in *[!A-Za-z0-9._=-]*) compopt -o filenames 2>/dev/null ;; esac
	[[ $cur != -* ]] || compopt +o default 2>/dev/null
}
complete -o default -F _fridgectl fridgectl
