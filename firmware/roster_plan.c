/* roster_plan.c - rows against people: who is meant, and what changes.
 *
 * A row means the one of its ID, else of its e-mail address, else of its exact name. Where
 * that could be two people, it is refused: a wrong guess gives somebody another's labels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "roster_impl.h"

static int
no_memory(struct err *e)
{
	return err_set(e, ERR_SYSTEM, NULL, "no memory left");
}

/* What a member's text is once the file is in. */
static const char *
text_of(const struct member *m, int field)
{
	if (m->text[field] != NULL)
		return m->text[field];
	return m->was != NULL ? person_text(m->was, (enum person_field)field) : "";
}

static bool
same_text(int field, const char *a, const char *b)
{
	return (field == PERSON_EMAIL ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

/* ---- who is there ---- */

static int
add_member(struct roster *r, struct roster_index *x, const struct member *m, uint32_t *at,
    struct err *e)
{
	struct member *more = roster_more(r->members, r->member_count, &r->member_room, sizeof *more);
	char id[24];

	if (more == NULL)
		return no_memory(e);
	r->members = more;
	*at = (uint32_t)r->member_count++;
	more[*at] = *m;
	if (m->was == NULL)
		return 0;
	snprintf(id, sizeof id, "%lld", (long long)m->was->id);
	const char *kept = roster_keep(r, id);
	if (kept == NULL || roster_index_add(x, KEY_ID, kept, *at) == -1 ||
	    (m->was->email[0] != '\0' && roster_index_add(x, KEY_EMAIL, m->was->email, *at) == -1) ||
	    roster_index_add(x, KEY_NAME, m->was->name, *at) == -1)
		return no_memory(e);
	return 0;
}

/* What a row says of somebody, beside what others said. */
static int
merge(struct roster *r, struct roster_index *x, struct row *row, uint32_t at, struct err *e)
{
	struct member *m = &r->members[at];
	const char *email = row->text[PERSON_EMAIL];
	uint32_t other;

	row->member = at;
	if (email != NULL && roster_index_find(x, KEY_EMAIL, email, &other) && other != at)
		roster_add_bad(r, row->line, person_key(PERSON_EMAIL), email,
		    "somebody else has it: %s", text_of(&r->members[other], PERSON_NAME));
	for (int f = 0; f < PERSON_FIELDS; f++) {
		if (row->text[f] == NULL)
			continue;
		if (m->text[f] != NULL && !same_text(f, m->text[f], row->text[f]))
			roster_add_bad(r, row->line, person_key((enum person_field)f), row->text[f],
			    "line %zu says \"%s\" of the same person", m->line, m->text[f]);
		else
			m->text[f] = row->text[f];
	}
	if (m->line == 0)
		m->line = row->line;
	if ((email != NULL && roster_index_add(x, KEY_EMAIL, email, at) == -1) ||
	    (row->text[PERSON_NAME] != NULL &&
	    roster_index_add(x, KEY_NAME, row->text[PERSON_NAME], at) == -1))
		return no_memory(e);
	return 0;
}

/* ---- who is meant ---- */

enum meant { NOBODY, SOMEBODY, REFUSED };

static enum meant
by_id(struct roster *r, const struct roster_index *x, const struct row *row, uint32_t *at)
{
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)row->id);
	if (roster_index_find(x, KEY_ID, id, at))
		return SOMEBODY;
	roster_add_bad(r, row->line, "id", id, "nobody here has it: they were removed (fridgectl owner "
	    "remove %s --undo) or forgotten (leave it empty)", id);
	return REFUSED;
}

/* Those of the row's name. With an address in the row, one with another address is another
 * person if the file says so, too; if only the store does, nobody can tell. */
static enum meant
by_name(struct roster *r, const struct roster_index *x, const struct row *row, uint32_t *at)
{
	const char *name = row->text[PERSON_NAME], *email = row->text[PERSON_EMAIL];
	const struct owner *doubt = NULL;
	size_t fit = 0;
	uint32_t next = 0, one;

	while (roster_index_next(x, KEY_NAME, name, &next, &one)) {
		const struct member *m = &r->members[one];
		const char *theirs = text_of(m, PERSON_EMAIL);
		if (email == NULL || theirs[0] == '\0' || strcasecmp(email, theirs) == 0) {
			*at = one;
			fit++;
		} else if (m->line == 0) {
			doubt = m->was;
		}
	}
	if (fit == 1)
		return SOMEBODY;
	if (fit == 0 && doubt == NULL)
		return NOBODY;
	if (fit > 1)
		roster_add_bad(r, row->line, person_key(PERSON_NAME), name, "%zu people have this name%s",
		    fit, email == NULL ? ": give the row an e-mail address" : "");
	else
		roster_add_bad(r, row->line, person_key(PERSON_EMAIL), email, "is this %s (ID %lld), who "
		    "has another address here? Then first: fridgectl owner edit %lld --email %s; a newcomer "
		    "of that name: fridgectl owner add", name, (long long)doubt->id, (long long)doubt->id,
		    email);
	return REFUSED;
}

/* The rows that say by themselves whom they mean come first, so that for the others it is
 * known who else is in the file. */
static int
match_rows(struct roster *r, struct roster_index *x, bool by_themselves, struct err *e)
{
	for (size_t i = 0; i < r->count; i++) {
		struct row *row = &r->rows[i];
		const char *email = row->text[PERSON_EMAIL];
		enum meant meant = NOBODY;
		uint32_t at = 0;
		bool themselves = row->id != 0 || (email != NULL && row->member == 0 &&
		    roster_index_find(x, KEY_EMAIL, email, &at) && r->members[at].was != NULL);
		if (row->member != 0 || row->text[PERSON_NAME] == NULL || (by_themselves && !themselves))
			continue;
		if (row->id != 0)
			meant = by_themselves ? by_id(r, x, row, &at) : REFUSED;
		else if (email != NULL && roster_index_find(x, KEY_EMAIL, email, &at))
			meant = SOMEBODY;
		else
			meant = by_name(r, x, row, &at);
		if (meant == REFUSED)
			continue;
		if (meant == NOBODY && add_member(r, x, &(struct member){ .was = NULL }, &at, e) == -1)
			return -1;
		if (merge(r, x, row, at, e) == -1)
			return -1;
	}
	return 0;
}

/* ---- what changes ---- */

static bool
changes(const struct member *m)
{
	for (int f = 0; f < PERSON_FIELDS; f++)
		if (m->text[f] != NULL && strcmp(m->text[f],
		    person_text(m->was, (enum person_field)f)) != 0)
			return true;
	return false;
}

static void
add_step(struct roster *r, enum plan_do what, size_t at, size_t *counter)
{
	if (what == PLAN_ADD)
		r->members[at].step = (uint32_t)r->step_count;
	r->steps[r->step_count++] = (struct step){ what, (uint32_t)at };
	(*counter)++;
}

/* In the order in which they can be done: who leaves makes room for an address or a badge
 * that goes on to somebody else. Member 0 is nobody. */
static int
make_steps(struct roster *r, struct err *e)
{
	struct roster_counts *n = &r->counts;

	r->steps = calloc(r->member_count + r->count + 1, sizeof *r->steps);
	if (r->steps == NULL)
		return no_memory(e);
	for (size_t i = 1; i < r->member_count; i++)
		if (r->members[i].leaves)
			add_step(r, PLAN_REMOVE, i, &n->remove);
	for (size_t i = 1; i < r->member_count; i++)
		if (r->members[i].was != NULL && !r->members[i].leaves && changes(&r->members[i]))
			add_step(r, PLAN_CHANGE, i, &n->change);
	for (size_t i = 1; i < r->member_count; i++)
		if (r->members[i].was == NULL)
			add_step(r, PLAN_ADD, i, &n->add);
	for (size_t i = 0; i < r->count; i++)
		if (r->rows[i].give)
			add_step(r, PLAN_BADGE, i, &n->badges);
	return 0;
}

static int
match_all(struct roster *r, struct roster_index *x, bool remove, struct err *e)
{
	uint32_t at;

	/* A row's member 0 is nobody yet. */
	if (add_member(r, x, &(struct member){ .line = 0 }, &at, e) == -1)
		return -1;
	for (size_t i = 0; i < r->owner_count; i++)
		if (add_member(r, x, &(struct member){ .was = &r->owners[i] }, &at, e) == -1)
			return -1;
	if (match_rows(r, x, true, e) == -1 || match_rows(r, x, false, e) == -1)
		return -1;
	r->counts.people = r->owner_count;
	for (size_t i = 1; i < r->member_count; i++) {
		struct member *m = &r->members[i];
		r->counts.named += m->line != 0;
		r->counts.missing += m->line == 0;
		m->leaves = remove && m->line == 0;
	}
	return 0;
}

/* ---- the whole ---- */

static int
by_owner_id(const void *pa, const void *pb)
{
	const struct owner *a = pa, *b = pb;

	return a->id < b->id ? -1 : a->id > b->id;
}

static int
by_line(const void *pa, const void *pb)
{
	const struct roster_bad *a = pa, *b = pb;

	return a->line < b->line ? -1 : a->line > b->line;
}

int
roster_plan(struct roster *r, struct store *s, bool remove, struct err *e)
{
	struct roster_index *x;

	if (store_owners(s, false, &r->owners, &r->owner_count, e) == -1)
		return -1;
	if (r->owner_count > 1)
		qsort(r->owners, r->owner_count, sizeof *r->owners, by_owner_id);
	x = roster_index_new(3 * r->owner_count + 2 * r->count);
	int rc = x == NULL ? no_memory(e) : match_all(r, x, remove, e);
	roster_index_free(x);
	if (rc == 0)
		rc = roster_badges(r, s, e);
	qsort(r->bad, r->bads < ROSTER_BAD_MAX ? r->bads : ROSTER_BAD_MAX, sizeof *r->bad, by_line);
	return rc == 0 ? make_steps(r, e) : -1;
}

size_t
roster_steps(const struct roster *r)
{
	return r->step_count;
}

void
roster_step(const struct roster *r, size_t i, struct plan_step *out)
{
	const struct step *step = &r->steps[i];
	bool badge = step->what == PLAN_BADGE;
	const struct member *m = &r->members[badge ? r->rows[step->at].member : step->at];

	*out = (struct plan_step){
		.what = step->what, .was = m->was, .name = text_of(m, PERSON_NAME),
		.line = badge ? r->rows[step->at].line : m->line,
	};
	for (int f = 0; f < PERSON_FIELDS && (step->what == PLAN_ADD || step->what == PLAN_CHANGE); f++)
		if (m->text[f] != NULL && (m->was == NULL ||
		    strcmp(m->text[f], person_text(m->was, (enum person_field)f)) != 0))
			out->becomes[f] = m->text[f];
}

/* The person as they will be; the texts were checked, and have their form already. */
static void
fill_owner(const struct member *m, struct owner *out)
{
	*out = m->was != NULL ? *m->was : (struct owner){ .id = 0 };
	for (int f = 0; f < PERSON_FIELDS; f++)
		if (m->text[f] != NULL)
			person_set_kept(out, (enum person_field)f, m->text[f]);
}

void
roster_change(void *arg, size_t i, struct import_change *out)
{
	static const enum import_do DO[] = {
		[PLAN_REMOVE] = IMPORT_REMOVE, [PLAN_CHANGE] = IMPORT_EDIT, [PLAN_ADD] = IMPORT_ADD,
		[PLAN_BADGE] = IMPORT_BADGE,
	};
	const struct roster *r = arg;
	const struct step *step = &r->steps[i];

	out->what = DO[step->what];
	if (step->what != PLAN_BADGE) {
		fill_owner(&r->members[step->at], &out->owner);
		return;
	}
	const struct row *row = &r->rows[step->at];
	const struct member *m = &r->members[row->member];
	out->added = m->was == NULL ? (size_t)m->step + 1 : 0;
	out->owner_id = m->was != NULL ? m->was->id : 0;
	out->kind = row->kind;
	out->readings.count = row->readings;
	memcpy(out->readings.r, r->readings + row->reading, row->readings * sizeof *out->readings.r);
}

const struct owner *
roster_missing(const struct roster *r, size_t *at)
{
	while (++*at < r->member_count)
		if (r->members[*at].line == 0)
			return r->members[*at].was;
	return NULL;
}

void
roster_count(const struct roster *r, struct roster_counts *out)
{
	*out = r->counts;
}
