/* store_copy.c - copies of the store, and a copy in its place: see store.h.
 *
 * A copy is a file that nobody else has open. It is looked at as it is, of whatever
 * version, and so is the store when a copy takes its place: both may be what a good one is
 * wanted instead of.
 */
#include "store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "disk.h"

/* The files that SQLite keeps beside one. */
static const char *const SUFFIXES[] = { "", "-wal", "-shm" };
#define SUFFIX_COUNT (sizeof SUFFIXES / sizeof *SUFFIXES)

int
store_copy(struct store *s, const char *to, bool sync, struct err *e)
{
	int fd = -1;

	unlink(to);
	/* SQLite would make it readable by everyone; it takes an empty file as well. */
	if (file_create(to, s->path, e) == -1)
		return -1;
	int rc = sql_do(s, "VACUUM INTO ?", ARGS(TEXT(to)), e);
	/* VACUUM INTO does not sync what it wrote. */
	if (rc == 0 && sync && ((fd = open(to, O_RDONLY | O_CLOEXEC)) == -1 || fsync(fd) == -1))
		rc = err_set(e, ERR_SYSTEM, NULL, "cannot write %s: %s", to, strerror(errno));
	if (fd != -1)
		close(fd);
	if (rc == 0 && sync)
		rc = file_sync_folder(to, e);
	if (rc == -1)
		unlink(to);
	return rc;
}

void
store_tidy(const char *path)
{
	static const char *const LEFT[] = { STORE_COPY, STORE_COPY "-journal" };
	char name[PATH_MAX];
	int fd = disk_open_folder(path);

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		for (size_t i = 0; i < sizeof LEFT / sizeof *LEFT; i++)
			if (snprintf(name, sizeof name, "%s%s", path, LEFT[i]) < (int)sizeof name)
				unlink(name);
	if (fd != -1)
		close(fd);
}

/* A file as it is: nothing of it is read yet, no table made, no lock taken. */
static int
open_raw(const char *path, int flags, struct store **out, struct err *e)
{
	struct store *s = calloc(1, sizeof *s);

	if (s == NULL || (s->path = strdup(path)) == NULL) {
		free(s);
		return err_set(e, ERR_SYSTEM, NULL, "no memory left");
	}
	s->role = STORE_TOOL;
	s->wlock = s->wait = -1;
	s->full = true;
	int rc = sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_extended_result_codes(s->db, 1);
		sqlite3_busy_timeout(s->db, TOOL_PATIENCE_MS);
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		*out = s;
		return 0;
	}
	rc = s->db != NULL ? sql_fail(s, e) : err_set(e, ERR_SYSTEM, NULL, "no memory left");
	store_close(s);
	return rc;
}

int
store_check(const char *path, struct err *e)
{
	struct store *s;
	int64_t application, version;

	if (open_raw(path, SQLITE_OPEN_READONLY, &s, e) == -1)
		return -1;
	int rc = -1;
	if (sql_int(s, "PRAGMA application_id", NULL, &application, e) == -1 ||
	    sql_int(s, "PRAGMA user_version", NULL, &version, e) == -1)
		goto done;
	if (application != STORE_APPLICATION || version < 1)
		err_set(e, ERR_REFUSED, NULL, "it is not a fridge-label store");
	else if (version > STORE_VERSION)
		err_set(e, ERR_REFUSED, "install the newer fridge-label",
		    "the store was made by a newer version (%d; this one knows %d)", (int)version,
		    STORE_VERSION);
	else
		rc = store_verify(s, e);
done:
	store_close(s);
	return rc;
}

/* In a transaction: what a store of the past must not do again. */
static int
renew(struct store *s, day_t today, const char *reason, struct err *e)
{
	char id[33];
	uint8_t random[16];

	arc4random_buf(random, sizeof random);
	for (size_t i = 0; i < sizeof random; i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
	if (sql_do(s, "UPDATE meta SET value = ? WHERE key = 'id'", ARGS(TEXT(id)), e) == -1 ||
	    sql_do(s, "DELETE FROM wait", NULL, e) == -1)
		return -1;
	/* What never got its label is not in the fridge as far as we know. */
	if (sql_do(s, "UPDATE label SET fate = 'void', closed_by = 'auto', closed_on = ?"
	    " WHERE fate = 'in' AND id IN (SELECT label FROM print WHERE first = 1"
	    "  AND state IN ('queued', 'spooled'))", ARGS(DAY(today)), e) == -1)
		return -1;
	return sql_do(s, "UPDATE print SET state = 'void', reason = ?"
	    " WHERE state IN ('queued', 'spooled')", ARGS(TEXT(reason)), e);
}

int
store_renew(const char *path, day_t today, const char *reason, struct err *e)
{
	struct store *s;

	if (store_open(path, STORE_TOOL, &s, e) == -1)
		return -1;
	int rc = tx_begin(s, DURABLE_POWER, e);
	if (rc == 0)
		rc = tx_end(s, renew(s, today, reason, e), e);
	/* All of it is in the file itself then, which will go its way alone. */
	s->erased = true;
	if (rc == 0)
		rc = store_checkpoint(s, e);
	store_close(s);
	return rc;
}

int
store_keep(const char *path, const char *to, struct err *e)
{
	struct store *s;

	if (access(path, F_OK) == -1)
		return errno == ENOENT ? 0 : err_set(e, ERR_SYSTEM, NULL,
		    "the store %s cannot be read: %s", path, strerror(errno));
	if (open_raw(path, SQLITE_OPEN_READWRITE, &s, e) == -1)
		return -1;
	int rc = 2;
	if (store_verify(s, e) == 0)
		rc = store_copy(s, to, true, e) == 0 ? 1 : -1;
	else if (e->kind == ERR_BUSY)
		rc = -1;
	store_close(s);
	return rc;
}

/* The bytes of a sound store become those of the copy, in one transaction. */
static int
copy_over(struct store *s, struct store *from, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(s->db, "main", from->db, "main");

	if (b == NULL)
		return sql_fail(s, e);
	bool done = sqlite3_backup_step(b, -1) == SQLITE_DONE;
	/* This need not tell of a lock that somebody else held. */
	if (sqlite3_backup_finish(b) != SQLITE_OK)
		return sql_fail(s, e);
	if (!done)
		return sql_busy(s, e);
	/* What stood there before is in the WAL's old frames. */
	if (sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
	    SQLITE_OK)
		sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return 0;
}

static int
into_store(const char *path, const char *from, struct err *e)
{
	struct store *s = NULL, *copy = NULL;
	int rc = -1;

	if (open_raw(from, SQLITE_OPEN_READWRITE, &copy, e) == 0 &&
	    open_raw(path, SQLITE_OPEN_READWRITE, &s, e) == 0 &&
	    (s->wlock = file_beside(path, ".wlock", O_CLOEXEC, e)) != -1 &&
	    wlock_take(s, TOOL_PATIENCE_MS, e) == 0) {
		rc = copy_over(s, copy, e);
		wlock_drop(s);
	}
	store_close(copy);
	store_close(s);
	return rc;
}

/* Where there is nothing: the file itself. A log left over from another one would be
 * played into it. */
static int
into_place(const char *path, const char *from, struct err *e)
{
	char name[PATH_MAX];
	int fd = open(from, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot open %s: %s", from, strerror(errno));
	int rc = file_settle(fd, path, NULL, e);
	close(fd);
	for (size_t i = 1; i < SUFFIX_COUNT && rc == 0; i++) {
		snprintf(name, sizeof name, "%s%s", path, SUFFIXES[i]);
		if (unlink(name) == -1 && errno != ENOENT)
			rc = err_set(e, ERR_SYSTEM, NULL, "cannot delete %s: %s", name, strerror(errno));
	}
	if (rc == 0 && rename(from, path) == -1)
		rc = err_set(e, ERR_SYSTEM, NULL, "cannot put the store in place: %s", strerror(errno));
	return rc == 0 ? file_sync_folder(path, e) : -1;
}

int
store_replace(const char *path, const char *from, struct err *e)
{
	return access(path, F_OK) == 0 ? into_store(path, from, e) : into_place(path, from, e);
}

int
store_set_aside(const char *path, const char *kept, struct err *e)
{
	char name[PATH_MAX], to[PATH_MAX];

	/* The file itself last: while it is there, so is all that belongs to it, in one of
	 * the two places. */
	for (size_t i = SUFFIX_COUNT; i > 0; i--) {
		snprintf(name, sizeof name, "%s%s", path, SUFFIXES[i - 1]);
		if (snprintf(to, sizeof to, "%s%s", kept, SUFFIXES[i - 1]) >= (int)sizeof to)
			return err_set(e, ERR_USAGE, NULL, "the path of the store is too long");
		if (rename(name, to) == -1 && errno != ENOENT)
			return err_set(e, ERR_SYSTEM, NULL, "cannot move %s: %s", name, strerror(errno));
	}
	return file_sync_folder(path, e);
}
