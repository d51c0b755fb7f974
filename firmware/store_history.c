/* store_history.c - what changed, in order: the feed for other systems, and many changes
 * at once. */
#include "store_impl.h"

#include <string.h>

#define PROGRESS_EVERY 500	/* changes between two calls */

static void
change_read(sqlite3_stmt *st, void *into)
{
	struct change *out = into;

	memset(out, 0, sizeof *out);
	out->seq = sqlite3_column_int64(st, 0);
	out->on_day = column_day(st, 1);
	out->at = sqlite3_column_int64(st, 2);
	column_text(st, 3, out->noun, sizeof out->noun);
	out->row = sqlite3_column_int64(st, 4);
	column_text(st, 5, out->what, sizeof out->what);
}

int
store_history(struct store *s, int64_t since, size_t limit, struct change **out, size_t *n,
    struct err *e)
{
	void *list;

	if (sql_collect(s,
	    "SELECT seq, on_day, at, noun, row, what FROM history WHERE seq > ? ORDER BY seq LIMIT ?",
	    ARGS(INT(since), INT((int64_t)limit)), change_read, sizeof **out, &list, n, e) == -1)
		return -1;
	*out = list;
	return 0;
}

int
store_history_newest(struct store *s, int64_t *seq, struct err *e)
{
	*seq = 0;
	/* Also of one that was pruned since: numbers are never used twice. */
	return sql_int(s, "SELECT seq FROM sqlite_sequence WHERE name = 'history'", NULL, seq, e)
	    == -1 ? -1 : 0;
}

/* ---- import ---- */

static int
import_one(struct store *s, struct import_change *list, size_t at, day_t today, struct err *e)
{
	struct import_change *c = &list[at];
	struct badge given;

	switch (c->what) {
	case IMPORT_ADD:
		return owner_insert(s, &c->owner, today, e);
	case IMPORT_EDIT:
		return owner_update(s, &c->owner, e);
	case IMPORT_REMOVE:
		return owner_leave(s, c->owner.id, today, e);
	case IMPORT_BADGE:
		return badge_give(s, c->added != 0 ? list[c->added - 1].owner.id : c->owner_id,
		    c->kind, &c->readings, today, &given, e);
	}
	return err_set(e, ERR_USAGE, NULL, "a change that is none");
}

int
store_import(struct store *s, struct import_change *list, size_t n, day_t today,
    void (*progress)(void *arg, size_t done), void *arg, size_t *bad, struct err *e)
{
	int rc = 0;
	size_t i;

	*bad = n;
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	for (i = 0; i < n && rc == 0; i++) {
		rc = import_one(s, list, i, today, e);
		if (progress != NULL && (i + 1) % PROGRESS_EVERY == 0)
			progress(arg, i + 1);
	}
	if (rc == -1)
		*bad = i - 1;
	return tx_end(s, rc, e);
}
