/* fridge-report.c - the expiry report, run by a timer, by cron or by hand. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "help.h"
#include "report.h"
#include "session.h"

#define PROGRAM "fridge-report"
#define DAYS_MAX 3650

enum option_id { OPT_CONFIG, OPT_AS_OF, OPT_DAYS, OPT_FORMAT, OPT_DUE, OPT_HELP, OPT_VERSION };
#define OPTION_COUNT (OPT_VERSION + 1)

/* The one table: getopt's and the help text come from it. */
static const struct {
	const char *name;
	char letter;
	const char *value;
	const char *text;
} OPTIONS[OPTION_COUNT] = {
	[OPT_CONFIG] = { "config", 'c', "FILE", "the configuration (else $FRIDGE_CONFIG, else "
	    CONFIG_DEFAULT_FILE ")" },
	[OPT_AS_OF] = { "as-of", 0, "YYYY-MM-DD", "look at this day (today)" },
	[OPT_DAYS] = { "days", 0, "N", "how many days \"soon\" reaches, 0 to 3650 "
	    "([report] warn_days)" },
	[OPT_FORMAT] = { "format", 0, "F", "text or json (text)" },
	[OPT_DUE] = { "due", 0, NULL, "only the codes of what must go, by place, without names" },
	[OPT_HELP] = { "help", 'h', NULL, "say this" },
	[OPT_VERSION] = { "version", 0, NULL, "say which version this is" },
};

struct asked {
	const char *value[OPTION_COUNT];	/* NULL: not given; "" for a flag */
	day_t as_of;				/* DAY_NONE: today */
	int days;				/* -1: as configured */
	bool json;
};

static int
take_options(int argc, char **argv, struct asked *a, struct err *e)
{
	struct option table[OPTION_COUNT + 1] = { { NULL, 0, NULL, 0 } };
	int c;

	for (int i = 0; i < OPTION_COUNT; i++)
		table[i] = (struct option){ .name = OPTIONS[i].name, .val = 1000 + i,
			.has_arg = OPTIONS[i].value != NULL };
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":c:h", table, NULL)) != -1) {
		if (c == '?' || c == ':')
			return err_set(e, ERR_USAGE, PROGRAM " --help", c == '?'
			    ? "there is no option %s, or not of that form" : "%s needs a value",
			    argv[optind - 1]);
		int i = c == 'c' ? OPT_CONFIG : c == 'h' ? OPT_HELP : c - 1000;
		a->value[i] = optarg != NULL ? optarg : "";
	}
	if (optind < argc)
		return err_set(e, ERR_USAGE, PROGRAM " --help", "\"%s\" is too much",
		    argv[optind]);
	return 0;
}

static int
check_values(struct asked *a, struct err *e)
{
	const char *days = a->value[OPT_DAYS], *format = a->value[OPT_FORMAT];

	a->as_of = DAY_NONE;
	a->days = -1;
	if (a->value[OPT_AS_OF] != NULL && day_parse(a->value[OPT_AS_OF], &a->as_of) == -1)
		return err_set(e, ERR_USAGE, "--as-of 2026-03-20",
		    "\"%s\" is no day: YYYY-MM-DD", a->value[OPT_AS_OF]);
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
	for (int i = 0; i < OPTION_COUNT; i++)
		help_option(stdout, OPTIONS[i].letter, OPTIONS[i].name, OPTIONS[i].value,
		    OPTIONS[i].text);
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

	if (session_begin(s, a->value[OPT_CONFIG], e) == -1 || session_become(s, e) == -1 ||
	    session_store(s, e) == -1)
		return -1;
	if (a->as_of == DAY_NONE)
		lapse(s);
	if (report_make(s->store, &s->config, a->as_of != DAY_NONE ? a->as_of : s->today,
	    s->today, a->days != -1 ? a->days : s->config.report.warn_days, &report, e) == -1)
		return -1;
	struct out *o = out_new(stdout, a->json);
	if (a->value[OPT_DUE] != NULL)
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
	int rc = take_options(argc, argv, &asked, &e);

	if (rc == 0 && asked.value[OPT_HELP] != NULL) {
		put_help();
	} else if (rc == 0 && asked.value[OPT_VERSION] != NULL) {
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
