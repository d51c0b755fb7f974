# root.sh - minimal Debian systems of our own, for tests that install, build or boot in
# one. Sourced after lib.sh. Roots are made once, by mmdebstrap, and kept in
# build/roots; a test never writes into one but lays a layer of its own over it.
#
#	root_make boot bookworm "systemd-sysv, dbus, cups-daemon"	-> $root_dir
#	root_layer $root_dir NAME		-> $layer_dir
#
# Needs root, and for the first making a Debian mirror: root_needs says what is missing.

ROOTS=${ROOTS:-$ROOT/build/roots}

# root_lacks [COMMAND...]: says what is missing here to make a root and be in it; "" if
# nothing is. root_needs: skips the test then.
root_lacks() {
	local command
	if [ "$(id -u)" != 0 ]; then
		echo "needs root, to make and enter a Debian system"
		return
	fi
	for command in mmdebstrap unshare nsenter "$@"; do
		command -v "$command" >/dev/null || echo "$command is not here"
	done
	unshare -m mount -t tmpfs none /mnt 2>/dev/null || echo "nothing can be mounted here"
}
root_needs() {
	local lack
	lack=$(root_lacks "$@" | head -n 1)
	[ -z "$lack" ] || skip "$lack"
}

# root_make NAME SUITE PACKAGES [MMDEBSTRAP-OPTION...]: $root_dir, a minimal SUITE with
# PACKAGES, which is written like a Depends field. Made anew when what was asked for has
# changed. Two tests at once make it once.
root_make() {
	local name=$1 wanted
	wanted=$(printf '%s\n' "${@:2}")
	root_dir=$ROOTS/$name
	mkdir -p "$ROOTS"
	(
		flock 9
		[ "$(cat "$root_dir.made" 2>/dev/null)" != "$wanted" ] || exit 0
		echo "# making a Debian in $root_dir: this takes a while" >&2
		rm -rf "$root_dir" "$root_dir.made" "$root_dir.new"
		mkdir "$root_dir.new"
		root_bootstrap "$2" "$3" "${@:4}" | tar -x --numeric-owner --xattrs -C "$root_dir.new"
		[ -x "$root_dir.new/usr/bin/dpkg" ]
		mv "$root_dir.new" "$root_dir"
		echo "$wanted" >"$root_dir.made"
	) 9>"$root_dir.lock"
}

# A tar of it to standard output. What no test reads stays out; nothing is synced.
root_bootstrap() {
	local suite=$1 install
	install="chroot \"\$1\" env DEBIAN_FRONTEND=noninteractive"
	install="$install apt-get satisfy -qq -y --no-install-recommends '$2' >&2"
	shift 2
	if [ "$(df --output=avail -k /dev/shm | tail -n 1)" -gt 4000000 ]; then
		export TMPDIR=/dev/shm	# quicker by far
	fi
	mmdebstrap --quiet --variant=minbase --format=tar --aptopt='Apt::Install-Recommends "false"' \
	    --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' \
	    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
	    --customize-hook="$install" \
	    --customize-hook='rm -f "$1/etc/hostname" "$1/etc/machine-id"; : >"$1/etc/machine-id"' \
	    "$@" "$suite" -
}

# root_layer ROOT NAME [SIZE]: $layer_dir, ROOT (or LAYER:ROOT) with a layer over it that keeps what is
# written (in memory, at most SIZE, default 2g). Only in a mount namespace that ends
# with the test: nothing stays mounted.
root_layer() {
	local place=$DIR/$2
	layer_dir=$place/root
	mkdir -p "$place"
	mount -t tmpfs -o "size=${3:-2g}" none "$place"
	mkdir "$place/upper" "$place/work" "$layer_dir"
	mount -t overlay -o "lowerdir=$1,upperdir=$place/upper,workdir=$place/work" none "$layer_dir"
}
