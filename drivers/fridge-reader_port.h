/* fridge-reader_port.h - the device file behind a libnfc connstring: is it there, may
 * we have it, does anybody else have it, and is it still there.
 *
 * libnfc answers none of these: it gives NULL for every reason, and opens a port that
 * another process is using.
 */
#ifndef FRIDGE_READER_PORT_H
#define FRIDGE_READER_PORT_H

#include <limits.h>
#include <stdbool.h>

#include "../firmware/err.h"

/* Why a reader cannot be used; the words of the protocol's "error". */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_MISSING,	/* no such device */
	TROUBLE_DENIED,		/* no permission */
	TROUBLE_BUSY,		/* another program has it */
	TROUBLE_OFFLINE,	/* it does not answer (any more) */
	TROUBLE_FAILED,		/* anything else */
};
const char *trouble_text(enum trouble t);

struct port {
	int fd;			/* -1: the connstring names no file (USB) */
	char path[PATH_MAX];	/* "" likewise */
};

/* Open and lock the file that a connstring names, so that no second reader of ours
 * uses it. Anything but TROUBLE_NONE fills *e and leaves p closed. A connstring
 * without a file is no trouble. */
enum trouble port_open(struct port *p, const char *connstring, struct err *e);
void port_close(struct port *p);
/* Whether the device behind it was taken away. */
bool port_hung_up(const struct port *p);

#endif
