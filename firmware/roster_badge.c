/* roster_badge.c - each row's badge against the badges that are there, and against the
 * other rows. The store asks the same questions once more when it is given them; here all
 * rows are asked, so that all that is wrong is told at once.
 */
#include <stdlib.h>
#include <string.h>

#include "roster_impl.h"

static int
by_reading(const void *pa, const void *pb)
{
	const struct badge_reading *a = pa, *b = pb;
	int c = memcmp(a->reading.hash, b->reading.hash, READING_SIZE);

	if (c == 0)
		c = (int)b->reading.exact - (int)a->reading.exact;
	return c != 0 ? c : a->badge < b->badge ? -1 : a->badge > b->badge;
}

/* Badges that know their exact reading, in the order of their IDs. */
struct known {
	const struct badge_reading *all;	/* sorted by reading */
	size_t count;
	int64_t *learned;
	size_t learned_count;
};

static int
by_number(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

static bool
is_learned(const struct known *k, int64_t badge)
{
	return k->learned_count > 0 && bsearch(&badge, k->learned, k->learned_count,
	    sizeof *k->learned, by_number) != NULL;
}

/* The first of the readings that are equal to this one, in any badge; NULL: none. */
static const struct badge_reading *
first_equal(const struct known *k, const struct reading *r)
{
	size_t from = 0, to = k->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = memcmp(k->all[mid].reading.hash, r->hash, READING_SIZE);
		if (c < 0 || (c == 0 && k->all[mid].reading.exact > r->exact))
			from = mid + 1;
		else
			to = mid;
	}
	const struct badge_reading *at = k->all + from;
	return from < k->count && at->reading.exact == r->exact &&
	    memcmp(at->reading.hash, r->hash, READING_SIZE) == 0 ? at : NULL;
}

/* The badge that a row's readings mean, as store_badge_match has it: an exact one decides;
 * else a number of a list, of badges not yet tapped if the row has the exact one itself.
 * Dead badges stand back. *several: of two live ones nobody can tell. */
static const struct badge_reading *
find_badge(const struct known *k, const struct reading *r, size_t n, bool *several)
{
	const struct badge_reading *live = NULL, *dead = NULL;
	bool exact = r[0].exact;

	*several = false;
	for (size_t i = 0; i < n; i++) {
		const struct badge_reading *at = first_equal(k, &r[i]);
		if (at != NULL && at->reading.exact)
			return at;
		for (; at != NULL && at < k->all + k->count && !at->reading.exact &&
		    memcmp(at->reading.hash, r[i].hash, READING_SIZE) == 0; at++) {
			if (exact && is_learned(k, at->badge))
				continue;
			if (at->revoked || at->left)
				dead = at;
			else if (live == NULL || live->badge == at->badge)
				live = at;
			else
				*several = true;
		}
	}
	return live != NULL ? live : dead;
}

static const struct member *
member_of(const struct roster *r, int64_t owner)
{
	size_t from = 0, to = r->owner_count;

	/* Owners are sorted by ID, and members stand as they do, after nobody. */
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (r->owners[mid].id < owner)
			from = mid + 1;
		else
			to = mid;
	}
	return from < r->owner_count && r->owners[from].id == owner ? &r->members[from + 1] : NULL;
}

static void
refuse(struct roster *r, const struct row *row, const struct badge_reading *b)
{
	const struct member *m = b->owner != 0 ? member_of(r, b->owner) : NULL;

	if (b->preset != 0)
		roster_add_bad(r, row->line, "number", NULL, "this is badge %lld, a preset card",
		    (long long)b->badge);
	else
		roster_add_bad(r, row->line, "number", NULL, "this is badge %lld of %s already%s",
		    (long long)b->badge, m != NULL ? m->was->name : "somebody else",
		    b->revoked ? ", revoked" : "");
}

static void
judge(struct roster *r, struct row *row, const struct known *k)
{
	const struct reading *readings = r->readings + row->reading;
	const struct member *m = &r->members[row->member];
	int64_t owner = m->was != NULL ? m->was->id : 0;
	bool several;
	const struct badge_reading *b = find_badge(k, readings, row->readings, &several);

	if (several)
		roster_add_bad(r, row->line, "number", NULL, "this may be more than one badge");
	else if (b == NULL || (b->owner == 0 && b->preset == 0) || b->left)
		row->give = true;
	else if (owner != 0 && b->owner == owner) {
		/* Somebody stopped it here: a list that does not know that does not start it. */
		r->counts.revoked += b->revoked;
		/* By its number alone until now, and the row has all of it. */
		row->give = !b->revoked && readings[0].exact && !b->reading.exact;
	} else {
		const struct member *other = b->owner != 0 ? member_of(r, b->owner) : NULL;
		if (other != NULL && other->leaves)
			row->give = true;
		else
			refuse(r, row, b);
	}
}

/* ---- the same number in two rows ---- */

static int
by_hash(const void *pa, const void *pb, void *arg)
{
	const struct roster *r = arg;
	const struct row *a = &r->rows[*(const uint32_t *)pa], *b = &r->rows[*(const uint32_t *)pb];
	int c = memcmp(r->readings[a->reading].hash, r->readings[b->reading].hash, READING_SIZE);

	return c != 0 ? c : a->line < b->line ? -1 : a->line > b->line;
}

/* Rows with a badge, sorted by their first reading: neighbours are the same badge. */
static void
drop_doubles(struct roster *r, uint32_t *rows, size_t n)
{
	qsort_r(rows, n, sizeof *rows, by_hash, r);
	for (size_t i = 1, first = 0; i < n; i++) {
		struct row *a = &r->rows[rows[first]], *b = &r->rows[rows[i]];
		if (memcmp(r->readings[a->reading].hash, r->readings[b->reading].hash, READING_SIZE) != 0) {
			first = i;
			continue;
		}
		b->give = false;
		if (b->member != a->member)
			roster_add_bad(r, b->line, "number", NULL, "line %zu has the same number, for "
			    "somebody else", a->line);
	}
}

static int
judge_all(struct roster *r, const struct known *k, struct err *e)
{
	uint32_t *rows = calloc(r->count + 1, sizeof *rows);
	size_t n = 0;

	if (rows == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "no memory left");
	for (size_t i = 0; i < r->count; i++)
		if (r->rows[i].readings > 0 && r->rows[i].member != 0) {
			judge(r, &r->rows[i], k);
			rows[n++] = (uint32_t)i;
		}
	drop_doubles(r, rows, n);
	free(rows);
	return 0;
}

int
roster_badges(struct roster *r, struct store *s, struct err *e)
{
	struct badge_reading *all = NULL;
	struct known k = { .count = 0 };
	int rc = -1;

	if (r->reading_count == 0)
		return 0;
	if (store_badge_readings(s, &all, &k.count, e) == -1)
		return -1;
	k.learned = calloc(k.count + 1, sizeof *k.learned);
	if (k.learned == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory left");
		goto done;
	}
	for (size_t i = 0; i < k.count; i++)
		if (all[i].reading.exact)
			k.learned[k.learned_count++] = all[i].badge;
	if (k.count > 1)
		qsort(all, k.count, sizeof *all, by_reading);
	k.all = all;
	rc = judge_all(r, &k, e);
done:
	free(k.learned);
	free(all);
	return rc;
}
