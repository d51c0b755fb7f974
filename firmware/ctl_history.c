/* ctl_history.c - fridgectl history: what changed, in order; the feed for other systems.
 *
 * Numbers run on without a gap, and become visible in their order, so that whoever
 * remembers the last one misses nothing. What was pruned meanwhile is told by a mark.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ctl.h"

#define BATCH 500		/* changes read at once */
#define TABLE_NEWEST 200	/* of a table that nobody gave a beginning */
#define TABLE_MOST 1000
#define LOOK_MS 5000		/* between two looks that nothing asked for */
#define SOON_MS 40		/* after a sign of a commit that is not seen yet */
#define SOON_LOOKS 5

struct feed {
	struct ctl *c;
	int64_t last;			/* the newest change that was told */
	int64_t end;			/* the last one to tell; 0: there is no end */
	bool counts;			/* somebody counts: a gap is told */
};

/* ---- one change ---- */

/* The instant in the fridge's zone to the minute while it is kept, later the day. */
static void
say_when(const struct change *h, char *out, size_t size)
{
	time_t at = (time_t)h->at;
	char day[DAY_TEXT];
	struct tm tm;

	if (h->at == 0 || localtime_r(&at, &tm) == NULL ||
	    strftime(out, size, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(out, size, "%s", day_text(h->on_day, day));
}

static void
say_thing(const struct change *h, char *out, size_t size)
{
	if (h->row != 0)
		snprintf(out, size, "%s %lld", h->noun, (long long)h->row);
	else
		snprintf(out, size, "%s", h->noun);
}

static void
put_change(struct out *o, const struct change *h)
{
	char utc[32] = "", when[32], thing[48];
	time_t at = (time_t)h->at;
	struct tm tm;

	if (h->at != 0 && gmtime_r(&at, &tm) != NULL)
		strftime(utc, sizeof utc, "%Y-%m-%dT%H:%M:%SZ", &tm);
	say_when(h, when, sizeof when);
	say_thing(h, thing, sizeof thing);
	out_object(o, NULL, NULL);
	out_int(o, "seq", "Number", h->seq);
	out_text(o, NULL, "When", when);
	out_day(o, "on_day", NULL, h->on_day);
	out_text(o, "at", NULL, utc);
	out_text(o, "noun", NULL, h->noun);
	if (h->row != 0)
		out_int(o, "row", NULL, h->row);
	else
		out_null(o, "row", NULL);
	out_text(o, NULL, "Thing", thing);
	out_text(o, "what", "What", h->what);
	out_end(o);
}

static int
cannot_write(struct err *e)
{
	return err_set(e, ERR_SYSTEM, NULL, "the answer cannot be written");
}

static int
tell_change(struct feed *f, const struct change *h, struct err *e)
{
	struct out *o = f->c->out;
	char when[32], thing[48];

	if (f->c->json) {
		put_change(o, h);
	} else {
		say_when(h, when, sizeof when);
		say_thing(h, thing, sizeof thing);
		out_say(o, "%8lld  %-16s  %-14s  %s", (long long)h->seq, when, thing, h->what);
	}
	f->last = h->seq;
	return out_line(o) == -1 ? cannot_write(e) : 0;
}

/* The changes before that one are gone, and this feed never told them. */
static int
tell_gap(struct feed *f, int64_t before, struct err *e)
{
	struct out *o = f->c->out;

	f->last = before - 1;
	out_say(o, "(changes before %lld were pruned)", (long long)before);
	if (f->c->json) {
		out_object(o, NULL, NULL);
		out_int(o, "pruned_before", NULL, before);
		out_end(o);
	}
	return out_line(o) == -1 ? cannot_write(e) : 0;
}

/* ---- the feed ---- */

static int
newest(struct feed *f, int64_t *out, struct err *e)
{
	if (store_history_newest(f->c->session.store, out, e) == -1)
		return -1;
	if (*out < f->last)
		return err_set(e, ERR_REFUSED, "fridgectl history --since 0",
		    "there is no change %lld, the newest is %lld: is this another store, or was "
		    "it restored from a backup?", (long long)f->last, (long long)*out);
	return 0;
}

/* Tell a batch of what is new. 1 there may be more, 0 there is nothing, -1. */
static int
tell_batch(struct feed *f, struct err *e)
{
	struct change *list = NULL;
	int64_t until;
	size_t n = 0;
	int rc;

	/* First of all, so that a change that comes meanwhile is not taken for pruned. */
	if (newest(f, &until, e) == -1 ||
	    store_history(f->c->session.store, f->last, BATCH, &list, &n, e) == -1)
		return -1;
	rc = n > 0;
	if (n == 0 && f->counts && until > f->last)
		rc = tell_gap(f, until + 1, e);
	for (size_t i = 0; i < n && rc == 1; i++) {
		if (f->end != 0 && list[i].seq > f->end) {
			rc = 0;
			break;
		}
		if (f->counts && list[i].seq > f->last + 1 && tell_gap(f, list[i].seq, e) == -1)
			rc = -1;
		else if (tell_change(f, &list[i], e) == -1)
			rc = -1;
	}
	free(list);
	return rc;
}

static int
tell_all(struct feed *f, struct err *e)
{
	int rc;

	while ((rc = tell_batch(f, e)) == 1)
		;
	return rc;
}

enum woken { BY_NOTHING, BY_A_CHANGE, TO_END };

/* Wait for a change, for a signal to end, or for whoever reads us to go away. */
static enum woken
wait_for_change(struct feed *f, int watch, int signals, int timeout_ms)
{
	struct pollfd fd[] = {
		{ .fd = signals, .events = POLLIN }, { .fd = watch, .events = POLLIN },
		{ .fd = STDOUT_FILENO },	/* POLLERR: a pipe that nobody reads */
	};

	if (poll(fd, 3, timeout_ms) == -1)
		return errno == EINTR ? BY_NOTHING : TO_END;
	if (fd[0].revents != 0 || (fd[2].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		return TO_END;
	if (fd[1].revents == 0)
		return BY_NOTHING;
	store_watch_again(f->c->session.store, watch);
	return BY_A_CHANGE;
}

/* Whoever read us has heard enough: what was left unsaid is no failure. */
static int
hang_up(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null == -1 || dup2(null, STDOUT_FILENO) == -1)
		return -1;
	close(null);
	clearerr(stdout);
	return 0;
}

static int
follow(struct feed *f, int watch, int signals, struct err *e)
{
	int soon = 0;		/* looks that are to come in a moment */

	for (;;) {
		errno = 0;
		int rc = tell_all(f, e);
		if (rc == -1 && errno == EPIPE)
			return hang_up();
		/* While another program has the store for itself: later. */
		if (rc == -1 && e->kind != ERR_BUSY)
			return -1;
		switch (wait_for_change(f, watch, signals, soon > 0 ? SOON_MS : LOOK_MS)) {
		case TO_END:
			return 0;
		case BY_A_CHANGE:	/* the sign may come before what it is a sign of */
			soon = SOON_LOOKS;
			break;
		case BY_NOTHING:
			soon -= soon > 0;
		}
	}
}

static int
cmd_follow(struct feed *f, struct err *e)
{
	int watch, fd, rc;
	sigset_t signals;

	/* Whoever says nothing wants to see what happens from now on. */
	f->counts = true;
	if (ctl_value(f->c, "since") == NULL &&
	    store_history_newest(f->c->session.store, &f->last, e) == -1)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "cannot open a descriptor: %s", strerror(errno));
	watch = store_watch(f->c->session.store, e);
	if (watch == -1) {
		close(fd);
		return -1;
	}
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);	/* a line is out before the next is made */
	out_begin_stream(f->c->out, OUT_LINES);
	rc = follow(f, watch, fd, e);
	close(watch);
	close(fd);
	return rc;
}

/* ---- at once ---- */

/* Not for machines: as much as a person may want to read. */
static int
show_table(struct feed *f, bool since, struct err *e)
{
	struct ctl *c = f->c;
	struct change *list = NULL;
	size_t n = 0;

	if (!since)
		f->last = f->end > TABLE_NEWEST ? f->end - TABLE_NEWEST : 0;
	if (store_history(c->session.store, f->last, TABLE_MOST, &list, &n, e) == -1)
		return -1;
	out_list(c->out, NULL, NULL);
	for (size_t i = 0; i < n; i++)
		put_change(c->out, &list[i]);
	out_end(c->out);
	if (n == 0)
		out_say(c->out, since ? "Nothing has changed since then." : "Nothing has changed yet.");
	else if (list[n - 1].seq < f->end)
		out_say(c->out, "More: fridgectl history --since %lld", (long long)list[n - 1].seq);
	else if (!since && f->last > 0)
		out_say(c->out, "Older ones: fridgectl history --since 0");
	if (since && n > 0 && list[0].seq > f->last + 1)
		out_say(c->out, "Changes before %lld were pruned.", (long long)list[0].seq);
	free(list);
	return 0;
}

int
cmd_history(struct ctl *c, struct err *e)
{
	struct feed f = { .c = c, .counts = ctl_value(c, "since") != NULL };

	if (ctl_value_number(c, "since", 0, INT64_MAX, 0, &f.last, e) == -1 ||
	    newest(&f, &f.end, e) == -1)
		return -1;
	if (ctl_value(c, "follow") != NULL) {
		f.end = 0;
		return cmd_follow(&f, e);
	}
	if (!c->json)
		return show_table(&f, f.counts, e);
	out_begin_stream(c->out, OUT_ARRAY);
	return f.end == 0 ? 0 : tell_all(&f, e);
}
