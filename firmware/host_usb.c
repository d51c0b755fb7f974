/* host_usb.c - what is plugged into USB, and what the kernel lets have it */
#include "host_impl.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/sys/bus/usb/devices"
#define BROTHER 0x04f9
#define CLASS_PRINTER 0x07
#define CLASS_DISK 0x08
#define PROTOCOL_IPP 0x04	/* of a printer's interface: IPP over USB */

/* What we know by its numbers. The readers are those of libnfc's USB drivers, and some
 * that people buy and libnfc cannot use. */
static const struct {
	unsigned vendor, product;
	enum host_usb_kind kind;
	bool ccid;
	const char *name;
} KNOWN[] = {
	{ 0x072f, 0x2200, HOST_READER, true, "ACR122U" },
	{ 0x072f, 0x2214, HOST_READER, true, "ACR1222" },
	{ 0x072f, 0x90cc, HOST_READER, true, "Touchatag" },
	{ 0x04cc, 0x0531, HOST_READER, false, "PN531" },
	{ 0x04cc, 0x2533, HOST_READER, false, "PN533" },
	{ 0x04e6, 0x5591, HOST_READER, false, "SCL3711" },
	{ 0x04e6, 0x5594, HOST_READER, false, "SCL3712" },
	{ 0x054c, 0x0193, HOST_READER, false, "Sony PN531" },
	{ 0x054c, 0x02e1, HOST_READER, false, "Sony RC-S330" },
	{ 0x1fd3, 0x0608, HOST_READER, false, "ASK LoGO" },
	{ 0x072f, 0x223b, HOST_READER_ALIEN, true, "ACR1252" },
	{ 0x04e6, 0x5790, HOST_READER_ALIEN, true, "uTrust 3700 F" },
	{ 0x076b, 0x5427, HOST_READER_ALIEN, true, "OMNIKEY 5427" },
	{ 0x054c, 0x06c1, HOST_READER_ALIEN, false, "Sony RC-S380/S" },
	{ 0x054c, 0x06c3, HOST_READER_ALIEN, false, "Sony RC-S380/P" },
	{ 0x0403, 0x6001, HOST_SERIAL, false, "FTDI serial adapter" },
	{ 0x0403, 0x6015, HOST_SERIAL, false, "FTDI serial adapter" },
	{ 0x1a86, 0x7523, HOST_SERIAL, false, "CH340 serial adapter" },
	{ 0x1a86, 0x55d4, HOST_SERIAL, false, "CH9102 serial adapter" },
	{ 0x10c4, 0xea60, HOST_SERIAL, false, "CP210x serial adapter" },
	{ 0x067b, 0x2303, HOST_SERIAL, false, "PL2303 serial adapter" },
};

static unsigned
number(const struct host *h, const char *device, const char *file)
{
	char text[16];

	host_line(h, text, sizeof text, FOLDER "/%s/%s", device, file);
	return (unsigned)strtoul(text, NULL, 16);
}

/* What its interfaces are, and which driver has the first one that has any; of a printer
 * its printing interface counts. */
static void
look_interfaces(const struct host *h, const char *device, struct dirent **all, int n,
    struct host_usb *u)
{
	size_t len = strlen(device);
	bool prints = false, is_disk = false;
	char driver[sizeof u->driver];

	for (int i = 0; i < n; i++) {
		const char *name = all[i]->d_name;
		if (strncmp(name, device, len) != 0 || name[len] != ':')
			continue;
		unsigned class = number(h, name, "bInterfaceClass");
		host_link(h, driver, sizeof driver, FOLDER "/%s/driver", name);
		if (u->driver[0] == '\0' || (class == CLASS_PRINTER && !prints))
			snprintf(u->driver, sizeof u->driver, "%s", driver);
		prints = prints || class == CLASS_PRINTER;
		is_disk = is_disk || class == CLASS_DISK;
		u->ipp = u->ipp || (class == CLASS_PRINTER &&
		    number(h, name, "bInterfaceProtocol") == PROTOCOL_IPP);
	}
	if (prints)
		u->kind = HOST_PRINTER;
	else if (is_disk && u->vendor == BROTHER)
		u->kind = HOST_PRINTER_DISK;
}

static void
name_device(const struct host *h, const char *device, struct host_usb *u)
{
	char maker[56], product[64];

	host_line(h, maker, sizeof maker, FOLDER "/%s/manufacturer", device);
	host_line(h, product, sizeof product, FOLDER "/%s/product", device);
	if (product[0] == '\0')
		snprintf(u->name, sizeof u->name, "USB device %04x:%04x", u->vendor, u->product);
	else
		snprintf(u->name, sizeof u->name, "%s%s%s", maker, maker[0] != '\0' ? " " : "",
		    product);
	for (size_t i = 0; i < COUNT(KNOWN); i++) {
		if (KNOWN[i].vendor != u->vendor || KNOWN[i].product != u->product)
			continue;
		u->kind = KNOWN[i].kind;
		u->ccid = KNOWN[i].ccid;
		snprintf(u->name, sizeof u->name, "%s", KNOWN[i].name);
	}
}

/* Devices are "1-1.4", their interfaces "1-1.4:1.0" beside them; "usb1" is a hub of the
 * board's own. */
static int
is_no_hub(const struct dirent *d)
{
	return d->d_name[0] != '.' && strncmp(d->d_name, "usb", 3) != 0;
}

void
host_look_usb(struct host *h)
{
	char path[HOST_PATH];
	struct dirent **all = NULL;

	host_path(h, path, FOLDER);
	int n = scandir(path, &all, is_no_hub, alphasort);
	h->usb_told = n != -1;
	for (int i = 0; i < n; i++) {
		const char *device = all[i]->d_name;
		if (strchr(device, ':') != NULL || h->usbs == HOST_USB_MAX)
			continue;
		struct host_usb *u = &h->usb[h->usbs++];
		u->vendor = number(h, device, "idVendor");
		u->product = number(h, device, "idProduct");
		name_device(h, device, u);
		look_interfaces(h, device, all, n, u);
	}
	for (int i = 0; i < n; i++)
		free(all[i]);
	free(all);
}
