/* store_empty.c - the fridge is emptied: what goes, and that it was a mistake. */
#include "store_impl.h"

#include <stdio.h>
#include <string.h>

#define DUE "FROM label WHERE fate = 'in' AND expires_on <= ?1 AND place = ?2"

int
store_due_codes(struct store *s, const char *place, day_t day, char *out, size_t size,
    int64_t *n, struct err *e)
{
	char code[CODE_SIZE];
	sqlite3_stmt *st;
	size_t len = 0;
	bool full = false;
	int rc;

	out[0] = '\0';
	*n = 0;
	if (sql_start(s, &st, "SELECT code " DUE " ORDER BY length(code), code",
	    ARGS(INT(day), TEXT(place)), e) == -1)
		return -1;
	while ((rc = sql_row(s, st, e)) == 1) {
		column_text(st, 0, code, sizeof code);
		++*n;
		full = full || len + strlen(code) + 2 > size;
		if (!full)
			len += (size_t)snprintf(out + len, size - len, "%s%s", len > 0 ? " " : "", code);
	}
	return rc;
}

static void
emptying_read(sqlite3_stmt *st, void *into)
{
	struct emptying *out = into;

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	column_text(st, 1, out->place, sizeof out->place);
	out->on_day = column_day(st, 2);
	out->labels = sqlite3_column_int64(st, 3);
	out->undone = sqlite3_column_int(st, 4) != 0;
}

int
store_emptying_get(struct store *s, int64_t id, struct emptying *out, struct err *e)
{
	return sql_fetch(s, "SELECT id, place, on_day, labels, undone FROM emptying WHERE id = ?",
	    ARGS(INT(id)), emptying_read, out, e);
}

int
store_emptying_newest(struct store *s, const char *place, struct emptying *out, struct err *e)
{
	return sql_fetch(s, "SELECT id, place, on_day, labels, undone FROM emptying"
	    " WHERE labels > 0 AND (?1 IS NULL OR place = ?1) ORDER BY id DESC LIMIT 1",
	    place != NULL ? ARGS(TEXT(place)) : ARGS(NULL_ARG), emptying_read, out, e);
}

static int
empty(struct store *s, const char *place, day_t day, enum closed_by by,
    const struct print_row *slip, struct emptying *out, struct err *e)
{
	int64_t id, print;

	if (sql_do(s, "INSERT INTO emptying (place, on_day) VALUES (?, ?)",
	    ARGS(TEXT(place), INT(day)), e) == -1)
		return -1;
	id = sqlite3_last_insert_rowid(s->db);
	if (sql_do(s,
	    "UPDATE label SET fate = 'discarded', closed_by = ?3, closed_on = ?1, emptying = ?4"
	    " WHERE id IN (SELECT id " DUE ")",
	    ARGS(INT(day), TEXT(place), TEXT(closed_by_text(by)), INT(id)), e) == -1)
		return -1;
	if (sql_do(s, "UPDATE emptying SET labels = ? WHERE id = ?",
	    ARGS(INT(sqlite3_changes(s->db)), INT(id)), e) == -1)
		return -1;
	if (slip != NULL) {
		struct sheet_of sheet = *slip->sheet;
		struct print_row row = *slip;

		sheet.emptying = id;
		row.sheet = &sheet;
		if (print_insert(s, &row, &print, e) == -1)
			return -1;
	}
	return store_emptying_get(s, id, out, e) == 1 ? 0 : -1;
}

int
store_empty(struct store *s, const char *place, day_t day, enum closed_by by,
    const struct sheet_of *slip, int64_t now, const char *boot_id, int64_t boot_ms,
    struct emptying *out, struct err *e)
{
	struct print_row row = { PRINT_SLIP, 0, false, slip, 1, now, boot_id, boot_ms };

	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, empty(s, place, day, by, slip != NULL ? &row : NULL, out, e), e);
}

static int
undo(struct store *s, int64_t id, struct err *e)
{
	struct emptying was;
	int rc = store_emptying_get(s, id, &was, e);

	if (rc == -1)
		return -1;
	if (rc == 0 || was.undone)
		return err_set(e, ERR_REFUSED, NULL, "that emptying was taken back already");
	/* A label that got another fate since then keeps it, and one so old that its code
	 * was let go stays out. */
	if (sql_do(s,
	    "UPDATE label SET fate = 'in', closed_by = '', closed_on = NULL, emptying = NULL"
	    " WHERE emptying = ? AND fate = 'discarded' AND code_held = 1",
	    ARGS(INT(id)), e) == -1 ||
	    sql_do(s, "UPDATE emptying SET undone = 1 WHERE id = ?", ARGS(INT(id)), e) == -1)
		return -1;
	return sql_do(s,
	    "UPDATE print SET state = 'void', reason = 'taken back'"
	    " WHERE emptying = ? AND state = 'queued' AND attempts = 0", ARGS(INT(id)), e);
}

int
store_empty_undo(struct store *s, int64_t id, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, undo(s, id, e), e);
}

static int
slip_once(struct store *s, const struct print_row *row, struct err *e)
{
	int64_t found, print;
	int rc = sql_int(s,
	    "SELECT 1 FROM print WHERE kind = 'slip' AND day = ? AND place = ? AND template = ''"
	    " AND emptying IS NULL LIMIT 1", ARGS(INT(row->sheet->day), TEXT(row->sheet->place)), &found, e);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return print_insert(s, row, &print, e) == -1 ? -1 : 1;
}

int
store_slip_once(struct store *s, const struct sheet_of *slip, int64_t now,
    const char *boot_id, int64_t boot_ms, struct err *e)
{
	struct sheet_of sheet = *slip;
	struct print_row row = { PRINT_SLIP, 0, false, &sheet, 1, now, boot_id, boot_ms };

	sheet.template[0] = '\0';
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, slip_once(s, &row, e), e);
}
