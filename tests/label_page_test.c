/* label_page_test.c - QR codes, where a label goes on its page, and the page as a file. */
#include "label_world.h"

/* ---- QR codes ---- */

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
	f.code = "F3-24818";
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

/* How long a label of so many codes is on a roll that takes the template's width. */
static int
length_of(const char *template, int codes, int rotate)
{
	struct sheet s = { .width = rotate % 180 == 0 ? 480 : 320, .height = 4000, .dpi_x = 203,
		.dpi_y = 203, .rotate = rotate, .roll = true };
	struct label_fields f = fields("Ada");
	char all[600] = "";

	for (int i = 0; i < codes; i++)
		strcat(all, "F3-24818 ");
	f.codes = all;
	struct page p = draw_on(&s, template, &f, NULL);
	struct ink in = ink_of(&p);
	int height = p.height;
	if (rotate == 0 && in.bottom >= height)
		fail_msg("ink at %d of %d", in.bottom, height);
	page_free(&p);
	return height;
}

static void
a_roll_is_cut_behind_the_content_with_the_templates_margin(void **state)
{
	static const char SLIP[] = "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' "
	    "height='120mm' viewBox='0 0 60 120'><rect id='b' x='3' y='10' width='54' height='106' "
	    "fill='none'/><text data-box='b' data-fit='wrap' data-lines='30' "
	    "data-align='start top' font-size='4'>{codes}</text>%s</svg>";
	char text[900];

	(void)state;
	snprintf(text, sizeof text, SLIP, "");
	write_template("slip", text);
	int few = length_of("slip", 6, 0), more = length_of("slip", 18, 0);
	int all = length_of("slip", 60, 0);
	assert_true(few < more && more < all && all <= 120 * DOTS);
	/* Two lines of 4 mm from 10 mm on, and the 4 mm below the box: about 22 mm. */
	assert_in_range(few, 19 * DOTS, 25 * DOTS);
	/* Upside down it is the same length. */
	assert_int_equal(length_of("slip", 6, 180), few);
	/* Along the roll it is the template's width. */
	assert_int_equal(length_of("slip", 6, 90), length_of("slip", 60, 90));
	/* Nothing is shorter than 12 mm. */
	assert_int_equal(length_of("slip", 0, 0), 96);

	/* What stands at the end keeps the length: a frame, or a text aligned there. */
	snprintf(text, sizeof text, SLIP, "<rect x='1' y='1' width='58' height='118' fill='none' "
	    "stroke='black' stroke-width='0.5'/>");
	write_template("slip", text);
	assert_in_range(length_of("slip", 6, 0), 120 * DOTS - 1, 120 * DOTS);
	snprintf(text, sizeof text, SLIP, "<text data-box='b' data-align='end bottom' "
	    "font-size='4'>{code}</text>");
	write_template("slip", text);
	assert_in_range(length_of("slip", 6, 0), 120 * DOTS - 1, 120 * DOTS);
}

static void
a_shipped_label_on_a_roll_has_its_own_length(void **state)
{
	static const char *const NAMES[] = { "Ada", "gjpqy", "김민수", NULL };
	struct sheet s = { .width = 732, .height = 3000, .dpi_x = 300, .dpi_y = 300,
		.rotate = -1, .roll = true };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct label_fields f = fields(NAMES[i % 4]);
		f.qr = i / 4 == 1 ? "{code}" : "";
		struct page p = draw_on(&s, "standard", &f, NULL);
		assert_in_range(p.height, 339, 342);	/* 29 mm */
		page_free(&p);
	}
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
		cmocka_unit_test(a_qr_code_is_there_only_if_it_says_something),
		cmocka_unit_test(a_qr_codes_modules_are_whole_dots),
		cmocka_unit_test(a_label_is_scaled_as_a_whole_into_the_middle),
		cmocka_unit_test(only_a_page_much_higher_than_wide_turns_a_landscape_template),
		cmocka_unit_test(a_turned_label_is_the_same_label_turned),
		cmocka_unit_test(a_roll_gives_the_width_and_the_template_the_length),
		cmocka_unit_test(a_roll_is_cut_behind_the_content_with_the_templates_margin),
		cmocka_unit_test(a_shipped_label_on_a_roll_has_its_own_length),
		cmocka_unit_test(dots_that_are_not_square_change_no_proportion),
		cmocka_unit_test(shipped_labels_keep_their_margins_on_every_size),
		cmocka_unit_test(a_page_that_cannot_be_is_refused),
		cmocka_unit_test(a_png_says_its_size_and_resolution),
		cmocka_unit_test(a_pdf_has_a_page_of_exact_size_for_each_copy),
		cmocka_unit_test(a_page_as_text_has_the_asked_columns),
		cmocka_unit_test(a_file_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
