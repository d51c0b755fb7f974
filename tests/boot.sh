# boot.sh - our package on a minimal Debian that really boots, in a container with systemd
# as its first process. Sourced after lib.sh, root.sh, package.sh and pn532.sh.
#
# All mounts stand in a mount namespace that ends with the script or the container. The
# chip's terminal is /dev/pn532 in there, and the label printer a backend of cupsd which
# keeps what it gets as /srv/label/JOB-NAME.prn, unless there is a file /srv/label/hold.

# boot_needs: skips the test where nothing can be booted.
boot_needs() {
	root_needs systemd-nspawn setpriv dpkg-deb dpkg-buildpackage
	[ -f "$BOOT/ready" ] || { cat "$BOOT/log" >&2; return 1; }
}

# boot_prepare: once for all tests of a file, before the first: $BOOT with the package in
# deb, and what it became when apt had installed it in layer.
boot_prepare() {
	BOOT=$ROOT/build/boot
	mkdir -p "$BOOT"
	rm -f "$BOOT/ready"
	[ -z "$(root_lacks systemd-nspawn setpriv dpkg-deb dpkg-buildpackage)" ] || return 0
	(
		set -e
		package_make "$ROOT/build/deb"
		deb=$(echo "$ROOT"/build/deb/fridge-label_*.deb)
		package_machine "$deb"
		cp "$deb" "$BOOT/fridge-label.deb"
		rm -rf "$BOOT/layer" "$BOOT/work"
		mkdir "$BOOT/layer" "$BOOT/work"
		boot_in_namespace boot_install
		touch "$BOOT/ready"
	) >"$BOOT/log" 2>&1 || true
}

# boot_in_namespace FUNCTION [ARGUMENT...]: in a mount namespace of its own. exec it to
# keep the process number.
boot_in_namespace() {
	export -f boot_install boot_configure boot_backend boot_chroot
	BOOT=$BOOT ROOTS=$ROOTS DIR=${DIR:-} unshare -m --propagation private bash -euc '"$@"' - "$@"
}

# boot_install: the package, by apt, and the settings and the person that the tests know.
boot_install() {
	local place=$BOOT/root person
	mkdir -p "$place"
	mount -t overlay -o "lowerdir=$ROOTS/machine,upperdir=$BOOT/layer,workdir=$BOOT/work" none "$place"
	cp "$BOOT/fridge-label.deb" "$place/var/tmp/"
	# No network and no list of packages: what it depends on must be there.
	boot_chroot "$place" apt-get install -qq -y -o APT::Sandbox::User=root \
	    --no-install-recommends /var/tmp/fridge-label.deb
	boot_configure "$place"
	for person in Ada Ben Cem; do
		boot_chroot "$place" fridgectl owner add $person --lang en
	done
	boot_chroot "$place" fridgectl badge add Ada 04a1b2c3d4e5f6
	boot_chroot "$place" fridgectl badge add Ben 04b1b2c3d4e5f6
	boot_chroot "$place" fridgectl badge add Cem 04c1b2c3d4e5f6
}
boot_chroot() {
	unshare -n -m bash -euc 'mount -t proc proc "$1/proc"
	    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 chroot "$@"' - "$@"
}
boot_configure() {
	local place=$1
	cat >"$place/etc/fridge/fridge.conf" <<-'END'
	[fridge]
	name = 3F pantry
	code = F3
	language = en
	timezone = Asia/Seoul
	clock = trusted
	[reader]
	device = pn532_uart:/dev/pn532
	rearm_ms = 300
	again_s = 0
	[printer]
	queue = label
	language = zpl
	media = 62x29mm
	[label]
	burst_per_min = 0
	[report]
	empty = never
	END
	cat >"$place/etc/cups/printers.conf" <<-'END'
	<DefaultPrinter label>
	DeviceURI label:/dev/null
	State Idle
	Accepting Yes
	ErrorPolicy abort-job
	</DefaultPrinter>
	END
	boot_backend "$place" label
}
# boot_backend MACHINE NAME [LISTED]: the label printer as that backend, on that machine; with
# what it says of the printer it found to whoever looks for one.
boot_backend() {
	install -d -o 7 -g 7 "$1/srv/label"
	cat >"$1/usr/lib/cups/backend/$2" <<-END
	#!/bin/sh
	[ \$# -gt 0 ] || { printf '%s' '${3:-}'; sleep 1; exit 0; }
	while [ -e /srv/label/hold ]; do sleep 0.1; done
	cat \${6:+"\$6"} >"/srv/label/\$1-\$3.new" && mv "/srv/label/\$1-\$3.new" "/srv/label/\$1-\$3.prn"
	END
	chmod 755 "$1/usr/lib/cups/backend/$2"
}

# boot [SCRIPT]: start the machine, and wait until fridged, reader and printer are up. The
# SCRIPT runs before that, with the machine's folder as $1. BOOT_FROM names other layers than
# those with the package.
boot() {
	boot_start "${1:-}"
	boot_up
}
boot_start() {
	export -f boot_machine boot_cgroup boot_backend root_layer
	export BOOT ROOTS BOOT_FROM=${BOOT_FROM:-$BOOT/layer:$ROOTS/machine}
	trap 'boot_tell; end_started; boot_end' EXIT
	start_pn532
	chown 0:20 "$(readlink -f "$DIR/pn532")"	# dialout, as a serial port
	chmod 660 "$(readlink -f "$DIR/pn532")"
	start machine unshare -m --propagation private bash -euc 'boot_machine "$@"' - \
	    "$(readlink -f "$DIR/pn532")" "${1:-}"
}
boot_up() {
	wait_for 90 boot_booted
	wait_for 30 fridge_is reader ok
	wait_for 30 fridge_is printer ok
}
# Runs the machine, whose first process is our grandchild, until it is off.
boot_machine() {
	local status
	boot_cgroup
	root_layer "$BOOT_FROM" machine
	[ -z "$2" ] || bash -euc "$2" - "$layer_dir"
	trap 'kill -TERM $! 2>/dev/null' TERM
	# It ends with 133 where the machine is to boot again.
	for (( status = 133; status == 133; )); do
		setpriv --pdeathsig KILL systemd-nspawn --quiet --directory="$layer_dir" \
		    --machine="fridge-$$" --boot --private-network --register=no --keep-unit \
		    --link-journal=no --console=pipe \
		    --system-call-filter="bpf landlock_create_ruleset landlock_add_rule landlock_restrict_self" \
		    --capability=CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON --bind="$1:/dev/pn532" </dev/null &
		status=0
		wait $! || status=$?
		[ $status -le 128 ] || [ $status = 133 ] || { status=0; wait $! || status=$?; }
	done
}
# systemd wants the second kind of control groups, and a group of its own.
boot_cgroup() {
	local old
	if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
		for old in $(awk '$2 ~ "^/sys/fs/cgroup" { print $2 }' /proc/self/mounts | tac); do
			umount "$old"
		done
		mount -t cgroup2 none /sys/fs/cgroup
	fi
	mkdir -p "/sys/fs/cgroup/fridge-$$"
	echo $$ >"/sys/fs/cgroup/fridge-$$/cgroup.procs"
	# Its own notes of containers must not meet the real machine's.
	mount -t tmpfs none /run
}

# The machine's first process; another one after it was booted again. Looked for only then: it
# is asked for again and again.
leader() {
	local pid=
	[ ! -s "$DIR/leader" ] || read -r pid <"$DIR/leader"
	if [ -z "$pid" ] || [ ! -d "/proc/$pid" ]; then
		pid=$(pgrep -P "$(pgrep -P "$machine_pid" -x systemd-nspawn)" -n)
		echo "$pid" >"$DIR/leader"
	fi
	echo "$pid"
}
# inside COMMAND...: run in the machine as root.
inside() {
	nsenter -t "$(leader)" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"
}
# A path of the machine, seen from here.
machine() { echo "/proc/$(leader)/root$1"; }
boot_booted() {
	case $(inside systemctl is-system-running) in running | degraded) ;; *) return 1 ;; esac
}
# fridge_is KEY TEXT: whether status says exactly that.
fridge_is() { inside fridgectl --json status | grep -qF "\"$1\":\"$2\""; }
# fridge_complains KEY: whether it gives a state of that, and another than ok.
fridge_complains() {
	case $(inside fridgectl --json status | jq -r ".$1") in
	"" | null | ok | "not known yet") return 1 ;;
	esac
}
# main_pid UNIT: as the machine counts. in_state UNIT STATE.
main_pid() { inside systemctl show -P MainPID "$1"; }
property() { inside systemctl show -P "$2" "$1"; }
property_is() { [ "$(property "$1" "$2")" = "$3" ]; }
journal() { inside journalctl --no-pager -o cat "$@"; }

# tap_until COUNT: hold a badge to the reader until there are that many labels in the store,
# take it away, and wait until that was seen. One after the other's, as the same badge again
# so soon would be impatience.
BADGES=(04a1b2c3d4e5f6 04b1b2c3d4e5f6 04c1b2c3d4e5f6)
tap_until() {
	local looks
	chip "put ${BADGES[$1 % 3]} iso14443a"
	wait_for 20 labels_stored "$1"
	looks=$(chip_looks)
	chip remove
	wait_for 20 chip_looked "$((looks + 12))"
}
chip_looks() {
	local before
	before=$(grep -c ^status chip.log || true)
	chip status
	wait_for 5 chip_told "$before"
	sed -n 's/^status.* \([0-9]*\) looks$/\1/p' chip.log | tail -n 1
}
chip_told() { [ "$(grep -c ^status chip.log)" -gt "$1" ]; }
chip_looked() { [ "$(chip_looks)" -gt "$1" ]; }
labels_stored() { [ "$(inside fridgectl --json label list --all | jq length)" = "$1" ]; }
# What the printer has got: whole documents.
documents() { find "$(machine /srv/label)" -name '*.prn' | wc -l; }
documents_are() { [ "$(documents)" = "$1" ]; }
completed_are() {
	[ "$(inside fridgectl --json label list --all | jq '[.[] | select(.print == "completed")] | length')" = "$1" ]
}
# shows_label FILE LABEL-JSON [KEY=VALUE...]: the document is the page that the machine previews
# for it, on such labels.
shows_label() {
	local file=$1 label=$2
	shift 2
	[ $# -gt 0 ] || set -- language=zpl size=62x29mm
	inside /usr/libexec/fridge/fridge-print --preview -o /root/want.png \
	    templates=/usr/share/fridge/templates lang=en "$@" \
	    template=standard "owner=$(jq -r .owner.name <<<"$label")" "fridge=3F pantry" \
	    "code=$(jq -r .code <<<"$label")" "stored=$(jq -r .stored_on <<<"$label")" \
	    "expires=$(jq -r .expires_on <<<"$label")"
	cp "$(machine /root/want.png)" want.png
	"$TOOLS/tests/pages" --equal "$file" want.png
}

# boot_tell: what the machine says of itself, for a test that failed.
boot_tell() {
	journal -b >journal.log 2>&1 || true
}
# boot_end: the control groups that a machine left.
boot_end() {
	find /sys/fs/cgroup /sys/fs/cgroup/unified -maxdepth 1 -name "fridge-$machine_pid" 2>/dev/null |
	    while read -r group; do
		find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
	    done
	return 0
}
