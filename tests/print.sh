# print.sh - speak to fridge-print as fridged does. Sourced after lib.sh and cups.sh.

FIELDS=(lang=en owner=Ada title= "fridge=3F" code=F3-57240 stored=2026-03-17 expires=2026-03-24)

# start_helper: fridge-print as fridged runs it. "tell LINE" speaks to it, "said REGEX"
# waits for a whole line of its answer.
start_helper() {
	rm -f to_helper
	mkfifo to_helper
	: >said.txt
	"$BUILD/fridge-print" <to_helper >>said.txt 2>helper.log &
	helper_pid=$!
	echo $helper_pid >>"$DIR/.pids"
	exec 7>to_helper
	wait_for 15 said_hello_or_ended
	grep -qx 'hello fridge-print 1' said.txt
}
said_hello_or_ended() { grep -qx 'hello fridge-print 1' said.txt || ended "$helper_pid"; }
tell() { echo "$*" >&7; }
said() { wait_for "${2:-15}" grep -qxE "$1" said.txt || { cat said.txt; return 1; }; }
forget() { : >said.txt; }
set_up() {
	local queue=$1
	shift
	# The first of two pairs of one key counts.
	tell "setup queue=$queue $* media= rotate=auto templates=$ROOT/templates qr="
	# A sanitized renderer starts slowly.
	said 'printer .*' 30
}
# print_label PRINT [KEY=VALUE...]; its job's name ends in the attempt 1.
print_label() {
	local id=$1
	shift
	tell "print id=$id name=fridge-7-$id-1 find=0 $* template=standard copies=1 ${FIELDS[*]}"
}
# printed PRINT: to its end.
printed() {
	print_label "$@"
	said 'state [0-9]+ completed .*'
}
job_number() { sed -n 's/^job //p' said.txt | tail -n 1; }
# preview KEY=VALUE...: want.png
preview() {
	"$BUILD/fridge-print" --preview -o want.png templates="$ROOT/templates" "${FIELDS[@]}" "$@"
}
same_pages() { "$TOOLS/tests/pages" --equal "$1" "$2"; }
received() { find "$DIR/printer" -name "*-fridge-7-$1-*" ! -name '*.prn'; }
count_received() { find "$DIR/printer" -name '*-fridge-7-*' ! -name '*.prn' | wc -l; }
raster_page_mm() {	# of what a driver was sent: width and height from the preview's sheet
	awk -v w="$1" -v h="$2" -v dpi="$3" 'BEGIN { printf "%.2fx%.2fmm", w / dpi * 25.4, h / dpi * 25.4 }'
}
