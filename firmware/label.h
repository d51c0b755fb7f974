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

/* What brings a font for every script that names are written in, as a command. */
#define LABEL_FONTS "sudo apt install fonts-noto-core fonts-noto-cjk fonts-symbola"

/* What stands on a label. Strings belong to the caller; NULL or "" is absent. */
struct label_fields {
	const char *owner;	/* {owner}: the name as printed */
	const char *group;	/* {group} */
	const char *title;	/* {title}: of a preset, "Team" */
	const char *fridge;	/* {fridge} */
	const char *code;	/* {code}: with its prefix, "F3-24818" */
	const char *claim;	/* {claim}: the same, where it leads to a card of nobody's */
	const char *place;	/* {place}: "freezer" */
	const char *preset;	/* {preset}: its name, on the face of its card */
	const char *shelf;	/* {shelf}: "90d", "fri", "0", as settings write it */
	const char *time;	/* {time}: of an emptying, "16:00" */
	const char *count;	/* {count}: how many labels a slip is about */
	const char *codes;	/* {codes}: theirs, parted by blanks */
	const char *buzzer;	/* {buzzer}: the name of the fridge's */
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
	uint8_t *red;		/* as bits, of what prints red; NULL on a black page. No
				 * dot is both. */
};
void page_free(struct page *p);

/* Where to draw: the whole sheet and the part of it the printer can mark. */
struct sheet {
	int width, height;			/* dots */
	int left, top, right, bottom;		/* unprintable margins, dots */
	int dpi_x, dpi_y;
	int rotate;				/* -1 auto, else 0, 90, 180, 270 */
	bool roll;				/* height is the most, see label_draw */
	bool red;				/* it can print red: what a template has in red
						 * is, and is black elsewhere */
};

struct label_engine;	/* opaque: fonts, parsed templates, fixed art */

/* dirs: NULL-ended list of templates folders, first match wins. Sets up the private
 * fonts.conf found in them (through FONTCONFIG_FILE; call before any other use of
 * fonts in the process) and draws a throw-away label in every script. */
int label_open(const char *const *dirs, struct label_engine **out, struct err *e);
void label_close(struct label_engine *g);

/* Have that called before everything that may take as many seconds. */
void label_on_busy(void (*busy)(void *arg, int seconds), void *arg);

/* Give back the memory of what labels left behind, if that is much: true if it was, and
 * took as long as label_open. For a moment at which nobody waits. */
bool label_tidy(struct label_engine *g);

/* Draw one label. template is a bare name ("standard"): no slash, no leading dot, no
 * link out of the folder. *missing (if not NULL) gets how many characters no font
 * has. ERR_REFUSED: no such template, or it is not usable, with the reason.
 *
 * On a roll the length is the template's or, upright, less: it is cut behind the lowest
 * line of text, QR code or art, where the template's own bottom margin follows: what lies
 * between its lowest box (or art) and its end. So a text at the top of a high box makes
 * a short label of few words and a long one of many, and what stands at the bottom, a
 * frame or a text aligned there, keeps the whole length. Never shorter than 12 mm. A
 * label that lies along the roll keeps its template's length: a line is as long as its
 * box. On a red sheet the page has a plane of red, also where nothing is. */
int label_draw(struct label_engine *g, const char *template,
    const struct label_fields *f, const struct sheet *sheet, struct page *out,
    int *missing, struct err *e);

/* How long the stages of the last label_draw took, in microseconds. */
struct label_timing {
	int64_t layout;		/* fields filled in, texts fitted to their boxes */
	int64_t draw;		/* art, glyphs and codes */
	int64_t threshold;	/* grey to dots, and dots to their place on the page */
};
void label_timing(const struct label_engine *g, struct label_timing *out);

/* The same without any template: the day, the name, what else there is room for. For the
 * day on which no template can be used; it needs no folder, only a font. Words that are
 * missing are left out, and the day is then as YYYY-MM-DD. It fills the sheet, and lies on
 * one that is much higher than wide. */
int label_draw_plain(struct label_engine *g, const struct label_fields *f,
    const struct sheet *sheet, struct page *out, struct err *e);

/* What is wrong with a template, or may be. */
struct finding {
	bool error;		/* it cannot be used; else it prints, and not as meant */
	int line;		/* in its file; 0: of the whole */
	char what[240], todo[160];
};
/* Look for all that can go wrong when the template is drawn on that sheet: what it
 * refers to, its fonts, and its texts with the longest names that words_name allows, in
 * every script; in that language, or NULL or "" for all that there are words of. Calls
 * found for each finding, in the order of lines. 0, or -1 with *e if it could not be
 * looked at. */
int label_check(struct label_engine *g, const char *template, const char *lang,
    const struct sheet *sheet, void (*found)(void *arg, const struct finding *f), void *arg,
    struct err *e);

/* The size that a template says, also of one that cannot be used; -1 if it says none. */
int label_check_size(struct label_engine *g, const char *template,
    double *width_mm, double *height_mm);

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
