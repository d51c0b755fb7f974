/* fridged.c - the service: it starts the helpers and runs the loop between the badge
 * reader, the store and the printer.
 *
 * It knows neither readers nor printers; those live in helpers that may hang or crash.
 * Whatever is missing at start but the configuration, the key and the store is a
 * state, told and waited for, and no reason to end; of those three see fridged_hold.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "../drivers/proto.h"
#include "day.h"
#include "err.h"
#include "fridged_impl.h"
#include "help.h"
#include "log.h"
#include "option.h"

#define PROGRAM "fridged"
#define PRINTER_SILENCE_MS 5000
#define GRACE_MS 800		/* for each helper, at the end */
#define START_MS 3000		/* what an earlier run or a tool still holds is waited for */
#define START_LIMIT_S 90	/* of systemd, */
#define READ_BYTES_S 50000	/* and what the worst card reads beside it */

/* ---- the printer helper ---- */

static void
hear_printer(void *arg, char *text)
{
	struct fridged *f = arg;
	struct proto_parts line;

	if (proto_parse(text, &line) == 0)
		outbox_line(f->outbox, &line, clock_mono_ms());
	else if (!f->printer_babbled) {
		f->printer_babbled = true;
		log_warn("the printer helper wrote a line that is none: ignored");
	}
}

static void
printer_started(void *arg)
{
	struct fridged *f = arg;

	f->printer_babbled = false;
	outbox_helper_started(f->outbox, clock_mono_ms());
}

static void
printer_ended(void *arg, const char *why)
{
	struct fridged *f = arg;

	(void)why;		/* child.c told it */
	outbox_helper_ended(f->outbox, clock_mono_ms());
}

static void
open_printer(struct fridged *f)
{
	char path[4096];
	char *argv[] = { path, NULL };
	struct child_spec spec = {
		.name = "printer", .argv = argv, .silence_ms = PRINTER_SILENCE_MS,
		/* An orphan must not print any more once a new run of us looks at the
		 * jobs: while it lives, the lock is held. */
		.keep_fd = f->lock,
		.on_line = hear_printer, .on_start = printer_started, .on_end = printer_ended,
		.arg = f,
	};

	if (config_helper("fridge-print", path, sizeof path, NULL) == -1)
		/* Degraded: tried, and told, again and again until it is installed. */
		snprintf(path, sizeof path, "%s/fridge-print", FRIDGE_LIBEXECDIR);
	f->printer = child_new(&spec);
}

/* ---- what the parts tell ---- */

static int
send_printer(void *arg, const char *line)
{
	struct fridged *f = arg;

	return child_send(f->printer, line);
}

static void
on_done(void *arg, int64_t label, bool completed)
{
	struct fridged *f = arg;

	(void)completed;
	tap_printed(f->tap, label);
	care_touched(f);
}

static void
on_printer(void *arg, enum printer_health health, const char *text)
{
	struct fridged *f = arg;

	f->printer_health = health;
	care_say(f, "printer", f->state.printer, text);
}

static void
on_tap(void *arg, const struct tap_event *ev)
{
	struct fridged *f = arg;
	enum tap_signal signal = ev->signal;
	const char *note = "";

	/* It will print when the printer can; until then nothing is coming. */
	if (ev->label != 0 && f->printer_health == PRINTER_TROUBLE) {
		signal = SIGNAL_FAULT;
		note = ": it waits for the printer";
	}
	if (ev->label != 0) {
		/* Before the log: the printer is slower than everything else here. */
		outbox_kick(f->outbox, clock_mono_ms());
		log_info("label %" PRId64 ": %s, %s%s", ev->label, ev->why,
		    tap_signal_text(signal), note);
	} else {
		/* The emptied card has its slip. */
		outbox_kick(f->outbox, clock_mono_ms());
		log_info("no label: %s, %s", ev->why, tap_signal_text(signal));
	}
	signal_tap(f, signal);
	care_touched(f);
}

/* ---- a new configuration ---- */

static bool
same_printing(const struct config *a, const struct config *b)
{
	return strcmp(a->printer.queue, b->printer.queue) == 0 &&
	    memcmp(&a->printer.media, &b->printer.media, sizeof a->printer.media) == 0 &&
	    a->printer.rotate == b->printer.rotate &&
	    strcmp(a->printer.language, b->printer.language) == 0 &&
	    a->printer.red == b->printer.red &&
	    strcmp(a->label.templates, b->label.templates) == 0 &&
	    strcmp(a->label.qr, b->label.qr) == 0;
}

static int
check_reload(const struct fridged *f, const struct config *c, struct err *e)
{
	if (strcmp(f->config.store.path, c->store.path) != 0)
		return err_set(e, ERR_REFUSED, "systemctl restart fridged",
		    "[store] path cannot change while fridged runs");
	if (strcmp(f->config.store.key_file, c->store.key_file) != 0)
		return err_set(e, ERR_REFUSED, "systemctl restart fridged",
		    "[store] key_file cannot change while fridged runs");
	return day_zone(c->fridge.timezone, e);
}

/* All of it, or nothing of it. */
static void
reload(struct fridged *f)
{
	static struct config new, old;	/* too large for comfort on a stack */
	struct err e;

	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_mono_ms() * 1000);
	if (config_load(f->file, &new, NULL, &e) == -1 || check_reload(f, &new, &e) == -1) {
		log_error("the old configuration is kept: %s%s%s", e.what,
		    e.todo[0] != '\0' ? "; try: " : "", e.todo);
	} else {
		bool helper = strcmp(f->config.reader.helper, new.reader.helper) != 0;
		bool reader = memcmp(&f->config.reader, &new.reader, sizeof new.reader) != 0;
		bool printing = !same_printing(&f->config, &new);
		old = f->config;
		f->config = new;
		if (helper)
			reader_open(f);
		else if (reader)
			reader_configured(f);
		if (printing)
			outbox_configured(f->outbox);
		signal_configured(f, &old);
		f->care.lapsed_on = DAY_NONE;
		f->care.look_ms = 0;
		log_info("the configuration was read again");
	}
	sd_notify(0, "READY=1");
}

/* ---- the loop ---- */

static void
on_signal(struct fridged *f)
{
	struct signalfd_siginfo si;

	while (read(f->fd[FD_SIGNAL].fd, &si, sizeof si) == sizeof si) {
		switch (si.ssi_signo) {
		case SIGHUP:
			reload(f);
			break;
		case SIGCHLD:
			reader_reap(f);
			signal_reap(f);
			child_run(f->reader);
			child_run(f->printer);
			break;
		default:	/* SIGTERM, SIGINT */
			f->running = false;
			break;
		}
	}
}

static void
on_timer(struct fridged *f)
{
	uint64_t times;

	if (read(f->fd[FD_TIMER].fd, &times, sizeof times) == sizeof times)
		f->armed_ms = 0;
}

/* The bell is a file that others touch; it may be made or replaced at any time, so
 * its folder is watched for that. */
static void
watch_bell(struct fridged *f)
{
	const char *bell = store_bell_path(f->store);
	const char *slash = strrchr(bell, '/');
	char folder[4096] = ".";

	if (slash != NULL)
		snprintf(folder, sizeof folder, "%.*s", slash == bell ? 1 : (int)(slash - bell),
		    bell);
	inotify_add_watch(f->fd[FD_BELL].fd, folder, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	inotify_add_watch(f->fd[FD_BELL].fd, bell, IN_ATTRIB | IN_MODIFY | IN_MOVE_SELF |
	    IN_DELETE_SELF);
}

static void
on_bell(struct fridged *f)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	while (read(f->fd[FD_BELL].fd, events, sizeof events) > 0)
		continue;
	watch_bell(f);
	care_touched(f);
	f->care.look_ms = 0;	/* somebody may have confirmed the clock */
	outbox_kick(f->outbox, clock_mono_ms());
}

static void
on_reader(struct fridged *f)
{
	child_run(f->reader);
}

static void
on_printer_fd(struct fridged *f)
{
	child_run(f->printer);
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
next_deadline(const struct fridged *f)
{
	int64_t due = care_deadline(f);

	due = sooner(due, child_deadline(f->reader));
	due = sooner(due, child_deadline(f->printer));
	due = sooner(due, reader_deadline(f));
	due = sooner(due, signal_deadline(f));
	due = sooner(due, tap_deadline(f->tap));
	return sooner(due, outbox_deadline(f->outbox));
}

/* Do what is due, and set the timer for the next. Deadlines move away with every
 * heartbeat: a timer left as it was would wake us for nothing. */
static void
run_due(struct fridged *f)
{
	int64_t now = clock_mono_ms();

	if (now >= child_deadline(f->reader))
		child_run(f->reader);
	if (now >= child_deadline(f->printer))
		child_run(f->printer);
	tap_run(f->tap, now);
	outbox_run(f->outbox, now);
	reader_run(f, now);
	care_run(f, now);
	signal_run(f, now);

	int64_t due = next_deadline(f);
	if (due < 1)
		due = 1;
	if (f->armed_ms == due)
		return;
	f->armed_ms = due;
	struct itimerspec at = {
		.it_value = { (time_t)(due / 1000), (long)(due % 1000 * 1000000) },
	};
	timerfd_settime(f->fd[FD_TIMER].fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static int
loop(struct fridged *f, struct err *e)
{
	static void (*const ON[FD_COUNT])(struct fridged *) = {
		[FD_SIGNAL] = on_signal, [FD_TIMER] = on_timer, [FD_BELL] = on_bell,
		[FD_READER] = on_reader, [FD_PRINTER] = on_printer_fd,
	};

	for (f->running = true; f->running;) {
		run_due(f);
		f->fd[FD_READER].fd = child_fd(f->reader);
		f->fd[FD_PRINTER].fd = child_fd(f->printer);
		if (poll(f->fd, FD_COUNT, -1) == -1) {
			if (errno == EINTR)
				continue;
			return err_set(e, ERR_SYSTEM, NULL, "poll: %s", strerror(errno));
		}
		for (int i = 0; i < FD_COUNT && f->running; i++)
			if (f->fd[i].revents != 0)	/* POLLHUP and POLLERR too */
				ON[i](f);
	}
	return 0;
}

/* ---- start and end ---- */

static int
open_descriptors(struct fridged *f, struct err *e)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	f->fd[FD_SIGNAL].fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	f->fd[FD_TIMER].fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	f->fd[FD_BELL].fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (int i = 0; i < FD_COUNT; i++)
		f->fd[i].events = POLLIN;
	if (f->fd[FD_SIGNAL].fd == -1 || f->fd[FD_TIMER].fd == -1 || f->fd[FD_BELL].fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot open a descriptor: %s",
		    strerror(errno));
	return 0;
}

/* The whole file is read before we are ready, which a slow card may take long for: systemd
 * is asked for the time. */
static void
begin_long_look(const struct fridged *f)
{
	struct stat st;
	int64_t size = stat(f->config.store.path, &st) == 0 ? st.st_size : 0;

	sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" PRId64,
	    (START_LIMIT_S + size / READ_BYTES_S) * INT64_C(1000000));
}

/* Take the lock and open the store. A killed run's helper may still be dying with
 * the lock, and a tool may be in the middle of a write: neither is an error yet. */
static int
open_store(struct fridged *f, struct err *e)
{
	int64_t limit = clock_mono_ms() + START_MS;

	begin_long_look(f);
	while ((f->lock = store_lock(f->config.store.path, e)) == -1 ||
	    store_open(f->config.store.path, STORE_DAEMON, &f->store, e) == -1) {
		if (f->lock != -1)
			close(f->lock);
		f->lock = -1;
		if (e->kind != ERR_BUSY || clock_mono_ms() >= limit)
			return -1;
		poll(NULL, 0, 20);
	}
	store_tidy(f->config.store.path);
	return store_verify(f->store, e);
}

static int
begin(struct fridged *f, struct err *e)
{
	struct tap_world tap = {
		.config = &f->config, .today = care_today, .on_event = on_tap, .arg = f,
	};
	struct outbox_world outbox = {
		.config = &f->config, .send = send_printer, .today = care_today,
		.on_done = on_done, .on_printer = on_printer, .arg = f,
	};

	if (day_zone(f->config.fridge.timezone, e) == -1 ||
	    badge_key_load(f->config.store.key_file, &f->key, e) == -1 ||
	    open_store(f, e) == -1 || open_descriptors(f, e) == -1 || care_begin(f, e) == -1)
		return -1;
	tap.store = outbox.store = f->store;
	tap.key = f->key;
	f->tap = tap_new(&tap);
	f->outbox = outbox_new(&outbox);
	hold_over(f);
	signal_begin(f);
	watch_bell(f);
	reader_open(f);
	open_printer(f);
	snprintf(f->state.printer, sizeof f->state.printer, STATE_NOT_KNOWN);
	tap_resume(f->tap, clock_mono_ms());
	return 0;
}

static void
end(struct fridged *f)
{
	child_free(f->reader, GRACE_MS);
	child_free(f->printer, GRACE_MS);
	command_stop(&f->field.command);
	signal_end(f);
	tap_free(f->tap);
	outbox_free(f->outbox);
	store_close(f->store);
	badge_key_free(f->key);
	for (int i = FD_SIGNAL; i <= FD_BELL; i++)
		if (f->fd[i].fd != -1)
			close(f->fd[i].fd);
	if (f->lock != -1)
		close(f->lock);
}

/* Standard descriptors that are closed would be taken by the first file opened. */
static void
fill_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd != -1 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

static void
put_help(void)
{
	puts("Usage: " PROGRAM " [-c FILE] [-n]\n\n"
	    "The fridge's service: a badge at the reader becomes a label from the printer.\n"
	    "It runs in the foreground; SIGHUP reads the configuration again, SIGTERM ends it.\n\n"
	    "Options:");
	help_options(stdout, FRIDGED_OPTIONS);
}

/* All errors of the configuration, the first with what is allowed. */
static int
load_config(const char *file, struct config *out, struct err *e)
{
	char *text = NULL;
	size_t size = 0;
	FILE *more = open_memstream(&text, &size);

	int rc = config_load(file, out, more, e);
	if (more != NULL)
		fclose(more);
	if (rc == -1) {
		err_print(PROGRAM, e);
		char *rest = text != NULL ? strchr(text, '\n') : NULL;
		if (rest != NULL && rest[1] != '\0')
			fprintf(stderr, "%s", rest + 1);
	}
	free(text);
	return rc;
}

int
main(int argc, char **argv)
{
	static struct fridged f = { .lock = -1 };
	struct options options;
	struct err e;

	fill_standard_descriptors();
	if (options_take(PROGRAM, FRIDGED_OPTIONS, argc, argv, &options, &e) == -1) {
		err_print(PROGRAM, &e);
		return err_status(&e);
	}
	if (options_value(&options, "help") != NULL) {
		put_help();
		return 0;
	}
	if (options_value(&options, "version") != NULL) {
		puts(PROGRAM " " FRIDGE_VERSION);
		return 0;
	}
	f.file = options_value(&options, "config");
	for (int i = 0; i < FD_COUNT; i++)
		f.fd[i].fd = -1;
	log_open(PROGRAM);
	bool check = options_value(&options, "check") != NULL;
	if (load_config(f.file, &f.config, &e) == -1) {
		config_rescue(f.file, &f.config);
		if (!check)
			hold(&f, &e);
		return err_status(&e);
	}
	if (check) {
		puts("ok");
		return 0;
	}
	int rc = begin(&f, &e);
	bool began = rc == 0;
	if (began) {
		sd_notify(0, "READY=1");
		rc = loop(&f, &e);
		sd_notify(0, "STOPPING=1");
	}
	if (rc == -1)
		err_print(PROGRAM, &e);
	end(&f);
	if (!began)
		hold(&f, &e);
	return rc == -1 ? 1 : 0;
}
