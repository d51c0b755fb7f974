/* drawings.c - draw the shipped templates many times, and look at the dots.
 *
 *	drawings DIR golden-write TO [TEMPLATE]
 *			the pictures that the templates in DIR should keep giving
 *	drawings DIR golden-compare WITH DIFFS
 *			draw them again; a picture of each difference into DIFFS
 *	drawings DIR names COUNT SEED [FIRST]
 *			labels of random names: in their boxes, there, in time
 *	drawings DIR sizes LIST [all]
 *			every template on every label in the file LIST (62x29mm ...)
 *	drawings DIR qr | grey | strokes | letters
 *			whole dots; no dithering; no line lost; nothing below 7 pt
 *
 * Says what is wrong, a line each, and then ends with status 1.
 */
#include "drawings.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>

struct label_engine *engine;
const char *const *template_dirs;
const char *const LANGS[] = { "en", "ko", "ja", "de", "fr", NULL };
long wrongs;

static struct words *words;

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("drawings: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	exit(2);
}

void
wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	wrongs++;
}

/* ---- labels ---- */

/* Whose label it is, in a language's own script. */
static const struct { const char *lang, *owner, *group, *fridge; } PEOPLE[] = {
	{ "en", "Hannah Hill", "Design", "3F pantry" },
	{ "ko", "김민수", "디자인팀", "3층 탕비실" },
	{ "ja", "山田 花子", "デザイン部", "3階の冷蔵庫" },
	{ "de", "Jürgen Müßig", "Vertrieb", "Küche 3. OG" },
	{ "fr", "Hélène Lefèvre", "Achats", "Cuisine 3e étage" },
};

/* Templates of labels and cards that are nobody's. */
static const char *const NOBODYS[] = { "guest", "found", "slip", "sign", "card", "emptied",
	"test", "recovery" };

struct label_fields
sample_fields(const char *template, const char *lang)
{
	struct label_fields f = {
		.code = "F3-24818", .place = "", .preset = "freezer", .shelf = "90d",
		.time = "16:00", .count = "9",
		.codes = "24818 24795 25130 25147 26003 26118 26125 26137 26142",
		.lang = lang, .stored = TUE_17_MAR_2026, .expires = TUE_24_MAR_2026,
	};

	for (size_t i = 0; i < sizeof PEOPLE / sizeof *PEOPLE; i++)
		if (strcmp(PEOPLE[i].lang, lang) == 0) {
			f.owner = PEOPLE[i].owner;
			f.group = PEOPLE[i].group;
			f.fridge = PEOPLE[i].fridge;
		}
	for (size_t i = 0; i < sizeof NOBODYS / sizeof *NOBODYS; i++)
		if (strcmp(NOBODYS[i], template) == 0)
			f.owner = f.group = NULL;
	if (strcmp(template, "recovery") == 0)
		f.codes = "48213 90271 55320 18834 27713 66102 93348 10571";
	if (strcmp(template, "freezer") == 0) {
		f.expires = MON_15_JUN_2026;
		f.place = "freezer";
	}
	if (strcmp(template, "guest") == 0)
		f.claim = f.code;
	if (strncmp(template, "sign", 4) == 0)
		f.buzzer = "beeper";
	if (strncmp(template, "card", 4) == 0)
		f.place = "freezer";
	return f;
}

static int
to_dots(double mm, int dpi)
{
	return (int)lround(mm * dpi / MM_PER_INCH);
}

struct sheet
sheet_of(const char *template, const char *size, int dpi)
{
	struct sheet s = { .dpi_x = dpi, .dpi_y = dpi, .rotate = -1 };
	double w, h;
	struct err e;
	char rest[8];

	if (strcmp(size, "own") == 0) {
		if (label_size(engine, template, &w, &h, &e) == -1)
			die("%s: %s", template, e.what);
	} else if (sscanf(size, "%lfxMAX%lf%7s", &w, &h, rest) == 3 && strcmp(rest, "mm") == 0) {
		s.roll = true;
	} else if (sscanf(size, "%lfx%lf%7s", &w, &h, rest) != 3 || strcmp(rest, "mm") != 0) {
		die("\"%s\" is not a size such as 62x29mm or 62xMAX100mm", size);
	}
	s.width = to_dots(w, dpi);
	s.height = to_dots(h, dpi);
	return s;
}

struct page
draw(const char *template, const struct label_fields *f, const struct sheet *s)
{
	struct page p;
	struct err e;

	if (label_draw(engine, template, f, s, &p, NULL, &e) == -1)
		die("%s: %s", template, e.what);
	return p;
}

struct words *
words_of_templates(void)
{
	return words;
}

struct template *
template_of(const char *name)
{
	char path[PATH_SIZE];
	struct template *t;
	struct stat st;
	struct err e;

	if (template_find(template_dirs, name, path, &st, &e) == -1 ||
	    template_read(path, words, &t, &e) == -1)
		die("%s: %s", name, e.what);
	return t;
}

struct box
box_on(const struct template *t, const struct page *p, const struct box *b)
{
	double kx = p->width / t->view.w, ky = p->height / t->view.h;

	return (struct box){ (b->x - t->view.x) * kx, (b->y - t->view.y) * ky, b->w * kx,
	    b->h * ky };
}

/* ---- dots ---- */

long
ink_in(const struct page *p, int left, int top, int right, int bottom)
{
	long n = 0;

	for (int y = MAX(top, 0); y < MIN(bottom, p->height); y++)
		for (int x = MAX(left, 0); x < MIN(right, p->width); x++)
			n += ink_at(p, x, y);
	return n;
}

long
ink_on(const struct page *p)
{
	return ink_in(p, 0, 0, p->width, p->height);
}

long
ink_in_margins(const struct page *p, const struct sheet *s)
{
	return ink_on(p) - ink_in(p, s->left, s->top, p->width - s->right, p->height - s->bottom);
}

/* ---- commands ---- */

static void
run_golden_write(int n, char **arg)
{
	golden_write(arg[0], n > 1 ? arg[1] : NULL);
}

static void
run_golden_compare(int n, char **arg)
{
	(void)n;
	golden_compare(arg[0], arg[1]);
}

static long
number(const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (text[0] == '\0' || *end != '\0' || errno != 0 || n < 0)
		die("\"%s\" is not a number", text);
	return n;
}

static void
run_names(int n, char **arg)
{
	names_check(number(arg[0]), (uint64_t)number(arg[1]), n > 2 ? number(arg[2]) : 0);
}

static void
run_sizes(int n, char **arg)
{
	if (n > 1 && strcmp(arg[1], "all") != 0)
		die("sizes takes a file and \"all\"");
	sizes_check(arg[0], n > 1);
}

static void run_qr(int n, char **arg) { (void)n; (void)arg; qr_check(); }
static void run_grey(int n, char **arg) { (void)n; (void)arg; grey_check(); }
static void run_strokes(int n, char **arg) { (void)n; (void)arg; strokes_check(); }
static void run_letters(int n, char **arg) { (void)n; (void)arg; letters_check(); }

static const struct {
	const char *name;
	int least, most;	/* arguments */
	void (*run)(int n, char **arg);
} COMMANDS[] = {
	{ "golden-write", 1, 2, run_golden_write },
	{ "golden-compare", 2, 2, run_golden_compare },
	{ "names", 2, 3, run_names },
	{ "sizes", 1, 2, run_sizes },
	{ "qr", 0, 0, run_qr },
	{ "grey", 0, 0, run_grey },
	{ "strokes", 0, 0, run_strokes },
	{ "letters", 0, 0, run_letters },
};

int
main(int argc, char **argv)
{
	const char *dirs[2] = { argc > 1 ? argv[1] : NULL, NULL };
	struct err e;
	size_t c = 0;

	while (argc > 2 && c < sizeof COMMANDS / sizeof *COMMANDS &&
	    strcmp(argv[2], COMMANDS[c].name) != 0)
		c++;
	if (argc < 3 || c == sizeof COMMANDS / sizeof *COMMANDS ||
	    argc - 3 < COMMANDS[c].least || argc - 3 > COMMANDS[c].most) {
		fputs("usage: drawings DIR golden-write TO [TEMPLATE] | golden-compare WITH DIFFS |\n"
		    "       names COUNT SEED [FIRST] | sizes LIST [all] | qr | grey | strokes | letters\n",
		    stderr);
		return 2;
	}
	template_dirs = dirs;
	if (label_open(dirs, &engine, &e) == -1)
		die("%s", e.what);
	words = words_open(dirs);
	COMMANDS[c].run(argc - 3, argv + 3);
	words_close(words);
	label_close(engine);
	return wrongs == 0 ? 0 : 1;
}
