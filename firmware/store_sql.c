/* store_sql.c - a short way to say a statement, and transactions.
 *
 * Knows nothing of people, badges or labels.
 */
#include "store_impl.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
sql_damaged(const struct store *s, const char *how, struct err *e)
{
	return err_set(e, ERR_SYSTEM, "sudo fridgectl restore FILE, with the newest backup (see the "
	    "folder backups beside it); without one, stop fridged and move it, its -wal and its -shm "
	    "away: it begins a new store",
	    "the store %s is damaged: %s", s->path, how);
}

int
sql_busy(const struct store *s, struct err *e)
{
	return err_set(e, ERR_BUSY, "run it again in a moment",
	    "the store %s is in use by another program", s->path);
}

int
sql_fail(struct store *s, struct err *e)
{
	int rc = sqlite3_errcode(s->db);
	const char *said = sqlite3_errmsg(s->db);

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return sql_busy(s, e);
	case SQLITE_FULL:
		return err_set(e, ERR_SYSTEM, "make room on the disk",
		    "the store %s cannot be written: the disk is full", s->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return sql_damaged(s, said, e);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_SYSTEM, "run as the service's user: sudo fridgectl",
		    "the store %s cannot be written: %s", s->path, said);
	case SQLITE_IOERR: {
		int no = sqlite3_system_errno(s->db);
		return err_set(e, ERR_SYSTEM, "look at the disk: dmesg",
		    "the store %s cannot be read or written: %s", s->path,
		    no != 0 ? strerror(no) : said);
	}
	case SQLITE_NOMEM:
		return err_set(e, ERR_SYSTEM, NULL, "no memory left");
	default:
		return err_set(e, ERR_SYSTEM, NULL, "the store %s: %s", s->path, said);
	}
}

/* The statement of a text, prepared at its first use. A program has some dozens, so
 * a walk over their addresses is quicker than any clever table. */
static sqlite3_stmt *
prepared(struct store *s, const char *sql, struct err *e)
{
	for (size_t i = 0; i < s->cached; i++)
		if (s->cache[i].sql == sql)
			return s->cache[i].stmt;
	if (s->cached % 32 == 0) {
		struct prepared *more = realloc(s->cache, (s->cached + 32) * sizeof *more);

		if (more == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "no memory left");
			return NULL;
		}
		s->cache = more;
	}
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK) {
		sql_fail(s, e);
		return NULL;
	}
	s->cache[s->cached++] = (struct prepared){ sql, st };
	return st;
}

void
sql_forget(struct store *s)
{
	for (size_t i = 0; i < s->cached; i++)
		sqlite3_finalize(s->cache[i].stmt);
	free(s->cache);
	s->cache = NULL;
	s->cached = 0;
}

static int
bind(sqlite3_stmt *st, int i, const struct arg *a)
{
	switch (a->type) {
	case ARG_INT:
		return sqlite3_bind_int64(st, i, a->number);
	case ARG_TEXT:
		return sqlite3_bind_text(st, i, a->data != NULL ? a->data : "", -1, SQLITE_STATIC);
	case ARG_BLOB:
		return sqlite3_bind_blob64(st, i, a->data, a->size, SQLITE_STATIC);
	default:
		return sqlite3_bind_null(st, i);
	}
}

int
sql_start(struct store *s, sqlite3_stmt **out, const char *sql, const struct arg *args,
    struct err *e)
{
	sqlite3_stmt *st = prepared(s, sql, e);

	if (st == NULL)
		return -1;
	assert(!sqlite3_stmt_busy(st));
	int i = 0;
	for (; args != NULL && args[i].type != ARG_END; i++)
		if (bind(st, i + 1, &args[i]) != SQLITE_OK) {
			sql_fail(s, e);
			sql_end(st);
			return -1;
		}
	assert(i == sqlite3_bind_parameter_count(st));
	*out = st;
	return 0;
}

int
sql_row(struct store *s, sqlite3_stmt *st, struct err *e)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		sql_fail(s, e);
	sql_end(st);
	return rc == SQLITE_DONE ? 0 : -1;
}

void
sql_end(sqlite3_stmt *st)
{
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

int
sql_do(struct store *s, const char *sql, const struct arg *args, struct err *e)
{
	sqlite3_stmt *st;
	int rc;

	if (sql_start(s, &st, sql, args, e) == -1)
		return -1;
	while ((rc = sql_row(s, st, e)) == 1)
		;
	return rc;
}

int
sql_int(struct store *s, const char *sql, const struct arg *args, int64_t *out, struct err *e)
{
	sqlite3_stmt *st;

	if (sql_start(s, &st, sql, args, e) == -1)
		return -1;
	int rc = sql_row(s, st, e);
	if (rc == 1) {
		*out = sqlite3_column_int64(st, 0);
		sql_end(st);
	}
	return rc;
}

int
sql_script(struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : sql_fail(s, e);
}

void
column_text(sqlite3_stmt *st, int column, char *out, size_t size)
{
	const unsigned char *text = sqlite3_column_text(st, column);
	size_t n = text != NULL ? strlen((const char *)text) : 0;

	/* Only a file written by another hand holds more than the door lets in. */
	if (n >= size)
		for (n = size - 1; n > 0 && (text[n] & 0xc0) == 0x80; n--)
			;
	if (n > 0)
		memcpy(out, text, n);
	out[n] = '\0';
}

void
column_bytes(sqlite3_stmt *st, int column, uint8_t *out, size_t size)
{
	const void *bytes = sqlite3_column_blob(st, column);

	memset(out, 0, size);
	if (bytes != NULL && (size_t)sqlite3_column_bytes(st, column) == size)
		memcpy(out, bytes, size);
}

day_t
column_day(sqlite3_stmt *st, int column)
{
	if (sqlite3_column_type(st, column) == SQLITE_NULL)
		return DAY_NONE;
	return (day_t)sqlite3_column_int64(st, column);
}

int
sql_fetch(struct store *s, const char *sql, const struct arg *args, read_row *read, void *out,
    struct err *e)
{
	sqlite3_stmt *st;

	if (sql_start(s, &st, sql, args, e) == -1)
		return -1;
	int rc = sql_row(s, st, e);
	if (rc == 1) {
		read(st, out);
		sql_end(st);
	}
	return rc;
}

int
sql_collect(struct store *s, const char *sql, const struct arg *args, read_row *read, size_t size,
    void **out, size_t *n, struct err *e)
{
	size_t count = 0, room = 0;
	char *rows = NULL;
	sqlite3_stmt *st;
	int rc;

	if (sql_start(s, &st, sql, args, e) == -1)
		return -1;
	while ((rc = sql_row(s, st, e)) == 1) {
		if (count == room) {
			room = room == 0 ? 1 : 2 * room;
			char *more = reallocarray(rows, room, size);
			if (more == NULL) {
				sql_end(st);
				free(rows);
				return err_set(e, ERR_SYSTEM, NULL, "no memory left");
			}
			rows = more;
		}
		read(st, rows + count++ * size);
	}
	if (rc == -1) {
		free(rows);
		return -1;
	}
	*out = rows;
	*n = count;
	return 0;
}

int
sql_synchronous(struct store *s, enum durable d, struct err *e)
{
	bool full = d == DURABLE_POWER;

	if (s->full == full)
		return 0;
	if (sql_script(s, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", e) == -1)
		return -1;
	s->full = full;
	return 0;
}

int
tx_begin(struct store *s, enum durable d, struct err *e)
{
	int64_t patience_ms = s->role == STORE_DAEMON ? 0 : TOOL_PATIENCE_MS;

	if (wlock_take(s, patience_ms, e) == -1) {
		if (s->role == STORE_DAEMON)
			wlock_ask(s);
		return -1;
	}
	s->changes_before = sqlite3_total_changes(s->db);
	if (sql_synchronous(s, d, e) == 0 && sql_do(s, "BEGIN IMMEDIATE", NULL, e) == 0)
		return 0;
	wlock_drop(s);
	return -1;
}

int
tx_end(struct store *s, int rc, struct err *e)
{
	if (rc != -1 && sql_do(s, "COMMIT", NULL, e) == -1)
		rc = -1;
	/* After some failures SQLite has rolled back by itself. */
	if (rc == -1 && sqlite3_get_autocommit(s->db) == 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	wlock_drop(s);
	if (rc != -1 && s->role == STORE_TOOL &&
	    sqlite3_total_changes(s->db) != s->changes_before)
		bell_ring(s);
	return rc;
}
