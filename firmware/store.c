/* store.c - opening, closing and looking after the store's file. See store.h. */
#include "store_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REST_MS 15		/* without the lock, between two that hold it */

static const char MAGIC[] = "SQLite format 3";	/* the first 16 bytes, with the NUL */

/* Look at the path before anything is made beside it: 1 there is something that may
 * be a store, 0 there is nothing (or an empty file). */
static int
look(const char *path, struct err *e)
{
	char head[sizeof MAGIC];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd == -1)
		return err_set(e, ERR_SYSTEM, "run as the service's user: sudo fridgectl",
		    "the store %s cannot be read: %s", path, strerror(errno));
	ssize_t n = -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = pread(fd, head, sizeof head, 0);
	close(fd);
	if (n == 0)
		return 0;
	if (n != (ssize_t)sizeof head || memcmp(head, MAGIC, sizeof head) != 0)
		return err_set(e, ERR_REFUSED, "correct [store] path",
		    "%s is not a fridge-label store", path);
	return 1;
}

static int
configure(struct store *s, struct err *e)
{
	static const struct {
		int option, value;
	} SWITCHES[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 1 },
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};

	sqlite3_extended_result_codes(s->db, 1);
	for (size_t i = 0; i < sizeof SWITCHES / sizeof SWITCHES[0]; i++)
		if (sqlite3_db_config(s->db, SWITCHES[i].option, SWITCHES[i].value, NULL) != SQLITE_OK)
			return sql_fail(s, e);
	sqlite3_busy_timeout(s->db, TOOL_PATIENCE_MS);	/* of opening; then by role */
	s->full = true;
	return sql_script(s,
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA secure_delete = ON;"
	    "PRAGMA wal_autocheckpoint = 0;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA temp_store = MEMORY;", e);
}

static int
read_id(struct store *s, struct err *e)
{
	sqlite3_stmt *st;

	if (sql_start(s, &st, "SELECT value FROM meta WHERE key = 'id'", NULL, e) == -1)
		return -1;
	int rc = sql_row(s, st, e);
	if (rc == 1) {
		column_text(st, 0, s->id, sizeof s->id);
		sql_end(st);
	}
	if (rc != -1 && strlen(s->id) != sizeof s->id - 1)
		return sql_damaged(s, "it has no id", e);
	return rc == -1 ? -1 : 0;
}

/* Under wlock. */
static int
checkpoint_locked(struct store *s, struct err *e)
{
	/* What was erased still stands in the WAL's old frames: then cut it off. Else
	 * keep its length, because growing a file makes a sync dearer. */
	int mode = s->erased ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
	int frames = 0, moved = 0;

	if (sqlite3_wal_checkpoint_v2(s->db, NULL, mode, &frames, &moved) != SQLITE_OK)
		return sql_fail(s, e);
	if (frames != moved)
		return err_set(e, ERR_BUSY, NULL, "the store %s is being read", s->path);
	s->erased = false;
	return 0;
}

/* Under wlock. The first commit after a checkpoint starts the WAL anew, with one sync more
 * for its header. Let that be this one, and not a tap's. */
static int
begin_anew(struct store *s, struct err *e)
{
	if (sql_synchronous(s, DURABLE_KILL, e) == -1)
		return -1;
	return sql_do(s, "UPDATE meta SET value = value + 1 WHERE key = 'checkpoints'", NULL, e);
}

/* Under wlock: the first use of a WAL file may recover it, a new one gets its tables. */
static int
open_locked(struct store *s, struct err *e)
{
	int there = look(s->path, e);

	if (there == -1)
		return -1;
	if (there == 0 && access(s->path, F_OK) == -1 && file_create(s->path, NULL, e) == -1)
		return -1;
	if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return s->db != NULL ? sql_fail(s, e) :
		    err_set(e, ERR_SYSTEM, NULL, "no memory left");
	if (configure(s, e) == -1 || schema_settle(s, e) == -1 || read_id(s, e) == -1)
		return -1;
	/* The first commit of a process syncs the folder as well: as with the WAL's
	 * header, let it be no tap's. If it cannot be now, a tap will have to. */
	sqlite3_busy_timeout(s->db, s->role == STORE_DAEMON ? 0 :
	    s->role == STORE_LOOK ? LOOK_PATIENCE_MS : TOOL_PATIENCE_MS);
	if (s->role == STORE_DAEMON && checkpoint_locked(s, NULL) == 0)
		begin_anew(s, NULL);
	return 0;
}

/* Half of what belongs together may be in place. */
static bool
restore_is_pending(const char *path)
{
	char plan[PATH_MAX];

	return snprintf(plan, sizeof plan, "%s" STORE_RESTORING "/" STORE_PLAN, path) <
	    (int)sizeof plan && access(plan, F_OK) == 0;
}

int
store_open(const char *path, enum store_role role, struct store **out, struct err *e)
{
	int there = look(path, e);

	if (there == -1)
		return -1;
	if (restore_is_pending(path))
		return err_set(e, ERR_REFUSED, "sudo fridgectl restore FILE, with the same file",
		    "restoring the store %s was cut off before its end", path);
	if (there == 0 && role == STORE_LOOK)
		return err_set(e, ERR_REFUSED, NULL, "there is no store %s", path);
	struct store *s = calloc(1, sizeof *s);

	if (s == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "no memory left");
	s->role = role;
	s->wlock = s->wait = -1;
	s->erased = true;	/* perhaps: whoever ran before may have died in between */
	s->checkpoint_version = -1;
	s->disk_patience_ms = TOOL_PATIENCE_MS;
	s->path = strdup(path);
	if (asprintf(&s->bell, "%s.bell", path) == -1)
		s->bell = NULL;
	if (s->path == NULL || s->bell == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory left");
		goto failed;
	}
	if ((s->wlock = file_beside(path, ".wlock", O_CLOEXEC, e)) == -1 ||
	    wlock_take(s, role == STORE_LOOK ? LOOK_PATIENCE_MS : TOOL_PATIENCE_MS, e) == -1)
		goto failed;
	int rc = open_locked(s, e);
	wlock_drop(s);
	if (rc == -1)
		goto failed;
	/* The bell hangs from now on, so that it can be watched. */
	int bell = file_beside(path, ".bell", O_CLOEXEC, e);
	if (bell == -1)
		goto failed;
	close(bell);
	*out = s;
	return 0;
failed:
	store_close(s);
	return -1;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	sql_forget(s);
	sqlite3_close(s->db);
	if (s->wait != -1)
		close(s->wait);
	if (s->wlock != -1)
		close(s->wlock);
	free(s->bell);
	free(s->path);
	free(s);
}

const char *
store_bell_path(const struct store *s)
{
	return s->bell;
}

const char *
store_id(const struct store *s)
{
	return s->id;
}

int
store_verify(struct store *s, struct err *e)
{
	sqlite3_stmt *st;
	char said[200] = "";

	if (sql_start(s, &st, "PRAGMA quick_check(1)", NULL, e) == -1)
		return -1;
	int rc = sql_row(s, st, e);
	if (rc == 1) {
		column_text(st, 0, said, sizeof said);
		sql_end(st);
	}
	if (rc == -1)
		return -1;
	if (strcmp(said, "ok") != 0)
		return sql_damaged(s, said, e);
	return 0;
}

/* Whether anything was committed by anyone since the last checkpoint of ours. */
static int
changed_since(struct store *s, int64_t *version, struct err *e)
{
	if (sql_int(s, "PRAGMA data_version", NULL, version, e) == -1)
		return -1;
	return *version != s->checkpoint_version ||
	    sqlite3_total_changes(s->db) != s->checkpoint_changes;
}

/* For a tap that waits for the lock: it looks for it every 10 ms. */
static void
rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = REST_MS * 1000000L }, NULL);
}

static int
checkpoint_once(struct store *s, int64_t patience_ms, struct err *e)
{
	if (wlock_take(s, patience_ms, e) == -1)
		return -1;
	sqlite3_busy_timeout(s->db, 0);
	int rc = checkpoint_locked(s, e);
	sqlite3_busy_timeout(s->db, (int)patience_ms);
	/* fridged is the one that taps come to: it need not let them in. */
	if (rc == 0 && s->role == STORE_TOOL) {
		wlock_drop(s);
		rest();
		if (wlock_take(s, patience_ms, e) == -1)
			return -1;
	}
	if (rc == 0)
		rc = begin_anew(s, e);
	wlock_drop(s);
	return rc;
}

int
store_checkpoint(struct store *s, struct err *e)
{
	int64_t version;
	int rc = changed_since(s, &version, e);

	if (rc != 1 && !s->erased)
		return rc;
	int64_t patience_ms = s->role == STORE_DAEMON ? 0 : TOOL_PATIENCE_MS;
	disk_await(s);
	int64_t end = clock_mono_ms() + patience_ms;
	/* A reader is waited for without the lock, behind which a tap would wait. */
	while ((rc = checkpoint_once(s, patience_ms, e)) == -1 && clock_mono_ms() < end &&
	    (e == NULL || e->kind == ERR_BUSY))
		rest();
	if (rc == 0 && sql_int(s, "PRAGMA data_version", NULL, &s->checkpoint_version, e) == 1)
		s->checkpoint_changes = sqlite3_total_changes(s->db);
	return rc;
}
