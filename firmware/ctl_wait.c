/* ctl_wait.c - waiting for the next tap: a countdown, and Ctrl-C takes it back. And who may
 * break off a command. */
#include <signal.h>
#include <unistd.h>

#include "ctl.h"

#define LOOK_MS 120		/* between two looks for an answer */

static volatile sig_atomic_t cancelled;

static void
on_signal(int number)
{
	(void)number;
	cancelled = 1;
}

/* What comes from whoever sits there, or because nobody does any more. */
static void
handle_signals(void (*handler)(int))
{
	static const int SIGNALS[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction act = { .sa_handler = handler };	/* no SA_RESTART */

	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
		sigaction(SIGNALS[i], &act, NULL);
}

void
ctl_catch_signals(void)
{
	handle_signals(on_signal);
}

void
ctl_ignore_signals(void)
{
	handle_signals(SIG_IGN);
}

bool
ctl_cancelled(void)
{
	return cancelled != 0;
}

/* The seconds left, on a terminal in place; elsewhere one line says it all. */
static void
show_countdown(const char *what, bool terminal, int *shown, int left)
{
	if (terminal && *shown != left)
		fprintf(stderr, "\rHold the %s to the reader (%d s) ", what, left);
	else if (*shown == -1)
		fprintf(stderr, "Hold the %s to the reader (%d s)\n", what, left);
	*shown = left;
}

int
ctl_wait_begin(struct ctl *c, struct err *e)
{
	if (!store_is_locked(c->session.config.store.path))
		return err_set(e, ERR_SYSTEM, ctl_service(c, "start"),
		    "fridged is not running, so no badge can be read");
	ctl_catch_signals();
	return 0;
}

int
ctl_wait_tap(struct ctl *c, struct wait *wait, const char *what, int timeout_s,
    struct wait_answer *answer, struct err *e)
{
	struct store *store = c->session.store;
	bool terminal = isatty(STDERR_FILENO) == 1;
	int64_t end = clock_mono_ms() + (int64_t)timeout_s * 1000;
	int shown = -1, rc = 0;

	if (store_wait_begin(store, wait, e) == -1)
		return -1;
	while (!cancelled) {
		int64_t left_ms = end - clock_mono_ms();
		rc = store_wait_look(store, wait, answer, e);
		if (rc == -1)
			break;
		rc = answer->state != WAIT_OPEN;
		if (rc == 1 || left_ms <= 0)
			break;
		show_countdown(what, terminal, &shown, (int)((left_ms + 999) / 1000));
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	}
	store_wait_end(store, wait);
	if (terminal && shown != -1)
		fputc('\n', stderr);
	return rc;
}

int
ctl_wait_failed(const struct ctl *c, const char *what, const char *done, int timeout_s,
    struct err *e)
{
	if (cancelled)
		return err_set(e, ERR_REFUSED, NULL, "cancelled: no %s was %s", what, done);
	if (!store_is_locked(c->session.config.store.path))
		return err_set(e, ERR_SYSTEM, ctl_service(c, "start"),
		    "fridged stopped while it was waited for a %s", what);
	return err_set(e, ERR_REFUSED, "fridgectl status",
	    "no %s was tapped within %d s", what, timeout_s);
}
