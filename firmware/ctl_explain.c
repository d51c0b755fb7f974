/* ctl_explain.c - fridgectl badge explain: how the number of a card is written in the
 * lists of the world, and what a written number may mean.
 *
 * The number is what was asked for: it goes to the terminal, and nowhere else.
 */
#include <string.h>

#include "ctl.h"

#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 3600

/* Whose a card is, as the store knows it. */
struct whose {
	struct badge badge;		/* id 0: none */
	bool several;			/* the number means more than one badge */
	struct owner owner;		/* id 0: nobody's */
};

static int
whose_badge(struct ctl *c, struct whose *w, struct err *e)
{
	w->owner = (struct owner){ .id = 0 };
	if (w->badge.owner == 0)
		return 0;
	return store_owner_get(c->session.store, w->badge.owner, &w->owner, e) == -1 ? -1 : 0;
}

/* By its readings. A typed number is hashed with the key, as at a tap. */
static int
whose_readings(struct ctl *c, const struct readings *r, struct whose *w, struct err *e)
{
	enum badge_match how;
	bool learn;

	if (store_badge_match(c->session.store, r, &how, &w->badge, &learn, e) == -1)
		return -1;
	w->several = how == MATCH_AMBIGUOUS;
	return whose_badge(c, w, e);
}

/* "badge 3 of Kim Minjun, revoked". */
static void
whose_words(const struct whose *w, char *out, size_t size)
{
	const struct badge *b = &w->badge;
	const char *state = w->owner.removed ? ", who was removed" :
	    b->revoked_on != DAY_NONE ? ", revoked" : "";

	if (w->several)
		snprintf(out, size, "more than one badge");
	else if (b->id == 0)
		snprintf(out, size, "no badge yet");
	else if (b->preset != 0)
		snprintf(out, size, "badge %lld, a preset card", (long long)b->id);
	else if (b->owner == 0)
		snprintf(out, size, "badge %lld, nobody's yet", (long long)b->id);
	else
		snprintf(out, size, "badge %lld of %s%s", (long long)b->id, w->owner.name, state);
}

/* ---- every way a card's number is written ---- */

struct told {
	struct out *out;
	bool json;
	char card[CARD_TEXT];
	const struct whose *whose;
};

static void
put_whose(struct out *o, const struct whose *w)
{
	if (w->badge.id != 0)
		out_int(o, "badge", NULL, w->badge.id);
	else
		out_null(o, "badge", NULL);
	if (w->badge.owner != 0)
		out_int(o, "owner", NULL, w->badge.owner);
	else
		out_null(o, "owner", NULL);
}

static void
put_text(const struct told *t, const struct number_text *n, const char *text)
{
	out_object(t->out, NULL, NULL);
	out_text(t->out, "form", "--as", number_form_text(n->form));
	out_text(t->out, "number", "Number", text);
	out_text(t->out, NULL, "With zeros", n->padded);
	out_text(t->out, "what", "Made of", n->what);
	out_text(t->out, "card", NULL, t->card);
	put_whose(t->out, t->whose);
	out_end(t->out);
}

/* For people one line; in JSON the text with leading zeros is one of its own. */
static void
tell(void *arg, const struct number_text *n)
{
	const struct told *t = arg;

	put_text(t, n, n->text);
	if (t->json && n->padded[0] != '\0')
		put_text(t, n, n->padded);
}

static void
put_card(struct ctl *c, const struct card *card, const struct whose *w)
{
	struct told t = { .out = c->out, .json = c->json, .whose = w };
	const char *random = card_random(card);
	char words[NAME_SIZE + 80];

	card_text(card, t.card);
	out_list(c->out, NULL, NULL);
	badge_explain(card, tell, &t);
	out_end(c->out);
	whose_words(w, words, sizeof words);
	if (random != NULL)
		out_say(c->out, "This number cannot be a badge: %s.", random);
	else
		out_say(c->out, "It is %s. With the word under --as, badge add and import take "
		    "any of these.", words);
	explicit_bzero(t.card, sizeof t.card);
}

/* ---- a number that was typed ---- */

/* What the number means in that form: 1 with *card, 0 a part of one, -1 not of that
 * form. *w is filled for all but -1. */
static int
look_up(struct ctl *c, enum number_form f, const char *text, struct card *card, struct whose *w,
    struct err *e)
{
	struct readings r;
	struct card ignored;
	int rc = badge_card(f, text, card, e);

	*w = (struct whose){ .badge = { .id = 0 } };
	if (rc == -1)
		return -1;
	if (rc == 1) {
		badge_readings(c->session.key, card, &r);
		if (whose_readings(c, &r, w, e) == -1)
			return -1;
	}
	/* Or a number from a list that no card was tapped for yet. */
	if (w->badge.id == 0 && !w->several &&
	    badge_number(c->session.key, f, text, &ignored, &r, NULL) == 0 &&
	    whose_readings(c, &r, w, e) == -1)
		return -1;
	return rc;
}

/* In each form that it may be of: which card that is, and whose. */
static int
put_meanings(struct ctl *c, const char *text, struct err *e)
{
	char words[NAME_SIZE + 80], hex[CARD_TEXT];
	struct whose w;
	struct card card;
	bool any = false;

	out_list(c->out, NULL, NULL);
	for (int f = 0; f < FORM_COUNT; f++) {
		*e = (struct err){ .kind = ERR_NONE };
		int rc = look_up(c, (enum number_form)f, text, &card, &w, e);
		if (rc == -1 && e->kind != ERR_USAGE)
			return -1;
		if (rc == -1)
			continue;
		any = true;
		const char *random = rc == 1 ? card_random(&card) : NULL;
		whose_words(&w, words, sizeof words);
		out_object(c->out, NULL, NULL);
		out_text(c->out, "form", "If it is", number_form_text((enum number_form)f));
		out_text(c->out, "number", NULL, text);
		out_null(c->out, "what", NULL);
		out_text(c->out, "card", NULL, rc == 1 ? card_text(&card, hex) : NULL);
		out_text(c->out, NULL, "the card is", rc == 1 ? hex : "(a part of one)");
		out_text(c->out, NULL, "and that is", random != NULL ? "no badge, a phone's number" :
		    words);
		put_whose(c->out, &w);
		out_end(c->out);
	}
	out_end(c->out);
	if (!any)
		return err_set(e, ERR_USAGE, NUMBER_FORMS, "this is a badge number of no form");
	out_say(c->out, "All ways to write one of them: fridgectl badge explain NUMBER --as FORM");
	return 0;
}

static int
explain_number(struct ctl *c, const char *text, struct err *e)
{
	const char *as = ctl_value(c, "as");
	enum number_form form = FORM_UID;
	struct whose w;
	struct card card;

	if (as != NULL && number_form_parse(as, &form) == -1)
		return err_set(e, ERR_USAGE, NUMBER_FORMS, "--as does not know \"%s\"", as);
	/* Digits alone may be of several forms; letters are hex. */
	if (as == NULL && strpbrk(text, "abcdefABCDEF:") == NULL &&
	    badge_card(FORM_DEC, text, &card, NULL) == 1)
		return put_meanings(c, text, e);
	if (as == NULL && strpbrk(text, "/,") != NULL)
		return put_meanings(c, text, e);
	int rc = look_up(c, form, text, &card, &w, e);
	if (rc == -1)
		return -1;
	if (rc == 1) {
		put_card(c, &card, &w);
		explicit_bzero(&card, sizeof card);
		return 0;
	}
	char words[NAME_SIZE + 80];
	whose_words(&w, words, sizeof words);
	out_list(c->out, NULL, NULL);
	out_object(c->out, NULL, NULL);
	out_text(c->out, "form", "--as", number_form_text(form));
	out_text(c->out, "number", "Number", text);
	out_null(c->out, "what", NULL);
	out_null(c->out, "card", NULL);
	put_whose(c->out, &w);
	out_end(c->out);
	out_end(c->out);
	out_say(c->out, "It is a part of a card's number: %s. Tap the card to see the rest: "
	    "fridgectl badge explain", words);
	return 0;
}

/* ---- the next tap ---- */

int
ctl_wait_number(struct ctl *c, int timeout_s, struct card *out, struct wait_answer *a,
    struct err *e)
{
	struct wait wait = { .what = WAIT_EXPLAIN };
	struct seal *seal = seal_new(wait.seal);
	int rc = -1;

	if (seal == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	int got = ctl_wait_tap(c, &wait, "badge", timeout_s, a, e);
	if (got == 0)
		ctl_wait_failed(c, "badge", "read", timeout_s, e);
	else if (got == 1 && a->state == WAIT_REFUSED)
		err_set(e, ERR_REFUSED, NULL, "the badge was not read: %s", a->why);
	else if (got == 1 && (rc = seal_open(seal, a->sealed, out)) == -1)
		err_set(e, ERR_SYSTEM, ctl_service(c, "restart"),
		    "the number that fridged sent cannot be opened");
	seal_free(seal);
	return rc;
}

static int
explain_tap(struct ctl *c, int timeout_s, struct err *e)
{
	struct wait_answer a = { .state = WAIT_OPEN };
	struct whose w = { .badge = { .id = 0 } };
	struct card card;
	int rc = -1;

	if (ctl_wait_begin(c, e) == -1 || ctl_wait_number(c, timeout_s, &card, &a, e) == -1)
		return -1;
	if ((a.badge != 0 && store_badge_get(c->session.store, a.badge, &w.badge, e) == -1) ||
	    whose_badge(c, &w, e) == -1)
		goto done;
	put_card(c, &card, &w);
	rc = 0;
done:
	explicit_bzero(&card, sizeof card);
	return rc;
}

int
cmd_badge_explain(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	int timeout_s;

	if (ctl_value_int(c, "timeout", 1, TIMEOUT_MAX_S, TIMEOUT_S, &timeout_s, e) == -1)
		return -1;
	if (c->args == 0 && ctl_value(c, "as") != NULL)
		return err_set(e, ERR_USAGE, "fridgectl badge explain NUMBER --as FORM",
		    "--as says how NUMBER is written, and there is none");
	/* A tapped card is matched by fridged, which has the key. */
	if ((c->args > 0 && session_key(s, e) == -1) || session_become(s, e) == -1 ||
	    session_store(s, e) == -1)
		return -1;
	return c->args > 0 ? explain_number(c, c->arg[0], e) : explain_tap(c, timeout_s, e);
}
