/* print_ppd.c - what a queue's PPD says: its filters, its pages, its set-up.
 *
 * libcups calls its PPD functions deprecated and has no others that a driver's filter
 * would understand; they are used in this file alone.
 */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include "print_impl.h"

#include <cups/ppd.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POINTS(hundredths) ((hundredths) * 72.0 / 2540.0)
#define FITS_PT 2.0		/* drivers round sizes to whole points and a bit */

struct ppd {
	ppd_file_t *file;
};

int
ppd_read(int fd, struct ppd **out, struct err *e)
{
	ppd_file_t *file = NULL;
	struct ppd *p;

	/* ppdOpenFd closes what it is given. */
	int copy = dup(fd);
	if (copy != -1 && lseek(copy, 0, SEEK_SET) == 0)
		file = ppdOpenFd(copy);
	else if (copy != -1)
		close(copy);
	if (file == NULL) {
		int line;
		ppd_status_t why = ppdLastError(&line);
		return err_set(e, ERR_REFUSED, NULL, "the queue's PPD cannot be read: %s "
		    "in line %d", ppdErrorString(why), line);
	}
	p = calloc(1, sizeof *p);
	if (p == NULL) {
		ppdClose(file);
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	}
	p->file = file;
	*out = p;
	return 0;
}

void
ppd_free(struct ppd *p)
{
	if (p == NULL)
		return;
	ppdClose(p->file);
	free(p);
}

/* One line "SOURCE [DESTINATION] COST PROGRAM". */
static void
look_at_filter(const char *line, bool has_destination, struct ppd_filters *out)
{
	char source[128], program[256];

	if (sscanf(line, has_destination ? "%127s %*s %*s %255s" : "%127s %*s %255s",
	    source, program) != 2)
		return;
	bool untouched = strcmp(program, "-") == 0;
	if (untouched && strcmp(source, "image/pwg-raster") == 0)
		out->pwg = true;
	else if (untouched && strcmp(source, "image/urf") == 0)
		out->urf = true;
	else if (strcmp(source, "application/vnd.cups-raster") == 0 &&
	    strstr(program, "foomatic-rip") == NULL)
		/* Foomatic's takes raster too, and makes black pages of 1-bit ones. */
		out->raster = true;
}

void
ppd_filters(const struct ppd *p, struct ppd_filters *out)
{
	ppd_attr_t *a = ppdFindAttr(p->file, "cupsFilter2", NULL);

	memset(out, 0, sizeof *out);
	/* As cupsd: where there is a cupsFilter2, cupsFilter does not count. */
	if (a == NULL)
		for (int i = 0; i < p->file->num_filters; i++)
			look_at_filter(p->file->filters[i], false, out);
	for (; a != NULL; a = ppdFindNextAttr(p->file, "cupsFilter2", NULL))
		if (a->value != NULL)
			look_at_filter(a->value, true, out);
}

bool
ppd_has_choice(const struct ppd *p, const char *option, const char *choice)
{
	ppd_option_t *o = ppdFindOption(p->file, option);

	return o != NULL && ppdFindChoice(o, choice) != NULL;
}

void
ppd_brother(const struct ppd *p, char *model, size_t size)
{
	const char *name = p->file->modelname;

	/* "Brother QL-550"; some PPDs name the maker beside it alone. */
	if (name == NULL)
		name = "";
	if (strncasecmp(name, "Brother ", 8) == 0)
		name += 8;
	else if (p->file->manufacturer == NULL || strcasecmp(p->file->manufacturer, "Brother") != 0)
		name = "";
	snprintf(model, size, "%s", name);
}

bool
ppd_tape(const struct ppd *p, struct print_media *out)
{
	ppd_option_t *o = ppdFindOption(p->file, "PageSize");
	ppd_size_t *s = o == NULL ? NULL : ppdPageSize(p->file, o->defchoice);
	int width = 0, length = 0, end = 0;

	if (s == NULL)
		return false;
	/* A roll of 62 mm and labels of 62 x 100 mm are one size in points. */
	if (sscanf(s->name, "%dx%dmm%n", &width, &length, &end) == 2 && end > 0)
		*out = (struct print_media){ width * 100, length * 100, false };
	else if (sscanf(s->name, "%dmm%n", &width, &end) == 1 && end > 0 &&
	    strcmp(s->name + end, "-circular") == 0)
		*out = (struct print_media){ width * 100, width * 100, false };
	else if (width > 0 && end > 0 && s->name[end] == '\0')
		*out = (struct print_media){ width * 100, (int)lround(s->length * 2540 / 72), true };
	else
		return false;
	return true;
}

static int
hundredths(float points)
{
	return (int)(points * 2540 / 72 + 0.5F);
}

bool
ppd_page(const struct ppd *p, struct medium *out)
{
	ppd_option_t *o = ppdFindOption(p->file, "PageSize");
	ppd_size_t *s = o == NULL ? NULL : ppdPageSize(p->file, o->defchoice);

	/* CUPS, which writes it for an IPP printer, may have 62x29mm.Borderless alone and
	 * call 62x29mm the default. */
	for (int i = 0; o != NULL && s == NULL && i < p->file->num_sizes; i++) {
		size_t len = strlen(o->defchoice);
		if (strncmp(p->file->sizes[i].name, o->defchoice, len) == 0 &&
		    p->file->sizes[i].name[len] == '.')
			s = &p->file->sizes[i];
	}
	if (s == NULL || s->width <= 0 || s->length <= 0)
		return false;
	*out = (struct medium){
		.width = hundredths(s->width), .length = hundredths(s->length),
		.left = hundredths(s->left), .right = hundredths(s->width - s->right),
		.top = hundredths(s->length - s->top), .bottom = hundredths(s->bottom),
	};
	return true;
}

/* The page of that size, the marked one if several are; NULL if there is none. */
static const ppd_size_t *
find_size(ppd_file_t *f, double width, double length)
{
	const ppd_size_t *best = NULL;
	double best_off = 0;

	for (int i = 0; i < f->num_sizes; i++) {
		const ppd_size_t *s = &f->sizes[i];
		double off = fmax(fabs(s->width - width), fabs(s->length - length));
		if (strcmp(s->name, "Custom") == 0 || off > FITS_PT)
			continue;
		if (best == NULL || off < best_off - 0.1 || (off < best_off + 0.1 && s->marked)) {
			best = s;
			best_off = off;
		}
	}
	return best;
}

static bool
can_cut(const ppd_file_t *f, double width, double length)
{
	return f->variable_sizes && width >= f->custom_min[0] - 0.5 &&
	    width <= f->custom_max[0] + 0.5 && length >= f->custom_min[1] - 0.5 &&
	    length <= f->custom_max[1] + 0.5;
}

/* Mark the page of that size. 0, or -1 if the driver has none. */
static int
mark_size(ppd_file_t *f, double width, double length)
{
	const ppd_size_t *s = find_size(f, width, length);
	char custom[64];

	if (s == NULL && !can_cut(f, width, length)) {
		s = find_size(f, length, width);
		if (s == NULL && !can_cut(f, length, width))
			return -1;
		if (s == NULL) {
			double turned = width;
			width = length;
			length = turned;
		}
	}
	if (s == NULL)
		snprintf(custom, sizeof custom, "Custom.%.2fx%.2f", width, length);
	ppdMarkOption(f, "PageSize", s != NULL ? s->name : custom);
	return 0;
}

int
ppd_header(struct ppd *p, int width, int length, cups_page_header2_t *out, struct err *e)
{
	ppdMarkDefaults(p->file);
	if (width > 0 && mark_size(p->file, POINTS(width), POINTS(length)) == -1)
		return err_set(e, ERR_REFUSED, "lpoptions -l shows the sizes it has",
		    "the queue's driver has no page of %gx%g mm", width / 100.0, length / 100.0);
	if (cupsRasterInterpretPPD(out, p->file, 0, NULL, NULL) != 0)
		return err_set(e, ERR_REFUSED, NULL, "the queue's PPD cannot be understood: %s",
		    cupsRasterErrorString());
	return 0;
}
