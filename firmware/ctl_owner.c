/* ctl_owner.c - fridgectl owner …, and finding the person that is meant. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

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

	if (near_contains(name, typed) || (name[0] != '\0' && near_contains(typed, name)))
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

/* One @ with something on both sides, and no blank, control or bracket in it. Whether
 * anybody reads it only a mail can tell. */
static int
check_email(const char *text, char out[static EMAIL_SIZE], struct err *e)
{
	const char *at = strchr(text, '@');

	if (strlen(text) >= EMAIL_SIZE)
		return err_set(e, ERR_USAGE, NULL, "an e-mail address has at most %d characters",
		    EMAIL_SIZE - 1);
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f || strchr("<>,;\"", *p) != NULL)
			return err_set(e, ERR_USAGE, "name@example.com",
			    "a blank, a control or one of <>,;\" stands in the e-mail address");
	if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return err_set(e, ERR_USAGE, "name@example.com",
		    "\"%s\" is no e-mail address", text);
	/* Not a name, but UTF-8 and free of what cannot be seen all the same. */
	for (const char *part = text; *part != '\0';) {
		char piece[NAME_SIZE], ignored[NAME_SIZE];
		size_t n = strlen(part) > 60 ? 60 : strlen(part);
		while (n < strlen(part) && ((unsigned char)part[n] & 0xc0) == 0x80)
			n--;
		if (n == 0)
			n = strlen(part);
		snprintf(piece, sizeof piece, "%.*s", (int)n, part);
		if (words_name("e-mail", piece, ignored, e) == -1) {
			e->kind = ERR_USAGE;
			return -1;
		}
		part += n;
	}
	snprintf(out, EMAIL_SIZE, "%s", text);
	return 0;
}

static int
check_lang(const char *text, char out[static LANG_SIZE], struct err *e)
{
	if (text[0] == '\0' || strlen(text) >= LANG_SIZE || !words_lang_exists(text))
		return err_set(e, ERR_USAGE, "one such as en, ko, de or pt-BR",
		    "there is no language \"%s\"", text);
	snprintf(out, LANG_SIZE, "%s", text);
	return 0;
}

static int
check_shelf(const char *text, char out[static SHELF_SIZE], struct err *e)
{
	struct shelf shelf;

	if (shelf_parse(text, &shelf, e) == -1)
		return -1;
	/* Kept as it is said everywhere, not as it was typed. */
	if (shelf.is_weekday)
		snprintf(out, SHELF_SIZE, "%s", weekday_text(shelf.weekday));
	else
		snprintf(out, SHELF_SIZE, "%dd", shelf.days);
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

int
cmd_owner_add(struct ctl *c, struct err *e)
{
	struct owner o = { .id = 0 };
	const char *label_name = ctl_value(c, "label-name"), *email = ctl_value(c, "email");
	const char *group = ctl_value(c, "group"), *lang = ctl_value(c, "lang");
	const char *shelf = ctl_value(c, "shelf");

	if (words_name("name", c->arg[0], o.name, e) == -1)
		return -1;
	if (label_name != NULL && words_name("label name", label_name, o.label_name, e) == -1)
		return -1;
	if (email != NULL && check_email(email, o.email, e) == -1)
		return -1;
	if (group != NULL && words_name("group", group, o.group, e) == -1)
		return -1;
	if (lang != NULL && check_lang(lang, o.lang, e) == -1)
		return -1;
	if (shelf != NULL && check_shelf(shelf, o.shelf, e) == -1)
		return -1;
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
