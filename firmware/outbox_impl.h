/* outbox_impl.h - what the files of the outbox share. */
#ifndef FRIDGE_OUTBOX_IMPL_H
#define FRIDGE_OUTBOX_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "../drivers/proto.h"
#include "config.h"
#include "err.h"
#include "outbox.h"
#include "store.h"

/* ---- outbox_compose.c: the lines for the printer helper ---- */

void compose_setup(const struct config *c, struct proto_line *out);

/* How a print is handed over. */
struct hand_over {
	int attempt;		/* the end of the job's name */
	bool find;		/* an earlier run may have made its job: follow that */
	bool only_look;		/* and make none if there is none */
};
/* Returns 1, or 0 with the reason in *e why this print can never be (its label is
 * not in the store), or -1 with *e if the store failed. */
int compose_print(struct store *s, const struct config *c, const struct print *p,
    const struct hand_over *how, struct proto_line *out, struct err *e);

/* ---- outbox_trouble.c: CUPS's words for people ---- */

#define TROUBLE_SIZE 200	/* as in struct service_state */
/* What the printer helper said last. */
struct printer_words {
	char state[32];		/* "" : nothing yet */
	char reasons[512];
	char want[32], have[32];	/* labels that are drawn and that are in it; "" */
	char why[TROUBLE_SIZE];	/* no page can be made for the queue */
	char queue[128];	/* which it is, where the default one is meant */
	char model[128];
	int64_t job;		/* ours */
	char job_state[32];	/* "" : there is none */
	char job_reasons[512];
	int64_t job_waits_ms;	/* how long it has been there */
	char refused[TROUBLE_SIZE];	/* a print is, again and again; "" */
};
/* "ok", or the trouble in words. */
enum printer_health trouble_text(const struct printer_words *w, const char *queue,
    char out[static TROUBLE_SIZE]);
/* From when on a job that does not end is a trouble. */
#define TROUBLE_STUCK_MS 60000

#endif
