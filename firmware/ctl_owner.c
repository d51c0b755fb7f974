/* ctl_owner.c - fridgectl owner …, and finding the person that is meant. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl.h"
#include "person.h"

#define NEAR_MAX 3		/* letters apart at which a name may be meant */
#define NEAR_SHOWN 4

void
ctl_owner_choices(FILE *to, const struct owner *owners, size_t n)
{
	struct out *o = to != NULL ? out_new(to, false) : NULL;

	out_list(o, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		out_object(o, NULL, NULL);
		out_int(o, NULL, "  ID", owners[i].id);
		out_text(o, NULL, "Name", owners[i].name);
		out_text(o, NULL, "Group", owners[i].group);
		out_text(o, NULL, "E-mail", owners[i].email);
		out_end(o);
	}
	out_end(o);
	if (o != NULL)
		out_finish(o);
}

/* How near a name is to what was typed: 0 stands in it, more is farther; past
 * NEAR_MAX it is not meant. Short words must be nearer. */
static int
nearness(const char *name, const char *typed)
{
	int d = near_distance(name, typed);
	int most = (int)(strlen(typed) / 3);

	if (words_contains(name, typed) || (name[0] != '\0' && words_contains(typed, name)))
		return 0;
	return d <= most ? d : NEAR_MAX + 1;
}

static int
no_such_owner(struct ctl *c, const char *key, struct err *e)
{
	struct owner *all = NULL, shown[NEAR_SHOWN];
	size_t n = 0, near = 0;
	int away[NEAR_SHOWN];

	if (store_owners(c->session.store, false, &all, &n, e) == -1)
		return -1;
	row_sort_owners(all, n, c->session.config.fridge.language);
	/* The nearest, in order; of those as near as each other the first ones. */
	for (size_t i = 0; i < n; i++) {
		int d = nearness(all[i].name, key);
		size_t at = near;
		while (at > 0 && away[at - 1] > d)
			at--;
		if (d > NEAR_MAX || at == NEAR_SHOWN)
			continue;
		near += near < NEAR_SHOWN;
		for (size_t k = near - 1; k > at; k--) {
			shown[k] = shown[k - 1];
			away[k] = away[k - 1];
		}
		shown[at] = all[i];
		away[at] = d;
	}
	bool new = n == 0 || (c->command->needs & FOR_NEW_PEOPLE) != 0;
	char todo[160];
	snprintf(todo, sizeof todo, "%s%s%s", new ? "new? sudo fridgectl owner add NAME" : "",
	    new && near > 0 ? "; else " : "", near > 0 ? "one of these, by ID or exact name:" :
	    new ? "" : "fridgectl owner list");
	err_set(e, ERR_REFUSED, todo, "there is no person \"%s\"", key);
	if (near > 0)
		ctl_owner_choices(ctl_more(c), shown, near);
	free(all);
	return -1;
}

/* A name is looked up as it was kept; an address may be longer than a name. The key is
 * typed or name, or NULL with *e. */
static const char *
key_of(const char *typed, char name[static NAME_SIZE], struct err *e)
{
	if (words_name("owner", typed, name, e) == 0)
		return name;
	return strchr(typed, '@') != NULL ? typed : NULL;
}

/* The only one of one or more, which are freed. */
static int
only_one(struct ctl *c, const char *key, struct owner *found, size_t n, struct owner *out,
    struct err *e)
{
	*out = found[0];
	if (n > 1) {
		row_sort_owners(found, n, c->session.config.fridge.language);
		err_set(e, ERR_REFUSED, "say the ID or the e-mail address instead:",
		    "%zu people are called \"%s\"", n, key);
		ctl_owner_choices(ctl_more(c), found, n);
	}
	free(found);
	return n > 1 ? -1 : 0;
}

static int
removed_owners(struct ctl *c, struct owner **out, size_t *n, struct err *e)
{
	size_t kept = 0;

	if (store_owners(c->session.store, true, out, n, e) == -1)
		return -1;
	for (size_t i = 0; i < *n; i++)
		if ((*out)[i].removed)
			(*out)[kept++] = (*out)[i];
	*n = kept;
	return 0;
}

static bool
is_id(const struct owner *o, const char *key)
{
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)o->id);
	return strcmp(id, key) == 0;
}

static bool
is_named(const struct owner *o, const char *key)
{
	return strcmp(o->name, key) == 0 || (o->email[0] != '\0' && strcasecmp(o->email, key) == 0);
}

int
ctl_owner_find_removed(struct ctl *c, const char *typed, struct owner *out, struct err *e)
{
	static bool (*const KINDS[])(const struct owner *, const char *) = { is_id, is_named };
	char name[NAME_SIZE];
	struct owner *all = NULL;
	size_t n = 0, kept = 0;
	const char *key = key_of(typed, name, e);

	if (key == NULL || removed_owners(c, &all, &n, e) == -1)
		return -1;
	/* As with those who are here, the first kind that matches anyone decides. */
	for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS && kept == 0; k++)
		for (size_t i = 0; i < n; i++)
			if (KINDS[k](&all[i], key))
				all[kept++] = all[i];
	if (kept == 0) {
		free(all);
		return err_set(e, ERR_REFUSED, "fridgectl owner list --removed",
		    "nobody who was removed is called \"%s\"", key);
	}
	return only_one(c, key, all, kept, out, e);
}

/* The one who is here; with removed, else the one who was. */
static int
find(struct ctl *c, const char *typed, bool removed, struct owner *out, struct err *e)
{
	char name[NAME_SIZE];
	struct owner *found = NULL;
	size_t n = 0;
	const char *key = key_of(typed, name, e);

	if (key == NULL || store_owner_find(c->session.store, key, &found, &n, e) == -1)
		return -1;
	if (n > 0)
		return only_one(c, key, found, n, out, e);
	free(found);
	/* Where nobody removed is meant either, the nearest of those who are here are. */
	if (removed && ctl_owner_find_removed(c, key, out, NULL) == 0)
		return 0;
	return no_such_owner(c, key, e);
}

int
ctl_owner_find(struct ctl *c, const char *typed, struct owner *out, struct err *e)
{
	return find(c, typed, false, out, e);
}

int
ctl_owner_find_any(struct ctl *c, const char *typed, struct owner *out, struct err *e)
{
	return find(c, typed, true, out, e);
}

int
ctl_owner_new(struct ctl *c, struct owner *o, struct err *e)
{
	if (store_owner_add(c->session.store, o, c->session.today, e) == -1)
		return -1;
	ctl_warn_missing(ctl_missing_glyphs(c, o));
	return 0;
}

/* The options of owner add and edit; edit has the name, too. */
static const struct {
	const char *option;
	enum person_field field;
} TEXTS[] = {
	{ "label-name", PERSON_LABEL_NAME },
	{ "email", PERSON_EMAIL },
	{ "group", PERSON_GROUP },
	{ "lang", PERSON_LANG },
	{ "shelf", PERSON_SHELF },
	{ "name", PERSON_NAME },
};
#define ADD_TEXTS (sizeof TEXTS / sizeof *TEXTS - 1)

static int
put_owner(struct ctl *c, const struct owner *o)
{
	out_object(c->out, NULL, NULL);
	row_owner(c->out, o);
	out_end(c->out);
	return 0;
}

int
cmd_owner_add(struct ctl *c, struct err *e)
{
	struct owner o = { .id = 0 };

	if (person_set(&o, PERSON_NAME, c->arg[0], e) == -1)
		return -1;
	for (size_t i = 0; i < ADD_TEXTS; i++) {
		const char *text = ctl_value(c, TEXTS[i].option);
		if (text != NULL && person_set(&o, TEXTS[i].field, text, e) == -1)
			return -1;
	}
	if (ctl_owner_new(c, &o, e) == -1)
		return -1;
	return put_owner(c, &o);
}

/* Put the texts that were given in the place of o's. Their number, or -1. */
static int
edit_texts(const struct ctl *c, struct owner *o, struct err *e)
{
	int given = 0;

	for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
		const char *text = ctl_value(c, TEXTS[i].option);
		if (text == NULL)
			continue;
		given++;
		if (text[0] == '\0' && TEXTS[i].field != PERSON_NAME)
			person_clear(o, TEXTS[i].field);
		else if (person_set(o, TEXTS[i].field, text, e) == -1)
			return -1;
	}
	return given;
}

int
cmd_owner_edit(struct ctl *c, struct err *e)
{
	struct owner o = { .id = 0 }, was;

	/* A wrong text is wrong for anybody: it is told before a wrong person. */
	int given = edit_texts(c, &o, e);
	if (given == 0)
		err_set(e, ERR_USAGE, "fridgectl owner edit --help",
		    "owner edit does not say what to change");
	if (given < 1 || ctl_owner_find(c, c->arg[0], &o, e) == -1)
		return -1;
	was = o;
	if (edit_texts(c, &o, e) == -1 || store_owner_edit(c->session.store, &o, e) == -1)
		return -1;
	if (strcmp(was.name, o.name) != 0 || strcmp(was.label_name, o.label_name) != 0)
		ctl_warn_missing(ctl_missing_glyphs(c, &o));
	return put_owner(c, &o);
}

int
cmd_owner_list(struct ctl *c, struct err *e)
{
	bool removed = ctl_value(c, "removed") != NULL;
	struct owner *all = NULL;
	size_t n = 0;

	if ((removed ? removed_owners(c, &all, &n, e) :
	    store_owners(c->session.store, false, &all, &n, e)) == -1)
		return -1;
	row_sort_owners(all, n, c->session.config.fridge.language);
	out_list(c->out, NULL, NULL);
	for (size_t i = 0; i < n; i++)
		put_owner(c, &all[i]);
	out_end(c->out);
	if (n == 0 && removed)
		out_say(c->out, "Nobody was removed.");
	else if (removed)
		out_say(c->out, "To bring one back: fridgectl owner remove OWNER --undo; "
		    "to erase one: fridgectl owner forget OWNER");
	else if (n == 0)
		out_say(c->out, "Nobody yet. Tap a badge and say whose it is: fridgectl enroll");
	free(all);
	return 0;
}

int
cmd_owner_show(struct ctl *c, struct err *e)
{
	const struct session *s = &c->session;
	struct badge *badges = NULL;
	struct label *labels = NULL;
	size_t nb = 0, nl = 0;
	struct owner o;
	int rc = -1;

	if (ctl_owner_find(c, c->arg[0], &o, e) == -1)
		return -1;
	struct label_query q = { .owner = o.id, .expires_until = DAY_NONE };
	if (store_badges(s->store, o.id, &badges, &nb, e) == -1 ||
	    store_labels(s->store, &q, &labels, &nl, e) == -1)
		goto done;
	out_object(c->out, NULL, NULL);
	row_owner(c->out, &o);
	out_list(c->out, "badges", "Badges");
	for (size_t i = 0; i < nb; i++) {
		out_object(c->out, NULL, NULL);
		row_badge(c->out, &badges[i], NULL);
		out_end(c->out);
	}
	out_end(c->out);
	out_list(c->out, "labels", "In the fridge");
	for (size_t i = 0; i < nl; i++) {
		out_object(c->out, NULL, NULL);
		row_label(c->out, &labels[i], s->config.fridge.code, s->today, ROW_TABLE);
		out_end(c->out);
	}
	out_end(c->out);
	out_end(c->out);
	rc = 0;
done:
	free(badges);
	free(labels);
	return rc;
}
