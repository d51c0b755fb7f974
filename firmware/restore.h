/* restore.h - putting the parts of a backup in the place of what is there.
 *
 * The store, the key, the configuration and the templates belong together and stand in
 * several folders: no one step can change them all. So everything is put beside its place
 * first, and a plan of the last steps is written down; from then on nobody opens the store
 * until the plan is done (store.h), and whoever comes back after a power cut does the rest
 * of it. What is replaced is kept, with the day in its name.
 *
 * The folder of the store belongs to the service's user, who may rename and link there what
 * it likes. The plan is root's, in a folder of root's that is reached by its descriptor; all
 * that is done by name there is done as that user.
 */
#ifndef FRIDGE_RESTORE_H
#define FRIDGE_RESTORE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "day.h"
#include "err.h"

/* What is to take a place stands beside it, with this behind its name. */
#define RESTORE_FRESH ".restored"

enum restore_kind {
	RESTORE_STORE,		/* into a store in one transaction, or where there is none */
	RESTORE_STORE_ASIDE,	/* in the place of a damaged one */
	RESTORE_FILE,		/* renamed over what is there */
	RESTORE_FOLDER,		/* what is there is renamed first */
};
struct restore_step {
	enum restore_kind kind;
	char fresh[PATH_MAX];	/* what takes the place */
	char place[PATH_MAX];
	char kept[PATH_MAX];	/* what was there, from then on; "": nothing is there */
	char old[PATH_MAX];	/* RESTORE_STORE: its copy that becomes kept */
};
#define RESTORE_STEPS_MAX 5
struct restore_plan {
	char store[PATH_MAX];	/* whose folder STORE.restoring holds the plan */
	char backup[65];	/* which file it is from: see restore_begin */
	struct restore_step step[RESTORE_STEPS_MAX];
	size_t steps;
	int folder;		/* STORE.restoring, locked from begin to end; -1 */
};

/* Begin: make the folder STORE.restoring, empty; what an earlier one left goes. backup is
 * a word that tells one backup from another. */
int restore_begin(struct restore_plan *p, const char *store, const char *backup,
    struct err *e);
/* The path of a part of the store's, in a folder in there that is the store's user's. */
int restore_inside(const struct restore_plan *p, const char *name, char out[static PATH_MAX],
    struct err *e);
/* Add a step, of at most RESTORE_STEPS_MAX: what is there is kept under a name of that day
 * that nothing has yet. fresh NULL: PLACE and RESTORE_FRESH, which is deleted if it is there. */
struct restore_step *restore_add(struct restore_plan *p, enum restore_kind kind,
    const char *fresh, const char *place, day_t day, struct err *e);
/* Take a step out again: nothing would change by it. Later steps move up. */
void restore_drop(struct restore_plan *p, struct restore_step *s);
/* Write the plan down and do it. If the store cannot take its step, everything is as it
 * was; *undone (may be NULL) tells. Else, or if the process at that step was killed, the
 * plan stays for the next try. The caller holds STORE.lock. */
int restore_carry_out(struct restore_plan *p, bool *undone, struct err *e);
/* Give up before that: away with all that was made. Nothing once it was carried out, whole
 * or not. */
void restore_give_up(struct restore_plan *p);
/* The plan that was cut off: 1, 0 there is none. ERR_REFUSED: neither ours nor root's;
 * ERR_BUSY: it is being carried out. */
int restore_pending(const char *store, struct restore_plan *p, struct err *e);
/* Do the rest of it. The caller holds STORE.lock. */
int restore_resume(struct restore_plan *p, struct err *e);

#endif
