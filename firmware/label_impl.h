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
#include "label_field.h"
#include "words.h"

#define MM_PER_INCH 25.4
#define PX_PER_MM (96 / MM_PER_INCH)	/* user units are CSS pixels */

/* ---- mistakes (label_check.c) ---- */

/* Who hears of a template's mistakes. Printing has nobody (NULL): the first mistake is
 * the end, with *e. The check hears of each, and what is left is looked at further. */
struct hearer {
	void (*found)(struct hearer *h, const struct finding *f);
	int errors;
};
/* A mistake in what stands on that line: -1, with *e as it is, if nobody hears; else 0. */
int hear(struct hearer *h, long line, const struct err *e);

/* ---- fields and phrases (label_phrase.c) ---- */

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
	unsigned fields;	/* bits 1 << enum field of those it has, absent or not */
};
int phrase_fill(const char *text, const struct label_fields *f, struct words *w,
    struct phrase *out, struct err *e);
/* Whether every brace in a template's text, which stands on that line, names a field or
 * a word. */
int phrase_check(const char *text, struct words *w, struct hearer *hearer, long line,
    struct err *e);

/* ---- templates (label_file.c, label_parse.c, label_safe.c) ---- */

/* A text starts at the right of its box if it is written from there; left is left. */
enum align { ALIGN_START, ALIGN_MIDDLE, ALIGN_END, ALIGN_LEFT, ALIGN_BASELINE };

struct box {
	double x, y, w, h;
};

/* 200 codes with the longest prefix are 67 lines at 7 pt on a roll 62 mm wide. */
#define LINES_MAX 80
struct label_text {
	char *text;
	char *family;		/* "" : the default */
	int weight;		/* 100 to 900 */
	bool italic, white, red;
	double size;		/* of the font */
	double words;		/* size of fixed words against that of fields, to 1 */
	struct box box;
	enum align across, along;	/* left to right, top to bottom */
	int lines;		/* at most, to LINES_MAX */
	bool shrink;
	struct cond when;
	int line;		/* of the template's file */
};

struct label_qr {
	struct box box;
	struct cond when;
	int line;
};

struct label_ruler {
	struct box box;
	struct cond when;
};

#define TEXTS_MAX 64
#define QRS_MAX 4
#define RULERS_MAX 2
struct template {
	char *path;
	struct stat stat;	/* when it was read */
	unsigned used;
	double width_mm, height_mm;
	char *small;		/* the template to take where this one comes out too small; NULL */
	struct box view;	/* the user units that the page shows */
	struct label_text text[TEXTS_MAX];
	size_t texts;
	struct label_qr qr[QRS_MAX];
	size_t qrs;
	struct label_ruler ruler[RULERS_MAX];
	size_t rulers;
	xmlDoc *art;		/* what is left for librsvg */
};

/* Find NAME.svg in the folders. Fills path (a real path within its folder). */
#define PATH_SIZE 4096
int template_find(const char *const *dirs, const char *name, char path[static PATH_SIZE],
    struct stat *st, struct err *e);
/* Read and check a template. *out is freed by template_free. */
int template_read(const char *path, struct words *w, struct template **out, struct err *e);
/* The same with somebody who hears. Texts with a mistake are left out; 0 also then. */
int template_hear(const char *path, struct words *w, struct hearer *hearer,
    struct template **out, struct err *e);
void template_free(struct template *t);
/* The file as it is, every element in it; NULL with *e if it is no SVG. */
xmlDoc *template_document(const char *path, struct hearer *hearer, struct err *e);

/* Take out of the document what does not print, and refuse what is not safe to
 * draw: entities, scripts, outside references, missing images, too much work. */
int template_make_safe(xmlDoc *doc, const char *path, struct hearer *hearer, struct err *e);

/* Small tools over libxml2 that parse and safe share. */
bool svg_is(const xmlNode *n, const char *name);
xmlNode *svg_next(xmlNode *at, const xmlNode *top);	/* all below top, in order */
void svg_drop(xmlNode *n);
/* An attribute without namespace; free with xmlFree. NULL if absent. */
char *svg_attr(const xmlNode *n, const char *name);

/* ---- styles (label_style.c) ---- */

/* A property that is inherited, from style or attribute, seen from the element; NULL if
 * nobody has it. Free with g_free. */
char *svg_property(const xmlNode *n, const char *name);
/* "bold", "600"; NULL is normal. */
int svg_weight(const char *text);
/* A colour as drawing programs write it, "#c00" or "#cc0000", 0 to 255 each; any other
 * spelling is black. */
void svg_colour(const char *text, int rgb[static 3]);
/* What a colour, 0 to 255 each of red, green and blue, is at one bit: paper, or the red
 * of a roll that has it (black on any other); anything else is black. */
bool colour_is_white(const int rgb[static 3]);
bool colour_is_red(const int rgb[static 3]);

/* ---- places (label_place.c) ---- */

/* A number at *s, which moves behind it and a comma; never by the machine's locale. */
bool svg_number(const char **s, double *out);
/* A length in user units: "3mm", "12pt", "5"; false for "2em" and "10%". */
bool svg_length(const char *s, double *out);
bool svg_attr_length(const xmlNode *n, const char *name, double fallback, double *out);
/* Bring a box from the units of n into those of the root. With scale, the box of a
 * text: dots a unit must be alike in both directions. Text is never set askew: -1. */
int box_place(const xmlNode *n, const char *what, struct box *b, double *scale,
    struct err *e);
/* How large a unit of the element is in those of the root; 1 where that is not clear. */
double svg_scale(const xmlNode *n);
int box_of_rect(const xmlNode *n, const char *what, struct box *out, struct err *e);

/* ---- dots (label_dots.c) ---- */

int page_new(struct page *p, int width, int height, int dpi_x, int dpi_y, struct err *e);
/* Give a page its plane of red. */
int page_add_red(struct page *p, struct err *e);
/* How much memory its dots take. */
size_t page_bytes(const struct page *p);
/* What a dot is. Red is black on a page without a plane for it. */
enum dye { DYE_WHITE, DYE_BLACK, DYE_RED };
/* Dye the dots of to at x, y where the 8-bit ink of from is 128 or more; what falls
 * beside is left out. */
void dots_stamp(struct page *to, int x, int y, const uint8_t *ink, int w, int h,
    int stride, enum dye dye);
void dots_fill(struct page *to, int x, int y, int w, int h);
/* A ruler in true millimetres from the left edge of the box: a mark each, longer at 5
 * and longest at 10. It shows whether a printer keeps to sizes. */
void dots_ruler(struct page *to, const struct box *box);
/* The height up to which there is ink. */
int dots_bottom(const struct page *p);
/* Put the canvas on the page, turned clockwise by 0, 90, 180 or 270 and stretched to
 * the given size, which is its own but on a printer whose dots are not square. */
void dots_place(struct page *to, int x, int y, int w, int h, const struct page *canvas,
    int rotate);

/* ---- sheets (label_sheet.c) ---- */

#define SIDE_MAX 24000		/* dots: a metre of a roll at 600 dpi */

/* What of a template is at that place of its canvas, in dots. It may lie anywhere. */
struct box box_on_canvas(const struct template *t, const struct page *canvas,
    const struct box *b);

/* Where a label goes on its sheet. */
struct place {
	int rotate;
	int dpi;			/* of the canvas */
	int width, height;		/* of the canvas, dots */
	int x, y, w, h;			/* on the page, dots */
	int page_height;
};
/* Whether a page of that size can be at all. */
int sheet_check(const struct sheet *s, struct err *e);
/* The clockwise turn of a label of that size. */
int sheet_rotation(const struct sheet *s, double width_mm, double height_mm);
/* A label of that size, as large as it goes into what the printer can mark. */
int sheet_place(const struct sheet *s, double width_mm, double height_mm, struct place *p,
    struct err *e);
/* Take what is below that height off the canvas of a roll, and off its place. */
void sheet_cut(const struct sheet *s, struct place *p, struct page *canvas, int height);
/* The page with the canvas in its place. */
int sheet_put(const struct sheet *s, const struct place *p, const struct page *canvas,
    struct page *out, struct err *e);

/* ---- art (label_art.c) ---- */

/* Draw a template's art for the fields that are present onto a fresh canvas. */
int art_draw(const struct template *t, unsigned present, struct page *canvas,
    struct err *e);
/* The same in this process, for the child that art_draw starts (label_child.c). */
int art_draw_here(const struct template *t, unsigned present, struct page *canvas,
    struct err *e);
/* Where the element of that id prints, in dots of the canvas: 1, or 0 where it does not
 * with those fields. */
int art_where(const struct template *t, unsigned present, const char *id,
    const struct page *canvas, struct box *out);
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
/* How far down on the canvas the last text reached, 0 if there was none. */
int pen_bottom(const struct pen *p);
/* The time that texts took is added here. */
struct label_timing *pen_timing(struct pen *p);
/* Empty the caches of glyphs and fonts, and load the fonts of every script again.
 * False: they are in use. */
bool pen_renew(struct pen *p);
/* How a text would come out, without drawing it. */
struct fitting {
	bool fits;		/* all of it; else it ends in an ellipsis */
	int size;		/* of the font, dots */
	int lines;
	int missing;		/* characters that no font has */
	int blank;		/* length of the line to write on, dots */
	struct box ink;		/* on the canvas, dots */
};
/* Only size and resolution of the canvas are looked at. */
void pen_measure(struct pen *p, const struct page *canvas, const struct label_text *t,
    const struct phrase *what, const struct box *box, double scale, const char *lang,
    struct fitting *out);
/* Whether there is a font family of that name among those of labels. */
bool pen_has_family(const struct pen *p, const char *family);
/* Load the fonts of every script. */
void pen_warm(struct pen *p);

/* ---- without a template (label_plain.c) ---- */

/* See label_draw_plain; the fields have no fields in them any more. */
int plain_draw(struct words *w, struct pen *p, const struct label_fields *f,
    const struct sheet *sheet, struct page *out, struct err *e);

/* ---- memory (label_tidy.c) ---- */

struct tidy {
	size_t heap;		/* in use when the caches were empty */
	size_t resident;	/* memory of the process when all was tidy */
};
/* The caches are empty: give back what is free, and remember how much is not. */
void tidy_start(struct tidy *t);
/* Whether the process has grown much since. */
bool tidy_is_due(const struct tidy *t);
/* Give back what costs little to get again: false if the caches hold too much. */
bool tidy_pages(struct tidy *t);

/* ---- QR (label_qr.c) ---- */

/* Dots a module of that text in a square box of that many dots; 0: it does not fit. */
int qr_module(const char *text, int dots);
int qr_draw(struct page *canvas, const char *text, const struct box *box, struct err *e);

/* ---- the check (label_check.c, label_check_text.c, label_check_art.c) ---- */

/* What it needs of the engine (label.c). */
struct engine_parts {
	const char *const *dirs;
	struct words *words;
	struct pen *pen;
};
struct engine_parts engine_parts(const struct label_engine *g);

/* A template being looked at. */
struct inspection {
	struct hearer hearer;		/* the first: what it hears is noted */
	struct engine_parts engine;
	GArray *findings;
	const char *const *langs;	/* of the words to try */
	const struct template *template;
	struct page canvas;		/* size and resolution of the label alone */
	double scale;			/* dots a user unit */
	double unit_mm;			/* a user unit of the root, as it prints */
};
void inspection_note(struct inspection *in, bool error, long line, const char *todo,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The texts with fields and the QR codes, on the canvas. */
void inspect_texts(struct inspection *in);
/* What a file says of fonts, colours and lines, and its data- attributes. */
void inspect_styles(struct inspection *in, xmlNode *root);
/* Where the art's own texts stand. Only for art that is safe to draw. */
void inspect_art(struct inspection *in);

#endif
