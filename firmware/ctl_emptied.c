/* ctl_emptied.c - fridgectl emptied: the same as the card on the door, from a desk. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

/* Whether there is such a place: a preset's, or that of a label that is in. The names of
 * all go to todo. */
static int
place_exists(struct ctl *c, const char *place, char *todo, size_t size, struct err *e)
{
	struct preset *all = NULL;
	struct label *labels = NULL;
	size_t n = 0, nl = 0;
	struct label_query q = { .expires_until = DAY_NONE };
	bool found = strcmp(place, PLACE_DEFAULT) == 0;
	int rc = -1;

	if (store_presets(c->session.store, &all, &n, e) == -1 ||
	    store_labels(c->session.store, &q, &labels, &nl, e) == -1)
		goto done;
	size_t len = (size_t)snprintf(todo, size, "%s", PLACE_DEFAULT);
	for (size_t i = 0; i < n; i++) {
		bool named = strcmp(all[i].place, PLACE_DEFAULT) == 0;
		found = found || strcmp(all[i].place, place) == 0;
		for (size_t k = 0; k < i && !named; k++)
			named = strcmp(all[k].place, all[i].place) == 0;
		if (!named && len < size)
			len += (size_t)snprintf(todo + len, size - len, ", %s", all[i].place);
	}
	for (size_t i = 0; i < nl && !found; i++)
		found = strcmp(labels[i].place, place) == 0;
	rc = found;
done:
	free(all);
	free(labels);
	return rc;
}

static void
show_emptying(struct ctl *c, const struct emptying *m, const struct label *labels, size_t n)
{
	char code[ROW_CODE_SIZE];

	out_object(c->out, NULL, NULL);
	out_int(c->out, "id", NULL, m->id);
	out_text(c->out, "place", NULL, m->place);
	out_day(c->out, "emptied_on", NULL, m->on_day);
	out_int(c->out, "count", NULL, m->labels);
	out_list(c->out, "codes", NULL);
	for (size_t i = 0; i < n; i++)
		out_text(c->out, NULL, NULL, row_code(c->session.config.fridge.code,
		    labels[i].code, code));
	out_end(c->out);
	out_bool(c->out, "undone", NULL, m->undone);
	out_end(c->out);
}

/* The codes for people, some a line. */
static void
say_codes(struct ctl *c, const struct label *labels, size_t n)
{
	enum { A_LINE = 8 };
	char line[A_LINE * (ROW_CODE_SIZE + 1) + 4], code[ROW_CODE_SIZE];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		len += (size_t)snprintf(line + len, sizeof line - len, "  %s",
		    row_code(c->session.config.fridge.code, labels[i].code, code));
		if ((i + 1) % A_LINE == 0 || i + 1 == n) {
			out_say(c->out, "%s", line);
			len = 0;
		}
	}
}

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

static int
take_back(struct ctl *c, const char *place, struct err *e)
{
	struct store *store = c->session.store;
	struct label *labels = NULL;
	struct emptying m;
	char day[DAY_TEXT];
	size_t n = 0;

	int got = store_emptying_newest(store, place, &m, e);
	if (got == 0)
		return err_set(e, ERR_REFUSED, "fridgectl label list --all",
		    "no emptying threw anything away");
	if (got == -1 || store_emptying_labels(store, m.id, &labels, &n, e) == -1)
		return -1;
	if (store_empty_undo(store, m.id, e) == -1) {
		free(labels);
		return -1;
	}
	m.undone = true;
	show_emptying(c, &m, labels, n);
	out_say(c->out, "The emptying of %s on %s is taken back: %zu label%s in again.", m.place,
	    day_text(m.on_day, day), n, n == 1 ? " is" : "s are");
	say_codes(c, labels, n);
	free(labels);
	return 0;
}

static int
empty_place(struct ctl *c, const char *place, struct err *e)
{
	struct session *s = &c->session;
	bool silent = ctl_value(c, "no-slip") != NULL;
	struct sheet_of slip = { .template = "done", .day = s->today };
	struct label *labels = NULL;
	char boot[BOOT_ID_SIZE];
	struct emptying m;
	size_t n = 0;

	const char *doubt = session_clock_doubt(s);
	if (doubt != NULL)
		return err_set(e, ERR_REFUSED, "sudo fridgectl clock confirm, if it is right; or: "
		    "fridgectl label close CODE discarded",
		    "what is due depends on the day, and the clock is doubted: %s", doubt);
	snprintf(slip.place, sizeof slip.place, "%s", place);
	clock_boot_id(boot);
	if (store_empty(s->store, place, s->today, BY_ADMIN, silent ? NULL : &slip, s->now, boot,
	    clock_boot_ms(), &m, e) == -1 ||
	    store_emptying_labels(s->store, m.id, &labels, &n, e) == -1)
		return -1;
	if (!silent)
		ctl_note_fridged(c);
	show_emptying(c, &m, labels, n);
	if (m.labels == 0)
		out_say(c->out, "Nothing was due in the %s.", place);
	else
		out_say(c->out, "%lld label%s of the %s discarded. By mistake? "
		    "fridgectl emptied --undo", (long long)m.labels, plural(m.labels), place);
	say_codes(c, labels, n);
	free(labels);
	return 0;
}

int
cmd_emptied(struct ctl *c, struct err *e)
{
	const char *place = c->args > 0 ? c->arg[0] : NULL;
	char todo[160] = "";

	if (place != NULL) {
		int got = place_exists(c, place, todo, sizeof todo, e);
		if (got == -1)
			return -1;
		if (got == 0)
			return err_set(e, ERR_REFUSED, todo, "there is no place \"%s\"", place);
	}
	if (ctl_value(c, "undo") != NULL)
		return take_back(c, place, e);
	return empty_place(c, place != NULL ? place : PLACE_DEFAULT, e);
}
