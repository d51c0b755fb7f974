/* store_preset.c - presets: what a card on the door makes of the next label. */
#include "store_impl.h"

#include <string.h>

#define PRESET_SELECT \
	"SELECT id, name, shelf, title, template, owner, place, empties FROM preset "

static const char *const OWNERS[] = {
	[PRESET_SELF] = "self", [PRESET_TEAM] = "team",
	[PRESET_EVERYONE] = "everyone", [PRESET_NONE] = "none",
};

const char *
preset_owner_text(enum preset_owner o)
{
	return OWNERS[o];
}

int
preset_owner_parse(const char *text, enum preset_owner *out)
{
	for (int i = PRESET_SELF; i <= PRESET_NONE; i++) {
		if (strcmp(text, OWNERS[i]) == 0) {
			*out = (enum preset_owner)i;
			return 0;
		}
	}
	return -1;
}

static void
preset_read(sqlite3_stmt *st, void *into)
{
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
	out->empties = sqlite3_column_int(st, 7) != 0;
	preset_owner_parse(owner, &out->owner);
}

int
store_preset_find(struct store *s, const char *name, struct preset *out, struct err *e)
{
	return sql_fetch(s, PRESET_SELECT "WHERE name = ?", ARGS(TEXT(name)), preset_read, out, e);
}

int
store_preset_get(struct store *s, int64_t id, struct preset *out, struct err *e)
{
	return sql_fetch(s, PRESET_SELECT "WHERE id = ?", ARGS(INT(id)), preset_read, out, e);
}

int
store_presets(struct store *s, struct preset **out, size_t *n, struct err *e)
{
	void *list;

	if (sql_collect(s, PRESET_SELECT "ORDER BY name", NULL, preset_read, sizeof **out, &list, n,
	    e) == -1)
		return -1;
	*out = list;
	return 0;
}

/* ---- changes ---- */

static int
check_name(struct store *s, const struct preset *p, struct err *e)
{
	int64_t other;
	int rc = sql_int(s, "SELECT id FROM preset WHERE name = ? AND id <> ?",
	    ARGS(TEXT(p->name), INT(p->id)), &other, e);

	if (rc == 1)
		return err_set(e, ERR_REFUSED, "fridgectl preset list",
		    "there is a preset \"%s\" already", p->name);
	return rc;
}

/* 0 if there is that preset, else -1 with ERR_REFUSED. */
static int
preset_check(struct store *s, int64_t id, struct err *e)
{
	int64_t there;
	int rc = sql_int(s, "SELECT 1 FROM preset WHERE id = ?", ARGS(INT(id)), &there, e);

	if (rc == 0)
		return err_set(e, ERR_REFUSED, "fridgectl preset list", "there is no preset %lld",
		    (long long)id);
	return rc == 1 ? 0 : -1;
}

static int
preset_insert(struct store *s, struct preset *p, struct err *e)
{
	p->id = 0;
	if (check_name(s, p, e) == -1 || sql_do(s,
	    "INSERT INTO preset (name, shelf, title, template, owner, place, empties)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?)",
	    ARGS(TEXT(p->name), TEXT(p->shelf), TEXT(p->title), TEXT(p->template),
	        TEXT(OWNERS[p->owner]), TEXT(p->place), INT(p->empties)), e) == -1)
		return -1;
	p->id = sqlite3_last_insert_rowid(s->db);
	return 0;
}

int
store_preset_add(struct store *s, struct preset *p, struct err *e)
{
	struct preset made = *p;

	if (tx_begin(s, DURABLE_POWER, e) == -1 || tx_end(s, preset_insert(s, &made, e), e) == -1)
		return -1;
	*p = made;
	return 0;
}

static int
preset_update(struct store *s, const struct preset *p, struct err *e)
{
	if (preset_check(s, p->id, e) == -1 || check_name(s, p, e) == -1)
		return -1;
	return sql_do(s,
	    "UPDATE preset SET name = ?, shelf = ?, title = ?, template = ?, owner = ?, place = ?,"
	    " empties = ? WHERE id = ?",
	    ARGS(TEXT(p->name), TEXT(p->shelf), TEXT(p->title), TEXT(p->template),
	        TEXT(OWNERS[p->owner]), TEXT(p->place), INT(p->empties), INT(p->id)), e);
}

int
store_preset_edit(struct store *s, const struct preset *p, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, preset_update(s, p, e), e);
}

static int
preset_erase(struct store *s, int64_t id, int64_t *cards, struct err *e)
{
	if (preset_check(s, id, e) == -1 ||
	    sql_do(s, "DELETE FROM badge WHERE preset = ?", ARGS(INT(id)), e) == -1)
		return -1;
	*cards = sqlite3_changes(s->db);
	return sql_do(s, "DELETE FROM preset WHERE id = ?", ARGS(INT(id)), e);
}

int
store_preset_remove(struct store *s, int64_t id, int64_t *cards, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, preset_erase(s, id, cards, e), e);
}

/* ---- cards ---- */

static int
card_take(struct store *s, int64_t preset, enum badge_kind kind, const struct readings *r,
    day_t today, struct badge *out, struct err *e)
{
	enum badge_match how;
	struct badge b = { 0 };
	bool learn;

	if (preset_check(s, preset, e) == -1 || store_badge_match(s, r, &how, &b, &learn, e) == -1)
		return -1;
	if (how == MATCH_OWNER || how == MATCH_REVOKED)
		return err_set(e, ERR_REFUSED, "take a plain card",
		    "that is badge %lld of owner %lld", (long long)b.id, (long long)b.owner);
	if (b.id == 0 && badge_remember(s, kind, r, today, &b.id, e) == -1)
		return -1;
	if (b.id == 0)
		return err_set(e, ERR_REFUSED, "take another card", "that card has no number of its own");
	if (sql_do(s, "UPDATE badge SET preset = ?, enrolled_on = ? WHERE id = ?",
	    ARGS(INT(preset), DAY(today), INT(b.id)), e) == -1)
		return -1;
	return store_badge_get(s, b.id, out, e) == 1 ? 0 : -1;
}

int
store_preset_card(struct store *s, int64_t preset, enum badge_kind kind,
    const struct readings *r, day_t today, struct badge *out, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, card_take(s, preset, kind, r, today, out, e), e);
}
