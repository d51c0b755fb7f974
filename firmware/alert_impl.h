/* alert_impl.h - what the files of the alerts share. */
#ifndef FRIDGE_ALERT_IMPL_H
#define FRIDGE_ALERT_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert.h"

#define ALERT_TROUBLE 200	/* as in struct service_state */
#define ALERT_SENTENCE 512	/* a trouble, its time and the words around it */

/* ---- alert_text.c: sentences for people ---- */

/* A fault, from its beginning to its end or until now. */
struct alert_span {
	int64_t began, ended;		/* instants */
	int64_t lasted_s;
	bool clock_ok;			/* else only lasted_s is true */
};
/* "No labels since 09:12: paper is out. Put in a new roll; it continues by itself." */
void alert_fault_text(enum alert_part part, const char *trouble, const struct alert_span *t,
    char out[static ALERT_SENTENCE]);
/* "Labels come out again since 09:47, after 35 minutes: paper was out." */
void alert_end_text(enum alert_part part, const char *trouble, const struct alert_span *t,
    int64_t now, char out[static ALERT_SENTENCE]);

#endif
