/* store_print.c - the outbox: one job's worth of paper and how far it got. */
#include "store_impl.h"

#include <string.h>

#define PRINT_SELECT \
	"SELECT id, kind, label, first, copies, state, attempts, job, reason, queued_at, boot_id," \
	" boot_ms, template, preset, place, day, emptying FROM print "

static const char *const KINDS[] = {
	[PRINT_LABEL] = "label", [PRINT_SLIP] = "slip", [PRINT_SIGN] = "sign",
	[PRINT_TEST] = "test",
};

static void
print_read(sqlite3_stmt *st, void *row)
{
	struct print *out = row;
	char word[16];

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	column_text(st, 1, word, sizeof word);
	for (int i = PRINT_LABEL; i <= PRINT_TEST; i++)
		if (strcmp(word, KINDS[i]) == 0)
			out->kind = (enum print_kind)i;
	out->label = sqlite3_column_int64(st, 2);
	out->first = sqlite3_column_int(st, 3) != 0;
	out->copies = sqlite3_column_int(st, 4);
	column_text(st, 5, word, sizeof word);
	for (int i = PRINT_QUEUED; i <= PRINT_VOID; i++)
		if (strcmp(word, print_state_text((enum print_state)i)) == 0)
			out->state = (enum print_state)i;
	out->attempts = sqlite3_column_int(st, 6);
	out->job = sqlite3_column_int64(st, 7);
	column_text(st, 8, out->reason, sizeof out->reason);
	out->queued_at = sqlite3_column_int64(st, 9);
	column_text(st, 10, out->boot_id, sizeof out->boot_id);
	out->boot_ms = sqlite3_column_int64(st, 11);
	column_text(st, 12, out->sheet.template, sizeof out->sheet.template);
	column_text(st, 13, out->sheet.preset, sizeof out->sheet.preset);
	column_text(st, 14, out->sheet.place, sizeof out->sheet.place);
	out->sheet.day = column_day(st, 15);
	out->sheet.emptying = sqlite3_column_int64(st, 16);
}

int
store_print_next(struct store *s, struct print *out, struct err *e)
{
	return sql_fetch(s, PRINT_SELECT "WHERE state IN ('queued', 'spooled') ORDER BY id LIMIT 1",
	    NULL, print_read, out, e);
}

int
store_print_get(struct store *s, int64_t id, struct print *out, struct err *e)
{
	return sql_fetch(s, PRINT_SELECT "WHERE id = ?", ARGS(INT(id)), print_read, out, e);
}

/* ---- making ---- */

int
print_insert(struct store *s, const struct print_row *p, int64_t *id, struct err *e)
{
	static const struct sheet_of OF_LABEL = { .day = DAY_NONE };
	const struct sheet_of *sheet = p->sheet != NULL ? p->sheet : &OF_LABEL;

	if (sql_do(s,
	    "INSERT INTO print (kind, label, first, copies, queued_at, boot_id, boot_ms, template,"
	    " preset, place, day, emptying) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    ARGS(TEXT(KINDS[p->kind]), ID(p->label), INT(p->first), INT(p->copies), INT(p->now),
	        TEXT(p->boot_id), INT(p->boot_ms), TEXT(sheet->template), TEXT(sheet->preset),
	        TEXT(sheet->place), DAY(sheet->day), ID(sheet->emptying)), e) == -1)
		return -1;
	*id = sqlite3_last_insert_rowid(s->db);
	return 0;
}

int
store_print_add(struct store *s, enum print_kind kind, const struct sheet_of *sheet,
    int copies, int64_t now, const char *boot_id, int64_t boot_ms, int64_t *id, struct err *e)
{
	struct print_row row = { kind, 0, false, sheet, copies, now, boot_id, boot_ms };

	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, print_insert(s, &row, id, e), e);
}

/* ---- steps ---- */

/* In a transaction: one step of a print that is still on its way. A print that is
 * there already is left as it is: whoever died after the commit may say it again. */
static int
step(struct store *s, int64_t id, enum print_state to, const char *sql, const struct arg *args,
    struct err *e)
{
	struct print p;
	int rc = store_print_get(s, id, &p, e);

	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_REFUSED, NULL, "there is no print %lld", (long long)id);
	if (p.state == PRINT_COMPLETED || p.state == PRINT_VOID) {
		if (p.state == to)
			return 0;
		return err_set(e, ERR_REFUSED, NULL, "print %lld is %s already", (long long)id,
		    print_state_text(p.state));
	}
	return sql_do(s, sql, args, e);
}

int
store_print_attempt(struct store *s, int64_t id, int *attempts, struct err *e)
{
	struct print p;

	if (tx_begin(s, DURABLE_KILL, e) == -1)
		return -1;
	int rc = step(s, id, PRINT_QUEUED,
	    "UPDATE print SET attempts = attempts + 1 WHERE id = ?", ARGS(INT(id)), e);
	if (rc == 0 && store_print_get(s, id, &p, e) != 1)
		rc = -1;
	if (tx_end(s, rc, e) == -1)
		return -1;
	*attempts = p.attempts;
	return 0;
}

int
store_print_spooled(struct store *s, int64_t id, int64_t job, struct err *e)
{
	if (tx_begin(s, DURABLE_KILL, e) == -1)
		return -1;
	return tx_end(s, step(s, id, PRINT_SPOOLED,
	    "UPDATE print SET state = 'spooled', job = ? WHERE id = ?", ARGS(INT(job), INT(id)), e), e);
}

int
store_print_queued(struct store *s, int64_t id, const char *reason, struct err *e)
{
	if (tx_begin(s, DURABLE_KILL, e) == -1)
		return -1;
	return tx_end(s, step(s, id, PRINT_QUEUED,
	    "UPDATE print SET state = 'queued', job = NULL, reason = ? WHERE id = ?",
	    ARGS(TEXT(reason), INT(id)), e), e);
}

int
store_print_completed(struct store *s, int64_t id, struct err *e)
{
	if (tx_begin(s, DURABLE_KILL, e) == -1)
		return -1;
	return tx_end(s, step(s, id, PRINT_COMPLETED,
	    "UPDATE print SET state = 'completed', reason = '' WHERE id = ?", ARGS(INT(id)), e), e);
}

int
store_print_void(struct store *s, int64_t id, const char *reason, day_t today, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	int rc = step(s, id, PRINT_VOID, "UPDATE print SET state = 'void', reason = ? WHERE id = ?",
	    ARGS(TEXT(reason), INT(id)), e);
	/* What never got its label is not in the fridge as far as we know. */
	if (rc == 0)
		rc = sql_do(s,
		    "UPDATE label SET fate = 'void', closed_by = 'auto', closed_on = ?"
		    " WHERE id = (SELECT label FROM print WHERE id = ? AND first = 1) AND fate = 'in'",
		    ARGS(DAY(today), INT(id)), e);
	return tx_end(s, rc, e);
}
