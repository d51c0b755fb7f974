/* badge_impl.h - what the files of badge share. */
#ifndef FRIDGE_BADGE_IMPL_H
#define FRIDGE_BADGE_IMPL_H

#include "badge.h"

#define BADGE_KEY_SIZE 32

struct badge_key {
	uint8_t bytes[BADGE_KEY_SIZE];
};

/* The kind that alone has numbers of that many bytes, or unknown. */
enum badge_kind badge_kind_by_length(size_t len);
/* Read a number of a decimal or Wiegand form into bytes, most significant first: as
 * many as the Wiegand field has, UID_MAX for a decimal number. -1 with *e. */
int badge_digits(enum number_form f, const char *text, uint8_t bytes[static UID_MAX],
    size_t *n, struct err *e);

#endif
