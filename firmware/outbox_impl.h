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
#include "trouble.h"

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

#endif
