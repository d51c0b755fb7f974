/* label_plain_test.c - a label that needs no template, no words and no settings of fonts. */
#include "label_world.h"

/* ---- sheets ---- */

static const struct {
	int w, h, dpi;
	bool roll;
} SHEETS[] = {
	{ 732, 342, 300, false }, { 456, 256, 203, false },	/* 62x29, 57x32 mm */
	{ 400, 96, 203, false }, { 96, 400, 203, false },	/* 50x12 mm, and upright */
	{ 142, 354, 300, false },				/* 12x30 mm */
	{ 200, 200, 203, false }, { 815, 1215, 203, false },	/* 25x25, 102x152 mm */
	{ 1205, 1795, 300, false }, { 640, 800, 203, false },
	{ 720, 12000, 300, true }, { 142, 12000, 300, true }, { 1200, 6000, 300, true },
};
#define SHEETS_COUNT (sizeof SHEETS / sizeof *SHEETS)

static struct sheet
sheet_of(size_t i)
{
	return (struct sheet){ .width = SHEETS[i].w, .height = SHEETS[i].h, .dpi_x = SHEETS[i].dpi,
		.dpi_y = SHEETS[i].dpi, .rotate = -1, .roll = SHEETS[i].roll,
		.left = 3, .top = 2, .right = 4, .bottom = 5 };
}

static struct page
plain(struct label_engine *g, const struct label_fields *f, const struct sheet *s)
{
	struct page p = { 0 };
	struct err e;

	if (label_draw_plain(g, f, s, &p, &e) == -1)
		fail_msg("%s", e.what);
	return p;
}

static bool
plain_same(const struct label_fields *a, const struct label_fields *b, const struct sheet *s)
{
	struct page one = plain(engine, a, s), two = plain(engine, b, s);
	bool is = same(&one, &two);

	page_free(&one);
	page_free(&two);
	return is;
}

/* ---- tests ---- */

static void
it_keeps_the_margins_of_every_sheet(void **state)
{
	static const char *const NAMES[] = { "Ada", "Maximiliane von Württemberg-Hohenlohe",
		"김민수", "محمد الأحمد", "" };
	static const char *const LANGS[] = { "en", "ko", "ja", "de", "fr" };

	(void)state;
	for (size_t i = 0; i < SHEETS_COUNT * 5; i++) {
		struct sheet s = sheet_of(i / 5);
		struct label_fields f = fields(NAMES[i % 5]);
		f.lang = LANGS[(i / 5 + i) % 5];
		struct page p = plain(engine, &f, &s);
		struct ink in = ink_of(&p);
		assert_int_equal(p.width, s.width);
		assert_true(s.roll ? p.height < s.height : p.height == s.height);
		if (in.left < s.left || in.right >= s.width - s.right || in.top < s.top ||
		    in.bottom >= p.height - s.bottom)
			fail_msg("sheet %zu: ink from %d,%d to %d,%d", i / 5, in.left, in.top, in.right,
			    in.bottom);
		/* It fills the sheet: there is ink in each third of it. */
		assert_true(in.dots > s.width * p.height / 40);
		page_free(&p);
	}
}

static void
the_day_and_the_name_count_on_every_sheet(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHEETS_COUNT; i++) {
		struct sheet s = sheet_of(i);
		struct label_fields f = fields("Ada"), other = f;
		other.expires++;
		if (plain_same(&f, &other, &s))
			fail_msg("the day does not show on sheet %zu", i);
		other = f;
		other.owner = "Ida";
		if (plain_same(&f, &other, &s))
			fail_msg("the name does not show on sheet %zu", i);
		other = f;
		other.code = "F3-24822";
		if (SHEETS[i].w * SHEETS[i].h > 40000 && plain_same(&f, &other, &s))
			fail_msg("the code does not show on sheet %zu", i);
	}
}

static void
the_day_is_the_largest_thing(void **state)
{
	struct sheet s = sheet_of(0);
	struct label_fields f = fields("HHH");
	struct page p = plain(engine, &f, &s);
	int row[400] = { 0 }, high = 0, run = 0, day = 0;

	(void)state;
	for (int y = 0; y < p.height; y++)
		for (int x = 0; x < p.width; x++)
			row[y] |= dot(&p, x, y);
	/* The heights of the lines of ink, from the top. */
	for (int y = 0; y < p.height; y++) {
		run = row[y] ? run + 1 : 0;
		if (y < p.height * 55 / 100)
			day = run > day ? run : day;
		else
			high = run > high ? run : high;
	}
	assert_true(day > high);
	page_free(&p);
}

static void
a_high_page_turns_the_label_and_a_square_one_does_not(void **state)
{
	struct label_fields f = fields("Ada");
	struct sheet lying = { .width = 600, .height = 240, .dpi_x = 203, .dpi_y = 203 };
	struct sheet high = { .width = 240, .height = 600, .dpi_x = 203, .dpi_y = 203,
		.rotate = -1 };

	(void)state;
	struct page p = plain(engine, &f, &lying), q = plain(engine, &f, &high);
	for (int y = 0; y < 240; y++)
		for (int x = 0; x < 600; x++)
			assert_int_equal(dot(&p, x, y), dot(&q, 239 - y, x));
	page_free(&q);
	/* As it is told to. */
	high.rotate = 0;
	q = plain(engine, &f, &high);
	assert_true(ink_of(&q).dots > 0);
	for (int y = 0, differs = 0; y < 240 && !differs; y++)
		for (int x = 0; x < 600; x++)
			differs |= dot(&p, x, y) != dot(&q, 239 - y, x);
	page_free(&p);
	page_free(&q);
}

static void
without_a_day_or_a_name_there_are_lines_to_write_on(void **state)
{
	struct sheet s = sheet_of(0);
	struct label_fields f = fields(NULL);

	(void)state;
	struct page p = plain(engine, &f, &s);
	assert_true(longest_line(&p, 150, 290) > 300);
	page_free(&p);
	f = fields("Ada");
	f.expires = f.stored = DAY_NONE;
	p = plain(engine, &f, &s);
	assert_true(longest_line(&p, 0, 180) > 300);
	page_free(&p);
}

static void
a_title_may_hold_fields_and_a_name_may_not(void **state)
{
	struct sheet s = sheet_of(0);
	struct label_fields f = fields(NULL), other = f;

	(void)state;
	f.title = "Kept for {fridge}";
	other.title = "Kept for 3F pantry";
	assert_true(plain_same(&f, &other, &s));
	f = other = fields("{fridge}");
	other.owner = "3F pantry";
	assert_false(plain_same(&f, &other, &s));
}

static void
the_day_is_red_where_the_roll_is(void **state)
{
	struct sheet s = sheet_of(0);
	struct label_fields f = fields("Ada");
	struct page black = plain(engine, &f, &s);

	(void)state;
	assert_null(black.red);
	s.red = true;
	struct page red = plain(engine, &f, &s);
	assert_non_null(red.red);
	int red_dots = 0;
	for (size_t i = 0; i < red.stride * (size_t)red.height; i++) {
		assert_int_equal(red.bits[i] & red.red[i], 0);
		assert_int_equal(red.bits[i] | red.red[i], black.bits[i]);
		red_dots += red.red[i] != 0;
	}
	assert_true(red_dots > 100 && ink_of(&red).dots > 500);
	page_free(&black);
	page_free(&red);
}

/* Slips, signs and faces of cards say what they are for, and are no labels. */
static void
what_is_no_label_says_its_own(void **state)
{
	const struct label_fields slip = { .fridge = "3F", .time = "16:00", .count = "2",
		.codes = "24818 24822", .lang = "en", .stored = DAY_NONE, .expires = TUE_24_MAR_2026 };
	const struct label_fields card = { .fridge = "3F", .preset = "freezer", .shelf = "90d",
		.lang = "en", .stored = DAY_NONE, .expires = DAY_NONE };
	const struct label_fields sign = { .fridge = "3F", .time = "16:00", .lang = "en",
		.stored = DAY_NONE, .expires = DAY_NONE };
	struct sheet s = sheet_of(0);
	struct label_fields other;

	(void)state;
	other = slip;
	other.codes = "24818 24839";
	assert_false(plain_same(&slip, &other, &s));
	other = slip;
	other.expires++;
	assert_false(plain_same(&slip, &other, &s));
	other = card;
	other.preset = "team";
	assert_false(plain_same(&card, &other, &s));
	other = card;
	other.shelf = "30d";
	assert_false(plain_same(&card, &other, &s));
	struct page p = plain(engine, &sign, &s);
	assert_true(ink_of(&p).dots > 500);
	assert_true(longest_line(&p, 0, p.height) < 200);	/* no line to write on */
	page_free(&p);
}

/* ---- where nothing is ---- */

/* The label of an engine with these folders, by a day as figures if there are no words. */
static void
assert_dated(const char *const *dirs)
{
	struct sheet s = sheet_of(0);
	struct label_fields f = fields("Ada"), other = f;
	struct label_engine *bare;
	struct err e;

	assert_int_equal(label_open(dirs, &bare, &e), 0);
	other.expires++;
	struct page p = plain(bare, &f, &s), q = plain(bare, &other, &s);
	assert_true(ink_of(&p).dots > 5000);
	assert_false(same(&p, &q));
	page_free(&p);
	page_free(&q);
	label_close(bare);
}

static void
a_missing_or_broken_folder_still_gives_a_dated_label(void **state)
{
	char broken[100], path[200];
	const char *const NONE[] = { NULL };
	const char *const NOWHERE[] = { "/nowhere/templates", NULL };
	const char *const BROKEN[] = { broken, NULL };
	static const struct { const char *name, *text; } FILES[] = {
		{ "fonts.conf", "<fontconfig><dir>/nowhere" },
		{ "words.en", "until = until {nobody}\nin = {\nname_blank = }\n" },
		{ "standard.svg", "no picture at all" },
	};

	(void)state;
	snprintf(broken, sizeof broken, "%s/broken", dir);
	assert_int_equal(mkdir(broken, 0700), 0);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", broken, FILES[i].name);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs(FILES[i].text, f);
		assert_int_equal(fclose(f), 0);
	}
	assert_dated(NONE);
	assert_dated(NOWHERE);
	assert_dated(BROKEN);
	assert_non_null(strstr(getenv("FONTCONFIG_FILE"), "templates/fonts.conf"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_keeps_the_margins_of_every_sheet),
		cmocka_unit_test(the_day_and_the_name_count_on_every_sheet),
		cmocka_unit_test(the_day_is_the_largest_thing),
		cmocka_unit_test(a_high_page_turns_the_label_and_a_square_one_does_not),
		cmocka_unit_test(without_a_day_or_a_name_there_are_lines_to_write_on),
		cmocka_unit_test(a_title_may_hold_fields_and_a_name_may_not),
		cmocka_unit_test(the_day_is_red_where_the_roll_is),
		cmocka_unit_test(what_is_no_label_says_its_own),
		cmocka_unit_test(a_missing_or_broken_folder_still_gives_a_dated_label),
	};

	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
