/* store_schema.c - the tables, and how an older store becomes a newer one.
 *
 * MIGRATIONS[n] makes version n + 1 out of version n; an empty file is version 0.
 * A migration that was once in a release is never edited: add the next one.
 */
#include "store_impl.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define OWN_TEXT(x) #x
#define AS_TEXT(x) OWN_TEXT(x)

/* Ids are AUTOINCREMENT: (store id, row id) names one thing for ever. Texts that may
 * be missing are '', days and instants NULL. */
static const char TABLES[] =
    "CREATE TABLE meta ("
    "  key TEXT PRIMARY KEY,"
    "  value TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE owner ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  name TEXT NOT NULL,"
    "  label_name TEXT NOT NULL,"
    "  email TEXT NOT NULL COLLATE NOCASE,"
    "  team TEXT NOT NULL,"
    "  lang TEXT NOT NULL,"
    "  shelf TEXT NOT NULL,"
    "  added_on INTEGER,"
    "  removed_on INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX owner_email ON owner (email) WHERE removed_on IS NULL AND email <> '';"
    "CREATE INDEX owner_name ON owner (name);"
    "CREATE INDEX owner_printed ON owner (iif(label_name <> '', label_name, name));"

    "CREATE TABLE preset ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  name TEXT NOT NULL UNIQUE,"
    "  shelf TEXT NOT NULL,"
    "  title TEXT NOT NULL,"
    "  template TEXT NOT NULL,"
    "  owner TEXT NOT NULL CHECK (owner IN ('self', 'team', 'everyone', 'none')),"
    "  place TEXT NOT NULL"
    ") STRICT;"

    /* A badge without owner and preset was seen and is nobody's yet. */
    "CREATE TABLE badge ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  owner INTEGER REFERENCES owner,"
    "  preset INTEGER REFERENCES preset,"
    "  hint TEXT NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  enrolled_on INTEGER,"
    "  revoked_on INTEGER,"
    "  replaced_by INTEGER REFERENCES badge ON DELETE SET NULL,"
    "  seen_on INTEGER,"
    "  CHECK (owner IS NULL OR preset IS NULL)"
    ") STRICT;"
    "CREATE INDEX badge_owner ON badge (owner) WHERE owner IS NOT NULL;"
    "CREATE INDEX badge_preset ON badge (preset) WHERE preset IS NOT NULL;"
    "CREATE INDEX badge_replaced ON badge (replaced_by) WHERE replaced_by IS NOT NULL;"
    "CREATE INDEX badge_unclaimed ON badge (seen_on)"
    "  WHERE owner IS NULL AND preset IS NULL AND revoked_on IS NULL;"

    "CREATE TABLE reading ("
    "  hash BLOB NOT NULL CHECK (length(hash) = " AS_TEXT(READING_SIZE) "),"
    "  exact INTEGER NOT NULL CHECK (exact IN (0, 1)),"
    "  badge INTEGER NOT NULL REFERENCES badge ON DELETE CASCADE,"
    "  PRIMARY KEY (hash, exact, badge)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX reading_exact ON reading (hash) WHERE exact = 1;"
    "CREATE UNIQUE INDEX reading_learned ON reading (badge) WHERE exact = 1;"
    "CREATE INDEX reading_badge ON reading (badge);"

    /* code_held: the code may not be drawn again. Kept here and counted in
     * code_pool, so that drawing one costs the same with a million labels. */
    "CREATE TABLE label ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  code TEXT NOT NULL,"
    "  code_held INTEGER NOT NULL DEFAULT 1 CHECK (code_held IN (0, 1)),"
    "  owner INTEGER REFERENCES owner,"
    "  badge INTEGER REFERENCES badge ON DELETE SET NULL,"
    "  preset INTEGER REFERENCES preset ON DELETE SET NULL,"
    "  title TEXT NOT NULL,"
    "  template TEXT NOT NULL,"
    "  place TEXT NOT NULL,"
    "  made_on INTEGER NOT NULL,"
    "  stored_on INTEGER,"
    "  expires_on INTEGER,"
    "  shelf_days INTEGER,"
    "  shelf_weekday INTEGER CHECK (shelf_weekday BETWEEN 0 AND 6),"
    "  copies INTEGER NOT NULL CHECK (copies > 0),"
    "  fate TEXT NOT NULL DEFAULT 'in' CHECK (fate IN"
    "    ('in', 'taken', 'discarded', 'lapsed', 'replaced', 'void')),"
    "  closed_on INTEGER,"
    "  closed_by TEXT NOT NULL DEFAULT '' CHECK (closed_by IN"
    "    ('', 'card', 'admin', 'sweep', 'auto')),"
    "  replaced_by INTEGER REFERENCES label,"
    "  clock_ok INTEGER NOT NULL CHECK (clock_ok IN (0, 1)),"
    "  made_at INTEGER,"
    "  boot_id TEXT NOT NULL,"
    "  boot_ms INTEGER,"
    "  CHECK ((stored_on IS NULL) = (expires_on IS NULL)),"
    "  CHECK ((shelf_days IS NULL) <> (shelf_weekday IS NULL)),"
    "  CHECK ((fate = 'in') = (closed_by = ''))"
    ") STRICT;"
    "CREATE INDEX label_code ON label (code);"
    "CREATE UNIQUE INDEX label_held ON label (code) WHERE code_held = 1;"
    "CREATE INDEX label_letgo ON label (made_on) WHERE code_held = 1 AND fate <> 'in';"
    "CREATE INDEX label_in ON label (expires_on) WHERE fate = 'in';"
    "CREATE INDEX label_owner ON label (owner) WHERE owner IS NOT NULL;"
    "CREATE INDEX label_badge ON label (badge) WHERE badge IS NOT NULL;"
    "CREATE INDEX label_undated ON label (id) WHERE stored_on IS NULL;"
    "CREATE INDEX label_fresh ON label (made_at) WHERE made_at IS NOT NULL;"
    "CREATE INDEX label_replaced ON label (replaced_by) WHERE replaced_by IS NOT NULL;"

    "CREATE TABLE code_pool ("
    "  digits INTEGER PRIMARY KEY,"
    "  used INTEGER NOT NULL CHECK (used >= 0)"
    ") STRICT;"

    "CREATE TABLE print ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  kind TEXT NOT NULL CHECK (kind IN ('label', 'slip', 'sign', 'test')),"
    "  label INTEGER REFERENCES label,"
    "  first INTEGER NOT NULL CHECK (first IN (0, 1)),"
    "  copies INTEGER NOT NULL CHECK (copies > 0),"
    "  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN"
    "    ('queued', 'spooled', 'completed', 'void')),"
    "  attempts INTEGER NOT NULL DEFAULT 0,"
    "  job INTEGER,"
    "  reason TEXT NOT NULL DEFAULT '',"
    "  queued_at INTEGER,"
    "  boot_id TEXT NOT NULL,"
    "  boot_ms INTEGER,"
    "  CHECK ((kind = 'label') = (label IS NOT NULL))"
    ") STRICT;"
    "CREATE INDEX print_waiting ON print (id) WHERE state IN ('queued', 'spooled');"
    "CREATE UNIQUE INDEX print_first ON print (label) WHERE first = 1;"
    "CREATE INDEX print_label ON print (label) WHERE label IS NOT NULL;"
    "CREATE INDEX print_fresh ON print (queued_at) WHERE queued_at IS NOT NULL;"

    "CREATE TABLE wait ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  owner INTEGER,"
    "  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'tapped', 'refused')),"
    "  badge INTEGER,"
    "  label INTEGER,"
    "  hint TEXT NOT NULL DEFAULT '',"
    "  kind TEXT NOT NULL DEFAULT '',"
    "  why TEXT NOT NULL DEFAULT ''"
    ") STRICT;"

    /* What changed, never to what: no name can get in here. on_day is the day in
     * UTC, at the instant, erased after a day. */
    "CREATE TABLE history ("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  on_day INTEGER NOT NULL DEFAULT (unixepoch() / 86400),"
    "  at INTEGER DEFAULT (unixepoch()),"
    "  noun TEXT NOT NULL,"
    "  row INTEGER,"
    "  what TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX history_fresh ON history (at) WHERE at IS NOT NULL;";

/* History and the count of codes follow the tables by themselves. Erasing an instant,
 * and letting go of a code, are housekeeping and no change of the thing. */
#define HISTORY(noun, row, what) \
    "INSERT INTO history (noun, row, what) VALUES ('" noun "', " row ", " what ");"
#define MADE_AND_ERASED(noun) \
    "CREATE TRIGGER " noun "_made AFTER INSERT ON " noun " BEGIN " \
    HISTORY(noun, "NEW.id", "'made'") " END;" \
    "CREATE TRIGGER " noun "_erased AFTER DELETE ON " noun " BEGIN " \
    HISTORY(noun, "OLD.id", "'erased'") " END;"

static const char TRIGGERS[] =
    MADE_AND_ERASED("owner")
    "CREATE TRIGGER owner_changed AFTER UPDATE ON owner BEGIN "
    HISTORY("owner", "NEW.id",
        "CASE WHEN OLD.removed_on IS NEW.removed_on THEN 'changed'"
        " WHEN NEW.removed_on IS NULL THEN 'restored' ELSE 'removed' END") " END;"

    MADE_AND_ERASED("preset")
    "CREATE TRIGGER preset_changed AFTER UPDATE ON preset BEGIN "
    HISTORY("preset", "NEW.id", "'changed'") " END;"

    MADE_AND_ERASED("badge")
    "CREATE TRIGGER badge_changed AFTER UPDATE ON badge BEGIN "
    HISTORY("badge", "NEW.id",
        "CASE WHEN OLD.owner IS NULL AND NEW.owner IS NOT NULL THEN 'claimed'"
        " WHEN OLD.revoked_on IS NULL AND NEW.revoked_on IS NOT NULL THEN 'revoked'"
        " WHEN OLD.revoked_on IS NOT NULL AND NEW.revoked_on IS NULL THEN 'restored'"
        " WHEN OLD.seen_on IS NOT NEW.seen_on THEN 'seen'"
        " ELSE 'changed' END") " END;"

    MADE_AND_ERASED("label")
    "CREATE TRIGGER label_changed AFTER UPDATE OF code, owner, badge, preset, title,"
    "  template, place, stored_on, expires_on, copies, fate, closed_on, closed_by,"
    "  replaced_by, clock_ok ON label BEGIN "
    HISTORY("label", "NEW.id",
        "CASE WHEN OLD.fate <> NEW.fate THEN NEW.fate"
        " WHEN OLD.stored_on IS NULL AND NEW.stored_on IS NOT NULL THEN 'dated'"
        " ELSE 'changed' END") " END;"

    MADE_AND_ERASED("print")
    "CREATE TRIGGER print_changed AFTER UPDATE OF label, copies, state, attempts, job,"
    "  reason ON print BEGIN "
    HISTORY("print", "NEW.id",
        "CASE WHEN OLD.state <> NEW.state THEN NEW.state"
        " WHEN OLD.attempts <> NEW.attempts THEN 'attempt'"
        " ELSE 'changed' END") " END;"

    "CREATE TRIGGER code_taken AFTER INSERT ON label WHEN NEW.code_held = 1 BEGIN"
    "  INSERT INTO code_pool (digits, used) VALUES (length(NEW.code) - 1, 1)"
    "    ON CONFLICT (digits) DO UPDATE SET used = used + 1; END;"
    "CREATE TRIGGER code_let_go AFTER UPDATE OF code_held ON label"
    "  WHEN OLD.code_held = 1 AND NEW.code_held = 0 BEGIN"
    "  UPDATE code_pool SET used = used - 1 WHERE digits = length(OLD.code) - 1; END;"
    "CREATE TRIGGER code_erased AFTER DELETE ON label WHEN OLD.code_held = 1 BEGIN"
    "  UPDATE code_pool SET used = used - 1 WHERE digits = length(OLD.code) - 1; END;";

static const char ROWS[] =
    "INSERT INTO meta (key, value) VALUES ('newest', '0'), ('checkpoints', '0'),"
    "  ('reader', ''), ('printer', ''), ('clock', ''), ('version', '');"
    "INSERT INTO preset (name, shelf, title, template, owner, place) VALUES"
    "  ('today', '0', '', '', 'self', '" PLACE_DEFAULT "'),"
    "  ('freezer', '90d', '', '', 'self', 'freezer'),"
    "  ('team', '', '', '', 'team', '" PLACE_DEFAULT "'),"
    "  ('everyone', '', 'Help yourself', '', 'everyone', '" PLACE_DEFAULT "'),"
    "  ('guest', '', '', '', 'none', '" PLACE_DEFAULT "'),"
    "  ('found', '', 'Whose is this?', '', 'none', '" PLACE_DEFAULT "');";

/* Version 2: prints that are of no label, emptyings, cards that empty, and what a
 * program may wait for besides an enrolment. Presets get the templates made for them,
 * unless somebody chose others. */
static const char TABLES_2[] =
    "CREATE TABLE emptying ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  place TEXT NOT NULL,"
    "  on_day INTEGER NOT NULL,"
    "  labels INTEGER NOT NULL DEFAULT 0,"
    "  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))"
    ") STRICT;"
    "ALTER TABLE label ADD COLUMN emptying INTEGER REFERENCES emptying ON DELETE SET NULL;"
    "CREATE INDEX label_emptying ON label (emptying) WHERE emptying IS NOT NULL;"
    "CREATE INDEX label_preset ON label (preset) WHERE preset IS NOT NULL;"
    "CREATE INDEX label_owner_in ON label (owner) WHERE fate = 'in' AND owner IS NOT NULL;"
    "CREATE INDEX label_closed ON label (closed_on) WHERE closed_on IS NOT NULL;"

    "ALTER TABLE print ADD COLUMN template TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE print ADD COLUMN preset TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE print ADD COLUMN place TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE print ADD COLUMN day INTEGER;"
    "ALTER TABLE print ADD COLUMN emptying INTEGER REFERENCES emptying ON DELETE SET NULL;"
    "CREATE INDEX print_emptying ON print (emptying) WHERE emptying IS NOT NULL;"
    "CREATE INDEX print_slip ON print (day, place) WHERE kind = 'slip';"

    "ALTER TABLE preset ADD COLUMN empties INTEGER NOT NULL DEFAULT 0 CHECK (empties IN (0, 1));"

    "DROP TABLE wait;"
    "CREATE TABLE wait ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  what TEXT NOT NULL CHECK (what IN ('enrol', 'explain', 'preset')),"
    "  owner INTEGER,"
    "  preset INTEGER,"
    "  seal BLOB,"
    "  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'tapped', 'refused')),"
    "  badge INTEGER,"
    "  label INTEGER,"
    "  hint TEXT NOT NULL DEFAULT '',"
    "  kind TEXT NOT NULL DEFAULT '',"
    "  why TEXT NOT NULL DEFAULT '',"
    "  sealed BLOB"
    ") STRICT;";

static const char TRIGGERS_2[] =
    "CREATE TRIGGER emptying_made AFTER INSERT ON emptying BEGIN "
    HISTORY("emptying", "NEW.id", "'made'") " END;"
    "CREATE TRIGGER emptying_undone AFTER UPDATE OF undone ON emptying BEGIN "
    HISTORY("emptying", "NEW.id", "'undone'") " END;";

static const char ROWS_2[] =
    "UPDATE preset SET template = name WHERE template = '' AND name IN"
    "  ('freezer', 'everyone', 'guest', 'found');"
    "UPDATE preset SET title = '' WHERE (name = 'everyone' AND title = 'Help yourself')"
    "  OR (name = 'found' AND title = 'Whose is this?');"
    "INSERT OR IGNORE INTO preset (name, shelf, title, template, owner, place, empties) VALUES"
    "  ('emptied', '', '', '', 'none', '" PLACE_DEFAULT "', 1);";

static const struct {
	const char *script[3];
} MIGRATIONS[STORE_VERSION] = {
	{ { TABLES, TRIGGERS, ROWS } },
	{ { TABLES_2, TRIGGERS_2, ROWS_2 } },
};

/* A file of its own with all that is in the store, beside it: PATH.vN. */
static int
copy_aside(struct store *s, int64_t version, struct err *e)
{
	char kept[PATH_MAX], made[PATH_MAX];

	if (snprintf(kept, sizeof kept, "%s.v%d", s->path, (int)version) >= (int)sizeof kept ||
	    snprintf(made, sizeof made, "%s.v%d.new", s->path, (int)version) >= (int)sizeof made)
		return err_set(e, ERR_USAGE, NULL, "the path of the store is too long");
	if (store_copy(s, made, true, e) == -1)
		return -1;
	if (rename(made, kept) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "cannot write %s: %s", kept, strerror(errno));
		unlink(made);
		return -1;
	}
	return file_sync_folder(kept, e);
}

static int
migrate(struct store *s, int64_t from, struct err *e)
{
	char id[sizeof "INSERT INTO meta VALUES ('id', '')" + 32];
	uint8_t random[16];
	size_t n;

	/* Under wlock already, so not by tx_begin. */
	if (sql_synchronous(s, DURABLE_POWER, e) == -1 || sql_script(s, "BEGIN IMMEDIATE", e) == -1)
		return -1;
	for (int64_t v = from; v < STORE_VERSION; v++)
		for (size_t i = 0; i < 3 && MIGRATIONS[v].script[i] != NULL; i++)
			if (sql_script(s, MIGRATIONS[v].script[i], e) == -1)
				goto failed;
	if (from == 0) {
		arc4random_buf(random, sizeof random);
		n = (size_t)snprintf(id, sizeof id, "INSERT INTO meta VALUES ('id', '");
		for (size_t i = 0; i < sizeof random; i++)
			n += (size_t)snprintf(id + n, sizeof id - n, "%02x", random[i]);
		snprintf(id + n, sizeof id - n, "')");
		if (sql_script(s, id, e) == -1)
			goto failed;
	}
	if (sql_script(s, "PRAGMA application_id = " AS_TEXT(STORE_APPLICATION), e) == -1 ||
	    sql_script(s, "PRAGMA user_version = " AS_TEXT(STORE_VERSION), e) == -1 ||
	    sql_script(s, "COMMIT", e) == -1)
		goto failed;
	return 0;
failed:
	if (sqlite3_get_autocommit(s->db) == 0)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

/* Only the holder of STORE.lock migrates: a running fridged has the old tables in its
 * statements. The daemon holds it already; a tool takes it for the moment. */
static int
upgrade(struct store *s, int64_t from, struct err *e)
{
	int lock = -1;

	if (s->role == STORE_TOOL) {
		if ((lock = file_beside(s->path, ".lock", O_CLOEXEC, e)) == -1)
			return -1;
		if (!file_lock(lock, LOCK_EX, 0)) {
			close(lock);
			return err_set(e, ERR_REFUSED, "systemctl restart fridged",
			    "the store %s is of version %d and fridged still runs on it; this program needs version %d",
			    s->path, (int)from, STORE_VERSION);
		}
	}
	int rc = copy_aside(s, from, e) == -1 || migrate(s, from, e) == -1 ? -1 : 0;
	if (lock != -1)
		close(lock);
	return rc;
}

int
schema_settle(struct store *s, struct err *e)
{
	int64_t application, version, tables;

	if (sql_int(s, "PRAGMA application_id", NULL, &application, e) == -1 ||
	    sql_int(s, "PRAGMA user_version", NULL, &version, e) == -1 ||
	    sql_int(s, "SELECT count(*) FROM sqlite_schema", NULL, &tables, e) == -1)
		return -1;
	bool empty = application == 0 && version == 0 && tables == 0;
	if (!empty && application != STORE_APPLICATION)
		return err_set(e, ERR_REFUSED, "correct [store] path",
		    "%s is not a fridge-label store", s->path);
	if (version > STORE_VERSION)
		return err_set(e, ERR_REFUSED, "install the newer fridge-label",
		    "the store %s was made by a newer version (%d; this one knows %d)",
		    s->path, (int)version, STORE_VERSION);
	if (version < 0)
		return sql_damaged(s, "its version is negative", e);
	if (s->role == STORE_LOOK && version != STORE_VERSION)
		return err_set(e, ERR_REFUSED, NULL, "the store %s is of another version", s->path);

	/* The first change to the file: only now that it is known to be ours. */
	sqlite3_stmt *st;
	if (sql_start(s, &st, "PRAGMA journal_mode = WAL", NULL, e) == -1)
		return -1;
	int rc = sql_row(s, st, e);
	if (rc != 1)
		return -1;
	char mode[16];
	column_text(st, 0, mode, sizeof mode);
	sql_end(st);
	if (strcmp(mode, "wal") != 0)
		return err_set(e, ERR_SYSTEM, "keep it on a local disk",
		    "the file system of %s cannot hold a store (journal mode %s)", s->path, mode);
	if (version == STORE_VERSION)
		return 0;
	if ((empty ? migrate(s, 0, e) : upgrade(s, version, e)) == -1)
		return -1;
	/* Into the file itself, so that it says what it is even without its WAL. */
	if (sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
		return sql_fail(s, e);
	return 0;
}
