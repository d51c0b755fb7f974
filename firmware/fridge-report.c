/* fridge-report.c - the expiry report, run by a timer, by cron or by hand. */
#include <stdlib.h>
#include <string.h>

#include "help.h"
#include "log.h"
#include "option.h"
#include "report.h"
#include "session.h"

#define PROGRAM "fridge-report"
#define DAYS_MAX 3650

struct asked {
	struct options options;
	day_t as_of;				/* DAY_NONE: today */
	int days;				/* -1: as configured */
	const struct format *format;
};

/* How it is told. Those without a function of their own are told by out.h. */
static const struct format {
	const char *name;
	int (*write)(struct report *r, bool due, FILE *to, struct err *e);
} FORMATS[] = {
	{ "text", NULL }, { "json", NULL }, { "csv", report_csv }, { "html", report_html },
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
			return err_set(e, ERR_USAGE, "--days 3", "--days is a whole number from 0 to %d, "
			    "not \"%s\"", DAYS_MAX, days);
		a->days = atoi(days);
	}
	a->format = NULL;
	for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++)
		if (strcmp(format != NULL ? format : "text", FORMATS[i].name) == 0)
			a->format = &FORMATS[i];
	if (a->format == NULL)
		return err_set(e, ERR_USAGE, "--format text, csv, json or html",
		    "there is no format \"%.60s\"", format);
	/* What is mailed or printed is what somebody acts on now. */
	if (as_of != NULL && (given(a, "mail") != NULL || given(a, "print") != NULL))
		return err_set(e, ERR_USAGE, "leave --as-of out", "--%s is of today: it does not go with --as-of",
		    given(a, "mail") != NULL ? "mail" : "print");
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
	    "--mail sends the report to [report] mail_to if anything is due, expired or soon,\n"
	    "and with owner_mail = yes, on the working day before an emptying, each person\n"
	    "what of theirs goes. Nothing on quiet_days.\n\n"
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
mail(struct session *s, const struct report *r, struct mailed *done, struct err *e)
{
	const char *doubt = session_clock_doubt(s);

	if (doubt != NULL)
		return err_set(e, ERR_REFUSED, "sudo fridgectl clock confirm, if it is right",
		    "no mail while the clock is doubted: %s", doubt);
	log_open(PROGRAM);
	return report_mail(s->store, r, done, e);
}

static void
say_mailed(struct out *o, const struct mailed *m)
{
	if (m->quiet)
		out_say(o, "This is a day without mail.");
	else if (!m->office && m->owners == 0)
		out_say(o, "Nothing new to mail.");
	else if (m->owners == 0)
		out_say(o, "Mailed: the report to the office.");
	else
		out_say(o, "Mailed: %s%d %s.", m->office ? "the report to the office, and " : "",
		    m->owners, m->owners == 1 ? "person" : "people");
}

/* Queue the slip of the next emptying, one more each time: somebody asked for it. */
static int
print_slip(struct session *s, day_t *day, struct err *e)
{
	const struct config *c = &s->config;
	bool over = day_minute(s->now) >= c->report.empty.hour * 60 + c->report.empty.minute;
	struct sheet_of slip = { .template = "slip", .place = PLACE_DEFAULT };
	const char *doubt = session_clock_doubt(s);
	char boot[BOOT_ID_SIZE];
	int64_t print;

	if (doubt != NULL)
		return err_set(e, ERR_REFUSED, "sudo fridgectl clock confirm, if it is right",
		    "no slip while the clock is doubted: %s", doubt);
	slip.day = *day = report_emptying(c, over ? s->today + 1 : s->today);
	if (slip.day == DAY_NONE)
		return err_set(e, ERR_REFUSED, "in [report]: empty = fri 16:00",
		    "the fridge is never emptied, so there is no slip for it");
	clock_boot_id(boot);
	return store_print_add(s->store, PRINT_SLIP, &slip, 1, s->now, boot, clock_boot_ms(), &print,
	    e);
}

/* Mail and print, as asked, before anything is shown. */
static int
act(const struct asked *a, struct session *s, const struct report *r, struct mailed *mailed,
    day_t *slip, struct err *e)
{
	*slip = DAY_NONE;
	if (given(a, "print") != NULL && print_slip(s, slip, e) == -1)
		return -1;
	return given(a, "mail") != NULL ? mail(s, r, mailed, e) : 0;
}

/* As text or JSON, with what was done besides. */
static int
show(const struct asked *a, struct report *r, const struct mailed *mailed, day_t slip,
    struct err *e)
{
	struct out *o = out_new(stdout, strcmp(a->format->name, "json") == 0);
	char day[DAY_TEXT];

	if (given(a, "due") != NULL)
		report_show_due(r, o);
	else
		report_show(r, o);
	if (slip != DAY_NONE)
		out_say(o, "The slip of the emptying on %s is on its way.", day_text(slip, day));
	if (given(a, "mail") != NULL)
		say_mailed(o, mailed);
	if (out_finish(o) == -1)
		return err_set(e, ERR_SYSTEM, NULL, "the report cannot be written");
	return 0;
}

static int
run(const struct asked *a, struct session *s, struct err *e)
{
	struct report report;
	struct mailed mailed;
	day_t slip;

	if (session_begin(s, given(a, "config"), e) == -1 || session_become(s, e) == -1 ||
	    session_store(s, e) == -1)
		return -1;
	if (a->as_of == DAY_NONE)
		lapse(s);
	if (report_make(s->store, &s->config, a->as_of != DAY_NONE ? a->as_of : s->today,
	    s->today, a->days != -1 ? a->days : s->config.report.warn_days, &report, e) == -1)
		return -1;
	if (act(a, s, &report, &mailed, &slip, e) == -1) {
		report_free(&report);
		return -1;
	}
	int rc = a->format->write != NULL
	    ? a->format->write(&report, given(a, "due") != NULL, stdout, e)
	    : show(a, &report, &mailed, slip, e);
	report_free(&report);
	return rc;
}

int
main(int argc, char **argv)
{
	struct session session = { .store = NULL };
	struct asked asked = { .format = NULL };
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
