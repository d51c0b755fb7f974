/* store_label.c - one thing in the fridge: made, found again, dated. */
#include "store_impl.h"

#include <assert.h>
#include <string.h>

static const char *const FATES[] = {
	[FATE_IN] = "in", [FATE_TAKEN] = "taken", [FATE_DISCARDED] = "discarded",
	[FATE_LAPSED] = "lapsed", [FATE_REPLACED] = "replaced", [FATE_VOID] = "void",
};
static const char *const CLOSERS[] = {
	[BY_NONE] = "", [BY_CARD] = "card", [BY_ADMIN] = "admin", [BY_SWEEP] = "sweep",
	[BY_AUTO] = "auto",
};
static const char *const STATES[] = {
	[PRINT_QUEUED] = "queued", [PRINT_SPOOLED] = "spooled",
	[PRINT_COMPLETED] = "completed", [PRINT_VOID] = "void",
};
#define COUNT(list) (sizeof (list) / sizeof (list)[0])

const char *
fate_text(enum fate f)
{
	assert(f < COUNT(FATES));
	return FATES[f];
}

const char *
closed_by_text(enum closed_by b)
{
	assert(b < COUNT(CLOSERS));
	return CLOSERS[b];
}

const char *
print_state_text(enum print_state p)
{
	assert(p < COUNT(STATES));
	return STATES[p];
}

/* ---- finding ---- */

#define LABEL_SELECT \
	"SELECT l.id, l.code, l.owner, iif(o.removed_on IS NULL, o.name, ''), l.badge, p.name," \
	" l.title, l.template, l.place, l.stored_on, l.expires_on, l.copies, f.state, l.fate," \
	" l.closed_on, l.closed_by, l.clock_ok, l.made_at" \
	" FROM label l" \
	" LEFT JOIN owner o ON o.id = l.owner" \
	" LEFT JOIN preset p ON p.id = l.preset" \
	" LEFT JOIN print f ON f.label = l.id AND f.first = 1 "

static void
label_read(sqlite3_stmt *st, void *row)
{
	struct label *out = row;
	char word[16];

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	column_text(st, 1, out->code, sizeof out->code);
	out->owner = sqlite3_column_int64(st, 2);
	column_text(st, 3, out->owner_name, sizeof out->owner_name);
	out->badge = sqlite3_column_int64(st, 4);
	column_text(st, 5, out->preset, sizeof out->preset);
	column_text(st, 6, out->title, sizeof out->title);
	column_text(st, 7, out->template, sizeof out->template);
	column_text(st, 8, out->place, sizeof out->place);
	out->stored_on = column_day(st, 9);
	out->expires_on = column_day(st, 10);
	out->copies = sqlite3_column_int(st, 11);
	column_text(st, 12, word, sizeof word);
	for (size_t i = 0; i < COUNT(STATES); i++)
		if (strcmp(word, STATES[i]) == 0)
			out->print = (enum print_state)i;
	column_text(st, 13, word, sizeof word);
	for (size_t i = 0; i < COUNT(FATES); i++)
		if (strcmp(word, FATES[i]) == 0)
			out->fate = (enum fate)i;
	out->closed_on = column_day(st, 14);
	column_text(st, 15, word, sizeof word);
	for (size_t i = 0; i < COUNT(CLOSERS); i++)
		if (strcmp(word, CLOSERS[i]) == 0)
			out->closed_by = (enum closed_by)i;
	out->clock_ok = sqlite3_column_int(st, 16) != 0;
	out->made_at = sqlite3_column_int64(st, 17);
}

int
store_label_get(struct store *s, int64_t id, struct label *out, struct err *e)
{
	return sql_fetch(s, LABEL_SELECT "WHERE l.id = ?", ARGS(INT(id)), label_read, out, e);
}

int
store_label_by_code(struct store *s, const char *code, struct label *out, struct err *e)
{
	return sql_fetch(s, LABEL_SELECT "WHERE l.code = ? ORDER BY l.id DESC LIMIT 1",
	    ARGS(TEXT(code)), label_read, out, e);
}

int
store_label_newest(struct store *s, struct label *out, struct err *e)
{
	return sql_fetch(s, LABEL_SELECT "ORDER BY l.id DESC LIMIT 1", NULL, label_read, out, e);
}

static int
labels_collect(struct store *s, const char *sql, const struct arg *args, struct label **out,
    size_t *n, struct err *e)
{
	void *list;

	if (sql_collect(s, sql, args, label_read, sizeof **out, &list, n, e) == -1)
		return -1;
	*out = list;
	return 0;
}

int
store_labels(struct store *s, const struct label_query *q, struct label **out, size_t *n,
    struct err *e)
{
	/* One text for each way to ask, so that each uses its index: what is in is found
	 * without a look at what was. The plus keeps SQLite from walking through all
	 * labels in the order of ids to save the sorting of a few. */
#define THESE "(?1 IS NULL OR l.expires_on <= ?1) ORDER BY +l.id"
	static const char *const QUERIES[2][2] = {
		{ LABEL_SELECT "WHERE l.fate = 'in' AND " THESE,
		  LABEL_SELECT "WHERE l.owner = ?2 AND l.fate = 'in' AND " THESE },
		{ LABEL_SELECT "WHERE " THESE, LABEL_SELECT "WHERE l.owner = ?2 AND " THESE },
	};
#undef THESE

	return labels_collect(s, QUERIES[q->all][q->owner != 0], q->owner != 0 ?
	    ARGS(DAY(q->expires_until), INT(q->owner)) : ARGS(DAY(q->expires_until)), out, n, e);
}

int
store_labels_then(struct store *s, day_t day, struct label **out, size_t *n, struct err *e)
{
	/* What is void was never in; what was replaced is in under its other label. */
	return labels_collect(s, LABEL_SELECT "WHERE l.id IN (SELECT id FROM label WHERE fate = 'in'"
	    "  UNION ALL SELECT id FROM label WHERE closed_on > ?1)"
	    " AND l.fate NOT IN ('void', 'replaced') AND (l.stored_on IS NULL OR l.stored_on <= ?1)"
	    " ORDER BY +l.id", ARGS(INT(day)), out, n, e);
}

int
store_emptying_labels(struct store *s, int64_t id, struct label **out, size_t *n, struct err *e)
{
	return labels_collect(s, LABEL_SELECT "WHERE l.emptying = ? AND l.fate = 'discarded'"
	    " ORDER BY length(l.code), l.code", ARGS(INT(id)), out, n, e);
}

/* ---- making ---- */

/* The day that counts for codes and for what is forgotten: while the clock is doubted
 * never earlier than that of the label before, so that nothing is let go too soon. */
static int
made_on(struct store *s, const struct label_new *l, day_t *out, struct err *e)
{
	int64_t before;

	*out = l->today != DAY_NONE ? l->today : 0;
	if (l->stored_on != DAY_NONE)
		return 0;
	int rc = sql_int(s, "SELECT made_on FROM label ORDER BY id DESC LIMIT 1", NULL, &before, e);
	if (rc == 1 && before > *out)
		*out = (day_t)before;
	return rc == -1 ? -1 : 0;
}

static int
label_badge(struct store *s, const struct label_new *l, day_t day, int64_t *badge, struct err *e)
{
	*badge = l->badge;
	if (l->badge == 0) {
		if (l->card == NULL || !l->remember)
			return 0;
		return badge_remember(s, l->card_kind, l->card, day, badge, e);
	}
	if (l->card != NULL && badge_learn(s, l->badge, l->card_kind, l->card, e) == -1)
		return -1;
	return badge_seen(s, l->badge, l->card_kind, day, e);
}

/* The label that another one is instead of; a print of it that nobody has begun is
 * not wanted any more. */
static int
label_replace(struct store *s, int64_t old, int64_t new, day_t today, struct err *e)
{
	if (sql_do(s,
	    "UPDATE label SET fate = 'replaced', closed_by = 'card', closed_on = ?, replaced_by = ?"
	    " WHERE id = ? AND fate = 'in'", ARGS(DAY(today), INT(new), INT(old)), e) == -1)
		return -1;
	return sql_do(s,
	    "UPDATE print SET state = 'void', reason = 'replaced'"
	    " WHERE label = ? AND state = 'queued' AND attempts = 0", ARGS(INT(old)), e);
}

/* In a transaction: all that a tap leaves behind. */
static int
label_make(struct store *s, const struct label_new *l, struct label *out, struct err *e)
{
	const char *place = l->place != NULL && l->place[0] != '\0' ? l->place : PLACE_DEFAULT;
	bool dated = l->stored_on != DAY_NONE;
	int copies = l->copies > 0 ? l->copies : 1;
	const struct arg days = INT(l->shelf.days), weekday = INT(l->shelf.weekday), none = NULL_ARG;
	char code[CODE_SIZE];
	int64_t badge, id, print;
	day_t day;

	assert(dated == (l->expires_on != DAY_NONE));
	if (l->owner != 0 && owner_check(s, l->owner, e) == -1)
		return -1;
	if (made_on(s, l, &day, e) == -1 || label_badge(s, l, day, &badge, e) == -1 ||
	    code_draw(s, day, code, e) == -1)
		return -1;
	if (sql_do(s,
	    "INSERT INTO label (code, owner, badge, preset, title, template, place, made_on,"
	    " stored_on, expires_on, shelf_days, shelf_weekday, copies, clock_ok, made_at,"
	    " boot_id, boot_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    ARGS(TEXT(code), ID(l->owner), ID(badge), ID(l->preset), TEXT(l->title),
	        TEXT(l->template), TEXT(place), INT(day), DAY(l->stored_on), DAY(l->expires_on),
	        l->shelf.is_weekday ? none : days, l->shelf.is_weekday ? weekday : none,
	        INT(copies), INT(dated), INT(l->now), TEXT(l->boot_id), INT(l->boot_ms)), e) == -1)
		return -1;
	id = sqlite3_last_insert_rowid(s->db);
	struct print_row row = {
		.kind = PRINT_LABEL, .label = id, .first = true, .copies = copies, .now = l->now,
		.boot_id = l->boot_id, .boot_ms = l->boot_ms,
	};
	if (print_insert(s, &row, &print, e) == -1)
		return -1;
	if (l->replaces != 0 && label_replace(s, l->replaces, id, day, e) == -1)
		return -1;
	/* A doubted clock must not become the evidence against a right one. */
	if (dated && newest_raise(s, l->now, e) == -1)
		return -1;
	return store_label_get(s, id, out, e) == 1 ? 0 : -1;
}

int
store_label_add(struct store *s, const struct label_new *l, struct label *out, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, label_make(s, l, out, e), e);
}

static int
enrol(struct store *s, struct label_new *l, struct label *out, struct badge *badge, struct err *e)
{
	int rc = l->card == NULL ? badge_take(s, l->badge, l->owner, 0, l->today, badge, e) :
	    badge_give(s, l->owner, l->card_kind, l->card, l->today, badge, e);
	if (rc == -1)
		return -1;
	l->badge = badge->id;
	if (label_make(s, l, out, e) == -1)
		return -1;
	/* As it is after its first tap. */
	return store_badge_get(s, badge->id, badge, e) == 1 ? 0 : -1;
}

int
store_enrol(struct store *s, struct label_new *l, struct label *out, struct badge *badge,
    struct err *e)
{
	struct label_new with_badge = *l;

	assert(l->owner != 0 && (l->card != NULL || l->badge != 0));
	if (tx_begin(s, DURABLE_POWER, e) == -1 ||
	    tx_end(s, enrol(s, &with_badge, out, badge, e), e) == -1)
		return -1;
	l->badge = with_badge.badge;
	return 0;
}

/* One that there must be: 0, or -1 with ERR_REFUSED. */
static int
label_must(struct store *s, int64_t id, struct label *out, struct err *e)
{
	int found = store_label_get(s, id, out, e);

	if (found == 0)
		return err_set(e, ERR_REFUSED, "fridgectl label list", "there is no label %lld",
		    (long long)id);
	return found == 1 ? 0 : -1;
}

static int
reprint(struct store *s, int64_t label, int64_t now, const char *boot_id, int64_t boot_ms,
    int64_t *print, struct err *e)
{
	struct label l;

	if (label_must(s, label, &l, e) == -1)
		return -1;
	if (l.fate != FATE_IN)
		return err_set(e, ERR_REFUSED, "fridgectl label print OWNER",
		    "label %s is closed: %s", l.code, fate_text(l.fate));
	struct print_row row = {
		.kind = PRINT_LABEL, .label = label, .copies = 1, .now = now, .boot_id = boot_id,
		.boot_ms = boot_ms,
	};
	return print_insert(s, &row, print, e);
}

int
store_label_reprint(struct store *s, int64_t label, int64_t now, const char *boot_id,
    int64_t boot_ms, int64_t *print, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, reprint(s, label, now, boot_id, boot_ms, print, e), e);
}

/* ---- closing ---- */

static int
label_close(struct store *s, int64_t id, enum fate fate, enum closed_by by, day_t today,
    struct err *e)
{
	struct label l;

	if (label_must(s, id, &l, e) == -1)
		return -1;
	if (l.fate != FATE_IN)
		return err_set(e, ERR_REFUSED, "fridgectl label show CODE",
		    "label %s is closed already: %s", l.code, fate_text(l.fate));
	return sql_do(s, "UPDATE label SET fate = ?, closed_by = ?, closed_on = ? WHERE id = ?",
	    ARGS(TEXT(FATES[fate]), TEXT(CLOSERS[by]), DAY(today), INT(id)), e);
}

int
store_label_close(struct store *s, int64_t id, enum fate fate, enum closed_by by, day_t today,
    struct err *e)
{
	assert(fate != FATE_IN && by != BY_NONE);
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, label_close(s, id, fate, by, today, e), e);
}

static int
label_reopen(struct store *s, int64_t id, struct err *e)
{
	struct label l;

	if (label_must(s, id, &l, e) == -1)
		return -1;
	if (l.fate == FATE_IN || l.fate == FATE_VOID || l.fate == FATE_REPLACED)
		return err_set(e, ERR_REFUSED, NULL, "label %s cannot be taken back: it is %s", l.code,
		    fate_text(l.fate));
	int64_t held;
	int rc = sql_int(s, "SELECT 1 FROM label WHERE id = ? AND code_held = 1", ARGS(INT(id)), &held, e);
	if (rc == 0)
		return err_set(e, ERR_REFUSED, "fridgectl label print OWNER",
		    "label %s is too old to be taken back: its code is free again", l.code);
	return rc == -1 ? -1 : sql_do(s,
	    "UPDATE label SET fate = 'in', closed_by = '', closed_on = NULL, emptying = NULL"
	    " WHERE id = ?", ARGS(INT(id)), e);
}

int
store_label_reopen(struct store *s, int64_t id, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, label_reopen(s, id, e), e);
}

/* ---- dating what was made while the clock was doubted ---- */

struct undated {
	int64_t id;
	struct shelf shelf;
	bool this_boot;
	int64_t boot_ms;
};

static void
undated_read(sqlite3_stmt *st, void *into)
{
	struct undated *out = into;

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	out->shelf.is_weekday = sqlite3_column_type(st, 1) == SQLITE_NULL;
	out->shelf.days = sqlite3_column_int(st, 1);
	out->shelf.weekday = (enum weekday)sqlite3_column_int(st, 2);
	out->this_boot = sqlite3_column_int(st, 3) != 0;
	out->boot_ms = sqlite3_column_int64(st, 4);
}

/* The first label without a date: 1, 0 or -1. */
static int
undated_next(struct store *s, const char *boot_id, struct undated *out, struct err *e)
{
	return sql_fetch(s,
	    "SELECT id, shelf_days, shelf_weekday, boot_id = ?1 AND ?1 <> '' AND boot_ms IS NOT NULL,"
	    " boot_ms FROM label WHERE stored_on IS NULL ORDER BY id LIMIT 1",
	    ARGS(TEXT(boot_id)), undated_read, out, e);
}

/* The day of a label, which is one that its badge was seen on. */
static int
date_one(struct store *s, const struct undated *u, int64_t made, struct err *e)
{
	day_t stored = day_at((time_t)made);
	const struct arg instant = INT(made), none = NULL_ARG;

	if (sql_do(s,
	    "UPDATE label SET stored_on = ?1, expires_on = ?2, made_on = ?1, clock_ok = ?3,"
	    " made_at = ?4, boot_id = '', boot_ms = NULL WHERE id = ?5",
	    ARGS(INT(stored), INT(shelf_expires(&u->shelf, stored)), INT(u->this_boot),
	        u->this_boot ? instant : none, INT(u->id)), e) == -1)
		return -1;
	return sql_do(s,
	    "UPDATE badge SET seen_on = ?1 WHERE id = (SELECT badge FROM label WHERE id = ?2)"
	    " AND (seen_on IS NULL OR seen_on < ?1)", ARGS(INT(stored), INT(u->id)), e);
}

static int
date_all(struct store *s, const char *boot_id, int64_t boot_ms, int64_t now, int *dated,
    struct err *e)
{
	struct undated u;
	int rc;

	while ((rc = undated_next(s, boot_id, &u, e)) == 1) {
		/* In the same boot the time that went by is known; after another one the
		 * day is only the first that could be trusted, and the flag stays. */
		int64_t made = u.this_boot ? now - (boot_ms - u.boot_ms) / 1000 : now;

		if (date_one(s, &u, made, e) == -1)
			return -1;
		(*dated)++;
	}
	return rc;
}

int
store_labels_date(struct store *s, const char *boot_id, int64_t boot_ms, int64_t now, int *dated,
    struct err *e)
{
	struct undated first;
	int count = 0;
	int rc = undated_next(s, boot_id, &first, e);

	*dated = 0;
	if (rc != 1)
		return rc;
	if (tx_begin(s, DURABLE_POWER, e) == -1 ||
	    tx_end(s, date_all(s, boot_id, boot_ms, now, &count, e), e) == -1)
		return -1;
	*dated = count;
	return 0;
}
