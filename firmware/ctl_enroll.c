/* ctl_enroll.c - fridgectl enroll: a badge at the reader becomes a person's.
 *
 * With OWNER one tap does it all. Without, each tap asks whose the badge is; a piece
 * of a name is enough, and a new name can be added on the spot. The questions go to
 * standard error, the answers are lines of standard input, of a terminal or not.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "ctl.h"
#include "ctl_ask.h"

#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 3600

static int
next_tap(struct ctl *c, int64_t owner, int timeout_s, struct wait_answer *answer,
    struct err *e)
{
	struct wait wait = { .what = WAIT_ENROL, .owner = owner };

	return ctl_wait_tap(c, &wait, "badge", timeout_s, answer, e);
}

static int
told_nothing(const struct ctl *c, int timeout_s, struct err *e)
{
	return ctl_wait_failed(c, "badge", "enrolled", timeout_s, e);
}

/* " of Kim Minjun" where the badge that was refused is somebody's: fridged itself never
 * says a name. */
static void
whose(struct ctl *c, const struct wait_answer *a, char *out, size_t size)
{
	struct badge b = { .id = 0 };
	struct owner o = { .id = 0 };
	struct err ignored;

	out[0] = '\0';
	if (a->badge != 0 && store_badge_get(c->session.store, a->badge, &b, &ignored) == 1 &&
	    b.owner != 0 && store_owner_get(c->session.store, b.owner, &o, &ignored) == 1)
		snprintf(out, size, ", of %s", o.name);
}

/* With OWNER: fridged enrols the tapped badge and makes the first label. */
static int
enroll_one(struct ctl *c, const struct owner *owner, int timeout_s, struct err *e)
{
	struct wait_answer a = { .state = WAIT_OPEN };
	char of[NAME_SIZE + 8];
	struct badge badge;

	int rc = next_tap(c, owner->id, timeout_s, &a, e);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return told_nothing(c, timeout_s, e);
	if (a.state == WAIT_REFUSED) {
		whose(c, &a, of, sizeof of);
		return err_set(e, ERR_REFUSED, NULL, "the badge was not enrolled: %s%s", a.why, of);
	}
	rc = store_badge_get(c->session.store, a.badge, &badge, e);
	if (rc == 0)
		err_set(e, ERR_SYSTEM, "fridgectl badge list", "the new badge is gone again");
	if (rc != 1)
		return -1;
	fprintf(stderr, "%s has this badge now; the first label is coming.\n", owner->name);
	return ctl_badge_object(c, &badge, e);
}

/* Add a person of that name, if that is what is wanted. 1, 0 or -1. */
static int
offer_new(struct ctl *c, const char *name, struct owner *out, struct err *e)
{
	struct owner new = { .id = 0 };
	char question[NAME_SIZE + 64];

	if (words_name("name", name, new.name, e) == -1) {
		err_print("fridgectl", e);
		return 0;
	}
	snprintf(question, sizeof question, "Nobody is called \"%s\". Add this person?",
	    new.name);
	if (ask_yes(question, false) != 1)
		return 0;
	if (ctl_owner_new(c, &new, e) == -1)
		return -1;
	*out = new;
	return 1;
}

/* The person that a typed text means: exactly, or by a piece of the name. 1, 0 (ask
 * again) or -1. */
static int
who_is(struct ctl *c, const char *typed, struct owner *out, struct err *e)
{
	struct owner *found = NULL;
	size_t n = 0, kept = 0;
	char name[NAME_SIZE];
	int rc = 0;

	if (words_name("name", typed, name, e) == 0)
		typed = name;
	if (store_owner_find(c->session.store, typed, &found, &n, e) == -1)
		return -1;
	if (n == 0) {
		free(found);
		found = NULL;
		if (store_owners(c->session.store, false, &found, &n, e) == -1)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (words_contains(found[i].name, typed) ||
			    words_contains(found[i].label_name, typed) ||
			    words_contains(found[i].email, typed))
				found[kept++] = found[i];
		n = kept;
	}
	if (n == 1) {
		*out = found[0];
		rc = 1;
	} else if (n > 1) {
		row_sort_owners(found, n, c->session.config.fridge.language);
		fprintf(stderr, "That may be one of %zu; type more of the name, or the ID:\n", n);
		ctl_owner_choices(stderr, found, n);
	} else {
		rc = offer_new(c, typed, out, e);
	}
	free(found);
	return rc;
}

/* Ask until it is clear whose the badge is. 1; 0: skip it, or no more input; -1. */
static int
ask_owner(struct ctl *c, const struct wait_answer *a, struct owner *out, struct err *e)
{
	char question[120];
	int rc = 0;

	snprintf(question, sizeof question, "Badge %s (%s): whose is it? [empty: skip] ",
	    a->hint, badge_kind_text(a->kind));
	while (rc == 0 && !ctl_cancelled()) {
		char *typed = ask_line(question);
		if (typed == NULL || typed[strspn(typed, " \t")] == '\0') {
			free(typed);
			return 0;
		}
		rc = who_is(c, typed, out, e);
		free(typed);
	}
	return rc;
}

/* Give the tapped badge to its person, with a first label. */
static int
give(struct ctl *c, const struct wait_answer *a, const struct owner *owner, struct err *e)
{
	struct label_wish wish = { .owner = owner, .badge = a->badge, .copies = 1 };
	struct label_new new;
	struct preset preset;
	struct label label;
	struct badge badge;

	c->session.now = time(NULL);	/* an evening of enrolments may pass midnight */
	c->session.today = day_at(c->session.now);
	if (ctl_label_fill(c, &wish, &preset, &new, e) == -1 ||
	    store_enrol(c->session.store, &new, &label, &badge, e) == -1)
		return -1;
	fprintf(stderr, "%s has this badge now; the first label is coming.\n", owner->name);
	return ctl_badge_object(c, &badge, e);
}

/* Without OWNER: tap, say who, next. Badges enrolled before a failure stay so. */
static int
enroll_many(struct ctl *c, int timeout_s, struct err *e)
{
	size_t enrolled = 0;
	bool tapped = false;
	int rc;

	out_list(c->out, NULL, NULL);
	for (;;) {
		struct wait_answer a = { .state = WAIT_OPEN };
		char of[NAME_SIZE + 8];
		struct owner owner;
		rc = next_tap(c, 0, timeout_s, &a, e);
		if (rc != 1)
			break;
		if (a.state == WAIT_REFUSED) {
			whose(c, &a, of, sizeof of);
			fprintf(stderr, "Not this one: %s%s.\n", a.why, of);
			continue;
		}
		tapped = true;
		rc = ask_owner(c, &a, &owner, e);
		if (rc == 1 && give(c, &a, &owner, e) == 0)
			enrolled++;
		else if (rc == 1)
			err_print("fridgectl", e);
		if (rc == -1 || ctl_cancelled() || feof(stdin))
			break;
	}
	out_end(c->out);
	if (rc == -1)
		return -1;
	if (enrolled > 0)
		return 0;
	if (tapped && !ctl_cancelled())
		return err_set(e, ERR_REFUSED, "fridgectl badge unclaimed",
		    "no badge was enrolled: nobody said whose it is");
	return told_nothing(c, timeout_s, e);
}

int
cmd_enroll(struct ctl *c, struct err *e)
{
	struct owner owner;
	int timeout_s;

	if (ctl_value_int(c, "timeout", 1, TIMEOUT_MAX_S, TIMEOUT_S, &timeout_s, e) == -1)
		return -1;
	if (c->args > 0 && ctl_owner_find(c, c->arg[0], &owner, e) == -1)
		return -1;
	if (ctl_wait_begin(c, e) == -1)
		return -1;
	return c->args > 0 ? enroll_one(c, &owner, timeout_s, e)
	    : enroll_many(c, timeout_s, e);
}
