/* ctl_status.c - fridgectl status: does everything work, in one line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "trouble.h"

#define PROMETHEUS_MODE 0644	/* another user reads it */
#define TEXT 320
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What status tells, gathered before anything is said. */
struct view {
	bool running;
	struct service_state said;	/* by fridged, or for it while it does not run */
	struct totals totals;
	struct label newest;		/* id 0: none yet */
	bool no_key;			/* fridged cannot start without it */
	bool confirmed;			/* the clock, by somebody since the last boot */
	struct backup_note backup;
};

static int
look(struct ctl *c, struct view *v, struct err *e)
{
	struct session *s = &c->session;

	*v = (struct view){ .running = store_is_locked(s->config.store.path) };
	if (store_totals(s->store, s->today, &v->totals, e) == -1 ||
	    store_backup_get(s->store, &v->backup, e) == -1)
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
		v->no_key = access(s->config.store.key_file, F_OK) == -1 && errno == ENOENT;
	}
	v->confirmed = session_clock_confirmed(s);
	return 0;
}

/* ---- in words ---- */

static bool
ok(const char *state)
{
	return trouble_health(state) == PRINTER_OK;
}

/* The first sentence: everything works, or what does not and what to do. Whether it
 * is a trouble. */
static bool
verdict(const struct ctl *c, const struct view *v, char *out, size_t size)
{
	const struct {
		const char *state, *means;
	} parts[] = {
		{ v->said.printer, "No labels" }, { v->said.reader, "No badge is read" },
		{ v->said.clock, "Labels have no dates" },
	};
	int troubles = 0, unknowns = 0;

	if (!v->running) {
		snprintf(out, size, "fridged is not running: %s.", ctl_service(c, "start"));
		return true;
	}
	for (size_t i = 0; i < COUNT(parts); i++) {
		enum printer_health health = trouble_health(parts[i].state);
		unknowns += health == PRINTER_UNKNOWN;
		if (health != PRINTER_TROUBLE)
			continue;
		if (troubles++ == 0)
			snprintf(out, size, "%s: %s.", parts[i].means, parts[i].state);
	}
	if (troubles > 1) {
		size_t n = strlen(out);
		snprintf(out + n, size - n, " And there is more, see below.");
	}
	if (troubles == 0)
		snprintf(out, size, unknowns > 0 ? "Not everything is known yet, see below."
		    : "Everything works.");
	return troubles > 0;
}

/* "Last label 09:12." The time of day is kept for one day, then the day alone. */
static void
last_label(const struct session *s, const struct view *v, char *out, size_t size)
{
	const struct label *l = &v->newest;
	char day[DAY_TEXT], time[16] = "";

	if (l->made_at != 0 && day_at((time_t)l->made_at) == l->stored_on) {
		int minute = day_minute((time_t)l->made_at);
		snprintf(time, sizeof time, " %02d:%02d", minute / 60 % 24, minute % 60);
	}
	if (l->id == 0)
		snprintf(out, size, "No label yet.");
	else if (l->stored_on == DAY_NONE)
		snprintf(out, size, "The last label has no date.");
	else if (l->stored_on == s->today)
		snprintf(out, size, "Last label%s.", time[0] != '\0' ? time : " today");
	else if (l->stored_on == s->today - 1)
		snprintf(out, size, "Last label yesterday%s.", time);
	else
		snprintf(out, size, "Last label %s.", day_text(l->stored_on, day));
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
	char works[TEXT + 200], last[TEXT], in[TEXT], cards[TEXT] = "";
	bool trouble = verdict(c, v, works, sizeof works);

	last_label(&c->session, v, last, sizeof last);
	contents(&v->totals, in, sizeof in);
	if (v->totals.unclaimed > 0)
		snprintf(cards, sizeof cards, " %lld unclaimed card%s: fridgectl badge unclaimed",
		    (long long)v->totals.unclaimed, v->totals.unclaimed == 1 ? "" : "s");
	if (trouble)
		out_warn(c->out, "%s %s %s%s", works, last, in, cards);
	else
		out_say(c->out, "%s %s %s%s", works, last, in, cards);
}

/* What is to be done next, where something is. */
static void
say_hints(struct ctl *c, const struct view *v)
{
	const char *version = v->said.version;

	if (v->no_key)
		out_say(c->out, "There is no badge key yet, and fridged needs one: "
		    "sudo fridgectl key create");
	if (!v->totals.people)
		out_say(c->out, "Nobody is registered yet: sudo fridgectl enroll");
	if (v->running && version[0] != '\0' && strcmp(version, FRIDGE_VERSION) != 0)
		out_say(c->out, "fridged is of version %s: %s", version,
		    ctl_service(c, "restart"));
	if (v->backup.trouble[0] != '\0')
		out_warn(c->out, "The last backup: %s", v->backup.trouble);
	out_say(c->out, "%s", "");
}

/* The last one, and whether one is anywhere but on this machine's disk. */
static void
put_backup(struct ctl *c, const struct backup_note *b)
{
	char made[DAY_TEXT], left[DAY_TEXT], text[TEXT] = "none yet: sudo fridgectl backup FILE";

	if (b->made_on != DAY_NONE && b->left_on == DAY_NONE)
		snprintf(text, sizeof text, "%s, on this disk alone", day_text(b->made_on, made));
	else if (b->made_on != DAY_NONE)
		snprintf(text, sizeof text, "%s; on another disk %s", day_text(b->made_on, made),
		    day_text(b->left_on, left));
	out_text(c->out, NULL, "Backup", text);
	out_object(c->out, "backup", NULL);
	out_day(c->out, "made_on", NULL, b->made_on);
	out_day(c->out, "left_on", NULL, b->left_on);
	if (b->made_on == DAY_NONE)
		out_null(c->out, "size", NULL);
	else
		out_int(c->out, "size", NULL, b->size);
	out_text(c->out, "trouble", NULL, b->trouble);
	out_end(c->out);
}

static void
say_all(struct ctl *c, const struct view *v)
{
	char clock[TEXT];

	snprintf(clock, sizeof clock, "%s%s", v->said.clock,
	    v->confirmed && ok(v->said.clock) ? ", confirmed until the next boot" : "");
	say_summary(c, v);
	say_hints(c, v);
	out_object(c->out, NULL, NULL);
	out_text(c->out, "reader", "Reader", v->said.reader);
	out_text(c->out, "printer", "Printer", v->said.printer);
	out_text(c->out, "fridged", "fridged", v->running ? "running" : "not running");
	out_text(c->out, "clock", NULL, v->said.clock);
	out_text(c->out, NULL, "Clock", clock);
	out_day(c->out, "today", "Today", c->session.today);
	out_int(c->out, "queued", "Waiting to be printed", v->totals.queued);
	out_int(c->out, "unclaimed", "Unclaimed cards", v->totals.unclaimed);
	out_int(c->out, "in", "In the fridge", v->totals.in);
	out_int(c->out, "due", "Last good day today", v->totals.due);
	out_int(c->out, "expired", "Expired", v->totals.expired);
	out_text(c->out, "version", "Version", FRIDGE_VERSION);
	put_backup(c, &v->backup);
	out_end(c->out);
}

/* ---- for node-exporter ---- */

/* When the newest label was made; once that is erased, where its day began in UTC. */
static int64_t
last_instant(const struct view *v)
{
	const struct label *l = &v->newest;

	if (l->id == 0 || (l->made_at == 0 && l->stored_on == DAY_NONE))
		return 0;
	return l->made_at != 0 ? l->made_at : l->stored_on * 86400LL;
}

static void
put_metric(FILE *to, const char *name, const char *labels, int64_t value, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s gauge\n%s%s %lld\n", name, help, name, name, labels,
	    (long long)value);
}

/* NULL: nothing is known, because the store cannot be used. The caller frees the text. */
static char *
metrics(const struct view *v)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		return NULL;
	put_metric(to, "fridge_up", "", v != NULL && v->running,
	    "Whether fridged runs and its store can be used.");
	put_metric(to, "fridge_info", "{version=\"" FRIDGE_VERSION "\"}", 1,
	    "Which version this is.");
	if (v != NULL) {
		const struct totals *t = &v->totals;
		const struct {
			const char *name, *labels;
			int64_t value;
			const char *help;
		} all[] = {
			{ "fridge_reader_ok", "", ok(v->said.reader), "Whether badges are read." },
			{ "fridge_printer_ok", "", ok(v->said.printer),
			    "Whether labels can be printed, as far as the printer tells." },
			{ "fridge_clock_ok", "", ok(v->said.clock), "Whether the clock is trusted." },
			{ "fridge_labels", "{fate=\"in\"}", t->in, "Labels that are in the fridge." },
			{ "fridge_due", "", t->due, "Of those in, labels whose last good day is today." },
			{ "fridge_expired", "", t->expired, "Of those in, labels past their last good day." },
			{ "fridge_queued", "", t->queued, "Prints that are on their way." },
			{ "fridge_unclaimed", "", t->unclaimed, "Cards that were seen and are nobody's." },
			{ "fridge_last_label_timestamp_seconds", "", last_instant(v),
			    "When the newest label was made, 0 for never; after a day, the beginning of "
			    "its day in UTC." },
		};
		for (size_t i = 0; i < COUNT(all); i++)
			put_metric(to, all[i].name, all[i].labels, all[i].value, all[i].help);
	}
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

/* What a store that cannot be used leaves behind is no old good news. */
static int
publish(struct publish *p, const struct view *v, struct err *e)
{
	char *text = metrics(v);
	int rc = publish_text(p, text, text != NULL ? strlen(text) : 0, PUBLISH_QUICK, e);

	if (rc == 0 && text == NULL)
		rc = err_set(e, ERR_SYSTEM, NULL, "no memory left");
	free(text);
	return rc;
}

static void
check_name(const char *file)
{
	size_t n = strlen(file);

	if (n < 5 || strcmp(file + n - 5, ".prom") != 0)
		fprintf(stderr, "fridgectl: node-exporter reads only files whose names end in .prom\n");
}

/* ---- the command ---- */

int
cmd_status(struct ctl *c, struct err *e)
{
	const char *file = ctl_value(c, "prometheus");
	struct session *s = &c->session;
	struct publish p;
	struct view v;

	if (file != NULL && publish_begin(&p, file, PROMETHEUS_MODE, e) == -1)
		return -1;
	int rc = session_become(s, e);
	if (rc == 0)
		rc = session_store(s, e);
	if (rc == 0)
		rc = look(c, &v, e);
	if (file != NULL) {
		check_name(file);
		if (publish(&p, rc == 0 ? &v : NULL, rc == 0 ? e : NULL) == -1)
			rc = -1;
	}
	if (rc == -1)
		return -1;
	/* By a timer it would be mailed every minute. */
	if (file == NULL || c->json)
		say_all(c, &v);
	return 0;
}
