/* label_plain.c - a label without a template: lines of text that fill the sheet.
 *
 * It needs nothing but a font, so that there is a dated label where templates, words or
 * the settings of fonts are missing or broken.
 */
#include "label_impl.h"

#include <math.h>
#include <string.h>

#define SHAPE_MM_WIDE 62.0	/* of a label on a roll, and what counts as lying */
#define SHAPE_MM_HIGH 29.0
#define COLUMNS_MM 40.0		/* a label as wide has its small texts side by side */
#define FOOT_MM_MIN 2.8		/* a line of 7 pt */
#define FOOT_MM_MAX 6.0
#define FEET 3
#define CHOICES 8
#define WORDINGS 3
#define NAME_TO_DAY 0.75	/* the day is the largest thing on a label */
#define CODES_PT 9.0

/* What a line says: by the first condition that holds, in the first wording that can be
 * made and fits. Those at the end need no words of a language. */
struct choice {
	const char *when;	/* as data-if */
	const char *text[WORDINGS];
};
#define DATE { "{expires:EEEdMMM}", "{expires:=yyyy-MM-dd}", "{expires:=MM-dd}" }

static const struct choice DAY[CHOICES] = {
	{ "count", DATE },
	{ "time", { "{sign_hold}", "{fridge}" } },
	{ "expires", { "{until}", "{expires:=yyyy-MM-dd}", "{expires:=MM-dd}" } },
	{ "code", { "{until_blank}", "{blank}" } },
	{ "title", { "{title}" } },
	{ "preset", { "{preset}" } },
	{ "", { "{fridge}" } },
};
static const struct choice WHO[CHOICES] = {
	{ "codes", { "{codes}" } },
	{ "time", { "{sign_each}", "{time}" } },
	{ "owner title", { "{title} · {owner}", "{owner}" } },
	{ "owner", { "{owner}" } },
	{ "code title", { "{title}" } },
	{ "code group", { "{group}" } },
	{ "code", { "{name_blank}", "{blank}" } },
	{ "shelf", { "{shelf}" } },
};
/* The small ones below, from the left and in the order of their worth. */
static const struct choice FOOT[FEET][CHOICES] = {
	{ { "code", { "{code}" } }, { "count", { "{slip_labels}", "{count}" } } },
	/* Only in words: a second bare date would be taken for the first. */
	{ { "stored", { "{in}" } }, { "code", { "{in_blank}" } } },
	{ { "", { "{fridge}" } } },
};

/* The label that is being drawn. */
struct plain {
	struct words *words;
	struct pen *pen;
	const struct label_fields *fields;
	unsigned present;
	struct page canvas;
	int dots_mm;
};

/* The label as it lies on the sheet: all of it, or a usual piece of a roll. */
static int
place_of(const struct sheet *s, struct place *out, struct err *e)
{
	struct sheet turned = *s;
	double wide = (s->width - s->left - s->right) * MM_PER_INCH / s->dpi_x;
	double high = (s->height - s->top - s->bottom) * MM_PER_INCH / s->dpi_y;

	turned.rotate = sheet_rotation(s, SHAPE_MM_WIDE, SHAPE_MM_HIGH);
	bool lies = turned.rotate == 90 || turned.rotate == 270;
	if (s->roll)
		high = MIN(high, lies ? SHAPE_MM_WIDE : wide * SHAPE_MM_HIGH / SHAPE_MM_WIDE);
	return sheet_place(&turned, lies ? high : wide, lies ? wide : high, out, e);
}

/* The choice that these fields lead to; NULL if there is none. */
static const struct choice *
choice_for(const struct plain *d, const struct choice list[CHOICES])
{
	for (size_t i = 0; i < CHOICES && list[i].when != NULL; i++) {
		struct cond when = { 0 };
		if (cond_parse(list[i].when, &when, NULL) == 0 && cond_holds(&when, d->present))
			return &list[i];
	}
	return NULL;
}

/* Draw the line. Returns the size of its font, 0 if it says nothing, -1 with *e. */
static int
draw_line(struct plain *d, const struct choice list[CHOICES], const struct label_text *t,
    const struct box *box, struct err *e)
{
	const struct choice *c = choice_for(d, list);
	struct fitting fitting = { 0 };
	struct phrase what, next;
	int missing, size = 0;

	for (size_t i = 0; c != NULL && i < WORDINGS && c->text[i] != NULL && !fitting.fits; i++) {
		if (phrase_fill(c->text[i], d->fields, d->words, &next, NULL) == -1 || next.hollow)
			continue;
		what = next;
		pen_measure(d->pen, &d->canvas, t, &what, box, 1, d->fields->lang, &fitting);
		size = fitting.size;
	}
	if (size > 0 && pen_text(d->pen, &d->canvas, t, &what, box, 1, d->fields->lang, &missing,
	    e) == -1)
		return -1;
	return size;
}

/* The small texts at the end of what is free, which becomes smaller: side by side, or
 * below each other where the label is narrow and as many as have room. */
static int
draw_feet(struct plain *d, struct box *rest, struct err *e)
{
	static const enum align SIDES[FEET] = { ALIGN_LEFT, ALIGN_MIDDLE, ALIGN_END };
	double line = CLAMP(rest->h * 0.14, FOOT_MM_MIN * d->dots_mm, FOOT_MM_MAX * d->dots_mm);
	bool beside = rest->w >= COLUMNS_MM * d->dots_mm;
	int lines = beside ? 1 : CLAMP((int)(rest->h * 0.36 / line), 0, FEET);
	double gap = d->dots_mm;

	for (int i = 0; i < (beside ? FEET : lines); i++) {
		struct label_text t = {
			.family = (char *)"", .weight = i == 0 ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL,
			.size = line * 0.9, .words = 1, .lines = 1, .shrink = true,
			.across = beside ? SIDES[i] : ALIGN_LEFT, .along = ALIGN_MIDDLE,
		};
		struct box box = { rest->x, rest->y + rest->h - line, rest->w, line };
		if (beside) {
			box.w = (rest->w - 2 * gap) / FEET;
			box.x += i * (box.w + gap);
		} else {
			box.y -= (lines - 1 - i) * line;
		}
		if (draw_line(d, FOOT[i], &t, &box, e) == -1)
			return -1;
	}
	rest->h -= lines * line;
	return 0;
}

static int
draw_all(struct plain *d, bool red, struct err *e)
{
	double margin = CLAMP(MIN(d->canvas.width, d->canvas.height) * 0.04, 0.5 * d->dots_mm,
	    2.0 * d->dots_mm);
	struct box rest = { margin, margin, d->canvas.width - 2 * margin,
	    d->canvas.height - 2 * margin };
	bool is_label = (d->present & 1u << FIELD_EXPIRES) != 0;
	struct label_text t = {
		.family = (char *)"", .weight = PANGO_WEIGHT_BOLD, .words = 0.7, .lines = 3,
		.shrink = true, .across = ALIGN_START, .along = ALIGN_MIDDLE, .red = red && is_label,
	};

	if (draw_feet(d, &rest, e) == -1)
		return -1;
	struct box box = { rest.x, rest.y, rest.w, rest.h * 0.56 };
	t.size = box.h;
	int size = draw_line(d, DAY, &t, &box, e);
	if (size == -1)
		return -1;
	box.y += box.h;
	box.h = rest.h - box.h;
	t.red = false;
	t.words = 1;
	t.size = MIN(size > 0 ? size * NAME_TO_DAY : box.h, box.h * 0.9);
	if ((d->present & 1u << FIELD_CODES) != 0) {
		t.size = MIN(t.size, CODES_PT / 72 * d->canvas.dpi_x);
		t.lines = LINES_MAX;
	}
	return draw_line(d, WHO, &t, &box, e) == -1 ? -1 : 0;
}

int
plain_draw(struct words *w, struct pen *p, const struct label_fields *f,
    const struct sheet *sheet, struct page *out, struct err *e)
{
	struct plain d = { .words = w, .pen = p, .fields = f, .present = fields_present(f) };
	struct place place;
	int rc = -1;

	if (sheet_check(sheet, e) == -1 || place_of(sheet, &place, e) == -1 ||
	    page_new(&d.canvas, place.width, place.height, place.dpi, place.dpi, e) == -1)
		return -1;
	d.dots_mm = MAX((int)rint(place.dpi / MM_PER_INCH), 1);
	if ((!sheet->red || page_add_red(&d.canvas, e) == 0) && draw_all(&d, sheet->red, e) == 0)
		rc = sheet_put(sheet, &place, &d.canvas, out, e);
	page_free(&d.canvas);
	return rc;
}
