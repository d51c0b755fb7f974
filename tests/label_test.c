/* label_test.c - whatever stands on a label, it is legible and stays in its box. */
#include "label_world.h"

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

/* ms that this program has had a core for: what others have does not count. */
static int64_t
spent_ms(void)
{
	return (int64_t)clock() * 1000 / CLOCKS_PER_SEC;
}

/* So many ms of a real machine: how many times slower an emulator is, is what who starts it
 * says. */
static int64_t
real_ms(int64_t ms)
{
	const char *slower = getenv("TIMES_SLOWER");

	return slower != NULL ? ms * atoi(slower) : ms;
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
		int64_t from = spent_ms();
		struct ink in = ink_with(TEMPLATES[i % 3], name);
		if (spent_ms() - from > real_ms(2000))
			fail_msg("name %d took %d ms", i, (int)(spent_ms() - from));
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
	int64_t from = spent_ms();
	assert_true(ink_with("shrink", huge).dots > 0);
	assert_true(spent_ms() - from < real_ms(5000));
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
	write_template("one", ONE_BOX("data-fit='shrink'"));
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
	both = draw("one", "אב");	/* of which none moves the other nearer */
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
	assert_false(draws_same("one", "{code}", "F3-24818"));
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
		{ "{until}", "until Tue 24 Mar" }, { "{fridge} {code}", "3F pantry F3-24818" },
		{ "{{x}}", "{x}" }, { "{in}, {until}", "in 17 Mar, until Tue 24 Mar" },
		{ "{register}", "not registered? tell the office F3-24818" },
		{ "{group}{code}", "F3-24818" },
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
a_language_without_words_has_its_dates_in_english_too(void **state)
{
	struct label_fields f = fields(NULL);

	(void)state;
	write_template("said", SVG("<text x='5' y='20' font-size='5'>{until}</text>"));
	struct page en = draw_on(&SMALL, "said", &f, NULL);
	f.lang = "es";
	struct page es = draw_on(&SMALL, "said", &f, NULL);
	assert_true(same(&en, &es));
	page_free(&en);
	page_free(&es);
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
		cmocka_unit_test(a_language_without_words_has_its_dates_in_english_too),
		cmocka_unit_test(what_a_condition_hides_is_not_drawn),
		cmocka_unit_test(a_label_without_dates_has_lines_to_write_on),
		cmocka_unit_test(a_guest_label_has_a_line_for_the_name),
	};

	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
