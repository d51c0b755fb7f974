/* ctl_badge.c - fridgectl badge … */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

static int
by_id(const void *pa, const void *pb)
{
	const struct owner *a = pa, *b = pb;

	return a->id < b->id ? -1 : a->id > b->id;
}

/* The owner's name of an id among owners sorted by it, "" for nobody. */
static const char *
name_of(const struct owner *owners, size_t n, int64_t id)
{
	struct owner key = { .id = id };
	const struct owner *o = n > 0 ? bsearch(&key, owners, n, sizeof key, by_id) : NULL;

	if (o == NULL)
		return "";
	return o->name[0] != '\0' ? o->name : "(removed)";
}

struct order {
	const struct owner *owners;	/* sorted by id */
	size_t count;
	const char *lang;
};

/* By the owner's name, those of one together, then by id. */
static int
by_owner(const void *pa, const void *pb, void *arg)
{
	const struct badge *a = pa, *b = pb;
	const struct order *o = arg;
	int c = 0;

	if (a->owner != b->owner) {
		c = words_compare(o->lang, name_of(o->owners, o->count, a->owner),
		    name_of(o->owners, o->count, b->owner));
		if (c == 0)
			c = a->owner < b->owner ? -1 : 1;
	}
	return c != 0 ? c : a->id < b->id ? -1 : a->id > b->id;
}

int
ctl_badge_object(struct ctl *c, const struct badge *b, struct err *e)
{
	struct owner o = { .id = 0 };

	if (b->owner != 0 && store_owner_get(c->session.store, b->owner, &o, e) == -1)
		return -1;
	out_object(c->out, NULL, NULL);
	row_badge(c->out, b, o.name);
	out_end(c->out);
	return 0;
}

/* A badge as it stands in the store now. */
static int
show_now(struct ctl *c, int64_t id, struct err *e)
{
	struct badge b;
	int got = store_badge_get(c->session.store, id, &b, e);

	if (got == 0)
		return err_set(e, ERR_REFUSED, "fridgectl badge list",
		    "there is no badge %lld", (long long)id);
	return got == -1 ? -1 : ctl_badge_object(c, &b, e);
}

int
cmd_badge_add(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	const char *as = ctl_value(c, "as");
	enum number_form form = FORM_UID;
	struct readings readings;
	struct card card;
	struct owner owner;
	struct badge badge;

	if (as != NULL && number_form_parse(as, &form) == -1)
		return err_set(e, ERR_USAGE, NUMBER_FORMS, "--as does not know \"%s\"", as);
	if (badge_number(s->key, form, c->arg[1], &card, &readings, e) == -1)
		return -1;
	if (ctl_owner_find(c, c->arg[0], &owner, e) == -1)
		return -1;
	if (store_badge_add(s->store, owner.id, card.kind, &readings, s->today, &badge, e) == -1)
		return -1;
	return ctl_badge_object(c, &badge, e);
}

int
cmd_badge_list(struct ctl *c, struct err *e)
{
	const struct session *s = &c->session;
	struct owner *owners = NULL;
	struct badge *badges = NULL;
	size_t no = 0, nb = 0;
	struct owner one = { .id = 0 };
	int rc = -1;

	if (c->args > 0 && ctl_owner_find(c, c->arg[0], &one, e) == -1)
		return -1;
	if (store_owners(s->store, true, &owners, &no, e) == -1 ||
	    store_badges(s->store, one.id, &badges, &nb, e) == -1)
		goto done;
	if (no > 1)
		qsort(owners, no, sizeof *owners, by_id);
	struct order order = { owners, no, s->config.fridge.language };
	if (nb > 1)
		qsort_r(badges, nb, sizeof *badges, by_owner, &order);
	out_list(c->out, NULL, NULL);
	for (size_t i = 0; i < nb; i++) {
		int64_t by = 0;
		if (badges[i].revoked_on != DAY_NONE &&
		    store_badge_replaced(s->store, badges[i].id, &by, e) == -1)
			goto done;
		out_object(c->out, NULL, NULL);
		row_badge(c->out, &badges[i], name_of(owners, no, badges[i].owner));
		if (by != 0)
			out_int(c->out, "replaced_by", "Replaced by", by);
		else
			out_null(c->out, "replaced_by", "Replaced by");
		out_end(c->out);
	}
	out_end(c->out);
	if (nb == 0)
		out_say(c->out, "No badge yet. Enrol one: fridgectl enroll");
	rc = 0;
done:
	free(owners);
	free(badges);
	return rc;
}

int
cmd_badge_revoke(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	struct badge b;
	int64_t id;

	if (ctl_id("badge", c->arg[0], &id, e) == -1)
		return -1;
	int got = store_badge_get(s->store, id, &b, e);
	if (got == 0)
		return err_set(e, ERR_REFUSED, "fridgectl badge list",
		    "there is no badge %lld", (long long)id);
	if (got == -1)
		return -1;
	if (b.preset != 0) {
		/* A card taken off the door is a plain card again: nothing to restore. */
		if (store_badge_erase(s->store, id, e) == -1)
			return -1;
		b.revoked_on = s->today;
		return ctl_badge_object(c, &b, e);
	}
	if (store_badge_revoke(s->store, id, s->today, e) == -1)
		return -1;
	return show_now(c, id, e);
}

int
cmd_badge_restore(struct ctl *c, struct err *e)
{
	int64_t id;

	if (ctl_id("badge", c->arg[0], &id, e) == -1 ||
	    store_badge_restore(c->session.store, id, e) == -1)
		return -1;
	return show_now(c, id, e);
}

int
cmd_badge_unclaimed(struct ctl *c, struct err *e)
{
	const struct session *s = &c->session;
	struct badge *badges = NULL;
	char code[ROW_CODE_SIZE];
	size_t n = 0;

	if (store_badges_unclaimed(s->store, &badges, &n, e) == -1)
		return -1;
	out_list(c->out, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct badge *b = &badges[i];
		out_object(c->out, NULL, NULL);
		row_badge(c->out, b, NULL);
		out_text(c->out, "code", "Code", row_code(s->config.fridge.code, b->code, code));
		out_day(c->out, "seen_on", "Seen", b->seen_on);
		out_end(c->out);
	}
	out_end(c->out);
	if (n == 0)
		out_say(c->out, "There is no unclaimed card.");
	else
		out_say(c->out, "To give one to its person: fridgectl badge claim CODE OWNER");
	free(badges);
	return 0;
}

/* The badge that a claim replaces: a live one of the same person. */
static int
find_replaced(struct ctl *c, const struct owner *owner, int64_t *id, struct err *e)
{
	const char *text = ctl_value(c, "replaces");
	struct badge b;

	*id = 0;
	if (text == NULL)
		return 0;
	if (ctl_id("badge", text, id, e) == -1)
		return -1;
	int got = store_badge_get(c->session.store, *id, &b, e);
	if (got == -1)
		return -1;
	if (got == 0 || b.owner != owner->id || b.revoked_on != DAY_NONE) {
		char todo[80];
		snprintf(todo, sizeof todo, "fridgectl badge list %lld", (long long)owner->id);
		return err_set(e, ERR_REFUSED, todo, "%s has no badge %lld to replace",
		    owner->name, (long long)*id);
	}
	return 0;
}

int
cmd_badge_claim(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	char code[CODE_SIZE];
	struct owner owner;
	struct badge badge;
	int64_t replaces;

	if (ctl_code(c, c->arg[0], code, e) == -1 ||
	    ctl_owner_find(c, c->arg[1], &owner, e) == -1 ||
	    find_replaced(c, &owner, &replaces, e) == -1)
		return -1;
	if (store_badge_claim(s->store, code, owner.id, replaces, s->today, &badge, e) == -1)
		return -1;
	return ctl_badge_object(c, &badge, e);
}
