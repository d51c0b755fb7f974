/* label_test.c - labels keep their promises whatever stands on them. */
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

static int
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

static int
close_engine(void **state)
{
	char command[64];

	(void)state;
	label_close(engine);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static void
write_template(const char *name, const char *text)
{
	char path[200];

	snprintf(path, sizeof path, "%s/%s.svg", own, name);
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

static struct label_fields
fields(const char *owner)
{
	return (struct label_fields){ .owner = owner, .fridge = "3F pantry", .code = "F3-24815",
		.lang = "en", .stored = TUE_17_MAR_2026, .expires = TUE_24_MAR_2026 };
}

static struct page
draw_on(const struct sheet *s, const char *template, const struct label_fields *f, int *missing)
{
	struct page p = { 0 };
	struct err e;

	if (label_draw(engine, template, f, s, &p, missing, &e) == -1)
		fail_msg("%s", e.what);
	return p;
}

static struct page
draw(const char *template, const char *owner)
{
	struct label_fields f = fields(owner);

	return draw_on(&SMALL, template, &f, NULL);
}

/* ---- looking at dots ---- */

static bool
dot(const struct page *p, int x, int y)
{
	return (p->bits[(size_t)y * p->stride + (size_t)x / 8] >> (7 - x % 8) & 1) != 0;
}

/* Where the ink is; empty if right < left. */
struct ink {
	int left, top, right, bottom, dots;
};

static struct ink
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

static struct ink
ink_with(const char *template, const char *owner)
{
	struct page p = draw(template, owner);
	struct ink in = ink_of(&p);

	page_free(&p);
	return in;
}

static bool
same(const struct page *a, const struct page *b)
{
	return a->width == b->width && a->height == b->height &&
	    memcmp(a->bits, b->bits, a->stride * (size_t)a->height) == 0;
}

static bool
draws_same(const char *template, const char *a, const char *b)
{
	struct page one = draw(template, a), two = draw(template, b);
	bool is = same(&one, &two);

	page_free(&one);
	page_free(&two);
	return is;
}

/* The longest row of black dots between two heights. */
static int
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

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* ---- text in its box ---- */

static size_t
put_utf8(char *out, unsigned c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 63));
		out[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 63));
	out[2] = (char)(0x80 | (c >> 6 & 63));
	out[3] = (char)(0x80 | (c & 63));
	return 4;
}

static void
random_name(unsigned *seed, char out[static 300])
{
	static const struct { unsigned from, to; } RANGES[] = {
		{ 0x20, 0x7e }, { 0x41, 0x5a }, { 0xa1, 0x24f }, { 0x300, 0x36f }, { 0x391, 0x3c9 },
		{ 0x410, 0x44f }, { 0x5d0, 0x5ea }, { 0x620, 0x64a }, { 0x905, 0x939 },
		{ 0xe01, 0xe3a }, { 0xe40, 0xe4e }, { 0x1100, 0x11ff }, { 0x200c, 0x200f },
		{ 0x202a, 0x202e }, { 0x3041, 0x3096 }, { 0x4e00, 0x9fff }, { 0xac00, 0xd7a3 },
		{ 0xfe00, 0xfe0f }, { 0xfff9, 0xfffd }, { 0x1f300, 0x1f64f }, { 0x1f1e6, 0x1f1ff },
		{ 0xe000, 0xe0ff }, { 0xe0020, 0xe007f },
	};
	int mixed = rand_r(seed) % 3, count = 1 + rand_r(seed) % 64;
	size_t range = (size_t)rand_r(seed) % (sizeof RANGES / sizeof *RANGES), n = 0;

	for (int i = 0; i < count && n < 250; i++) {
		if (mixed == 0 || rand_r(seed) % 8 == 0)
			range = (size_t)rand_r(seed) % (sizeof RANGES / sizeof *RANGES);
		unsigned span = RANGES[range].to - RANGES[range].from + 1;
		n += put_utf8(out + n, RANGES[range].from + (unsigned)rand_r(seed) % span);
	}
	out[n] = '\0';
}

static void
no_name_leaves_its_box(void **state)
{
	static const char *const TEMPLATES[] = { "shrink", "wrap", "plain" };
	unsigned seed = 2026;

	(void)state;
	write_template("shrink", ONE_BOX("data-fit='shrink' data-lines='2' font-weight='bold'"));
	write_template("wrap", ONE_BOX("data-fit='wrap' data-align='end bottom' font-style='italic'"));
	write_template("plain", ONE_BOX("data-align='middle top'"));
	for (int i = 0; i < 300; i++) {
		char name[300];
		random_name(&seed, name);
		int64_t from = now_ms();
		struct ink in = ink_with(TEMPLATES[i % 3], name);
		if (now_ms() - from > 2000)
			fail_msg("name %d took %d ms", i, (int)(now_ms() - from));
		if (in.dots > 0 && (in.left < 10 * DOTS || in.right >= 50 * DOTS ||
		    in.top < 10 * DOTS || in.bottom >= 20 * DOTS))
			fail_msg("name %d: ink from %d,%d to %d,%d: %s", i, in.left, in.top, in.right,
			    in.bottom, name);
	}
}

static void
text_that_no_door_would_let_in_does_no_harm(void **state)
{
	size_t n = 2 << 20;
	char *huge = malloc(n);

	(void)state;
	write_template("shrink", ONE_BOX("data-fit='shrink' data-lines='2'"));
	memset(huge, 'W', n - 1);
	huge[n - 1] = '\0';
	int64_t from = now_ms();
	assert_true(ink_with("shrink", huge).dots > 0);
	assert_true(now_ms() - from < 5000);
	free(huge);
	assert_true(ink_with("shrink", "\xff\xfe bad \xe3\x81").dots > 0);
	assert_true(draws_same("shrink", "a\nb\tc", "a b c"));
	assert_int_equal(ink_with("shrink", " ").dots, 0);
	assert_int_equal(ink_with("shrink", "").dots, 0);
	assert_int_equal(ink_with("shrink", NULL).dots, 0);
}

static void
a_longer_name_is_never_larger(void **state)
{
	char name[65] = "";
	int height = 1000, smallest = 1000;

	(void)state;
	write_template("one", ONE_BOX("data-fit='shrink'"));
	for (int n = 1; n <= 60; n++) {
		strcat(name, "H");
		struct ink in = ink_with("one", name);
		int high = in.bottom - in.top + 1;
		if (high > height)
			fail_msg("%d letters are %d dots high, %d were %d", n, high, n - 1, height);
		height = high;
		smallest = high < smallest ? high : smallest;
	}
	assert_true(smallest < 24);
	assert_true(smallest >= 12);	/* 7 pt at 203 dpi: capitals of 14 dots */
}

static void
a_long_name_shrinks_then_wraps_then_ends_in_an_ellipsis(void **state)
{
	(void)state;
	write_template("two", ONE_BOX("data-fit='shrink' data-lines='2'"));
	struct ink whole = ink_with("two", "Hannah");
	struct ink shrunk = ink_with("two", "Hannahhillaria");
	struct ink wrapped = ink_with("two", "Hannah Hill Hannah Hill Hannah Hill Hannah");
	assert_true(shrunk.bottom - shrunk.top < whole.bottom - whole.top);
	assert_true(wrapped.bottom - wrapped.top > shrunk.bottom - shrunk.top);

	/* What is beyond the ellipsis does not matter; what is before it does. */
	char name[200] = "";
	for (int i = 0; i < 12; i++)
		strcat(name, "Hannah Hill ");
	char more[260];
	snprintf(more, sizeof more, "%sof Hamburg", name);
	assert_true(draws_same("two", name, more));
	more[0] = 'L';
	assert_false(draws_same("two", name, more));

	/* An ellipsis: at the end of the lower line there is ink on its baseline only. */
	struct page p = draw("two", more);
	struct ink in = ink_of(&p);
	int high = 0;
	for (int y = in.top; y <= in.bottom; y++)
		for (int x = in.right - 8; x <= in.right && y > (in.top + in.bottom) / 2; x++)
			high += dot(&p, x, y) && y < in.bottom - 4;
	page_free(&p);
	assert_int_equal(high, 0);
}

static void
every_script_prints_without_a_missing_sign(void **state)
{
	static const char *const NAMES[] = {
		"Ada Lovelace", "Çelik Ğüneş", "김민수", "山田 太郎", "ひらがな カタカナ", "王小明",
		"محمد الأحمد", "חיים כהן", "สมชาย ใจดี", "Ирина", "Ελένη", "राम कुमार", "🍎 🥛 ❤️ ☕",
	};
	static const char *const LANGS[] = { "en", "ko", "ja", "zh", "ar" };

	(void)state;
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		for (size_t l = 0; l < 5; l++) {
			struct label_fields f = fields(NAMES[i]);
			int missing = -1;
			f.lang = LANGS[l];
			struct page p = draw_on(&SMALL, "standard", &f, &missing);
			page_free(&p);
			if (missing != 0)
				fail_msg("%s in %s: %d missing", NAMES[i], LANGS[l], missing);
		}
		assert_true(ink_with("one", NAMES[i]).dots > 100);
	}
}

static void
a_sign_that_no_font_has_is_counted(void **state)
{
	struct label_fields f = fields("a\xee\x80\x80" "b\xee\x80\x81");
	int missing = -1;

	(void)state;
	write_template("one", ONE_BOX("data-fit='shrink'"));
	struct page p = draw_on(&SMALL, "one", &f, &missing);
	page_free(&p);
	assert_int_equal(missing, 2);
}

static void
hebrew_runs_from_the_right(void **state)
{
	struct page alef, both;
	struct ink a, b;

	(void)state;
	write_template("one", ONE_BOX(""));
	alef = draw("one", "א");
	both = draw("one", "אל");
	a = ink_of(&alef);
	b = ink_of(&both);
	for (int y = a.top; y <= a.bottom; y++)
		for (int x = 0; x <= a.right - a.left; x++)
			assert_int_equal(dot(&alef, a.right - x, y), dot(&both, b.right - x, y));
	page_free(&alef);
	page_free(&both);
}

static void
han_signs_take_the_shape_of_the_language(void **state)
{
	struct label_fields f = fields("直骨");
	struct page zh, ja;

	(void)state;
	write_template("one", ONE_BOX(""));
	f.lang = "zh";
	zh = draw_on(&SMALL, "one", &f, NULL);
	f.lang = "ja";
	ja = draw_on(&SMALL, "one", &f, NULL);
	assert_false(same(&zh, &ja));
	page_free(&zh);
	page_free(&ja);
}

static void
the_same_fields_give_the_same_dots(void **state)
{
	struct label_fields f = fields("김민수 Ada");

	(void)state;
	f.qr = "{code}";
	struct page first = draw_on(&SMALL, "standard", &f, NULL);
	for (int i = 0; i < 20; i++) {
		struct page other = draw("guest", "x"), again = draw_on(&SMALL, "standard", &f, NULL);
		assert_true(same(&first, &again));
		page_free(&other);
		page_free(&again);
	}
	page_free(&first);
}

/* ---- fields ---- */

static void
a_value_is_never_read_as_a_field_or_as_markup(void **state)
{
	(void)state;
	write_template("one", ONE_BOX("data-fit='shrink'"));
	assert_false(draws_same("one", "{code}", "F3-24815"));
	assert_false(draws_same("one", "&amp;", "&"));
	assert_false(draws_same("one", "<b>x</b>", "x"));
	assert_true(ink_with("one", "]]></text><script/>").dots > 0);
}

static void
a_text_with_words_and_forms_says_what_they_mean(void **state)
{
	static const struct { const char *text, *same_as; } CASES[] = {
		{ "{expires:=yyyy-MM-dd}", "2026-03-24" }, { "{expires:MMMdEEE}", "Tue, Mar 24" },
		{ "{stored:=d MMM}", "17 Mar" }, { "{days} days", "7 days" },
		{ "{until}", "until Tue 24 Mar" }, { "{fridge} {code}", "3F pantry F3-24815" },
		{ "{{x}}", "{x}" }, { "{in}, {until}", "in 17 Mar, until Tue 24 Mar" },
		{ "{register}", "not registered? tell the office F3-24815" },
		{ "{group}{code}", "F3-24815" },
	};
	char text[600];

	(void)state;
	write_template("one", ONE_BOX("data-fit='shrink'"));
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		snprintf(text, sizeof text, SVG("<rect id='b' x='10' y='10' width='40' height='10' "
		    "fill='none'/><text data-box='b' data-fit='shrink' font-family='Noto Sans' "
		    "font-size='6'>%s</text>"), CASES[i].text);
		write_template("said", text);
		struct page said = draw("said", NULL), want = draw("one", CASES[i].same_as);
		if (!same(&said, &want))
			fail_msg("%s is not %s", CASES[i].text, CASES[i].same_as);
		page_free(&said);
		page_free(&want);
	}
}

static void
what_a_condition_hides_is_not_drawn(void **state)
{
	static const struct { const char *when; bool shown; } CASES[] = {
		{ "owner", true }, { "!owner", false }, { "group", false }, { "!group", true },
		{ "owner !group", true }, { "owner group", false }, { "expires stored days", true },
		{ "qr", false }, { "!qr", true },
	};
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		snprintf(text, sizeof text, SVG("<g data-if='%s'><g><circle cx='9' cy='9' r='5'/></g>"
		    "<text x='20' y='20' font-size='6'>{owner}</text></g>"
		    "<rect x='55' y='25' width='2' height='2'/>"), CASES[i].when);
		write_template("if", text);
		struct ink in = ink_with("if", "Ada");
		assert_int_equal(in.left < 30 * DOTS, CASES[i].shown);
		assert_int_equal(in.right, 57 * DOTS - 1);	/* what comes after is there */
	}
}

static void
a_label_without_dates_has_lines_to_write_on(void **state)
{
	static const char *const TEMPLATES[] = { "standard", "guest" };
	static const char *const LANGS[] = { "en", "ko", "ja", "de", "fr" };

	(void)state;
	for (size_t i = 0; i < 10; i++) {
		struct label_fields f = fields("Ada");
		f.lang = LANGS[i % 5];
		f.expires = f.stored = DAY_NONE;
		f.qr = i % 2 == 0 ? "{code}" : "";
		struct page p = draw_on(&SMALL, TEMPLATES[i / 5], &f, NULL);
		/* one for the last day, and a short one for the day it went in */
		assert_true(longest_line(&p, 0, 100) > 250);
		int low = longest_line(&p, 150, 235);
		if (low < 50)
			fail_msg("%s in %s: %d", TEMPLATES[i / 5], LANGS[i % 5], low);
		page_free(&p);
	}
}

static void
a_guest_label_has_a_line_for_the_name(void **state)
{
	struct label_fields f = fields(NULL);
	struct page p = draw_on(&SMALL, "guest", &f, NULL);

	(void)state;
	assert_true(longest_line(&p, 100, 160) > 300);
	page_free(&p);
	/* The standard template says the same to somebody it does not know. */
	p = draw_on(&SMALL, "standard", &f, NULL);
	assert_true(longest_line(&p, 110, 160) > 300);
	page_free(&p);
}

static void
a_qr_code_is_there_only_if_it_says_something(void **state)
{
	struct label_fields f = fields("Ada");
	struct page without, with, other, empty;

	(void)state;
	without = draw_on(&SMALL, "standard", &f, NULL);
	f.qr = "{code}";
	with = draw_on(&SMALL, "standard", &f, NULL);
	assert_false(same(&with, &without));
	f.code = "F3-24822";
	other = draw_on(&SMALL, "standard", &f, NULL);
	assert_false(same(&with, &other));
	f.qr = "{group}";	/* comes out empty */
	f.code = "F3-24815";
	empty = draw_on(&SMALL, "standard", &f, NULL);
	assert_true(same(&empty, &without));
	page_free(&without);
	page_free(&with);
	page_free(&other);
	page_free(&empty);
}

static void
a_qr_codes_modules_are_whole_dots(void **state)
{
	struct label_fields f = fields("Ada");

	(void)state;
	write_template("qr", SVG("<rect data-qr='{code}' x='10' y='5' width='20' height='20'/>"));
	f.qr = "{code}";
	struct page p = draw_on(&SMALL, "qr", &f, NULL);
	struct ink in = ink_of(&p);
	/* 160 dots for 21 modules and 4 white ones on each side: 5 dots a module. */
	assert_int_equal(in.right - in.left + 1, 21 * 5);
	assert_int_equal(in.bottom - in.top + 1, 21 * 5);
	for (int y = in.top; y <= in.bottom; y++)
		for (int x = in.left; x <= in.right; x++)
			assert_int_equal(dot(&p, x, y), dot(&p, in.left + (x - in.left) / 5 * 5,
			    in.top + (y - in.top) / 5 * 5));
	page_free(&p);

	/* Too dense to be read from thermal paper: left out. */
	char text[191];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	f.qr = text;
	write_template("qr", SVG("<rect data-qr='{code}' x='10' y='5' width='8' height='8'/>"));
	p = draw_on(&SMALL, "qr", &f, NULL);
	assert_int_equal(ink_of(&p).dots, 0);
	page_free(&p);
}

/* ---- the page ---- */

static void
a_label_is_scaled_as_a_whole_into_the_middle(void **state)
{
	struct sheet s = { .width = 700, .height = 500, .left = 20, .right = 40, .top = 10,
		.bottom = 50, .dpi_x = 300, .dpi_y = 300, .rotate = -1 };
	struct label_fields f = fields("Ada");

	(void)state;
	write_template("full", SVG("<rect width='60' height='30'/>"));
	struct page p = draw_on(&s, "full", &f, NULL);
	struct ink in = ink_of(&p);
	assert_int_equal(p.width, 700);
	assert_int_equal(p.height, 500);
	/* 640 of 700 dots are wide; 2:1 is 320 high of 440. */
	assert_int_equal(in.left, 20);
	assert_int_equal(in.right, 659);
	assert_int_equal(in.top, 10 + 60);
	assert_int_equal(in.bottom, 10 + 60 + 319);
	assert_int_equal(in.dots, 640 * 320);
	page_free(&p);
}

static void
only_a_page_much_higher_than_wide_turns_a_landscape_template(void **state)
{
	static const struct { int w, h; bool roll, turned; } CASES[] = {
		{ 480, 240, false, false }, { 400, 400, false, false },
		{ 1181, 1772, false, false },	/* 100 by 150 mm */
		{ 400, 640, false, true }, { 240, 480, false, true },
		{ 480, 9000, true, false }, { 200, 9000, true, true },
	};
	struct label_fields f = fields("Ada");

	(void)state;
	write_template("full", SVG("<rect width='60' height='30'/>"));
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct sheet s = { .width = CASES[i].w, .height = CASES[i].h, .dpi_x = 203,
			.dpi_y = 203, .rotate = -1, .roll = CASES[i].roll };
		struct page p = draw_on(&s, "full", &f, NULL);
		struct ink in = ink_of(&p);
		bool turned = in.bottom - in.top > in.right - in.left;
		if (turned != CASES[i].turned)
			fail_msg("case %zu is %sturned", i, turned ? "" : "not ");
		page_free(&p);
	}
}

static void
a_turned_label_is_the_same_label_turned(void **state)
{
	struct label_fields f = fields("김민수");
	struct sheet s = SMALL, upright = SMALL;

	(void)state;
	upright.rotate = 0;
	struct page p = draw_on(&upright, "standard", &f, NULL), q;
	s.rotate = 180;
	q = draw_on(&s, "standard", &f, NULL);
	for (int y = 0; y < 240; y++)
		for (int x = 0; x < 480; x++)
			assert_int_equal(dot(&p, x, y), dot(&q, 479 - x, 239 - y));
	page_free(&q);
	s.width = 240;
	s.height = 480;
	s.rotate = 90;
	q = draw_on(&s, "standard", &f, NULL);
	for (int y = 0; y < 240; y++)
		for (int x = 0; x < 480; x++)
			assert_int_equal(dot(&p, x, y), dot(&q, 239 - y, x));
	page_free(&q);
	s.rotate = 270;
	q = draw_on(&s, "standard", &f, NULL);
	for (int y = 0; y < 240; y++)
		for (int x = 0; x < 480; x++)
			assert_int_equal(dot(&p, x, y), dot(&q, y, 479 - x));
	page_free(&q);
	page_free(&p);
}

static void
a_roll_gives_the_width_and_the_template_the_length(void **state)
{
	struct label_fields f = fields("Ada");
	struct sheet s = { .width = 732, .height = 12000, .left = 18, .right = 18, .top = 35,
		.bottom = 35, .dpi_x = 300, .dpi_y = 300, .rotate = -1, .roll = true };

	(void)state;
	write_template("full", SVG("<rect width='60' height='30'/>"));
	struct page p = draw_on(&s, "full", &f, NULL);
	assert_int_equal(p.width, 732);
	assert_int_equal(p.height, 35 + 348 + 35);
	struct ink in = ink_of(&p);
	assert_int_equal(in.left, 18);
	assert_int_equal(in.top, 35);
	assert_int_equal(in.right, 713);
	assert_int_equal(in.bottom, 35 + 347);
	page_free(&p);
	/* The longest piece is shorter: the label becomes smaller as a whole. */
	s.height = 35 + 174 + 35;
	p = draw_on(&s, "full", &f, NULL);
	in = ink_of(&p);
	assert_int_equal(p.height, s.height);
	assert_int_equal(in.right - in.left + 1, 348);
	page_free(&p);
}

static void
dots_that_are_not_square_change_no_proportion(void **state)
{
	struct label_fields f = fields("Ada");
	struct sheet s = { .width = 480, .height = 480, .dpi_x = 203, .dpi_y = 406, .rotate = -1 };

	(void)state;
	struct page wide = draw_on(&SMALL, "standard", &f, NULL);
	struct page high = draw_on(&s, "standard", &f, NULL);
	for (int y = 0; y < 480; y++)
		for (int x = 0; x < 480; x++)
			assert_int_equal(dot(&high, x, y), dot(&wide, x, y / 2));
	page_free(&wide);
	page_free(&high);
}

static void
shipped_labels_keep_their_margins_on_every_size(void **state)
{
	static const struct { int w, h, dpi; } SIZES[] = {
		{ 732, 342, 300 }, { 696, 271, 300 }, { 456, 256, 203 }, { 200, 200, 203 },
		{ 1181, 1772, 300 }, { 1200, 1800, 300 }, { 299, 1020, 300 }, { 40, 30, 203 },
		{ 4961, 7016, 600 },
	};
	static const char *const TEMPLATES[] = { "standard", "guest" };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof SIZES / sizeof *SIZES; i++) {
		struct sheet s = { .width = SIZES[i / 2].w, .height = SIZES[i / 2].h,
			.dpi_x = SIZES[i / 2].dpi, .dpi_y = SIZES[i / 2].dpi, .rotate = -1 };
		struct label_fields f = fields("Maximiliane von Württemberg-Hohenlohe");
		f.fridge = "The large fridge in the kitchen of the third floor";
		struct page p = draw_on(&s, TEMPLATES[i % 2], &f, NULL);
		struct ink in = ink_of(&p);
		assert_true(in.dots > 0);
		assert_true(in.left > 0 && in.right < p.width - 1);
		assert_true(in.top > 0 && in.bottom < p.height - 1);
		page_free(&p);
	}
}

static void
a_page_that_cannot_be_is_refused(void **state)
{
	static const struct sheet SHEETS[] = {
		{ .width = 0, .height = 100, .dpi_x = 203, .dpi_y = 203 },
		{ .width = 100, .height = 100, .dpi_x = 0, .dpi_y = 203 },
		{ .width = 30000, .height = 100, .dpi_x = 203, .dpi_y = 203 },
		{ .width = 100, .height = 100, .left = 60, .right = 40, .dpi_x = 203, .dpi_y = 203 },
		{ .width = 100, .height = 100, .left = -1, .dpi_x = 203, .dpi_y = 203 },
	};
	struct label_fields f = fields("Ada");
	struct page p;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof SHEETS / sizeof *SHEETS; i++) {
		assert_int_equal(label_draw(engine, "standard", &f, &SHEETS[i], &p, NULL, &e), -1);
		assert_int_equal(e.kind, ERR_REFUSED);
	}
}

/* ---- templates ---- */

static void
a_template_is_read_as_drawing_programs_write_it(void **state)
{
	/* Each draws what ONE_BOX does. */
	static const char *const SAME[] = {
		SVG("<rect id='b' x='10' y='10' width='40' height='10' style='fill:none'/>"
		    "<text data-box='b' data-fit='shrink' style='font-size:6px;line-height:1.2;"
		    "font-family:&apos;Noto Sans&apos;'><tspan x='1' y='2'>{own</tspan>"
		    "<tspan>er}</tspan></text>"),
		SVG("<g transform='translate(10 5)'><rect id='b' y='5' width='40' height='10' "
		    "fill='none'/></g><g style='font-family: Noto Sans; font-size : 6px'>"
		    "<text data-box='b' data-fit='shrink'>\n\t{owner}\n</text></g>"),
		SVG("<g transform='matrix(2,0,0,2,0,0)'><rect id='b' x='5' y='5' width='20' "
		    "height='5' fill='none'/><text font-family='Noto Sans' data-box='b' "
		    "data-fit='shrink' ><tspan font-size='3'>{owner}</tspan></text></g>"),
		"<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' "
		    "'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'><?pi x?>"
		    "<svg:svg xmlns:svg='http://www.w3.org/2000/svg' xmlns:i='urn:inkscape' "
		    "width='60mm' height='3cm' viewBox='0 0 60 30'><i:namedview i:x='1'/>"
		    "<svg:defs><svg:filter id='unused'/><i:effect/></svg:defs><svg:metadata/>"
		    "<svg:rect id='b' x='10' y='10' width='40' height='10' fill='none'/>"
		    "<svg:text data-box='b' data-fit='shrink' font-family='Noto Sans' font-size='6'>"
		    "{owner}</svg:text></svg:svg>",
	};

	(void)state;
	write_template("one", ONE_BOX("data-fit='shrink'"));
	struct page want = draw("one", "Ada Lovelace");
	for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
		write_template("other", SAME[i]);
		struct page p = draw("other", "Ada Lovelace");
		if (!same(&p, &want))
			fail_msg("template %zu draws something else", i);
		page_free(&p);
	}
	page_free(&want);
}

static void
a_text_without_a_box_stands_on_its_baseline(void **state)
{
	static const struct { const char *anchor; int x; } CASES[] = {
		{ "start", 20 }, { "middle", 30 }, { "end", 40 },
	};
	char text[400];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(text, sizeof text, SVG("<text x='%d' y='20' font-size='5' "
		    "text-anchor='%s'>{owner}</text>"), CASES[i].x, CASES[i].anchor);
		write_template("free", text);
		struct ink in = ink_with("free", "HIH");
		assert_in_range(in.bottom, 20 * DOTS - 2, 20 * DOTS);
		int at = i == 0 ? in.left : i == 1 ? (in.left + in.right) / 2 : in.right;
		assert_in_range(at, CASES[i].x * DOTS - 4, CASES[i].x * DOTS + 4);
	}
	/* It is cut at the edge of the page, and cut with an ellipsis. */
	assert_true(ink_with("free", "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH").right < 480);
}

static void
white_text_stands_out_of_black_art(void **state)
{
	(void)state;
	write_template("white", SVG("<rect id='b' x='10' y='10' width='40' height='10'/>"
	    "<text data-box='b' font-size='6' fill='#fff'>{owner}</text>"));
	struct ink without = ink_with("white", NULL), with = ink_with("white", "Ada");
	assert_int_equal(without.dots, 40 * DOTS * 10 * DOTS);
	assert_true(with.dots < without.dots - 200);
}

static void
a_template_that_changes_is_read_again(void **state)
{
	(void)state;
	write_template("moving", SVG("<rect x='5' y='5' width='5' height='5'/>"));
	assert_int_equal(ink_with("moving", "x").left, 5 * DOTS);
	write_template("moving", SVG("<rect x='15' y='5' width='5' height='5'/>"));
	assert_int_equal(ink_with("moving", "x").left, 15 * DOTS);
}

static void
more_templates_and_sizes_than_are_kept_still_come_out_right(void **state)
{
	struct label_fields f = fields("Ada");
	char text[300], name[16];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 1; i <= 12; i++) {
			snprintf(name, sizeof name, "kept%d", i);
			if (round == 0) {
				snprintf(text, sizeof text, SVG("<rect x='%d' y='5' width='5' "
				    "height='5'/>"), i);
				write_template(name, text);
			}
			for (int k = 1; k <= 2; k++) {
				struct sheet s = { .width = 480 * k, .height = 240 * k, .dpi_x = 203,
					.dpi_y = 203, .rotate = 0 };
				struct page p = draw_on(&s, name, &f, NULL);
				assert_int_equal(ink_of(&p).left, i * k * DOTS);
				page_free(&p);
			}
		}
	}
}

static void
assert_refused(const char *name, const char *says)
{
	struct label_fields f = fields("Ada");
	struct page p;
	struct err e = { 0 };
	int64_t from = now_ms();

	if (label_draw(engine, name, &f, &SMALL, &p, NULL, &e) != -1)
		fail_msg("template %s should be refused: %s", name, says);
	assert_int_equal(e.kind, ERR_REFUSED);
	if (strstr(e.what, says) == NULL)
		fail_msg("it says: %s, and not: %s", e.what, says);
	assert_true(now_ms() - from < 2000);
}

#define IMG(href) "<image x='0' y='0' width='9' height='9' xlink:href='" href "'/>"

static void
a_template_that_is_not_safe_or_would_print_wrong_is_refused(void **state)
{
	static const struct { const char *text, *says; } CASES[] = {
		{ "", "line" }, { "hello", "line" }, { "<svg/>", "it is no SVG" },
		{ SVG("<g>"), "line 1" },
		{ "<html xmlns='http://www.w3.org/1999/xhtml'/>", "it is no SVG" },
		{ "<svg xmlns='http://www.w3.org/2000/svg'/>", "its width is no length" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='100%' height='5mm'/>",
		    "its width is no length" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='1e9mm' height='5mm'/>",
		    "its width is no length" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='9000mm' height='50mm'/>",
		    "is not that of a label" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm' "
		    "viewBox='0 0 60 60'/>", "other proportions" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm' "
		    "viewBox='0 0 60'/>", "viewBox is not understood" },
		/* entities */
		{ "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" SVG("<text>&x;</text>"),
		    "entities" },
		{ "<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
		    SVG("<text x='1' y='1'>&b;</text>"), "entities" },
		{ "<!DOCTYPE svg [<!ELEMENT svg ANY>]>" SVG(""), "entities" },
		{ SVG("<text>&nothing;</text>"), "line 1" },
		/* what reaches outside */
		{ SVG(IMG("http://127.0.0.1:9/x.png")), "outside its folder" },
		{ SVG(IMG("file:///etc/passwd")), "outside its folder" },
		{ SVG(IMG("../x.png")), "outside its folder" },
		{ SVG(IMG("/etc/passwd")), "outside its folder" },
		{ SVG(IMG("nothere.png")), "the picture nothere.png is missing" },
		{ SVG(IMG("one.svg")), "neither PNG nor JPEG" },
		{ SVG(IMG("data:image/svg+xml;base64,PHN2Zy8+")), "of a kind that does not print" },
		{ SVG(IMG("data:image/png;base64,AAAAAAAAAAAAAAAA")), "neither PNG nor JPEG" },
		{ SVG("<image width='9' height='9'/>"), "a picture names no file" },
		{ SVG("<use xlink:href='other.svg#x'/>"), "outside the file" },
		{ SVG("<use href='http://127.0.0.1:9/#x'/>"), "outside the file" },
		{ SVG("<use href='#nobody'/>"), "#nobody, which is not in it" },
		{ SVG("<style>@import url(x.css);</style>"), "a style reads another file" },
		{ SVG("<rect style='fill:url(http://127.0.0.1:9/x#y)' width='1' height='1'/>"),
		    "outside the file" },
		{ SVG("<rect fill='url( \"other.svg#y\" )' width='1' height='1'/>"), "outside the file" },
		{ SVG("<script>alert(1)</script>"), "<script> cannot be printed" },
		{ SVG("<g onclick='x()'/>"), "it holds a script" },
		{ SVG("<foreignObject/>"), "<foreignObject> cannot be printed" },
		{ SVG("<filter id='f'/><rect filter='url(#f)' width='1' height='1'/>"),
		    "<filter> cannot be printed" },
		{ SVG("<svg/>"), "an <svg> in its <svg>" },
		/* what never ends */
		{ SVG("<g id='a'><use href='#a'/></g>"), "a thing within itself" },
		{ SVG("<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>"),
		    "a thing within itself" },
		{ SVG("<pattern id='p'><rect fill='url(#p)' width='1' height='1'/></pattern>"),
		    "a thing within itself" },
		/* fields */
		{ SVG("<text x='1' y='9' font-size='5'>{nobody}</text>"),
		    "{nobody} is neither a field nor a word" },
		{ SVG("<text x='1' y='9' font-size='5'>{owner</text>"), "a { without its }" },
		{ SVG("<text x='1' y='9' font-size='5'>owner}</text>"), "a } without its {" },
		{ SVG("<text x='1' y='9' font-size='5'>{expires:HHmm}</text>"), "no form of a date" },
		{ SVG("<text x='1' y='9' font-size='5'>{owner:MMM}</text>"), "takes no form" },
		{ SVG("<text x='1' y='9'>{owner}</text>"), "has no font-size" },
		{ SVG("<text x='1 2 3' y='9' font-size='5'>{owner}</text>"), "has no place" },
		{ SVG("<text x='70' y='9' font-size='5'>{owner}</text>"), "lies beside the page" },
		{ SVG("<text data-box='b' font-size='5'>{owner}</text>"), "names no rectangle" },
		{ SVG("<rect id='b'/><text data-box='b' font-size='5'>{owner}</text>"), "has no size" },
		{ SVG("<rect id='b' width='9' height='9'/><text data-box='b' data-fit='x' "
		    "font-size='5'>{owner}</text>"), "data-fit=\"x\" is not understood" },
		{ SVG("<rect id='b' width='9' height='9'/><text data-box='b' data-lines='x' "
		    "font-size='5'>{owner}</text>"), "data-lines=\"x\" is not understood" },
		{ SVG("<rect id='b' width='9' height='9'/><text data-box='b' data-align='up' "
		    "font-size='5'>{owner}</text>"), "data-align=\"up\" is not understood" },
		{ SVG("<g data-if='sunny'/>"), "names no field" },
		{ SVG("<text x='1' y='9' font-size='5' data-if='sunny'>{owner}</text>"),
		    "names no field" },
		{ SVG("<text x='1' y='9' font-size='5' transform='rotate(90)'>{owner}</text>"),
		    "is rotated" },
		{ SVG("<g transform='skewX(20)'><text x='1' y='9' font-size='5'>{owner}</text></g>"),
		    "skewed" },
		{ SVG("<g transform='scale(1 2)'><text x='1' y='9' font-size='5'>{owner}</text></g>"),
		    "is stretched" },
		{ SVG("<text x='1' y='9' font-size='5' transform='jump(1)'>{owner}</text>"),
		    "is not understood" },
		{ SVG("<rect data-qr='{code}' x='1' y='1'/>"), "has no size" },
		{ SVG("<defs><text font-size='5'>{owner}</text></defs>"), "within <defs>" },
	};

	(void)state;
	write_template("one", ONE_BOX(""));
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		write_template("bad", CASES[i].text);
		assert_refused("bad", CASES[i].says);
	}
}

static void
copies_of_copies_are_refused_at_once(void **state)
{
	char text[4000] = "", line[200];

	(void)state;
	for (int i = 1; i < 20; i++) {
		snprintf(line, sizeof line, "<g id='l%d'><use href='#l%d'/><use href='#l%d'/></g>", i,
		    i - 1, i - 1);
		strcat(text, line);
	}
	char whole[5000];
	snprintf(whole, sizeof whole, SVG("<rect id='l0' width='1' height='1'/>%s"
	    "<use href='#l19'/>"), text);
	write_template("bomb", whole);
	assert_refused("bomb", "it draws more than");
	snprintf(whole, sizeof whole, SVG("<defs><marker id='m'><g><path d='M0 0'/></g></marker>"
	    "</defs><path marker-mid='url(#m)' d='%0*d'/>"), 4500, 0);
	write_template("bomb", whole);
	assert_refused("bomb", "it draws more than");
}

static void
a_file_that_is_too_long_or_no_file_is_refused(void **state)
{
	char path[200];
	size_t n = (1 << 20) + 100;
	char *text = malloc(n + 1);

	(void)state;
	memset(text, ' ', n);
	memcpy(text, SVG(""), strlen(SVG("")));
	text[n] = '\0';
	write_template("long", text);
	free(text);
	assert_refused("long", "it is longer than");
	snprintf(path, sizeof path, "%s/pipe.svg", own);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused("pipe", "is not a plain file");
	snprintf(path, sizeof path, "%s/folder.svg", own);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_refused("folder", "is not a plain file");
}

static void
a_name_that_leads_elsewhere_is_no_template(void **state)
{
	static const char *const NAMES[] = { "", ".", "..", ".hidden", "../templates/one", "a/b",
		"/etc/passwd", "-x", "a\nb", "\xff" };
	char link[200], outside[200];

	(void)state;
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		assert_refused(NAMES[i], "no name of a template");
	assert_refused("unknown", "there is no template \"unknown\"");

	snprintf(outside, sizeof outside, "%s/outside.svg", dir);
	FILE *f = fopen(outside, "w");
	fputs(SVG("<rect width='9' height='9'/>"), f);
	fclose(f);
	snprintf(link, sizeof link, "%s/leak.svg", own);
	assert_int_equal(symlink("../outside.svg", link), 0);
	assert_refused("leak", "leads out of its folder");
	snprintf(link, sizeof link, "%s/dangling.svg", own);
	assert_int_equal(symlink("nothing.svg", link), 0);
	assert_refused("dangling", "No such file");
	/* A second name within the folder is one. */
	write_template("one", ONE_BOX(""));
	snprintf(link, sizeof link, "%s/second.svg", own);
	assert_int_equal(symlink("one.svg", link), 0);
	assert_true(ink_with("second", "Ada").dots > 0);
}

static void
the_list_names_each_template_once(void **state)
{
	const char *dirs[] = { own, "/nowhere", "templates", NULL };
	const char *none[] = { NULL };
	struct err e;
	int standards = 0;

	(void)state;
	write_template("standard", SVG("<rect width='60' height='30'/>"));
	write_template(".hidden", SVG(""));
	char **list = label_templates(dirs, &e);
	assert_non_null(list);
	for (size_t i = 0; list[i] != NULL; i++) {
		standards += strcmp(list[i], "standard") == 0;
		assert_true(i == 0 || strcmp(list[i - 1], list[i]) < 0);
		assert_true(list[i][0] != '.');
		assert_string_not_equal(list[i], "leak");
	}
	assert_int_equal(standards, 1);
	free(list);
	list = label_templates(none, &e);
	assert_non_null(list);
	assert_null(list[0]);
	free(list);

	/* The first folder wins, for drawing too. */
	assert_int_equal(ink_with("standard", "Ada").dots, 480 * 240);
	char path[200];
	snprintf(path, sizeof path, "%s/standard.svg", own);
	assert_int_equal(unlink(path), 0);
	assert_true(ink_with("standard", "Ada").dots < 480 * 240 / 2);
}

static void
a_templates_own_size_is_in_millimetres(void **state)
{
	double w, h;
	struct err e;

	(void)state;
	assert_int_equal(label_size(engine, "standard", &w, &h, &e), 0);
	assert_float_equal(w, 62, 1e-6);
	assert_float_equal(h, 29, 1e-6);
	assert_int_equal(label_size(engine, "nobody", &w, &h, &e), -1);
}

/* ---- files ---- */

static char *
read_all(const char *path, size_t *n)
{
	char *text = malloc(1 << 20);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	*n = fread(text, 1, (1 << 20) - 1, f);
	text[*n] = '\0';
	fclose(f);
	return text;
}

static void
a_png_says_its_size_and_resolution(void **state)
{
	struct page p = draw("standard", "Ada");
	char path[200];
	struct err e;
	size_t n;

	(void)state;
	snprintf(path, sizeof path, "%s/label.png", dir);
	assert_int_equal(page_write_png(&p, path, &e), 0);
	page_free(&p);
	char *png = read_all(path, &n);
	assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
	assert_memory_equal(png + 16, "\0\0\x01\xe0\0\0\0\xf0", 8);
	/* 203 dots an inch are 7992 a metre */
	assert_memory_equal(png + 33, "\0\0\0\x09pHYs\0\0\x1f\x38\0\0\x1f\x38\x01", 17);
	free(png);
}

static void
a_pdf_has_a_page_of_exact_size_for_each_copy(void **state)
{
	struct sheet s = { .width = 732, .height = 342, .dpi_x = 300, .dpi_y = 300, .rotate = -1 };
	struct label_fields f = fields("Ada");
	struct page p = draw_on(&s, "standard", &f, NULL);
	char path[200];
	struct err e;
	size_t n;
	int pages = 0;

	(void)state;
	snprintf(path, sizeof path, "%s/label.pdf", dir);
	assert_int_equal(page_write_pdf(&p, 3, path, &e), 0);
	page_free(&p);
	char *pdf = read_all(path, &n);
	for (char *at = pdf; (at = memmem(at, n - (size_t)(at - pdf), "/MediaBox", 9)) != NULL; at++)
		pages++;
	assert_int_equal(pages, 3);
	/* 732 dots at 300 an inch are 175.68 points */
	assert_non_null(memmem(pdf, n, "175.68", 6));
	assert_non_null(memmem(pdf, n, "82.08", 5));
	assert_non_null(memmem(pdf, n, "/BitsPerComponent 1", 19));
	assert_null(memmem(pdf, n, "/BitsPerComponent 8", 19));
	free(pdf);
}

static void
a_page_as_text_has_the_asked_columns(void **state)
{
	struct page p = draw("standard", "Ada");
	char path[200], *text;
	struct err e;
	size_t n;

	(void)state;
	snprintf(path, sizeof path, "%s/label.txt", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(page_write_text(&p, 80, fd, &e), 0);
	close(fd);
	page_free(&p);
	text = read_all(path, &n);
	int lines = 0;
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		int columns = 0;
		for (char *c = line; c < end; c++)
			columns += (*c & 0xc0) != 0x80;
		assert_int_equal(columns, 80);
		lines++;
	}
	assert_int_equal(lines, 20);	/* 240 dots, 12 a line */
	assert_non_null(strstr(text, "█"));
	free(text);
}

static void
a_file_that_cannot_be_written_is_told(void **state)
{
	struct page p = draw("standard", "Ada");
	struct err e;

	(void)state;
	assert_int_equal(page_write_png(&p, "/nowhere/x.png", &e), -1);
	assert_int_equal(e.kind, ERR_SYSTEM);
	assert_non_null(strstr(e.what, "/nowhere/x.png"));
	assert_int_equal(page_write_png(&p, "/dev/full", &e), -1);
	assert_int_equal(page_write_pdf(&p, 1, "/nowhere/x.pdf", &e), -1);
	assert_int_equal(page_write_pdf(&p, 1, "/dev/full", &e), -1);
	assert_int_equal(page_write_text(&p, 80, -1, &e), -1);
	page_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_name_leaves_its_box),
		cmocka_unit_test(text_that_no_door_would_let_in_does_no_harm),
		cmocka_unit_test(a_longer_name_is_never_larger),
		cmocka_unit_test(a_long_name_shrinks_then_wraps_then_ends_in_an_ellipsis),
		cmocka_unit_test(every_script_prints_without_a_missing_sign),
		cmocka_unit_test(a_sign_that_no_font_has_is_counted),
		cmocka_unit_test(hebrew_runs_from_the_right),
		cmocka_unit_test(han_signs_take_the_shape_of_the_language),
		cmocka_unit_test(the_same_fields_give_the_same_dots),
		cmocka_unit_test(a_value_is_never_read_as_a_field_or_as_markup),
		cmocka_unit_test(a_text_with_words_and_forms_says_what_they_mean),
		cmocka_unit_test(what_a_condition_hides_is_not_drawn),
		cmocka_unit_test(a_label_without_dates_has_lines_to_write_on),
		cmocka_unit_test(a_guest_label_has_a_line_for_the_name),
		cmocka_unit_test(a_qr_code_is_there_only_if_it_says_something),
		cmocka_unit_test(a_qr_codes_modules_are_whole_dots),
		cmocka_unit_test(a_label_is_scaled_as_a_whole_into_the_middle),
		cmocka_unit_test(only_a_page_much_higher_than_wide_turns_a_landscape_template),
		cmocka_unit_test(a_turned_label_is_the_same_label_turned),
		cmocka_unit_test(a_roll_gives_the_width_and_the_template_the_length),
		cmocka_unit_test(dots_that_are_not_square_change_no_proportion),
		cmocka_unit_test(shipped_labels_keep_their_margins_on_every_size),
		cmocka_unit_test(a_page_that_cannot_be_is_refused),
		cmocka_unit_test(a_template_is_read_as_drawing_programs_write_it),
		cmocka_unit_test(a_text_without_a_box_stands_on_its_baseline),
		cmocka_unit_test(white_text_stands_out_of_black_art),
		cmocka_unit_test(a_template_that_changes_is_read_again),
		cmocka_unit_test(more_templates_and_sizes_than_are_kept_still_come_out_right),
		cmocka_unit_test(a_template_that_is_not_safe_or_would_print_wrong_is_refused),
		cmocka_unit_test(copies_of_copies_are_refused_at_once),
		cmocka_unit_test(a_file_that_is_too_long_or_no_file_is_refused),
		cmocka_unit_test(a_name_that_leads_elsewhere_is_no_template),
		cmocka_unit_test(the_list_names_each_template_once),
		cmocka_unit_test(a_templates_own_size_is_in_millimetres),
		cmocka_unit_test(a_png_says_its_size_and_resolution),
		cmocka_unit_test(a_pdf_has_a_page_of_exact_size_for_each_copy),
		cmocka_unit_test(a_page_as_text_has_the_asked_columns),
		cmocka_unit_test(a_file_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
