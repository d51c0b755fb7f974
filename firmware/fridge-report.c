/* fridge-report.c - the expiry report, run by a timer, by cron or by hand. */
#include <stdlib.h>
#include <string.h>

#include "help.h"
#include "option.h"
#include "report.h"
#include "session.h"

#define PROGRAM "fridge-report"
#define DAYS_MAX 3650

struct asked {
	struct options options;
	day_t as_of;				/* DAY_NONE: today */
	int days;				/* -1: as configured */
	bool json;
};

static const char *
given(const struct asked *a, const char *name)
{
	return options_value(&a->options, name);
}

static int
check_values(struct asked *a, struct err *e)
{
	const char *as_of = given(a, "as-of"), *days = given(a, "days");
	const char *format = given(a, "format");

	a->as_of = DAY_NONE;
	a->days = -1;
	if (as_of != NULL && day_parse(as_of, &a->as_of) == -1)
		return err_set(e, ERR_USAGE, "--as-of 2026-03-20",
		    "\"%s\" is no day: YYYY-MM-DD", as_of);
	if (days != NULL) {
		size_t n = strlen(days);
		if (n == 0 || n > 4 || strspn(days, "0123456789") != n || atoi(days) > DAYS_MAX)
			return err_set(e, ERR_USAGE, NULL, "--days is a whole number from 0 to %d, "
			    "not \"%s\"", DAYS_MAX, days);
		a->days = atoi(days);
	}
	a->json = format != NULL && strcmp(format, "json") == 0;
	if (format != NULL && !a->json && strcmp(format, "text") != 0)
		return err_set(e, ERR_USAGE, "--format text or --format json",
		    "there is no format \"%s\"", format);
	return 0;
}

static void
put_help(void)
{
	puts("Usage: " PROGRAM " [OPTIONS]\n\n"
	    "Say what is in the fridge and must go: expired, on its last good day, soon;\n"
	    "what has no owner, and what was dated by a clock that was doubted. All places\n"
	    "are in one report. Of a day to come it says what is in now, of a day gone by\n"
	    "what was in then. Without --as-of, labels that lapsed are closed first.\n\n"
	    "Options:");
	help_options(stdout, REPORT_OPTIONS);
}

/* Close what lapsed. A clock that is doubted closes nothing, and a failure here is no
 * reason to say nothing at all. */
static void
lapse(struct session *s)
{
	struct err e;
	int n;

	if (session_clock_doubt(s) != NULL)
		return;
	if (store_lapse(s->store, s->today, s->config.store.lapse_days, &n, &e) == -1)
		err_print(PROGRAM, &e);
}

static int
run(const struct asked *a, struct session *s, struct err *e)
{
	struct report report;

	if (session_begin(s, given(a, "config"), e) == -1 || session_become(s, e) == -1 ||
	    session_store(s, e) == -1)
		return -1;
	if (a->as_of == DAY_NONE)
		lapse(s);
	if (report_make(s->store, &s->config, a->as_of != DAY_NONE ? a->as_of : s->today,
	    s->today, a->days != -1 ? a->days : s->config.report.warn_days, &report, e) == -1)
		return -1;
	struct out *o = out_new(stdout, a->json);
	if (given(a, "due") != NULL)
		report_show_due(&report, o);
	else
		report_show(&report, o);
	report_free(&report);
	if (out_finish(o) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "the report cannot be written");
	return 0;
}

int
main(int argc, char **argv)
{
	struct session session = { .store = NULL };
	struct asked asked = { .json = false };
	struct err e = { .kind = ERR_NONE };

	session_stdio();
	int rc = options_take(PROGRAM, REPORT_OPTIONS, argc, argv, &asked.options, &e);

	if (rc == 0 && given(&asked, "help") != NULL) {
		put_help();
	} else if (rc == 0 && given(&asked, "version") != NULL) {
		printf(PROGRAM " %s\n", FRIDGE_VERSION);
	} else if (rc == 0) {
		rc = check_values(&asked, &e);
		if (rc == 0)
			rc = run(&asked, &session, &e);
	}
	if (rc == 0 && fflush(stdout) != 0)
		rc = err_set(&e, ERR_SYSTEM, NULL, "the report cannot be written");
	session_end(&session);
	if (rc == 0)
		return 0;
	err_print(PROGRAM, &e);
	return err_status(&e);
}
