/* alert.h - tell somebody: one text when a fault has lasted, one when it ends.
 *
 * Follows what the service says of its parts (reader, printer, clock, store), of the last
 * backup, and of itself. A fault
 * that lasts [alert] after_min gets one text on the standard input of [alert] command,
 * however its words change meanwhile, and one more when it ends: "[3F pantry] No labels
 * since 09:12: paper is out. Put in a new roll; it continues by itself." The command
 * finds FRIDGE_PART (one or more of the words reader printer clock store backup service), FRIDGE_STATE
 * (fault or ok) and FRIDGE_NAME in its environment. What was told is kept in the store,
 * so that a restart tells nothing twice and an end is told even by the next run. A
 * command that fails is tried again, at most once a minute, with the text as it then is.
 * Several faults of one moment are one text. Times are clock_mono_ms(), and instants for
 * what people read.
 *
 * A flicker is no fault: after_min 0 still waits 5 s, an end as long. A fault that comes
 * back within after_min (or a minute) of its end is told only once it lasted so long.
 */
#ifndef FRIDGE_ALERT_H
#define FRIDGE_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "store.h"

enum alert_part {
	ALERT_READER, ALERT_PRINTER, ALERT_CLOCK, ALERT_STORE,
	ALERT_BACKUP,		/* the last one, as it was noted */
	ALERT_SERVICE,		/* fridged cannot begin */
	ALERT_PARTS
};

struct alert;
/* store and config belong to the caller and outlive it. store NULL: there is none, and the
 * caller keeps what alert_told says, for the alert_recall of the next run. NULL: no memory. */
struct alert *alert_new(struct store *store, const struct config *config, int64_t now_ms,
    int64_t now);
/* Ends a command that runs; what it was to tell is told by the next run. */
void alert_free(struct alert *a);

/* As the last run left a part, before anything is said of it; and what somebody was told of
 * it, "" for nothing that is owed an end. */
void alert_recall(struct alert *a, enum alert_part part, const struct alert_note *n,
    int64_t now_ms, int64_t now);
const char *alert_told(const struct alert *a, enum alert_part part);
/* How a part is: "ok", or its trouble with what to do, as in struct service_state. NULL:
 * not known, which is no fault and no end of one. */
void alert_say(struct alert *a, enum alert_part part, const char *text, int64_t now_ms);
int64_t alert_deadline(const struct alert *a);
void alert_run(struct alert *a, int64_t now_ms, int64_t now);
void alert_reap(struct alert *a, int64_t now_ms);	/* a child of ours may have ended */

#endif
