/* label_template_test.c - templates that are taken, and those refused with a reason. */
#include "label_world.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

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
lines_of_a_text_without_a_box_stand_where_they_were_drawn(void **state)
{
	(void)state;
	write_template("one", SVG("<text x='10' y='10' font-size='5'>{owner}</text>"
	    "<text x='12' y='20' font-size='4' font-weight='bold'>by {code}</text>"));
	write_template("lines", SVG("<text font-size='5' xml:space='preserve'>"
	    "<tspan x='10' y='10'>{owner}</tspan>\n<tspan x='10' y='15'/>"
	    "<tspan x='12' y='20' style='font-size:4px;font-weight:bold'>by "
	    "<tspan>{code}</tspan></tspan></text>"));
	struct page want = draw("one", "Ada"), got = draw("lines", "Ada");
	assert_true(same(&got, &want));
	assert_true(ink_with("lines", "Ada").bottom > 19 * DOTS);
	page_free(&want);
	page_free(&got);
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

/* A template, and a piece of what is said of it. */
static const struct { const char *text, *says; } REFUSED[] = {
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
	{ SVG("<rect id='b' width='9' height='9'/><text data-box='b' data-lines='81' "
	    "font-size='5'>{owner}</text>"), "data-lines=\"81\" is not understood" },
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

static void
a_template_that_is_not_safe_or_would_print_wrong_is_refused(void **state)
{
	(void)state;
	write_template("one", ONE_BOX(""));
	for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
		write_template("bad", REFUSED[i].text);
		assert_refused("bad", REFUSED[i].says);
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

/* Where marks as long as the whole ruler stand on a page that holds nothing else. */
static int
long_marks(const struct page *p, int at[static 8])
{
	struct ink in = ink_of(p);
	int count = 0;

	for (int x = in.left; x <= in.right && count < 8; x++)
		if (dot(p, x, in.bottom) && !(x > 0 && dot(p, x - 1, in.bottom)))
			at[count++] = x;
	return count;
}

static void
a_ruler_keeps_to_millimetres_at_every_size(void **state)
{
	static const struct { int width, dpi, marks; } SHEETS[] = {
		{ 300, 203, 4 }, { 480, 203, 6 }, { 960, 203, 8 }, { 710, 300, 6 },
	};
	struct label_fields f = fields("Ada");
	int at[8];

	(void)state;
	write_template("ruler", SVG("<rect data-ruler='mm' x='5' y='5' width='50.5' height='5'/>"));
	for (size_t i = 0; i < sizeof SHEETS / sizeof *SHEETS; i++) {
		int dpi = SHEETS[i].dpi, width = SHEETS[i].width;
		struct sheet s = { .width = width, .height = width / 2, .dpi_x = dpi, .dpi_y = dpi,
			.rotate = 0 };
		struct page p = draw_on(&s, "ruler", &f, NULL);
		assert_int_equal(long_marks(&p, at), SHEETS[i].marks);
		for (int k = 0; k < SHEETS[i].marks; k++) {
			int want = at[0] + (int)(k * 10 * dpi / 25.4 + 0.5);
			assert_in_range(at[k], want - 1, want + 1);
		}
		page_free(&p);
	}
	write_template("ruler", SVG("<rect data-ruler='mm' data-if='!owner' width='50' height='5'/>"));
	assert_int_equal(ink_with("ruler", "Ada").dots, 0);
	write_template("ruler", SVG("<rect data-ruler='mm' x='5'/>"));
	assert_refused("ruler", "the rectangle of the ruler has no size");
}

static void
a_template_that_would_come_out_too_small_gives_way_to_its_small_one(void **state)
{
	struct sheet half = { .width = 240, .height = 120, .dpi_x = 203, .dpi_y = 203 };
	struct label_fields f = fields("Ada");

	(void)state;
	write_template("large", "<svg xmlns='http://www.w3.org/2000/svg' width='60mm' "
	    "height='30mm' viewBox='0 0 60 30' data-small='little'><rect width='10' height='30'/>"
	    "</svg>");
	write_template("little", "<svg xmlns='http://www.w3.org/2000/svg' width='40mm' "
	    "height='20mm' viewBox='0 0 40 20'><rect x='30' width='10' height='20'/></svg>");
	assert_int_equal(ink_with("large", "Ada").left, 0);
	struct page p = draw_on(&half, "large", &f, NULL);
	assert_int_equal(ink_of(&p).left, 180);
	page_free(&p);
	half.width = 320;
	half.height = 160;
	p = draw_on(&half, "large", &f, NULL);
	assert_int_equal(ink_of(&p).left, 0);
	page_free(&p);
}

/* ---- children that die ---- */

static int child_dies_by;		/* of this signal as soon as it is there; 0: it lives */
static time_t later_s;			/* how far the clocks of this program are ahead */

static void
die(void)
{
	if (child_dies_by != 0)
		raise(child_dies_by);
}

/* In the place of libc's. */
int
clock_gettime(clockid_t clock, struct timespec *out)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, out);

	out->tv_sec += later_s;
	return rc;
}

/* The template's file is fresh, and its child dies; then nothing is wrong any more. *again is
 * whether it is drawn now. Returns whether the reason has that piece. */
static bool
dies_by(int sig, const char *piece, bool *again)
{
	struct label_fields f = fields("Ada");
	struct page p;
	struct err e;

	write_template("mortal", SVG("<rect width='9' height='9'/>"));
	child_dies_by = sig;
	assert_int_equal(label_draw(engine, "mortal", &f, &SMALL, &p, NULL, &e), -1);
	child_dies_by = 0;
	bool said = strstr(e.what, piece) != NULL;
	if (!said)
		fprintf(stderr, "%s\n", e.what);
	*again = label_draw(engine, "mortal", &f, &SMALL, &p, NULL, &e) == 0;
	if (*again)
		page_free(&p);
	return said;
}

static void
what_only_met_a_bad_moment_is_drawn_again_after_it(void **state)
{
	struct label_fields f = fields("Ada");
	bool again;
	struct page p;
	struct err e;

	(void)state;
	assert_int_equal(pthread_atfork(NULL, NULL, die), 0);
	/* Killed by somebody: not twice at once, but before long. */
	assert_true(dies_by(SIGKILL, "out of memory", &again));
	assert_false(again);
	later_s += 31;
	assert_int_equal(label_draw(engine, "mortal", &f, &SMALL, &p, NULL, &e), 0);
	page_free(&p);
	/* By its own limits: never, as long as the file is that one. */
	assert_true(dies_by(SIGXCPU, "takes longer than 4 s", &again));
	assert_false(again);
	later_s += 86400;
	assert_int_equal(label_draw(engine, "mortal", &f, &SMALL, &p, NULL, &e), -1);
	assert_non_null(strstr(e.what, "takes longer than 4 s"));
	assert_true(dies_by(SIGABRT, "needs more than 256 MB", &again));
	later_s += 86400;
	assert_int_equal(label_draw(engine, "mortal", &f, &SMALL, &p, NULL, &e), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_template_is_read_as_drawing_programs_write_it),
		cmocka_unit_test(a_text_without_a_box_stands_on_its_baseline),
		cmocka_unit_test(lines_of_a_text_without_a_box_stand_where_they_were_drawn),
		cmocka_unit_test(white_text_stands_out_of_black_art),
		cmocka_unit_test(a_template_that_changes_is_read_again),
		cmocka_unit_test(more_templates_and_sizes_than_are_kept_still_come_out_right),
		cmocka_unit_test(a_template_that_is_not_safe_or_would_print_wrong_is_refused),
		cmocka_unit_test(copies_of_copies_are_refused_at_once),
		cmocka_unit_test(a_file_that_is_too_long_or_no_file_is_refused),
		cmocka_unit_test(a_name_that_leads_elsewhere_is_no_template),
		cmocka_unit_test(the_list_names_each_template_once),
		cmocka_unit_test(a_templates_own_size_is_in_millimetres),
		cmocka_unit_test(a_ruler_keeps_to_millimetres_at_every_size),
		cmocka_unit_test(
		    a_template_that_would_come_out_too_small_gives_way_to_its_small_one),
		cmocka_unit_test(what_only_met_a_bad_moment_is_drawn_again_after_it),
	};

	return cmocka_run_group_tests(tests, open_engine, close_engine);
}
