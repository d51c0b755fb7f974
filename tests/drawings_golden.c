/* drawings_golden.c - the pictures that the shipped templates should keep giving, dot
 * for dot, and a picture of what changed. */
#include "drawings.h"

#include <dirent.h>

/* Every template is drawn at its own size for both common kinds of printer; these are
 * drawn on other labels too. */
static const struct { const char *template, *size; int dpi; } MORE[] = {
	{ "standard", "57x32mm", 203 },
	{ "standard", "89x36mm", 300 },
	{ "standard", "29x90mm", 300 },		/* turned */
	{ "standard", "102x51mm", 203 },
	{ "guest", "57x32mm", 203 },
	{ "freezer", "89x36mm", 300 },
};

/* Labels that are not the everyday one. */
struct variant {
	const char *name;
	const char *template, *lang;		/* lang NULL: in every one */
	const char *owner, *title, *qr;		/* instead; NULL as ever */
	bool no_days, red, plain;		/* plain: no card to claim, no buzzer */
};

#define LONG_LATIN "Maximiliane Charlotte von Württemberg-Hohenlohe zu Neuenstein-W"
#define LONG_HANGUL "독고영재와남궁민수와황보관과선우용녀와제갈공명과사공진과독고탁"
static const struct variant VARIANTS[] = {
	{ "qr", "standard", NULL, NULL, NULL, "{code}", false, false, false },
	{ "qr", "guest", "en", NULL, NULL, "{code}", false, false, false },
	{ "qr-plain", "guest", "en", NULL, NULL, "{code}", false, false, true },
	{ "plain", "guest", NULL, NULL, NULL, NULL, false, false, true },
	{ "plain", "sign", NULL, NULL, NULL, NULL, false, false, true },
	{ "team", "standard", NULL, NULL, "Team 3F", NULL, false, false, false },
	{ "blank", "standard", NULL, NULL, NULL, NULL, true, false, false },
	{ "blank", "guest", NULL, NULL, NULL, NULL, true, false, false },
	{ "red", "standard", NULL, NULL, NULL, NULL, false, true, false },
	{ "red", "guest", "en", NULL, NULL, NULL, false, true, false },
	{ "long", "standard", "de", LONG_LATIN, NULL, NULL, false, false, false },
	{ "long", "standard", "ko", LONG_HANGUL, NULL, NULL, false, false, false },
	{ "arabic", "standard", "en", "محمد الأحمد", NULL, NULL, false, false, false },
	{ "hebrew", "standard", "en", "חיים כהן", NULL, NULL, false, false, false },
	{ "thai", "standard", "en", "สมชาย ใจดี", NULL, NULL, false, false, false },
	{ "emoji", "standard", "en", "🍎 Ada ☕ 🥛", NULL, NULL, false, false, false },
};

struct picture {
	char name[160];		/* of its file */
	const char *template;
	struct label_fields fields;
	struct sheet sheet;
};

/* What to do with each picture. */
typedef void visit(const struct picture *p, void *arg);

static void
name_picture(struct picture *p, const char *variant, const char *lang)
{
	snprintf(p->name, sizeof p->name, "%.60s%s%.20s-%.0fx%.0f-%d-%s.png", p->template,
	    variant[0] != '\0' ? "-" : "", variant, p->sheet.width * MM_PER_INCH / p->sheet.dpi_x,
	    p->sheet.height * MM_PER_INCH / p->sheet.dpi_y, p->sheet.dpi_x, lang);
}

static void
visit_sample(const char *template, const char *size, int dpi, visit *see, void *arg)
{
	for (const char *const *lang = LANGS; *lang != NULL; lang++) {
		struct picture p = { .template = template, .fields = sample_fields(template, *lang),
			.sheet = sheet_of(template, size, dpi) };
		name_picture(&p, "", *lang);
		see(&p, arg);
	}
}

static void
visit_variant(const struct variant *v, const char *lang, visit *see, void *arg)
{
	struct picture p = { .template = v->template, .fields = sample_fields(v->template, lang),
		.sheet = sheet_of(v->template, "own", 300) };

	p.sheet.red = v->red;
	if (v->owner != NULL)
		p.fields.owner = v->owner;
	if (v->title != NULL)
		p.fields.title = v->title;
	if (v->qr != NULL)
		p.fields.qr = v->qr;
	if (v->no_days)
		p.fields.stored = p.fields.expires = DAY_NONE;
	if (v->plain)
		p.fields.claim = p.fields.buzzer = NULL;
	name_picture(&p, v->name, lang);
	see(&p, arg);
}

static void
visit_all(const char *only, visit *see, void *arg)
{
	struct err e;
	char **all = label_templates(template_dirs, &e);

	if (all == NULL)
		die("%s", e.what);
	for (char **t = all; *t != NULL; t++) {
		if (only != NULL && strcmp(*t, only) != 0)
			continue;
		visit_sample(*t, "own", 300, see, arg);
		visit_sample(*t, "own", 203, see, arg);
		for (size_t i = 0; i < sizeof MORE / sizeof *MORE; i++)
			if (strcmp(MORE[i].template, *t) == 0)
				visit_sample(*t, MORE[i].size, MORE[i].dpi, see, arg);
		for (size_t i = 0; i < sizeof VARIANTS / sizeof *VARIANTS; i++) {
			const struct variant *v = &VARIANTS[i];
			if (strcmp(v->template, *t) != 0)
				continue;
			if (v->lang != NULL)
				visit_variant(v, v->lang, see, arg);
			else
				for (const char *const *l = LANGS; *l != NULL; l++)
					visit_variant(v, *l, see, arg);
		}
	}
	free(all);
}

/* ---- writing ---- */

static void
write_one(const struct picture *p, void *arg)
{
	struct page page = draw(p->template, &p->fields, &p->sheet);
	char path[PATH_SIZE];
	struct err e;

	snprintf(path, sizeof path, "%s/%s", (const char *)arg, p->name);
	if (page_write_png(&page, path, &e) == -1)
		die("%s", e.what);
	page_free(&page);
}

void
golden_write(const char *dir, const char *only)
{
	visit_all(only, write_one, (void *)dir);
}

/* ---- comparing ---- */

struct comparison {
	const char *dir, *diff_dir;
	GHashTable *drawn;	/* names of files */
};

/* A picture of ours: black, white and red. False if there is none. */
static bool
read_picture(const char *path, struct page *out)
{
	cairo_surface_t *s = cairo_image_surface_create_from_png(path);
	bool there = cairo_surface_status(s) == CAIRO_STATUS_SUCCESS;

	if (!there && cairo_surface_status(s) != CAIRO_STATUS_FILE_NOT_FOUND)
		die("%s: %s", path, cairo_status_to_string(cairo_surface_status(s)));
	if (there) {
		const unsigned char *data = cairo_image_surface_get_data(s);
		ptrdiff_t stride = cairo_image_surface_get_stride(s);
		int w = cairo_image_surface_get_width(s), h = cairo_image_surface_get_height(s);
		if (page_new(out, w, h, 300, 300, NULL) == -1 ||
		    (out->red = calloc((size_t)h, out->stride)) == NULL)
			die("out of memory");
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++) {
				uint32_t dot;
				memcpy(&dot, data + y * stride + (ptrdiff_t)x * 4, 4);
				if ((dot & 0xff) >= 128)
					continue;
				uint8_t *plane = (dot >> 16 & 0xff) >= 128 ? out->red : out->bits;
				plane[(size_t)y * out->stride + (size_t)x / 8] |=
				    (uint8_t)(0x80 >> x % 8);
			}
	}
	cairo_surface_destroy(s);
	return there;
}

static bool
is_within(const struct page *p, int x, int y)
{
	return x < p->width && y < p->height;
}

static bool
differs_at(const struct page *a, const struct page *b, int x, int y)
{
	bool in_a = is_within(a, x, y), in_b = is_within(b, x, y);

	return in_a != in_b || (in_a && (black_at(a, x, y) != black_at(b, x, y) ||
	    red_at(a, x, y) != red_at(b, x, y)));
}

static long
count_differences(const struct page *a, const struct page *b)
{
	long n = 0;

	for (int y = 0; y < MAX(a->height, b->height); y++)
		for (int x = 0; x < MAX(a->width, b->width); x++)
			n += differs_at(a, b, x, y);
	return n;
}

/* ---- the picture of a difference ---- */

#define GAP 12

static uint32_t
colour_in(const struct page *p, int x, int y)
{
	return !is_within(p, x, y) ? 0xc0c0c0 : red_at(p, x, y) ? 0xc00000 :
	    black_at(p, x, y) ? 0 : 0xffffff;
}

/* Old, new, and both with what differs in red, below each other or side by side. */
static void
write_difference(const struct page *old, const struct page *new, const char *path)
{
	int w = MAX(old->width, new->width), h = MAX(old->height, new->height);
	bool beside = h > w;
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
	    beside ? 3 * w + 2 * GAP : w, beside ? h : 3 * h + 2 * GAP);
	cairo_t *cr = cairo_create(s);

	cairo_set_source_rgb(cr, 0.6, 0.6, 0.6);
	cairo_paint(cr);
	cairo_destroy(cr);
	cairo_surface_flush(s);
	unsigned char *data = cairo_image_surface_get_data(s);
	ptrdiff_t stride = cairo_image_surface_get_stride(s);
	for (int part = 0; part < 3; part++) {
		int left = beside ? part * (w + GAP) : 0, top = beside ? 0 : part * (h + GAP);
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++) {
				uint32_t dot = colour_in(part == 0 ? old : new, x, y);
				if (part == 2)
					dot = differs_at(old, new, x, y) ? 0xff0000 :
					    dot != 0xffffff ? 0xb0b0b0 : 0xffffff;
				memcpy(data + (top + y) * stride + (ptrdiff_t)(left + x) * 4, &dot, 4);
			}
	}
	cairo_surface_mark_dirty(s);
	if (cairo_surface_write_to_png(s, path) != CAIRO_STATUS_SUCCESS)
		die("%s cannot be written", path);
	cairo_surface_destroy(s);
}

static void
compare_one(const struct picture *p, void *arg)
{
	const struct comparison *c = arg;
	struct page old = { 0 }, new = draw(p->template, &p->fields, &p->sheet);
	char path[PATH_SIZE], diff[PATH_SIZE];

	g_hash_table_add(c->drawn, g_strdup(p->name));
	snprintf(path, sizeof path, "%s/%s", c->dir, p->name);
	snprintf(diff, sizeof diff, "%s/%s", c->diff_dir, p->name);
	if (!read_picture(path, &old)) {
		wrong("%s: there is no golden image of it; look at it and run: make golden", p->name);
	} else {
		long n = count_differences(&old, &new);
		if (n > 0) {
			write_difference(&old, &new, diff);
			wrong("%s: %ld dots differ, see %s", p->name, n, diff);
		}
	}
	page_free(&old);
	page_free(&new);
}

void
golden_compare(const char *dir, const char *diff_dir)
{
	struct comparison c = { dir, diff_dir,
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
	DIR *d = opendir(dir);

	if (d == NULL)
		die("%s cannot be read: %m", dir);
	visit_all(NULL, compare_one, &c);
	for (const struct dirent *entry; (entry = readdir(d)) != NULL;)
		if (entry->d_name[0] != '.' && !g_hash_table_contains(c.drawn, entry->d_name))
			wrong("%s: nothing draws this golden image any more; run: make golden",
			    entry->d_name);
	printf("%u pictures compared\n", g_hash_table_size(c.drawn));
	closedir(d);
	g_hash_table_destroy(c.drawn);
}
