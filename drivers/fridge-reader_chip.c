/* fridge-reader_chip.c - see fridge-reader_chip.h */
#include "fridge-reader_chip.h"

#include <nfc/nfc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX 16

struct chip {
	nfc_context *context;
	nfc_device *device;
	struct port port;
};

static const nfc_modulation MODULATIONS[TECH_COUNT] = {
	[TECH_ISO14443A] = { .nmt = NMT_ISO14443A, .nbr = NBR_106 },
	[TECH_FELICA] = { .nmt = NMT_FELICA, .nbr = NBR_212 },
	[TECH_ISO14443B] = { .nmt = NMT_ISO14443B, .nbr = NBR_106 },
};

void
chip_prepare(void)
{
	static const char PREFIX[] = "LIBNFC_";
	char name[64];

	for (char **p = environ; p != NULL && *p != NULL;) {
		size_t n = strcspn(*p, "=");
		if (strncmp(*p, PREFIX, sizeof PREFIX - 1) != 0 || n >= sizeof name) {
			p++;
			continue;
		}
		memcpy(name, *p, n);
		name[n] = '\0';
		unsetenv(name);		/* the next one moves up to p */
	}
	/* It would write a line to standard error for every lost byte. */
	setenv("LIBNFC_LOG_LEVEL", "0", 1);
}

/* Whether some driver of libnfc takes connstrings that begin like this. */
static bool
driver_known(const char *connstring)
{
	static const char *const DRIVERS[] = {
		"pn532_uart", "pn532_spi", "pn532_i2c", "pn53x_usb", "acr122_usb", "acr122s",
		"arygon", "pcsc", "acr122_pcsc", "pn71xx", "usb",
	};
	size_t n = strcspn(connstring, ":");

	for (size_t i = 0; i < sizeof DRIVERS / sizeof DRIVERS[0]; i++)
		if (strlen(DRIVERS[i]) == n && strncmp(DRIVERS[i], connstring, n) == 0)
			return true;
	return false;
}

static enum trouble
say_unopened(const char *connstring, const struct port *port, struct err *e)
{
	if (!driver_known(connstring)) {
		err_set(e, ERR_USAGE, "write it like pn532_uart:/dev/ttyAMA0, pn532_i2c:/dev/i2c-1, "
		    "pn532_spi:/dev/spidev0.0, or leave it empty for a USB reader",
		    "libnfc knows no device \"%s\"", connstring);
		return TROUBLE_FAILED;
	}
	if (access("/sys/module/pn533_usb", F_OK) == 0 && strstr(connstring, "usb") != NULL) {
		err_set(e, ERR_BUSY, "sudo modprobe -r pn533_usb",
		    "the kernel's own driver pn533_usb holds the reader");
		return TROUBLE_BUSY;
	}
	if (port->path[0] == '\0') {
		err_set(e, ERR_SYSTEM, "plug it in, or end the program that holds it (pcscd?)",
		    "no reader found at \"%s\"", connstring);
		return TROUBLE_MISSING;
	}
	err_set(e, ERR_SYSTEM, "check its power, its cable (TX to RX) and its interface switch",
	    "the reader on %s does not answer", port->path);
	return TROUBLE_OFFLINE;
}

/* Make an opened device look once and return, without asking cards for more than
 * their number. */
static int
set_up(nfc_device *device)
{
	const nfc_modulation_type *supported = NULL;

	/* nfc_open also succeeds if the chip fell silent half-way: then this is NULL,
	 * and every select would follow it. */
	if (nfc_device_get_supported_modulation(device, N_INITIATOR, &supported) < 0 ||
	    supported == NULL)
		return -1;
	if (nfc_initiator_init(device) < 0 ||
	    nfc_device_set_property_bool(device, NP_INFINITE_SELECT, false) < 0)
		return -1;
	/* No RATS: the number comes sooner, and a malformed answer to it (the ATS)
	 * cannot crash libnfc. */
	return nfc_device_set_property_bool(device, NP_AUTO_ISO14443_4, false) < 0 ? -1 : 0;
}

enum trouble
chip_open(struct chip **out, const char *connstring, struct err *e)
{
	nfc_connstring found;
	enum trouble trouble = TROUBLE_FAILED;
	struct chip *c = calloc(1, sizeof *c);

	if (c == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return trouble;
	}
	c->port.fd = -1;
	nfc_init(&c->context);
	if (c->context == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "libnfc does not start");
		goto failed;
	}
	if (connstring[0] == '\0') {
		if (nfc_list_devices(c->context, &found, 1) == 0) {
			err_set(e, ERR_SYSTEM, "plug in a USB reader; a serial, SPI or I2C reader "
			    "must be named in [reader] device", "no badge reader was found");
			trouble = TROUBLE_MISSING;
			goto failed;
		}
		connstring = found;
	}
	trouble = port_open(&c->port, connstring, e);
	if (trouble != TROUBLE_NONE)
		goto failed;
	c->device = nfc_open(c->context, connstring);
	if (c->device == NULL) {
		trouble = say_unopened(connstring, &c->port, e);
		goto failed;
	}
	if (set_up(c->device) == -1) {
		trouble = TROUBLE_OFFLINE;
		err_set(e, ERR_SYSTEM, "check its power and its cable",
		    "the reader %s answers, but not reliably", connstring);
		goto failed;
	}
	*out = c;
	return TROUBLE_NONE;
failed:
	chip_close(c);
	return trouble;
}

void
chip_close(struct chip *c)
{
	if (c == NULL)
		return;
	nfc_close(c->device);
	if (c->context != NULL)
		nfc_exit(c->context);
	port_close(&c->port);
	free(c);
}

const char *
chip_name(const struct chip *c)
{
	return nfc_device_get_name(c->device);
}

int
chip_fd(const struct chip *c)
{
	return c->port.fd;
}

bool
chip_hung_up(const struct chip *c)
{
	return port_hung_up(&c->port);
}

bool
chip_supports(const struct chip *c, enum technology t)
{
	const nfc_modulation_type *supported = NULL;

	if (nfc_device_get_supported_modulation(c->device, N_INITIATOR, &supported) < 0)
		return false;
	for (; supported != NULL && *supported != 0; supported++)
		if (*supported == MODULATIONS[t].nmt)
			return true;
	return false;
}

/* libnfc takes ten bytes of its reply buffer if the chip names a length that cannot
 * be, and the buffer lies on the stack: an earlier card's number must not be there. */
static void __attribute__((noinline))
wipe_stack(void)
{
	uint8_t below[4096];

	explicit_bzero(below, sizeof below);
}

int
chip_select(struct chip *c, enum technology t, struct credential *out)
{
	nfc_target target;

	wipe_stack();
	memset(&target, 0, sizeof target);
	int n = nfc_initiator_select_passive_target(c->device, MODULATIONS[t], NULL, 0, &target);
	if (n <= 0)
		return n < 0 ? -1 : 0;
	const uint8_t *uid = NULL;
	switch (t) {
	case TECH_ISO14443A:
		uid = target.nti.nai.abtUid;
		out->len = target.nti.nai.szUidLen;
		break;
	case TECH_FELICA:
		uid = target.nti.nfi.abtId;
		out->len = sizeof target.nti.nfi.abtId;
		/* A polling response has 18 bytes, 20 with the system code. */
		if (target.nti.nfi.btResCode != 0x01 ||
		    (target.nti.nfi.szLen != 18 && target.nti.nfi.szLen != 20))
			return -1;
		break;
	case TECH_ISO14443B:
		uid = target.nti.nbi.abtPupi;
		out->len = sizeof target.nti.nbi.abtPupi;
		break;
	case TECH_COUNT:
		return -1;
	}
	out->tech = t;
	memcpy(out->uid, uid, out->len < sizeof out->uid ? out->len : sizeof out->uid);
	return 1;
}

int
chip_halt(struct chip *c)
{
	return nfc_initiator_deselect_target(c->device) < 0 ? -1 : 0;
}

int
chip_field(struct chip *c, bool on)
{
	return nfc_device_set_property_bool(c->device, NP_ACTIVATE_FIELD, on) < 0 ? -1 : 0;
}

const char *
chip_error(const struct chip *c)
{
	return nfc_strerror(c->device);
}

size_t
chip_list(FILE *to)
{
	nfc_context *context = NULL;
	nfc_connstring found[LIST_MAX];

	nfc_init(&context);
	if (context == NULL)
		return 0;
	size_t n = nfc_list_devices(context, found, LIST_MAX);
	for (size_t i = 0; i < n; i++)
		fprintf(to, "%s\n", found[i]);
	nfc_exit(context);
	return n;
}
