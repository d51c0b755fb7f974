/* store_history.c - what changed, in order: the feed for other systems. */
#include "store_impl.h"

#include <string.h>

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
