/* ctl_restore.h - what the files of fridgectl restore share. */
#ifndef FRIDGE_CTL_RESTORE_H
#define FRIDGE_CTL_RESTORE_H

#include "ctl.h"
#include "restore.h"

struct restoring {
	int fd;				/* the backup */
	struct recovery_code code;
	char id[65];			/* tells this backup from others: its first bytes, hashed */

	/* What was found in it. */
	struct {
		char made_on[DAY_TEXT], version[32];
	} about;
	uint8_t key[BADGE_KEY_SIZE];
	char *config_text;		/* NULL: it has none */
	size_t config_size;
	size_t templates, own;		/* files of each folder */
	bool has_store, has_key;

	/* What becomes of it. */
	struct config config;		/* that will be in force: its, or with --keep-config ours */
	char config_place[PATH_MAX];
	bool keep_config;
	day_t today;
	struct restore_plan plan;
	char damage[300];		/* of the store that is there; "": none */
	int lock;			/* STORE.lock, or -1 */
	bool stopped;			/* fridged ran, and we stopped it */
	int code_kept;			/* as of recovery_keep */
};

/* ctl_restore_next.c: whether a unit's property, as systemctl shows it to root, is that. */
bool restoring_unit_is(const char *unit, const char *property, const char *value);
/* What is to be done before the restored fridge prints as it did, as one
 * line; "": nothing. */
#define RESTORE_TODO (PATH_MAX + 800)
void restoring_next(const struct restoring *r, const struct ctl *c,
    char todo[static RESTORE_TODO]);

/* ctl_restore_look.c: read the backup to its end, and write nothing. */
int restoring_look(struct restoring *r, struct ctl *c, struct err *e);
/* ctl_restore_stage.c: put all of it beside its place; what is the same already, and what
 * is not in it, gets no step of the plan. */
int restoring_stage(struct restoring *r, struct err *e);
/* With STORE.lock: copy the store that is there, so that it is kept. */
int restoring_keep_store(struct restoring *r, struct err *e);

#endif
