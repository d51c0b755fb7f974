/* store_owner.c - people, and the presets that stand beside them. */
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

static int
owner_insert(struct store *s, struct owner *o, day_t today, struct err *e)
{
	int64_t other;
	int rc = o->email[0] == '\0' ? 0 : sql_int(s,
	    "SELECT id FROM owner WHERE email = ? AND email <> '' AND removed_on IS NULL",
	    ARGS(TEXT(o->email)), &other, e);

	if (rc == 1)
		return err_set(e, ERR_REFUSED, "fridgectl owner list",
		    "owner %lld has that e-mail address already", (long long)other);
	if (rc == -1 || sql_do(s,
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

static void
preset_read(sqlite3_stmt *st, void *into)
{
	static const char *const OWNERS[] = {
		[PRESET_SELF] = "self", [PRESET_TEAM] = "team",
		[PRESET_EVERYONE] = "everyone", [PRESET_NONE] = "none",
	};
	struct preset *out = into;
	char owner[16];

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	column_text(st, 1, out->name, sizeof out->name);
	column_text(st, 2, out->shelf, sizeof out->shelf);
	column_text(st, 3, out->title, sizeof out->title);
	column_text(st, 4, out->template, sizeof out->template);
	column_text(st, 5, owner, sizeof owner);
	column_text(st, 6, out->place, sizeof out->place);
	for (int i = PRESET_SELF; i <= PRESET_NONE; i++)
		if (strcmp(owner, OWNERS[i]) == 0)
			out->owner = (enum preset_owner)i;
}

int
store_preset_find(struct store *s, const char *name, struct preset *out, struct err *e)
{
	return sql_fetch(s,
	    "SELECT id, name, shelf, title, template, owner, place FROM preset WHERE name = ?",
	    ARGS(TEXT(name)), preset_read, out, e);
}
