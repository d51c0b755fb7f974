/* outbox_compose.c - a print's row becomes a line for the printer helper. */
#include "outbox_impl.h"

#include <stdio.h>
#include <string.h>

#define GUEST_TEMPLATE "guest"

/* "62x29mm", "62xMAX100mm", "" to ask the queue: as in the configuration. */
static void
media_text(const struct media *m, char *out, size_t size)
{
	if (m->width == 0)
		out[0] = '\0';
	else
		snprintf(out, size, "%gx%s%gmm", m->width / 100.0, m->roll ? "MAX" : "",
		    m->length / 100.0);
}

void
compose_setup(const struct config *c, struct proto_line *out)
{
	struct template_dirs dirs;
	char joined[PROTO_LINE] = "";
	char media[40], rotate[12];
	size_t n = 0;

	config_templates(c, &dirs);
	for (const char *const *dir = dirs.list; *dir != NULL && n < sizeof joined; dir++)
		n += (size_t)snprintf(joined + n, sizeof joined - n, "%s%s", n > 0 ? "," : "", *dir);
	media_text(&c->printer.media, media, sizeof media);
	if (c->printer.rotate == -1)
		snprintf(rotate, sizeof rotate, "auto");
	else
		snprintf(rotate, sizeof rotate, "%d", c->printer.rotate);

	proto_start(out, "setup");
	proto_pair(out, "queue", c->printer.queue);
	proto_pair(out, "media", media);
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
	const struct owner *owner;	/* its texts are "" for a guest */
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
	else if (l->owner == 0 && l->preset[0] == '\0')
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

int
compose_print(struct store *s, const struct config *c, const struct print *p,
    const struct hand_over *how, struct proto_line *out, struct err *e)
{
	struct label label;
	struct owner owner = { 0 };
	struct sayings say = { .config = c, .label = &label, .owner = &owner };
	int found;

	if (p->kind != PRINT_LABEL || p->label == 0) {
		err_set(e, ERR_REFUSED, NULL, "only labels can be printed");
		return 0;
	}
	if ((found = store_label_get(s, p->label, &label, e)) == -1)
		return -1;
	if (found == 0) {
		err_set(e, ERR_REFUSED, NULL, "its label is not in the store");
		return 0;
	}
	if (label.owner != 0) {
		if ((found = store_owner_get(s, label.owner, &owner, e)) == -1)
			return -1;
		if (found == 1 && store_owner_print_name(s, &owner, say.name, e) == -1)
			return -1;
	}
	for (enum detail detail = EVERYTHING; detail <= LEAST; detail++) {
		say_print(out, store_id(s), p, how);
		say_label(out, &say, detail);
		if (out->ok)
			return 1;
	}
	err_set(e, ERR_REFUSED, "shorten the fridge's name", "its texts are too long");
	return 0;
}
