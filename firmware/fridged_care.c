/* fridged_care.c - the look around that comes every few seconds: the clock, the
 * store's upkeep, systemd's watchdog, and what the service says of itself. */
#include "fridged_impl.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "day.h"
#include "log.h"

#define LOOK_MS 5000
#define PRUNE_MS 3600000
#define SLIP_BEFORE_MIN 60
#define IDLE_MS 3000		/* without a write for so long, the WAL is moved */

void
care_say(struct fridged *f, const char *part, char text[static 200], const char *now)
{
	const struct service_state *s = &f->state;

	if (strcmp(text, now) == 0)
		return;
	snprintf(text, sizeof s->reader, "%.199s", now);
	log_info("%s: %s", part, text);
	if (strcmp(s->reader, "ok") == 0 && strcmp(s->printer, "ok") == 0 &&
	    strcmp(s->clock, "ok") == 0)
		sd_notify(0, "STATUS=Everything works.");
	else
		sd_notifyf(0, "STATUS=Reader: %s. Printer: %s. Clock: %s.", s->reader,
		    s->printer, s->clock);
	f->care.look_ms = 0;	/* the store hears of it at once */
}

void
care_touched(struct fridged *f)
{
	f->care.touched_ms = clock_mono_ms();
}

/* The store failed, or works again: one line for each. */
static void
tell_store(struct fridged *f, const struct err *e)
{
	if (e != NULL && e->kind == ERR_BUSY)
		return;		/* no harm: the next look tries again */
	char trouble[sizeof f->care.trouble] = "";
	if (e != NULL)
		snprintf(trouble, sizeof trouble, "%.120s%s%.70s", e->what,
		    e->todo[0] != '\0' ? ": try: " : "", e->todo);
	if (strcmp(f->care.trouble, trouble) == 0)
		return;
	memcpy(f->care.trouble, trouble, sizeof trouble);
	if (e != NULL)
		log_error("store: %s%s%s", e->what, e->todo[0] != '\0' ? "; try: " : "", e->todo);
	else
		log_info("store: ok");
}

/* ---- the clock ---- */

static const char *
doubt_of(const struct fridged *f)
{
	struct clock_evidence ev = { 0 };

	clock_look("", &ev);
	ev.newest = (time_t)f->care.newest;
	ev.confirmed = f->care.confirmed;
	return clock_doubt(f->config.fridge.clock, &ev);
}

void
care_clock(struct fridged *f)
{
	const char *doubt = doubt_of(f);

	if (doubt == NULL && !f->care.clock_ok)
		f->care.undated = true;		/* what waited for this */
	f->care.clock_ok = doubt == NULL;
	care_say(f, "clock", f->state.clock, doubt != NULL ? doubt : "ok");
}

/* Looked at anew for each label: a clock may be set at any moment. */
day_t
care_today(void *arg)
{
	struct fridged *f = arg;

	care_clock(f);
	return f->care.clock_ok ? day_at(time(NULL)) : DAY_NONE;
}

static int
date_labels(struct fridged *f, struct err *e)
{
	char boot[BOOT_ID_SIZE];
	int dated = 0;

	if (!f->care.undated || !f->care.clock_ok)
		return 0;
	clock_boot_id(boot);
	if (store_labels_date(f->store, boot, clock_boot_ms(), time(NULL), &dated, e) == -1)
		return -1;
	f->care.undated = false;
	if (dated > 0)
		log_info("the clock can be trusted: %d labels were dated", dated);
	return 0;
}

/* ---- the store ---- */

/* A look that costs next to nothing and tells whether the store can be read. */
static int
look_at_store(struct fridged *f, struct err *e)
{
	char boot[BOOT_ID_SIZE];
	int64_t newest = 0;

	clock_boot_id(boot);
	int confirmed = store_clock_confirmed(f->store, boot, e);
	if (confirmed == -1 || store_newest(f->store, &newest, e) == -1)
		return -1;
	f->care.newest = newest;
	f->care.confirmed = confirmed == 1;
	return 0;
}

/* fridgectl makes them, and notes how the last one went. */
static void
look_at_backup(struct fridged *f)
{
	struct backup_note note;
	struct err ignored;	/* no reason to stand still */

	if (store_backup_get(f->store, &note, &ignored) == 0)
		memcpy(f->care.backup, note.trouble, sizeof f->care.backup);
}

static int
keep_state(struct fridged *f, struct err *e)
{
	if (memcmp(&f->state, &f->kept, sizeof f->state) == 0)
		return 0;
	struct service_state now = f->state;
	if (store_state_set(f->store, &now, e) == -1)
		return -1;
	f->kept = now;
	return 0;
}

static int
lapse_labels(struct fridged *f, struct err *e)
{
	day_t today = f->care.clock_ok ? day_at(time(NULL)) : DAY_NONE;
	int n = 0;

	if (today == DAY_NONE || today == f->care.lapsed_on)
		return 0;
	if (store_lapse(f->store, today, f->config.store.lapse_days, &n, e) == -1)
		return -1;
	f->care.lapsed_on = today;
	if (n > 0)
		log_info("%d labels lapsed", n);
	return 0;
}

/* A bite a look, so that a tap never waits long for it. */
static int
prune(struct fridged *f, int64_t now_ms, struct err *e)
{
	struct pruned done;

	if (!f->care.clock_ok || now_ms < f->care.prune_ms)
		return 0;
	time_t now = time(NULL);
	if (store_prune(f->store, now, day_at(now), f->config.store.keep_days, &done, e) == -1)
		return -1;
	if (!done.more)
		f->care.prune_ms = now_ms + PRUNE_MS;
	return 0;
}

/* An hour before the fridge is emptied a slip comes out that says what goes. Every day
 * only where there is something; once a week it is also a reminder. */
static int
print_slip(struct fridged *f, struct err *e)
{
	const struct config *c = &f->config;
	time_t now = time(NULL);
	day_t today = day_at(now);
	int minute = day_minute(now), at = c->report.empty.hour * 60 + c->report.empty.minute;
	struct sheet_of slip = { .place = PLACE_DEFAULT, .day = today };
	char boot[BOOT_ID_SIZE], none[1];
	int64_t due;

	if (!f->care.clock_ok || f->care.slip_on == today || minute >= at ||
	    minute < at - SLIP_BEFORE_MIN || c->report.empty.how == EMPTY_NEVER ||
	    (c->report.empty.how == EMPTY_WEEKLY && day_weekday(today) != c->report.empty.weekday))
		return 0;
	if (store_due_codes(f->store, slip.place, today, none, sizeof none, &due, e) == -1)
		return -1;
	if (due == 0 && c->report.empty.how == EMPTY_DAILY)
		return 0;
	clock_boot_id(boot);
	if (store_slip_once(f->store, &slip, now, boot, clock_boot_ms(), e) == -1)
		return -1;
	f->care.slip_on = today;
	outbox_kick(f->outbox, clock_mono_ms());
	return 0;
}

static int
checkpoint(struct fridged *f, int64_t now_ms, struct err *e)
{
	if (f->care.touched_ms == 0 || now_ms - f->care.touched_ms < IDLE_MS)
		return 0;
	if (store_checkpoint(f->store, e) == -1)
		return -1;
	f->care.touched_ms = 0;
	return 0;
}

/* Everything that is due; the first failure ends the round, and is tried again. */
static int
look_after_store(struct fridged *f, int64_t now_ms, struct err *e)
{
	if (date_labels(f, e) == -1 || lapse_labels(f, e) == -1 || prune(f, now_ms, e) == -1 ||
	    print_slip(f, e) == -1 ||
	    keep_state(f, e) == -1)
		return -1;
	return checkpoint(f, now_ms, e);
}

/* ---- the look ---- */

int
care_begin(struct fridged *f, struct err *e)
{
	uint64_t watchdog_us = 0;

	f->care.watched = sd_watchdog_enabled(0, &watchdog_us) > 0;
	f->care.interval_ms = LOOK_MS;
	if (f->care.watched && (int64_t)(watchdog_us / 3000) < LOOK_MS)
		f->care.interval_ms = (int64_t)(watchdog_us / 3000);
	if (f->care.interval_ms < 100)
		f->care.interval_ms = 100;
	f->care.lapsed_on = f->care.slip_on = DAY_NONE;
	f->care.undated = true;		/* of an earlier run */
	f->care.touched_ms = clock_mono_ms();
	snprintf(f->state.version, sizeof f->state.version, "%s", FRIDGE_VERSION);
	if (look_at_store(f, e) == -1)
		return -1;
	care_clock(f);
	return 0;
}

int64_t
care_deadline(const struct fridged *f)
{
	return f->care.look_ms;
}

void
care_run(struct fridged *f, int64_t now_ms)
{
	struct err e;

	if (now_ms < f->care.look_ms)
		return;
	f->care.look_ms = now_ms + f->care.interval_ms;
	if (look_at_store(f, &e) == -1) {
		tell_store(f, &e);
		return;		/* and the watchdog is not fed: nothing moves */
	}
	look_at_backup(f);
	care_clock(f);
	outbox_kick(f->outbox, now_ms);
	if (look_after_store(f, now_ms, &e) == -1)
		tell_store(f, &e);
	else
		tell_store(f, NULL);
	if (f->care.watched && child_alive(f->reader) && child_alive(f->printer))
		sd_notify(0, "WATCHDOG=1");
}
