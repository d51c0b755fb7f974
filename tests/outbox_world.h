/* outbox_world.h - what the tests of the outbox share: a printer helper that is a list
 * of the lines it got. Time is a number that the tests count up. */
#ifndef FRIDGE_OUTBOX_WORLD_H
#define FRIDGE_OUTBOX_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../firmware/outbox.h"

#define TODAY 20600

/* How old a print is, is told by the machine's clock, which a busy disk does not hold: here
 * nothing waits for the disk, of this program nor of SQLite. */
int
fsync(int fd)
{
	(void)fd;
	return 0;
}

int
fdatasync(int fd)
{
	(void)fd;
	return 0;
}

struct desk {
	char folder[64];
	char path[128];
	struct config config;
	struct store *store;
	struct outbox *outbox;
	int64_t now;
	bool deaf;			/* the helper takes no line */
	char line[PROTO_LINE];		/* the last one it got */
	char setup[PROTO_LINE];
	int prints, cancels;		/* lines it got */
	int done, completed;		/* on_done calls */
	int64_t done_label;
	enum printer_health health;
	char printer[256];
};

static inline int
send_line(void *arg, const char *line)
{
	struct desk *d = arg;

	if (d->deaf)
		return -1;
	if (strncmp(line, "setup ", 6) == 0) {
		snprintf(d->setup, sizeof d->setup, "%s", line);
		return 0;
	}
	snprintf(d->line, sizeof d->line, "%s ", line);
	d->prints += strncmp(line, "print ", 6) == 0;
	d->cancels += strncmp(line, "cancel ", 7) == 0;
	return 0;
}

static inline day_t
today(void *arg)
{
	(void)arg;
	return TODAY;
}

static inline void
on_done(void *arg, int64_t label, bool completed)
{
	struct desk *d = arg;

	d->done++;
	d->completed += completed;
	d->done_label = label;
}

static inline void
on_printer(void *arg, enum printer_health health, const char *text)
{
	struct desk *d = arg;

	d->health = health;
	snprintf(d->printer, sizeof d->printer, "%s", text);
}

/* A new run of fridged (its helper starts too). */
static inline void
begin_run(struct desk *d)
{
	struct outbox_world w = {
		.store = d->store, .config = &d->config, .send = send_line, .today = today,
		.on_done = on_done, .on_printer = on_printer, .arg = d,
	};

	d->outbox = outbox_new(&w);
	outbox_helper_started(d->outbox, d->now);
}

static inline void
run_again(struct desk *d)
{
	outbox_free(d->outbox);
	begin_run(d);
}

static inline int
setup(void **state)
{
	struct desk *d = calloc(1, sizeof *d);
	struct err e;

	assert_non_null(d);
	snprintf(d->folder, sizeof d->folder, "%s/outbox.XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(d->folder));
	snprintf(d->path, sizeof d->path, "%s/fridge.db", d->folder);
	assert_int_equal(store_open(d->path, STORE_DAEMON, &d->store, &e), 0);
	config_defaults(&d->config);
	snprintf(d->config.fridge.code, sizeof d->config.fridge.code, "F3");
	snprintf(d->config.printer.queue, sizeof d->config.printer.queue, "label");
	d->now = 1000000;
	begin_run(d);
	*state = d;
	return 0;
}

static inline int
teardown(void **state)
{
	struct desk *d = *state;
	char command[160];

	outbox_free(d->outbox);
	store_close(d->store);
	snprintf(command, sizeof command, "rm -r %s", d->folder);
	assert_int_equal(system(command), 0);
	free(d);
	return 0;
}

/* The helper says a line. */
static inline void __attribute__((format(printf, 2, 3)))
say(struct desk *d, const char *fmt, ...)
{
	struct proto_parts parts;
	char text[PROTO_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	assert_int_equal(proto_parse(text, &parts), 0);
	outbox_line(d->outbox, &parts, d->now);
}

/* Let time go by, serving the deadlines on the way as the loop does. */
static inline void
pass(struct desk *d, int64_t ms)
{
	int64_t until = d->now + ms;

	while (outbox_deadline(d->outbox) <= until) {
		if (outbox_deadline(d->outbox) > d->now)
			d->now = outbox_deadline(d->outbox);
		outbox_run(d->outbox, d->now);
		assert_true(outbox_deadline(d->outbox) > d->now);	/* or the loop would spin */
	}
	d->now = until;
}

/* Queue a label's first print, as a tap does; age_ms ago. */
static inline int64_t
queue_aged(struct desk *d, int64_t owner, int64_t age_ms)
{
	char boot[BOOT_ID_SIZE];
	struct label_new l = {
		.owner = owner, .title = "", .template = "", .place = PLACE_DEFAULT,
		.stored_on = TODAY, .expires_on = TODAY + 7, .shelf = { .days = 7 },
		.copies = 1, .now = time(NULL) - age_ms / 1000, .today = TODAY,
		.boot_id = boot, .boot_ms = clock_boot_ms() - age_ms,
	};
	struct label made;
	struct err e;

	clock_boot_id(boot);
	assert_int_equal(store_label_add(d->store, &l, &made, &e), 0);
	return made.id;
}

static inline int64_t
queue(struct desk *d)
{
	int64_t label = queue_aged(d, 0, 0);

	outbox_kick(d->outbox, d->now);
	return label;
}

static inline struct print
print_of(struct desk *d, int64_t id)
{
	struct print p;
	struct err e;

	assert_int_equal(store_print_get(d->store, id, &p, &e), 1);
	return p;
}

#define STATE(d, id, s) assert_string_equal(print_state_text(print_of(d, id).state), s)
#define HAS(text, part) assert_non_null(strstr(text, part))

#endif
