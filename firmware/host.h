/* host.h - what kind of machine this is: its board, what is plugged in and which driver
 * holds it, what else runs on it, and what its own settings switch on.
 *
 * Everything is read from files below a root folder: "" for the running machine, another
 * one for a mounted card or a test. Nothing is written, no program is started and no
 * device is asked, so that it can be looked at while fridged works. What a machine does
 * not tell is empty or false; where that is not the same as "there is none", a flag says
 * so.
 */
#ifndef FRIDGE_HOST_H
#define FRIDGE_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_TEXT 128
#define HOST_USB_MAX 32
#define HOST_PORTS 8
#define HOST_CONSOLES_MAX 4

/* What a device on USB is to us. */
enum host_usb_kind {
	HOST_OTHER,
	HOST_READER,		/* a badge reader of libnfc's */
	HOST_READER_ALIEN,	/* a badge reader, and none of libnfc's */
	HOST_SERIAL,		/* an adapter, behind which a PN532 may be */
	HOST_PRINTER,
	HOST_PRINTER_DISK,	/* a Brother that plays a disk (Editor Lite) and does not print */
};
struct host_usb {
	enum host_usb_kind kind;
	unsigned vendor, product;	/* 0x072f, 0x2200 */
	char name[HOST_TEXT];		/* ours where we know it, else what it says itself */
	char driver[32];		/* of the kernel, "usbfs" for a program; "": free */
	char node[32];			/* "/dev/bus/usb/001/004" */
	bool ccid;			/* a reader that pcscd takes */
	bool ipp;			/* a printer that ipp-usb takes */
};

/* Programs beside ours that matter to reader or printer. */
enum host_program {
	HOST_FRIDGED, HOST_CUPSD, HOST_CUPS_BROWSED, HOST_IPP_USB, HOST_PCSCD,
	HOST_MODEM_MANAGER, HOST_BRLTTY, HOST_PROGRAMS
};
const char *host_program_name(enum host_program p);
/* Why the one that comes with CUPS unasked should not run, and how it ends. */
#define HOST_BROWSED_WHY "anybody on the network can add printers, and it has had holes; labels do " \
	"not need it"
#define HOST_BROWSED_TODO "sudo systemctl disable --now cups-browsed; or: sudo apt remove cups-browsed"

/* A place that a reader without USB may be connected to. */
struct host_port {
	const char *driver;		/* of libnfc: "pn532_uart" */
	char node[HOST_TEXT];		/* "/dev/serial0" */
	char real[32];			/* what that is a link to: "ttyS0", else its own name */
	char lasting[HOST_TEXT];	/* of an adapter: its name in /dev/serial/by-id, which the
					 * next plugging in does not change; "": it has none */
	bool there;
	bool likely;			/* it is there, and may well have a reader: it is neither
					 * Bluetooth's nor a debug socket */
};

struct host {
	char root[256];
	char board[HOST_TEXT];		/* "Raspberry Pi 4 Model B Rev 1.4"; "": not told */
	int pi;				/* 1 to 5: which Raspberry Pi has its chip; 0: none */
	char system[HOST_TEXT];		/* "Debian GNU/Linux 12 (bookworm)" */
	char kernel[HOST_TEXT];		/* its release */
	char zone[HOST_TEXT];		/* the system's time zone: "Etc/UTC" */

	bool usb_told;			/* else nothing is known of what is plugged in */
	struct host_usb usb[HOST_USB_MAX];
	int usbs;
	struct host_port port[HOST_PORTS];
	int ports;
	bool bluetooth_uart;		/* Bluetooth has a serial port of the board, */
	char bluetooth_port[32];	/* this one: "ttyAMA0" */
	char console[HOST_CONSOLES_MAX][32];	/* ports with a console or a login: "ttyS0" */
	int consoles;

	bool programs_told;		/* else nothing is known of what runs */
	bool runs[HOST_PROGRAMS];

	/* What config.txt of a Raspberry Pi switches on for this board. */
	bool boot_told;			/* there is such a file */
	bool uart_on, i2c_on, i2c_slow, spi_on;
	char overlays[256];		/* the dtoverlay lines' values, joined by blanks */

	bool has_watchdog;
	bool root_readonly;
};

/* Look at it all. root is at most 200 bytes, and may be that of out: another look. */
void host_look(const char *root, struct host *out);

/* Something that keeps a device from working. */
struct host_trouble {
	bool certain;			/* else it may be in the way, or will be one day */
	char what[240];			/* "a login waits on ttyS0, where the reader is" */
	char todo[240];			/* a command, or what to do by hand */
};
/* What keeps the reader of [reader] device from working: a connstring of libnfc, "" for
 * one on USB. What is certain comes first. Returns how many were written, at most max. */
int host_reader_troubles(const struct host *h, const char *device, struct host_trouble *out,
    int max);
/* The same of a printer; uri is its CUPS queue's device ("usb://Brother/QL-820NWB"), "" if
 * there is no queue yet. */
int host_printer_troubles(const struct host *h, const char *uri, struct host_trouble *out,
    int max);

/* Whether what is written to an absolute path stays in memory alone and is gone at the next
 * boot: an overlay file system, as overlayroot lays one over a card. Only root of h is used. */
bool host_forgets(const struct host *h, const char *path);

/* A user's name there; its number where it has none. */
void host_user(const struct host *h, unsigned uid, char *out, size_t size);
/* A file's or device's owner and rights, by the names of that machine: 1, 0 there is none,
 * -1 it cannot be looked at (errno). A group without a name is its number. */
struct host_node {
	char user[64], group[64];
	unsigned mode;			/* with the type's bits, as in st_mode */
	long long size;
};
int host_node(const struct host *h, const char *path, struct host_node *out);
/* Whether a user is in a group by /etc/passwd and /etc/group: 1, 0; -1 there is no such
 * user, or the files cannot be read. */
int host_in_group(const struct host *h, const char *user, const char *group);

#endif
