/* ctl_care.c - fridgectl prune, clock confirm and test-print: looking after the whole. */
#include <string.h>

#include "ctl.h"

#define TEST_WAIT_S 30
#define TEST_WAIT_MAX_S 3600
#define LOOK_MS 100		/* between two looks at a print */
#define REST_MS 15		/* between two transactions, so that a tap gets its turn */

static void
rest_ms(int64_t ms)
{
	struct timespec t = {
		.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000 * 1000000),
	};

	nanosleep(&t, NULL);
}

/* ---- prune ---- */

/* What was erased stands in the WAL until that is emptied. A reader puts that off, and then
 * fridged does it when it has nothing else to do. */
static int
tidy(struct store *s, bool *put_off, struct err *e)
{
	if (*put_off || store_checkpoint(s, e) == 0)
		return 0;
	*put_off = e->kind == ERR_BUSY;
	return *put_off ? 0 : -1;
}

int
cmd_prune(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	const char *doubt = session_clock_doubt(s);
	struct pruned all = { 0 };
	bool put_off = false;
	int64_t rounds = 0;

	if (doubt != NULL)
		return err_set(e, ERR_REFUSED, "fridgectl clock confirm",
		    "nothing was pruned, because by this clock nothing is old: %.120s", doubt);
	for (bool more = true; more; rounds++) {
		struct pruned now = { 0 };
		if (store_prune(s->store, s->now, s->today, s->config.store.keep_days, &now, e) == -1)
			return -1;
		rest_ms(REST_MS);
		if (tidy(s->store, &put_off, e) == -1)
			return -1;
		all.times += now.times;
		all.history += now.history;
		all.badges += now.badges;
		all.codes += now.codes;
		more = now.more;
		if (more)
			rest_ms(REST_MS);
	}
	out_object(c->out, NULL, NULL);
	out_int(c->out, "history", "Changes older than keep_days", all.history);
	out_int(c->out, "times", "Times of day older than a day", all.times);
	out_int(c->out, "badges", "Unclaimed cards not seen for 30 days", all.badges);
	out_int(c->out, "codes", "Codes that may be used again", all.codes);
	out_int(c->out, "transactions", NULL, rounds);
	out_int(c->out, "longest_ms", NULL, store_held_ms(s->store));
	out_end(c->out);
	return 0;
}

/* ---- clock confirm ---- */

int
cmd_clock_confirm(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	const char *doubt = session_clock_doubt(s);
	char boot[BOOT_ID_SIZE], says[32] = "";
	struct tm tm;

	clock_boot_id(boot);
	if (doubt != NULL && boot[0] == '\0')
		return err_set(e, ERR_SYSTEM, "set [fridge] clock = trusted",
		    "this system has no boot id, so that the next boot could not be told");
	if (doubt != NULL && store_clock_confirm(s->store, boot, s->now, e) == -1)
		return -1;
	if (localtime_r(&s->now, &tm) != NULL)
		strftime(says, sizeof says, "%Y-%m-%d %H:%M", &tm);
	if (doubt != NULL)
		out_say(c->out, "%s is trusted until the next boot. It was doubted because %s.", says,
		    doubt);
	else
		out_say(c->out, session_clock_confirmed(s) ?
		    "%s is trusted already, until the next boot." : "%s is trusted already.", says);
	out_object(c->out, NULL, NULL);
	out_text(c->out, "clock", NULL, "ok");
	out_text(c->out, "doubt", NULL, doubt);
	out_day(c->out, "today", NULL, s->today);
	out_end(c->out);
	return 0;
}

/* ---- test-print ---- */

/* Why it did not come out, by what fridged says of the printer. */
static int
not_printed(struct ctl *c, const struct print *p, const char *what, int seconds, struct err *e)
{
	struct service_state said;
	const char *why = p->reason;

	if (p->state == PRINT_VOID)
		return err_set(e, ERR_SYSTEM, "fridgectl status",
		    "the %s was not printed%s%s", what, why[0] != '\0' ? ": " : "", why);
	if (!store_is_locked(c->session.config.store.path))
		return err_set(e, ERR_SYSTEM, ctl_service(c, "start"),
		    "fridged stopped before the %s came out", what);
	if (store_state_get(c->session.store, &said, e) == -1)
		return -1;
	if (strcmp(said.printer, "ok") != 0)
		why = said.printer;
	return err_set(e, ERR_BUSY, "fridgectl status",
	    "the %s is not printed after %d s, it is %s%s%s", what, seconds,
	    print_state_text(p->state), why[0] != '\0' ? ": " : "", why);
}

int
ctl_print_await(struct ctl *c, int64_t id, const char *what, int seconds, struct print *p,
    struct err *e)
{
	int64_t end = clock_mono_ms() + (int64_t)seconds * 1000;

	for (;;) {
		int got = store_print_get(c->session.store, id, p, e);
		if (got == -1)
			return -1;
		if (got == 0)
			return err_set(e, ERR_SYSTEM, NULL, "the %s is gone from the store", what);
		if (p->state == PRINT_COMPLETED)
			return 0;
		if (p->state == PRINT_VOID || clock_mono_ms() >= end || ctl_cancelled() ||
		    !store_is_locked(c->session.config.store.path))
			return not_printed(c, p, what, seconds, e);
		rest_ms(LOOK_MS);
	}
}

int
ctl_print_sheet(struct ctl *c, enum print_kind kind, int64_t *id, struct err *e)
{
	struct session *s = &c->session;
	struct sheet_of sheet = { .day = DAY_NONE };
	char boot[BOOT_ID_SIZE];

	if (kind == PRINT_TEST && session_clock_doubt(s) == NULL)
		sheet.day = s->today;
	clock_boot_id(boot);
	return store_print_add(s->store, kind, &sheet, 1, s->now, boot, clock_boot_ms(), id, e);
}

int
cmd_test_print(struct ctl *c, struct err *e)
{
	struct session *s = &c->session;
	int64_t began = clock_mono_ms(), id;
	struct print p;
	int wait_s;

	if (ctl_value_int(c, "wait", 0, TEST_WAIT_MAX_S, TEST_WAIT_S, &wait_s, e) == -1)
		return -1;
	/* Nobody wants it to come out by surprise tomorrow. */
	if (!store_is_locked(s->config.store.path))
		return err_set(e, ERR_SYSTEM, ctl_service(c, "start"),
		    "fridged is not running, so nothing is printed");
	if (ctl_print_sheet(c, PRINT_TEST, &id, e) == -1 ||
	    ctl_print_await(c, id, "test label", wait_s, &p, e) == -1)
		return -1;
	double took_s = (double)(clock_mono_ms() - began) / 1000;
	out_say(c->out, "The test label is printed; it took %.1f s. Its ruler is in true "
	    "millimetres, its frame runs along the very edge.", took_s);
	out_object(c->out, NULL, NULL);
	out_int(c->out, "id", NULL, id);
	out_text(c->out, "print", NULL, print_state_text(p.state));
	out_int(c->out, "attempts", NULL, p.attempts);
	out_real(c->out, "seconds", NULL, took_s);
	out_end(c->out);
	return 0;
}
