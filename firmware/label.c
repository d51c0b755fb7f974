/* label.c - see label.h: templates and art that are kept, and labels drawn by them. */
#include "label_impl.h"

#include <libxml/parser.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEMPLATES_MAX 8
#define ARTS_MAX 12
#define ART_BYTES_MAX (8 << 20)
#define SMALL 0.6			/* shrunk to less than this, 12 points are 7 */
#define MODULE_MM_MIN 0.16		/* what a phone can tell apart on thermal paper */

/* The fixed part of a template at one size, for fields that show the same of it. */
struct art {
	const struct template *of;	/* NULL: not in use */
	int width, height;
	bool red;
	unsigned present;
	unsigned used;
	int bottom;			/* of its ink, dots */
	struct page dots;
};

struct label_engine {
	char **dirs;
	struct words *words;
	struct pen *pen;
	struct tidy tidy;
	struct template *template[TEMPLATES_MAX];
	struct art art[ARTS_MAX];
	unsigned clock;			/* of use, for what is thrown out first */
};

/* ---- the engine ---- */

/* A file with a slip in it would leave fontconfig without any font. */
static bool
is_well_formed(const char *path)
{
	xmlDoc *doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR |
	    XML_PARSE_NOWARNING);
	bool is = doc != NULL;

	xmlFreeDoc(doc);
	return is;
}

/* Point fontconfig at the fonts.conf beside the templates: only fonts that print well
 * at one bit, and a cache in the service's own folder. */
static int
choose_fonts(const char *const *dirs, struct err *e)
{
	char path[PATH_SIZE], real[PATH_MAX];

	for (; *dirs != NULL; dirs++) {
		int n = snprintf(path, sizeof path, "%s/fonts.conf", *dirs);
		/* fontconfig looks for a relative name somewhere else. */
		if (n < 0 || n >= (int)sizeof path || realpath(path, real) == NULL ||
		    !is_well_formed(real))
			continue;
		if (setenv("FONTCONFIG_FILE", real, 1) == -1)
			return err_set(e, ERR_SYSTEM, NULL, "no memory");
		return 0;
	}
	return 0;
}

int
label_open(const char *const *dirs, struct label_engine **out, struct err *e)
{
	xmlInitParser();
	if (choose_fonts(dirs, e) == -1)
		return -1;

	struct label_engine *g = g_new0(struct label_engine, 1);
	g->dirs = g_strdupv((char **)dirs);
	g->words = words_open(dirs);
	g->pen = pen_new();
	tidy_start(&g->tidy);		/* what starting touched is not needed again */
	pen_warm(g->pen);
	tidy_start(&g->tidy);
	*out = g;
	return 0;
}

static void
drop_art_of(struct label_engine *g, const struct template *t)
{
	for (size_t i = 0; i < ARTS_MAX; i++) {
		if (g->art[i].of != t)
			continue;
		page_free(&g->art[i].dots);
		g->art[i].of = NULL;
	}
}

static void
drop_template(struct label_engine *g, size_t i)
{
	if (g->template[i] == NULL)
		return;
	drop_art_of(g, g->template[i]);
	template_free(g->template[i]);
	g->template[i] = NULL;
}

void
label_close(struct label_engine *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < TEMPLATES_MAX; i++)
		drop_template(g, i);
	pen_free(g->pen);
	words_close(g->words);
	g_strfreev(g->dirs);
	g_free(g);
}

bool
label_tidy(struct label_engine *g)
{
	if (!tidy_is_due(&g->tidy))
		return false;
	if (!tidy_pages(&g->tidy) && pen_renew(g->pen))
		tidy_start(&g->tidy);
	return true;
}

struct engine_parts
engine_parts(const struct label_engine *g)
{
	return (struct engine_parts){ (const char *const *)g->dirs, g->words, g->pen };
}

/* ---- templates that are kept ---- */

static bool
is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int
template_get(struct label_engine *g, const char *name, struct template **out, struct err *e)
{
	char path[PATH_SIZE];
	struct stat st;
	size_t place = 0;
	struct template *t;

	if (template_find((const char *const *)g->dirs, name, path, &st, e) == -1)
		return -1;
	g->clock++;
	for (size_t i = 0; i < TEMPLATES_MAX; i++) {
		t = g->template[i];
		if (t == NULL || strcmp(t->path, path) != 0)
			continue;
		if (is_unchanged(&t->stat, &st)) {
			t->used = g->clock;
			*out = t;
			return 0;
		}
		drop_template(g, i);
	}
	for (size_t i = 0; i < TEMPLATES_MAX; i++) {
		if (g->template[i] == NULL) {
			place = i;
			break;
		}
		if (g->template[i]->used < g->template[place]->used)
			place = i;
	}
	if (template_read(path, g->words, &t, e) == -1)
		return -1;
	drop_template(g, place);
	t->stat = st;
	t->used = g->clock;
	g->template[place] = t;
	*out = t;
	return 0;
}

int
label_size(struct label_engine *g, const char *template, double *width_mm,
    double *height_mm, struct err *e)
{
	struct template *t;

	if (template_get(g, template, &t, e) == -1)
		return -1;
	*width_mm = t->width_mm;
	*height_mm = t->height_mm;
	return 0;
}

void
label_timing(const struct label_engine *g, struct label_timing *out)
{
	*out = *pen_timing(g->pen);
}

/* The template of that name, or where it would come out too small to read, the one it
 * names for that. */
static int
choose_template(struct label_engine *g, const char *name, const struct sheet *sheet,
    struct template **out, struct place *place, struct err *e)
{
	if (template_get(g, name, out, e) == -1 ||
	    sheet_place(sheet, (*out)->width_mm, (*out)->height_mm, place, e) == -1)
		return -1;
	double wanted = (*out)->width_mm / MM_PER_INCH * place->dpi;
	if ((*out)->small == NULL || place->width >= SMALL * wanted)
		return 0;
	if (template_get(g, (*out)->small, out, e) == -1)
		return -1;
	return sheet_place(sheet, (*out)->width_mm, (*out)->height_mm, place, e);
}

/* ---- art that is kept ---- */

/* Free what was used longest ago until one more of that many bytes has room. */
static struct art *
make_room(struct label_engine *g, size_t bytes)
{
	for (;;) {
		struct art *unused = NULL, *oldest = NULL;
		size_t held = 0;
		for (size_t i = 0; i < ARTS_MAX; i++) {
			struct art *a = &g->art[i];
			if (a->of == NULL) {
				unused = a;
				continue;
			}
			held += page_bytes(&a->dots);
			if (oldest == NULL || a->used < oldest->used)
				oldest = a;
		}
		if (unused != NULL && (held + bytes <= ART_BYTES_MAX || oldest == NULL))
			return unused;
		page_free(&oldest->dots);
		oldest->of = NULL;
	}
}

/* The template's art at the canvas's size, drawn now or kept from before; NULL with *e. */
static struct art *
art_for(struct label_engine *g, const struct template *t, const struct page *canvas,
    unsigned present, struct err *e)
{
	struct page fresh;
	bool red = canvas->red != NULL;

	for (size_t i = 0; i < ARTS_MAX; i++) {
		struct art *a = &g->art[i];
		if (a->of == t && a->width == canvas->width && a->height == canvas->height &&
		    a->red == red && a->present == present)
			return a;
	}
	if (page_new(&fresh, canvas->width, canvas->height, canvas->dpi_x, canvas->dpi_y, e) == -1)
		return NULL;
	if ((red && page_add_red(&fresh, e) == -1) || art_draw(t, present, &fresh, e) == -1) {
		page_free(&fresh);
		return NULL;
	}
	struct art *a = make_room(g, page_bytes(&fresh));
	*a = (struct art){ t, canvas->width, canvas->height, red, present, 0,
	    dots_bottom(&fresh), fresh };
	return a;
}

/* A fresh canvas with the template's art on it; *bottom is how far down that reaches. */
static int
canvas_with_art(struct label_engine *g, const struct template *t, const struct place *at,
    bool red, unsigned present, struct page *out, int *bottom, struct err *e)
{
	if (page_new(out, at->width, at->height, at->dpi, at->dpi, e) == -1)
		return -1;
	if (red && page_add_red(out, e) == -1)
		goto failed;
	struct art *a = art_for(g, t, out, present & art_conditions(t), e);
	if (a == NULL)
		goto failed;
	a->used = g->clock;
	*bottom = a->bottom;
	memcpy(out->bits, a->dots.bits, out->stride * (size_t)out->height);
	if (red)
		memcpy(out->red, a->dots.red, out->stride * (size_t)out->height);
	return 0;
failed:
	page_free(out);
	return -1;
}

/* ---- drawing ---- */

/* Everything of one label that is being drawn. */
struct drawing {
	struct label_engine *engine;
	const struct template *template;
	struct label_fields fields;	/* qr and title with their fields filled in */
	struct phrase qr, title;
	unsigned present;
	double scale;			/* dots a user unit */
	struct page canvas;
	int art_bottom;			/* how far down there is art, and anything at all */
	int bottom;
	int missing;
};

static struct box
on_canvas(const struct drawing *d, const struct box *b)
{
	return box_on_canvas(d->template, &d->canvas, b);
}

/* The texts that an admin wrote may hold fields: [label] qr, and a preset's title. */
static int
fill_settings(struct drawing *d, const struct label_fields *f, struct err *e)
{
	struct words *w = d->engine->words;

	d->fields = *f;
	d->fields.qr = d->fields.title = "";
	if (f->qr != NULL && phrase_fill(f->qr, f, w, &d->qr, e) == -1)
		return err_within(e, "[label] qr");
	if (f->title != NULL && phrase_fill(f->title, f, w, &d->title, NULL) == -1)
		d->fields.title = f->title;	/* a brace of no field stays a brace */
	else if (f->title != NULL && !d->title.hollow)
		d->fields.title = d->title.text;
	if (f->qr != NULL && !d->qr.hollow)
		d->fields.qr = d->qr.text;
	return 0;
}

/* A QR code that is too dense for this page is left out, as if there were none: a
 * label without it is better than no label. */
static void
drop_dense_qr(struct drawing *d, const struct place *p)
{
	unsigned bit = 1u << FIELD_QR;
	const struct box *view = &d->template->view;

	if ((d->present & bit) == 0)
		return;
	for (size_t i = 0; i < d->template->qrs; i++) {
		const struct label_qr *q = &d->template->qr[i];
		double side = MIN(q->box.w * p->width / view->w, q->box.h * p->height / view->h);
		if (cond_holds(&q->when, d->present) &&
		    qr_module(d->fields.qr, (int)side) * MM_PER_INCH / p->dpi < MODULE_MM_MIN)
			d->present &= ~bit;
	}
}

static int
draw_fields(struct drawing *d, struct err *e)
{
	struct label_timing *timing = pen_timing(d->engine->pen);
	int64_t since = clock_mono_us();

	for (size_t i = 0; i < d->template->qrs; i++) {
		const struct label_qr *q = &d->template->qr[i];
		struct box box = on_canvas(d, &q->box);
		if (!cond_holds(&q->when, d->present))
			continue;
		if (qr_draw(&d->canvas, d->fields.qr, &box, e) == -1)
			return -1;
		d->bottom = MAX(d->bottom, (int)floor(box.y + box.h));
	}
	timing->draw += clock_mono_us() - since;
	for (size_t i = 0; i < d->template->rulers; i++) {
		struct box box = on_canvas(d, &d->template->ruler[i].box);
		if (!cond_holds(&d->template->ruler[i].when, d->present))
			continue;
		dots_ruler(&d->canvas, &box);
		d->bottom = MAX(d->bottom, (int)ceil(box.y + box.h));
	}
	for (size_t i = 0; i < d->template->texts; i++) {
		const struct label_text *t = &d->template->text[i];
		struct box box = on_canvas(d, &t->box);
		struct phrase what;
		if (!cond_holds(&t->when, d->present))
			continue;
		since = clock_mono_us();
		if (phrase_fill(t->text, &d->fields, d->engine->words, &what, e) == -1)
			return err_within(e, "template %.150s", d->template->path);
		timing->layout += clock_mono_us() - since;
		if (what.hollow)
			continue;
		if (pen_text(d->engine->pen, &d->canvas, t, &what, &box, d->scale, d->fields.lang,
		    &d->missing, e) == -1)
			return -1;
		d->bottom = MAX(d->bottom, pen_bottom(d->engine->pen));
	}
	return 0;
}

/* A roll is cut behind the content with the margin that the template keeps below its
 * lowest text or art. A QR code has its margin in it, and counts where nothing else is. */
static int
content_height(const struct drawing *d)
{
	const struct template *t = d->template;
	int lowest = d->art_bottom;

	for (size_t i = 0; i < t->texts; i++) {
		struct box box = on_canvas(d, &t->text[i].box);
		lowest = MAX(lowest, (int)floor(box.y + box.h + 0.01));
	}
	for (size_t i = 0; i < t->rulers; i++) {
		struct box box = on_canvas(d, &t->ruler[i].box);
		lowest = MAX(lowest, (int)ceil(box.y + box.h));
	}
	for (size_t i = 0; i < t->qrs && lowest == 0; i++) {
		struct box box = on_canvas(d, &t->qr[i].box);
		lowest = MAX(lowest, (int)floor(box.y + box.h));
	}
	int margin = MAX(d->canvas.height - lowest, 0);
	return MAX(d->bottom, d->art_bottom) + margin;
}

int
label_draw(struct label_engine *g, const char *template, const struct label_fields *f,
    const struct sheet *sheet, struct page *out, int *missing, struct err *e)
{
	struct drawing *d = g_new0(struct drawing, 1);
	struct template *t;
	struct place place = { 0 };
	struct label_timing *timing = pen_timing(g->pen);
	int64_t since = clock_mono_us();
	int rc = -1;

	d->engine = g;
	*timing = (struct label_timing){ 0 };
	if (sheet_check(sheet, e) == -1 || choose_template(g, template, sheet, &t, &place, e) == -1)
		goto done;
	d->template = t;
	if (fill_settings(d, f, e) == -1)
		goto done;
	d->present = fields_present(&d->fields);
	drop_dense_qr(d, &place);
	d->scale = place.width / t->view.w;
	timing->layout += clock_mono_us() - since;
	since = clock_mono_us();
	if (canvas_with_art(g, t, &place, sheet->red, d->present, &d->canvas,
	    &d->art_bottom, e) == -1)
		goto done;
	timing->draw += clock_mono_us() - since;
	if (draw_fields(d, e) == -1)
		goto done;
	since = clock_mono_us();
	if (sheet->roll)
		sheet_cut(sheet, &place, &d->canvas, content_height(d));
	if (sheet_put(sheet, &place, &d->canvas, out, e) == -1)
		goto done;
	timing->threshold += clock_mono_us() - since;
	if (missing != NULL)
		*missing = d->missing;
	rc = 0;
done:
	page_free(&d->canvas);
	g_free(d);
	return rc;
}

int
label_draw_plain(struct label_engine *g, const struct label_fields *f,
    const struct sheet *sheet, struct page *out, struct err *e)
{
	struct drawing *d = g_new0(struct drawing, 1);
	struct label_fields without_qr = *f;

	d->engine = g;
	without_qr.qr = NULL;
	int rc = fill_settings(d, &without_qr, e);
	if (rc == 0)
		rc = plain_draw(g->words, g->pen, &d->fields, sheet, out, e);
	g_free(d);
	return rc;
}
