/* label_world.h - what the tests of labels share: an engine with a folder of templates
 * of the test's own, a small sheet, and eyes for dots. */
#ifndef FRIDGE_LABEL_WORLD_H
#define FRIDGE_LABEL_WORLD_H

#include "../firmware/label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TUE_17_MAR_2026 20529
#define TUE_24_MAR_2026 20536

static char dir[] = "/tmp/label_test.XXXXXX";
static char own[64];			/* a folder of templates of the test's own */
static struct label_engine *engine;

/* ---- the folder and the engine ---- */

static inline int
open_engine(void **state)
{
	const char *dirs[] = { own, "templates", NULL };
	struct err e;

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	setenv("XDG_CACHE_HOME", dir, 1);
	snprintf(own, sizeof own, "%s/templates", dir);
	if (mkdir(own, 0700) == -1)
		return -1;
	if (label_open(dirs, &engine, &e) == -1) {
		fprintf(stderr, "%s\n", e.what);
		return -1;
	}
	return 0;
}

static inline int
close_engine(void **state)
{
	char command[64];

	(void)state;
	label_close(engine);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static inline void
write_template(const char *name, const char *text)
{
	char path[200];

	snprintf(path, sizeof path, "%s/%s.svg", own, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* Words of a language before the shipped ones: to be written before it is first used. */
static inline void
write_words(const char *lang, const char *text)
{
	char path[200];

	snprintf(path, sizeof path, "%s/words.%s", own, lang);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

#define SVG(inside) "<svg xmlns='http://www.w3.org/2000/svg' " \
	"xmlns:xlink='http://www.w3.org/1999/xlink' width='60mm' height='30mm' " \
	"viewBox='0 0 60 30'>" inside "</svg>"

/* One text in a box 10 mm from every edge. */
#define ONE_BOX(attributes) SVG("<rect id='b' x='10' y='10' width='40' height='10' fill='none'/>" \
	"<text data-box='b' font-family='Noto Sans' font-size='6' " attributes ">{owner}</text>")

static const struct sheet SMALL = { .width = 480, .height = 240, .dpi_x = 203, .dpi_y = 203,
	.rotate = -1 };
/* A sheet on which ONE_BOX has 8 dots a millimetre. */
#define DOTS 8

static inline struct label_fields
fields(const char *owner)
{
	return (struct label_fields){ .owner = owner, .fridge = "3F pantry", .code = "F3-24818",
		.claim = "F3-24818", .lang = "en", .stored = TUE_17_MAR_2026, .expires = TUE_24_MAR_2026 };
}

static inline struct page
draw_on(const struct sheet *s, const char *template, const struct label_fields *f, int *missing)
{
	struct page p = { 0 };
	struct err e;

	if (label_draw(engine, template, f, s, &p, missing, &e) == -1)
		fail_msg("%s", e.what);
	return p;
}

static inline struct page
draw(const char *template, const char *owner)
{
	struct label_fields f = fields(owner);

	return draw_on(&SMALL, template, &f, NULL);
}

/* ---- looking at dots ---- */

static inline bool
dot(const struct page *p, int x, int y)
{
	return (p->bits[(size_t)y * p->stride + (size_t)x / 8] >> (7 - x % 8) & 1) != 0;
}

/* Where the ink is; empty if right < left. */
struct ink {
	int left, top, right, bottom, dots;
};

static inline struct ink
ink_of(const struct page *p)
{
	struct ink in = { p->width, p->height, -1, -1, 0 };

	for (int y = 0; y < p->height; y++) {
		for (int x = 0; x < p->width; x++) {
			if (!dot(p, x, y))
				continue;
			in.left = x < in.left ? x : in.left;
			in.right = x > in.right ? x : in.right;
			in.top = y < in.top ? y : in.top;
			in.bottom = y > in.bottom ? y : in.bottom;
			in.dots++;
		}
	}
	return in;
}

static inline struct ink
ink_with(const char *template, const char *owner)
{
	struct page p = draw(template, owner);
	struct ink in = ink_of(&p);

	page_free(&p);
	return in;
}

static inline bool
same(const struct page *a, const struct page *b)
{
	return a->width == b->width && a->height == b->height &&
	    memcmp(a->bits, b->bits, a->stride * (size_t)a->height) == 0;
}

static inline bool
draws_same(const char *template, const char *a, const char *b)
{
	struct page one = draw(template, a), two = draw(template, b);
	bool is = same(&one, &two);

	page_free(&one);
	page_free(&two);
	return is;
}

/* The longest row of black dots between two heights. */
static inline int
longest_line(const struct page *p, int top, int bottom)
{
	int longest = 0;

	for (int y = top; y < bottom && y < p->height; y++)
		for (int x = 0, run = 0; x < p->width; x++) {
			run = dot(p, x, y) ? run + 1 : 0;
			longest = run > longest ? run : longest;
		}
	return longest;
}

static inline int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

#endif
