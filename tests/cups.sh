# cups.sh - real print queues in a private folder, for scenarios and the demo. Sourced
# after lib.sh. Needs $DIR, $TOOLS, start and wait_for; touches nothing but $DIR and
# 127.0.0.1. What a printer received lies in $DIR/printer/ (ippeveprinter) or in
# $DIR/NAME/ (a sink).

# start_cupsd [LINE...]: a private cupsd; a LINE is added to its cupsd.conf. Exports
# CUPS_SERVER. No authentication: who reaches the socket in $DIR may do everything.
start_cupsd() {
	local cups=$DIR/cups
	if [ ! -d "$cups" ]; then
		mkdir -p "$cups"/{root/ppd,spool,tmp,cache,state,log}
		chmod 755 "$cups" "$cups"/{root,root/ppd,cache,state,log}
		write_cups_files >"$cups/cups-files.conf"
		write_cupsd_conf "$@" >"$cups/cupsd.conf"
		if [ "$(id -u)" = 0 ]; then
			# Filters run as lp and must get through to their folders.
			chmod 711 "$DIR"
			chown root:lp "$cups/tmp" "$cups/spool" "$cups/cache"
			chmod 770 "$cups/cache"
		fi
		chmod 710 "$cups/spool"
		chmod 1770 "$cups/tmp"
	fi
	export CUPS_SERVER=$cups/cups.sock
	restart_cupsd
}
# The same again after stop_cupsd or kill_cupsd, with its queues and jobs.
restart_cupsd() {
	rm -f "$DIR/cups/cups.sock"
	start cupsd cupsd -f -c "$DIR/cups/cupsd.conf" -s "$DIR/cups/cups-files.conf"
	wait_for 20 cupsd_answers
}
cupsd_answers() { [ "$(lpstat -r)" = "scheduler is running" ]; }
stop_cupsd() { stop "$cupsd_pid" || true; }
kill_cupsd() {
	# Its backends live on, and look for their printers for ever.
	pgrep -P "$cupsd_pid" >>"$DIR/.pids" || true
	kill -KILL "$cupsd_pid"
	wait_for 5 ended "$cupsd_pid"
}

write_cups_files() {
	local user=lp group=lp
	[ "$(id -u)" = 0 ] || { user=$(id -un) group=$(id -gn); }
	cat <<-END
	FileDevice Yes
	User $user
	Group $group
	SystemGroup $(id -gn)
	ServerRoot $cups/root
	RequestRoot $cups/spool
	TempDir $cups/tmp
	CacheDir $cups/cache
	StateDir $cups/state
	Printcap $cups/state/printcap
	AccessLog $cups/log/access_log
	ErrorLog $cups/log/error_log
	PageLog $cups/log/page_log
	END
	[ ! -d "$cups.bin" ] || echo "ServerBin $cups.bin"
}
# found_by BACKEND [LINE...]: before start_cupsd: what CUPS's backend BACKEND (dnssd, usb,
# snmp) finds when it looks for printers is these lines, and there are no others.
found_by() {
	local bin=$DIR/cups.bin backend=$1
	shift
	if [ ! -d "$bin" ]; then
		mkdir -p "$bin/backend"
		ln -s /usr/lib/cups/{daemon,driver,filter,notifier} "$bin/"
		ln -s /usr/lib/cups/backend/{ipp,ipps,socket} "$bin/backend/"
	fi
	: >"$bin/$backend.found"
	[ $# = 0 ] || printf '%s\n' "$@" >"$bin/$backend.found"
	# As the real ones it takes its time: CUPS drops what it has not read when the last ends.
	printf '#!/bin/sh\n[ $# -gt 0 ] || { cat "%s"; sleep 1; }\n' "$bin/$backend.found" >"$bin/backend/$backend"
	chmod 755 "$bin" "$bin/backend" "$bin/backend/$backend"
}
write_cupsd_conf() {
	cat <<-END
	Listen $cups/cups.sock
	LogLevel info
	DirtyCleanInterval 0
	Browsing No
	DefaultShared No
	WebInterface No
	IdleExitTimeout 0
	ErrorPolicy abort-job
	PreserveJobFiles No
	$(printf '%s\n' "$@")
	<Location />
	  Order allow,deny
	  Allow all
	</Location>
	<Policy default>
	  <Limit All>
	    Order deny,allow
	    Allow all
	  </Limit>
	</Policy>
	END
}

# queue_is NAME TEXT: whether lpstat shows TEXT in its line.
queue_is() { lpstat -p "$1" | grep -qF "$2"; }

# start_ipp_printer NAME [--urf|--both] [ATTR-LINE...]: an IPP Everywhere label printer
# (62 x 29 mm at 300 dpi) and the queue NAME for it. With --urf it takes image/urf
# alone, with --both beside PWG raster. What it got: $DIR/printer/*. Its port: $ipp_port. Text in the file
# $DIR/printer.state becomes its printer-state-reasons at each job.
start_ipp_printer() {
	local name=$1
	shift
	start_ipp_device "$name" "$@"
	add_ipp_queue "$name"
}
start_ipp_device() {
	local name=$1 formats=image/pwg-raster tries
	shift
	case ${1:-} in
	--urf) formats=image/urf && shift ;;
	--both) formats=image/pwg-raster,image/urf && shift ;;
	esac
	mkdir -p "$DIR/printer"
	write_printer_attributes "$name" "$formats" "$@" >"$DIR/printer.conf"
	write_printer_command >"$DIR/printer.command"
	chmod 755 "$DIR/printer.command"
	for tries in 1 2 3 4 5; do
		ipp_port=$("$TOOLS/tests/sink" --free-port)
		start_ipp_device_again "$name" && return 0
	done
	echo "ippeveprinter does not start" >&2
	return 1
}
# The same printer at the same port, after it was stopped.
start_ipp_device_again() {
	start "printer" env LD_PRELOAD="$TOOLS/tests/noavahi.so" ippeveprinter \
	    -p "$ipp_port" -n localhost -r off -k -d "$DIR/printer" -a "$DIR/printer.conf" \
	    -c "$DIR/printer.command" "$1"
	wait_for 5 ipp_device_up_or_ended && ! ended "$printer_pid"
}
ipp_device_up_or_ended() {
	ended "$printer_pid" || (: <>"/dev/tcp/127.0.0.1/$ipp_port")
}
add_ipp_queue() {
	lpadmin -p "$1" -v "ipp://127.0.0.1:$ipp_port/ipp/print" -m everywhere -E 2>>lpadmin.log
	wait_for 20 test -s "$DIR/cups/root/ppd/$1.ppd"
	wait_for 10 queue_is "$1" "is idle"
	lpadmin -d "$1"
}
# Formats are image/pwg-raster,image/urf and the like.
write_printer_attributes() {
	local name=$1 formats=$2 size media
	shift 2
	size="{ MEMBER integer x-dimension 6200 MEMBER integer y-dimension 2900 }"
	media="{ MEMBER keyword media-key label MEMBER collection media-size $size
	    MEMBER keyword media-size-name om_label_62x29mm
	    MEMBER integer media-left-margin 0 MEMBER integer media-right-margin 0
	    MEMBER integer media-top-margin 0 MEMBER integer media-bottom-margin 0
	    MEMBER keyword media-source main MEMBER keyword media-type labels }"
	cat <<-END
	ATTR keyword media-supported om_label_62x29mm,custom_min_12x12mm,custom_max_62x1000mm
	ATTR keyword media-default om_label_62x29mm
	ATTR keyword media-ready om_label_62x29mm
	ATTR collection media-col-default $media
	ATTR collection media-col-ready $media
	ATTR collection media-col-database $media
	ATTR collection media-size-supported $size
	ATTR keyword media-col-supported media-bottom-margin,media-left-margin,media-right-margin,media-top-margin,media-size,media-size-name,media-source,media-type
	ATTR integer media-left-margin-supported 0
	ATTR integer media-right-margin-supported 0
	ATTR integer media-top-margin-supported 0
	ATTR integer media-bottom-margin-supported 0
	ATTR keyword media-source-supported main
	ATTR keyword media-type-supported labels
	ATTR mimeMediaType document-format-supported application/octet-stream,$formats
	ATTR mimeMediaType document-format-default application/octet-stream
	ATTR resolution printer-resolution-default 300dpi
	ATTR resolution printer-resolution-supported 300dpi
	ATTR resolution pwg-raster-document-resolution-supported 300dpi
	ATTR keyword pwg-raster-document-type-supported black_1,sgray_8
	ATTR keyword pwg-raster-document-sheet-back normal
	ATTR keyword urf-supported V1.4,CP1,W8,RS300,IS1,MT1
	ATTR boolean color-supported false
	ATTR integer copies-default 1
	ATTR rangeOfInteger copies-supported 1-1
	ATTR keyword print-color-mode-default monochrome
	ATTR keyword print-color-mode-supported monochrome
	ATTR enum print-quality-default 4
	ATTR enum print-quality-supported 3,4,5
	ATTR keyword sides-default one-sided
	ATTR keyword sides-supported one-sided
	ATTR enum orientation-requested-default 3
	ATTR enum orientation-requested-supported 3
	ATTR keyword output-bin-default face-up
	ATTR keyword output-bin-supported face-up
	ATTR enum finishings-default 3
	ATTR enum finishings-supported 3
	ATTR text printer-make-and-model "Test Label Printer"
	ATTR text printer-device-id "MFG:Test;MDL:Label Printer;CMD:PWG,URF;"
	ATTR keyword printer-kind labels
	$(printf '%s\n' "$@")
	END
}
# A print takes as long as the file printer.hold is there.
write_printer_command() {
	cat <<-END
	#!/bin/sh
	said=
	while :; do
		now=\$(cat "$DIR/printer.state" 2>/dev/null)
		[ "\$now" = "\$said" ] || echo "\$now" | sed 's/^/STATE: /' >&2
		said=\$now
		[ -f "$DIR/printer.hold" ] && [ -d "$DIR" ] || exit 0
		sleep 0.1
	done
	END
}
# device_says +REASON|-REASON...: the idle IPP printer itself has that reason from now on.
device_says() {
	printf '%s\n' "$@" >"$DIR/printer.state"
	cat >"$DIR/byte.test" <<-'END'
	{
		OPERATION Print-Job
		GROUP operation-attributes-tag
		ATTR charset attributes-charset utf-8
		ATTR naturalLanguage attributes-natural-language en
		ATTR uri printer-uri $uri
		ATTR name requesting-user-name somebody
		ATTR mimeMediaType document-format image/pwg-raster
		FILE byte
		STATUS successful-ok
	}
	END
	echo >"$DIR/byte"
	ipptool -q "ipp://127.0.0.1:$ipp_port/ipp/print" "$DIR/byte.test"
	wait_for 5 device_is_idle
	rm "$DIR/printer.state"
}
device_is_idle() {
	ipptool -tv "ipp://127.0.0.1:$ipp_port/ipp/print" get-printer-attributes.test |
	    grep -q 'printer-state (enum) = idle'
}

# start_sink NAME: a listener that keeps what it gets in $DIR/NAME/N.bin; its port in
# $sink_port, its times in NAME.log; "hold" or "release" through sink_control NAME.
start_sink() {
	mkdir -p "$DIR/$1"
	rm -f "$DIR/$1.port"
	[ -p "$DIR/$1.control" ] || mkfifo "$DIR/$1.control"
	start "$1" "$TOOLS/tests/sink" --dir "$DIR/$1" --port-file "$DIR/$1.port" \
	    --control "$DIR/$1.control"
	wait_for 5 test -s "$DIR/$1.port"
	sink_port=$(cat "$DIR/$1.port")
}
sink_control() {
	echo "$2" >"$DIR/$1.control"
}

# add_socket_queue NAME LPADMIN-ARGUMENT...: the queue NAME on a sink of its own.
add_socket_queue() {
	local name=$1
	shift
	start_sink "$name"
	lpadmin -p "$name" -v "socket://127.0.0.1:$sink_port/?snmp=false&waiteof=false" \
	    "$@" -E 2>>lpadmin.log
	wait_for 10 queue_is "$name" "is idle"
	lpadmin -d "$name"
}
# add_zebra_queue NAME [OPTION...]: 4x6 inch labels unless an OPTION (-o PageSize=...)
# says otherwise; add_dymo_queue: LabelWriter 450.
add_zebra_queue() { add_socket_queue "$1" -m drv:///sample.drv/zebra.ppd "${@:2}"; }
add_dymo_queue() { add_socket_queue "$1" -m "$(dymo_model)" "${@:2}"; }
dymo_model() { lpinfo -m | awk '/lw450\.ppd/ { print $1; exit }'; }
add_raw_queue() { add_socket_queue "$1" -m raw; }
# add_ptouch_queue NAME QL-550 [OPTION...]: a Brother with the driver of Debian.
add_ptouch_queue() {
	/usr/lib/cups/driver/ptouch cat "ptouch:0/ppd/ptouch-driver/Brother-$2-ptouch-ql.ppd" \
	    >"$DIR/$1.ppd"
	add_socket_queue "$1" -P "$DIR/$1.ppd" "${@:3}"
}
# add_pdf_queue NAME: a printer whose driver takes PDF alone, as Foomatic's do, with a
# choice of media types.
add_pdf_queue() {
	write_pdf_ppd >"$DIR/$1.ppd"
	add_socket_queue "$1" -P "$DIR/$1.ppd" "${@:2}"
}
write_pdf_ppd() {
	cat <<-'END'
	*PPD-Adobe: "4.3"
	*FormatVersion: "4.3"
	*FileVersion: "1.0"
	*LanguageVersion: English
	*LanguageEncoding: ISOLatin1
	*PCFileName: "PDFLABEL.PPD"
	*Manufacturer: "Test"
	*Product: "(PDF Label)"
	*ModelName: "PDF Label"
	*ShortNickName: "PDF Label"
	*NickName: "PDF Label"
	*PSVersion: "(3010.000) 0"
	*LanguageLevel: "3"
	*ColorDevice: False
	*DefaultColorSpace: Gray
	*FileSystem: False
	*Throughput: "1"
	*LandscapeOrientation: Plus90
	*TTRasterizer: Type42
	*cupsFilter2: "application/vnd.cups-pdf application/pdf 0 -"
	*OpenUI *PageSize/Media Size: PickOne
	*OrderDependency: 10 AnySetup *PageSize
	*DefaultPageSize: w176h283
	*PageSize w176h283/62 x 100 mm: "<</PageSize[176 283]>>setpagedevice"
	*PageSize w82h255/29 x 90 mm: "<</PageSize[82 255]>>setpagedevice"
	*CloseUI: *PageSize
	*OpenUI *PageRegion: PickOne
	*OrderDependency: 10 AnySetup *PageRegion
	*DefaultPageRegion: w176h283
	*PageRegion w176h283/62 x 100 mm: "<</PageSize[176 283]>>setpagedevice"
	*PageRegion w82h255/29 x 90 mm: "<</PageSize[82 255]>>setpagedevice"
	*CloseUI: *PageRegion
	*DefaultImageableArea: w176h283
	*ImageableArea w176h283: "4.32 8.64 171.68 274.36"
	*ImageableArea w82h255: "4.32 8.64 77.68 246.36"
	*DefaultPaperDimension: w176h283
	*PaperDimension w176h283: "176 283"
	*PaperDimension w82h255: "82 255"
	*VariablePaperSize: True
	*MaxMediaWidth: "176"
	*MaxMediaHeight: "2835"
	*NonUIOrderDependency: 10 AnySetup *CustomPageSize
	*CustomPageSize True: "pop pop pop <</PageSize[5 -2 roll]/ImagingBBox null>>setpagedevice"
	*ParamCustomPageSize Width: 1 points 28.35 176
	*ParamCustomPageSize Height: 2 points 28.35 2835
	*ParamCustomPageSize WidthOffset: 3 points 0 0
	*ParamCustomPageSize HeightOffset: 4 points 0 0
	*ParamCustomPageSize Orientation: 5 int 0 1
	*HWMargins: 4.32 8.64 4.32 8.64
	*OpenUI *MediaType/Media Type: PickOne
	*OrderDependency: 10 AnySetup *MediaType
	*DefaultMediaType: Tape
	*MediaType Tape/Continuous: "<</MediaType(Tape)>>setpagedevice"
	*MediaType Labels/Labels: "<</MediaType(Labels)>>setpagedevice"
	*CloseUI: *MediaType
	*OpenUI *Resolution/Resolution: PickOne
	*OrderDependency: 10 AnySetup *Resolution
	*DefaultResolution: 300dpi
	*Resolution 300dpi/300 dpi: "<</HWResolution[300 300]>>setpagedevice"
	*CloseUI: *Resolution
	END
}
