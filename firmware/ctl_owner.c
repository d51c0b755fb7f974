/* ctl_owner.c - fridgectl owner …, and finding the person that is meant. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

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
	struct owner *all = NULL;
	size_t n = 0, near = 0;

	if (store_owners(c->session.store, false, &all, &n, e) == -1)
		return -1;
	row_sort_owners(all, n, c->session.config.fridge.language);
	for (int d = 0; d <= NEAR_MAX; d++) {
		/* The nearest are moved to the front, nearest first. */
		for (size_t i = near; i < n && near < NEAR_SHOWN; i++) {
			if (nearness(all[i].name, key) != d)
				continue;
			struct owner o = all[i];
			memmove(&all[near + 1], &all[near], (i - near) * sizeof *all);
			all[near++] = o;
		}
	}
	err_set(e, ERR_REFUSED, near > 0 ? "one of these, by ID or exact name:"
	    : n > 0 ? "fridgectl owner list" : "fridgectl owner add NAME",
	    "there is no person \"%s\"", key);
	if (near > 0)
		ctl_owner_choices(ctl_more(c), all, near);
	free(all);
	return -1;
}

int
ctl_owner_find(struct ctl *c, const char *key, struct owner *out, struct err *e)
{
	char name[NAME_SIZE];
	struct owner *found = NULL;
	size_t n = 0;

	/* A name is looked up as it was kept; an address may be longer than a name. */
	if (words_name("owner", key, name, e) == 0)
		key = name;
	else if (strchr(key, '@') == NULL)
		return -1;
	if (store_owner_find(c->session.store, key, &found, &n, e) == -1)
		return -1;
	if (n == 0) {
		free(found);
		return no_such_owner(c, key, e);
	}
	if (n > 1) {
		row_sort_owners(found, n, c->session.config.fridge.language);
		err_set(e, ERR_REFUSED, "say the ID or the e-mail address instead:",
		    "%zu people are called \"%s\"", n, key);
		ctl_owner_choices(ctl_more(c), found, n);
		free(found);
		return -1;
	}
	*out = found[0];
	free(found);
	return 0;
}

int
ctl_owner_new(struct ctl *c, struct owner *o, struct err *e)
{
	if (store_owner_add(c->session.store, o, c->session.today, e) == -1)
		return -1;
	ctl_warn_missing(ctl_missing_glyphs(c, o));
	return 0;
}

static const struct {
	const char *option;
	enum person_field field;
} OPTIONAL[] = {
	{ "label-name", PERSON_LABEL_NAME },
	{ "email", PERSON_EMAIL },
	{ "group", PERSON_GROUP },
	{ "lang", PERSON_LANG },
	{ "shelf", PERSON_SHELF },
};

int
cmd_owner_add(struct ctl *c, struct err *e)
{
	struct owner o = { .id = 0 };

	if (person_set(&o, PERSON_NAME, c->arg[0], e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof OPTIONAL / sizeof *OPTIONAL; i++) {
		const char *text = ctl_value(c, OPTIONAL[i].option);
		if (text != NULL && person_set(&o, OPTIONAL[i].field, text, e) == -1)
			return -1;
	}
	if (ctl_owner_new(c, &o, e) == -1)
		return -1;
	out_object(c->out, NULL, NULL);
	row_owner(c->out, &o);
	out_end(c->out);
	return 0;
}

int
cmd_owner_list(struct ctl *c, struct err *e)
{
	struct owner *all = NULL;
	size_t n = 0;

	if (store_owners(c->session.store, false, &all, &n, e) == -1)
		return -1;
	row_sort_owners(all, n, c->session.config.fridge.language);
	out_list(c->out, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		out_object(c->out, NULL, NULL);
		row_owner(c->out, &all[i]);
		out_end(c->out);
	}
	out_end(c->out);
	if (n == 0)
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
