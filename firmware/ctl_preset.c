/* ctl_preset.c - fridgectl preset …: what a plain card on the door makes of a label. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "preset.h"

#define TIMEOUT_S 60
#define TIMEOUT_MAX_S 3600

/* ---- as an answer ---- */

/* The numbers of those of the cards that are the preset's: "4, 9", "" for none. */
static void
card_numbers(const struct badge *cards, size_t n, int64_t preset, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && len < size; i++)
		if (cards[i].preset == preset)
			len += (size_t)snprintf(out + len, size - len, "%s%lld", len > 0 ? ", " : "",
			    (long long)cards[i].id);
}

/* As it is said everywhere, "7d", not as it was typed. */
static void
write_shelf(struct preset *p)
{
	struct shelf shelf;

	if (p->shelf[0] == '\0' || shelf_parse(p->shelf, &shelf, NULL) == -1)
		return;
	if (shelf.is_weekday)
		snprintf(p->shelf, sizeof p->shelf, "%s", weekday_text(shelf.weekday));
	else
		snprintf(p->shelf, sizeof p->shelf, "%dd", shelf.days);
}

static void
put_preset(struct ctl *c, const struct preset *p, const struct badge *cards, size_t n)
{
	struct preset said = *p;
	char numbers[120];

	write_shelf(&said);
	out_object(c->out, NULL, NULL);
	out_int(c->out, "id", NULL, p->id);
	out_text(c->out, "name", "Name", p->name);
	out_text(c->out, "shelf", NULL, p->shelf);
	out_text(c->out, NULL, "Shelf", said.shelf);
	out_text(c->out, "title", "Title", p->title);
	out_text(c->out, "template", "Template", p->template);
	out_text(c->out, "owner", NULL, preset_owner_text(p->owner));
	out_text(c->out, NULL, "For", p->empties ? "(emptied)" : preset_owner_text(p->owner));
	out_text(c->out, "place", "Place", p->place);
	out_list(c->out, "cards", NULL);
	for (size_t i = 0; i < n; i++)
		if (cards[i].preset == p->id)
			out_int(c->out, NULL, NULL, cards[i].id);
	out_end(c->out);
	card_numbers(cards, n, p->id, numbers, sizeof numbers);
	out_text(c->out, NULL, "Cards", numbers);
	out_end(c->out);
}

static int
show_preset(struct ctl *c, const struct preset *p, struct err *e)
{
	struct badge *cards = NULL;
	size_t n = 0;

	if (store_badges_preset(c->session.store, p->id, &cards, &n, e) == -1)
		return -1;
	put_preset(c, p, cards, n);
	if (n > 0)
		out_say(c->out, "To take a card off: fridgectl badge revoke %lld",
		    (long long)cards[0].id);
	else
		out_say(c->out, "To make a card for it: fridgectl preset card %s", p->name);
	free(cards);
	return 0;
}

int
cmd_preset_list(struct ctl *c, struct err *e)
{
	struct preset *all = NULL;
	struct badge *cards = NULL;
	size_t n = 0, nc = 0;
	int rc = -1;

	if (store_presets(c->session.store, &all, &n, e) == -1 ||
	    store_badges_preset(c->session.store, 0, &cards, &nc, e) == -1)
		goto done;
	out_list(c->out, NULL, NULL);
	for (size_t i = 0; i < n; i++)
		put_preset(c, &all[i], cards, nc);
	out_end(c->out);
	if (n == 0)
		out_say(c->out, "There is no preset. Add one: fridgectl preset add NAME");
	rc = 0;
done:
	free(all);
	free(cards);
	return rc;
}

int
cmd_preset_show(struct ctl *c, struct err *e)
{
	struct preset p;

	return ctl_preset_find(c, c->arg[0], &p, e) == -1 ? -1 : show_preset(c, &p, e);
}

/* ---- as typed ---- */

static int
take_text(const char *what, const char *typed, char *out, size_t size, struct err *e)
{
	if (strlen(typed) >= size)
		return err_set(e, ERR_USAGE, NULL, "the %s has at most %zu bytes", what, size - 1);
	snprintf(out, size, "%s", typed);
	return 0;
}

/* A template of that name must be there now, or every label of the preset would come
 * out plain. */
static int
check_template(struct ctl *c, const char *name, struct err *e)
{
	struct helped h = { .out = NULL };
	bool found = false;
	int rc = ctl_templates(c, &h, e);
	char *rest = rc == 0 ? h.out : NULL, *line;
	while ((line = strsep(&rest, "\n")) != NULL)
		found = found || strcmp(line, name) == 0;
	helped_free(&h);
	if (rc == 0 && !found)
		return err_set(e, ERR_REFUSED, "fridgectl template list",
		    "there is no template \"%s\"", name);
	return rc;
}

static int
take_owner(const char *typed, enum preset_owner *out, struct err *e)
{
	if (preset_owner_parse(typed, out) == -1)
		return err_set(e, ERR_USAGE, "self, team, everyone or none",
		    "--for does not know \"%s\"", typed);
	return 0;
}

/* What the options say, over what is in *p. Empty texts mean: as usual. */
static int
take_options(struct ctl *c, struct preset *p, struct err *e)
{
	const struct {
		const char *option, *what;
		char *field;
		size_t size;
	} TEXTS[] = {
		{ "shelf", "shelf", p->shelf, sizeof p->shelf },
		{ "title", "title", p->title, sizeof p->title },
		{ "template", "template's name", p->template, sizeof p->template },
		{ "place", "place's name", p->place, sizeof p->place },
	};
	const char *whose = ctl_value(c, "for"), *template = ctl_value(c, "template");

	for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
		const char *typed = ctl_value(c, TEXTS[i].option);
		if (typed == NULL)
			continue;
		if (p->empties && strcmp(TEXTS[i].option, "place") != 0)
			return err_set(e, ERR_REFUSED, NULL,
			    "a card that empties makes no label: it has no --%s", TEXTS[i].option);
		if (take_text(TEXTS[i].what, typed, TEXTS[i].field, TEXTS[i].size, e) == -1)
			return -1;
	}
	if (whose != NULL && p->empties)
		return err_set(e, ERR_REFUSED, NULL,
		    "a card that empties makes no label: it has no --for");
	if (whose != NULL && take_owner(whose, &p->owner, e) == -1)
		return -1;
	if (p->place[0] == '\0')
		snprintf(p->place, sizeof p->place, "%s", PLACE_DEFAULT);
	if (preset_check(p, e) == -1)
		return -1;
	write_shelf(p);
	return template != NULL && template[0] != '\0' ? check_template(c, template, e) : 0;
}

int
cmd_preset_add(struct ctl *c, struct err *e)
{
	struct preset p = { .owner = PRESET_SELF, .empties = ctl_value(c, "empties") != NULL };

	if (p.empties)
		p.owner = PRESET_NONE;
	if (take_text("preset's name", c->arg[0], p.name, sizeof p.name, e) == -1 ||
	    take_options(c, &p, e) == -1 || store_preset_add(c->session.store, &p, e) == -1)
		return -1;
	return show_preset(c, &p, e);
}

int
cmd_preset_edit(struct ctl *c, struct err *e)
{
	const char *name = ctl_value(c, "name");
	bool asked = false;
	struct preset p;

	for (size_t i = 0; i < CTL_OPTIONS_MAX; i++)
		asked = asked || c->value[i] != NULL;
	if (!asked)
		return err_set(e, ERR_USAGE, "fridgectl preset edit --help",
		    "it must be said what to change");
	if (ctl_preset_find(c, c->arg[0], &p, e) == -1)
		return -1;
	struct preset was = p;
	if ((name != NULL && take_text("preset's name", name, p.name, sizeof p.name, e) == -1) ||
	    take_options(c, &p, e) == -1 || store_preset_edit(c->session.store, &p, e) == -1)
		return -1;
	if (show_preset(c, &p, e) == -1)
		return -1;
	/* Its cards go on working; what is printed on them may not be true any more. */
	if (memcmp(&was, &p, sizeof p) != 0)
		out_say(c->out, "A card says what it was when it was made. A new face: "
		    "fridgectl preset card %s, with the same card", p.name);
	return 0;
}

int
cmd_preset_remove(struct ctl *c, struct err *e)
{
	struct badge *cards = NULL;
	struct preset p;
	int64_t gone = 0;
	size_t n = 0;

	if (ctl_preset_find(c, c->arg[0], &p, e) == -1 ||
	    store_badges_preset(c->session.store, p.id, &cards, &n, e) == -1)
		return -1;
	int rc = store_preset_remove(c->session.store, p.id, &gone, e);
	if (rc == 0) {
		put_preset(c, &p, cards, n);
		out_say(c->out, "The preset %s is gone%s. Labels made by it stay.", p.name,
		    gone == 0 ? "" : gone == 1 ? ", and its card is a plain card again" :
		    ", and its cards are plain cards again");
	}
	free(cards);
	return rc;
}

/* ---- its card ---- */

/* What is printed to be stuck on the card. */
static int
print_face(struct ctl *c, const struct preset *p, struct err *e)
{
	struct session *s = &c->session;
	struct sheet_of sheet = { .day = DAY_NONE };
	char boot[BOOT_ID_SIZE];
	int64_t print;

	snprintf(sheet.template, sizeof sheet.template, "%s",
	    p->empties ? "emptied" : preset_wants_badge(p) ? "card" : "card-alone");
	snprintf(sheet.preset, sizeof sheet.preset, "%s", p->name);
	snprintf(sheet.place, sizeof sheet.place, "%s", p->place);
	clock_boot_id(boot);
	return store_print_add(s->store, PRINT_SIGN, &sheet, 1, s->now, boot, clock_boot_ms(),
	    &print, e);
}

/* The card with that number: 0 or -1. */
static int
card_by_number(struct ctl *c, const struct preset *p, const char *uid, struct badge *out,
    struct err *e)
{
	struct session *s = &c->session;
	struct readings readings;
	struct card card;

	if (badge_number(s->key, FORM_UID, uid, &card, &readings, e) == -1)
		return -1;
	return store_preset_card(s->store, p->id, card.kind, &readings, s->today, out, e);
}

static int
card_by_tap(struct ctl *c, const struct preset *p, int timeout_s, struct badge *out,
    struct err *e)
{
	struct wait wait = { .what = WAIT_PRESET, .preset = p->id };
	struct wait_answer a = { .state = WAIT_OPEN };

	if (ctl_wait_begin(c, e) == -1)
		return -1;
	int rc = ctl_wait_tap(c, &wait, "card", timeout_s, &a, e);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return ctl_wait_failed(c, "card", "enrolled", timeout_s, e);
	if (a.state == WAIT_REFUSED)
		return err_set(e, ERR_REFUSED, NULL, "the card was not taken: %s", a.why);
	rc = store_badge_get(c->session.store, a.badge, out, e);
	if (rc == 0)
		err_set(e, ERR_SYSTEM, "fridgectl preset list", "the new card is gone again");
	return rc == 1 ? 0 : -1;
}

int
cmd_preset_card(struct ctl *c, struct err *e)
{
	const char *uid = ctl_value(c, "uid");
	struct session *s = &c->session;
	struct badge card;
	struct preset p;
	int timeout_s;

	if (ctl_value_int(c, "timeout", 1, TIMEOUT_MAX_S, TIMEOUT_S, &timeout_s, e) == -1)
		return -1;
	/* A tapped card is hashed by fridged, which has the key. */
	if (uid != NULL && session_key(s, e) == -1)
		return -1;
	if (session_become(s, e) == -1 || session_store(s, e) == -1 ||
	    ctl_preset_find(c, c->arg[0], &p, e) == -1)
		return -1;
	if ((uid != NULL ? card_by_number(c, &p, uid, &card, e) :
	    card_by_tap(c, &p, timeout_s, &card, e)) == -1)
		return -1;
	if (ctl_value(c, "no-face") == NULL) {
		if (print_face(c, &p, e) == -1)
			return -1;
		fputs("The card works now. Its face comes out of the printer: stick it on.\n",
		    stderr);
		ctl_note_fridged(c);
	}
	return ctl_badge_object(c, &card, e);
}
