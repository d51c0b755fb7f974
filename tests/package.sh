# package.sh - the Debian package of this tree, built at most once for all who want it: make
# deb and tests. Sourced with ROOT set to this tree's folder.

# What goes into a package, ended by NULs: what git knows or would add; without git, all but
# build/. So nothing is left in the tree, and nothing that lies about gets in.
package_files() {
	git -C "$ROOT" ls-files -z --cached --others --exclude-standard 2>/dev/null ||
	    (cd "$ROOT" && find . -name build -prune -o ! -type d -printf '%P\0')
}

# package_sources FOLDER: a copy of this tree there.
package_sources() {
	mkdir -p "$1"
	package_files | tar -c -C "$ROOT" --null --ignore-failed-read -T - 2>/dev/null |
	    tar -x -C "$1"
}

# package_sum: of all files that reach a package or are run while it is built.
package_sum() {
	(cd "$ROOT" && package_files | grep -zvE '\.(scenario|sh)$|^README' | LC_ALL=C sort -z |
	    xargs -0 sha256sum 2>/dev/null | sha256sum)
}

# package_version: as the Makefile has it, and so debian/changelog.
package_version() { sed -n 's/^VERSION *:= *//p' "$ROOT/Makefile"; }

# package_make FOLDER [OPTION...]: the package of this tree in FOLDER, by dpkg-buildpackage
# with the OPTIONs (default -b); its log in build.log. Nothing is done where those in FOLDER
# are of the very same files. What a caller's make was told is not for the package.
package_make() {
	local folder=$1 version sum sources
	shift
	version=$(package_version)
	sources=$folder/fridge-label-$version
	mkdir -p "$folder"
	(
		flock 9
		sum=$(package_sum)
		[ "$(cat "$folder/made" 2>/dev/null)" != "$sum $*" ] || exit 0
		rm -rf "$folder"/*
		package_sources "$sources"
		cd "$sources" || exit 1
		if ! env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u B -u SAN -u WERROR -u SOURCE_DATE_EPOCH \
		    dpkg-buildpackage -us -uc "${@:--b}" >../build.log 2>&1 </dev/null; then
			tail -n 40 ../build.log >&2
			exit 1
		fi
		cd .. && rm -rf "$sources"
		echo "$sum $*" >made
	) 9>"$folder.lock"
}

# package_as_version DEB VERSION FOLDER: the same package with another version number there.
package_as_version() {
	dpkg-deb -R "$1" "$3/other"
	sed -i "s/^Version: .*/Version: $2/" "$3/other/DEBIAN/control"
	dpkg-deb --root-owner-group -Zgzip -b "$3/other" "$3/fridge-label_$2.deb" >/dev/null
	rm -r "$3/other"
}

# package_tools, package_libraries [SUFFIX]: what a Debian needs to build it, and what its unit
# tests look at pictures with (package_units_tools), as a list that root_make takes.
package_tools() { echo "debhelper, dh-sequence-installsysusers, pkgconf"; }
package_units_tools() { echo "imagemagick, poppler-utils"; }
package_libraries() {
	sed -n "/^Build-Depends:/,/^[^ ]/s/^ \(lib[a-z0-9.+-]*\).*/\1${1:-}/p" "$ROOT/debian/control" |
	    paste -sd,
}

# package_machine DEB: $root_dir, a Debian that can boot, with all that the package depends on
# and no more. One for all who install it. What else a test installs lies ready: below /opt/mail
# what mails, and below /opt/cups what looks for printers.
package_machine() {
	root_make machine bookworm \
	    "systemd-sysv, dbus, udev, procps, iproute2, $(dpkg-deb -f "$1" Depends)" \
	    --customize-hook='mkdir -p "$1/opt/mail/partial" "$1/opt/cups"' \
	    --customize-hook='chroot "$1" apt-get install -qq -y --no-install-recommends --download-only -o Dir::Cache::archives=/opt/mail postfix msmtp >&2' \
	    --customize-hook='chroot "$1" sh -c "cd /opt/cups && apt-get download -qq -o APT::Sandbox::User=root cups" >&2'
}

# package_root ROOT COMMAND...: run in ROOT, in the folder of the tree that was built there, with
# terminals to be had. The shell stays, as the first process there: it takes in what others leave
# behind when they end.
package_root() {
	unshare --pid --fork --kill-child --mount-proc="$1/proc" \
	    chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
	    sh -c 'mount -t devpts none /dev/pts && cd /src/fridge-label && "$@"; exit $?' sh "${@:2}"
}

# package_units ROOT BUT COMMAND...: run its unit tests there by COMMAND, without those whose names
# are in BUT. What is left out by the others, for want of a tool or of the kernel's, is said.
package_units() {
	local root=$1 but=$2 test name left_out failed=0
	shift 2
	for test in "$root"/src/fridge-label/build/debian/tests/*_test; do
		name=$(basename "$test" _test)
		case " $but " in *" $name "*) continue ;; esac
		package_root "$root" "$@" "build/debian/tests/${name}_test" >"$name.out" 2>&1 ||
		    { cat "$name.out"; failed=1; }
	done
	left_out=$(sed -n 's/^\[  SKIPPED \] \([a-z]\)/\1/p' ./*.out | sort -u | paste -sd ' ')
	[ $failed = 0 ] || return 1
	[ -z "$left_out" ] || skip "all but $left_out"
}

# package_in_root ROOT FOLDER OPTION...: the package as built in ROOT with these OPTIONs of
# dpkg-buildpackage, in FOLDER; what was built stays in ROOT's /src/fridge-label.
package_in_root() {
	local root=$1 folder=$2 sum
	shift 2
	mkdir -p "$folder"
	sum=$(package_sum)
	[ "$(cat "$folder/made" 2>/dev/null)" != "$sum $*" ] || return 0
	rm -rf "$root/src" "$folder"/*
	package_sources "$root/src/fridge-label"
	if ! package_root "$root" dpkg-buildpackage -us -uc -b "$@" >"$folder/build.log" 2>&1 </dev/null; then
		tail -n 40 "$folder/build.log" >&2
		return 1
	fi
	cp "$root"/src/*.deb "$folder"
	echo "$sum $*" >"$folder/made"
}
