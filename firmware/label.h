/* label.h - a template and its fields become a page of black and white dots.
 *
 * The only module that knows libxml2, librsvg, cairo, Pango and libqrencode. Its
 * fixed art is drawn once for each template and size; the text fields are laid out
 * at each label. Sizes of templates are in millimetres, of pages in dots.
 */
#ifndef FRIDGE_LABEL_H
#define FRIDGE_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "day.h"
#include "err.h"

/* What stands on a label. Strings belong to the caller; NULL or "" is absent. */
struct label_fields {
	const char *owner;	/* {owner}: the name as printed */
	const char *group;	/* {group} */
	const char *title;	/* {title}: of a preset, "Team" */
	const char *fridge;	/* {fridge} */
	const char *code;	/* {code}: with its prefix, "F3-24818" */
	const char *lang;	/* of the fixed words and dates; "" the system's */
	const char *qr;		/* [label] qr, with fields; "" for no QR code */
	day_t stored, expires;	/* {stored}, {expires}; DAY_NONE: a blank line to fill */
};

/* A page: 1 bit a dot, 1 is black, most significant bit left, rows padded to whole
 * bytes. Freed by page_free. */
struct page {
	int width, height;	/* dots */
	int dpi_x, dpi_y;
	size_t stride;		/* bytes a row */
	uint8_t *bits;
};
void page_free(struct page *p);

/* Where to draw: the whole sheet and the part of it the printer can mark. */
struct sheet {
	int width, height;			/* dots */
	int left, top, right, bottom;		/* unprintable margins, dots */
	int dpi_x, dpi_y;
	int rotate;				/* -1 auto, else 0, 90, 180, 270 */
	bool roll;				/* height is the most: cut to the template's */
};

struct label_engine;	/* opaque: fonts, parsed templates, fixed art */

/* dirs: NULL-ended list of templates folders, first match wins. Sets up the private
 * fonts.conf found in them (through FONTCONFIG_FILE; call before any other use of
 * fonts in the process) and draws a throw-away label in every script. */
int label_open(const char *const *dirs, struct label_engine **out, struct err *e);
void label_close(struct label_engine *g);

/* Draw one label. template is a bare name ("standard"): no slash, no leading dot, no
 * link out of the folder. *missing (if not NULL) gets how many characters no font
 * has. ERR_REFUSED: no such template, or it is not usable, with the reason. */
int label_draw(struct label_engine *g, const char *template,
    const struct label_fields *f, const struct sheet *sheet, struct page *out,
    int *missing, struct err *e);

/* The template's own size, for a page with no other. */
int label_size(struct label_engine *g, const char *template,
    double *width_mm, double *height_mm, struct err *e);

/* Names of all templates in dirs, sorted, each once; a NULL-ended list in one
 * allocation, freed with free(). */
char **label_templates(const char *const *dirs, struct err *e);

/* A PNG with its resolution in it; a PDF whose pages have the exact size, each a
 * 1-bit image (copies pages); half-block characters for a terminal of columns
 * columns. Return 0 or -1 with *e. */
int page_write_png(const struct page *p, const char *path, struct err *e);
int page_write_pdf(const struct page *p, int copies, const char *path, struct err *e);
int page_write_text(const struct page *p, int columns, int fd, struct err *e);

#endif
