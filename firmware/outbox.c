/* outbox.c - see outbox.h
 *
 * One print is in hand at a time and goes from step to step. A step that writes to
 * the store is tried again until the store takes it; whatever the helper says in the
 * meantime is kept. Nothing here is needed after a crash: the row tells enough.
 *
 *   queued, 0 attempts     never handed over
 *   queued, n attempts     the n-th hand-over is due or was under way: after a crash
 *                          its job may exist, and is looked for by its name
 *   spooled                its job was made and is followed, found again by its name
 *
 * An attempt is counted before the hand-over that may make its job, and a hand-over
 * that made none leaves its number to the next one: so there are never more jobs
 * than attempts, and a refusal uses up none.
 */
#include "outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "day.h"
#include "log.h"
#include "outbox_impl.h"

#define JOBS_MAX 3
#define BUSY_MS 20		/* another program holds the store: again after */
#define BROKEN_MS 1000		/* the store cannot be written: again after */
#define ANSWER_MS 45000		/* the helper's answer to a print; it may be busy for 30 s */
#define GOODBYE_MS 15000	/* how long a job that came too late is waited for */
#define SHEET_PATIENCE_S 3600
#define AGE_UNKNOWN (INT64_MAX / 4)

static const int REFUSED_S[] = { 1, 2, 5 };	/* then 5 until it is stale */
static const int ABORTED_S[] = { 1, 2, 5 };

enum step {
	IDLE,		/* nothing in hand */
	HAND_OVER,	/* give it to the helper */
	HANDED,		/* the helper answers with job or refused */
	SPOOL,		/* its job is known: write that down */
	FOLLOW,		/* the job is on its way */
	RECALL,		/* it came too late: the job is being cancelled */
	COMPLETE,	/* write that down */
	REPEAT,		/* its job ended without paper: queue it again */
	GIVE_UP,	/* void it, for o->reason */
};

enum job_end { RUNS, COMPLETED, CANCELED, ABORTED, GONE };

struct outbox {
	struct outbox_world w;
	bool helper;			/* it runs */
	bool heard;			/* and has spoken */
	enum step step;
	int64_t due_ms;			/* of the step; INT64_MAX: it waits for the helper */
	struct print print;
	int64_t age_ms, taken_ms;	/* how old it was, when it was taken in hand */
	bool unsure;			/* look for a job of its name first */
	bool may_exist;			/* and there may well be one */
	bool counted;			/* the next job's attempt is counted */
	bool repeated;			/* a cancelled or vanished job was made again */
	bool only_look;			/* the last hand-over may not make a job */
	bool follows;			/* this run of the helper knows the job */
	int64_t job, job_ms;		/* since when */
	enum job_end end;
	int refusals, aborts;
	int64_t give_up_ms;		/* 0, or when waiting for a late job ends */
	char reason[TROUBLE_SIZE];
	char trouble[400];		/* the store's, told once */
	struct printer_words words;
	bool feedback;			/* the printer tells when a label is out */
	char said[TROUBLE_SIZE];	/* of the printer, to the caller */
};

struct outbox *
outbox_new(const struct outbox_world *w)
{
	struct outbox *o = calloc(1, sizeof *o);

	if (o == NULL)
		abort();	/* at start: nothing to fall back to */
	o->w = *w;
	o->feedback = true;
	o->due_ms = INT64_MAX;
	return o;
}

void
outbox_free(struct outbox *o)
{
	free(o);
}

static void
go(struct outbox *o, enum step step, int64_t due_ms)
{
	o->step = step;
	o->due_ms = due_ms;
}

/* Tell the caller how the printer is, if that changed. */
static void
tell_printer(struct outbox *o, int64_t now_ms)
{
	char text[TROUBLE_SIZE];
	enum printer_health health = PRINTER_TROUBLE;

	if (o->helper && !o->heard)
		return;		/* it may die again before it says anything */
	o->words.job = o->job;
	o->words.job_waits_ms = now_ms - o->job_ms;
	if (o->helper)
		health = trouble_text(&o->words, o->w.config->printer.queue, text);
	else
		snprintf(text, sizeof text,
		    "the printer helper does not run: see: journalctl -u fridged");
	if (strcmp(text, o->said) == 0)
		return;
	memcpy(o->said, text, sizeof o->said);
	o->w.on_printer(o->w.arg, health, o->said);
}

/* The store did not take a write: try again, and tell what is wrong once. A print
 * that another program has closed or taken away is no business of ours any more. */
static bool
store_failed(struct outbox *o, const struct err *e, int64_t now_ms)
{
	if (e->kind == ERR_REFUSED) {
		log_warn("print %lld is let go: %s", (long long)o->print.id, e->what);
		go(o, IDLE, now_ms);
		return true;
	}
	o->due_ms = now_ms + (e->kind == ERR_BUSY ? BUSY_MS : BROKEN_MS);
	if (e->kind != ERR_BUSY && strcmp(o->trouble, e->what) != 0) {
		snprintf(o->trouble, sizeof o->trouble, "%s", e->what);
		log_error("print %lld waits for the store: %s", (long long)o->print.id, e->what);
	}
	return false;
}

/* How long ago the print was queued. Another boot's clock says nothing about that,
 * and the wall clock only if it can be believed. */
static int64_t
age_of(const struct outbox *o, const struct print *p)
{
	char boot[BOOT_ID_SIZE];
	int64_t age;

	clock_boot_id(boot);
	if (boot[0] != '\0' && strcmp(p->boot_id, boot) == 0) {
		age = clock_boot_ms() - p->boot_ms;
		return age >= 0 ? age : AGE_UNKNOWN;
	}
	if (p->queued_at == 0 || o->w.today(o->w.arg) == DAY_NONE)
		return AGE_UNKNOWN;
	age = ((int64_t)time(NULL) - p->queued_at) * 1000;
	return age >= 0 ? age : AGE_UNKNOWN;
}

/* How long it may wait. Nobody stands beside a slip or a sign: an hour late, they are
 * still of use. */
static int
patience_s(const struct outbox *o)
{
	int s = o->w.config->printer.stale_after_s;

	return o->print.kind == PRINT_LABEL || s > SHEET_PATIENCE_S ? s : SHEET_PATIENCE_S;
}

/* When it has waited too long. */
static int64_t
stale_at(const struct outbox *o)
{
	return o->taken_ms + patience_s(o) * INT64_C(1000) - o->age_ms;
}

static void
say_stale(struct outbox *o)
{
	snprintf(o->reason, sizeof o->reason, "waited longer than %d s: %s", patience_s(o),
	    o->print.kind == PRINT_LABEL ? "tap again" : "print it again");
}

/* ---- the steps: each returns whether the next one can be taken at once ---- */

static bool
take(struct outbox *o, int64_t now_ms)
{
	char boot[BOOT_ID_SIZE];
	struct err e;
	int found = store_print_next(o->w.store, &o->print, &e);

	if (found == -1)
		return store_failed(o, &e, now_ms);
	if (found == 0) {
		go(o, IDLE, INT64_MAX);
		return false;
	}
	clock_boot_id(boot);
	o->age_ms = age_of(o, &o->print);
	o->taken_ms = now_ms;
	o->counted = o->print.state == PRINT_QUEUED && o->print.attempts > 0;
	/* Another boot's last writes may be lost, with what they said. */
	o->unsure = o->print.state == PRINT_SPOOLED || o->counted ||
	    strcmp(o->print.boot_id, boot) != 0;
	o->may_exist = o->unsure;
	o->repeated = o->only_look = o->follows = false;
	o->job = 0;
	o->job_ms = now_ms;
	o->end = RUNS;
	o->words.refused[0] = '\0';
	o->refusals = o->aborts = 0;
	o->give_up_ms = 0;
	go(o, HAND_OVER, now_ms);
	return true;
}

/* One that is too late is not printed any more; but if its job may exist, that is
 * looked for first, to cancel it, or to learn that it came out after all. */
static bool
hand_over(struct outbox *o, int64_t now_ms)
{
	bool late = now_ms >= stale_at(o);
	struct hand_over how = { .find = o->unsure };
	struct proto_line line;
	struct err e;

	if (late && o->give_up_ms == 0) {
		say_stale(o);
		o->give_up_ms = now_ms + GOODBYE_MS;
	}
	if (late && (!o->unsure || now_ms >= o->give_up_ms || (!o->helper && !o->may_exist))) {
		go(o, GIVE_UP, now_ms);
		return true;
	}
	if (!o->helper) {
		o->due_ms = late ? o->give_up_ms : stale_at(o);
		return false;
	}
	if (o->print.state == PRINT_QUEUED && !o->counted) {
		if (store_print_attempt(o->w.store, o->print.id, &o->print.attempts, &e) == -1)
			return store_failed(o, &e, now_ms);
		o->counted = true;
	}
	/* The name of a spooled print's next job, should the last one have vanished. */
	how.attempt = o->print.attempts + (o->print.state == PRINT_SPOOLED);
	how.only_look = late || how.attempt > JOBS_MAX;
	int rc = compose_print(o->w.store, o->w.config, &o->print, &how, &line, &e);
	if (rc == -1)
		return store_failed(o, &e, now_ms);
	if (rc == 0) {
		snprintf(o->reason, sizeof o->reason, "%.199s", e.what);
		go(o, GIVE_UP, now_ms);
		return true;
	}
	o->only_look = how.only_look;
	if (o->w.send(o->w.arg, line.text) == -1)
		o->due_ms = late ? o->give_up_ms : stale_at(o);	/* its end will be told */
	else
		go(o, HANDED, now_ms + ANSWER_MS);
	return false;
}

/* The helper beats, and yet gave no answer. */
static bool
unanswered(struct outbox *o, int64_t now_ms)
{
	log_warn("print %lld: the printer helper gave no answer: asking again",
	    (long long)o->print.id);
	o->unsure = o->may_exist = true;
	go(o, HAND_OVER, now_ms);
	return true;
}

static bool
spool(struct outbox *o, int64_t now_ms)
{
	bool another = o->print.state == PRINT_SPOOLED && o->print.job != 0 &&
	    o->print.job != o->job;
	struct err e;

	/* The old job was nowhere to be found: this one is new, and counts. */
	if (another && !o->counted && o->print.attempts < JOBS_MAX) {
		if (store_print_attempt(o->w.store, o->print.id, &o->print.attempts, &e) == -1)
			return store_failed(o, &e, now_ms);
		o->counted = true;
	}
	if ((o->print.state != PRINT_SPOOLED || another) &&
	    store_print_spooled(o->w.store, o->print.id, o->job, &e) == -1)
		return store_failed(o, &e, now_ms);
	o->print.state = PRINT_SPOOLED;
	o->print.job = o->job;
	o->counted = false;
	go(o, FOLLOW, now_ms);
	return true;
}

/* Its job has ended, whether it was wanted still or not. */
static bool
job_ended(struct outbox *o, int64_t now_ms)
{
	o->follows = false;
	o->words.job_state[0] = '\0';
	if (o->end == COMPLETED)
		go(o, COMPLETE, now_ms);
	else if (o->step == RECALL)
		go(o, GIVE_UP, now_ms);
	else
		go(o, REPEAT, now_ms);
	tell_printer(o, now_ms);
	return true;
}

static bool
follow(struct outbox *o, int64_t now_ms)
{
	struct proto_line line;

	if (o->end != RUNS)
		return job_ended(o, now_ms);
	if (!o->follows) {
		o->unsure = o->may_exist = true;
		go(o, HAND_OVER, now_ms);
		return true;
	}
	if (now_ms >= stale_at(o)) {
		proto_start(&line, "cancel");
		char job[24];
		snprintf(job, sizeof job, "%lld", (long long)o->job);
		proto_word(&line, job);
		if (o->give_up_ms == 0)
			o->give_up_ms = now_ms + GOODBYE_MS;
		say_stale(o);
		go(o, RECALL, o->give_up_ms);
		o->w.send(o->w.arg, line.text);
		return false;
	}
	tell_printer(o, now_ms);
	int64_t stuck_ms = o->job_ms + TROUBLE_STUCK_MS;
	o->due_ms = stuck_ms > now_ms && stuck_ms < stale_at(o) ? stuck_ms : stale_at(o);
	return false;
}

static bool
recall(struct outbox *o, int64_t now_ms)
{
	if (o->end != RUNS)
		return job_ended(o, now_ms);
	if (now_ms >= o->give_up_ms) {
		log_warn("print %lld: job %lld could not be cancelled", (long long)o->print.id,
		    (long long)o->job);
		go(o, GIVE_UP, now_ms);
		return true;
	}
	if (!o->follows) {
		o->unsure = o->may_exist = true;
		go(o, HAND_OVER, now_ms);
		return true;
	}
	o->due_ms = o->give_up_ms;
	return false;
}

/* What is in hand is done with: the next one. */
static bool
put_away(struct outbox *o, bool completed, int64_t now_ms)
{
	struct print p = o->print;

	o->trouble[0] = '\0';
	o->words.job_state[0] = o->words.refused[0] = '\0';
	go(o, IDLE, now_ms);
	tell_printer(o, now_ms);
	if (p.first)
		o->w.on_done(o->w.arg, p.label, completed);
	return true;
}

static bool
complete(struct outbox *o, int64_t now_ms)
{
	struct err e;

	if (store_print_completed(o->w.store, o->print.id, &e) == -1)
		return store_failed(o, &e, now_ms);
	log_info("print %lld of label %lld: completed", (long long)o->print.id,
	    (long long)o->print.label);
	return put_away(o, true, now_ms);
}

static bool
give_up(struct outbox *o, int64_t now_ms)
{
	struct err e;

	if (store_print_void(o->w.store, o->print.id, o->reason, o->w.today(o->w.arg), &e) == -1)
		return store_failed(o, &e, now_ms);
	log_warn("print %lld of label %lld is void: %s", (long long)o->print.id,
	    (long long)o->print.label, o->reason);
	return put_away(o, false, now_ms);
}

static bool
repeat(struct outbox *o, int64_t now_ms)
{
	static const char *const HOW[] = {
		[CANCELED] = "was cancelled", [GONE] = "vanished from CUPS",
		[ABORTED] = "was given up by the printer",
	};
	bool lost = o->end != ABORTED;
	int64_t due_ms = now_ms;
	struct err e;

	if (o->print.attempts >= JOBS_MAX + o->counted || (lost && o->repeated)) {
		snprintf(o->reason, sizeof o->reason, "its print job %s%s: tap again", HOW[o->end],
		    lost && o->repeated ? " twice" : "");
		go(o, GIVE_UP, now_ms);
		return true;
	}
	if (!o->counted) {
		if (store_print_attempt(o->w.store, o->print.id, &o->print.attempts, &e) == -1)
			return store_failed(o, &e, now_ms);
		o->counted = true;
	}
	snprintf(o->reason, sizeof o->reason, "its print job %s", HOW[o->end]);
	if (store_print_queued(o->w.store, o->print.id, o->reason, &e) == -1)
		return store_failed(o, &e, now_ms);
	log_warn("print %lld: job %lld %s: printed again", (long long)o->print.id,
	    (long long)o->job, HOW[o->end]);
	if (lost) {
		o->repeated = true;
	} else {
		int last = (int)(sizeof ABORTED_S / sizeof ABORTED_S[0]) - 1;
		due_ms += ABORTED_S[o->aborts < last ? o->aborts : last] * 1000;
		o->aborts++;
	}
	o->print.state = PRINT_QUEUED;
	o->unsure = o->may_exist = false;
	o->end = RUNS;
	go(o, HAND_OVER, due_ms);
	return true;
}

static bool
take_step(struct outbox *o, int64_t now_ms)
{
	switch (o->step) {
	case IDLE:
		return take(o, now_ms);
	case HAND_OVER:
		return hand_over(o, now_ms);
	case HANDED:
		return unanswered(o, now_ms);
	case SPOOL:
		return spool(o, now_ms);
	case FOLLOW:
		return follow(o, now_ms);
	case RECALL:
		return recall(o, now_ms);
	case COMPLETE:
		return complete(o, now_ms);
	case REPEAT:
		return repeat(o, now_ms);
	case GIVE_UP:
		return give_up(o, now_ms);
	}
	return false;
}

void
outbox_run(struct outbox *o, int64_t now_ms)
{
	while (now_ms >= o->due_ms && take_step(o, now_ms))
		continue;
}

void
outbox_kick(struct outbox *o, int64_t now_ms)
{
	if (o->step == IDLE)
		o->due_ms = now_ms;
	outbox_run(o, now_ms);
}

int64_t
outbox_deadline(const struct outbox *o)
{
	return o->due_ms;
}

/* ---- what the helper says ---- */

void
outbox_configured(struct outbox *o)
{
	struct proto_line line;

	compose_setup(o->w.config, &line);
	if (!line.ok)
		log_error("the printer's settings do not fit into a line: shorten [label] templates");
	else if (o->helper)
		o->w.send(o->w.arg, line.text);
}

void
outbox_helper_started(struct outbox *o, int64_t now_ms)
{
	o->helper = true;
	o->heard = false;
	memset(&o->words, 0, sizeof o->words);
	outbox_configured(o);
	if (o->step == HAND_OVER)
		o->due_ms = now_ms;
	outbox_kick(o, now_ms);
}

void
outbox_helper_ended(struct outbox *o, int64_t now_ms)
{
	o->helper = false;
	o->follows = false;
	if (o->step == HANDED) {
		o->unsure = o->may_exist = true;
		go(o, HAND_OVER, now_ms);
	} else if (o->step == FOLLOW || o->step == RECALL) {
		o->due_ms = now_ms;
	}
	tell_printer(o, now_ms);
	outbox_run(o, now_ms);
}

/* What happened, and what to do. */
static void
say_why(char out[static TROUBLE_SIZE], const char *why, const char *todo)
{
	snprintf(out, TROUBLE_SIZE, "%.120s%s%.70s", why, todo[0] != '\0' ? ": " : "", todo);
}

/* Which queue it is, and what stands behind it. */
static void
hear_queue(struct outbox *o, const struct proto_parts *line, int64_t now_ms)
{
	bool feedback = strcmp(proto_get(line, "feedback"), "no") != 0;

	snprintf(o->words.queue, sizeof o->words.queue, "%s", proto_arg(line, 1));
	snprintf(o->words.model, sizeof o->words.model, "%s", proto_get(line, "model"));
	tell_printer(o, now_ms);
	if (feedback == o->feedback)
		return;
	o->feedback = feedback;
	if (!feedback)
		log_info("print queue %s (%s:) does not tell when a label is out or the paper: "
		    "completed means handed over", o->words.queue, proto_get(line, "device"));
}

static void
hear_printer(struct outbox *o, const struct proto_parts *line, int64_t now_ms)
{
	bool was_ready = strcmp(o->words.state, "ready") == 0;

	snprintf(o->words.state, sizeof o->words.state, "%s", proto_arg(line, 1));
	snprintf(o->words.reasons, sizeof o->words.reasons, "%s", proto_arg(line, 2));
	snprintf(o->words.want, sizeof o->words.want, "%s", proto_get(line, "want"));
	snprintf(o->words.have, sizeof o->words.have, "%s", proto_get(line, "have"));
	say_why(o->words.why, proto_get(line, "why"), proto_get(line, "todo"));
	tell_printer(o, now_ms);
	/* What made it refuse may be over. */
	if (!was_ready && strcmp(o->words.state, "ready") == 0 && o->step == HAND_OVER &&
	    o->refusals > 0)
		o->due_ms = now_ms;
}

static void
hear_job(struct outbox *o, int64_t job, int64_t now_ms)
{
	if (o->step != HANDED || job <= 0)
		return;
	o->job = job;
	o->job_ms = now_ms;
	o->end = RUNS;
	o->follows = true;
	snprintf(o->words.job_state, sizeof o->words.job_state, "pending");
	o->words.job_reasons[0] = o->words.refused[0] = '\0';
	go(o, SPOOL, now_ms);
}

static void
hear_state(struct outbox *o, const struct proto_parts *line, int64_t now_ms)
{
	static const struct {
		const char *word;
		enum job_end end;
	} ENDS[] = {
		{ "completed", COMPLETED }, { "canceled", CANCELED },
		{ "aborted", ABORTED }, { "gone", GONE },
	};
	const char *state = proto_arg(line, 2);

	if (!o->follows || strtoll(proto_arg(line, 1), NULL, 10) != o->job)
		return;
	snprintf(o->words.job_state, sizeof o->words.job_state, "%s", state);
	snprintf(o->words.job_reasons, sizeof o->words.job_reasons, "%s", proto_arg(line, 3));
	for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
		if (strcmp(ENDS[i].word, state) == 0)
			o->end = ENDS[i].end;
	if (o->end != RUNS && (o->step == FOLLOW || o->step == RECALL))
		o->due_ms = now_ms;
	tell_printer(o, now_ms);
}

static void
hear_refused(struct outbox *o, const struct proto_parts *line, int64_t now_ms)
{
	const char *why = proto_get(line, "why"), *todo = proto_get(line, "todo");
	char text[sizeof o->reason];
	struct err e;
	int last = (int)(sizeof REFUSED_S / sizeof REFUSED_S[0]) - 1;

	if (o->step != HANDED || proto_get_int(line, "id", -1) != o->print.id)
		return;
	if (proto_get_int(line, "retry", 1) == 0) {
		/* Nothing there, if it was only to look: then the reason is known. */
		if (!o->only_look)
			say_why(o->reason, why, todo);
		else if (o->give_up_ms == 0)
			snprintf(o->reason, sizeof o->reason, "its third print job vanished: tap again");
		go(o, GIVE_UP, now_ms);
		return;
	}
	snprintf(text, sizeof text, "%.199s", why);
	if (o->only_look && !o->may_exist) {
		/* Not even to be looked for, and most likely not there. */
		go(o, GIVE_UP, now_ms);
		return;
	}
	if (strcmp(text, o->print.reason) != 0) {
		memcpy(o->print.reason, text, sizeof o->print.reason);
		log_warn("print %lld waits: %s", (long long)o->print.id, why);
		/* For people only: where the store is held, it is not worth waiting for. */
		if (o->print.state == PRINT_QUEUED)
			store_print_queued(o->w.store, o->print.id, text, &e);
	}
	/* No job was made, says the helper; CUPS may know better. */
	o->unsure = true;
	go(o, HAND_OVER, now_ms + REFUSED_S[o->refusals < last ? o->refusals : last] * 1000);
	if (o->give_up_ms == 0 && o->due_ms > stale_at(o))
		o->due_ms = stale_at(o);
	/* The first may be a moment's; what lasts is a trouble, whatever the queue says. */
	if (o->refusals++ > 0)
		say_why(o->words.refused, why, todo);
	tell_printer(o, now_ms);
}

void
outbox_line(struct outbox *o, const struct proto_parts *line, int64_t now_ms)
{
	const char *word = line->part[0].value;

	if (!o->heard) {
		o->heard = true;
		tell_printer(o, now_ms);
	}
	if (strcmp(word, "printer") == 0)
		hear_printer(o, line, now_ms);
	else if (strcmp(word, "queue") == 0)
		hear_queue(o, line, now_ms);
	else if (strcmp(word, "job") == 0)
		hear_job(o, strtoll(proto_arg(line, 1), NULL, 10), now_ms);
	else if (strcmp(word, "state") == 0)
		hear_state(o, line, now_ms);
	else if (strcmp(word, "refused") == 0)
		hear_refused(o, line, now_ms);
	outbox_run(o, now_ms);
}
