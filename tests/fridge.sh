# fridge.sh - a whole fridge in a private folder, for scenarios and the demo. Sourced
# after lib.sh, pn532.sh and cups.sh.

# write_config [LINE...]: $DIR/fridge.conf, short sections; a LINE is SECTION.KEY=VALUE
# and adds to or overrides the defaults here.
write_config() {
	local -A values=(
		[fridge.name]="3F pantry" [fridge.code]=F3 [fridge.language]=en
		[fridge.timezone]=Asia/Seoul [fridge.clock]=trusted
		[reader.device]="pn532_uart:$DIR/pn532"
		[reader.helper]="$DIR/reader"
		[reader.poll_ms]=20 [reader.rearm_ms]=300 [reader.again_s]=0
		[printer.queue]=label
		[label.templates]="$ROOT/templates" [label.burst_per_min]=0
		[report.empty]=never
		[store.path]="$DIR/fridge.db" [store.key_file]="$DIR/uid.key"
	)
	local line section key
	for line in "$@"; do
		values[${line%%=*}]=${line#*=}
	done
	for section in fridge reader printer label store report alert backup indicator; do
		echo "[$section]"
		for key in "${!values[@]}"; do
			if [ "${key%%.*}" = "$section" ]; then
				echo "${key#*.} = ${values[$key]}"
			fi
		done
	done >"$DIR/fridge.conf"
	write_reader
}

# The real reader, with a copy of all that it says in reader.lines.
write_reader() {
	cat >"$DIR/reader" <<-END
	#!/bin/bash
	exec "$BUILD/fridge-reader" > >(exec tee -a "$DIR/reader.lines")
	END
	chmod 755 "$DIR/reader"
}

ctl() { "$BUILD/fridgectl" -c "$DIR/fridge.conf" "$@"; }

# start_fridged: with the key made if there is none; waits until the store is there.
start_fridged() {
	[ -f "$DIR/uid.key" ] || ctl key create >/dev/null
	start fridged "$BUILD/fridged" -c "$DIR/fridge.conf"
	wait_for 20 fridged_says fridged running
}

# fridged_says KEY TEXT: whether status --json has exactly that. It is asked again and again
# while others work: by the plain build, which starts in a fraction of the time.
fridged_says() { "$TOOLS/fridgectl" -c "$DIR/fridge.conf" --json status | grep -qF "\"$1\":\"$2\""; }

# fridged_complains KEY: whether status gives another state of that than ok, and a known one.
# Where there is no answer (no store yet, say) that is no complaint.
fridged_complains() {
	case $("$TOOLS/fridgectl" -c "$DIR/fridge.conf" --json status | jq -r ".$1") in
	"" | null | ok | "not known yet") return 1 ;;
	esac
}

# sql QUERY: read the store as a stranger would.
sql() { sqlite3 -readonly "$DIR/fridge.db" ".timeout 5000" "$1"; }
sql_is() { [ "$(sql "$1")" = "$2" ]; }

# A label count, and that many labels whose first print is complete.
labels_are() { sql_is "SELECT count(*) FROM label" "$1"; }
completed_are() { sql_is "SELECT count(*) FROM print WHERE state = 'completed'" "$1"; }

# tap UID KIND: hold a badge to the reader, wait until it was seen, take it away, and
# wait until the reader has said that the field is empty.
tap() {
	local gone
	gone=$(lines_of gone)
	hold "$@"
	chip remove
	wait_for 10 more_lines_of gone "$gone"
}
# hold UID KIND: hold it there.
hold() {
	local taps
	taps=$(lines_of tap)
	chip "put $*"
	wait_for 10 more_lines_of tap "$taps"
}
lines_of() { grep -c "^$1" "$DIR/reader.lines" 2>/dev/null || true; }
more_lines_of() { [ "$(lines_of "$1")" -gt "$2" ]; }
