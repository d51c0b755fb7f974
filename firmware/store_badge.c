/* store_badge.c - whose badge is that? Badges and their readings.
 *
 * A badge enrolled at the reader has one exact reading. One that came as a number in
 * a list has the reading of that number, until the card is tapped for the first time:
 * then the exact one is learned, and from there on no other card is taken for it.
 */
#include "store_impl.h"

#include <string.h>

#define BADGE_SELECT \
	"SELECT b.id, b.owner, b.preset, b.hint, b.kind, b.enrolled_on, b.revoked_on, b.seen_on," \
	" CASE WHEN b.owner IS NULL AND b.preset IS NULL THEN" \
	"  (SELECT code FROM label WHERE badge = b.id ORDER BY id DESC LIMIT 1) END," \
	" o.removed_on IS NOT NULL" \
	" FROM badge b LEFT JOIN owner o ON o.id = b.owner "

static void
badge_read(sqlite3_stmt *st, void *row)
{
	struct badge *out = row;
	char kind[16];

	memset(out, 0, sizeof *out);
	out->id = sqlite3_column_int64(st, 0);
	out->owner = sqlite3_column_int64(st, 1);
	out->preset = sqlite3_column_int64(st, 2);
	column_text(st, 3, out->hint, sizeof out->hint);
	column_text(st, 4, kind, sizeof kind);
	if (badge_kind_parse(kind, &out->kind) == -1)
		out->kind = BADGE_UNKNOWN_KIND;
	out->enrolled_on = column_day(st, 5);
	out->revoked_on = column_day(st, 6);
	out->seen_on = column_day(st, 7);
	column_text(st, 8, out->code, sizeof out->code);
}

/* What a tap of the badge in that row means. */
static enum badge_match
badge_means(sqlite3_stmt *st, const struct badge *b)
{
	if (b->revoked_on != DAY_NONE || sqlite3_column_int(st, 9) != 0)
		return MATCH_REVOKED;
	return b->owner != 0 ? MATCH_OWNER : b->preset != 0 ? MATCH_PRESET : MATCH_UNCLAIMED;
}

/* 1 and *out with what it means, 0 no such row, -1. */
static int
badge_fetch(struct store *s, int64_t id, struct badge *out, enum badge_match *how, struct err *e)
{
	sqlite3_stmt *st;

	if (sql_start(s, &st, BADGE_SELECT "WHERE b.id = ?", ARGS(INT(id)), e) == -1)
		return -1;
	int rc = sql_row(s, st, e);
	if (rc == 1) {
		badge_read(st, out);
		if (how != NULL)
			*how = badge_means(st, out);
		sql_end(st);
	}
	return rc;
}

static int
badges_collect(struct store *s, const char *sql, const struct arg *args, struct badge **out,
    size_t *n, struct err *e)
{
	void *list;

	if (sql_collect(s, sql, args, badge_read, sizeof **out, &list, n, e) == -1)
		return -1;
	*out = list;
	return 0;
}

int
store_badge_get(struct store *s, int64_t id, struct badge *out, struct err *e)
{
	return badge_fetch(s, id, out, NULL, e);
}

int
store_badges(struct store *s, int64_t owner, struct badge **out, size_t *n, struct err *e)
{
	if (owner != 0)
		return badges_collect(s, BADGE_SELECT "WHERE b.owner = ? ORDER BY b.id",
		    ARGS(INT(owner)), out, n, e);
	return badges_collect(s, BADGE_SELECT "WHERE b.owner IS NOT NULL ORDER BY b.id",
	    NULL, out, n, e);
}

int
store_badges_unclaimed(struct store *s, struct badge **out, size_t *n, struct err *e)
{
	return badges_collect(s, BADGE_SELECT
	    "WHERE b.owner IS NULL AND b.preset IS NULL AND b.revoked_on IS NULL"
	    " ORDER BY b.seen_on DESC, b.id DESC", NULL, out, n, e);
}

int
store_badges_preset(struct store *s, int64_t preset, struct badge **out, size_t *n,
    struct err *e)
{
	if (preset != 0)
		return badges_collect(s, BADGE_SELECT "WHERE b.preset = ? ORDER BY b.id",
		    ARGS(INT(preset)), out, n, e);
	return badges_collect(s, BADGE_SELECT "WHERE b.preset IS NOT NULL ORDER BY b.id",
	    NULL, out, n, e);
}

static void
badge_reading_read(sqlite3_stmt *st, void *row)
{
	struct badge_reading *out = row;
	char kind[16];

	memset(out, 0, sizeof *out);
	out->badge = sqlite3_column_int64(st, 0);
	out->owner = sqlite3_column_int64(st, 1);
	out->preset = sqlite3_column_int64(st, 2);
	column_text(st, 3, kind, sizeof kind);
	if (badge_kind_parse(kind, &out->kind) == -1)
		out->kind = BADGE_UNKNOWN_KIND;
	out->revoked = sqlite3_column_int(st, 4) != 0;
	out->left = sqlite3_column_int(st, 5) != 0;
	column_bytes(st, 6, out->reading.hash, sizeof out->reading.hash);
	out->reading.exact = sqlite3_column_int(st, 7) != 0;
}

int
store_badge_readings(struct store *s, struct badge_reading **out, size_t *n, struct err *e)
{
	void *list;

	if (sql_collect(s,
	    "SELECT b.id, b.owner, b.preset, b.kind, b.revoked_on IS NOT NULL,"
	    " o.removed_on IS NOT NULL, r.hash, r.exact"
	    " FROM reading r JOIN badge b ON b.id = r.badge LEFT JOIN owner o ON o.id = b.owner"
	    " ORDER BY b.id, r.exact DESC, r.hash",
	    NULL, badge_reading_read, sizeof **out, &list, n, e) == -1)
		return -1;
	*out = list;
	return 0;
}

/* ---- matching ---- */

static const struct reading *
exact_of(const struct readings *r)
{
	return r->count > 0 && r->r[0].exact ? &r->r[0] : NULL;
}

/* The badge with that exact reading: 1 and *id, 0, -1. */
static int
exact_holder(struct store *s, const struct reading *exact, int64_t *id, struct err *e)
{
	return sql_int(s, "SELECT badge FROM reading WHERE hash = ? AND exact = 1",
	    ARGS(BLOB(exact->hash, sizeof exact->hash)), id, e);
}

/* What the other forms of a number say: the live and the dead badges they mean, one
 * of each and how many there are (more than two is not told from two). */
struct partial {
	struct badge live, dead;
	int lives, deads;
	enum badge_match how;		/* of the live one */
};

static int
partial_add(struct store *s, int64_t id, struct partial *p, struct err *e)
{
	struct badge found;
	enum badge_match how = MATCH_NONE;

	if ((p->lives > 0 && p->live.id == id) || (p->deads > 0 && p->dead.id == id))
		return 0;
	int rc = badge_fetch(s, id, &found, &how, e);
	if (rc != 1)
		return rc;
	if (how == MATCH_REVOKED) {
		p->dead = found;
		p->deads++;
	} else {
		p->live = found;
		p->how = how;
		p->lives++;
	}
	return 0;
}

/* A tap has an exact reading: then only badges whose own is not yet known come into
 * question. A number from a list is compared with all. */
static int
partial_look(struct store *s, const struct readings *r, struct partial *p, struct err *e)
{
	bool tapped = exact_of(r) != NULL;

	memset(p, 0, sizeof *p);
	for (size_t i = 0; i < r->count && p->lives < 2; i++) {
		sqlite3_stmt *st;
		int rc;

		if (r->r[i].exact)
			continue;
		if (sql_start(s, &st,
		    "SELECT r.badge FROM reading r WHERE r.hash = ?1 AND r.exact = 0"
		    " AND (?2 = 0 OR NOT EXISTS"
		    "  (SELECT 1 FROM reading x WHERE x.badge = r.badge AND x.exact = 1))",
		    ARGS(BLOB(r->r[i].hash, sizeof r->r[i].hash), INT(tapped)), e) == -1)
			return -1;
		while ((rc = sql_row(s, st, e)) == 1)
			if (partial_add(s, sqlite3_column_int64(st, 0), p, e) == -1) {
				sql_end(st);
				return -1;
			}
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
store_badge_match(struct store *s, const struct readings *r, enum badge_match *how,
    struct badge *badge, bool *learn, struct err *e)
{
	const struct reading *exact = exact_of(r);
	enum badge_match means = MATCH_NONE;
	struct badge own = { 0 };
	struct partial p;
	int64_t id;

	if (exact != NULL) {
		int rc = exact_holder(s, exact, &id, e);

		if (rc == 1)
			rc = badge_fetch(s, id, &own, &means, e);
		if (rc == -1)
			return -1;
	}
	bool learned = false;
	/* A stranger's card whose number came in a list later is a stranger's no more. */
	if (means == MATCH_NONE || means == MATCH_UNCLAIMED) {
		if (partial_look(s, r, &p, e) == -1)
			return -1;
		if (p.lives == 1) {
			own = p.live;
			means = p.how;
			learned = exact != NULL;
		} else if (p.lives > 1 && means == MATCH_NONE) {
			means = MATCH_AMBIGUOUS;
		} else if (p.lives == 0 && p.deads > 0) {
			own = p.dead;
			means = MATCH_REVOKED;
		}
	}
	*how = means;
	*badge = own;
	*learn = learned;
	return 0;
}

/* ---- pieces of transactions ---- */

static int
badge_insert(struct store *s, int64_t owner, enum badge_kind kind, const struct readings *r,
    day_t enrolled, day_t seen, int64_t *id, struct err *e)
{
	char hint[HINT_SIZE];

	badge_hint(&r->r[0], hint);
	if (sql_do(s,
	    "INSERT INTO badge (owner, hint, kind, enrolled_on, seen_on) VALUES (?, ?, ?, ?, ?)",
	    ARGS(ID(owner), TEXT(hint), TEXT(badge_kind_text(kind)), DAY(enrolled), DAY(seen)), e) == -1)
		return -1;
	*id = sqlite3_last_insert_rowid(s->db);
	/* Only the first: of a tapped card the exact reading says all, and each more
	 * would be one more way to take another card for it. */
	return sql_do(s, "INSERT INTO reading (hash, exact, badge) VALUES (?, ?, ?)",
	    ARGS(BLOB(r->r[0].hash, sizeof r->r[0].hash), INT(r->r[0].exact), INT(*id)), e);
}

int
badge_remember(struct store *s, enum badge_kind kind, const struct readings *r, day_t today,
    int64_t *id, struct err *e)
{
	const struct reading *exact = exact_of(r);

	*id = 0;
	if (exact == NULL)
		return 0;
	int rc = exact_holder(s, exact, id, e);
	if (rc == 0)
		return badge_insert(s, 0, kind, r, DAY_NONE, today, id, e);
	return rc == 1 ? badge_seen(s, *id, kind, today, e) : -1;
}

int
badge_seen(struct store *s, int64_t badge, enum badge_kind kind, day_t today, struct err *e)
{
	return sql_do(s, "UPDATE badge SET seen_on = ?1, kind = iif(kind = '', ?3, kind)"
	    " WHERE id = ?2 AND (seen_on IS NOT ?1 OR (kind = '' AND ?3 <> ''))",
	    ARGS(DAY(today), INT(badge), TEXT(badge_kind_text(kind))), e);
}

/* All that the one badge did becomes the other's, and the one is gone. */
static int
badge_merge(struct store *s, int64_t from, int64_t into, struct err *e)
{
	if (sql_do(s,
	    "UPDATE label SET owner = coalesce(owner, (SELECT owner FROM badge WHERE id = ?1)),"
	    " badge = ?1 WHERE badge = ?2", ARGS(INT(into), INT(from)), e) == -1)
		return -1;
	return sql_do(s, "DELETE FROM badge WHERE id = ?", ARGS(INT(from)), e);
}

int
badge_learn(struct store *s, int64_t badge, enum badge_kind kind, const struct readings *r,
    struct err *e)
{
	const struct reading *exact = exact_of(r);
	enum badge_match how;
	struct badge other;
	int64_t id;

	if (exact == NULL)
		return 0;
	int rc = sql_int(s, "SELECT 1 FROM reading WHERE badge = ? AND exact = 1",
	    ARGS(INT(badge)), &id, e);
	if (rc != 0)
		return rc == 1 ? 0 : -1;	/* it knows its own */
	if ((rc = exact_holder(s, exact, &id, e)) == -1)
		return -1;
	if (rc == 1) {
		/* Only a badge that is nobody's gives way. */
		if (badge_fetch(s, id, &other, &how, e) == -1)
			return -1;
		if (how != MATCH_UNCLAIMED)
			return 0;
		if (badge_merge(s, id, badge, e) == -1)
			return -1;
	}
	char hint[HINT_SIZE];
	badge_hint(exact, hint);
	if (sql_do(s, "INSERT INTO reading (hash, exact, badge) VALUES (?, 1, ?)",
	    ARGS(BLOB(exact->hash, sizeof exact->hash), INT(badge)), e) == -1)
		return -1;
	return sql_do(s, "UPDATE badge SET hint = ?1, kind = iif(?2 <> '', ?2, kind) WHERE id = ?3",
	    ARGS(TEXT(hint), TEXT(badge_kind_text(kind)), INT(badge)), e);
}

/* Make a badge that is nobody's or of who left, or was this owner's, the owner's live one. */
static int
badge_assign(struct store *s, int64_t badge, int64_t owner, day_t today, struct err *e)
{
	if (sql_do(s,
	    "UPDATE badge SET owner = ?1, enrolled_on = iif(owner IS ?1, coalesce(enrolled_on, ?2), ?2),"
	    " revoked_on = NULL, replaced_by = NULL WHERE id = ?3",
	    ARGS(INT(owner), DAY(today), INT(badge)), e) == -1)
		return -1;
	return sql_do(s, "UPDATE label SET owner = ? WHERE badge = ? AND owner IS NULL",
	    ARGS(INT(owner), INT(badge)), e);
}

/* Whether nothing but its removed owner stands in the way of the badge. */
static bool
is_left(const struct badge *b, enum badge_match how)
{
	return how == MATCH_REVOKED && b->revoked_on == DAY_NONE;
}

static int
refuse_taken(const struct badge *b, enum badge_match how, int64_t owner, struct err *e)
{
	if (how == MATCH_PRESET)
		return err_set(e, ERR_REFUSED, NULL, "that is a preset card (badge %lld)",
		    (long long)b->id);
	if (how == MATCH_AMBIGUOUS)
		return err_set(e, ERR_REFUSED, "enrol it at the reader: fridgectl enroll",
		    "that number means more than one badge");
	if (how == MATCH_REVOKED && b->owner == 0)
		return err_set(e, ERR_REFUSED, "fridgectl badge list",
		    "badge %lld is revoked", (long long)b->id);
	if (how == MATCH_REVOKED)
		return err_set(e, ERR_REFUSED, "fridgectl badge list",
		    "that is badge %lld of owner %lld, which is revoked",
		    (long long)b->id, (long long)b->owner);
	if (b->owner == owner)
		return err_set(e, ERR_REFUSED, "fridgectl badge list",
		    "that is the owner's badge %lld already", (long long)b->id);
	return err_set(e, ERR_REFUSED, "fridgectl badge list",
	    "that is badge %lld of owner %lld already", (long long)b->id, (long long)b->owner);
}

int
badge_give(struct store *s, int64_t owner, enum badge_kind kind, const struct readings *r,
    day_t today, struct badge *out, struct err *e)
{
	struct badge found;
	enum badge_match how;
	bool learn;

	if (r->count == 0)
		return err_set(e, ERR_USAGE, NULL, "a badge without a number");
	if (owner_check(s, owner, e) == -1 ||
	    store_badge_match(s, r, &how, &found, &learn, e) == -1)
		return -1;
	bool tapped = exact_of(r) != NULL;
	bool its_own = found.owner == owner && (how == MATCH_REVOKED || learn);

	if (how == MATCH_NONE || (how == MATCH_AMBIGUOUS && tapped)) {
		if (badge_insert(s, owner, kind, r, today, DAY_NONE, &found.id, e) == -1)
			return -1;
	} else if (how == MATCH_UNCLAIMED || its_own || is_left(&found, how)) {
		/* Its own again; the first sight of a card known by its number; or a card
		 * that was handed on. */
		if (badge_assign(s, found.id, owner, today, e) == -1 ||
		    badge_learn(s, found.id, kind, r, e) == -1)
			return -1;
	} else {
		return refuse_taken(&found, how, owner, e);
	}
	return badge_fetch(s, found.id, out, NULL, e) == 1 ? 0 : -1;
}

/* ---- whole transactions ---- */

int
store_badge_add(struct store *s, int64_t owner, enum badge_kind kind, const struct readings *r,
    day_t today, struct badge *out, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, badge_give(s, owner, kind, r, today, out, e), e);
}

static int
badge_revoke(struct store *s, int64_t id, int64_t replaced_by, day_t today, struct err *e)
{
	struct badge b;
	int rc = badge_fetch(s, id, &b, NULL, e);

	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_REFUSED, "fridgectl badge list", "there is no badge %lld",
		    (long long)id);
	if (b.revoked_on != DAY_NONE)
		return err_set(e, ERR_REFUSED, "fridgectl badge list", "badge %lld is revoked already",
		    (long long)id);
	return sql_do(s, "UPDATE badge SET revoked_on = ?, replaced_by = ? WHERE id = ?",
	    ARGS(DAY(today), ID(replaced_by), INT(id)), e);
}

int
store_badge_revoke(struct store *s, int64_t id, day_t today, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, badge_revoke(s, id, 0, today, e), e);
}

static int
badge_restore(struct store *s, int64_t id, struct err *e)
{
	enum badge_match how;
	struct badge b;
	int64_t by;
	int rc = badge_fetch(s, id, &b, &how, e);

	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_REFUSED, "fridgectl badge list", "there is no badge %lld",
		    (long long)id);
	if (b.revoked_on == DAY_NONE)
		return err_set(e, ERR_REFUSED, "fridgectl badge list", "badge %lld is not revoked",
		    (long long)id);
	if (b.owner != 0 && owner_check(s, b.owner, e) == -1)
		return -1;
	if (store_badge_replaced(s, id, &by, e) == -1)
		return -1;
	if (by != 0 && badge_fetch(s, by, &b, &how, e) == 1 && how == MATCH_OWNER)
		return err_set(e, ERR_REFUSED, "revoke that one first: fridgectl badge revoke BADGE",
		    "badge %lld was replaced by badge %lld, which is live", (long long)id,
		    (long long)by);
	return sql_do(s, "UPDATE badge SET revoked_on = NULL, replaced_by = NULL WHERE id = ?",
	    ARGS(INT(id)), e);
}

int
store_badge_restore(struct store *s, int64_t id, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, badge_restore(s, id, e), e);
}

int
store_badge_replaced(struct store *s, int64_t id, int64_t *by, struct err *e)
{
	*by = 0;
	return sql_int(s, "SELECT replaced_by FROM badge WHERE id = ?", ARGS(INT(id)), by, e) == -1 ?
	    -1 : 0;
}

static int
badge_erase(struct store *s, int64_t id, struct err *e)
{
	struct badge b;
	int rc = badge_fetch(s, id, &b, NULL, e);

	if (rc == -1)
		return -1;
	if (rc == 0 || b.preset == 0)
		return err_set(e, ERR_REFUSED, "fridgectl badge list", "badge %lld is no preset card",
		    (long long)id);
	return sql_do(s, "DELETE FROM badge WHERE id = ?", ARGS(INT(id)), e);
}

int
store_badge_erase(struct store *s, int64_t id, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, badge_erase(s, id, e), e);
}

/* An unclaimed badge becomes an owner's, in the place of another one or of none. */
int
badge_take(struct store *s, int64_t id, int64_t owner, int64_t replaces, day_t today,
    struct badge *out, struct err *e)
{
	enum badge_match how;
	struct badge old;

	if (owner_check(s, owner, e) == -1)
		return -1;
	int rc = badge_fetch(s, id, out, &how, e);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_REFUSED, "tap the card again",
		    "that card was forgotten, because nobody claimed it");
	if (how != MATCH_UNCLAIMED && !is_left(out, how))
		return refuse_taken(out, how, owner, e);
	if (badge_assign(s, id, owner, today, e) == -1)
		return -1;
	if (replaces != 0) {
		if ((rc = badge_fetch(s, replaces, &old, NULL, e)) == -1)
			return -1;
		if (rc == 0 || old.owner != owner)
			return err_set(e, ERR_REFUSED, "fridgectl badge list",
			    "badge %lld is not one of owner %lld", (long long)replaces, (long long)owner);
		if (badge_revoke(s, replaces, id, today, e) == -1)
			return -1;
	}
	return badge_fetch(s, id, out, NULL, e) == 1 ? 0 : -1;
}

static int
badge_claim(struct store *s, const char *code, int64_t owner, int64_t replaces, day_t today,
    struct badge *out, struct err *e)
{
	struct label l;
	int rc = store_label_by_code(s, code, &l, e);

	if (rc == -1)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_REFUSED, "fridgectl badge unclaimed",
		    "there is no label with the code %s", code);
	if (l.owner != 0)
		return err_set(e, ERR_REFUSED, "fridgectl badge unclaimed",
		    "label %s has an owner already (owner %lld)", code, (long long)l.owner);
	if (l.badge == 0)
		return err_set(e, ERR_REFUSED, "tap the card itself: fridgectl enroll",
		    "label %s leads to no badge: it was made with a phone or a random number, "
		    "without a card, or too long ago", code);
	return badge_take(s, l.badge, owner, replaces, today, out, e);
}

int
store_badge_claim(struct store *s, const char *code, int64_t owner, int64_t replaces,
    day_t today, struct badge *out, struct err *e)
{
	if (tx_begin(s, DURABLE_POWER, e) == -1)
		return -1;
	return tx_end(s, badge_claim(s, code, owner, replaces, today, out, e), e);
}
