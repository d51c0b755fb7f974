# lib.sh - what scenario scripts share. A scenario file tests/NAME.scenario sources
# this first and ends with run_scenarios. Each test is a function whose body is a
# subshell and whose name is a sentence:
#
#	a_known_badge_gives_a_label() (
#		start ...; wait_for 5 grep -q ...; equal "$(...)" "..."
#	)
#
# A test runs with set -e in a private folder ($DIR, also the current folder) with a
# clean environment; a command that fails ends it. What it started with "start" is
# ended by its own pid afterwards. Its output is shown only if it fails. Options of a
# scenario file: a piece of a test's name (run only those), or --list. SWEEP=1 does all
# of what is otherwise sampled, SEED=N draws other samples, LEAKS=1 looks for leaks of every
# command.

if [ -z "${FRIDGE_CLEAN:-}" ]; then
	exec env -i FRIDGE_CLEAN=1 PATH="/usr/sbin:/usr/bin:/sbin:/bin" LANG=C.UTF-8 \
	    TMPDIR="${TMPDIR:-/tmp}" BUILD="${BUILD:-build/san}" TOOLS="${TOOLS:-build}" \
	    KEEP="${KEEP:-}" SWEEP="${SWEEP:-}" SEED="${SEED:-}" LEAKS="${LEAKS:-0}" bash "$0" "$@"
fi
set -u
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac	# the programs under test
case $TOOLS in /*) ;; *) TOOLS=$ROOT/$TOOLS ;; esac	# plain build: tools, preloads
# To look for leaks takes longer than most commands take: it is done of what is started to
# live long, with its children, and of commands in the files that say LEAKS=1.
export ASAN_OPTIONS=abort_on_error=0:detect_leaks=$LEAKS UBSAN_OPTIONS=print_stacktrace=1

# start NAME COMMAND...: run in the background; output in NAME.log, pid in $NAME_pid
# (dashes become underscores). Ended when the test ends.
start() {
	local name=$1 var=${1//-/_}_pid
	shift
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=1 "$@" >>"$name.log" 2>&1 </dev/null &
	printf -v "$var" %s $!
	echo $! >>"$DIR/.pids"
}

# stop PID [SECONDS]: SIGTERM, wait, and return its exit status; fails loudly if it
# does not end in time (default 10 s).
stop() {
	kill -TERM "$1" 2>/dev/null || true
	wait_for "${2:-10}" ended "$1" || return 1
	wait "$1" 2>/dev/null
}
ended() {
	local said
	{ read -r said <"/proc/$1/stat"; } 2>/dev/null || return 0
	said=${said##*) }
	[ "${said:0:1}" = Z ]
}

# wait_for SECONDS COMMAND...: until it succeeds; fails (and says what) after SECONDS. Asked
# again after an eighth of what was waited, or twice what the asking took, 20 to 200 ms: who
# waits must not keep others busy.
wait_for() {
	local limit=$1 began=${EPOCHREALTIME/./} asked now ms
	shift
	while asked=${EPOCHREALTIME/./} && ! "$@" >/dev/null 2>&1; do
		now=${EPOCHREALTIME/./}
		if [ $((now - began)) -gt $((limit * 1000000)) ]; then
			echo "waited $limit s in vain for: $*" >&2
			return 1
		fi
		ms=$(((now - began) / 8000))
		ms=$((ms > (now - asked) / 500 ? ms : (now - asked) / 500))
		ms=$((ms < 20 ? 20 : ms > 200 ? 200 : ms))
		printf -v ms %03d "$ms"
		nap "0.$ms"
	done
}
# nap SECONDS: as sleep does it, but without a process for each of many thousand looks.
nap() {
	if [ -p "${DIR:-}/.nap" ]; then read -rt "$1" <>"$DIR/.nap" || true; else sleep "$1"; fi
}

# Comparisons that say what they saw.
equal() { [ "$1" = "$2" ] || { printf 'expected: %s\ngot:      %s\n' "$2" "$1" >&2; return 1; }; }
contains() { case $1 in *"$2"*) ;; *) printf 'expected to contain: %s\ngot: %s\n' "$2" "$1" >&2; return 1 ;; esac; }
lacks() { case $1 in *"$2"*) printf 'expected not to contain: %s\ngot: %s\n' "$2" "$1" >&2; return 1 ;; esac; }
# fails STATUS COMMAND...: it must end with that status; output in $OUT and $ERR.
fails() {
	local want=$1 got=0
	shift
	"$@" >out.txt 2>err.txt </dev/null || got=$?
	OUT=$(cat out.txt) ERR=$(cat err.txt)
	[ "$got" = "$want" ] || { printf 'exit status %s, expected %s: %s\n%s\n%s\n' "$got" "$want" "$*" "$OUT" "$ERR" >&2; return 1; }
}
# never COMMAND...: it must fail ("!" alone does not end a test under set -e).
never() { if "$@"; then echo "should not have succeeded: $*" >&2; return 1; fi; }
# skip REASON: not possible here; counted as skipped and said aloud.
skip() { echo "$*" >"$DIR/.skipped"; exit 0; }

end_started() {
	set +e
	local pid
	[ -f "$DIR/.pids" ] || return 0
	for pid in $(tac "$DIR/.pids"); do
		kill -TERM "$pid" 2>/dev/null
	done
	for pid in $(tac "$DIR/.pids"); do
		wait_for 5 ended "$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null
	done
	rm -f "$DIR/.pids"
}

# clear_away: the test's folder goes; what a test mounted there is unmounted, and never
# deleted through its mount: it may be the machine's own.
clear_away() {
	awk -v below="$DIR/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | tac |
	    xargs -r umount -l
	rm -rf --one-file-system "$DIR"
}

run_scenarios() {
	local names name status began took failed=0
	names=$(sed -n 's/^\([a-z0-9_]*\)() ($/\1/p' "$0")
	if [ "${1:-}" = --list ]; then
		echo "$names"
		exit 0
	fi
	for name in $names; do
		case $name in *"${1:-}"*) ;; *) continue ;; esac
		DIR=$(mktemp -d "${TMPDIR:-/tmp}/fridge.XXXXXX")
		export DIR HOME=$DIR XDG_CACHE_HOME=$DIR/.cache
		mkfifo "$DIR/.nap"
		began=$SECONDS
		(
			cd "$DIR" || exit 1
			trap end_started EXIT
			set -e
			"$name"
		) >"$DIR/.output" 2>&1
		status=$?
		took="$((SECONDS - began)) s"
		if [ $status = 0 ] && [ -f "$DIR/.skipped" ]; then
			echo "ok - $name # SKIP $(cat "$DIR/.skipped")"
		elif [ $status = 0 ]; then
			echo "ok - $name # $took"
		else
			failed=1
			echo "not ok - $name # $took"
			sed 's/^/# /' "$DIR/.output"
			for log in "$DIR"/*.log; do
				[ -f "$log" ] && { echo "# ---- $(basename "$log")"; tail -n 40 "$log" | sed 's/^/# /'; }
			done
		fi
		[ -n "$KEEP" ] && echo "# kept: $DIR" || clear_away
	done
	exit $failed
}
