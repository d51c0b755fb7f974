/* label_impl.h - what the files of label share.
 *
 * A label is drawn upright on a canvas of square dots (a page without margins),
 * which is then turned and put on the page. Lengths of a template are in its own
 * user units, seen from its root; texts and art are in dots of the canvas.
 */
#ifndef FRIDGE_LABEL_IMPL_H
#define FRIDGE_LABEL_IMPL_H

#include <libxml/tree.h>
#include <pango/pangocairo.h>
#include <sys/stat.h>

#include "label.h"
#include "words.h"

#define MM_PER_INCH 25.4
#define PX_PER_MM (96 / MM_PER_INCH)	/* user units are CSS pixels */

/* ---- fields and phrases (label_phrase.c) ---- */

enum field {
	FIELD_OWNER, FIELD_GROUP, FIELD_TITLE, FIELD_STORED, FIELD_EXPIRES, FIELD_CODE,
	FIELD_FRIDGE, FIELD_DAYS, FIELD_QR, FIELD_PLACE, FIELD_PRESET, FIELD_SHELF, FIELD_TIME,
	FIELD_COUNT, FIELD_CODES, FIELDS,
};

/* What must be there, and what must not, for a part of a template to show: data-if. */
struct cond {
	unsigned need, lack;	/* bits 1 << enum field */
};
bool cond_holds(const struct cond *c, unsigned present);
/* "expires", "!owner title": all of them. Adds to *out. */
int cond_parse(const char *text, struct cond *out, struct err *e);
/* Which fields have a value. FIELD_QR only if its text does not come out empty. */
unsigned fields_present(const struct label_fields *f);

/* A text with its fields filled in. Pieces are what fields gave; what lies between
 * them are fixed words, which a template may have smaller. */
#define PHRASE_SIZE 4096
#define PIECES_MAX 16
struct phrase {
	char text[PHRASE_SIZE];
	size_t len;
	struct { size_t from, to; } piece[PIECES_MAX];
	size_t pieces;
	size_t blank;		/* where the line to write on stands; SIZE_MAX: nowhere */
	bool hollow;		/* it has fields, and all of them are absent */
};
int phrase_fill(const char *text, const struct label_fields *f, struct words *w,
    struct phrase *out, struct err *e);
/* Whether every brace in a template's text names a field or a word. */
int phrase_check(const char *text, struct words *w, struct err *e);

/* ---- templates (label_file.c, label_parse.c, label_safe.c) ---- */

enum align { ALIGN_START, ALIGN_MIDDLE, ALIGN_END, ALIGN_BASELINE };

struct box {
	double x, y, w, h;
};

struct label_text {
	char *text;
	char *family;		/* "" : the default */
	int weight;		/* 100 to 900 */
	bool italic, white, red;
	double size;		/* of the font */
	double words;		/* size of fixed words against that of fields, to 1 */
	struct box box;
	enum align across, along;	/* left to right, top to bottom */
	int lines;
	bool shrink;
	struct cond when;
	int line;		/* of the template's file */
};

struct label_qr {
	struct box box;
	struct cond when;
	int line;
};

#define TEXTS_MAX 64
#define QRS_MAX 4
struct template {
	char *path;
	struct stat stat;	/* when it was read */
	unsigned used;
	double width_mm, height_mm;
	struct box view;	/* the user units that the page shows */
	struct label_text text[TEXTS_MAX];
	size_t texts;
	struct label_qr qr[QRS_MAX];
	size_t qrs;
	xmlDoc *art;		/* what is left for librsvg */
};

/* Find NAME.svg in the folders. Fills path (a real path within its folder). */
#define PATH_SIZE 4096
int template_find(const char *const *dirs, const char *name, char path[static PATH_SIZE],
    struct stat *st, struct err *e);
/* Read and check a template. *out is freed by template_free. */
int template_read(const char *path, struct words *w, struct template **out, struct err *e);
void template_free(struct template *t);

/* Take out of the document what does not print, and refuse what is not safe to
 * draw: entities, scripts, outside references, missing images, too much work. */
int template_make_safe(xmlDoc *doc, const char *path, struct err *e);

/* Small tools over libxml2 that parse and safe share. */
bool svg_is(const xmlNode *n, const char *name);
xmlNode *svg_next(xmlNode *at, const xmlNode *top);	/* all below top, in order */
void svg_drop(xmlNode *n);
/* An attribute without namespace; free with xmlFree. NULL if absent. */
char *svg_attr(const xmlNode *n, const char *name);

/* ---- places (label_place.c) ---- */

/* A number at *s, which moves behind it and a comma; never by the machine's locale. */
bool svg_number(const char **s, double *out);
/* What a colour, 0 to 255 each of red, green and blue, is at one bit: paper, or the red
 * of a roll that has it; anything else is black. */
bool colour_is_white(const int rgb[static 3]);
bool colour_is_red(const int rgb[static 3]);
/* A length in user units: "3mm", "12pt", "5"; false for "2em" and "10%". */
bool svg_length(const char *s, double *out);
bool svg_attr_length(const xmlNode *n, const char *name, double fallback, double *out);
/* Bring a box from the units of n into those of the root. With scale, the box of a
 * text: dots a unit must be alike in both directions. Text is never set askew: -1. */
int box_place(const xmlNode *n, const char *what, struct box *b, double *scale,
    struct err *e);
int box_of_rect(const xmlNode *n, const char *what, struct box *out, struct err *e);

/* ---- dots (label_dots.c) ---- */

int page_new(struct page *p, int width, int height, int dpi_x, int dpi_y, struct err *e);
/* Blacken (or whiten) the dots of to at x, y where the 8-bit ink of from is 128 or
 * more; what falls beside is left out. */
void dots_stamp(struct page *to, int x, int y, const uint8_t *ink, int w, int h,
    int stride, bool white);
void dots_fill(struct page *to, int x, int y, int w, int h);
/* Put the canvas on the page, turned clockwise by 0, 90, 180 or 270 and stretched to
 * the given size, which is its own but on a printer whose dots are not square. */
void dots_place(struct page *to, int x, int y, int w, int h, const struct page *canvas,
    int rotate);

/* ---- art (label_art.c) ---- */

/* Draw a template's art for the fields that are present onto a fresh canvas. */
int art_draw(const struct template *t, unsigned present, struct page *canvas,
    struct err *e);
/* The parts of fields that the template's art looks at. */
unsigned art_conditions(const struct template *t);

/* ---- text (label_text.c) ---- */

struct pen;
struct pen *pen_new(void);
void pen_free(struct pen *p);
/* Draw a text into its box (in dots of the canvas), at scale dots a user unit. Adds
 * the characters that no font has to *missing. */
int pen_text(struct pen *p, struct page *canvas, const struct label_text *t,
    const struct phrase *what, const struct box *box, double scale, const char *lang,
    int *missing, struct err *e);
/* The time that texts took is added here. */
struct label_timing *pen_timing(struct pen *p);
/* Load the fonts of every script. */
void pen_warm(struct pen *p);

/* ---- QR (label_qr.c) ---- */

/* Dots a module of that text in a square box of that many dots; 0: it does not fit. */
int qr_module(const char *text, int dots);
int qr_draw(struct page *canvas, const char *text, const struct box *box, struct err *e);

#endif
