/* fridge-reader_chip.h - a reader's chip: opening it, looking for one card at a time.
 *
 * The only part that knows libnfc. Every call returns within about a second whatever
 * the chip does, but for chip_open (up to two; a USB reader longer) and chip_list.
 */
#ifndef FRIDGE_READER_CHIP_H
#define FRIDGE_READER_CHIP_H

#include <stdbool.h>
#include <stdio.h>

#include "../firmware/err.h"
#include "fridge-reader_port.h"
#include "fridge-reader_presence.h"

struct chip;

/* Take libnfc's settings out of the environment and keep it silent. Once, at start. */
void chip_prepare(void);

/* Open a connstring, or with "" the first reader found. Anything but TROUBLE_NONE
 * fills *e and leaves *out alone. */
enum trouble chip_open(struct chip **out, const char *connstring, struct err *e);
/* Switch the field off, put the chip to sleep and free everything. NULL is fine. */
void chip_close(struct chip *c);
const char *chip_name(const struct chip *c);
/* A descriptor that reports POLLHUP when the device is taken away; -1 if none. */
int chip_fd(const struct chip *c);
bool chip_hung_up(const struct chip *c);
/* Whether the chip can read that technology at all. */
bool chip_supports(const struct chip *c, enum technology t);

/* Look for one card: 1 with *out (which credential_possible has yet to judge), 0 if
 * there is none, -1 if the reading failed. */
int chip_select(struct chip *c, enum technology t, struct credential *out);
/* Send the selected card to sleep, so that the next select finds another one. 0 or -1. */
int chip_halt(struct chip *c);
/* Switch the field off or on: off for a while wakes every card that was sent to
 * sleep. 0 or -1. */
int chip_field(struct chip *c, bool on);
/* What the last failed call said, in libnfc's words. */
const char *chip_error(const struct chip *c);

/* Print the connstrings of the readers that can be found, one a line. Returns how many. */
size_t chip_list(FILE *to);

#endif
