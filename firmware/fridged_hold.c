/* fridged_hold.c - what there is while fridged cannot begin: its configuration, its key or
 * its store cannot be used.
 *
 * The service manager starts it again for ever, each time with the files as they are then.
 * The first time it ends at once, so that whoever started it sees why. From then on it stays
 * for a while, longer the longer that lasts: the fault lamp blinks, the alert command is told
 * once, and the journal is spared. It ends early when one of its files changes. What the next
 * run must know is in a file of the folder for such things that the manager keeps until it is
 * asked to stop or start us (RuntimeDirectory=); without one there is no next run.
 */
#include "fridged_impl.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "../drivers/indicator.h"
#include "alert.h"
#include "day.h"
#include "log.h"

#define HOLD_MIN_MS 60000
#define HOLD_MAX_MS 120000	/* "systemctl start" waits for it */
#define HOLD_PART 4		/* of the time that it has lasted */
#define EXTRA_MS 60000		/* for the manager, who would lose its patience */

/* The file of the next run: since when, by CLOCK_BOOTTIME, and what was told of it. */
struct record {
	int64_t began_ms;
	char told[200];		/* "": nobody was told */
};

static bool
record_path(char out[static PATH_MAX])
{
	const char *folder = getenv("RUNTIME_DIRECTORY");

	return folder != NULL && folder[0] == '/' &&
	    snprintf(out, PATH_MAX, "%s/cannot-begin", folder) < PATH_MAX;
}

static bool
record_read(const char *path, struct record *out)
{
	FILE *f = fopen(path, "re");

	*out = (struct record){ .began_ms = 0 };
	if (f == NULL)
		return false;
	bool ok = fscanf(f, "%" SCNd64 " ", &out->began_ms) == 1;
	if (ok && fgets(out->told, sizeof out->told, f) != NULL)
		out->told[strcspn(out->told, "\n")] = '\0';
	fclose(f);
	return ok && out->began_ms > 0 && out->began_ms <= clock_boot_ms();
}

static void
record_write(const char *path, const struct record *r)
{
	FILE *f = fopen(path, "we");

	if (f != NULL)
		fprintf(f, "%" PRId64 " %s\n", r->began_ms, r->told);
	if (f == NULL || fclose(f) != 0)
		log_warn("%s: %s", path, strerror(errno));
}

/* The same as alerts keep it. */
static struct alert_note
note_of(const struct record *r)
{
	struct alert_note n = { .since = time(NULL) - (clock_boot_ms() - r->began_ms) / 1000 };

	memcpy(n.told, r->told, sizeof n.told);
	return n;
}

/* ---- the files that may be mended ---- */

struct watched {
	int folder;			/* inotify's number of it, or -1 */
	const char *name;		/* in it */
	uint32_t events;
};
enum { WATCHED = 3 };

/* A path is taken apart where it stands. */
static void
watch(struct watched *w, int fd, char *path, uint32_t events)
{
	char *slash = strrchr(path, '/');

	w->events = events | IN_CREATE | IN_MOVED_TO | IN_ATTRIB;
	w->name = slash != NULL ? slash + 1 : path;
	if (slash != NULL)
		*slash = '\0';
	/* Two of them may be in the same folder. */
	w->folder = inotify_add_watch(fd, slash == NULL ? "." : slash == path ? "/" : path,
	    IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_CLOSE_WRITE | IN_ONLYDIR);
}

/* Whether what happened is of one of the files. */
static bool
is_mended(int fd, const struct watched w[static WATCHED])
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool mended = false;
	ssize_t n;

	while ((n = read(fd, events, sizeof events)) > 0) {
		const struct inotify_event *ev;
		for (char *at = events; at < events + n; at += sizeof *ev + ev->len) {
			ev = (const struct inotify_event *)at;
			for (int i = 0; i < WATCHED && ev->len > 0; i++)
				mended |= ev->wd == w[i].folder && (ev->mask & w[i].events) != 0 &&
				    strcmp(ev->name, w[i].name) == 0;
		}
	}
	return mended;
}

/* ---- waiting ---- */

struct holding {
	char path[PATH_MAX];		/* of the record */
	struct record record;
	char text[200];			/* the trouble */
	struct indicator *indicator;
	struct alert *alert;
	int signals, files;
	struct watched watched[WATCHED];
	int64_t until_ms;
};

/* What is due. */
static void
run(struct holding *h, int64_t now_ms)
{
	alert_say(h->alert, ALERT_SERVICE, h->text, now_ms);
	alert_run(h->alert, now_ms, time(NULL));
	indicator_run(h->indicator, now_ms);
	const char *told = alert_told(h->alert, ALERT_SERVICE);
	if (strcmp(told, h->record.told) == 0)
		return;
	snprintf(h->record.told, sizeof h->record.told, "%s", told);
	record_write(h->path, &h->record);
}

static int64_t
next_deadline(const struct holding *h)
{
	int64_t due = h->until_ms;

	if (alert_deadline(h->alert) < due)
		due = alert_deadline(h->alert);
	if (indicator_deadline(h->indicator) < due)
		due = indicator_deadline(h->indicator);
	return due;
}

/* False: it is to end. */
static bool
take_signals(struct holding *h)
{
	struct signalfd_siginfo si;
	bool stay = true;

	while (read(h->signals, &si, sizeof si) == sizeof si) {
		if (si.ssi_signo == SIGCHLD) {
			alert_reap(h->alert, clock_mono_ms());
			continue;
		}
		stay = false;
		/* Whoever starts it next wants to see how that goes. */
		if (si.ssi_signo != SIGHUP)
			unlink(h->path);
	}
	return stay;
}

static void
wait_around(struct holding *h)
{
	struct pollfd fd[] = {
		{ .fd = h->signals, .events = POLLIN }, { .fd = h->files, .events = POLLIN },
	};
	int64_t now;

	while ((now = clock_mono_ms()) < h->until_ms) {
		run(h, now);
		int64_t left = next_deadline(h) - now;
		if (poll(fd, 2, left < 0 ? 0 : (int)left) == -1 && errno != EINTR)
			return;
		if (!take_signals(h) || is_mended(h->files, h->watched))
			return;
	}
}

static void
open_files(struct holding *h, const struct config *c)
{
	static char config[CONFIG_TEXT], key[CONFIG_TEXT], store[CONFIG_TEXT];

	snprintf(config, sizeof config, "%s", c->file);
	snprintf(key, sizeof key, "%s", c->store.key_file);
	snprintf(store, sizeof store, "%s", c->store.path);
	h->files = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch(&h->watched[0], h->files, config, IN_CLOSE_WRITE);
	watch(&h->watched[1], h->files, key, IN_CLOSE_WRITE);
	/* A look at it ends with the same event as a write. */
	watch(&h->watched[2], h->files, store, 0);
}

static void
open_signals(struct holding *h)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	h->signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void
stay(struct holding *h, struct fridged *f)
{
	const struct config *c = &f->config;
	const struct indicator_names lamps = {
		.leds = c->indicator.leds, .ok = c->indicator.ok, .name = c->indicator.name,
		.fault = c->indicator.fault, .buzzer = c->indicator.buzzer,
	};
	struct alert_note note = note_of(&h->record);
	int64_t now = clock_mono_ms();
	int64_t hold_ms = (clock_boot_ms() - h->record.began_ms) / HOLD_PART;

	hold_ms = hold_ms < HOLD_MIN_MS ? HOLD_MIN_MS : hold_ms > HOLD_MAX_MS ? HOLD_MAX_MS : hold_ms;
	h->until_ms = now + hold_ms;
	h->indicator = indicator_new(&lamps);
	h->alert = alert_new(NULL, c, now, time(NULL));
	if (h->indicator == NULL || h->alert == NULL)
		abort();
	alert_recall(h->alert, ALERT_SERVICE, &note, now, time(NULL));
	indicator_broken(h->indicator, true, now);
	open_files(h, c);
	open_signals(h);
	sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" PRId64 "\nSTATUS=It cannot begin: %s",
	    (hold_ms + EXTRA_MS) * 1000, h->text);
	wait_around(h);
	alert_free(h->alert);
	indicator_free(h->indicator);
	close(h->signals);
	close(h->files);
}

void
hold(struct fridged *f, const struct err *why)
{
	static struct holding h;

	if (!record_path(h.path))
		return;
	if (!record_read(h.path, &h.record)) {
		h.record = (struct record){ .began_ms = clock_boot_ms() };
		record_write(h.path, &h.record);
		return;
	}
	snprintf(h.text, sizeof h.text, "%.120s%s%.70s", why->what,
	    why->todo[0] != '\0' ? ": try: " : "", why->todo);
	stay(&h, f);
}

void
hold_over(struct fridged *f)
{
	char path[PATH_MAX];
	struct record r;
	struct err e;

	if (!record_path(path) || !record_read(path, &r))
		return;
	/* Whoever was told of it is told of its end. */
	struct alert_note note = note_of(&r);
	if (r.told[0] == '\0' || store_alert_set(f->store, "service", &note, &e) == 0)
		unlink(path);
}
