/* fridge-print.c - draws labels and hands them to CUPS.
 *
 * Without arguments a helper of fridged that speaks proto.h. It reads no configuration
 * and knows no store. Whatever hangs, crashes or leaks in the renderer or in libcups
 * does so here, and is ended by fridged.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "confine.h"
#include "fridge-print_impl.h"

#define PROGRAM "fridge-print"
/* A template that asks for more fails; the machine does not. */
static const struct confine_limits LIMITS = { .memory = UINT64_C(1) << 30, .files = 256 };

static const char HELP[] =
    "usage: fridge-print\n"
    "       fridge-print --preview [-o FILE.png] [--columns N] KEY=VALUE...\n"
    "       fridge-print --bench [--labels N] [--print N] KEY=VALUE...\n"
    "       fridge-print --check templates=DIR,DIR... template=NAME KEY=VALUE...\n"
    "       fridge-print --templates templates=DIR,DIR...\n"
    "       fridge-print --purge jobs=NAME prints=N,N...\n"
    "       fridge-print --queues | --printers | --media\n"
    "       fridge-print --make-queue NAME [uri=URI driver=DRIVER info=TEXT]\n"
    "\n"
    "Without arguments it is the helper of fridged that prints: it reads and writes\n"
    "lines (drivers/proto.h).\n"
    "\n"
    "  --preview    draw a label without a printer: as a picture, or on the terminal\n"
    "               keys: templates template lang size=62x29mm dpi rotate red=1\n"
    "               language=ql-820nwb, for what such a printer prints of that size;\n"
    "               owner group title fridge code qr stored=YYYY-MM-DD expires=YYYY-MM-DD\n"
    "  --bench      tell how long the stages of a label take, of N labels with random\n"
    "               names (300); with --print N labels marked as tests come out\n"
    "               keys: templates template lang queue media=62x29mm rotate\n"
    "               language red=1\n"
    "               fridge code qr stored=YYYY-MM-DD expires=YYYY-MM-DD\n"
    "  --check      tell what is wrong with a template, in lines (drivers/proto.h)\n"
    "               keys: lang size=62x29mm dpi rotate language red=1, queue=NAME for the\n"
    "               labels of that queue, media for where it does not answer\n"
    "  --templates  list the templates of the folders\n"
    "  --purge      let CUPS forget the jobs called NAME-N-ATTEMPT, with their documents\n"
    "  --queues     list the print queues and how they stand\n"
    "  --printers   list the printers that CUPS finds now, and what queue suits each\n"
    "  --make-queue make a queue, or make one that is there fit; DRIVER is everywhere,\n"
    "               raw or a name of lpinfo -m; CUPS will keep no labels behind\n"
    "  --media      list the labels of Brother's printers: ID KIND SIZE DOTS\n"
    "  --help       show this\n"
    "  --version    show the version\n";

int
dirs_parse(const char *text, struct dirs *out)
{
	size_t n = 0;
	char *save = NULL;

	if (strlen(text) >= sizeof out->text)
		return -1;
	strcpy(out->text, text);
	for (char *dir = strtok_r(out->text, ",", &save); dir != NULL;
	    dir = strtok_r(NULL, ",", &save)) {
		if (n == DIRS_MAX)
			return -1;
		out->list[n++] = dir;
	}
	out->list[n] = NULL;
	return 0;
}

int
rotate_parse(const char *text, int *out)
{
	static const struct {
		const char *text;
		int rotate;
	} KNOWN[] = {
		{ "", -1 }, { "auto", -1 }, { "-1", -1 },
		{ "0", 0 }, { "90", 90 }, { "180", 180 }, { "270", 270 },
	};

	for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
		if (strcmp(text, KNOWN[i].text) == 0) {
			*out = KNOWN[i].rotate;
			return 0;
		}
	}
	return -1;
}

int
fields_fill(field_get *get, const void *from, struct label_fields *out, struct err *e)
{
	const char *stored = get(from, "stored"), *expires = get(from, "expires");

	*out = (struct label_fields){
		.owner = get(from, "owner"), .group = get(from, "group"),
		.title = get(from, "title"), .fridge = get(from, "fridge"),
		.code = get(from, "code"), .lang = get(from, "lang"), .qr = get(from, "qr"),
		.place = get(from, "place"), .preset = get(from, "preset"),
		.shelf = get(from, "shelf"), .time = get(from, "time"),
		.count = get(from, "count"), .codes = get(from, "codes"),
		.claim = get(from, "claim"), .buzzer = get(from, "buzzer"),
		.stored = DAY_NONE, .expires = DAY_NONE,
	};
	if (stored[0] != '\0' && day_parse(stored, &out->stored) == -1)
		return err_set(e, ERR_USAGE, NULL, "stored=%s is no day (YYYY-MM-DD)", stored);
	if (expires[0] != '\0' && day_parse(expires, &out->expires) == -1)
		return err_set(e, ERR_USAGE, NULL, "expires=%s is no day (YYYY-MM-DD)", expires);
	return 0;
}

const char *
params_get(const void *from, const char *key)
{
	const struct params *p = from;
	size_t len = strlen(key);
	const char *value = "";

	/* The last one counts, as with options. */
	for (int i = 0; i < p->count; i++)
		if (strncmp(p->list[i], key, len) == 0 && p->list[i][len] == '=')
			value = p->list[i] + len + 1;
	return value;
}

int
params_check(const struct params *p, const char *const *keys, size_t count, struct err *e)
{
	for (int i = 0; i < p->count; i++) {
		size_t len = strcspn(p->list[i], "="), k = 0;
		while (k < count && (strlen(keys[k]) != len ||
		    strncmp(p->list[i], keys[k], len) != 0))
			k++;
		if (p->list[i][len] == '\0' || k == count)
			return err_set(e, ERR_USAGE, PROGRAM " --help", "unknown argument %s", p->list[i]);
	}
	return 0;
}

int
number_parse(const char *text, int min, int max, int *out)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (text[0] == '\0' || *end != '\0' || n < min || n > max)
		return -1;
	*out = (int)n;
	return 0;
}

static int
run(int argc, char **argv, struct err *e)
{
	const char *what = argv[1];

	if (strcmp(what, "--preview") == 0)
		return preview_run(argc - 2, argv + 2, e);
	if (strcmp(what, "--bench") == 0)
		return bench_run(argc - 2, argv + 2, e);
	if (strcmp(what, "--check") == 0)
		return check_run(argc - 2, argv + 2, e);
	if (strcmp(what, "--templates") == 0)
		return templates_run(argc - 2, argv + 2, e);
	if (strcmp(what, "--purge") == 0)
		return purge_run(argc - 2, argv + 2, e);
	if (argc == 2 && strcmp(what, "--queues") == 0)
		return queues_run(print_list_queues, e);
	if (argc == 2 && strcmp(what, "--printers") == 0)
		return queues_run(print_list_devices, e);
	if (argc > 2 && strcmp(what, "--make-queue") == 0)
		return make_queue_run(argc - 2, argv + 2, e);
	if (argc == 2 && strcmp(what, "--media") == 0) {
		print_list_media(stdout);
		return 0;
	}
	if (argc == 2 && strcmp(what, "--help") == 0) {
		fputs(HELP, stdout);
		return 0;
	}
	if (argc == 2 && strcmp(what, "--version") == 0) {
		printf("%s %s\n", PROGRAM, FRIDGE_VERSION);
		return 0;
	}
	return err_set(e, ERR_USAGE, PROGRAM " --help", "unknown argument %s", what);
}

int
main(int argc, char **argv)
{
	struct err e = { 0 };

	signal(SIGPIPE, SIG_IGN);
	confine_limits(&LIMITS);
	bool confined = confine_calls(true, &e) == 0;
	if (argc == 1)
		return helper_run(confined ? NULL : &e);
	int rc = run(argc, argv, &e);
	if (rc == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		rc = err_set(&e, ERR_SYSTEM, NULL, "cannot write to standard output: %m");
	if (rc == 0)
		return 0;
	err_print(PROGRAM, &e);
	return err_status(&e);
}
