/* label_red_test.c - red where the roll has it, and black everywhere else. */
#include "label_world.h"

static const struct sheet BLACK = { .width = 480, .height = 240, .dpi_x = 203, .dpi_y = 203,
	.rotate = -1 };
static const struct sheet RED = { .width = 480, .height = 240, .dpi_x = 203, .dpi_y = 203,
	.rotate = -1, .red = true };

static bool
is_red(const struct page *p, int x, int y)
{
	return p->red != NULL &&
	    (p->red[(size_t)y * p->stride + (size_t)x / 8] >> (7 - x % 8) & 1) != 0;
}

static int
count_red(const struct page *p)
{
	int n = 0;

	for (int y = 0; y < p->height; y++)
		for (int x = 0; x < p->width; x++)
			n += is_red(p, x, y);
	return n;
}

/* The same dots are inked on both pages, and none of a red one is both. */
static void
assert_same_ink(const struct page *black, const struct page *red)
{
	assert_null(black->red);
	assert_non_null(red->red);
	assert_int_equal(black->height, red->height);
	for (int y = 0; y < black->height; y++)
		for (int x = 0; x < black->width; x++) {
			if (dot(red, x, y) && is_red(red, x, y))
				fail_msg("%d,%d is black and red", x, y);
			if (dot(black, x, y) != (dot(red, x, y) || is_red(red, x, y)))
				fail_msg("%d,%d is on one page alone", x, y);
		}
}

/* Draw a template's inside for Ada on both sheets: the dots that are black and red. */
static void
draw_both(const char *inside, int *black, int *red)
{
	struct label_fields f = fields("Ada");
	char text[2000];

	snprintf(text, sizeof text, SVG("%s"), inside);
	write_template("both", text);
	struct page one = draw_on(&BLACK, "both", &f, NULL), two = draw_on(&RED, "both", &f, NULL);
	assert_same_ink(&one, &two);
	*black = ink_of(&two).dots;
	*red = count_red(&two);
	page_free(&one);
	page_free(&two);
}

static void
what_is_red_in_a_template_is_red_on_a_red_roll_alone(void **state)
{
	static const struct { const char *inside; bool black, red; } CASES[] = {
		{ "<text x='5' y='20' font-size='8'>{owner}</text>", true, false },
		{ "<text x='5' y='20' font-size='8' fill='red'>{owner}</text>", false, true },
		{ "<text x='5' y='20' font-size='8' fill='#c00'>{owner}</text>", false, true },
		{ "<text x='5' y='20' font-size='8' style='fill:#d40000'>{owner}</text>", false, true },
		{ "<text x='5' y='20' font-size='8' fill='#ff5050'>{owner}</text>", false, true },
		{ "<text x='5' y='20' font-size='8' fill='#400000'>{owner}</text>", true, false },
		{ "<text x='5' y='20' font-size='8' fill='#0000ff'>{owner}</text>", true, false },
		{ "<rect x='5' y='5' width='9' height='9' fill='red'/>", false, true },
		{ "<rect x='5' y='5' width='9' height='9' fill='crimson'/>", false, true },
		{ "<rect x='5' y='5' width='9' height='9' fill='#ff5050'/>", false, true },
		{ "<rect x='5' y='5' width='9' height='9' fill='#400000'/>", true, false },
		{ "<rect x='5' y='5' width='9' height='9' fill='blue'/>", true, false },
		{ "<rect x='5' y='5' width='9' height='9' fill='yellow'/>", false, false },
		{ "<rect x='5' y='5' width='9' height='9'/><rect x='25' y='5' width='9' height='9' "
		    "fill='red'/>", true, true },
	};
	int black, red;

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		draw_both(CASES[i].inside, &black, &red);
		if ((black > 0) != CASES[i].black || (red > 0) != CASES[i].red)
			fail_msg("case %zu: %d black, %d red", i, black, red);
	}
}

/* Half grey is where a black edge is cut, and half red where a red one is. */
static void
the_edges_of_red_art_are_as_crisp_as_black_ones(void **state)
{
	static const char *const REDS[] = { "red", "#c00", "#d40000", "crimson" };
	char inside[200];
	int black, red, unused;

	(void)state;
	draw_both("<circle cx='30' cy='15' r='9.3'/><path d='M1 1L59 29M7 3L8 29' stroke='black' "
	    "stroke-width='0.4'/>", &black, &unused);
	for (size_t i = 0; i < sizeof REDS / sizeof *REDS; i++) {
		snprintf(inside, sizeof inside, "<g fill='%s' stroke='%s' stroke-width='0'>"
		    "<circle cx='30' cy='15' r='9.3'/><path d='M1 1L59 29M7 3L8 29' "
		    "stroke-width='0.4'/></g>", REDS[i], REDS[i]);
		draw_both(inside, &unused, &red);
		if (unused > 0)
			fail_msg("%s has %d black dots", REDS[i], unused);
		if (abs(red - black) > black / 50)
			fail_msg("%s has %d dots, black has %d", REDS[i], red, black);
	}
}

static void
what_lies_above_has_the_dot(void **state)
{
	int black, red;

	(void)state;
	draw_both("<rect width='20' height='30' fill='red'/><rect x='5' y='5' width='5' height='5'/>",
	    &black, &red);
	assert_int_equal(black, 5 * DOTS * 5 * DOTS);
	assert_int_equal(red, 20 * DOTS * 30 * DOTS - black);
	/* White text on red art is paper, red text on black art is red. */
	draw_both("<rect width='60' height='30' fill='red'/><text x='5' y='20' font-size='8' "
	    "fill='white'>{owner}</text>", &black, &red);
	assert_int_equal(black, 0);
	assert_in_range(red, 60 * DOTS * 30 * DOTS * 3 / 4, 60 * DOTS * 30 * DOTS - 200);
	draw_both("<rect width='60' height='30'/><text x='5' y='20' font-size='8' fill='red'>{owner}"
	    "</text>", &black, &red);
	assert_true(red > 200);
	assert_int_equal(black + red, 60 * DOTS * 30 * DOTS);
}

static void
red_turns_and_stretches_with_the_label(void **state)
{
	static const struct { int w, h, dpi_y, rotate; bool roll; } CASES[] = {
		{ 480, 240, 203, 90, false }, { 480, 240, 203, 180, false },
		{ 240, 480, 203, 270, false }, { 487, 240, 203, 0, false },
		{ 480, 480, 406, 0, false }, { 480, 4000, 203, 0, true }, { 200, 4000, 203, -1, true },
	};
	struct label_fields f = fields("Ada");

	(void)state;
	write_template("both", SVG("<rect x='30' y='2' width='9' height='9' fill='red'/>"
	    "<text x='5' y='20' font-size='8' fill='red'>{owner}</text>"
	    "<text x='5' y='26' font-size='5'>{code}</text>"));
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		struct sheet s = { .width = CASES[i].w, .height = CASES[i].h, .dpi_x = 203,
			.dpi_y = CASES[i].dpi_y, .rotate = CASES[i].rotate, .roll = CASES[i].roll };
		struct page black = draw_on(&s, "both", &f, NULL);
		s.red = true;
		struct page red = draw_on(&s, "both", &f, NULL);
		assert_same_ink(&black, &red);
		assert_true(count_red(&red) > 500);
		assert_true(ink_of(&red).dots > 100);
		page_free(&black);
		page_free(&red);
	}
}

static void
red_and_black_of_one_size_are_kept_apart(void **state)
{
	struct label_fields f = fields("Ada");

	(void)state;
	write_template("both", SVG("<rect x='30' y='2' width='9' height='9' fill='red'/>"));
	for (int i = 0; i < 3; i++) {
		struct page black = draw_on(&BLACK, "both", &f, NULL);
		struct page red = draw_on(&RED, "both", &f, NULL);
		assert_same_ink(&black, &red);
		assert_int_equal(count_red(&red), 72 * 72);
		page_free(&black);
		page_free(&red);
	}
}

/* ---- files ---- */

static struct page
red_page(void)
{
	struct label_fields f = fields("Ada");

	write_template("both", SVG("<rect x='5' y='5' width='9' height='9' fill='red'/>"
	    "<rect x='25' y='5' width='9' height='9'/>"));
	return draw_on(&RED, "both", &f, NULL);
}

/* What a command prints. */
static void
output_of(const char *command, char *out, size_t size)
{
	FILE *from = popen(command, "r");

	assert_non_null(from);
	size_t n = fread(out, 1, size - 1, from);
	out[n] = '\0';
	assert_int_equal(pclose(from), 0);
}

static void
a_png_shows_red_in_three_colours(void **state)
{
	struct page p = red_page();
	char path[200], command[400], out[400];
	struct err e;

	(void)state;
	snprintf(path, sizeof path, "%s/red.png", dir);
	assert_int_equal(page_write_png(&p, path, &e), 0);
	page_free(&p);
	if (system("command -v convert >/dev/null") != 0)
		skip();
	/* Read by another program: each colour is counted. */
	snprintf(command, sizeof command, "convert %s -format %%c histogram:info:- | "
	    "sed 's/^ *//; s/:.*#/ /; s/ [a-z(].*//' | sort", path);
	output_of(command, out, sizeof out);
	assert_string_equal(out, "104832 FFFFFF\n5184 000000\n5184 FF0000\n");
	snprintf(command, sizeof command, "identify -units PixelsPerInch -format '%%w %%h %%x' %s",
	    path);
	output_of(command, out, sizeof out);
	assert_memory_equal(out, "480 240 20", 10);
}

static void
a_pdf_shows_red_beside_black(void **state)
{
	struct page p = red_page();
	char path[200], command[400], out[400];
	struct err e;

	(void)state;
	snprintf(path, sizeof path, "%s/red.pdf", dir);
	assert_int_equal(page_write_pdf(&p, 2, path, &e), 0);
	page_free(&p);
	if (system("command -v pdftoppm >/dev/null && command -v convert >/dev/null") != 0)
		skip();
	snprintf(command, sizeof command, "pdftoppm -r 203 -aa no -aaVector no -f 2 -l 2 %s | "
	    "convert ppm:- -format %%c histogram:info:- | "
	    "sed 's/^ *//; s/:.*#/ /; s/ [a-z(].*//' | grep -v FFFFFF | sort", path);
	output_of(command, out, sizeof out);
	assert_string_equal(out, "5184 000000\n5184 FF0000\n");
}

/* What comes out at one end when the page is written to the other, and then a form feed. */
static void
text_of(const struct page *p, int into, int from, char *out, size_t size)
{
	struct err e;
	size_t n = 0;

	assert_true(into != -1 && from != -1);
	assert_int_equal(page_write_text(p, 40, into, &e), 0);
	assert_int_equal(write(into, "\f", 1), 1);
	while (n < size - 1 && memchr(out, '\f', n) == NULL) {
		ssize_t got = read(from, out + n, size - 1 - n);
		assert_true(got > 0);
		n += (size_t)got;
	}
	out[n] = '\0';
	close(into);
	close(from);
}

static void
a_terminal_shows_red_and_a_file_has_no_colours(void **state)
{
	struct page p = red_page();
	char path[200], out[20000];

	(void)state;
	snprintf(path, sizeof path, "%s/red.txt", dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	text_of(&p, fd, open(path, O_RDONLY), out, sizeof out);
	assert_null(strchr(out, '\033'));
	assert_non_null(strstr(out, "█"));

	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(terminal != -1 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	text_of(&p, open(ptsname(terminal), O_RDWR | O_NOCTTY), terminal, out, sizeof out);
	assert_non_null(strstr(out, "\033[31m██"));
	/* Black beside it has its own colour, and each line ends in order. */
	char *line = strstr(out, "\033[31m██");
	assert_non_null(strstr(line, "\033[0m"));
	assert_true(strstr(line, "\033[0m") < strchr(line, '\n'));
	assert_non_null(strstr(strstr(line, "\033[0m"), "██"));
	page_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_red_in_a_template_is_red_on_a_red_roll_alone),
		cmocka_unit_test(the_edges_of_red_art_are_as_crisp_as_black_ones),
		cmocka_unit_test(what_lies_above_has_the_dot),
		cmocka_unit_test(red_turns_and_stretches_with_the_label),
		cmocka_unit_test(red_and_black_of_one_size_are_kept_apart),
		cmocka_unit_test(a_png_shows_red_in_three_colours),
		cmocka_unit_test(a_pdf_shows_red_beside_black),
		cmocka_unit_test(a_terminal_shows_red_and_a_file_has_no_colours),
	};

	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
