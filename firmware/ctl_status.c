/* ctl_status.c - fridgectl status: does everything work, in one line. */
#include <string.h>

#include "ctl.h"

#define TEXT 320

/* What status tells, gathered before anything is said. */
struct view {
	bool running;
	struct service_state said;	/* by fridged, or for it while it does not run */
	struct totals totals;
	struct label newest;		/* id 0: none yet */
};

static int
look(struct ctl *c, struct view *v, struct err *e)
{
	struct session *s = &c->session;

	*v = (struct view){ .running = store_is_locked(s->config.store.path) };
	if (store_totals(s->store, s->today, &v->totals, e) == -1)
		return -1;
	int got = store_label_newest(s->store, &v->newest, e);
	if (got == -1)
		return -1;
	if (got == 0)
		v->newest.id = 0;
	if (v->running && store_state_get(s->store, &v->said, e) == -1)
		return -1;
	if (!v->running) {
		const char *doubt = session_clock_doubt(s);
		snprintf(v->said.reader, sizeof v->said.reader, "not running");
		snprintf(v->said.printer, sizeof v->said.printer, "not running");
		snprintf(v->said.clock, sizeof v->said.clock, "%s", doubt != NULL ? doubt : "ok");
	}
	return 0;
}

static bool
ok(const char *state)
{
	return strcmp(state, "ok") == 0;
}

/* "Last label today." A day is all that is kept. */
static void
last_label(const struct session *s, const struct view *v, char *out, size_t size)
{
	char day[DAY_TEXT];

	if (v->newest.id == 0)
		snprintf(out, size, "No label yet.");
	else if (v->newest.stored_on == DAY_NONE)
		snprintf(out, size, "The last label has no date.");
	else if (v->newest.stored_on == s->today)
		snprintf(out, size, "Last label today.");
	else if (v->newest.stored_on == s->today - 1)
		snprintf(out, size, "Last label yesterday.");
	else
		snprintf(out, size, "Last label %s.", day_text(v->newest.stored_on, day));
}

/* "41 in the fridge, 3 due, 2 expired." */
static void
contents(const struct totals *t, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "%lld in the fridge", (long long)t->in);

	if (t->due > 0)
		n += (size_t)snprintf(out + n, size - n, ", %lld due", (long long)t->due);
	if (t->expired > 0)
		n += (size_t)snprintf(out + n, size - n, ", %lld expired", (long long)t->expired);
	snprintf(out + n, size - n, ".");
}

static void
say_summary(struct ctl *c, const struct view *v)
{
	char last[TEXT], in[TEXT], unknown[TEXT] = "";
	const char *works = "Everything works.";

	if (!v->running)
		works = "fridged is not running: sudo systemctl start fridged.";
	else if (!ok(v->said.reader) || !ok(v->said.printer) || !ok(v->said.clock))
		works = "Something does not work, see below.";
	last_label(&c->session, v, last, sizeof last);
	contents(&v->totals, in, sizeof in);
	if (v->totals.unclaimed > 0)
		snprintf(unknown, sizeof unknown, " %lld unknown card%s: fridgectl badge unclaimed",
		    (long long)v->totals.unclaimed, v->totals.unclaimed == 1 ? "" : "s");
	out_say(c->out, "%s %s %s%s", works, last, in, unknown);
	if (v->running && strcmp(v->said.version, FRIDGE_VERSION) != 0 &&
	    v->said.version[0] != '\0')
		out_say(c->out, "fridged is of version %s: sudo systemctl restart fridged",
		    v->said.version);
	out_say(c->out, "%s", "");
}

int
cmd_status(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	struct view v;

	if (look(c, &v, e) == -1)
		return -1;
	say_summary(c, &v);
	out_object(c->out, NULL, NULL);
	out_text(c->out, "reader", "Reader", v.said.reader);
	out_text(c->out, "printer", "Printer", v.said.printer);
	out_text(c->out, "fridged", "fridged", v.running ? "running" : "not running");
	out_text(c->out, "clock", "Clock", v.said.clock);
	out_day(c->out, "today", "Today", s->today);
	out_int(c->out, "queued", "Waiting to be printed", v.totals.queued);
	out_int(c->out, "unclaimed", "Unknown cards", v.totals.unclaimed);
	out_int(c->out, "in", "In the fridge", v.totals.in);
	out_int(c->out, "due", "Last good day today", v.totals.due);
	out_int(c->out, "expired", "Expired", v.totals.expired);
	out_text(c->out, "version", "Version", FRIDGE_VERSION);
	out_end(c->out);
	return 0;
}
