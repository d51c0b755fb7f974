/* label_check_test.c - the check of templates finds what would go wrong, says where, and
 * leaves what is right alone. */
#include "label_world.h"

#define CHECK_MS 10000		/* with sanitizers, on a slow machine */

struct heard {
	struct finding list[256];
	size_t count;
};

static void
hear_one(void *arg, const struct finding *f)
{
	struct heard *h = arg;

	assert_true(h->count < 256);
	h->list[h->count++] = *f;
}

static struct heard
check_on(const char *template, const char *lang, const struct sheet *sheet)
{
	struct heard h = { .count = 0 };
	struct err e;

	if (label_check(engine, template, lang, sheet, hear_one, &h, &e) == -1)
		fail_msg("%s", e.what);
	return h;
}

static struct heard
check_text(const char *text)
{
	write_template("checked", text);
	return check_on("checked", "en", &SMALL);
}

static void
show(const struct heard *h)
{
	for (size_t i = 0; i < h->count; i++)
		fprintf(stderr, "  %s %d: %s (%s)\n", h->list[i].error ? "error" : "warning",
		    h->list[i].line, h->list[i].what, h->list[i].todo);
}

static const struct finding *
find(const struct heard *h, const char *says)
{
	for (size_t i = 0; i < h->count; i++)
		if (strstr(h->list[i].what, says) != NULL)
			return &h->list[i];
	return NULL;
}

#define RECT(id, x, y, w, h) "<rect id='" id "' x='" #x "' y='" #y "' width='" #w \
	"' height='" #h "' fill='none'/>"
#define FONT "font-family='Noto Sans' font-size='5' data-fit='shrink' "
#define LINES(n) SVG("\n<!-- the text is on line 4 -->\n\n" n)

/* Alone in its template each is found, and nothing else is. */
static const struct {
	const char *text;
	bool error;
	int line;
	const char *says;
} ONE_EACH[] = {
	/* fields and attributes */
	{ LINES("<text x='9' y='9' " FONT ">{nobody}</text>"), true, 4, "{nobody} is neither" },
	{ LINES("<g data-if='sunny'><text x='9' y='9' " FONT ">{code}</text></g>"), true, 4,
	    "names no field" },
	{ LINES("<text data-box='b' " FONT ">{code}</text>"), true, 4, "names no rectangle" },
	{ LINES("<text x='9' y='9' data-allign='end' " FONT ">{code}</text>"), false, 4,
	    "data-allign means nothing" },
	{ LINES("<text x='9' y='9' data-lines='2.5' " FONT ">{code}</text>"), true, 4,
	    "data-lines=\"2.5\" is not understood" },
	{ LINES("<g data-box='b'><text x='9' y='9' " FONT ">{code}</text></g>"), false, 4,
	    "data-box means nothing at <g>" },
	/* the page */
	{ LINES("<text data-box='b' " FONT ">{code}</text>" RECT("b", 70, 9, 20, 8)), true, 4,
	    "lies beside the page" },
	{ LINES("<text data-box='b' data-align='start top' " FONT ">{code}</text>"
	    RECT("b", 9, 24, 40, 14)), false, 4,
	    "the box of the text \"{code}\" leaves the page" },
	{ LINES("<text x='9' y='29.9' font-family='Noto Sans' font-size='4'>{fridge}</text>"), true, 4, "leaves the page" },
	{ LINES("<text x='40' y='9' " FONT ">Fridge of the third floor</text>"), true, 4,
	    "leaves the page" },
	/* what fits, and what does not */
	{ LINES("<text data-box='b' font-family='Noto Sans' font-size='5'>{expires:MMMMdEEEE}"
	    "</text>" RECT("b", 9, 9, 20, 8)), true, 4, "is cut in the language en" },
	{ LINES("<text data-box='b' " FONT ">{owner}</text>" RECT("b", 9, 9, 20, 8)), false, 4,
	    "is cut with a name of 24 letters" },
	{ LINES("<text data-box='b' " FONT ">{owner}</text>" RECT("b", 1, 1, 58, 28)), false, 4,
	    "is cut with the longest names, and its box has room" },
	{ LINES("<text x='9' y='9' font-family='Noto Sans' font-size='1.6'>{code}</text>"), false, 4,
	    "below 7 pt" },
	{ LINES("<text data-box='b' font-family='Noto Sans' font-size='5'>{until_blank}</text>"
	    RECT("b", 9, 9, 18, 8)), false, 4,
	    "mm to write on" },
	{ LINES("<text data-box='b' " FONT ">{code}</text><text data-box='c' " FONT ">{fridge}"
	    "</text>" RECT("b", 9, 9, 40, 8) RECT("c", 9, 14, 40, 8)), false, 4,
	    "are shown together and overlap" },
	{ LINES("<text data-box='b' " FONT ">{code}</text>" RECT("b", 9, 9, 40, 8)
	    "<rect data-qr='{code}' x='30' y='9' width='20' height='20'/>"), false, 4,
	    "overlaps the QR code of line 4" },
	{ LINES("<rect data-qr='{code}' x='9' y='9' width='7' height='7'/>"), false, 4,
	    "too small for a QR code" },
	{ LINES("<rect data-qr='{code}' x='50' y='9' width='20' height='20'/>"), true, 4,
	    "the QR code leaves the page" },
	/* how it looks */
	{ LINES("<text x='9' y='9' font-family='Arial' font-size='5'>Fridge</text>"), false, 4,
	    "the font Arial is not among those" },
	{ LINES("<text x='9' y='9' font-family='Noto Sans' font-size='5'>\xf0\x92\x80\x80 \xee\x80\x80"
	    "</text>"), false, 4, "no font has" },
	{ LINES("<path d='M9 9h9' stroke='#000' stroke-width='0.05'/>"), false, 4,
	    "thinner than a dot" },
	{ LINES("<g transform='scale(0.1)'><rect x='90' y='90' width='99' height='0.9'/></g>"),
	    false, 4, "thinner than a dot" },
	{ LINES("<rect x='9' y='9' width='9' height='9' fill='#888'/>"), false, 4,
	    "the colour #888 prints as white" },
	{ LINES("<rect x='9' y='9' width='9' height='9' style='fill:blue'/>"), false, 4,
	    "the colour blue prints as black" },
	{ LINES("<rect x='9' y='9' width='9' height='9' opacity='0.5'/>"), false, 4,
	    "opacity 0.5 is a grey" },
	{ LINES("<style>rect { fill: #888 }</style>"), false, 4, "what a <style> sets" },
	/* what it refers to */
	{ LINES("<image href='logo.png' width='9' height='9'/>"), true, 4,
	    "the picture logo.png is missing" },
	{ LINES("<image href='../logo.png' width='9' height='9'/>"), true, 4, "outside its folder" },
	{ LINES("<use href='#nothing'/>"), true, 4, "which is not in it" },
	{ LINES("<script>1</script>"), true, 4, "<script> cannot be printed" },
	{ LINES("<g onclick='x()'/>"), true, 4, "it holds a script" },
	{ LINES("<g id='a'><use href='#a'/></g>"), true, 0, "a thing within itself" },
	{ "<!DOCTYPE svg [<!ENTITY a 'b'>]>" SVG("&a;"), true, 0, "it declares entities" },
	{ "<svg xmlns='http://www.w3.org/2000/svg'\n><g>\n</svg>", true, 3, "Premature end" },
	{ "<html/>", true, 0, "it is no SVG" },
	{ "<svg xmlns='http://www.w3.org/2000/svg' width='100%' height='9mm'/>", true, 1,
	    "its width is no length" },
};

static void
each_mistake_is_found_with_its_line_and_alone(void **state)
{
	bool ok = true;

	(void)state;
	for (size_t i = 0; i < sizeof ONE_EACH / sizeof *ONE_EACH; i++) {
		struct heard h = check_text(ONE_EACH[i].text);
		const struct finding *f = find(&h, ONE_EACH[i].says);
		if (h.count == 1 && f != NULL && f->error == ONE_EACH[i].error &&
		    f->line == ONE_EACH[i].line)
			continue;
		fprintf(stderr, "case %zu: expected %s %d: %s\n", i, ONE_EACH[i].error ? "error" :
		    "warning", ONE_EACH[i].line, ONE_EACH[i].says);
		show(&h);
		ok = false;
	}
	assert_true(ok);
}

static void
what_prints_as_it_is_meant_is_left_alone(void **state)
{
	static const char *const FINE[] = {
		SVG(""),
		SVG("<text x='9' y='9' " FONT ">{code}</text>"),
		SVG("<text x='9' y='9' font-family='sans-serif' font-size='5'>Fridge</text>"),
		SVG("<text data-box='b' " FONT "data-lines='4'>{owner}</text>" RECT("b", 1, 1, 58, 14)),
		/* in one box, and never together */
		SVG("<text data-box='b' data-if='code' " FONT ">{code}</text>" RECT("b", 9, 9, 40, 8)
		    "<text data-box='b' data-if='!code' " FONT ">{fridge}</text>"),
		SVG("<g data-if='qr'><rect data-qr='{code}' x='9' y='9' width='20' height='20'/></g>"
		    "<text data-box='b' data-if='!qr' " FONT ">{code}</text>" RECT("b", 9, 9, 40, 8)),
		/* one is there only without the other's field */
		SVG("<text data-box='b' " FONT ">{title}</text>" RECT("b", 9, 9, 40, 8)
		    "<text data-box='b' data-if='!title' " FONT ">{fridge}</text>"),
		/* red, black and white, and what does not show */
		SVG("<rect width='9' height='9' fill='#c00'/><rect width='9' height='9' "
		    "fill='white' stroke='black' stroke-width='0.3'/><rect width='9' height='9' "
		    "fill='none' stroke='none' stroke-width='0.01'/><g display='none'>"
		    "<rect width='9' height='9' fill='#888'/></g><defs><path id='p' stroke='#777' "
		    "d='M0 0h9'/></defs>"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof FINE / sizeof *FINE; i++) {
		struct heard h = check_text(FINE[i]);
		show(&h);
		assert_int_equal(h.count, 0);
	}
}

static void
all_mistakes_of_a_template_are_told_in_the_order_of_lines(void **state)
{
	(void)state;
	struct heard h = check_text(SVG("\n<text x='9' y='9' " FONT ">{one} {two}</text>"
	    "\n<text x='9' y='19' data-fit='x' data-lines='0' data-align='up' font-size='5'>{three}"
	    "</text>\n<image href='no.png'/><script/>\n<g data-if='four'><text x='9' y='25' "
	    "font-family='Arial' " "font-size='5'>{code}</text></g>"));
	static const struct { int line; const char *says; } WANT[] = {
		{ 2, "{one}" }, { 2, "{two}" }, { 3, "{three}" }, { 3, "data-fit" },
		{ 3, "data-lines" }, { 3, "data-align" }, { 4, "no.png" }, { 4, "<script>" },
		{ 5, "four" }, { 5, "Arial" },
	};

	for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
		const struct finding *f = find(&h, WANT[i].says);
		if (f == NULL || f->line != WANT[i].line)
			show(&h);
		assert_non_null(f);
		assert_int_equal(f->line, WANT[i].line);
	}
	for (size_t i = 1; i < h.count; i++)
		assert_true(h.list[i - 1].line <= h.list[i].line);
	assert_int_equal(h.count, sizeof WANT / sizeof *WANT);
}

static void
a_label_that_is_much_too_large_for_the_sheet_is_said_once(void **state)
{
	const struct sheet tiny = { .width = 160, .height = 80, .dpi_x = 203, .dpi_y = 203,
		.rotate = 0 };

	(void)state;
	write_template("checked", SVG("<text x='9' y='9' " FONT ">{code}</text>"));
	struct heard h = check_on("checked", "en", &tiny);
	assert_int_equal(h.count, 1);
	assert_non_null(find(&h, "comes out at 33 % of its size"));
	/* Unless it names the one to take there. */
	write_template("checked", "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' "
	    "height='30mm' viewBox='0 0 60 30' data-small='standard'/>");
	h = check_on("checked", "en", &tiny);
	assert_int_equal(h.count, 0);
	write_template("checked", "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' "
	    "height='30mm' viewBox='0 0 60 30' data-small='nosuch'/>");
	h = check_on("checked", "en", &tiny);
	assert_non_null(find(&h, "data-small: there is no template"));
}

static void
every_shipped_template_is_clean_in_every_language_at_its_own_size(void **state)
{
	static const char *const LANGS[] = { "ko", "en", "ja", "de", "fr" };
	static const int DPIS[] = { 203, 300 };
	const char *dirs[] = { "templates", NULL };
	struct err e;
	char **names = label_templates(dirs, &e);

	(void)state;
	assert_non_null(names);
	assert_non_null(names[0]);
	for (char **n = names; *n != NULL; n++) {
		double w, h;
		assert_int_equal(label_size(engine, *n, &w, &h, &e), 0);
		for (size_t i = 0; i < 10; i++) {
			int dpi = DPIS[i / 5];
			struct sheet s = { .width = (int)(w / 25.4 * dpi + 0.5), .dpi_x = dpi,
				.height = (int)(h / 25.4 * dpi + 0.5), .dpi_y = dpi, .rotate = -1 };
			struct heard found = check_on(*n, LANGS[i % 5], &s);
			if (found.count > 0) {
				fprintf(stderr, "%s in %s at %d dpi:\n", *n, LANGS[i % 5], dpi);
				show(&found);
			}
			assert_int_equal(found.count, 0);
		}
	}
	free(names);
}

static void
a_template_that_is_not_there_is_no_finding(void **state)
{
	struct heard h = { .count = 0 };
	struct err e;

	(void)state;
	assert_int_equal(label_check(engine, "nosuch", NULL, &SMALL, hear_one, &h, &e), -1);
	assert_non_null(strstr(e.what, "there is no template"));
	assert_int_equal(label_check(engine, "../x", NULL, &SMALL, hear_one, &h, &e), -1);
	assert_int_equal(h.count, 0);
}

/* ---- hostile files ---- */

static void
check_in_time(const char *text)
{
	int64_t since = now_ms();

	struct heard h = check_text(text);
	assert_true(h.count > 0);
	assert_true(now_ms() - since < CHECK_MS);
}

static void
repeat_into(char *to, size_t size, const char *begin, const char *piece, const char *end)
{
	size_t n = (size_t)snprintf(to, size, "%s", begin), len = strlen(piece);

	while (n + len + strlen(end) + 1 < size) {
		memcpy(to + n, piece, len);
		n += len;
	}
	strcpy(to + n, end);
}

static void
hostile_files_are_told_and_do_not_hold_up_the_check(void **state)
{
	static const struct { const char *begin, *piece, *end; } HOSTILE[] = {
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm'>", "<g>", "" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm'><defs>",
		    "<filter id='f'/>", "</defs></svg>" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm'>",
		    "<image href='nosuch.png'/>", "</svg>" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm'>",
		    "<text x='1' y='9' font-size='5'>{owner} {nobody} {x</text>", "</svg>" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm'><g id='a'>",
		    "<use href='#a'/>", "</g></svg>" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm'>",
		    "<text x='1' y='9' font-size='5' data-qr='' data-bad='' fill='#777'>a</text>",
		    "</svg>" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm'><text x='1' "
		    "y='9' font-size='5'>{owner}", "{owner}", "{nobody}</text></svg>" },
		{ "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' height='30mm' data-if='",
		    "owner ", "'/>" },
	};
	size_t size = 1 << 20;
	char *text = malloc(size);

	(void)state;
	for (size_t i = 0; i < sizeof HOSTILE / sizeof *HOSTILE; i++) {
		repeat_into(text, size, HOSTILE[i].begin, HOSTILE[i].piece, HOSTILE[i].end);
		check_in_time(text);
	}
	free(text);
}

static unsigned seed = 1;

static unsigned
roll(unsigned below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % below;
}

/* A shipped template with some of its bytes gone, doubled or exchanged. */
static void
spoil(char *text, size_t *len, size_t size)
{
	static const char *const BITS[] = { "<", ">", "'", "\"", "{", "}", "&", "#", "-9e9", "0",
		"data-box", "<use href='#day'/>", "<g", "</g>", "1e300", "nan", "\xff", "\xf0\x9f" };

	for (unsigned i = roll(6) + 1; i > 0; i--) {
		size_t at = roll((unsigned)*len - 64), n = roll(60) + 1;
		const char *bit = BITS[roll(sizeof BITS / sizeof *BITS)];
		switch (roll(3)) {
		case 0:
			memmove(text + at, text + at + n, *len - at - n + 1);
			*len -= n;
			break;
		case 1:
			if (*len + n + 1 < size) {
				memmove(text + at + n, text + at, *len - at + 1);
				*len += n;
			}
			break;
		default:
			memcpy(text + at, bit, strlen(bit));
		}
	}
}

static void
spoiled_templates_never_crash_nor_hang_the_check(void **state)
{
	static const char *const FILES[] = { "templates/standard.svg", "templates/guest.svg",
		"templates/test.svg" };
	static char text[64 << 10];

	(void)state;
	for (int i = 0; i < 60; i++) {
		FILE *f = fopen(FILES[i % 3], "r");
		assert_non_null(f);
		size_t len = fread(text, 1, sizeof text - 4096, f);
		fclose(f);
		text[len] = '\0';
		spoil(text, &len, sizeof text);
		int64_t since = now_ms();
		check_text(text);
		assert_true(now_ms() - since < CHECK_MS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_is_found_with_its_line_and_alone),
		cmocka_unit_test(what_prints_as_it_is_meant_is_left_alone),
		cmocka_unit_test(all_mistakes_of_a_template_are_told_in_the_order_of_lines),
		cmocka_unit_test(a_label_that_is_much_too_large_for_the_sheet_is_said_once),
		cmocka_unit_test(every_shipped_template_is_clean_in_every_language_at_its_own_size),
		cmocka_unit_test(a_template_that_is_not_there_is_no_finding),
		cmocka_unit_test(hostile_files_are_told_and_do_not_hold_up_the_check),
		cmocka_unit_test(spoiled_templates_never_crash_nor_hang_the_check),
	};

	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
