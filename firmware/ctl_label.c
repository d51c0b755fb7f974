/* ctl_label.c - fridgectl label … */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "preset.h"

#define COPIES_MAX 99
#define WAIT_MAX_S 86400
#define LOOK_MS 100		/* between two looks at a print */

static int
no_such_preset(struct ctl *c, const char *name, struct err *e)
{
	/* Those every store begins with, as far as they are still there. */
	static const char *const SHIPPED[] = {
		"today", "freezer", "team", "everyone", "guest", "found",
	};
	char todo[160];
	size_t n = 0;

	todo[0] = '\0';
	for (size_t i = 0; i < sizeof SHIPPED / sizeof SHIPPED[0]; i++) {
		struct preset p;
		struct err ignored;
		if (store_preset_find(c->session.store, SHIPPED[i], &p, &ignored) == 1)
			n += (size_t)snprintf(todo + n, sizeof todo - n, "%s%s",
			    n == 0 ? "one such as " : ", ", SHIPPED[i]);
	}
	return err_set(e, ERR_REFUSED, todo, "there is no preset \"%s\"", name);
}

int
ctl_preset_find(struct ctl *c, const char *name, struct preset *out, struct err *e)
{
	int got = store_preset_find(c->session.store, name, out, e);

	return got == 0 ? no_such_preset(c, name, e) : got == -1 ? -1 : 0;
}

int
ctl_label_fill(struct ctl *c, const struct label_wish *w, struct preset *preset,
    struct label_new *out, struct err *e)
{
	static char boot_id[BOOT_ID_SIZE];	/* one machine, one boot */
	struct session *s = &c->session;
	struct wish wish = { .owner = w->owner, .today = s->today, .now = s->now };
	struct shelf shelf;

	*preset = (struct preset){ .id = 0 };
	if (w->preset != NULL) {
		if (ctl_preset_find(c, w->preset, preset, e) == -1)
			return -1;
		if (preset->empties)
			return err_set(e, ERR_REFUSED, "fridgectl emptied",
			    "the preset \"%s\" makes no label", preset->name);
		wish.preset = preset;
	}
	if (w->shelf != NULL) {
		if (shelf_parse(w->shelf, &shelf, e) == -1)
			return -1;
		wish.shelf = &shelf;
	}
	const char *doubt = session_clock_doubt(s);
	if (doubt != NULL) {
		fprintf(stderr, "fridgectl: the label comes without dates: %s\n", doubt);
		wish.today = DAY_NONE;
	}
	preset_fill(&s->config, &wish, boot_id, out);
	out->badge = out->owner != 0 ? w->badge : 0;
	out->copies = w->copies;
	return 0;
}

void
ctl_note_fridged(const struct ctl *c)
{
	if (!store_is_locked(c->session.config.store.path))
		fprintf(stderr, "fridgectl: fridged is not running: what is to print waits until it does\n"
		    "  try: %s\n", ctl_service(c, "start"));
}

static int
show_label(struct ctl *c, const struct label *l)
{
	const struct session *s = &c->session;

	out_object(c->out, NULL, NULL);
	row_label(c->out, l, s->config.fridge.code, s->today, ROW_ALL);
	out_end(c->out);
	return 0;
}

static void
sleep_ms(int64_t ms)
{
	struct timespec t = {
		.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000 * 1000000),
	};

	while (nanosleep(&t, &t) == -1 && errno == EINTR)
		;
}

/* Follow the label's first print until it ends, at most so long. */
static int
wait_printed(struct ctl *c, struct label *l, int seconds, struct err *e)
{
	int64_t end = clock_mono_ms() + (int64_t)seconds * 1000;
	char code[ROW_CODE_SIZE];

	row_code(c->session.config.fridge.code, l->code, code);
	for (;;) {
		int got = store_label_get(c->session.store, l->id, l, e);
		if (got == -1)
			return -1;
		if (got == 1 && l->print == PRINT_COMPLETED)
			return 0;
		if (got == 0 || l->print == PRINT_VOID)
			return err_set(e, ERR_SYSTEM, "fridgectl status",
			    "label %s was not printed", code);
		if (clock_mono_ms() >= end)
			return err_set(e, ERR_BUSY, "fridgectl status",
			    "label %s is not printed after %d s: it is %s", code, seconds,
			    print_state_text(l->print));
		sleep_ms(LOOK_MS);
	}
}

int
cmd_label_print(struct ctl *c, struct err *e)
{
	struct label_wish wish = {
		.preset = ctl_value(c, "preset"),
		.shelf = ctl_value(c, "shelf"),
	};
	struct label_new new;
	struct preset preset;
	struct owner owner;
	struct label label;
	struct shelf checked;
	int wait_s;

	if (ctl_value_int(c, "copies", 1, COPIES_MAX, 1, &wish.copies, e) == -1 ||
	    ctl_value_int(c, "wait", 0, WAIT_MAX_S, -1, &wait_s, e) == -1)
		return -1;
	if (wish.shelf != NULL && shelf_parse(wish.shelf, &checked, e) == -1)
		return -1;
	if (ctl_owner_find(c, c->arg[0], &owner, e) == -1)
		return -1;
	wish.owner = &owner;
	if (ctl_label_fill(c, &wish, &preset, &new, e) == -1 ||
	    store_label_add(c->session.store, &new, &label, e) == -1)
		return -1;
	ctl_note_fridged(c);
	if (wait_s != -1 && wait_printed(c, &label, wait_s, e) == -1)
		return -1;
	return show_label(c, &label);
}

int
cmd_label_list(struct ctl *c, struct err *e)
{
	const struct session *s = &c->session;
	struct label_query q = {
		.all = ctl_value(c, "all") != NULL,
		.expires_until = DAY_NONE,
	};
	const char *whose = ctl_value(c, "owner");
	struct owner owner;
	struct label *labels = NULL;
	size_t n = 0;

	if (whose != NULL) {
		if (ctl_owner_find(c, whose, &owner, e) == -1)
			return -1;
		q.owner = owner.id;
	}
	if (store_labels(s->store, &q, &labels, &n, e) == -1)
		return -1;
	out_list(c->out, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		out_object(c->out, NULL, NULL);
		row_label(c->out, &labels[i], s->config.fridge.code, s->today, ROW_TABLE);
		out_end(c->out);
	}
	out_end(c->out);
	if (n == 0)
		out_say(c->out, q.all ? "There was no label yet." : "Nothing is in the fridge.");
	free(labels);
	return 0;
}

int
ctl_code(struct ctl *c, const char *typed, char out[static CODE_SIZE], struct err *e)
{
	const char *ours = c->session.config.fridge.code;
	char prefix[ROW_CODE_SIZE] = "", todo[80];
	size_t before = 0, n = 0;

	if (code_parse(typed, out, e) == -1)
		return -1;
	for (const char *p = typed; *p != '\0'; p++)
		before += isalnum((unsigned char)*p) != 0;
	before -= strlen(out);
	for (const char *p = typed; n < before; p++)
		if (isalnum((unsigned char)*p))
			prefix[n++] = *p;
	/* Two fridges may have the same digits: then the prefix tells whose they are. */
	if (before == 0 || strcasecmp(prefix, ours) == 0)
		return 0;
	snprintf(todo, sizeof todo, "where the prefix was changed, the digits alone: %s", out);
	return err_set(e, ERR_REFUSED, todo, "%s is a label of another fridge", typed);
}

int
ctl_label_find(struct ctl *c, const char *typed, struct label *out, struct err *e)
{
	char code[CODE_SIZE];

	if (ctl_code(c, typed, code, e) == -1)
		return -1;
	int got = store_label_by_code(c->session.store, code, out, e);
	if (got == 0)
		return err_set(e, ERR_REFUSED, "fridgectl label list --all",
		    "no label has the code %s", typed);
	return got == -1 ? -1 : 0;
}

int
cmd_label_show(struct ctl *c, struct err *e)
{
	struct label l;

	return ctl_label_find(c, c->arg[0], &l, e) == -1 ? -1 : show_label(c, &l);
}

int
cmd_label_reprint(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	char boot_id[BOOT_ID_SIZE];
	struct label l;
	int64_t print;

	if (ctl_label_find(c, c->arg[0], &l, e) == -1)
		return -1;
	clock_boot_id(boot_id);
	if (store_label_reprint(s->store, l.id, s->now, boot_id, clock_boot_ms(), &print, e) == -1)
		return -1;
	ctl_note_fridged(c);
	return show_label(c, &l);
}
