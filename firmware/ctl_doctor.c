/* ctl_doctor.c - fridgectl doctor: looks at everything that can be wrong, and says what
 * mends it.
 *
 * It works without a configuration, without a store and for anybody: what cannot be looked
 * at is told as unknown, with the reason. What may need root's rights is looked at first;
 * then it becomes the service's user, as every command does, so that the reader and the
 * queue are tried with the rights that fridged has.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_doctor.h"

/* What a check is made after. */
enum {
	EARLY = 1,			/* before root's rights are given up */
	UNITS_TOLD = 2,			/* d->unit is filled */
	QUEUE_TOLD = 4,			/* d->queue is filled */
};
static const struct check {
	const char *name;
	void (*run)(struct doctor *d);
	unsigned after;
} CHECKS[] = {
	{ "machine", doctor_machine, 0 },
	{ "config", doctor_config, 0 },
	{ "fridged", doctor_fridged, UNITS_TOLD },
	{ "start", doctor_boot, UNITS_TOLD },
	{ "reader", doctor_reader, 0 },
	{ "driver", doctor_driver, 0 },
	{ "permissions", doctor_permissions, 0 },
	{ "queue", doctor_queue, QUEUE_TOLD | UNITS_TOLD },
	{ "printer", doctor_printer, QUEUE_TOLD },
	{ "media", doctor_media, QUEUE_TOLD },
	{ "fonts", doctor_fonts, 0 },
	{ "lamps", doctor_lamps, 0 },
	{ "clock", doctor_clock, 0 },
	{ "zone", doctor_zone, 0 },
	{ "store", doctor_store, 0 },
	{ "key", doctor_key, EARLY },
	{ "backup", doctor_backup, UNITS_TOLD },
	{ "disk", doctor_disk, 0 },
	{ "report", doctor_report, UNITS_TOLD },
	{ "mail", doctor_mail, UNITS_TOLD },
	{ "alert", doctor_alert, UNITS_TOLD },
	{ "cups-jobs", doctor_jobs, EARLY },
	{ "cups-browsed", doctor_browsed, 0 },
	{ "watchdog", doctor_watchdog, EARLY },
};
#define CHECK_COUNT ((int)(sizeof CHECKS / sizeof *CHECKS))

const char *
finding_text(enum finding_state s)
{
	static const char *const TEXTS[FINDING_STATES] = {
		[FOUND_OK] = "ok", [FOUND_UNKNOWN] = "unknown", [FOUND_WARNING] = "warning",
		[FOUND_BROKEN] = "broken",
	};

	return TEXTS[s];
}

void
found(struct doctor *d, enum finding_state s, const char *todo, const char *fmt, ...)
{
	va_list ap;

	if (d->findings == FINDINGS_MAX)
		return;
	struct finding *f = &d->finding[d->findings++];
	*f = (struct finding){ .name = d->check, .check = d->at, .state = s };
	snprintf(f->fix, sizeof f->fix, "%s", todo != NULL ? todo : "");
	va_start(ap, fmt);
	vsnprintf(f->found, sizeof f->found, fmt, ap);
	va_end(ap);
}

void
found_err(struct doctor *d, enum finding_state s, const struct err *e)
{
	found(d, s, e->todo, "%.300s", e->what);
}

void
found_closed(struct doctor *d, const char *what)
{
	found(d, FOUND_UNKNOWN, "sudo fridgectl doctor", "%.200s: only root or the service may look",
	    what);
}

/* ---- looking ---- */

/* The configuration, or all defaults where it cannot be used. */
static void
look_config(struct doctor *d)
{
	struct session *s = &d->c->session;
	struct err ignored;

	if (session_begin(s, d->c->config_file, &d->no_config) == 0)
		return;
	if (d->no_config.kind == ERR_NONE)
		d->no_config.kind = ERR_SYSTEM;
	if (s->config.store.path[0] == '\0')
		config_defaults(&s->config);
	day_zone("", &ignored);
	s->now = time(NULL);
	s->today = day_at(s->now);
}

static void
look_user(struct doctor *d)
{
	char folder[CONFIG_TEXT];
	struct stat st;

	session_folder(&d->c->session, folder);
	if (stat(folder, &st) == 0)
		host_user(&d->host, st.st_uid, d->user, sizeof d->user);
}

static void
look_store(struct doctor *d)
{
	struct session *s = &d->c->session;

	d->has_store = session_has_store(s);
	d->running = store_is_locked(s->config.store.path);
	d->root = geteuid() == 0;
	if (session_become(s, &d->no_store) == -1)
		return;
	d->root = true;
	if (store_open(s->config.store.path, STORE_LOOK, &s->store, &d->no_store) == -1)
		return;
	d->no_store.kind = ERR_NONE;
	if (d->running && store_state_get(s->store, &d->said, &d->no_store) == 0)
		d->no_store.kind = ERR_NONE;
}

/* Whether it was asked for: by name, or all were. */
static bool
is_wanted(const struct ctl *c, const struct check *check)
{
	bool wanted = c->args == 0;

	for (int i = 0; i < c->args; i++)
		wanted = wanted || strcmp(c->arg[i], check->name) == 0;
	return wanted;
}

const char *
doctor_check_name(int at)
{
	return at < CHECK_COUNT ? CHECKS[at].name : NULL;
}

void
doctor_check_names(char *out, size_t size)
{
	size_t n = 0;

	for (int i = 0; i < CHECK_COUNT && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i > 0 ? " " : "", CHECKS[i].name);
}

/* Every name that was given is one. */
static int
check_names(const struct ctl *c, struct err *e)
{
	char names[sizeof e->todo];

	for (int i = 0; i < c->args; i++) {
		int at = 0;
		while (at < CHECK_COUNT && strcmp(c->arg[i], CHECKS[at].name) != 0)
			at++;
		if (at < CHECK_COUNT)
			continue;
		doctor_check_names(names, sizeof names);
		return err_set(e, ERR_USAGE, names, "doctor has no check \"%s\"", c->arg[i]);
	}
	return 0;
}

static void
run_checks(struct doctor *d, bool early)
{
	for (int i = 0; i < CHECK_COUNT; i++) {
		if (((CHECKS[i].after & EARLY) != 0) != early || !is_wanted(d->c, &CHECKS[i]))
			continue;
		d->check = CHECKS[i].name;
		d->at = i;
		CHECKS[i].run(d);
	}
}

static int
by_check(const void *a, const void *b)
{
	const struct finding *fa = a, *fb = b;

	return fa->check - fb->check;
}

static void
examine(struct doctor *d)
{
	unsigned after = 0;

	for (int i = 0; i < CHECK_COUNT; i++)
		if (is_wanted(d->c, &CHECKS[i]))
			after |= CHECKS[i].after;
	run_checks(d, true);
	look_store(d);
	if ((after & UNITS_TOLD) != 0)
		doctor_ask_units(d);
	if ((after & QUEUE_TOLD) != 0)
		doctor_ask_queue(d);
	run_checks(d, false);
	/* In the order of the table; those of one check stay as they were told. */
	qsort(d->finding, (size_t)d->findings, sizeof *d->finding, by_check);
}

/* ---- telling ---- */

static int
count(const struct doctor *d, enum finding_state s)
{
	int n = 0;

	for (int i = 0; i < d->findings; i++)
		n += d->finding[i].state == s;
	return n;
}

/* "1 thing is broken, 2 want a look." */
static void
say_summary(struct doctor *d)
{
	int broken = count(d, FOUND_BROKEN), warnings = count(d, FOUND_WARNING);
	int unknown = count(d, FOUND_UNKNOWN);
	char text[200];
	size_t n = 0;

	if (broken > 0)
		n = (size_t)snprintf(text, sizeof text, "%d thing%s broken", broken,
		    broken == 1 ? " is" : "s are");
	if (warnings > 0)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%d want%s a look",
		    n > 0 ? ", " : "", warnings, warnings == 1 ? "s" : "");
	if (broken + warnings == 0)
		n = (size_t)snprintf(text, sizeof text, "Nothing is wrong");
	if (unknown > 0)
		snprintf(text + n, sizeof text - n, "; %d could not be looked at", unknown);
	out_say(d->c->out, "%s", "");
	if (broken > 0)
		out_warn(d->c->out, "%s.", text);
	else
		out_say(d->c->out, "%s.", text);
}

static void
say_finding(struct out *o, const struct finding *f)
{
	if (f->state == FOUND_BROKEN)
		out_warn(o, "%-8s %-12s %s", finding_text(f->state), f->name, f->found);
	else
		out_say(o, "%-8s %-12s %s", finding_text(f->state), f->name, f->found);
	if (f->fix[0] != '\0')
		out_say(o, "%21s try: %s", "", f->fix);
}

/* For people what is broken stands last: there the terminal is read first. */
static void
tell(struct doctor *d)
{
	struct out *o = d->c->out;

	out_list(o, NULL, NULL);
	for (int i = 0; i < d->findings; i++) {
		const struct finding *f = &d->finding[i];
		out_object(o, NULL, NULL);
		out_text(o, "name", NULL, f->name);
		out_text(o, "state", NULL, finding_text(f->state));
		out_text(o, "found", NULL, f->found);
		out_text(o, "fix", NULL, f->fix);
		out_end(o);
	}
	out_end(o);
	for (int s = FOUND_OK; s < FINDING_STATES; s++)
		for (int i = 0; i < d->findings; i++)
			if (d->finding[i].state == (enum finding_state)s)
				say_finding(o, &d->finding[i]);
	say_summary(d);
}

int
ctl_host(const struct ctl *c, struct host *h, struct err *e)
{
	const char *root = ctl_value(c, "root");
	struct stat st;

	if (root == NULL)
		root = "";
	else if (strlen(root) >= sizeof h->root || stat(root, &st) == -1 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_USAGE, "the folder that a card is mounted at", "--root %.200s is "
		    "no folder", root);
	host_look(root, h);
	return 0;
}

int
cmd_doctor(struct ctl *c, struct err *e)
{
	const char *file = ctl_value(c, "bundle");
	struct doctor *d = calloc(1, sizeof *d);
	struct bundle bundle;
	int rc = -1;

	if (d == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	d->c = c;
	if (check_names(c, e) == -1 || ctl_host(c, &d->host, e) == -1 ||
	    (file != NULL && bundle_begin(&bundle, file, e) == -1))
		goto done;
	look_config(d);
	look_user(d);
	examine(d);
	tell(d);
	if (count(d, FOUND_BROKEN) > 0)
		c->status = 1;
	rc = file != NULL ? bundle_end(&bundle, d, e) : 0;
	if (rc == 0 && file != NULL)
		out_say(c->out, "Wrote %s: look through it before you send it.", file);
done:
	free(d->queues);
	free(d);
	return rc;
}
