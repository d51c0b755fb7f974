/* store_import.c - many changes at once, all or none.
 *
 * One transaction, because nothing else is all or none whenever a program is killed or the
 * power goes. It may be long, and a tap must not wait for it: a daemon that finds the lock
 * taken says so on the lock's file (wlock_ask), and then the transaction is rolled back, the
 * tap goes first, and it begins anew.
 */
#include "store_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LOOK_EVERY 50		/* changes between two looks for a tap: a few ms */
#define NEARLY_MS 250		/* with no more than this to go, the tap can wait */
#define QUIET_MS 150		/* the tap, and what follows it, are done */
#define TRY_MS 60000		/* in a fridge that is never at rest it must end, too */
#define REST_MS 10		/* between two looks whether it is quiet */
#define CACHE "PRAGMA cache_size = -16384"	/* KB: with less, pages are written often; with more, late */

struct work {
	struct store *s;
	const struct import_source *from;
	day_t today;
	int64_t *ids;			/* of the people that changes added */
	struct timespec asked;		/* when a daemon asked for the lock last, as we saw */
	int64_t began_ms;
	bool gives_way;
};

/* All readings of the badge besides the one it was given by. */
static int
keep_readings(struct store *s, int64_t badge, const struct readings *r, struct err *e)
{
	for (size_t i = 1; i < r->count; i++)
		if (sql_do(s, "INSERT OR IGNORE INTO reading (hash, exact, badge) VALUES (?, 0, ?)",
		    ARGS(BLOB(r->r[i].hash, sizeof r->r[i].hash), INT(badge)), e) == -1)
			return -1;
	return 0;
}

static int
import_one(struct work *w, size_t at, struct err *e)
{
	struct import_change c;
	struct badge given;

	w->from->get(w->from->arg, at, &c);
	switch (c.what) {
	case IMPORT_ADD:
		if (owner_insert(w->s, &c.owner, w->today, e) == -1)
			return -1;
		w->ids[at] = c.owner.id;
		return 0;
	case IMPORT_EDIT:
		return owner_update(w->s, &c.owner, e);
	case IMPORT_REMOVE:
		return owner_leave(w->s, c.owner.id, w->today, e);
	case IMPORT_BADGE:
		if (badge_give(w->s, c.added != 0 ? w->ids[c.added - 1] : c.owner_id, c.kind,
		    &c.readings, w->today, &given, e) == -1)
			return -1;
		return keep_readings(w->s, given.id, &c.readings, e);
	}
	return err_set(e, ERR_USAGE, NULL, "a change that is none");
}

/* Whether a daemon has asked for the lock since the last look. */
static bool
is_asked(struct work *w)
{
	struct stat st;

	if (fstat(w->s->wlock, &st) == -1 || (st.st_mtim.tv_sec == w->asked.tv_sec &&
	    st.st_mtim.tv_nsec == w->asked.tv_nsec))
		return false;
	w->asked = st.st_mtim;
	return true;
}

static bool
is_nearly_done(const struct work *w, size_t done)
{
	int64_t spent_ms = clock_mono_ms() - w->began_ms;

	return spent_ms * (int64_t)(w->from->count - done) < NEARLY_MS * (int64_t)done;
}

/* One try: 0 all is done, -1 with *bad, or because w->gives_way. */
static int
import_all(struct work *w, size_t *bad, struct err *e)
{
	const struct import_source *from = w->from;

	is_asked(w);
	w->gives_way = false;
	w->began_ms = clock_mono_ms();
	for (size_t i = 0; i < from->count; i++) {
		if (import_one(w, i, e) == -1) {
			*bad = i;
			return -1;
		}
		if ((i + 1) % LOOK_EVERY != 0)
			continue;
		if (from->progress != NULL)
			from->progress(from->arg, i + 1);
		if (is_asked(w) && !is_nearly_done(w, i + 1)) {
			w->gives_way = true;
			return err_set(e, ERR_BUSY, "run it when fewer people are at the fridge",
			    "there were taps all the time, which go first: nothing was changed");
		}
	}
	return 0;
}

static void
wait_for_quiet(struct work *w)
{
	int64_t since_ms = clock_mono_ms();

	while (clock_mono_ms() - since_ms < QUIET_MS) {
		nanosleep(&(struct timespec){ .tv_nsec = REST_MS * 1000000L }, NULL);
		if (is_asked(w))
			since_ms = clock_mono_ms();
	}
}

int
store_import(struct store *s, const struct import_source *from, day_t today, size_t *bad,
    struct err *e)
{
	struct work w = { .s = s, .from = from, .today = today };
	int64_t end_ms = clock_mono_ms() + TRY_MS;
	int rc;

	w.ids = calloc(from->count > 0 ? from->count : 1, sizeof *w.ids);
	*bad = from->count;
	if (w.ids == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "no memory left");
	rc = sql_script(s, CACHE, e);
	while (rc == 0) {
		rc = tx_begin(s, DURABLE_POWER, e);
		if (rc == -1)
			break;
		rc = tx_end(s, import_all(&w, bad, e), e);
		if (!w.gives_way || clock_mono_ms() >= end_ms)
			break;
		wait_for_quiet(&w);
		rc = 0;
	}
	free(w.ids);
	return rc;
}
