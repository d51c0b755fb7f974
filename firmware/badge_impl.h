/* badge_impl.h - what the files of badge share. */
#ifndef FRIDGE_BADGE_IMPL_H
#define FRIDGE_BADGE_IMPL_H

#include "badge.h"

struct badge_key {
	uint8_t bytes[BADGE_KEY_SIZE];
};

/* The kind that alone has numbers of that many bytes, or unknown. */
enum badge_kind badge_kind_by_length(size_t len);
/* Read a number of a decimal or Wiegand form into bytes, most significant first: as
 * many as the Wiegand field has, UID_MAX for a decimal number. -1 with *e. */
int badge_digits(enum number_form f, const char *text, uint8_t bytes[static UID_MAX],
    size_t *n, struct err *e);
/* Why the card that a number of a decimal form stands for cannot be a badge, or NULL. */
const char *badge_decimal_random(enum number_form f, const uint8_t bytes[static UID_MAX]);
void badge_reverse(uint8_t *to, const uint8_t *from, size_t n);
/* A cut as written: as card_parse, but of four bytes. */
int badge_cut(const char *text, struct card *out, struct err *e);

#define CUT_BYTES 4		/* what a reader built for short numbers sends of a long one */
#define WIEGAND26_BYTES 3

#endif
