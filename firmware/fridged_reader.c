/* fridged_reader.c - the reader helper: its lines, its losses, its reset. */
#include "fridged_impl.h"

#include <stdio.h>
#include <string.h>

#include "../drivers/proto.h"
#include "day.h"
#include "log.h"

#define SILENCE_MS 2000
#define LEFT_MS 5000		/* from "ready" until what lies on the reader is told again */
#define RESET_FAILURES 3	/* reopens that failed before the reset command runs */
#define RESET_AFTER_MS 10000	/* the reader tells of three by then, or of none */
#define RESET_LIMIT_MS 60000	/* for the command itself */

/* The field is out of sight. Whoever was in it may still be there, and is not a new tap
 * then. */
static void
leave_field(struct fridged *f)
{
	f->field.left_until_ms = 0;
	if (!f->field.present)
		return;
	f->field.present = false;
	f->field.left = true;
	tap_gone(f->tap, clock_mono_ms());
}

static void
reader_works(struct fridged *f)
{
	f->field.failures = 0;
	f->field.lost_ms = 0;
	f->field.reset = false;
	if (f->field.left_until_ms == 0)
		f->field.left_until_ms = clock_mono_ms() + LEFT_MS;
	care_say(f, "reader", f->state.reader, "ok");
}

static void
reader_lost(struct fridged *f, const char *why)
{
	int64_t now = clock_mono_ms();

	leave_field(f);
	f->field.failures++;
	if (f->field.lost_ms == 0)
		f->field.lost_ms = now;
	care_say(f, "reader", f->state.reader, why[0] != '\0' ? why : "out of order");
	reader_run(f, now);
}

static void
babble(struct fridged *f, const char *what)
{
	if (f->field.babbled)
		return;
	f->field.babbled = true;
	log_warn("the reader helper wrote %s: ignored", what);
}

static void
hear_tap(struct fridged *f, const struct proto_parts *line)
{
	int64_t now = clock_mono_ms();
	enum badge_kind kind;
	struct card card;
	struct err e;

	if (badge_kind_parse(proto_arg(line, 1), &kind) == -1) {
		babble(f, "a tap of an unknown kind");
		return;
	}
	if (card_parse(kind, proto_arg(line, 2), &card, &e) == -1) {
		babble(f, "a tap without a usable number");
		return;
	}
	if (f->field.left && now < f->field.left_until_ms)
		tap_resume(f->tap, now);
	f->field.left = false;
	f->field.present = true;
	tap_card(f->tap, &card, now);
}

static void
hear(void *arg, char *text)
{
	struct fridged *f = arg;
	struct proto_parts line;

	if (proto_parse(text, &line) == -1) {
		babble(f, "a line that is none");
		return;
	}
	const char *word = line.part[0].value;
	if (strcmp(word, "tap") == 0) {
		if (f->field.lost_ms != 0 || strcmp(f->state.reader, "ok") != 0)
			reader_works(f);
		hear_tap(f, &line);
	} else if (strcmp(word, "gone") == 0) {
		f->field.present = f->field.left = false;
		tap_gone(f->tap, clock_mono_ms());
	} else if (strcmp(word, "ready") == 0) {
		leave_field(f);		/* it knows nothing of who was there before */
		reader_works(f);
	} else if (strcmp(word, "error") == 0) {
		reader_lost(f, proto_arg(&line, 2));
	} else if (strcmp(word, "hello") == 0 && f->config.reader.helper[0] != '\0') {
		/* Another program need not know "ready". */
		reader_works(f);
	}
}

static void
started(void *arg)
{
	struct fridged *f = arg;

	f->field.babbled = false;
	reader_configured(f);
}

static void
ended(void *arg, const char *why)
{
	reader_lost(arg, why);
}

void
reader_configured(struct fridged *f)
{
	const struct config *c = &f->config;
	char technologies[64];
	struct proto_line line;

	snprintf(technologies, sizeof technologies, "%s%s%s",
	    c->reader.iso14443a ? ",iso14443a" : "", c->reader.iso14443b ? ",iso14443b" : "",
	    c->reader.felica ? ",felica" : "");
	proto_start(&line, "setup");
	proto_pair(&line, "device", c->reader.device);
	proto_pair(&line, "technologies", technologies[0] == ',' ? technologies + 1 : "");
	proto_pair_int(&line, "poll_ms", c->reader.poll_ms);
	proto_pair_int(&line, "rearm_ms", c->reader.rearm_ms);
	child_send(f->reader, line.text);
}

void
reader_open(struct fridged *f)
{
	char path[4096];
	char *argv[] = { path, NULL };
	struct child_spec spec = {
		.name = "reader", .argv = argv, .silence_ms = SILENCE_MS, .keep_fd = -1,
		.on_line = hear, .on_start = started, .on_end = ended, .arg = f,
	};

	if (f->config.reader.helper[0] != '\0')
		snprintf(path, sizeof path, "%s", f->config.reader.helper);
	else if (config_helper("fridge-reader", path, sizeof path, NULL) == -1)
		/* Degraded: tried, and told, again and again until it is installed. */
		snprintf(path, sizeof path, "%s/fridge-reader", FRIDGE_LIBEXECDIR);
	child_free(f->reader, 500);
	f->reader = child_new(&spec);
	leave_field(f);
	f->field.failures = 0;
	f->field.lost_ms = 0;
	f->field.reset = false;
	care_say(f, "reader", f->state.reader, STATE_NOT_KNOWN);
}

/* ---- the reset command ---- */

static void
reset_reader(struct fridged *f, int64_t now_ms)
{
	struct err e;

	f->field.reset = true;
	f->field.command.what = "the reader's reset command";
	f->field.command.limit_ms = RESET_LIMIT_MS;
	if (command_start(&f->field.command, f->config.reader.reset_command, NULL, now_ms, &e) == -1)
		log_error("%s", e.what);
	else
		log_info("the reader does not come back: its reset command is run");
}

void
reader_reap(struct fridged *f)
{
	bool ok;

	if (command_reap(&f->field.command, &ok) == 1 && ok)
		log_info("the reader's reset command has run");
}

static bool
may_reset(const struct fridged *f)
{
	return f->config.reader.reset_command[0] != '\0' && f->field.lost_ms != 0 &&
	    !f->field.reset && !command_runs(&f->field.command);
}

int64_t
reader_deadline(const struct fridged *f)
{
	if (may_reset(f))
		return f->field.lost_ms + RESET_AFTER_MS;
	return command_deadline(&f->field.command);
}

void
reader_run(struct fridged *f, int64_t now_ms)
{
	command_run(&f->field.command, now_ms);
	if (may_reset(f) && (f->field.failures >= RESET_FAILURES ||
	    now_ms >= f->field.lost_ms + RESET_AFTER_MS))
		reset_reader(f, now_ms);
}
