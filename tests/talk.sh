# talk.sh - a program that asks somebody at a terminal, for scenarios; source it after lib.sh.

# talk_with COMMAND: run the command line at a terminal; what it says goes to talk, and lines
# come by "asked". $terminal_pid ends with it, and with its status.
talk_with() {
	rm -f lines
	mkfifo lines
	: >talk
	seen=0
	TALK=$1 start terminal sh -c 'exec script -qefc "$TALK" -E never talk <lines'
	exec 9>lines
}
# asked TEXT [LINE...]: wait until it was asked, behind what was before, then type lines.
asked() {
	wait_for 60 said_next "$1"
	seen=$((seen + $(next_at "$1") + ${#1}))
	shift
	[ $# = 0 ] || printf '%s\n' "$@" >&9
}
next_at() { tail -c +"$((seen + 1))" talk | grep -aboF -- "$1" | sed -n '1s/:.*//p'; }
said_next() { [ -n "$(next_at "$1")" ]; }
