/* fridge-report_options.c - what fridge-report takes on its command line */
#include "config.h"
#include "option.h"

const struct option_def REPORT_OPTIONS[] = {
	{ "config", 'c', "FILE", "the configuration (else $FRIDGE_CONFIG, else "
	    CONFIG_DEFAULT_FILE ")" },
	{ "as-of", 0, "YYYY-MM-DD", "look at this day (today)" },
	{ "days", 0, "N", "how many days \"soon\" reaches, 0 to 3650 ([report] warn_days)" },
	{ "format", 0, "F", "text, csv, json or html (text); csv for a spreadsheet, html for a browser" },
	{ "due", 0, NULL, "only the codes of what must go, by place, without names" },
	{ "mail", 0, NULL, "mail the report to the office, and to people what of theirs goes "
	    "soon, as [report] says; twice a day is once" },
	{ "print", 0, NULL, "print the slip of the next emptying" },
	{ "help", 'h', NULL, "say this" },
	{ "version", 0, NULL, "say which version this is" },
	{ NULL, 0, NULL, NULL },
};
