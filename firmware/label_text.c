/* label_text.c - a text is laid out in its box by Pango, as large as it fits.
 *
 * Sizes are whole dots, and those below the wanted one are steps of a ladder that all
 * texts share: each size is a font of its own in memory. The text is drawn in grey
 * with full hinting and then cut at half grey, which gives the crispest dots; it is
 * drawn on a surface of its box's size, so that nothing can leave the box.
 */
#include "label_impl.h"

#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <string.h>
#include <time.h>

#define SMALLEST_PT 7.0		/* still readable at 203 dpi */
#define PT_PER_INCH 72.0
#define LADDER_MAX 64
#define CAP_HEIGHT 0.714	/* of Noto Sans, in em */
#define DESCENT 0.21
#define PITCH 1.22		/* from line to line, in em */
#define BLANK_MIN 4.0		/* shortest line to write on, in em */
#define SIZE_MAX_DOTS 2000	/* of a font */
#define SCRATCH_KEPT (4 << 20)	/* dots */
#define SORTING_MS 1000		/* of fonts, at most waited for */

struct pen {
	PangoFontMap *fonts;
	PangoContext *context;
	PangoLayout *layout;
	cairo_surface_t *scratch;	/* 8 bit, grown to the largest box so far */
	struct label_timing timing;
	int bottom;		/* of the last text, dots of the canvas */
};

static int pens;	/* that there are */

/* One text at one size. */
struct fit {
	const struct label_text *text;
	const struct phrase *phrase;
	int left, top;		/* of the box on the canvas, dots */
	int width, height;	/* of the box, dots */
	int size;		/* dots */
	bool fits;		/* all of it is inside */
	int lines;
	PangoRectangle ink[LINES_MAX];	/* of each line, from its own origin */
	int pitch;
	int first;		/* baseline of the first line, from the top of the box */
	int blank_width;
};

/* What draws with the fonts. */
static void
pen_set(struct pen *p)
{
	cairo_font_options_t *options = cairo_font_options_create();

	p->context = pango_font_map_create_context(p->fonts);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_FULL);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
	pango_cairo_context_set_font_options(p->context, options);
	cairo_font_options_destroy(options);
	p->layout = pango_layout_new(p->context);
}

static void
pen_clear(struct pen *p)
{
	if (p->scratch != NULL)
		cairo_surface_destroy(p->scratch);
	p->scratch = NULL;
	g_object_unref(p->layout);
	g_object_unref(p->context);
}

struct pen *
pen_new(void)
{
	struct pen *p = g_new0(struct pen, 1);

	pens++;
	p->fonts = pango_cairo_font_map_new();
	pen_set(p);
	return p;
}

void
pen_free(struct pen *p)
{
	if (p == NULL)
		return;
	pen_clear(p);
	g_object_unref(p->fonts);
	g_free(p);
	pens--;
}

/* Pango sorts fonts in a thread of its own, which holds the map as long. */
static bool
wait_until_alone(GObject *o)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	for (int i = 0; i < SORTING_MS && g_atomic_int_get((gint *)&o->ref_count) > 1; i++)
		nanosleep(&nap, NULL);
	return g_atomic_int_get((gint *)&o->ref_count) == 1;
}

bool
pen_renew(struct pen *p)
{
	/* cairo's caches can go only while nothing refers to them. */
	if (pens > 1)
		return false;
	pen_clear(p);
	bool alone = wait_until_alone(G_OBJECT(p->fonts));
	if (alone) {
		g_object_unref(p->fonts);
		cairo_debug_reset_static_data();
		malloc_trim(0);		/* before the fonts take more */
		p->fonts = pango_cairo_font_map_new();
	}
	pen_set(p);
	if (alone)
		pen_warm(p);
	return alone;
}

struct label_timing *
pen_timing(struct pen *p)
{
	return &p->timing;
}

int
pen_bottom(const struct pen *p)
{
	return p->bottom;
}

/* ---- one size ---- */

static void
add_attribute(PangoAttrList *to, PangoAttribute *a, size_t from, size_t end)
{
	a->start_index = (guint)from;
	a->end_index = (guint)end;
	pango_attr_list_insert(to, a);
}

/* Fixed words smaller than the fields, and the place of the line to write on. */
static PangoAttrList *
attributes(const struct fit *f)
{
	PangoAttrList *list = pango_attr_list_new();
	const struct phrase *p = f->phrase;
	int small = (int)(f->size * f->text->words * PANGO_SCALE) / PANGO_SCALE * PANGO_SCALE;
	size_t at = 0;

	/* A name that breaks in the middle of a word gets no hyphen that is not its own. */
	add_attribute(list, pango_attr_insert_hyphens_new(FALSE), 0, p->len);
	if (f->text->words < 1 && (p->pieces > 0 || p->blank != SIZE_MAX)) {
		for (size_t i = 0; i <= p->pieces; i++) {
			size_t end = i < p->pieces ? p->piece[i].from : p->len;
			if (end > at)
				add_attribute(list, pango_attr_size_new_absolute(small), at, end);
			at = i < p->pieces ? p->piece[i].to : end;
		}
	}
	if (p->blank != SIZE_MAX) {
		PangoRectangle r = { 0, -f->size * PANGO_SCALE / 2, f->blank_width * PANGO_SCALE,
		    f->size * PANGO_SCALE / 2 };
		add_attribute(list, pango_attr_shape_new(&r, &r), p->blank, p->blank + 3);
	}
	return list;
}

static void
set_layout(struct pen *p, const struct fit *f)
{
	PangoFontDescription *font = pango_font_description_new();
	PangoAttrList *list = attributes(f);
	const char *family = f->text->family;

	pango_font_description_set_family(font, family[0] != '\0' ? family : "Noto Sans");
	pango_font_description_set_weight(font, (PangoWeight)f->text->weight);
	if (f->text->italic)
		pango_font_description_set_style(font, PANGO_STYLE_ITALIC);
	pango_font_description_set_absolute_size(font, f->size * PANGO_SCALE);
	pango_layout_set_font_description(p->layout, font);
	pango_layout_set_attributes(p->layout, list);
	pango_font_description_free(font);
	pango_attr_list_unref(list);
}

/* Where the lines lie within the box, by the height of capitals: so a name without
 * descenders does not sit lower than one with. Then moved inside if something sticks
 * out. False if the ink is higher or wider than the box. */
static bool
arrange(struct pen *p, struct fit *f)
{
	int cap = (int)rint(f->size * CAP_HEIGHT), top, bottom;
	bool fits = true;

	f->lines = MIN(pango_layout_get_line_count(p->layout), LINES_MAX);
	f->pitch = (int)rint(f->size * PITCH);
	for (int i = 0; i < f->lines; i++) {
		PangoLayoutLine *line = pango_layout_get_line_readonly(p->layout, i);
		pango_layout_line_get_pixel_extents(line, &f->ink[i], NULL);
		fits = fits && f->ink[i].width <= f->width;
		if (i > 0)	/* marks above one line stay clear of those below the other */
			f->pitch = MAX(f->pitch, f->ink[i - 1].y + f->ink[i - 1].height -
			    f->ink[i].y + 1);
	}
	int block = cap + (f->lines - 1) * f->pitch;
	int last = f->lines - 1;
	switch (f->text->along) {
	case ALIGN_START:
	case ALIGN_LEFT:
		f->first = cap;
		break;
	case ALIGN_END:
		f->first = f->height - (int)rint(f->size * DESCENT) - (block - cap);
		break;
	case ALIGN_BASELINE:	/* a free text's box reaches 0.4 em below its baseline */
		f->first = f->height * 3 / 4 - (block - cap);
		break;
	case ALIGN_MIDDLE:
		f->first = (f->height - block) / 2 + cap;
		break;
	}
	top = f->first + f->ink[0].y;
	bottom = f->first + last * f->pitch + f->ink[last].y + f->ink[last].height;
	if (bottom - top > f->height)
		fits = false;
	if (bottom > f->height)
		f->first -= bottom - f->height;
	top = f->first + f->ink[0].y;
	if (top < 0)
		f->first -= top;
	return fits;
}

/* The line to write on takes what the words beside it leave. */
static bool
stretch_blank(struct pen *p, struct fit *f)
{
	PangoRectangle logical;

	f->blank_width = 0;
	set_layout(p, f);
	pango_layout_set_width(p->layout, -1);
	pango_layout_get_pixel_extents(p->layout, NULL, &logical);
	f->blank_width = MAX(f->width - logical.width, 0);
	set_layout(p, f);
	return f->blank_width >= BLANK_MIN * f->size;
}

/* Lay the text out at f->size on at most so many lines, breaking between words only.
 * True if all of it is inside the box. */
static bool
try_size(struct pen *p, struct fit *f, int lines)
{
	bool fits = true;

	pango_layout_set_ellipsize(p->layout, PANGO_ELLIPSIZE_NONE);
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD);
	if (f->phrase->blank != SIZE_MAX) {
		fits = stretch_blank(p, f);
	} else {
		set_layout(p, f);
		pango_layout_set_width(p->layout, lines > 1 ? f->width * PANGO_SCALE : -1);
	}
	return arrange(p, f) && fits && pango_layout_get_line_count(p->layout) <= lines;
}

/* How far down the text reaches, with the room for descenders that it may not have. */
static int
bottom_of(const struct fit *f)
{
	const PangoRectangle *ink = &f->ink[f->lines - 1];
	int below = MAX((int)rint(f->size * DESCENT), ink->y + ink->height);

	if (f->text->along == ALIGN_BASELINE)	/* its box is the line */
		return f->height;
	return MIN(f->first + (f->lines - 1) * f->pitch + below, f->height);
}

/* The last resort: the smallest size, broken anywhere, ending in an ellipsis. */
static void
ellipsize(struct pen *p, struct fit *f, int lines)
{
	set_layout(p, f);
	pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_ellipsize(p->layout, PANGO_ELLIPSIZE_END);
	/* No more than the box has room for: each try lays all of them out. */
	for (lines = MIN(lines, 1 + f->height / f->size); lines >= 1; lines--) {
		pango_layout_set_width(p->layout, f->width * PANGO_SCALE);
		pango_layout_set_height(p->layout, -lines);
		if (arrange(p, f))
			return;
	}
	/* The ellipsis itself, or a mark, may reach a dot beyond the width. */
	int step = MAX(f->width / 64, 1);	/* each try lays it all out again */
	for (int narrower = f->width - 1; narrower > f->width * 3 / 4; narrower -= step) {
		pango_layout_set_width(p->layout, narrower * PANGO_SCALE);
		if (arrange(p, f))
			return;
	}
}

/* ---- fitting ---- */

/* Sizes from the wanted one down to the smallest that is allowed. */
static int
ladder(int wanted, int smallest, int sizes[static LADDER_MAX])
{
	int count = 0;

	sizes[count++] = wanted;
	/* Steps of a tenth, the same ones for every text. */
	for (int size = 1024; size > smallest && count < LADDER_MAX - 1; size -= MAX(size / 10, 1))
		if (size < wanted)
			sizes[count++] = size;
	if (smallest < wanted)
		sizes[count++] = smallest;
	return count;
}

/* One line if that will do, else up to the text's own number of them. */
static bool
try_lines(struct pen *p, struct fit *f, int size)
{
	f->size = size;
	return try_size(p, f, 1) || (f->text->lines > 1 && try_size(p, f, f->text->lines));
}

/* The largest size at which all of the text is inside. */
static bool
fit_text(struct pen *p, struct fit *f, int wanted, int smallest)
{
	int sizes[LADDER_MAX];
	int count = f->text->shrink ? ladder(wanted, smallest, sizes) : 1;
	int low = 1, high = count;	/* the answer is among these; count: none fits */

	pango_layout_set_height(p->layout, -1);
	if (try_lines(p, f, wanted))
		return true;
	while (low < high) {
		int middle = (low + high) / 2;
		if (try_lines(p, f, sizes[middle]))
			high = middle;
		else
			low = middle + 1;
	}
	if (try_lines(p, f, low < count ? sizes[low] : f->text->shrink ? smallest : wanted))
		return true;
	if (f->phrase->blank == SIZE_MAX)
		ellipsize(p, f, f->text->lines);
	return false;
}

/* ---- drawing ---- */

static int
make_scratch(struct pen *p, int w, int h, struct err *e)
{
	if (p->scratch != NULL && cairo_image_surface_get_width(p->scratch) >= w &&
	    cairo_image_surface_get_height(p->scratch) >= h)
		return 0;
	if (p->scratch != NULL)
		cairo_surface_destroy(p->scratch);
	p->scratch = cairo_image_surface_create(CAIRO_FORMAT_A8, w, h);
	if (cairo_surface_status(p->scratch) == CAIRO_STATUS_SUCCESS)
		return 0;
	cairo_surface_destroy(p->scratch);
	p->scratch = NULL;
	return err_set(e, ERR_SYSTEM, NULL, "no memory for a text of %d by %d dots", w, h);
}

/* The side of the box that a line stands at: what is written from the right, by its
 * first letter, starts there. */
static enum align
side_of(struct pen *p, const struct fit *f, int i)
{
	PangoLayoutLine *line = pango_layout_get_line_readonly(p->layout, i);

	if (f->text->across != ALIGN_START)
		return f->text->across;
	return pango_layout_line_get_resolved_direction(line) == PANGO_DIRECTION_RTL ? ALIGN_END :
	    ALIGN_START;
}

/* The dots of ink stand at the edge of the box, not the side bearing of a letter: so
 * texts of different sizes align. */
static int
line_start(struct pen *p, const struct fit *f, int i)
{
	const PangoRectangle *ink = &f->ink[i];
	int room = f->width - ink->width;

	switch (side_of(p, f, i)) {
	case ALIGN_END:
		return room - ink->x;
	case ALIGN_MIDDLE:
		return room / 2 - ink->x;
	default:
		return -ink->x;
	}
}

/* The line to write on: drawn, so that it is one even stroke. */
static void
draw_blank(struct pen *p, cairo_t *cr, const struct fit *f, int x)
{
	PangoRectangle at;
	int thick = MAX(f->size / 20, 2);

	pango_layout_index_to_pos(p->layout, (int)f->phrase->blank, &at);
	int from = x + PANGO_PIXELS(MIN(at.x, at.x + at.width));
	cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
	cairo_rectangle(cr, from, MIN(f->first + thick, f->height - thick), f->blank_width, thick);
	cairo_fill(cr);
}

static void
draw(struct pen *p, struct page *canvas, const struct fit *f, int left, int top)
{
	int64_t since = clock_mono_us();
	cairo_t *cr = cairo_create(p->scratch);

	cairo_rectangle(cr, 0, 0, f->width, f->height);
	cairo_clip(cr);
	cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
	cairo_paint(cr);
	cairo_set_operator(cr, CAIRO_OPERATOR_OVER);
	cairo_set_source_rgba(cr, 0, 0, 0, 1);
	for (int i = 0; i < f->lines; i++) {
		int x = line_start(p, f, i);
		if (f->phrase->blank != SIZE_MAX) {
			x = 0;
			draw_blank(p, cr, f, x);
		}
		cairo_move_to(cr, x, f->first + i * f->pitch);
		pango_cairo_show_layout_line(cr, pango_layout_get_line_readonly(p->layout, i));
	}
	cairo_destroy(cr);
	cairo_surface_flush(p->scratch);
	int64_t drawn = clock_mono_us();
	p->timing.draw += drawn - since;
	dots_stamp(canvas, left, top, cairo_image_surface_get_data(p->scratch), f->width,
	    f->height, cairo_image_surface_get_stride(p->scratch), f->text->white ? DYE_WHITE :
	    f->text->red ? DYE_RED : DYE_BLACK);
	p->timing.threshold += clock_mono_us() - drawn;
}

/* Han characters take the shapes of the label's language. */
static void
set_language(struct pen *p, const char *lang)
{
	char tag[32];

	snprintf(tag, sizeof tag, "%s", lang != NULL && lang[0] != '\0' ? lang : "en");
	g_strdelimit(tag, "_", '-');
	pango_context_set_language(p->context, pango_language_from_string(tag));
	pango_layout_context_changed(p->layout);
}

/* Lay a text out for its box on that canvas. False if there is nothing to draw. */
static bool
lay_out(struct pen *p, const struct page *canvas, const struct box *box, double scale,
    const char *lang, struct fit *f)
{
	f->left = (int)ceil(box->x - 0.01);
	f->top = (int)ceil(box->y - 0.01);
	f->width = (int)floor(box->x + box->w + 0.01) - f->left;
	f->height = (int)floor(box->y + box->h + 0.01) - f->top;
	if (f->width < 1 || f->height < 1 || f->phrase->len == 0)
		return false;
	f->width = MIN(f->width, canvas->width);
	f->height = MIN(f->height, canvas->height);
	set_language(p, lang);
	int wanted = (int)CLAMP(f->text->size * scale, 1, SIZE_MAX_DOTS);
	int smallest = (int)ceil(SMALLEST_PT * canvas->dpi_y / PT_PER_INCH);
	pango_layout_set_text(p->layout, f->phrase->text, (int)f->phrase->len);
	f->fits = fit_text(p, f, wanted, MIN(wanted, smallest));
	return true;
}

int
pen_text(struct pen *p, struct page *canvas, const struct label_text *t,
    const struct phrase *what, const struct box *box, double scale, const char *lang,
    int *missing, struct err *e)
{
	struct fit f = { .text = t, .phrase = what };
	int64_t since = clock_mono_us();

	p->bottom = 0;
	if (!lay_out(p, canvas, box, scale, lang, &f))
		return 0;
	if (make_scratch(p, f.width, f.height, e) == -1)
		return -1;
	p->bottom = f.top + bottom_of(&f);
	*missing += pango_layout_get_unknown_glyphs_count(p->layout);
	p->timing.layout += clock_mono_us() - since;
	draw(p, canvas, &f, f.left, f.top);
	if (cairo_image_surface_get_width(p->scratch) *
	    cairo_image_surface_get_height(p->scratch) > SCRATCH_KEPT) {
		cairo_surface_destroy(p->scratch);
		p->scratch = NULL;
	}
	return 0;
}

void
pen_measure(struct pen *p, const struct page *canvas, const struct label_text *t,
    const struct phrase *what, const struct box *box, double scale, const char *lang,
    struct fitting *out)
{
	struct fit f = { .text = t, .phrase = what };
	int left = INT_MAX, right = INT_MIN, top = INT_MAX, bottom = INT_MIN;

	*out = (struct fitting){ .fits = true };
	if (!lay_out(p, canvas, box, scale, lang, &f)) {
		out->fits = what->len == 0;
		return;
	}
	for (int i = 0; i < f.lines; i++) {
		int x = what->blank != SIZE_MAX ? 0 : line_start(p, &f, i) + f.ink[i].x;
		int width = what->blank != SIZE_MAX ? f.width : f.ink[i].width;
		int y = f.first + i * f.pitch + f.ink[i].y;
		left = MIN(left, f.left + x);
		right = MAX(right, f.left + x + width);
		top = MIN(top, f.top + y);
		bottom = MAX(bottom, f.top + y + f.ink[i].height);
	}
	/* Words beside a line to write on are never cut; the line may be short. */
	out->fits = what->blank != SIZE_MAX ? f.blank_width > 0 : f.fits;
	out->blank = f.blank_width;
	out->size = f.size;
	out->lines = f.lines;
	out->missing = pango_layout_get_unknown_glyphs_count(p->layout);
	out->ink = (struct box){ left, top, right - left, bottom - top };
}

bool
pen_has_family(const struct pen *p, const char *family)
{
	PangoFontFamily **all = NULL;
	int count = 0;
	bool found = false;

	pango_font_map_list_families(pango_context_get_font_map(p->context), &all, &count);
	for (int i = 0; i < count && !found; i++)
		found = g_ascii_strcasecmp(pango_font_family_get_name(all[i]), family) == 0;
	g_free(all);
	return found;
}

void
pen_warm(struct pen *p)
{
	static const char SCRIPTS[] = "Ag 09 김 が 汉 لا ไท אב गा \xf0\x9f\x8d\x8e";
	static const int WEIGHTS[] = { PANGO_WEIGHT_NORMAL, PANGO_WEIGHT_BOLD };
	struct page canvas;
	int missing = 0;

	if (page_new(&canvas, 300, 40, 300, 300, NULL) == -1)
		return;
	for (size_t i = 0; i < 2; i++) {
		struct label_text t = {
			.family = (char *)"", .weight = WEIGHTS[i], .size = 24, .words = 1,
			.lines = 1,
		};
		struct phrase what = { .blank = SIZE_MAX, .len = strlen(SCRIPTS) };
		struct box box = { 0, 0, canvas.width, canvas.height };
		memcpy(what.text, SCRIPTS, sizeof SCRIPTS);
		pen_text(p, &canvas, &t, &what, &box, 1, "en", &missing, NULL);
	}
	page_free(&canvas);
}
