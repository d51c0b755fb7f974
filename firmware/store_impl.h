/* store_impl.h - what the files of the store share: the handle, the locks, the
 * transactions and a short way to say a statement. Nobody else includes it.
 *
 * A statement is a constant text, prepared once a handle and found again by its
 * address. Values are bound, never pasted:
 *
 *	sql_do(s, "UPDATE badge SET seen_on = ? WHERE id = ?", ARGS(DAY(d), INT(id)), e)
 */
#ifndef FRIDGE_STORE_IMPL_H
#define FRIDGE_STORE_IMPL_H

#include <sqlite3.h>

#include "store.h"

#define STORE_VERSION 2			/* user_version of the newest schema */
#define STORE_APPLICATION 0x46724c62	/* application_id: "FrLb" */
#define TOOL_PATIENCE_MS 5000		/* how long a tool waits for a lock */
#define LOOK_PATIENCE_MS 300		/* and one that looks in passing */
#define DAY_SECONDS 86400

struct prepared {
	const char *sql;
	sqlite3_stmt *stmt;
};

struct store {
	sqlite3 *db;
	enum store_role role;
	char *path;
	char *bell;
	char id[33];
	int wlock;			/* STORE.wlock, open all the time */
	int64_t locked_ms;		/* when it was taken last, by clock_mono_ms */
	int64_t held_ms;		/* the longest that it was held */
	int64_t held_lately_ms;		/* the same since pruning looked last */
	int64_t bite_ms;		/* of pruning, the last; 0: none yet */
	int64_t disk_patience_ms;	/* left of it; see disk_await */
	int wait;			/* STORE.wait while this program waits, or -1 */
	bool full;			/* synchronous is FULL now, else NORMAL */
	bool erased;			/* something was erased that is still in the WAL */
	int changes_before;		/* total_changes when the transaction began */
	int checkpoint_changes;		/* total_changes and data_version at the last */
	int64_t checkpoint_version;	/* checkpoint; -1: none yet */
	struct prepared *cache;
	size_t cached;
};

/* ---- store_file.c: the files beside the store ---- */

/* Open PATH SUFFIX, creating it with the mode and owner of the store. Descriptor or -1. */
int file_beside(const char *path, const char *suffix, int flags, struct err *e);
/* Make an empty file that only the store's owner (and its group) can read; like as of
 * file_settle. */
int file_create(const char *path, const char *like, struct err *e);
/* Give a new file its mode and the owner of another one (like, may be NULL) or, before there
 * is that, of the folder of name, so that nothing belongs to root that the service must
 * write. */
int file_settle(int fd, const char *name, const char *like, struct err *e);
/* Make names in the file's folder survive a power cut. */
int file_sync_folder(const char *path, struct err *e);
/* The advisory lock on fd, tried for patience_ms. 1 got it, 0 somebody has it. */
int file_lock(int fd, int how, int64_t patience_ms);
/* STORE.wlock: held through every write transaction and checkpoint. */
int wlock_take(struct store *s, int64_t patience_ms, struct err *e);
void wlock_drop(struct store *s);
/* Tell its holder that a tap waits for it. Only an import listens. */
void wlock_ask(const struct store *s);
void bell_ring(const struct store *s);
/* A tool, before it takes wlock for something that can wait: write the WAL to the disk,
 * and wait, at most some seconds in a handle's life, for a disk that is busy with others'
 * data. A sync under the lock is then a short one. fridged waits for no disk. */
void disk_await(struct store *s);

/* ---- store_schema.c ---- */

/* Make or migrate the tables. Runs under wlock. */
int schema_settle(struct store *s, struct err *e);

/* ---- store_sql.c ---- */

struct arg {
	enum { ARG_END, ARG_NULL, ARG_INT, ARG_TEXT, ARG_BLOB } type;
	int64_t number;
	const void *data;
	size_t size;
};
#define ARGS(...) ((const struct arg[]){ __VA_ARGS__, { .type = ARG_END } })
#define INT(v) { .type = ARG_INT, .number = (v) }
#define ID(v) { .type = (v) != 0 ? ARG_INT : ARG_NULL, .number = (v) }	/* 0 is NULL */
#define DAY(v) { .type = (v) != DAY_NONE ? ARG_INT : ARG_NULL, .number = (v) }
#define TEXT(v) { .type = ARG_TEXT, .data = (v) }			/* NULL is '' */
#define BLOB(p, n) { .type = ARG_BLOB, .data = (p), .size = (n) }
#define NULL_ARG { .type = ARG_NULL }

/* Tell what SQLite said last in *e. Returns -1. */
int sql_fail(struct store *s, struct err *e);
/* Tell that another program holds one of SQLite's locks. Returns -1. */
int sql_busy(const struct store *s, struct err *e);
/* Tell that the file is damaged, how, and what to do. Returns -1. */
int sql_damaged(const struct store *s, const char *how, struct err *e);
/* Begin a statement; step it with sql_row until that is not 1, or sql_end it. */
int sql_start(struct store *s, sqlite3_stmt **out, const char *sql,
    const struct arg *args, struct err *e);
/* 1 a row, 0 the end, -1 failed; the last two also end the statement. */
int sql_row(struct store *s, sqlite3_stmt *st, struct err *e);
void sql_end(sqlite3_stmt *st);
/* Run to the end. */
int sql_do(struct store *s, const char *sql, const struct arg *args, struct err *e);
/* The first column of the first row: 1 and *out (0 for NULL), 0 no row, -1. */
int sql_int(struct store *s, const char *sql, const struct arg *args, int64_t *out,
    struct err *e);
/* Prepared for this one time: settings, scripts. */
int sql_script(struct store *s, const char *sql, struct err *e);

void column_text(sqlite3_stmt *st, int column, char *out, size_t size);
day_t column_day(sqlite3_stmt *st, int column);		/* NULL: DAY_NONE */
/* All zeros where the column has not that many bytes. */
void column_bytes(sqlite3_stmt *st, int column, uint8_t *out, size_t size);

/* How a row becomes a struct. */
typedef void read_row(sqlite3_stmt *st, void *out);
/* The first row: 1 and *out, 0 no row, -1. */
int sql_fetch(struct store *s, const char *sql, const struct arg *args, read_row *read, void *out,
    struct err *e);
/* All *n rows as an array of structs of that size, freed with free(); NULL for none. */
int sql_collect(struct store *s, const char *sql, const struct arg *args, read_row *read,
    size_t size, void **out, size_t *n, struct err *e);

/* How far a commit must get before its function returns. */
enum durable {
	DURABLE_POWER,	/* on the disk: survives a power cut */
	DURABLE_KILL,	/* handed to the kernel: survives any end of a program */
};
/* A write transaction, under wlock. tx_end commits if rc is not -1 (and rings the
 * bell if something changed), else rolls back; returns rc or -1 with *e. */
int tx_begin(struct store *s, enum durable d, struct err *e);
int tx_end(struct store *s, int rc, struct err *e);
int sql_synchronous(struct store *s, enum durable d, struct err *e);
void sql_forget(struct store *s);	/* finalise all statements */

/* ---- pieces of transactions that several files need ---- */

/* store_owner.c: 0 if that owner lives, else -1 with ERR_REFUSED. */
int owner_check(struct store *s, int64_t id, struct err *e);
/* As store_owner_add, _edit and _remove. */
int owner_insert(struct store *s, struct owner *o, day_t today, struct err *e);
int owner_update(struct store *s, const struct owner *o, struct err *e);
int owner_leave(struct store *s, int64_t id, day_t today, struct err *e);

/* store_badge.c */
int badge_give(struct store *s, int64_t owner, enum badge_kind kind,
    const struct readings *r, day_t today, struct badge *out, struct err *e);
int badge_take(struct store *s, int64_t id, int64_t owner, int64_t replaces, day_t today,
    struct badge *out, struct err *e);
/* Find or make the badge of a card that is nobody's; *id is its row. */
int badge_remember(struct store *s, enum badge_kind kind, const struct readings *r,
    day_t today, int64_t *id, struct err *e);
int badge_learn(struct store *s, int64_t badge, enum badge_kind kind,
    const struct readings *r, struct err *e);
/* It was at the reader that day, which also tells the kind of one that was typed in. */
int badge_seen(struct store *s, int64_t badge, enum badge_kind kind, day_t today,
    struct err *e);

/* store_print.c: a print that waits to be printed. sheet NULL: of a label. */
struct print_row {
	enum print_kind kind;
	int64_t label;
	bool first;
	const struct sheet_of *sheet;
	int copies;
	int64_t now;
	const char *boot_id;
	int64_t boot_ms;
};
int print_insert(struct store *s, const struct print_row *p, int64_t *id, struct err *e);

/* store_code.c: a free code for a label made on that day. */
int code_draw(struct store *s, day_t day, char out[static CODE_SIZE], struct err *e);
/* Let go of at most limit codes that may be drawn again; *freed how many. */
int code_release(struct store *s, day_t day, int limit, int *freed, struct err *e);

/* store_state.c: raise the newest instant the store knows, or make it this one, whatever a
 * clock said that was ahead. */
int newest_raise(struct store *s, int64_t now, struct err *e);
int newest_set(struct store *s, int64_t now, struct err *e);

#endif
