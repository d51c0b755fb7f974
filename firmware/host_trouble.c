/* host_trouble.c - what keeps a reader or a printer from working on this machine.
 *
 * Each rule looks for one thing that people really ran into, and knows how it is undone;
 * where that differs, the commands are those of Raspberry Pi OS or of any Debian. The lines
 * of config.txt that they write stand in fridge-label.7 too.
 */
#include "host_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* How a reader is connected. */
enum link { OTHER = 0, USB = 1, UART = 2, I2C = 4, SPI = 8, WIRED = UART | I2C | SPI };

struct way {
	enum link link;
	const char *device;		/* the connstring */
	char node[HOST_TEXT];		/* "/dev/serial0"; "" on USB */
	char real[32];			/* "ttyS0" */
	bool there;
};

static bool __attribute__((format(printf, 4, 5)))
tell(struct host_trouble *t, bool certain, const char *todo, const char *fmt, ...)
{
	va_list ap;

	t->certain = certain;
	snprintf(t->todo, sizeof t->todo, "%s", todo);
	va_start(ap, fmt);
	vsnprintf(t->what, sizeof t->what, fmt, ap);
	va_end(ap);
	return true;
}

static const struct host_usb *
find_usb(const struct host *h, enum host_usb_kind kind)
{
	for (int i = 0; i < h->usbs; i++)
		if (h->usb[i].kind == kind)
			return &h->usb[i];
	return NULL;
}

/* ---- readers on USB ---- */

static bool
kernel_has_reader(const struct host *h, const struct way *w, struct host_trouble *t)
{
	(void)w;
	for (int i = 0; i < h->usbs; i++) {
		const struct host_usb *u = &h->usb[i];
		char todo[sizeof t->todo];

		if (u->kind != HOST_READER || u->driver[0] == '\0' ||
		    strcmp(u->driver, "usbfs") == 0)
			continue;
		snprintf(todo, sizeof todo, "echo blacklist %s | sudo tee "
		    "/etc/modprobe.d/fridge-reader.conf; sudo modprobe -r %s; then plug the reader "
		    "in again", u->driver, u->driver);
		return tell(t, true, todo, "the kernel's driver %s holds the reader %s", u->driver,
		    u->name);
	}
	return false;
}

static bool
pcscd_has_reader(const struct host *h, const struct way *w, struct host_trouble *t)
{
	const struct host_usb *u = find_usb(h, HOST_READER);

	(void)w;
	if (!h->runs[HOST_PCSCD] || u == NULL || !u->ccid)
		return false;
	return tell(t, true, "sudo systemctl disable --now pcscd.socket pcscd.service",
	    "pcscd runs and takes the reader %s for itself", u->name);
}

static bool
reader_is_alien(const struct host *h, const struct way *w, struct host_trouble *t)
{
	const struct host_usb *u = find_usb(h, HOST_READER_ALIEN);

	(void)w;
	if (u == NULL || find_usb(h, HOST_READER) != NULL)
		return false;
	return tell(t, true, "use an ACR122U, an SCL3711 or a PN532; or name a program that "
	    "speaks for this reader in [reader] helper",
	    "the reader %s is none that libnfc can use", u->name);
}

static bool
address_is_fixed(const struct host *h, const struct way *w, struct host_trouble *t)
{
	unsigned bus, device;
	const char *colon = strchr(w->device, ':');

	(void)h;
	if (colon == NULL || sscanf(colon, ":%3u:%3u", &bus, &device) != 2)
		return false;
	return tell(t, false, "sudo fridgectl config set reader.device ''",
	    "[reader] device names a place on USB (%03u:%03u) that is another one after the next "
	    "plugging in", bus, device);
}

static bool
reader_is_unplugged(const struct host *h, const struct way *w, struct host_trouble *t)
{
	(void)w;
	if (!h->usb_told || find_usb(h, HOST_READER) != NULL ||
	    find_usb(h, HOST_READER_ALIEN) != NULL)
		return false;
	return tell(t, true, "plug the reader in; one that is not on USB must be named, as in: sudo "
	    "fridgectl config set reader.device pn532_uart:/dev/serial0",
	    "no badge reader is seen on USB");
}

/* ---- readers on a port ---- */

/* No device brings this module by itself. */
#define LOAD_I2C "echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf; "

/* What switches a link of the pins on. Raspberry Pi OS has a program for that; Debian writes
 * config.txt anew with each kernel, from a file of its own. */
static void
switch_on(const struct host *h, enum link link, char *out, size_t size)
{
	const struct {
		enum link link;
		const char *tool, *line, *also;
	} LINKS[] = {
		{ UART, "do_serial_hw 0", h->pi == 5 ? "dtparam=uart0=on" : "enable_uart=1", "" },
		{ I2C, "do_i2c 0", "dtparam=i2c_arm=on", LOAD_I2C },
		{ SPI, "do_spi 0", "dtparam=spi=on", "" },
	};
	size_t i = 0;

	while (LINKS[i].link != link)
		i++;
	if (host_exists(h, "/usr/bin/raspi-config")) {
		snprintf(out, size, "sudo raspi-config nonint %s; sudo reboot", LINKS[i].tool);
		return;
	}
	snprintf(out, size, "echo %s | sudo tee -a %s%s; %ssudo reboot", LINKS[i].line,
	    host_exists(h, "/boot/firmware/config.txt") ? "/boot/firmware/config.txt" :
	    "/boot/config.txt", host_exists(h, "/etc/default/raspi-firmware") ?
	    " /etc/default/raspi-firmware-custom" : "", LINKS[i].also);
}

static bool
console_on_port(const struct host *h, const struct way *w, struct host_trouble *t)
{
	char todo[sizeof t->todo];

	for (int i = 0; i < h->consoles; i++) {
		if (strcmp(h->console[i], w->real) != 0)
			continue;
		if (h->pi != 0 && host_exists(h, "/usr/bin/raspi-config"))
			snprintf(todo, sizeof todo, "sudo raspi-config nonint do_serial_cons 1; sudo "
			    "raspi-config nonint do_serial_hw 0; sudo reboot");
		else
			snprintf(todo, sizeof todo, "sudo systemctl mask --now serial-getty@%s; take "
			    "console=%s out of the kernel's command line%s; sudo reboot", w->real,
			    w->real, h->pi == 0 ? "" : host_exists(h, "/etc/default/raspi-firmware") ?
			    " (CONSOLES=\"tty0\" in /etc/default/raspi-firmware, cmdline.txt)" :
			    " (cmdline.txt)");
		return tell(t, true, todo, "the serial console is on %s, where the reader is",
		    w->real);
	}
	return false;
}

static bool
bluetooth_on_port(const struct host *h, const struct way *w, struct host_trouble *t)
{
	if (!h->bluetooth_uart || strcmp(h->bluetooth_port, w->real) != 0)
		return false;
	return tell(t, true, "sudo fridgectl config set reader.device pn532_uart:/dev/serial0; or "
	    "add dtoverlay=disable-bt to config.txt and reboot",
	    "%s belongs to Bluetooth on this board", w->real);
}

static bool
port_is_debug(const struct host *h, const struct way *w, struct host_trouble *t)
{
	char todo[sizeof t->todo];
	size_t n;

	if (!host_is_debug_socket(h, w->real))
		return false;
	n = (size_t)snprintf(todo, sizeof todo, "sudo fridgectl config set reader.device "
	    "pn532_uart:/dev/ttyAMA0; ");
	switch_on(h, UART, todo + n, sizeof todo - n);
	return tell(t, true, todo, "%s is the debug socket of this board, not its pins 8 and 10",
	    w->node);
}

/* What switches a port on that is not there: on a Raspberry Pi it is often just off. */
static bool
port_is_missing(const struct host *h, const struct way *w, struct host_trouble *t)
{
	static const struct {
		enum link link;
		size_t on;
		const char *name;
	} PORTS[] = {
		{ UART, offsetof(struct host, uart_on), "the serial port" },
		{ I2C, offsetof(struct host, i2c_on), "I2C" },
		{ SPI, offsetof(struct host, spi_on), "SPI" },
	};
	char todo[sizeof t->todo];

	if (w->there)
		return false;
	for (size_t i = 0; i < COUNT(PORTS) && h->pi != 0; i++) {
		if (PORTS[i].link != w->link || host_is_adapter(w->node, w->real))
			continue;
		if (*(const bool *)((const char *)h + PORTS[i].on))
			return tell(t, true, w->link == I2C ? LOAD_I2C "sudo modprobe i2c-dev" :
			    "sudo reboot; if that is no help, see the name with: ls /dev",
			    "%s is switched on in config.txt, but there is no %s", PORTS[i].name, w->node);
		switch_on(h, w->link, todo, sizeof todo);
		return tell(t, true, todo, "%s is switched off: there is no %s", PORTS[i].name,
		    w->node);
	}
	return tell(t, true, "plug the reader in, or correct [reader] device",
	    "there is no %s", w->node);
}

/* The chip waits in the middle of a byte; these boards' I2C does not. */
static bool
clock_is_stretched(const struct host *h, const struct way *w, struct host_trouble *t)
{
	(void)w;
	if (h->pi == 0 || h->pi > 3 || h->i2c_slow)
		return false;
	return tell(t, false, "wire the reader by UART or SPI; or add "
	    "dtparam=i2c_arm_baudrate=10000 to config.txt and reboot",
	    "I2C of this board loses bytes when the reader asks it to wait");
}

/* Both ask each new serial port whether it is theirs. */
static bool
port_is_probed(const struct host *h, const struct way *w, struct host_trouble *t)
{
	bool adapter = host_is_adapter(w->node, w->real);

	if (adapter && h->runs[HOST_BRLTTY])
		return tell(t, true, "sudo apt remove brltty, unless somebody needs Braille here; then "
		    "plug the reader in again", "brltty runs and takes serial adapters for itself");
	if (adapter && h->runs[HOST_MODEM_MANAGER])
		return tell(t, false, "sudo systemctl disable --now ModemManager, unless there is a "
		    "modem", "ModemManager runs and writes to every serial adapter");
	return false;
}

typedef bool look_reader(const struct host *h, const struct way *w, struct host_trouble *t);
static const struct {
	unsigned links;
	look_reader *look;
} READER_RULES[] = {
	{ USB, kernel_has_reader }, { USB, pcscd_has_reader }, { USB, reader_is_alien },
	{ USB, reader_is_unplugged }, { USB, address_is_fixed },
	{ UART, bluetooth_on_port }, { UART, port_is_debug }, { UART, console_on_port },
	{ WIRED, port_is_missing }, { UART, port_is_probed }, { I2C, clock_is_stretched },
};

static void
find_way(const struct host *h, const char *device, struct way *out)
{
	static const struct {
		const char *driver;
		enum link link;
	} DRIVERS[] = {
		{ "pn532_uart:", UART }, { "acr122s:", UART }, { "arygon:", UART },
		{ "pn532_i2c:", I2C }, { "pn532_spi:", SPI },
	};

	*out = (struct way){ .device = device };
	if (device[0] == '\0' || strncmp(device, "usb", 3) == 0 || strstr(device, "_usb") != NULL)
		out->link = USB;
	for (size_t i = 0; i < COUNT(DRIVERS); i++)
		if (strncmp(device, DRIVERS[i].driver, strlen(DRIVERS[i].driver)) == 0)
			out->link = DRIVERS[i].link;
	const char *path = strchr(device, ':');
	if ((out->link & WIRED) == 0)
		return;
	if (path == NULL || path[1] != '/') {
		out->link = OTHER;	/* of no port: the helper will say so */
		return;
	}
	path++;
	snprintf(out->node, sizeof out->node, "%.*s", (int)strcspn(path, ":"), path);
	host_link(h, out->real, sizeof out->real, "%s", out->node);
	if (out->real[0] == '\0')
		snprintf(out->real, sizeof out->real, "%.31s", strrchr(out->node, '/') + 1);
	out->there = host_exists(h, "%s", out->node);
}

/* Those that are certain go before those that are not. */
static void
put(struct host_trouble *out, int *n, int max, const struct host_trouble *t)
{
	int at = *n;

	if (*n == max)
		return;
	while (t->certain && at > 0 && !out[at - 1].certain)
		at--;
	memmove(out + at + 1, out + at, (size_t)(*n - at) * sizeof *out);
	out[at] = *t;
	(*n)++;
}

int
host_reader_troubles(const struct host *h, const char *device, struct host_trouble *out,
    int max)
{
	struct host_trouble t;
	struct way w;
	int n = 0;

	find_way(h, device, &w);
	for (size_t i = 0; i < COUNT(READER_RULES); i++)
		if ((READER_RULES[i].links & w.link) != 0 && READER_RULES[i].look(h, &w, &t))
			put(out, &n, max, &t);
	return n;
}

/* ---- printers ---- */

static bool
printer_is_disk(const struct host *h, const char *uri, struct host_trouble *t)
{
	const struct host_usb *u = find_usb(h, HOST_PRINTER_DISK);

	(void)uri;
	if (u == NULL)
		return false;
	return tell(t, find_usb(h, HOST_PRINTER) == NULL, "hold its Editor Lite button until the "
	    "light is off", "the printer %s shows itself as a disk (Editor Lite) and prints nothing",
	    u->name);
}

static bool
ipp_usb_has_printer(const struct host *h, const char *uri, struct host_trouble *t)
{
	if (!h->runs[HOST_IPP_USB] || strncmp(uri, "usb:", 4) != 0)
		return false;
	for (int i = 0; i < h->usbs; i++)
		if (h->usb[i].kind == HOST_PRINTER && h->usb[i].ipp)
			return tell(t, true, "sudo apt remove ipp-usb, then plug the printer in again; or "
			    "make a queue of what ipp-usb offers: lpinfo -v",
			    "ipp-usb holds the printer %s, and its queue wants it by USB",
			    h->usb[i].name);
	return false;
}

static bool
printer_is_unplugged(const struct host *h, const char *uri, struct host_trouble *t)
{
	if (strncmp(uri, "usb:", 4) != 0 || !h->usb_told || find_usb(h, HOST_PRINTER) != NULL ||
	    find_usb(h, HOST_PRINTER_DISK) != NULL)
		return false;
	return tell(t, true, "switch it on and check its cable; if it goes off by itself, set its "
	    "auto power-off to off", "no printer is seen on USB");
}

typedef bool look_printer(const struct host *h, const char *uri, struct host_trouble *t);
static look_printer *const PRINTER_RULES[] = {
	printer_is_disk, ipp_usb_has_printer, printer_is_unplugged,
};

int
host_printer_troubles(const struct host *h, const char *uri, struct host_trouble *out,
    int max)
{
	struct host_trouble t;
	int n = 0;

	for (size_t i = 0; i < COUNT(PRINTER_RULES); i++)
		if (PRINTER_RULES[i](h, uri, &t))
			put(out, &n, max, &t);
	return n;
}
