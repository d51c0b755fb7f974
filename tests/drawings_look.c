/* drawings_look.c - every template on every label, and what a print head makes of it:
 * whole dots in QR codes, no grey, no line lost, no letter too small. */
#include "drawings.h"

#include <math.h>
#include <time.h>

static const int DPI[] = { 203, 300, 600 };
#define DPIS (sizeof DPI / sizeof *DPI)
#define SIZES_MAX 400
#define UNMARKED_MM 1.5		/* on each side of a sheet */
#define CPU_MS_MAX 1000		/* the first label of a size draws its art, too */

typedef void look(const char *template);

static void
at_each_template(look *l)
{
	struct err e;
	char **all = label_templates(template_dirs, &e);

	if (all == NULL || all[0] == NULL)
		die("no templates");
	for (char **t = all; *t != NULL; t++)
		l(*t);
	free(all);
}

/* ---- every template on every label ---- */

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static void
look_at_size(const char *template, const char *size, int dpi, bool red)
{
	struct label_fields f = sample_fields(template, "de");
	struct sheet s = sheet_of(template, size, dpi);
	double from = cpu_ms();
	struct page p;
	struct err e;

	s.red = red;
	s.left = s.right = (int)lround(UNMARKED_MM * dpi / MM_PER_INCH);
	s.top = s.bottom = s.left;
	if (label_draw(engine, template, &f, &s, &p, NULL, &e) == -1) {
		wrong("%s on %s at %d dpi: %s", template, size, dpi, e.what);
		return;
	}
	double took = cpu_ms() - from;
	if (ink_on(&p) == 0)
		wrong("%s on %s at %d dpi: nothing is drawn", template, size, dpi);
	if (ink_in_margins(&p, &s) > 0)
		wrong("%s on %s at %d dpi%s: %ld dots in the margins", template, size, dpi,
		    red ? " in red" : "", ink_in_margins(&p, &s));
	if (p.width != s.width || (s.roll ? p.height > s.height : p.height != s.height))
		wrong("%s on %s at %d dpi: the page has %dx%d dots", template, size, dpi, p.width,
		    p.height);
	for (size_t i = 0; p.red != NULL && i < p.stride * (size_t)p.height; i++)
		if ((p.bits[i] & p.red[i]) != 0) {
			wrong("%s on %s at %d dpi: a dot is black and red", template, size, dpi);
			break;
		}
	if (took > CPU_MS_MAX)
		wrong("%s on %s at %d dpi: %.0f ms", template, size, dpi, took);
	page_free(&p);
}

static size_t
read_sizes(const char *list, char sizes[static SIZES_MAX][40])
{
	FILE *from = fopen(list, "r");
	size_t n = 0;

	while (from != NULL && n < SIZES_MAX && fscanf(from, "%39s", sizes[n]) == 1)
		n++;
	if (n == 0)
		die("no sizes in %s", list);
	fclose(from);
	return n;
}

/* All of them at every resolution, black and red, take minutes: without all each
 * third pair of template and size has one turn, at a resolution and colour that change. */
void
sizes_check(const char *list, bool all)
{
	static char sizes[SIZES_MAX][40];
	size_t count = read_sizes(list, sizes), turn = 0, drawn = 0;
	struct err e;
	char **templates = label_templates(template_dirs, &e);

	if (templates == NULL || templates[0] == NULL)
		die("no templates");
	for (char **t = templates; *t != NULL; t++, turn++)
		for (size_t i = 0; i < count; i++, turn++)
			for (size_t k = 0; k < 2 * DPIS; k++)
				if (all || k == turn % (3 * 2 * DPIS)) {
					look_at_size(*t, sizes[i], DPI[k % DPIS], k >= DPIS);
					drawn++;
				}
	free(templates);
	printf("%zu labels on %zu sizes\n", drawn, count);
}

/* ---- QR codes ---- */

static void
look_at_code(const char *which, const struct page *p, const struct box *b)
{
	int left = p->width, top = p->height, right = -1, bottom = -1, run = 0, modules;

	for (int y = (int)b->y; y < MIN((int)(b->y + b->h), p->height); y++)
		for (int x = (int)b->x; x < MIN((int)(b->x + b->w), p->width); x++)
			if (ink_at(p, x, y)) {
				left = MIN(left, x);
				right = MAX(right, x);
				top = MIN(top, y);
				bottom = MAX(bottom, y);
			}
	if (right < left) {
		wrong("%s: there is no QR code", which);
		return;
	}
	while (left + run <= right && ink_at(p, left + run, top))
		run++;
	/* The finder pattern in the corner is seven modules wide. */
	if (run % 7 != 0 || right - left != bottom - top || (right - left + 1) % (run / 7) != 0) {
		wrong("%s: %d by %d dots, a corner of %d", which, right - left + 1,
		    bottom - top + 1, run);
		return;
	}
	int module = run / 7, uneven = 0;
	modules = (right - left + 1) / module;
	if ((modules - 17) % 4 != 0)
		wrong("%s: %d modules", which, modules);
	for (int y = top; y <= bottom; y++)
		for (int x = left; x <= right; x++)
			uneven += ink_at(p, x, y) != ink_at(p, left + (x - left) / module * module,
			    top + (y - top) / module * module);
	if (uneven > 0)
		wrong("%s: %d dots are not their module's", which, uneven);
	if (left - (int)b->x < 4 * module - 1 || top - (int)b->y < 4 * module - 1)
		wrong("%s: less than four white modules beside it", which);
}

static void
qr_in(const char *template)
{
	static const char *const CODES[] = { "{code}", "https://example.com/{code}" };
	struct template *t = template_of(template);

	for (size_t q = 0; q < t->qrs; q++)
		for (size_t i = 0; i < DPIS * 2; i++) {
			struct label_fields f = sample_fields(template, "en");
			struct sheet s = sheet_of(template, "own", DPI[i / 2]);
			char which[200];
			f.qr = CODES[i % 2];
			struct page p = draw(template, &f, &s);
			struct box b = box_on(t, &p, &t->qr[q].box);
			snprintf(which, sizeof which, "%s at %d dpi, %s", template, DPI[i / 2], f.qr);
			if (cond_holds(&t->qr[q].when, fields_present(&f)))
				look_at_code(which, &p, &b);
			page_free(&p);
		}
	template_free(t);
}

void
qr_check(void)
{
	at_each_template(qr_in);
}

/* ---- grey ---- */

static bool
alone_at(const struct page *p, int x, int y)
{
	bool ink = ink_at(p, x, y);

	return ink_at(p, x - 1, y) != ink && ink_at(p, x + 1, y) != ink &&
	    ink_at(p, x, y - 1) != ink && ink_at(p, x, y + 1) != ink;
}

/* Grey that was dithered is dots that stand alone, black in white or white in black;
 * letters and lines have next to none. */
static void
grey_in(const char *template)
{
	for (size_t i = 0; i < DPIS; i++) {
		struct label_fields f = sample_fields(template, "ko");
		struct sheet s = sheet_of(template, "own", DPI[i]);
		struct page p = draw(template, &f, &s);
		long alone = 0, ink = ink_on(&p);
		for (int y = 1; y < p.height - 1; y++)
			for (int x = 1; x < p.width - 1; x++)
				alone += alone_at(&p, x, y);
		if (alone * 200 > ink)
			wrong("%s at %d dpi: %ld of %ld dots stand alone", template, DPI[i], alone,
			    ink);
		page_free(&p);
	}
}

void
grey_check(void)
{
	at_each_template(grey_in);
}

/* ---- lines ---- */

#define FINE_DPI 600
#define COARSE_DPI 203

static struct page
art_of(const struct template *t, unsigned present, int dpi)
{
	struct page p;
	struct err e;

	if (page_new(&p, (int)lround(t->width_mm * dpi / MM_PER_INCH),
	    (int)lround(t->height_mm * dpi / MM_PER_INCH), dpi, dpi, &e) == -1 ||
	    art_draw(t, present, &p, &e) == -1)
		die("%s: %s", t->path, e.what);
	return p;
}

static bool
ink_near(const struct page *p, int x, int y)
{
	return ink_in(p, x - 1, y - 1, x + 2, y + 2) > 0;
}

/* What the finest print head draws of the art, the coarsest one draws too. */
static void
strokes_in(const char *template)
{
	struct template *t = template_of(template);
	struct label_fields f = sample_fields(template, "en");

	for (int qr = 0; qr < 2; qr++) {
		f.qr = qr ? "{code}" : NULL;
		unsigned present = fields_present(&f);
		struct page fine = art_of(t, present, FINE_DPI);
		struct page coarse = art_of(t, present, COARSE_DPI);
		long lost = 0;
		for (int y = 0; y < fine.height; y++)
			for (int x = 0; x < fine.width; x++)
				lost += ink_at(&fine, x, y) && !ink_near(&coarse,
				    x * coarse.width / fine.width, y * coarse.height / fine.height);
		if (lost > 0)
			wrong("%s: %ld of %ld dots of its art at %d dpi are lost at %d dpi: draw lines "
			    "of 0.3 mm or more", template, lost, ink_on(&fine), FINE_DPI, COARSE_DPI);
		page_free(&fine);
		page_free(&coarse);
	}
	template_free(t);
}

void
strokes_check(void)
{
	at_each_template(strokes_in);
}

/* ---- letters ---- */

#define SMALLEST_PT 7.0
#define PT_PER_INCH 72.0
#define CAP_HEIGHT 0.714	/* of Noto Sans, in em */
#define LETTERS 64
#define BLANK "\xc2\xa0"

/* The most rows of dots in which the two differ without a gap: the height of a line. */
static int
highest_change(const struct page *a, const struct page *b)
{
	int highest = 0, run = 0;

	for (int y = 0; y < a->height; y++) {
		bool differs = false;
		for (int x = 0; x < a->width && !differs; x++)
			differs = ink_at(a, x, y) != ink_at(b, x, y);
		run = differs ? run + 1 : 0;
		highest = MAX(highest, run);
	}
	return highest;
}

/* The longest name there is, of the widest letter: H is as high as capitals are. */
static void
look_at_letters(const char *template, const char *size, int dpi)
{
	static const char *const NAMES[] = { "owner", "title", "group", "fridge" };
	char longest[LETTERS + 1];
	int least = (int)(ceil(SMALLEST_PT * dpi / PT_PER_INCH) * CAP_HEIGHT);

	memset(longest, 'H', LETTERS);
	longest[LETTERS] = '\0';
	for (int i = 0; i < 4; i++) {
		struct label_fields f = sample_fields(template, "en");
		struct sheet s = sheet_of(template, size, dpi);
		const char **const field[] = { &f.owner, &f.title, &f.group, &f.fridge };
		if (i < 3)
			f.owner = f.title = f.group = NULL;
		*field[i] = BLANK;
		struct page before = draw(template, &f, &s);
		*field[i] = longest;
		struct page after = draw(template, &f, &s);
		int high = before.height == after.height ? highest_change(&before, &after) : least;
		if (high > 0 && high < least)
			wrong("%s on %s at %d dpi: a %s of %d letters has capitals of %d dots, less "
			    "than the %d of %.0f pt", template, size, dpi, NAMES[i], LETTERS, high,
			    least, SMALLEST_PT);
		page_free(&before);
		page_free(&after);
	}
}

/* Words of the template itself are never smaller either. */
static void
look_at_sizes_of_text(const char *template)
{
	struct template *t = template_of(template);
	double pt = t->width_mm / t->view.w * PT_PER_INCH / MM_PER_INCH;

	for (size_t i = 0; i < t->texts; i++)
		if (t->text[i].size * t->text[i].words * pt < SMALLEST_PT - 0.01)
			wrong("%s, line %d: \"%s\" is set in %.1f pt", template, t->text[i].line,
			    t->text[i].text, t->text[i].size * t->text[i].words * pt);
	template_free(t);
}

static void
letters_in(const char *template)
{
	look_at_sizes_of_text(template);
	look_at_letters(template, "own", 203);
	look_at_letters(template, "own", 300);
	if (strcmp(template, "standard") == 0 || strcmp(template, "guest") == 0)
		look_at_letters(template, "57x32mm", 203);
}

void
letters_check(void)
{
	at_each_template(letters_in);
}
