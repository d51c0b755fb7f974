/* store_owner.c - people: who they are, that they left, and that they are forgotten. */
#include "store_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWNER_SELECT \
	"SELECT id, name, label_name, email, team, lang, shelf, removed_on IS NOT NULL FROM owner "

static void
owner_read(sqlite3_stmt *st, void *row)
{
	struct owner *out = row;

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	column_text(st, 1, out->name, sizeof out->name);
	column_text(st, 2, out->label_name, sizeof out->label_name);
	column_text(st, 3, out->email, sizeof out->email);
	column_text(st, 4, out->group, sizeof out->group);
	column_text(st, 5, out->lang, sizeof out->lang);
	column_text(st, 6, out->shelf, sizeof out->shelf);
	out->removed = sqlite3_column_int(st, 7) != 0;
}

static int
owners_collect(struct store *s, const char *sql, const struct arg *args, struct owner **out,
    size_t *n, struct err *e)
{
	void *list;

	if (sql_collect(s, sql, args, owner_read, sizeof **out, &list, n, e) == -1)
		return -1;
	*out = list;
	return 0;
}

int
owner_check(struct store *s, int64_t id, struct err *e)
{
	int64_t lives;
	int rc = sql_int(s, "SELECT 1 FROM owner WHERE id = ? AND removed_on IS NULL",
	    ARGS(INT(id)), &lives, e);

	if (rc == 0)
		return err_set(e, ERR_REFUSED, "fridgectl owner list", "there is no owner %lld",
		    (long long)id);
	return rc == 1 ? 0 : -1;
}

/* No other live owner may have the same address. */
static int
check_email(struct store *s, const struct owner *o, struct err *e)
{
	int64_t other;
	int rc = o->email[0] == '\0' ? 0 : sql_int(s,
	    "SELECT id FROM owner WHERE email = ? AND email <> '' AND removed_on IS NULL AND id <> ?",
	    ARGS(TEXT(o->email), INT(o->id)), &other, e);

	if (rc == 1)
		return err_set(e, ERR_REFUSED, "fridgectl owner list",
		    "owner %lld has that e-mail address already", (long long)other);
	return rc;
}

int
owner_insert(struct store *s, struct owner *o, day_t today, struct err *e)
{
	o->id = 0;
	if (check_email(s, o, e) == -1 || sql_do(s,
	    "INSERT INTO owner (name, label_name, email, team, lang, shelf, added_on)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?)",
	    ARGS(TEXT(o->name), TEXT(o->label_name), TEXT(o->email), TEXT(o->group),
	        TEXT(o->lang), TEXT(o->shelf), DAY(today)), e) == -1)
		return -1;
	o->id = sqlite3_last_insert_rowid(s->db);
	o->removed = false;
	return 0;
}

int
store_owner_add(struct store *s, struct owner *o, day_t today, struct err *e)
{
	struct owner made = *o;

	if (tx_begin(s, DURABLE_POWER, e) == -1 ||
	    tx_end(s, owner_insert(s, &made, today, e), e) == -1)
		return -1;
	*o = made;
	return 0;
}

int
store_owners(struct store *s, bool removed, struct owner **out, size_t *n, struct err *e)
{
	if (removed)
		return owners_collect(s, OWNER_SELECT, NULL, out, n, e);
	return owners_collect(s, OWNER_SELECT "WHERE removed_on IS NULL", NULL, out, n, e);
}

int
store_owner_get(struct store *s, int64_t id, struct owner *out, struct err *e)
{
	return sql_fetch(s, OWNER_SELECT "WHERE id = ?", ARGS(INT(id)), owner_read, out, e);
}

int
store_owner_find(struct store *s, const char *key, struct owner **out, size_t *n, struct err *e)
{
	char *end;

	errno = 0;
	long long id = strtoll(key, &end, 10);
	if (key[0] >= '0' && key[0] <= '9' && *end == '\0' && errno == 0) {
		if (owners_collect(s, OWNER_SELECT "WHERE id = ? AND removed_on IS NULL",
		    ARGS(INT(id)), out, n, e) == -1)
			return -1;
		if (*n > 0)
			return 0;
	}
	if (owners_collect(s, OWNER_SELECT "WHERE name = ? AND removed_on IS NULL ORDER BY id",
	    ARGS(TEXT(key)), out, n, e) == -1)
		return -1;
	if (*n > 0 || key[0] == '\0')
		return 0;
	return owners_collect(s,
	    OWNER_SELECT "WHERE email = ? AND email <> '' AND removed_on IS NULL",
	    ARGS(TEXT(key)), out, n, e);
}

int
store_owner_print_name(struct store *s, const struct owner *o, char out[static 2 * NAME_SIZE],
    struct err *e)
{
	const char *name = o->label_name[0] != '\0' ? o->label_name : o->name;
	int64_t other;
	int rc = o->group[0] == '\0' ? 0 : sql_int(s,
	    "SELECT 1 FROM owner WHERE iif(label_name <> '', label_name, name) = ?"
	    " AND id <> ? AND removed_on IS NULL LIMIT 1",
	    ARGS(TEXT(name), INT(o->id)), &other, e);

	if (rc == -1)
		return -1;
	/* Two texts of the most bytes have just room for a blank. */
	if (rc == 0)
		snprintf(out, 2 * NAME_SIZE, "%s", name);
	else if (snprintf(out, 2 * NAME_SIZE, "%s (%s)", name, o->group) >= 2 * NAME_SIZE)
		snprintf(out, 2 * NAME_SIZE, "%s %s", name, o->group);
	return 0;
}

int
owner_update(struct store *s, const struct owner *o, struct err *e)
{
	if (owner_check(s, o->id, e) == -1 || check_email(s, o, e) == -1)
		return -1;
	return sql_do(s,
	    "UPDATE owner SET name = ?1, label_name = ?2, email = ?3, team = ?4, lang = ?5, shelf = ?6"
	    " WHERE id = ?7 AND (name, label_name, email COLLATE BINARY, team, lang, shelf)"
	    " IS NOT (?1, ?2, ?3, ?4, ?5, ?6)",
	    ARGS(TEXT(o->name), TEXT(o->label_name), TEXT(o->email), TEXT(o->group),
	        TEXT(o->lang), TEXT(o->shelf), INT(o->id)), e);
}

int
store_owner_edit(struct store *s, const struct owner *o, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, owner_update(s, o, e), e);
}

int
owner_leave(struct store *s, int64_t id, day_t today, struct err *e)
{
	if (owner_check(s, id, e) == -1)
		return -1;
	return sql_do(s, "UPDATE owner SET removed_on = ? WHERE id = ?",
	    ARGS(INT(today), INT(id)), e);
}

static int
labels_in(struct store *s, int64_t owner, int64_t *in, struct err *e)
{
	return sql_int(s, "SELECT count(*) FROM label WHERE owner = ? AND fate = 'in'",
	    ARGS(INT(owner)), in, e) == 1 ? 0 : -1;
}

int
store_owner_remove(struct store *s, int64_t id, day_t today, int64_t *in, struct err *e)
{
	int64_t count = 0;

	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	int rc = owner_leave(s, id, today, e);
	if (rc == 0)
		rc = labels_in(s, id, &count, e);
	if (tx_end(s, rc, e) == -1)
		return -1;
	if (in != NULL)
		*in = count;
	return 0;
}

static int
owner_return(struct store *s, int64_t id, struct err *e)
{
	struct owner o;
	int rc = store_owner_get(s, id, &o, e);

	if (rc == -1)
		return -1;
	if (rc == 0 || !o.removed)
		return err_set(e, ERR_REFUSED, "fridgectl owner list --removed",
		    "there is no removed owner %lld", (long long)id);
	if (check_email(s, &o, e) == -1)
		return -1;
	return sql_do(s, "UPDATE owner SET removed_on = NULL WHERE id = ?", ARGS(INT(id)), e);
}

int
store_owner_restore(struct store *s, int64_t id, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, owner_return(s, id, e), e);
}

static void
id_read(sqlite3_stmt *st, void *into)
{
	*(int64_t *)into = sqlite3_column_int64(st, 0);
}

/* Everything that leads to the person, and then the person. */
static int
owner_erase(struct store *s, int64_t id, struct forgotten *out, int64_t **prints, size_t *n,
    struct err *e)
{
	void *list = NULL;
	int64_t there;
	int rc = sql_int(s, "SELECT 1 FROM owner WHERE id = ?", ARGS(INT(id)), &there, e);

	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_REFUSED, "fridgectl owner list", "there is no owner %lld",
		    (long long)id);
	if (labels_in(s, id, &out->in, e) == -1 || sql_collect(s,
	    "SELECT p.id FROM print p JOIN label l ON l.id = p.label WHERE l.owner = ?",
	    ARGS(INT(id)), id_read, sizeof **prints, &list, n, e) == -1)
		return -1;
	*prints = list;
	if (sql_do(s, "UPDATE label SET owner = NULL, badge = NULL WHERE owner = ?",
	    ARGS(INT(id)), e) == -1)
		return -1;
	out->labels = sqlite3_changes(s->db);
	if (sql_do(s, "DELETE FROM badge WHERE owner = ?", ARGS(INT(id)), e) == -1)
		return -1;
	out->badges = sqlite3_changes(s->db);
	if (sql_do(s, "DELETE FROM meta WHERE key = 'mail-' || ?", ARGS(INT(id)), e) == -1)
		return -1;
	return sql_do(s, "DELETE FROM owner WHERE id = ?", ARGS(INT(id)), e);
}

int
store_owner_forget(struct store *s, int64_t id, struct forgotten *out, int64_t **prints,
    size_t *n, struct err *e)
{
	struct forgotten gone = { 0 };
	int64_t *showed = NULL;
	size_t count = 0;

	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	if (tx_end(s, owner_erase(s, id, &gone, &showed, &count, e), e) == -1) {
		free(showed);
		return -1;
	}
	*out = gone;
	if (prints != NULL) {
		*prints = showed;
		*n = count;
	} else {
		free(showed);
	}
	/* secure_delete has cleaned the pages; the WAL still has them as they were. */
	s->erased = true;
	return store_checkpoint(s, e);
}
