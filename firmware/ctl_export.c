/* ctl_export.c - fridgectl export: everybody in a file that import takes back under the
 * same key.
 *
 * Of a badge there is no number to write, only what is kept of it: the file opens no door.
 * But it has everybody's name and address: nobody else may read it.
 */
#include <stdlib.h>
#include <string.h>

#include "csvfile.h"
#include "ctl.h"
#include "roster.h"

#define EXPORT_MODE 0600

struct exported {
	size_t people, badges, revoked;
};

static void
put_headings(struct csv_writer *w, const char *store_id)
{
	char id[32];

	snprintf(id, sizeof id, "id@%.*s", ROSTER_STORE_ID, store_id);
	csvfile_mark(w);
	csvfile_text(w, id);
	for (int f = 0; f < PERSON_FIELDS; f++)
		csvfile_text(w, person_key((enum person_field)f));
	csvfile_text(w, roster_column_text(COLUMN_READING));
	csvfile_end(w);
}

static void
put_row(struct csv_writer *w, const struct owner *o, const char *badge)
{
	csvfile_int(w, o->id);
	for (int f = 0; f < PERSON_FIELDS; f++)
		csvfile_text(w, person_text(o, (enum person_field)f));
	csvfile_text(w, badge);
	csvfile_end(w);
}

/* Readings by owner, those of a badge together. */
static int
by_owner(const void *pa, const void *pb)
{
	const struct badge_reading *a = pa, *b = pb;

	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (a->badge != b->badge)
		return a->badge < b->badge ? -1 : 1;
	if (a->reading.exact != b->reading.exact)
		return a->reading.exact ? -1 : 1;
	return memcmp(a->reading.hash, b->reading.hash, READING_SIZE);
}

static int
find_owner(const void *key, const void *member)
{
	const int64_t *id = key;
	const struct badge_reading *r = member;

	return *id < r->owner ? -1 : *id > r->owner;
}

/* One person: a row for each badge, or one without. */
static void
put_person(struct csv_writer *w, const struct owner *o, const struct badge_reading *all, size_t n,
    const char *key_check, struct exported *x)
{
	const struct badge_reading *at = n > 0 ?
	    bsearch(&o->id, all, n, sizeof *all, find_owner) : NULL;
	const struct badge_reading *end = all + n;
	char text[BADGE_KEPT_SIZE];
	size_t badges = 0;

	while (at != NULL && at > all && at[-1].owner == o->id)
		at--;
	while (at != NULL && at < end && at->owner == o->id) {
		struct readings r = { .count = 0 };
		const struct badge_reading *first = at;
		for (; at < end && at->badge == first->badge && r.count < READINGS_MAX; at++)
			r.r[r.count++] = at->reading;
		while (at < end && at->badge == first->badge)
			at++;
		if (first->revoked) {
			x->revoked++;
			continue;
		}
		put_row(w, o, badge_kept_text(key_check, first->kind, &r, text));
		badges++;
	}
	if (badges == 0)
		put_row(w, o, NULL);
	x->badges += badges;
	x->people++;
}

/* The whole text, freed with free(). */
static int
compose(struct ctl *c, const struct err *no_key, char **text, size_t *size, struct exported *x,
    struct err *e)
{
	const struct session *s = &c->session;
	struct badge_reading *readings = NULL;
	struct owner *owners = NULL;
	size_t n = 0, people = 0;
	char check[KEY_CHECK_SIZE] = "";
	int rc = -1;

	if (store_owners(s->store, false, &owners, &people, e) == -1 ||
	    store_badge_readings(s->store, &readings, &n, e) == -1)
		goto done;
	/* Without the key nobody could tell later what these are. */
	if (n > 0 && s->key == NULL) {
		*e = *no_key;
		goto done;
	}
	if (s->key != NULL)
		badge_key_check(s->key, check);
	row_sort_owners(owners, people, s->config.fridge.language);
	if (n > 1)
		qsort(readings, n, sizeof *readings, by_owner);
	struct csv_writer w = { .to = open_memstream(text, size) };
	if (w.to != NULL) {
		put_headings(&w, store_id(s->store));
		for (size_t i = 0; i < people; i++)
			put_person(&w, &owners[i], readings, n, check, x);
		rc = ferror(w.to) ? -1 : 0;
		if (fclose(w.to) != 0)
			rc = -1;
	}
	if (rc == -1)
		err_set(e, ERR_SYSTEM, NULL, "no memory left");
done:
	free(owners);
	free(readings);
	return rc;
}

static void
say(struct ctl *c, const char *file, const struct exported *x)
{
	out_object(c->out, NULL, NULL);
	out_text(c->out, "file", NULL, file);
	out_int(c->out, "people", NULL, (int64_t)x->people);
	out_int(c->out, "badges", NULL, (int64_t)x->badges);
	out_int(c->out, "revoked", NULL, (int64_t)x->revoked);
	out_end(c->out);
	out_say(c->out, "%zu %s with %zu badge%s in %s.", x->people,
	    x->people == 1 ? "person" : "people", x->badges, x->badges == 1 ? "" : "s", file);
	if (x->revoked > 0)
		out_say(c->out, "%zu revoked badge%s not in it.", x->revoked, x->revoked == 1 ? " is" :
		    "s are");
	out_say(c->out, "It has everybody's name and address: delete it when it is done with.");
}

int
cmd_export(struct ctl *c, struct err *e)
{
	const char *file = c->arg[0];
	bool to_stdout = strcmp(file, "-") == 0;
	struct session *s = &c->session;
	struct err no_key = { .kind = ERR_NONE };
	struct exported x = { 0 };
	struct publish p;
	char *text = NULL;
	size_t size = 0;

	if (to_stdout && c->json)
		return err_set(e, ERR_USAGE, "fridgectl export FILE --json",
		    "the export itself goes to standard output, and cannot be JSON");
	if (!to_stdout && publish_begin(&p, file, EXPORT_MODE, e) == -1)
		return -1;
	session_key(s, &no_key);
	int rc = session_become(s, e);
	if (rc == 0)
		rc = session_store(s, e);
	if (rc == 0)
		rc = compose(c, &no_key, &text, &size, &x, e);
	if (!to_stdout && publish_text(&p, rc == 0 ? text : NULL, size, PUBLISH_LASTING, rc == 0 ? e : NULL) == -1)
		rc = -1;
	if (rc == 0 && to_stdout && fwrite(text, 1, size, stdout) != size)
		rc = err_set(e, ERR_SYSTEM, NULL, "the export cannot be written");
	if (rc == 0 && !to_stdout)
		say(c, file, &x);
	free(text);
	return rc;
}
