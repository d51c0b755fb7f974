/* store_prune.c - what must go with time.
 *
 * A tap may wait behind every transaction here, and behind the checkpoint after it. So each
 * is a bite, measured by time and not by rows, which may be cheap (the oldest changes stand
 * side by side) or dear (an unknown card has two dozen readings all over the file); the next
 * one is as long as the last ones were good for. And no bite waits for the disk under the
 * lock, where it would stand in line behind somebody's large copy: what a power cut brings
 * back is erased again.
 */
#include "store_impl.h"

#define LAPSE_ROWS 200		/* in one transaction */
#define BITE_MAX_MS 10		/* after that long no more rows are begun */
#define BITE_MIN_MS 2
#define HELD_LONG_MS 20		/* under the lock: the bites are too large for this disk */
#define UNCLAIMED_DAYS 30
#define NEWEST_STEP_S 3600	/* how far the newest instant may lag behind the clock */

int
store_lapse(struct store *s, day_t today, int lapse_days, int *n, struct err *e)
{
	int changed;

	*n = 0;
	do {
		/* The expiry day itself is always a good one. */
		day_t last = today - (lapse_days > 0 ? lapse_days : 1);
		int64_t any;
		int rc = sql_int(s, "SELECT 1 FROM label WHERE fate = 'in' AND expires_on <= ? LIMIT 1",
		    ARGS(INT(last)), &any, e);

		if (rc != 1)
			return rc;
		if (tx_begin(s, DURABLE_POWER, e) == -1)
			return -1;
		rc = sql_do(s,
		    "UPDATE label SET fate = 'lapsed', closed_on = ?, closed_by = 'auto'"
		    " WHERE id IN (SELECT id FROM label WHERE fate = 'in' AND expires_on <= ?"
		    "  ORDER BY expires_on LIMIT ?)",
		    ARGS(INT(today), INT(last), INT(LAPSE_ROWS)), e);
		changed = sqlite3_changes(s->db);
		if (tx_end(s, rc, e) == -1)
			return -1;
		*n += changed;
	} while (changed == LAPSE_ROWS);
	return 0;
}

/* What is old. */
struct age {
	int64_t now;
	day_t today;
	int keep_days;
	int rows;			/* at most so many at once */
};
/* Erase some rows of one kind: how many, or -1. */
typedef int erase(struct store *s, const struct age *a, struct err *e);

/* Times of day of yesterday, and those that a wrong clock wrote: one search at either end
 * of the index. */
#define OLD_TIMES(table, id, at) \
	" IN (SELECT " id " FROM " table " WHERE " at " < ?" \
	" UNION ALL SELECT " id " FROM " table " WHERE " at " > ? LIMIT ?)"

static int
erase_times(struct store *s, const struct age *a, const char *sql, struct err *e)
{
	if (sql_do(s, sql, ARGS(INT(a->now - DAY_SECONDS), INT(a->now + DAY_SECONDS),
	    INT(a->rows)), e) == -1)
		return -1;
	return sqlite3_changes(s->db);
}

static int
erase_label_times(struct store *s, const struct age *a, struct err *e)
{
	/* A label without a date still needs its boot time to get one. */
	return erase_times(s, a,
	    "UPDATE label SET made_at = NULL, boot_id = iif(stored_on IS NULL, boot_id, ''),"
	    " boot_ms = iif(stored_on IS NULL, boot_ms, NULL)"
	    " WHERE id" OLD_TIMES("label", "id", "made_at"), e);
}

static int
erase_print_times(struct store *s, const struct age *a, struct err *e)
{
	return erase_times(s, a, "UPDATE print SET queued_at = NULL, boot_id = '', boot_ms = NULL"
	    " WHERE id" OLD_TIMES("print", "id", "queued_at"), e);
}

static int
erase_history_times(struct store *s, const struct age *a, struct err *e)
{
	return erase_times(s, a, "UPDATE history SET at = NULL"
	    " WHERE seq" OLD_TIMES("history", "seq", "at"), e);
}

static int
erase_history(struct store *s, const struct age *a, struct err *e)
{
	/* The oldest stand first, whatever the clock said; rows from the time of a
	 * clock that was ahead must not hold up those behind them for ever. */
	if (sql_do(s,
	    "UPDATE history SET on_day = ?1 WHERE on_day > ?1 + 1 AND seq IN"
	    " (SELECT seq FROM history ORDER BY seq LIMIT ?2)",
	    ARGS(INT(a->today), INT(a->rows)), e) == -1 ||
	    sql_do(s,
	    "DELETE FROM history WHERE on_day < ?1 AND seq IN"
	    " (SELECT seq FROM history ORDER BY seq LIMIT ?2)",
	    ARGS(INT(a->today - a->keep_days), INT(a->rows)), e) == -1)
		return -1;
	return sqlite3_changes(s->db);
}

#define UNCLAIMED "owner IS NULL AND preset IS NULL AND revoked_on IS NULL"

/* Cards that are nobody's and were seen on a day that nobody knew, or one of a clock that was
 * ahead: their time begins now. */
static int
date_badges(struct store *s, const struct age *a, struct err *e)
{
	if (sql_do(s,
	    "UPDATE badge SET seen_on = ?1 WHERE id IN"
	    " (SELECT id FROM badge WHERE " UNCLAIMED " AND seen_on IS NULL"
	    " UNION ALL SELECT id FROM badge WHERE " UNCLAIMED " AND seen_on > ?1 + 1 LIMIT ?2)",
	    ARGS(INT(a->today), INT(a->rows)), e) == -1)
		return -1;
	return sqlite3_changes(s->db);
}

static int
erase_badges(struct store *s, const struct age *a, struct err *e)
{
	if (sql_do(s,
	    "DELETE FROM badge WHERE id IN (SELECT id FROM badge WHERE " UNCLAIMED
	    " AND seen_on < ? ORDER BY seen_on LIMIT ?)",
	    ARGS(INT(a->today - UNCLAIMED_DAYS), INT(a->rows)), e) == -1)
		return -1;
	return sqlite3_changes(s->db);
}

static int
release_codes(struct store *s, const struct age *a, struct err *e)
{
	int freed;

	return code_release(s, a->today, a->rows, &freed, e) == -1 ? -1 : freed;
}

/* In a transaction: one kind after the other, until there is nothing more or it is time
 * to let others in. */
static int
bite(struct store *s, struct age *a, struct pruned *out, struct err *e)
{
	int64_t dated = 0;
	const struct {
		erase *some;
		int rows;
		int64_t *erased;
	} kinds[] = {
		{ erase_label_times, 50, &out->times }, { erase_print_times, 50, &out->times },
		{ erase_history_times, 200, &out->times }, { erase_history, 200, &out->history },
		{ date_badges, 20, &dated }, { erase_badges, 4, &out->badges },
		{ release_codes, 20, &out->codes },
	};
	int64_t until = clock_mono_ms() + s->bite_ms;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0];) {
		a->rows = kinds[i].rows;
		int n = kinds[i].some(s, a, e);

		if (n == -1)
			return -1;
		*kinds[i].erased += n;
		/* The oldest rows are not always those that stand first: only when none
		 * went is there none behind them either. */
		i += n == 0;
		out->more = n > 0 && clock_mono_ms() >= until;
		if (out->more)
			return 0;
	}
	return 0;
}

static int
prune(struct store *s, struct age *a, struct pruned *out, struct err *e)
{
	int64_t newest;

	/* The newest instant is a tap's time of day as well. Moving it on erases that,
	 * and is the better evidence against a clock that was set back. One that is ahead
	 * of a clock that is believed comes from a clock that was ahead. */
	if (bite(s, a, out, e) == -1 || store_newest(s, &newest, e) == -1)
		return -1;
	return newest < a->now - NEWEST_STEP_S || newest > a->now ?
	    newest_set(s, a->now, e) : 0;
}

int
store_prune(struct store *s, int64_t now, day_t today, int keep_days, struct pruned *out,
    struct err *e)
{
	struct age a = { .now = now, .today = today, .keep_days = keep_days };

	*out = (struct pruned){ .more = false };
	if (today == DAY_NONE)	/* by a doubted clock nothing is old */
		return 0;
	bool long_held = s->bite_ms == 0 || s->held_lately_ms > HELD_LONG_MS;
	s->bite_ms = long_held ? s->bite_ms / 2 : s->bite_ms + 1;
	if (s->bite_ms < BITE_MIN_MS)
		s->bite_ms = BITE_MIN_MS;
	if (s->bite_ms > BITE_MAX_MS)
		s->bite_ms = BITE_MAX_MS;
	s->held_lately_ms = 0;
	disk_await(s);
	if (tx_begin(s, DURABLE_KILL, e) == -1 || tx_end(s, prune(s, &a, out, e), e) == -1)
		return -1;
	if (out->times + out->history + out->badges + out->codes > 0)
		s->erased = true;
	return 0;
}
