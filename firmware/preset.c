/* preset.c - see preset.h */
#include "preset.h"

#include <string.h>

/* What was asked for goes before the preset's, that before the person's, that before the
 * fridge's. The store's texts were checked when they were written. */
static void
choose_shelf(const struct config *c, const struct wish *w, struct shelf *out)
{
	*out = c->label.shelf;
	if (w->owner != NULL && w->owner->shelf[0] != '\0')
		shelf_parse(w->owner->shelf, out, NULL);
	if (w->preset != NULL && w->preset->shelf[0] != '\0')
		shelf_parse(w->preset->shelf, out, NULL);
	if (w->shelf != NULL)
		*out = *w->shelf;
}

void
preset_fill(const struct config *c, const struct wish *w, char boot[static BOOT_ID_SIZE],
    struct label_new *out)
{
	const struct preset *p = w->preset;
	bool owned = w->owner != NULL && (p == NULL || p->owner != PRESET_NONE);

	*out = (struct label_new){
		.owner = owned ? w->owner->id : 0,
		.preset = p != NULL ? p->id : 0,
		.title = p != NULL ? p->title : "",
		.template = p != NULL ? p->template : "",	/* "": the fridge's, whichever then */
		.place = p != NULL && p->place[0] != '\0' ? p->place : PLACE_DEFAULT,
		.stored_on = w->today, .expires_on = DAY_NONE, .copies = 1,
		.now = w->now, .today = w->today != DAY_NONE ? w->today : day_at(w->now),
		.boot_ms = clock_boot_ms(), .boot_id = boot,
	};
	if (p != NULL && p->owner == PRESET_TEAM && p->title[0] == '\0' && owned)
		out->title = w->owner->group;
	clock_boot_id(boot);
	choose_shelf(c, w, &out->shelf);
	if (w->today != DAY_NONE)
		out->expires_on = shelf_expires(&out->shelf, w->today);
}

bool
preset_wants_badge(const struct preset *p)
{
	return !p->empties && p->owner != PRESET_NONE;
}

/* Small letters, so that a name is typed without thinking, and is a bare word. */
static bool
is_plain(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

int
preset_check(struct preset *p, struct err *e)
{
	struct shelf shelf;
	char title[NAME_SIZE];

	if (p->name[0] == '\0' || !is_plain(p->name))
		return err_set(e, ERR_USAGE, "a-z, 0-9, - and _, at most 32",
		    "\"%s\" is no name for a preset", p->name);
	if (p->name[strspn(p->name, "0123456789")] == '\0')
		return err_set(e, ERR_USAGE, "add a letter", "a preset's name is not a number alone");
	if (p->shelf[0] != '\0' && shelf_parse(p->shelf, &shelf, e) == -1)
		return -1;
	if (p->title[0] != '\0') {
		if (words_name("title", p->title, title, e) == -1)
			return -1;
		memcpy(p->title, title, sizeof p->title);
	}
	if (strpbrk(p->template, "/\\ ") != NULL || p->template[0] == '.')
		return err_set(e, ERR_USAGE, "fridgectl template list",
		    "\"%s\" is no name of a template", p->template);
	if (!is_plain(p->place))
		return err_set(e, ERR_USAGE, "a-z, 0-9, - and _, such as freezer",
		    "\"%s\" is no name of a place", p->place);
	return 0;
}
