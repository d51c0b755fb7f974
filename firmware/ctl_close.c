/* ctl_close.c - fridgectl label close: what became of one thing, said by hand. */
#include <string.h>

#include "ctl.h"

/* What a person may say became of it; the other fates come by themselves. */
static const struct {
	const char *word;
	enum fate fate;
} FATES[] = {
	{ "taken", FATE_TAKEN }, { "discarded", FATE_DISCARDED },
};

static int
take_fate(const struct ctl *c, enum fate *out, struct err *e)
{
	if (c->args < 2)
		return err_set(e, ERR_USAGE, "fridgectl label close CODE taken, or discarded",
		    "it must be said what became of %s", c->arg[0]);
	for (size_t i = 0; i < sizeof FATES / sizeof FATES[0]; i++) {
		if (strcmp(c->arg[1], FATES[i].word) == 0) {
			*out = FATES[i].fate;
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, "taken or discarded", "a label is not closed as \"%s\"",
	    c->arg[1]);
}

int
cmd_label_close(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	bool undo = ctl_value(c, "undo") != NULL;
	enum fate fate = FATE_IN;
	struct label l;

	if (undo && c->args > 1)
		return err_set(e, ERR_USAGE, NULL, "--undo takes a code and nothing else");
	if ((!undo && take_fate(c, &fate, e) == -1) || ctl_label_find(c, c->arg[0], &l, e) == -1)
		return -1;
	/* By a doubted clock it is closed as well, on no day. */
	day_t today = session_clock_doubt(s) == NULL ? s->today : DAY_NONE;
	if ((undo ? store_label_reopen(s->store, l.id, e) :
	    store_label_close(s->store, l.id, fate, BY_ADMIN, today, e)) == -1)
		return -1;
	int got = store_label_get(s->store, l.id, &l, e);
	if (got == 0)
		err_set(e, ERR_SYSTEM, NULL, "label %s is gone", c->arg[0]);
	if (got != 1)
		return -1;
	out_object(c->out, NULL, NULL);
	row_label(c->out, &l, s->config.fridge.code, s->today, ROW_ALL);
	out_end(c->out);
	return 0;
}
