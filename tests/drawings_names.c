/* drawings_names.c - whatever a person is called, it stands in its box, is there, and
 * takes no time.
 *
 * Names are random, of every script that Unicode has, and such as words_name lets in.
 * Each is compared with the same label of a person whose name is a blank: only dots
 * within the boxes of texts that hold the name may differ, and some must.
 */
#include "drawings.h"

#include <time.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define NAMES_A_SCENE 20	/* on the same template, in the same language */
#define CPU_MS_MAX 50
#define MARGIN 17		/* of the sheet, dots */
#define BLANK "\xc2\xa0"
#define POOL_MAX 0x30000

/* ---- random numbers that are the same everywhere ---- */

struct dice {
	uint64_t state;
};

static uint64_t
roll(struct dice *d, uint64_t sides)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);	/* splitmix64 */

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % sides;
}

static struct dice
dice_for(uint64_t seed, uint64_t nth)
{
	struct dice d = { seed * UINT64_C(1000003) + nth };

	roll(&d, 2);
	return d;
}

/* ---- characters ---- */

/* Every letter, mark, digit and sign of Unicode, by its script. */
static UChar32 pool[POOL_MAX];
static size_t pool_from[USCRIPT_CODE_LIMIT + 1];	/* of a script, to the next one's */
static int scripts[USCRIPT_CODE_LIMIT];			/* those with characters */
static size_t script_count;

static bool
is_character(UChar32 c)
{
	return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK | U_GC_P_MASK |
	    U_GC_S_MASK | U_GC_ZS_MASK)) != 0;
}

static int
script_of(UChar32 c)
{
	UErrorCode status = U_ZERO_ERROR;
	UScriptCode script = uscript_getScript(c, &status);

	return U_SUCCESS(status) && script >= 0 && script < USCRIPT_CODE_LIMIT ? (int)script : 0;
}

static void
fill_pool(void)
{
	size_t count[USCRIPT_CODE_LIMIT + 1] = { 0 }, n = 0;

	for (UChar32 c = 0x20; c <= 0x10ffff; c++)
		if (is_character(c))
			count[script_of(c)]++;
	for (int s = 0; s < USCRIPT_CODE_LIMIT; s++) {
		pool_from[s] = n;
		n += count[s];
		if (count[s] > 0)
			scripts[script_count++] = s;
	}
	pool_from[USCRIPT_CODE_LIMIT] = n;
	if (n > POOL_MAX)
		die("Unicode has %zu characters, more than fit here", n);
	memset(count, 0, sizeof count);
	for (UChar32 c = 0x20; c <= 0x10ffff; c++)
		if (is_character(c))
			pool[pool_from[script_of(c)] + count[script_of(c)]++] = c;
}

static UChar32
any_of(struct dice *d, int script)
{
	size_t from = pool_from[script], count = pool_from[script + 1] - from;

	return count > 0 ? pool[from + roll(d, count)] : 'x';
}

/* ---- names ---- */

struct text {
	char bytes[600];
	size_t len;
};

static void
put(struct text *t, UChar32 c)
{
	if (t->len + 4 < sizeof t->bytes)
		t->len += (size_t)g_unichar_to_utf8((gunichar)c, t->bytes + t->len);
	t->bytes[t->len] = '\0';
}

/* Words of one script, with a stranger here and there. */
static void
make_words(struct dice *d, struct text *t)
{
	static const int COMMON[] = { USCRIPT_LATIN, USCRIPT_HANGUL, USCRIPT_HAN,
		USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_ARABIC, USCRIPT_HEBREW, USCRIPT_THAI,
		USCRIPT_DEVANAGARI, USCRIPT_CYRILLIC, USCRIPT_GREEK };
	int script = roll(d, 2) == 0 ? COMMON[roll(d, sizeof COMMON / sizeof *COMMON)] :
	    scripts[roll(d, script_count)];
	uint64_t letters = 1 + roll(d, roll(d, 4) == 0 ? 64 : 16);

	for (uint64_t i = 0; i < letters; i++) {
		uint64_t kind = roll(d, 24);
		put(t, kind == 0 ? ' ' : kind == 1 ? any_of(d, scripts[roll(d, script_count)]) :
		    any_of(d, script));
	}
}

/* A different script at each letter. */
static void
make_mixture(struct dice *d, struct text *t)
{
	for (uint64_t left = 1 + roll(d, 12); left > 0; left--)
		put(t, any_of(d, scripts[roll(d, script_count)]));
}

/* Towers of marks, as many as a name of 256 bytes may carry. */
static void
make_marks(struct dice *d, struct text *t)
{
	for (uint64_t left = 1 + roll(d, 8); left > 0; left--) {
		put(t, (UChar32)('A' + roll(d, 26)));
		for (uint64_t marks = roll(d, 16); marks > 0; marks--)
			put(t, (UChar32)(0x300 + roll(d, 0x70)));
	}
}

static UChar32
any_emoji(struct dice *d)
{
	static const struct { UChar32 from, to; } RANGES[] = {
		{ 0x1f300, 0x1f5ff }, { 0x1f600, 0x1f64f }, { 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1f9ff }, { 0x2600, 0x27bf },
	};
	size_t r = (size_t)roll(d, sizeof RANGES / sizeof *RANGES);

	return (UChar32)(RANGES[r].from + (UChar32)roll(d, (uint64_t)(RANGES[r].to -
	    RANGES[r].from + 1)));
}

/* Families, skin colours, flags of countries and regions, keycaps. */
static void
make_emoji(struct dice *d, struct text *t)
{
	for (uint64_t left = 1 + roll(d, 6); left > 0; left--) {
		switch (roll(d, 6)) {
		case 0:
			put(t, (UChar32)(0x1f1e6 + roll(d, 26)));
			put(t, (UChar32)(0x1f1e6 + roll(d, 26)));
			break;
		case 1:
			put(t, 0x1f3f4);
			for (int i = 0; i < 5; i++)
				put(t, (UChar32)(0xe0061 + roll(d, 26)));
			put(t, 0xe007f);
			break;
		case 2:
			put(t, (UChar32)('0' + roll(d, 10)));
			put(t, 0xfe0f);
			put(t, 0x20e3);
			break;
		case 3:
			put(t, (UChar32)(0x1f466 + roll(d, 4)));
			put(t, (UChar32)(0x1f3fb + roll(d, 5)));
			for (uint64_t more = roll(d, 3); more > 0; more--) {
				put(t, 0x200d);
				put(t, (UChar32)(0x1f466 + roll(d, 4)));
			}
			break;
		default:
			put(t, any_emoji(d));
			if (roll(d, 2) == 0)
				put(t, 0xfe0f);
		}
	}
}

/* Joiners between letters that shape each other. */
static void
make_joined(struct dice *d, struct text *t)
{
	static const int JOINING[] = { USCRIPT_ARABIC, USCRIPT_DEVANAGARI, USCRIPT_BENGALI,
		USCRIPT_MALAYALAM, USCRIPT_SINHALA, USCRIPT_KANNADA, USCRIPT_MONGOLIAN };
	int script = JOINING[roll(d, sizeof JOINING / sizeof *JOINING)];

	for (uint64_t left = 2 + roll(d, 20); left > 0; left--) {
		put(t, any_of(d, script));
		if (roll(d, 4) == 0)
			put(t, roll(d, 2) == 0 ? 0x200c : 0x200d);
	}
}

/* One letter, as wide or high as there is, as often as there is room. */
static void
make_long(struct dice *d, struct text *t)
{
	static const UChar32 WIDE[] = { 'W', 'i', 0xfdfd, 0x1242b, 0xac00, 0x9f98, 0x0bb9, 0x102a,
		0xa9c5, 0x1f469, 0x0f84, 0x0e33 };
	UChar32 c = WIDE[roll(d, sizeof WIDE / sizeof *WIDE)];

	for (int i = 0; i < 64; i++)
		put(t, i % 13 == 12 && roll(d, 2) == 0 ? ' ' : c);
}

/* A name that the door lets in. Returns how many it did not before. */
static int
make_name(struct dice *d, char out[static NAME_SIZE])
{
	static void (*const MAKERS[])(struct dice *, struct text *) = {
		make_words, make_words, make_words, make_words, make_mixture, make_marks,
		make_emoji, make_joined, make_long,
	};

	for (int refused = 0; refused < 1000; refused++) {
		struct text t = { 0 };
		MAKERS[roll(d, sizeof MAKERS / sizeof *MAKERS)](d, &t);
		while (t.len > NAME_MAX_BYTES)	/* at the end of a character */
			t.len = (size_t)(g_utf8_find_prev_char(t.bytes, t.bytes + t.len) - t.bytes);
		t.bytes[t.len] = '\0';
		if (words_name("name", t.bytes, out, NULL) == 0)
			return refused;
	}
	die("no name in 1000 is let in");
}

/* ---- one label against another ---- */

struct scene {
	const char *name;	/* of its template */
	struct template *t;
	struct sheet sheet;
	struct label_fields blank;
	struct page before;	/* drawn with blank names */
};

enum { HAS_OWNER = 1, HAS_TITLE = 2, HAS_GROUP = 4 };

/* Lay the boxes of texts that the two labels fill differently over the mask (if there is
 * one), a dot wider for the rounding of their place. True if there is any. */
static bool
mask_changed(const struct scene *s, const struct label_fields *f, struct page *mask)
{
	struct page place = { .width = s->before.width - 2 * MARGIN,
		.height = s->before.height - 2 * MARGIN };
	unsigned present = fields_present(f);
	bool any = false;
	struct err e;

	for (size_t i = 0; i < s->t->texts; i++) {
		const struct label_text *text = &s->t->text[i];
		struct phrase a, b;
		if (!cond_holds(&text->when, present))
			continue;
		if (phrase_fill(text->text, &s->blank, words_of_templates(), &a, &e) == -1 ||
		    phrase_fill(text->text, f, words_of_templates(), &b, &e) == -1)
			die("%s: %s", s->name, e.what);
		if (strcmp(a.text, b.text) == 0)
			continue;
		any = true;
		if (mask == NULL)
			break;
		struct box box = box_on(s->t, &place, &text->box);
		int left = (int)box.x - 1, top = (int)box.y - 1;
		dots_fill(mask, MARGIN + left, MARGIN + top, (int)(box.x + box.w) + 2 - left,
		    (int)(box.y + box.h) + 2 - top);
	}
	return any;
}

static int64_t
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

struct outcome {
	long outside, changed;			/* dots */
	bool shown;				/* a text holds the name at all */
	int64_t us;
};

static unsigned
ink_byte(const struct page *p, size_t i)
{
	return p->bits[i] | (p->red != NULL ? p->red[i] : 0u);
}

static struct outcome
draw_against(const struct scene *s, const struct label_fields *f)
{
	struct outcome o = { 0 };
	struct page mask, after;

	if (page_new(&mask, s->before.width, s->before.height, 300, 300, NULL) == -1)
		die("out of memory");
	o.us = cpu_us();
	after = draw(s->name, f, &s->sheet);
	o.us = cpu_us() - o.us;
	o.shown = mask_changed(s, f, &mask);
	for (size_t i = 0; i < after.stride * (size_t)after.height; i++) {
		unsigned differ = ink_byte(&after, i) ^ ink_byte(&s->before, i);
		o.changed += __builtin_popcount(differ);
		o.outside += __builtin_popcount(differ & ~(unsigned)mask.bits[i]);
	}
	page_free(&after);
	page_free(&mask);
	return o;
}

/* The template's own size, and margins around it. */
static void
scene_open(struct scene *s, const char *template, const char *lang, unsigned has, int dpi)
{
	s->name = template;
	s->t = template_of(template);
	s->sheet = sheet_of(template, "own", dpi);
	s->sheet.rotate = 0;
	s->sheet.left = s->sheet.top = s->sheet.right = s->sheet.bottom = MARGIN;
	s->sheet.width += 2 * MARGIN;
	s->sheet.height += 2 * MARGIN;
	s->blank = sample_fields(template, lang);
	s->blank.owner = has & HAS_OWNER ? BLANK : NULL;
	s->blank.title = has & HAS_TITLE ? BLANK : NULL;
	s->blank.group = has & HAS_GROUP ? BLANK : NULL;
	s->before = (struct page){ 0 };
}

static void
scene_draw(struct scene *s)
{
	s->before = draw(s->name, &s->blank, &s->sheet);
	if (ink_in_margins(&s->before, &s->sheet) > 0)
		wrong("%s in %s: %ld dots in the margins", s->name, s->blank.lang,
		    ink_in_margins(&s->before, &s->sheet));
}

static void
scene_close(struct scene *s)
{
	template_free(s->t);
	page_free(&s->before);
}

static bool
shows_names(const struct scene *s)
{
	struct label_fields f = s->blank;

	f.owner = f.owner != NULL ? "x" : NULL;
	f.title = f.title != NULL ? "x" : NULL;
	f.group = f.group != NULL ? "x" : NULL;
	return mask_changed(s, &f, NULL);
}

/* ---- many ---- */

struct tally {
	long names, refused, shown, slow;
	int64_t us_most, us_all;
};

/* The plain build has to be quick; sanitizers take their own time. */
static bool
is_timed(void)
{
#ifdef __SANITIZE_ADDRESS__
	return false;
#else
	return true;
#endif
}

static void
one_name(const struct scene *s, struct dice *d, const char *which, struct tally *sum)
{
	char owner[NAME_SIZE], title[NAME_SIZE], group[NAME_SIZE];
	struct label_fields f = s->blank;

	sum->refused += make_name(d, owner) + make_name(d, title) + make_name(d, group);
	f.owner = f.owner != NULL ? owner : NULL;
	f.title = f.title != NULL ? title : NULL;
	f.group = f.group != NULL ? group : NULL;
	struct outcome o = draw_against(s, &f);
	/* The first label of a script loads its font, once a process; and what shares the
	 * processor's caches slows it down. */
	for (int again = 0; again < 3 && is_timed() && o.us > CPU_MS_MAX * 1000; again++) {
		sum->slow += again == 0;
		o.us = MIN(o.us, draw_against(s, &f).us);
	}
	if (is_timed() && o.us > CPU_MS_MAX * 1000)
		wrong("%s: %.1f ms: owner \"%s\" title \"%s\" group \"%s\"", which,
		    (double)o.us / 1000, owner, title, group);
	sum->names++;
	sum->shown += o.shown;
	sum->us_all += o.us;
	sum->us_most = MAX(sum->us_most, o.us);
	if (o.outside > 0)
		wrong("%s: %ld dots beside the box: owner \"%s\" title \"%s\" group \"%s\"", which,
		    o.outside, owner, title, group);
	if (o.shown && o.changed == 0)
		wrong("%s: nothing of it is seen: owner \"%s\" title \"%s\" group \"%s\"", which,
		    owner, title, group);
}

static void
one_scene(char **templates, size_t count, uint64_t seed, long from, long to, struct tally *sum)
{
	static const unsigned HAS[] = { HAS_OWNER, HAS_OWNER | HAS_GROUP, HAS_OWNER | HAS_TITLE,
		HAS_TITLE, HAS_GROUP, HAS_OWNER | HAS_TITLE | HAS_GROUP };
	static const int DPI[] = { 203, 300 };
	struct dice d = dice_for(seed, (uint64_t)(from / NAMES_A_SCENE) + (UINT64_C(1) << 40));
	const char *template, *lang;
	struct scene s;

	for (int tries = 0;; tries++) {		/* until one shows a name at all */
		template = templates[roll(&d, count)];
		lang = LANGS[roll(&d, 5)];
		unsigned has = HAS[roll(&d, sizeof HAS / sizeof *HAS)];
		scene_open(&s, template, lang, has, DPI[roll(&d, 2)]);
		if (shows_names(&s) || tries == 50)
			break;
		scene_close(&s);
	}
	scene_draw(&s);
	for (long i = from; i < to; i++) {
		char which[200];
		struct dice own = dice_for(seed, (uint64_t)i);
		snprintf(which, sizeof which, "seed %" PRIu64 " name %ld (%s in %s at %d dpi)", seed,
		    i, template, lang, s.sheet.dpi_x);
		one_name(&s, &own, which, sum);
	}
	scene_close(&s);
}

void
names_check(long count, uint64_t seed, long first)
{
	struct tally sum = { 0 };
	struct err e;
	char **templates = label_templates(template_dirs, &e);
	size_t n = 0;

	if (templates == NULL || templates[0] == NULL)
		die("no templates");
	while (templates[n] != NULL)
		n++;
	fill_pool();
	for (long from = first, to; from < first + count; from = to) {
		to = MIN((from / NAMES_A_SCENE + 1) * NAMES_A_SCENE, first + count);
		one_scene(templates, n, seed, from, to, &sum);
	}
	free(templates);
	printf("%ld labels by %zu templates, %zu scripts, seed %" PRIu64 ": %.2f ms each, %.1f ms "
	    "at most, %ld first of a font; %ld show a random text; %ld names refused\n", sum.names,
	    n, script_count, seed, (double)sum.us_all / 1000 / (double)sum.names,
	    (double)sum.us_most / 1000, sum.slow, sum.shown, sum.refused);
	if (sum.shown < sum.names)
		wrong("only %ld of %ld labels showed a random text", sum.shown, sum.names);
}
