/* fridge-print_bench.c - how long a label takes on this machine, stage by stage.
 *
 * Every label has another name, of several scripts: what takes time is a name that was
 * not seen before. No paper is used unless it is asked for; then the labels come out
 * marked as tests, and say what submitting them took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fridge-print_impl.h"

#define TODO_HELP "fridge-print --help"
#define LABELS_MAX 100000
#define PRINT_MAX 20
#define WARM_LABELS 20		/* drawn before it counts: fonts, art, caches */
#define NAME_BYTES 128
#define JOB_MS 20000		/* for one printed label, to its end */
#define LOOK_US 2000		/* between two looks at a job */
#define TEST_MARK "TEST"
#define SIZE_MM_X 62		/* of a label that no queue is asked about */
#define SIZE_MM_Y 29
#define DPI 300

static const char *const KEYS[] = {
	"templates", "template", "lang", "fridge", "code", "qr", "stored", "expires",
	"queue", "media", "rotate", "language", "red",
};

/* ---- times ---- */

enum stage {
	STAGE_LAYOUT, STAGE_DRAW, STAGE_THRESHOLD, STAGE_ENCODE, STAGE_RENDER, STAGE_CPU,
	STAGE_SUBMIT, STAGE_FIRST, STAGE_DONE, STAGE_TIDY, STAGES,
};

/* As they are printed, in the order in which they happen. */
static const char *const NAMES[STAGES] = {
	[STAGE_LAYOUT] = "layout", [STAGE_DRAW] = "draw", [STAGE_THRESHOLD] = "threshold",
	[STAGE_ENCODE] = "encode",
	[STAGE_RENDER] = "render",	/* layout, draw and threshold */
	[STAGE_CPU] = "render-cpu",	/* the processor's part of that */
	[STAGE_SUBMIT] = "submit",
	[STAGE_FIRST] = "first-byte", [STAGE_DONE] = "completed",
	[STAGE_TIDY] = "tidy",		/* between labels, when nobody waits */
};

/* Times of one stage, in microseconds. */
struct times {
	int64_t *list;
	size_t count, room;
};

struct bench {
	struct params params;
	int labels, prints;
	struct label_engine *engine;
	struct print *print;
	struct dirs dirs;
	struct sheet sheet;
	bool has_queue;			/* else there is nothing to encode for */
	uint64_t seed;
	struct times stage[STAGES];
};

static int
add_time(struct bench *b, enum stage stage, int64_t us, struct err *e)
{
	struct times *t = &b->stage[stage];

	if (t->count == t->room) {
		size_t room = t->room * 2 + 64;
		int64_t *more = realloc(t->list, room * sizeof *more);
		if (more == NULL)
			return err_set(e, ERR_SYSTEM, NULL, "out of memory");
		t->list = more;
		t->room = room;
	}
	t->list[t->count++] = us;
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* "stage layout 0.812 1.410": the median and what 95 of 100 stay below, in ms. */
static void
show_stages(struct bench *b)
{
	for (int s = 0; s < STAGES; s++) {
		struct times *t = &b->stage[s];
		if (t->count == 0)
			continue;
		qsort(t->list, t->count, sizeof *t->list, by_time);
		printf("stage %s %.3f %.3f\n", NAMES[s], (double)t->list[(t->count - 1) / 2] / 1000,
		    (double)t->list[(t->count * 95 + 99) / 100 - 1] / 1000);
	}
}

/* A line of a file in /proc: "Rss:  1234 kB". 0 if there is none. */
static long
read_kb(const char *path, const char *key)
{
	FILE *from = fopen(path, "re");
	char line[256];
	long kb = 0;

	while (from != NULL && fgets(line, sizeof line, from) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			kb = strtol(line + strlen(key), NULL, 10);
	if (from != NULL)
		fclose(from);
	return kb;
}

/* "memory RSS PSS HIGHEST" in KB: what this process holds, its share of what it shares
 * with others, and the most that it ever held. */
static void
show_memory(void)
{
	printf("memory %ld %ld %ld\n", read_kb("/proc/self/smaps_rollup", "Rss:"),
	    read_kb("/proc/self/smaps_rollup", "Pss:"), read_kb("/proc/self/status", "VmHWM:"));
}

/* ---- names ---- */

/* Always the same ones, so that two runs can be compared. */
static unsigned
draw_lot(struct bench *b, unsigned below)
{
	b->seed ^= b->seed << 13;
	b->seed ^= b->seed >> 7;
	b->seed ^= b->seed << 17;
	return (unsigned)(b->seed >> 33) % below;
}

static size_t
put_utf8(char *to, unsigned c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Letters that names are made of: all of one name are of one script. */
static void
make_name(struct bench *b, char out[static NAME_BYTES])
{
	static const struct {
		unsigned first, last;	/* letters */
		int shortest, longest;	/* of a name, in letters */
		bool words;		/* with a blank between first and last name */
		const char *lang;
	} SCRIPTS[] = {
		{ 'a', 'z', 3, 11, true, "en" },
		{ 'a', 'z', 2, 8, true, "de" },
		{ 0xe0, 0xf6, 3, 9, true, "fr" },
		{ 0xac00, 0xd7a3, 2, 4, false, "ko" },
		{ 0xac00, 0xd7a3, 3, 3, false, "ko" },
		{ 0x3042, 0x3093, 3, 6, false, "ja" },
		{ 0x4e00, 0x9fa5, 2, 4, false, "ja" },
		{ 0x4e00, 0x9fa5, 2, 3, false, "zh" },
		{ 0x430, 0x44f, 3, 9, true, "ru" },
		{ 0x3b1, 0x3c9, 3, 9, true, "el" },
		{ 0x627, 0x63a, 3, 6, true, "ar" },
		{ 0x5d0, 0x5ea, 3, 6, true, "he" },
		{ 0xe01, 0xe2e, 3, 8, false, "th" },
		{ 0x915, 0x939, 2, 6, true, "hi" },
		{ 0x1f330, 0x1f37c, 1, 2, false, "en" },
	};
	unsigned s = draw_lot(b, sizeof SCRIPTS / sizeof *SCRIPTS);
	size_t n = 0;

	for (int word = 0; word < (SCRIPTS[s].words ? 2 : 1); word++) {
		int letters = SCRIPTS[s].shortest + (int)draw_lot(b,
		    (unsigned)(SCRIPTS[s].longest - SCRIPTS[s].shortest + 1));
		if (word > 0)
			out[n++] = ' ';
		for (int i = 0; i < letters; i++) {
			unsigned c = SCRIPTS[s].first +
			    draw_lot(b, SCRIPTS[s].last - SCRIPTS[s].first + 1);
			n += put_utf8(out + n, i == 0 && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
		}
	}
	out[n] = '\0';
}

/* ---- labels ---- */

/* mark stands before the name, and as the title: nobody takes a test for a label. */
static int
draw(struct bench *b, const char *mark, struct page *out, struct err *e)
{
	struct label_fields fields;
	char name[NAME_BYTES], owner[NAME_BYTES + 16];
	const char *template = params_get(&b->params, "template");

	if (fields_fill(params_get, &b->params, &fields, e) == -1)
		return -1;
	make_name(b, name);
	snprintf(owner, sizeof owner, "%s%s%s", mark, mark[0] != '\0' ? " " : "", name);
	fields.owner = owner;
	fields.title = mark;
	return label_draw(b->engine, template[0] != '\0' ? template : "standard", &fields,
	    &b->sheet, out, NULL, e);
}

/* One label, up to where it would be sent. */
static int
time_label(struct bench *b, struct err *e)
{
	struct label_timing timing;
	struct page page;
	int64_t cpu = cpu_us(), since = clock_mono_us();
	int rc = 0;

	if (draw(b, "", &page, e) == -1)
		return -1;
	int64_t took = clock_mono_us() - since;
	label_timing(b->engine, &timing);
	if (add_time(b, STAGE_RENDER, took, e) == -1 ||
	    add_time(b, STAGE_CPU, cpu_us() - cpu, e) == -1 ||
	    add_time(b, STAGE_LAYOUT, timing.layout, e) == -1 ||
	    add_time(b, STAGE_DRAW, timing.draw, e) == -1 ||
	    add_time(b, STAGE_THRESHOLD, timing.threshold, e) == -1)
		rc = -1;
	if (rc == 0 && b->has_queue) {
		since = clock_mono_us();
		rc = print_encode(b->print, &page, e);
		if (rc == 0)
			rc = add_time(b, STAGE_ENCODE, clock_mono_us() - since, e);
	}
	page_free(&page);
	/* As the helper of fridged does between labels; not a part of any. */
	since = clock_mono_us();
	if (rc == 0 && label_tidy(b->engine))
		rc = add_time(b, STAGE_TIDY, clock_mono_us() - since, e);
	return rc;
}

/* Follow a job to its end. The printer's own answer shows when it got the label,
 * where it speaks IPP. */
static int
follow(struct bench *b, const char *name, int job, int64_t since, struct err *e)
{
	struct print_state s = { .state = "" };
	bool asks = print_device_works(b->print) != -1;

	while (clock_mono_us() - since < JOB_MS * 1000) {
		if (asks && print_device_works(b->print) == 1) {
			asks = false;
			if (add_time(b, STAGE_FIRST, clock_mono_us() - since, e) == -1)
				return -1;
		}
		if (print_job_state(b->print, job, name, &s, e) == -1)
			return -1;
		if (strcmp(s.state, "completed") == 0 || strcmp(s.state, "gone") == 0)
			return add_time(b, STAGE_DONE, clock_mono_us() - since, e);
		if (strcmp(s.state, "canceled") == 0 || strcmp(s.state, "aborted") == 0)
			break;
		usleep(LOOK_US);
	}
	return err_set(e, ERR_BUSY, "fridgectl status", "test label %s did not come out: %s %s",
	    name, s.state, s.reasons);
}

static int
print_one(struct bench *b, int number, struct err *e)
{
	char name[PRINT_NAME];
	struct page page;
	int64_t encode;
	int job;

	snprintf(name, sizeof name, "fridge-bench-%ld-%d-1", (long)getpid(), number);
	if (draw(b, TEST_MARK, &page, e) == -1)
		return -1;
	int64_t since = clock_mono_us();
	int rc = print_encode(b->print, &page, e);
	encode = clock_mono_us() - since;
	since = clock_mono_us();
	if (rc == 0)
		rc = print_submit(b->print, name, &page, 1, &job, e);
	page_free(&page);
	/* Submitting encodes once more. */
	if (rc == 0)
		rc = add_time(b, STAGE_SUBMIT, clock_mono_us() - since - encode, e);
	if (rc == 0)
		rc = follow(b, name, job, since, e);
	return rc;
}

/* ---- what was asked for ---- */

/* The sheet of the queue, or of the medium where no queue answers. */
static int
choose_sheet(struct bench *b, struct err *e)
{
	struct print_media media;
	struct err why;
	int rotate;

	if (print_media_parse(params_get(&b->params, "media"), &media) == -1)
		return err_set(e, ERR_USAGE, NULL, "media=%s is not a size such as 62x29mm",
		    params_get(&b->params, "media"));
	if (rotate_parse(params_get(&b->params, "rotate"), &rotate) == -1)
		return err_set(e, ERR_USAGE, NULL, "rotate=%s is not auto, 0, 90, 180 or 270",
		    params_get(&b->params, "rotate"));
	print_setup(b->print, &(struct print_settings){
		.queue = params_get(&b->params, "queue"), .media = media, .rotate = rotate,
		.language = params_get(&b->params, "language"),
		.red = strcmp(params_get(&b->params, "red"), "1") == 0,
	});
	b->has_queue = print_sheet(b->print, &b->sheet, &why) == 0;
	if (b->has_queue)
		return 0;
	if (b->prints > 0) {
		*e = why;
		return -1;
	}
	printf("note %s: nothing is encoded\n", why.what);
	if (media.width == 0)
		media = (struct print_media){ SIZE_MM_X * 100, SIZE_MM_Y * 100, false };
	b->sheet = (struct sheet){
		.width = media.width * DPI / 2540, .height = media.length * DPI / 2540,
		.dpi_x = DPI, .dpi_y = DPI, .rotate = rotate, .roll = media.roll,
	};
	return 0;
}

static int
measure(struct bench *b, struct err *e)
{
	struct page page;

	if (label_open(b->dirs.list, &b->engine, e) == -1 || choose_sheet(b, e) == -1)
		return -1;
	for (int i = 0; i < WARM_LABELS; i++) {
		if (draw(b, "", &page, e) == -1)
			return -1;
		page_free(&page);
	}
	for (int i = 0; i < b->labels; i++)
		if (time_label(b, e) == -1)
			return -1;
	for (int i = 0; i < b->prints; i++)
		if (print_one(b, i + 1, e) == -1)
			return -1;
	printf("labels %d %d %d %d\n", b->labels, b->sheet.width, b->sheet.height,
	    b->sheet.dpi_x);
	show_stages(b);
	show_memory();
	return 0;
}

static int
parse_options(struct bench *b, struct err *e)
{
	struct params *p = &b->params;

	for (; p->count > 0 && p->list[0][0] == '-'; p->count -= 2, p->list += 2) {
		bool is_labels = strcmp(p->list[0], "--labels") == 0;
		int max = is_labels ? LABELS_MAX : PRINT_MAX;
		if (!is_labels && strcmp(p->list[0], "--print") != 0)
			return err_set(e, ERR_USAGE, TODO_HELP, "unknown argument %s", p->list[0]);
		if (p->count < 2 || number_parse(p->list[1], 1, max,
		    is_labels ? &b->labels : &b->prints) == -1)
			return err_set(e, ERR_USAGE, TODO_HELP, "%s needs a number from 1 to %d",
			    p->list[0], max);
	}
	if (params_check(p, KEYS, sizeof KEYS / sizeof *KEYS, e) == -1)
		return -1;
	if (dirs_parse(params_get(p, "templates"), &b->dirs) == -1 || b->dirs.list[0] == NULL)
		return err_set(e, ERR_USAGE, TODO_HELP, "templates=DIR,DIR... is missing or too "
		    "long");
	return 0;
}

int
bench_run(int argc, char **argv, struct err *e)
{
	struct bench b = {
		.params = { argc, argv }, .labels = 300, .seed = 0x9e3779b97f4a7c15,
	};
	int rc = parse_options(&b, e);

	if (rc == 0 && (b.print = print_new(NULL, NULL)) == NULL)
		rc = err_set(e, ERR_SYSTEM, NULL, "out of memory");
	if (rc == 0)
		rc = measure(&b, e);
	label_close(b.engine);
	print_free(b.print);
	for (int s = 0; s < STAGES; s++)
		free(b.stage[s].list);
	return rc;
}
