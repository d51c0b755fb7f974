/* fridge-print_preview.c - a label as it would print, without a printer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fridge-print_impl.h"

#define TODO_HELP "fridge-print --help"
#define DPI_MIN 72
#define DPI_MAX 1200

static const char *const KEYS[] = {
	"templates", "template", "lang", "size", "margins", "dpi", "rotate", "owner", "group",
	"title", "fridge", "code", "qr", "stored", "expires", "place", "preset", "shelf", "time",
	"count", "codes", "claim", "buzzer", "language", "red",
};

static int
dots(double mm, int dpi)
{
	return (int)lround(mm * dpi / 25.4);
}

/* margins=LEFT,TOP,RIGHT,BOTTOM in mm: what the printer cannot mark. */
static int
set_margins(const char *text, struct sheet *s, struct err *e)
{
	double left, top, right, bottom;
	char rest;

	if (text[0] == '\0')
		return 0;
	if (sscanf(text, "%lf,%lf,%lf,%lf%c", &left, &top, &right, &bottom, &rest) != 4 ||
	    !(left >= 0 && top >= 0 && right >= 0 && bottom >= 0 && left < 500 && top < 500 &&
	    right < 500 && bottom < 500))
		return err_set(e, ERR_USAGE, TODO_HELP,
		    "margins=%s is not LEFT,TOP,RIGHT,BOTTOM in millimetres", text);
	s->left = (int)ceil(left * s->dpi_x / 25.4 - 0.01);
	s->right = (int)ceil(right * s->dpi_x / 25.4 - 0.01);
	s->top = (int)ceil(top * s->dpi_y / 25.4 - 0.01);
	s->bottom = (int)ceil(bottom * s->dpi_y / 25.4 - 0.01);
	if (s->left + s->right >= s->width || s->top + s->bottom >= s->height)
		return err_set(e, ERR_USAGE, NULL, "margins=%s leave nothing of the label", text);
	return 0;
}

int
preview_sheet(const struct params *a, struct label_engine *engine, const char *template,
    const char *size, struct sheet *out, struct err *e)
{
	const char *dpi_text = params_get(a, "dpi");
	const char *language = params_get(a, "language");
	bool red = strcmp(params_get(a, "red"), "1") == 0;
	struct print_media media;
	double width, height;
	int dpi = 300;

	*out = (struct sheet){ .red = red };
	if (dpi_text[0] != '\0' && number_parse(dpi_text, DPI_MIN, DPI_MAX, &dpi) == -1)
		return err_set(e, ERR_USAGE, NULL, "dpi=%s is not a number from %d to %d",
		    dpi_text, DPI_MIN, DPI_MAX);
	if (rotate_parse(params_get(a, "rotate"), &out->rotate) == -1)
		return err_set(e, ERR_USAGE, NULL, "rotate=%s is not auto, 0, 90, 180 or 270",
		    params_get(a, "rotate"));
	if (print_media_parse(size, &media) == -1)
		return err_set(e, ERR_USAGE, NULL, "size=%s is not a size such as 62x29mm or "
		    "62xMAX100mm", size);
	if (language[0] != '\0' && params_get(a, "margins")[0] != '\0')
		return err_set(e, ERR_USAGE, NULL, "margins= goes without language=, which has those of "
		    "its printers");
	if (language[0] != '\0') {
		int rotate = out->rotate;
		int rc = print_language_sheet(language, &media, red, out, e);
		out->rotate = rotate;
		return rc;
	}
	if (media.width > 0) {
		width = media.width / 100.0;
		height = media.length / 100.0;
	} else if (label_size(engine, template, &width, &height, e) == -1) {
		return -1;
	}
	out->dpi_x = out->dpi_y = dpi;
	out->width = dots(width, dpi);
	out->height = dots(height, dpi);
	out->roll = media.roll;
	return set_margins(params_get(a, "margins"), out, e);
}

static int
draw(const struct params *a, struct page *page, int *missing, struct err *e)
{
	const char *template = params_get(a, "template");
	struct label_engine *engine = NULL;
	struct label_fields fields;
	struct sheet sheet;
	struct dirs dirs;
	int rc = -1;

	if (template[0] == '\0')
		template = "standard";
	if (dirs_parse(params_get(a, "templates"), &dirs) == -1 || dirs.list[0] == NULL)
		return err_set(e, ERR_USAGE, TODO_HELP, "templates=DIR,DIR... is missing or too "
		    "long");
	if (fields_fill(params_get, a, &fields, e) == -1 || label_open(dirs.list, &engine, e) == -1)
		return -1;
	if (preview_sheet(a, engine, template, params_get(a, "size"), &sheet, e) == 0)
		rc = label_draw(engine, template, &fields, &sheet, page, missing, e);
	label_close(engine);
	return rc;
}

int
preview_run(int argc, char **argv, struct err *e)
{
	struct params a = { argc, argv };
	const char *file = NULL;
	struct page page = { 0 };
	int columns = 80, missing = 0, rc;

	for (; a.count > 0 && a.list[0][0] == '-'; a.count -= 2, a.list += 2) {
		bool is_file = strcmp(a.list[0], "-o") == 0;
		if (!is_file && strcmp(a.list[0], "--columns") != 0)
			return err_set(e, ERR_USAGE, TODO_HELP, "unknown argument %s", a.list[0]);
		if (a.count < 2 || (!is_file && number_parse(a.list[1], 10, 1000, &columns) == -1))
			return err_set(e, ERR_USAGE, TODO_HELP, is_file ? "-o needs a file" :
			    "--columns needs a number from 10 to 1000");
		if (is_file)
			file = a.list[1];
	}
	if (params_check(&a, KEYS, sizeof KEYS / sizeof *KEYS, e) == -1 ||
	    draw(&a, &page, &missing, e) == -1)
		return -1;
	rc = file != NULL ? page_write_png(&page, file, e) :
	    page_write_text(&page, columns, STDOUT_FILENO, e);
	if (rc == 0 && file != NULL)
		printf("preview %d %d %d missing=%d\n", page.width, page.height, page.dpi_x,
		    missing);
	page_free(&page);
	return rc;
}

int
templates_run(int argc, char **argv, struct err *e)
{
	struct params a = { argc, argv };
	struct dirs dirs;
	char **names;

	if (params_check(&a, KEYS, sizeof KEYS / sizeof *KEYS, e) == -1)
		return -1;
	if (dirs_parse(params_get(&a, "templates"), &dirs) == -1 || dirs.list[0] == NULL)
		return err_set(e, ERR_USAGE, TODO_HELP, "templates=DIR,DIR... is missing or too "
		    "long");
	names = label_templates(dirs.list, e);
	if (names == NULL)
		return -1;
	for (char **n = names; *n != NULL; n++)
		puts(*n);
	free(names);
	return 0;
}
