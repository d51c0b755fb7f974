/* alert.c - see alert.h */
#include "alert_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "log.h"

#define SETTLE_MS 5000		/* shorter is a flicker */
#define MOMENT_MS 60000		/* faults that are due so close together are one text */
#define CALM_MS 60000		/* a fault that comes back sooner is the same */
#define RETRY_MS 60000		/* after a command that failed */
#define KEEP_AGAIN_MS 1000	/* after a note that the store did not take */
#define COMMAND_LIMIT_MS 60000

static const char *const PART_TEXT[ALERT_PARTS] = {
	[ALERT_READER] = "reader", [ALERT_PRINTER] = "printer", [ALERT_CLOCK] = "clock",
	[ALERT_STORE] = "store", [ALERT_BACKUP] = "backup", [ALERT_SERVICE] = "service",
};

/* One part. A fault is told after it lasted; then its end is owed, even if it comes and
 * goes meanwhile. */
struct fault {
	bool known;			/* something was said in this run */
	bool down;
	char text[ALERT_TROUBLE];	/* the trouble as it is now */
	int64_t began_ms;		/* while down */
	int64_t ended_ms;		/* while not */
	bool back;			/* it came back soon after its last end, at calm_ms */
	bool told;
	char told_text[ALERT_TROUBLE];
	int64_t told_began_ms;
	int64_t calm_ms;		/* when what was told, or came back, had ended; 0: none */
	struct alert_note kept;		/* as in the store */
	bool kept_doubted;		/* its instant is by a clock that was doubted */
};

struct alert {
	struct store *store;
	const struct config *config;
	struct fault fault[ALERT_PARTS];
	struct command command;
	bool telling[ALERT_PARTS];	/* what the command that runs tells of, */
	bool telling_end;		/* faults or ends, */
	char telling_text[ALERT_PARTS][ALERT_TROUBLE];	/* in these words */
	int64_t telling_began_ms[ALERT_PARTS];
	int64_t retry_ms;		/* not before; 0: at once */
	int64_t keep_ms;		/* the same for notes */
};

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
instant_of(int64_t at_ms, int64_t now_ms, int64_t now)
{
	return now - (now_ms - at_ms) / 1000;
}

/* Where the last run left it. How the part is now is not known yet. */
static void
take_note(struct fault *f, const struct alert_note *n, int64_t now_ms, int64_t now)
{
	f->kept = *n;
	if (n->since == 0)
		return;
	f->down = true;
	f->began_ms = now_ms - (now > n->since ? (now - n->since) * 1000 : 0);
	f->told = n->told[0] != '\0';
	f->told_began_ms = f->began_ms;
	snprintf(f->told_text, sizeof f->told_text, "%s", n->told);
	snprintf(f->text, sizeof f->text, "%s", n->told);
}

struct alert *
alert_new(struct store *store, const struct config *config, int64_t now_ms, int64_t now)
{
	struct alert *a = calloc(1, sizeof *a);
	struct alert_note note;
	struct err e;

	if (a == NULL)
		return NULL;
	a->store = store;
	a->config = config;
	a->command = (struct command){ .what = "the alert command", .limit_ms = COMMAND_LIMIT_MS };
	for (int p = 0; p < ALERT_PARTS && store != NULL; p++) {
		/* A store that cannot be read is told elsewhere, and soon here as well. */
		if (store_alert_get(store, PART_TEXT[p], &note, &e) == 0)
			take_note(&a->fault[p], &note, now_ms, now);
	}
	return a;
}

void
alert_free(struct alert *a)
{
	if (a == NULL)
		return;
	command_stop(&a->command);
	free(a);
}

void
alert_recall(struct alert *a, enum alert_part part, const struct alert_note *n, int64_t now_ms,
    int64_t now)
{
	take_note(&a->fault[part], n, now_ms, now);
}

const char *
alert_told(const struct alert *a, enum alert_part part)
{
	return a->fault[part].told ? a->fault[part].told_text : "";
}

static bool
wanted(const struct alert *a)
{
	return a->config->alert.command[0] != '\0';
}

static int64_t
after_ms(const struct alert *a)
{
	return a->config->alert.after_min * INT64_C(60000);
}

void
alert_say(struct alert *a, enum alert_part part, const char *text, int64_t now_ms)
{
	struct fault *f = &a->fault[part];

	if (text == NULL)
		return;
	f->known = true;
	if (strcmp(text, "ok") == 0) {
		if (f->down)
			f->ended_ms = now_ms;
		if (f->down && f->back)
			f->calm_ms = now_ms;
		f->down = false;
		return;
	}
	if (!f->down) {
		int64_t calm = after_ms(a) > CALM_MS ? after_ms(a) : CALM_MS;
		f->down = true;
		f->began_ms = now_ms;
		f->back = f->calm_ms != 0 && now_ms - f->calm_ms < calm;
	}
	if (strcmp(f->text, text) != 0)
		snprintf(f->text, sizeof f->text, "%.*s", ALERT_TROUBLE - 1, text);
}

/* When the fault, or its end, is to be told; INT64_MAX: nothing to tell. */
static int64_t
due_ms(const struct alert *a, const struct fault *f)
{
	int64_t wait = after_ms(a) > SETTLE_MS ? after_ms(a) : SETTLE_MS;

	if (!f->known || f->down == f->told)
		return INT64_MAX;
	if (!f->down)
		return f->ended_ms + SETTLE_MS;
	if (f->back && wait < CALM_MS)
		wait = CALM_MS;
	return f->began_ms + wait;
}

/* ---- notes for the next run ---- */

/* Whether it is told or not, a fault that lasts is noted: a service that is restarted
 * again and again would never tell it otherwise. */
static bool
is_noted(const struct alert *a, const struct fault *f, int64_t now_ms)
{
	return wanted(a) && a->store != NULL && (f->told || (f->down && now_ms >= f->began_ms + SETTLE_MS));
}

/* Whether the note in the store says something else, or since when by a clock that was
 * wrong. */
static bool
is_stale(const struct alert *a, const struct fault *f, bool noted)
{
	const struct fault *clock = &a->fault[ALERT_CLOCK];
	const char *told = f->told ? f->told_text : "";

	return noted != (f->kept.since != 0) || (noted && strcmp(f->kept.told, told) != 0) ||
	    (noted && f->kept_doubted && clock->known && !clock->down);
}

static void
keep_notes(struct alert *a, int64_t now_ms, int64_t now)
{
	struct err e;

	if (a->store == NULL || now_ms < a->keep_ms)
		return;
	for (int p = 0; p < ALERT_PARTS; p++) {
		struct fault *f = &a->fault[p];
		bool noted = is_noted(a, f, now_ms);
		struct alert_note note = { 0 };

		if (!is_stale(a, f, noted))
			continue;
		if (noted) {
			note.since = instant_of(f->told ? f->told_began_ms : f->began_ms, now_ms,
			    now);
			if (f->told)
				snprintf(note.told, sizeof note.told, "%s", f->told_text);
		}
		if (store_alert_set(a->store, PART_TEXT[p], &note, &e) == -1) {
			/* The service itself tells when its store does not work. */
			a->keep_ms = now_ms + (e.kind == ERR_BUSY ? KEEP_AGAIN_MS : RETRY_MS);
			return;
		}
		f->kept = note;
		f->kept_doubted = a->fault[ALERT_CLOCK].down;
	}
	a->keep_ms = 0;
}

/* ---- telling ---- */

/* What one text is about: every fault, or every end, of this moment. Returns how many. */
static int
gather(struct alert *a, bool end, int64_t now_ms)
{
	bool any_due = false;
	int n = 0;

	for (int p = 0; p < ALERT_PARTS; p++) {
		const struct fault *f = &a->fault[p];
		int64_t due = due_ms(a, f);
		bool mine = due != INT64_MAX && f->down != end;
		bool lasts = now_ms >= (end ? f->ended_ms : f->began_ms) + SETTLE_MS;

		any_due |= mine && due <= now_ms;
		a->telling[p] = mine && lasts && due <= now_ms + MOMENT_MS;
		n += a->telling[p];
	}
	return any_due ? n : 0;
}

static void
write_part(struct alert *a, enum alert_part p, int64_t now_ms, int64_t now,
    char out[static ALERT_SENTENCE])
{
	const struct fault *f = &a->fault[p];
	int64_t began_ms = a->telling_end ? f->told_began_ms : f->began_ms;
	int64_t ended_ms = a->telling_end ? f->ended_ms : now_ms;
	struct alert_span t = {
		.began = instant_of(began_ms, now_ms, now),
		.ended = instant_of(ended_ms, now_ms, now),
		.lasted_s = (ended_ms - began_ms) / 1000, .clock_ok = !a->fault[ALERT_CLOCK].down,
	};

	a->telling_began_ms[p] = began_ms;
	snprintf(a->telling_text[p], ALERT_TROUBLE, "%s", a->telling_end ? f->told_text : f->text);
	if (a->telling_end)
		alert_end_text(p, a->telling_text[p], &t, now, out);
	else
		alert_fault_text(p, a->telling_text[p], &t, out);
}

static void
start_telling(struct alert *a, int64_t now_ms, int64_t now)
{
	char text[ALERT_PARTS * ALERT_SENTENCE + CONFIG_TEXT + 8], sentence[ALERT_SENTENCE];
	char parts[64] = "FRIDGE_PART=", name[CONFIG_TEXT + 16];
	const char *env[] = {
		parts, a->telling_end ? "FRIDGE_STATE=ok" : "FRIDGE_STATE=fault", name, NULL,
	};
	struct command_with with = { .input = text, .env = env };
	struct err e;

	snprintf(name, sizeof name, "FRIDGE_NAME=%s", a->config->fridge.name);
	int n = snprintf(text, sizeof text, "[%s]", a->config->fridge.name);
	for (int p = 0; p < ALERT_PARTS; p++) {
		size_t m = strlen(parts);
		if (!a->telling[p])
			continue;
		write_part(a, (enum alert_part)p, now_ms, now, sentence);
		n += snprintf(text + n, sizeof text - (size_t)n, " %s", sentence);
		snprintf(parts + m, sizeof parts - m, "%s%s", parts[m - 1] == '=' ? "" : " ",
		    PART_TEXT[p]);
	}
	snprintf(text + n, sizeof text - (size_t)n, "\n");
	a->retry_ms = now_ms + RETRY_MS;	/* unless it ends well */
	if (command_start(&a->command, a->config->alert.command, &with, now_ms, &e) == -1)
		log_error("%s", e.what);
}

static void
told(struct alert *a, int64_t now_ms)
{
	for (int p = 0; p < ALERT_PARTS; p++) {
		struct fault *f = &a->fault[p];
		if (!a->telling[p])
			continue;
		f->told = !a->telling_end;
		if (f->told) {
			memcpy(f->told_text, a->telling_text[p], sizeof f->told_text);
			f->told_began_ms = a->telling_began_ms[p];
		} else {
			/* It may have come back while its end was told. */
			f->calm_ms = f->down ? f->began_ms : f->ended_ms;
			f->back = f->down;
		}
		log_info("the alert command was told of the %s: %s", PART_TEXT[p],
		    f->told ? f->told_text : "ok");
	}
	a->retry_ms = 0;
	a->keep_ms = now_ms;
}

void
alert_reap(struct alert *a, int64_t now_ms)
{
	bool ok;

	if (command_reap(&a->command, &ok) == 1 && ok)
		told(a, now_ms);
}

/* ---- when ---- */

/* The next moment at which a note is to be written; INT64_MAX: none. */
static int64_t
note_deadline(const struct alert *a)
{
	int64_t due = INT64_MAX;

	for (int p = 0; p < ALERT_PARTS && a->store != NULL; p++) {
		const struct fault *f = &a->fault[p];
		int64_t lasts_ms = f->began_ms + SETTLE_MS;

		if (is_stale(a, f, is_noted(a, f, f->down && !f->told ? lasts_ms : 0)))
			due = sooner(due, f->down && !f->told ? lasts_ms : 0);
	}
	return due != INT64_MAX && due < a->keep_ms ? a->keep_ms : due;
}

int64_t
alert_deadline(const struct alert *a)
{
	int64_t due = INT64_MAX;

	if (command_runs(&a->command))
		return sooner(command_deadline(&a->command), note_deadline(a));
	for (int p = 0; wanted(a) && p < ALERT_PARTS; p++)
		due = sooner(due, due_ms(a, &a->fault[p]));
	if (due != INT64_MAX && due < a->retry_ms)
		due = a->retry_ms;
	return sooner(due, note_deadline(a));
}

void
alert_run(struct alert *a, int64_t now_ms, int64_t now)
{
	command_run(&a->command, now_ms);
	keep_notes(a, now_ms, now);
	if (!wanted(a) || command_runs(&a->command) || now_ms < a->retry_ms)
		return;
	a->telling_end = false;
	if (gather(a, false, now_ms) == 0) {
		a->telling_end = true;
		if (gather(a, true, now_ms) == 0)
			return;
	}
	start_telling(a, now_ms, now);
}
