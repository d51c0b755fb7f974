# fridgectl.bash - what may stand there, asked of fridgectl itself: commands, options,
# people, badges, codes, presets, places, templates and settings. It knows the store only
# if whoever types may read it: a shell of root's does, sudo has not asked yet.

_fridgectl() {
	local answer
	COMPREPLY=()
	answer=$("${1/#\~/$HOME}" --complete "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
	# 3: names of files, which the shell completes by itself.
	[ $? != 3 ] || compopt -o default 2>/dev/null
	[ -z "$answer" ] || mapfile -t COMPREPLY <<<"$answer"
}
complete -F _fridgectl fridgectl
