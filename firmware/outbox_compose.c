/* outbox_compose.c - a print's row becomes a line for the printer helper. */
#include "outbox_impl.h"

#include <stdio.h>
#include <string.h>

#include "recovery.h"
#include "secret.h"

#define GUEST_TEMPLATE "guest"
/* Codes on a slip: what a line has room for beside the longest names. The slip says how
 * many labels there are in any case. */
#define SLIP_CODES_SIZE 1500

void
compose_setup(const struct config *c, struct proto_line *out)
{
	struct template_dirs dirs;
	char joined[PROTO_LINE] = "";
	char media[MEDIA_TEXT], rotate[12];
	size_t n = 0;

	config_templates(c, &dirs);
	for (const char *const *dir = dirs.list; *dir != NULL && n < sizeof joined; dir++)
		n += (size_t)snprintf(joined + n, sizeof joined - n, "%s%s", n > 0 ? "," : "", *dir);
	if (c->printer.rotate == -1)
		snprintf(rotate, sizeof rotate, "auto");
	else
		snprintf(rotate, sizeof rotate, "%d", c->printer.rotate);

	proto_start(out, "setup");
	proto_pair(out, "queue", c->printer.queue);
	proto_pair(out, "media", media_text(&c->printer.media, media));
	proto_pair(out, "rotate", rotate);
	proto_pair(out, "language", c->printer.language);
	proto_pair_int(out, "red", c->printer.red);
	proto_pair(out, "templates", joined);
	proto_pair(out, "qr", c->label.qr);
}

/* What the line says of a label, and how much of it: the longest names allowed,
 * each byte percent-encoded, do not all fit into one line. */
struct sayings {
	const struct config *config;
	const struct label *label;
	const struct owner *owner;	/* id 0, texts "": a guest, or somebody who left */
	char name[2 * NAME_SIZE];
};
enum detail { EVERYTHING, NO_GROUP, NO_TITLE, LEAST };

static void
say_label(struct proto_line *out, const struct sayings *s, enum detail detail)
{
	const struct label *l = s->label;
	const struct config *c = s->config;
	const char *template = c->label.template;
	char code[sizeof c->fridge.code + CODE_SIZE + 1], day[DAY_TEXT];

	if (l->template[0] != '\0')
		template = l->template;
	else if (s->owner->id == 0 && l->preset[0] == '\0')
		template = GUEST_TEMPLATE;
	snprintf(code, sizeof code, "%s%s%s", c->fridge.code,
	    c->fridge.code[0] != '\0' ? "-" : "", l->code);

	proto_pair(out, "template", template);
	proto_pair(out, "lang", s->owner->lang[0] != '\0' ? s->owner->lang : c->fridge.language);
	proto_pair(out, "owner", s->name);
	proto_pair(out, "group", detail < NO_GROUP ? s->owner->group : "");
	proto_pair(out, "title", detail < NO_TITLE ? l->title : "");
	proto_pair(out, "fridge", c->fridge.name);
	proto_pair(out, "code", code);
	/* A card that is kept and nobody's: the office can give it to its person. */
	proto_pair(out, "claim", l->owner == 0 && l->badge != 0 ? code : "");
	proto_pair(out, "stored", day_text(l->stored_on, day));
	proto_pair(out, "expires", day_text(l->expires_on, day));
	proto_pair(out, "qr", detail < LEAST ? c->label.qr : "");
}

static void
say_print(struct proto_line *out, const char *store, const struct print *p,
    const struct hand_over *how)
{
	char name[100];

	snprintf(name, sizeof name, "fridge-%s-%lld-%d", store, (long long)p->id, how->attempt);
	proto_start(out, "print");
	proto_pair_int(out, "id", p->id);
	proto_pair(out, "name", name);
	proto_pair_int(out, "find", how->find);
	if (how->only_look)
		proto_pair_int(out, "only", 1);
	proto_pair_int(out, "copies", p->copies);
}

static int
too_long(struct err *e)
{
	err_set(e, ERR_REFUSED, "shorten the fridge's name", "its texts are too long");
	return 0;
}

static int
compose_label(struct store *s, const struct config *c, const struct print *p,
    const struct hand_over *how, struct proto_line *out, struct err *e)
{
	struct label label;
	struct owner owner = { 0 };
	struct sayings say = { .config = c, .label = &label, .owner = &owner };
	int found;

	if ((found = store_label_get(s, p->label, &label, e)) == -1)
		return -1;
	if (found == 0) {
		err_set(e, ERR_REFUSED, NULL, "its label is not in the store");
		return 0;
	}
	if (label.owner != 0) {
		if ((found = store_owner_get(s, label.owner, &owner, e)) == -1)
			return -1;
		if (owner.removed)
			owner = (struct owner){ 0 };
		if (owner.id != 0 && store_owner_print_name(s, &owner, say.name, e) == -1)
			return -1;
	}
	for (enum detail detail = EVERYTHING; detail <= LEAST; detail++) {
		say_print(out, store_id(s), p, how);
		say_label(out, &say, detail);
		if (out->ok)
			return 1;
	}
	return too_long(e);
}

/* ---- slips, signs, faces of cards ---- */

/* What stands on one, besides the fridge's name. */
struct sheet_says {
	const char *template;
	day_t day;
	bool time;			/* of the emptying */
	char count[24], codes[SLIP_CODES_SIZE];
	struct preset preset;		/* id 0: none */
};

/* The weekday of the emptyings as some day that is one; none if they are daily. */
static day_t
emptying_weekday(const struct config *c)
{
	const day_t a_monday = 4;	/* 1970-01-05 */

	return c->report.empty.how == EMPTY_WEEKLY ? a_monday + (day_t)c->report.empty.weekday :
	    DAY_NONE;
}

/* The slip of an emptying that was, or of one that is to come. */
static int
slip_says(struct store *s, const struct print *p, struct sheet_says *out, struct err *e)
{
	struct emptying done;
	int64_t n;

	out->day = p->sheet.day;
	out->time = p->sheet.emptying == 0;
	if (p->sheet.emptying != 0) {
		int found = store_emptying_get(s, p->sheet.emptying, &done, e);
		if (found != 1)
			return found;
		out->template = "done";
		n = done.labels;
	} else if (store_due_codes(s, p->sheet.place, out->day, out->codes, sizeof out->codes, &n,
	    e) == -1) {
		return -1;
	}
	snprintf(out->count, sizeof out->count, "%lld", (long long)n);
	return 1;
}

/* The code is in no row: it is read when its label is printed. */
static int
recovery_says(const struct config *c, const struct print *p, struct sheet_says *out,
    struct err *e)
{
	struct recovery_code code;

	out->day = p->sheet.day;
	if (recovery_load(c->store.key_file, &code, NULL) == -1) {
		err_set(e, ERR_REFUSED, NULL, "fridged has no recovery code, it takes it in when it "
		    "starts: sudo systemctl restart fridged");
		return 0;
	}
	snprintf(out->codes, sizeof out->codes, "%s", code.text);
	recovery_wipe(&code);
	return 1;
}

/* 1, or 0 with *e: it cannot be printed, now or ever. */
static int
sheet_says(struct store *s, const struct config *c, const struct print *p,
    struct sheet_says *out, struct err *e)
{
	static const char *const TEMPLATES[] = {
		[PRINT_LABEL] = "standard", [PRINT_SLIP] = "slip", [PRINT_SIGN] = "sign",
		[PRINT_TEST] = "test",
	};

	*out = (struct sheet_says){ .template = TEMPLATES[p->kind], .day = DAY_NONE };
	if (p->sheet.template[0] != '\0')
		out->template = p->sheet.template;
	if (strcmp(out->template, RECOVERY_TEMPLATE) == 0)
		return recovery_says(c, p, out, e);
	int found = 1;
	if (p->kind == PRINT_SLIP) {
		found = slip_says(s, p, out, e);
	} else if (p->sheet.preset[0] != '\0') {
		found = store_preset_find(s, p->sheet.preset, &out->preset, e);
	} else if (p->kind == PRINT_SIGN) {
		out->day = emptying_weekday(c);
		out->time = true;
	}
	if (found == 0)
		err_set(e, ERR_REFUSED, NULL, "what it was about is not in the store any more");
	return found;
}

static int
compose_sheet(struct store *s, const struct config *c, const struct print *p,
    const struct hand_over *how, struct proto_line *out, struct err *e)
{
	struct sheet_says says;
	const struct preset *preset = &says.preset;
	char day[DAY_TEXT], time[8] = "";
	const char *place = p->sheet.place;
	int found = sheet_says(s, c, p, &says, e);

	if (found != 1)
		return found;
	if (says.time && c->report.empty.how != EMPTY_NEVER)
		snprintf(time, sizeof time, "%02d:%02d", c->report.empty.hour % 24,
		    c->report.empty.minute % 60);
	if (preset->id != 0)
		place = preset->place;
	say_print(out, store_id(s), p, how);
	proto_pair(out, "template", says.template);
	proto_pair(out, "lang", c->fridge.language);
	proto_pair(out, "fridge", c->fridge.name);
	/* The usual place goes without saying. */
	proto_pair(out, "place", strcmp(place, PLACE_DEFAULT) == 0 ? "" : place);
	proto_pair(out, "expires", day_text(says.day, day));
	proto_pair(out, "time", time);
	proto_pair(out, "count", says.count);
	proto_pair(out, "codes", says.codes);
	secret_wipe(says.codes, sizeof says.codes);	/* it may be the recovery code */
	proto_pair(out, "preset", preset->name);
	proto_pair(out, "title", preset->title);
	proto_pair(out, "shelf", preset->shelf);
	proto_pair(out, "buzzer", c->indicator.buzzer);
	return out->ok ? 1 : too_long(e);
}

int
compose_print(struct store *s, const struct config *c, const struct print *p,
    const struct hand_over *how, struct proto_line *out, struct err *e)
{
	return p->kind == PRINT_LABEL ? compose_label(s, c, p, how, out, e) :
	    compose_sheet(s, c, p, how, out, e);
}
