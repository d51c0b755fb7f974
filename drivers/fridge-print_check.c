/* fridge-print_check.c - what is wrong with a template, told as lines of proto.h:
 *
 *	sheet SIZE DPI			what it was looked at for, as in 62x29mm
 *	finding LEVEL LINE WHAT ADVICE	LEVEL is error or warning, LINE 0 for the whole
 *
 * The sheet is that of the queue, if one is named and answers; else the size that is
 * given, else the template's own.
 */
#include <stdio.h>
#include <string.h>

#include "fridge-print_impl.h"
#include "proto.h"

/* Of a template that does not say its own. */
#define SIZE_MM_X 62
#define SIZE_MM_Y 29

static const char *const KEYS[] = {
	"templates", "template", "lang", "size", "margins", "dpi", "rotate", "language", "red",
	"queue", "media",
};

static bool
is_given(const struct params *p, const char *key)
{
	size_t n = strlen(key);

	for (int i = 0; i < p->count; i++)
		if (strncmp(p->list[i], key, n) == 0 && p->list[i][n] == '=')
			return true;
	return false;
}

/* 1 with the queue's sheet, 0 if there is no such queue now, -1 with *e. */
static int
ask_queue(const struct params *p, struct sheet *out, struct err *e)
{
	struct print_settings settings = {
		.queue = params_get(p, "queue"), .language = params_get(p, "language"),
		.red = strcmp(params_get(p, "red"), "1") == 0,
	};
	struct print *print;

	if (print_media_parse(params_get(p, "media"), &settings.media) == -1)
		return err_set(e, ERR_USAGE, NULL, "media=%s is not a size such as 62x29mm",
		    params_get(p, "media"));
	if (rotate_parse(params_get(p, "rotate"), &settings.rotate) == -1)
		return err_set(e, ERR_USAGE, NULL, "rotate=%s is not auto, 0, 90, 180 or 270",
		    params_get(p, "rotate"));
	print = print_new(NULL, NULL);
	if (print == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	print_setup(print, &settings);
	int rc = print_sheet(print, out, NULL) == 0;
	print_free(print);
	return rc;
}

/* A template that cannot be read has no size of its own: what is wrong with it is told
 * all the same. */
static int
choose_sheet(const struct params *p, struct label_engine *engine, const char *template,
    struct sheet *out, struct err *e)
{
	double width, height;
	char size[40];

	if (is_given(p, "queue")) {
		int rc = ask_queue(p, out, e);
		if (rc != 0)
			return rc;
	}
	snprintf(size, sizeof size, "%s", params_get(p, "size"));
	if (size[0] == '\0')
		snprintf(size, sizeof size, "%s", params_get(p, "media"));
	if (size[0] == '\0' && label_check_size(engine, template, &width, &height) == 0)
		snprintf(size, sizeof size, "%.2fx%.2fmm", width, height);
	else if (size[0] == '\0')
		snprintf(size, sizeof size, "%dx%dmm", SIZE_MM_X, SIZE_MM_Y);
	return preview_sheet(p, engine, template, size, out, e) == 0 ? 1 : -1;
}

static void
say(struct proto_line *l)
{
	if (l->ok)
		puts(l->text);
}

static void
say_sheet(const struct sheet *s)
{
	struct proto_line l;
	char size[48], dpi[16];

	snprintf(size, sizeof size, "%.3gx%s%.3gmm", s->width * 25.4 / s->dpi_x,
	    s->roll ? "MAX" : "", s->height * 25.4 / s->dpi_y);
	snprintf(dpi, sizeof dpi, "%d", s->dpi_x);
	proto_start(&l, "sheet");
	proto_word(&l, size);
	proto_word(&l, dpi);
	say(&l);
}

static void
say_finding(void *arg, const struct finding *f)
{
	struct proto_line l;
	char line[16];

	(void)arg;
	snprintf(line, sizeof line, "%d", f->line);
	proto_start(&l, "finding");
	proto_word(&l, f->error ? "error" : "warning");
	proto_word(&l, line);
	proto_word(&l, f->what);
	proto_word(&l, f->todo);
	say(&l);
}

int
check_run(int argc, char **argv, struct err *e)
{
	struct params p = { argc, argv };
	const char *template = params_get(&p, "template");
	struct label_engine *engine = NULL;
	struct sheet sheet;
	struct dirs dirs;
	int rc = -1;

	if (params_check(&p, KEYS, sizeof KEYS / sizeof *KEYS, e) == -1)
		return -1;
	if (template[0] == '\0')
		return err_set(e, ERR_USAGE, "fridge-print --help", "template=NAME is missing");
	if (dirs_parse(params_get(&p, "templates"), &dirs) == -1 || dirs.list[0] == NULL)
		return err_set(e, ERR_USAGE, "fridge-print --help",
		    "templates=DIR,DIR... is missing or too long");
	if (label_open(dirs.list, &engine, e) == -1)
		return -1;
	if (choose_sheet(&p, engine, template, &sheet, e) == 1) {
		say_sheet(&sheet);
		rc = label_check(engine, template, params_get(&p, "lang"), &sheet, say_finding, NULL,
		    e);
	}
	label_close(engine);
	return rc;
}
