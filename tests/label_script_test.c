/* label_script_test.c - what is written from the right, bold scripts, and shelf lives in
 * words. */
#include "label_world.h"

/* Words are read when a language is first used. */
static int
open_with_words(void **state)
{
	if (open_engine(state) == -1)
		return -1;
	write_words("en", "today = today\n");
	write_words("ko", "today = 오늘\n");
	return 0;
}

/* ---- written from the right ---- */

static void
what_is_written_from_the_right_starts_there(void **state)
{
	static const struct { const char *name; bool right; } CASES[] = {
		{ "Ada", false }, { "חיים", true }, { "محمد", true }, { "12 محمد", true },
		{ "Ada חיים", false }, { "חיים Ada", true }, { "F3-24818", false }, { "12", false },
		{ "김민수", false },
	};
	static const struct { const char *align; bool moves, right; } ALIGNS[] = {
		{ "", true, false }, { "data-align='start'", true, false },
		{ "data-align='left'", false, false }, { "data-align='end'", false, true },
		{ "data-align='right'", false, true },
	};

	(void)state;
	for (size_t a = 0; a < sizeof ALIGNS / sizeof *ALIGNS; a++) {
		char text[500];
		snprintf(text, sizeof text, SVG("<rect id='b' x='10' y='10' width='40' height='10' "
		    "fill='none'/><text data-box='b' data-fit='shrink' font-size='6' %s>{owner}"
		    "</text>"), ALIGNS[a].align);
		write_template("side", text);
		for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
			struct ink in = ink_with("side", CASES[i].name);
			bool right = ALIGNS[a].moves ? CASES[i].right : ALIGNS[a].right;
			if (right ? in.right < 50 * DOTS - 3 : in.left > 10 * DOTS + 2)
				fail_msg("%s with %s: ink from %d to %d", CASES[i].name, ALIGNS[a].align,
				    in.left, in.right);
		}
	}
	/* In the middle it stays, and in no box where it was drawn. */
	write_template("side", ONE_BOX("data-align='middle'"));
	struct ink in = ink_with("side", "חיים");
	assert_in_range(in.left + in.right, 60 * DOTS - 3, 60 * DOTS + 1);
	write_template("side", SVG("<text x='20' y='15' font-size='5'>{owner}</text>"));
	assert_in_range(ink_with("side", "חיים").left, 20 * DOTS, 20 * DOTS + 2);
}

/* The columns of ink in the last so many dots of a side. */
static int
ink_height_at(const struct page *p, int from, int to)
{
	int top = p->height, bottom = -1;

	for (int y = 0; y < p->height; y++)
		for (int x = from; x < to; x++)
			if (dot(p, x, y)) {
				top = y < top ? y : top;
				bottom = y;
			}
	return bottom - top + 1;
}

static void
an_ellipsis_stands_where_the_text_would_go_on(void **state)
{
	char hebrew[300] = "", latin[300] = "";

	(void)state;
	write_template("one", ONE_BOX("data-fit='shrink'"));
	for (int i = 0; i < 24; i++) {
		strcat(hebrew, "חלל");
		strcat(latin, "HHH");
	}
	struct page h = draw("one", hebrew), l = draw("one", latin);
	struct ink hi = ink_of(&h), li = ink_of(&l);
	/* A few low dots at the end, whole letters at the start. */
	assert_true(ink_height_at(&h, hi.left, hi.left + 6) <= 5);
	assert_true(ink_height_at(&h, hi.right - 5, hi.right + 1) >= 8);
	assert_true(ink_height_at(&l, li.right - 5, li.right + 1) <= 5);
	assert_true(ink_height_at(&l, li.left, li.left + 6) >= 8);
	page_free(&h);
	page_free(&l);
}

static void
lines_from_the_right_all_start_there(void **state)
{
	struct page p;

	(void)state;
	write_template("two", ONE_BOX("data-fit='wrap' data-lines='2'"));
	p = draw("two", "חיים כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן");
	struct ink in = ink_of(&p);
	int middle = (in.top + in.bottom) / 2;
	for (int half = 0; half < 2; half++) {
		int right = 0;
		for (int y = half ? middle + 3 : in.top; y <= (half ? in.bottom : middle - 3); y++)
			for (int x = 0; x < p.width; x++)
				right = dot(&p, x, y) && x > right ? x : right;
		assert_in_range(right, 50 * DOTS - 2, 50 * DOTS - 1);
	}
	page_free(&p);
}

/* ---- family and weight ---- */

static void
bold_is_bolder_in_every_script(void **state)
{
	static const struct { const char *name, *lang; } SCRIPTS[] = {
		{ "Ada Lovelace", "en" }, { "김민수", "ko" }, { "김민수", "en" }, { "山田太郎", "ja" },
		{ "ひらがな", "ja" }, { "王小明", "zh" }, { "王小明", "ko" }, { "محمد", "ar" },
		{ "חיים", "he" }, { "สมชาย", "th" }, { "राम", "hi" }, { "Ирина", "ru" },
		{ "Ελένη", "el" },
	};
	static const char *const FAMILIES[] = { "Noto Sans", "sans-serif", "Arial" };

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		char text[400];
		for (int bold = 0; bold < 2; bold++) {
			snprintf(text, sizeof text, SVG("<text x='5' y='20' font-size='8' "
			    "font-family='%s' font-weight='%s'>{owner}</text>"), FAMILIES[k],
			    bold ? "bold" : "normal");
			write_template(bold ? "bold" : "normal", text);
		}
		for (size_t i = 0; i < sizeof SCRIPTS / sizeof *SCRIPTS; i++) {
			struct label_fields f = fields(SCRIPTS[i].name);
			f.lang = SCRIPTS[i].lang;
			struct page n = draw_on(&SMALL, "normal", &f, NULL);
			struct page b = draw_on(&SMALL, "bold", &f, NULL);
			int normal = ink_of(&n).dots, bold = ink_of(&b).dots;
			if (bold * 100 < normal * 112)
				fail_msg("%s in %s, %s: %d dots, bold %d", SCRIPTS[i].name,
				    SCRIPTS[i].lang, FAMILIES[k], normal, bold);
			page_free(&n);
			page_free(&b);
		}
	}
}

static void
the_family_named_is_the_one_that_prints(void **state)
{
	static const struct { const char *name, *sans, *serif; } CASES[] = {
		{ "Ada", "Noto Sans", "Noto Serif" },
		{ "김민수", "Noto Sans CJK KR", "Noto Serif CJK KR" },
		{ "山田", "Noto Sans CJK JP", "Noto Serif CJK JP" },
	};
	char text[400];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct page p[2];
		for (int k = 0; k < 2; k++) {
			snprintf(text, sizeof text, SVG("<text x='5' y='20' font-size='8' "
			    "font-family='%s'>{owner}</text>"), k ? CASES[i].serif : CASES[i].sans);
			write_template(k ? "serif" : "sans", text);
			p[k] = draw(k ? "serif" : "sans", CASES[i].name);
		}
		if (same(&p[0], &p[1]))
			fail_msg("%s looks alike in %s and %s", CASES[i].name, CASES[i].sans,
			    CASES[i].serif);
		page_free(&p[0]);
		page_free(&p[1]);
	}
}

/* ---- shelf lives and codes ---- */

static void
a_shelf_life_is_said_in_the_labels_language(void **state)
{
	static const struct { const char *lang, *shelf, *text; } CASES[] = {
		{ "en", "90d", "90 days" }, { "en", "1", "1 day" }, { "en", "fri", "Friday" },
		{ "en", "0", "today" }, { "en", "0d", "today" }, { "ko", "90d", "90일" },
		{ "ko", "fri", "금요일" }, { "ko", "0", "오늘" }, { "de", "sun", "Sonntag" },
		{ "de", "7d", "7 Tage" }, { "en", "as long as it lasts", "as long as it lasts" },
		{ "en", "", "" },
	};

	(void)state;
	write_template("one", ONE_BOX("data-fit='shrink'"));
	write_template("said", SVG("<rect id='b' x='10' y='10' width='40' height='10' fill='none'/>"
	    "<text data-box='b' data-fit='shrink' font-family='Noto Sans' font-size='6'>{shelf}"
	    "</text>"));
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct label_fields f = fields(CASES[i].text);
		f.lang = CASES[i].lang;
		struct page want = draw_on(&SMALL, "one", &f, NULL);
		f.owner = NULL;
		f.shelf = CASES[i].shelf;
		struct page said = draw_on(&SMALL, "said", &f, NULL);
		if (!same(&said, &want))
			fail_msg("%s in %s is not %s", CASES[i].shelf, CASES[i].lang, CASES[i].text);
		page_free(&said);
		page_free(&want);
	}
}

static void
two_hundred_codes_are_all_there(void **state)
{
	struct sheet s = { .width = 696, .height = 3000, .dpi_x = 300, .dpi_y = 300,
		.rotate = -1, .roll = true };
	struct label_fields f = fields(NULL);
	char codes[200 * 12] = "";

	(void)state;
	write_template("slip", "<svg xmlns='http://www.w3.org/2000/svg' width='62mm' "
	    "height='240mm' viewBox='0 0 62 240'><rect id='b' x='2' y='2' width='58' height='236' "
	    "fill='none'/><text data-box='b' data-fit='wrap' data-lines='80' data-align='start top' "
	    "font-size='2.5'>{codes}</text></svg>");
	for (int i = 0; i < 200; i++)
		sprintf(codes + strlen(codes), "ABCD-%05d ", 10000 + 37 * i);
	f.codes = codes;
	struct page all = draw_on(&s, "slip", &f, NULL);
	/* The last code counts: nothing is cut off and nothing ends in an ellipsis. */
	codes[strlen(codes) - 11] = '\0';
	struct page less = draw_on(&s, "slip", &f, NULL);
	strcat(codes, " ABCD-99999");
	struct page other = draw_on(&s, "slip", &f, NULL);
	assert_false(same(&all, &less));
	assert_false(same(&all, &other));
	page_free(&less);
	page_free(&other);
	page_free(&all);
}

static void
a_code_is_not_broken_at_its_hyphen(void **state)
{
	struct label_fields f = fields(NULL);

	(void)state;
	write_template("code", SVG("<rect id='b' x='10' y='2' width='34' height='26' fill='none'/>"
	    "<text data-box='b' data-fit='wrap' data-lines='3' data-align='start top' "
	    "font-size='3'>{codes}</text>"));
	/* The box is as wide as two codes and the start of a third, which goes to the next line. */
	f.codes = "F3-24818 F3-24822";
	struct page two = draw_on(&SMALL, "code", &f, NULL);
	f.codes = "F3-24818 F3-24822 F3-24839";
	struct page three = draw_on(&SMALL, "code", &f, NULL);
	int high = ink_of(&two).bottom;
	assert_true(ink_of(&three).bottom > high);
	for (int y = 0; y <= high; y++)
		for (int x = 0; x < 480; x++)
			if (dot(&two, x, y) != dot(&three, x, y))
				fail_msg("the third code begins on the line of the others");
	page_free(&two);
	page_free(&three);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_from_the_right_starts_there),
		cmocka_unit_test(an_ellipsis_stands_where_the_text_would_go_on),
		cmocka_unit_test(lines_from_the_right_all_start_there),
		cmocka_unit_test(bold_is_bolder_in_every_script),
		cmocka_unit_test(the_family_named_is_the_one_that_prints),
		cmocka_unit_test(a_shelf_life_is_said_in_the_labels_language),
		cmocka_unit_test(two_hundred_codes_are_all_there),
		cmocka_unit_test(a_code_is_not_broken_at_its_hyphen),
	};

	return cmocka_run_group_tests(tests, open_with_words, close_engine);
}
