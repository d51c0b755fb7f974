/* label_check_text.c - what becomes of a template's texts and QR codes with all that
 * may come to stand in them.
 *
 * A name that people have must fit. The longest one that is allowed may end in an
 * ellipsis, but not where its box has room for more lines of the smallest size.
 */
#include "label_impl.h"

#include <string.h>

#define SMALLEST_PT 7.0		/* as in label_text.c */
#define PT_PER_INCH 72.0
#define WIDE 12			/* characters of a long name as people have them: wide ones, */
#define NARROW 24		/* and the others */
#define DAY_FROM 20526		/* 14 March 2026 */
#define DAY_STEP 31		/* every month, and every day of the week */
#define DAYS_TRIED 12
#define QR_DPI 203
#define QR_MODULE_MM 0.16	/* what a phone can tell apart on thermal paper */
#define QR_TEXT "https://example.com/F3-24"	/* 25 characters */
#define BLANK_MM 8.0		/* to write a day by hand */
#define CODES 40			/* of a slip */
#define DAY_FIELDS (1u << FIELD_STORED | 1u << FIELD_EXPIRES)
#define NAME_FIELDS (1u << FIELD_OWNER)

/* Names in the scripts of the world, to be repeated. */
static const struct script {
	const char *name, *text;
	int usual;		/* characters of a long name */
	const char *package;	/* of the fonts for it */
} SCRIPTS[] = {
	{ "Latin", "Maximiliane Wolkenstein-Ahrendt ", NARROW, "fonts-noto-core" },
	{ "Korean", "남궁민수 황보석진 ", WIDE, "fonts-noto-cjk" },
	{ "Japanese", "長宗我部さくらこ ", WIDE, "fonts-noto-cjk" },
	{ "Chinese", "欧阳明月司马相如", WIDE, "fonts-noto-cjk" },
	{ "Arabic", "عبد الرحمن بن محمد ", NARROW, "fonts-noto-core" },
	{ "Thai", "สมชาย วงศ์สวัสดิ์ ", NARROW, "fonts-noto-core" },
	{ "emoji", "🍎🥕🍞🧀", WIDE, "fonts-symbola" },
};
#define SCRIPTS_COUNT (sizeof SCRIPTS / sizeof *SCRIPTS)

/* What was seen of one text, over all languages and names. */
struct seen {
	unsigned fields;	/* that it has */
	bool measured;
	struct box ink;		/* all of it, with names that people have */
	unsigned cut_usual, cut_longest, missing;	/* bits of SCRIPTS */
	int lines;		/* that the longest names need in the same box */
	bool cut;		/* without any name */
	const char *cut_lang;	/* and in which language first */
	double blank;		/* shortest line to write on, dots; 0: there is none */
	double smallest;	/* size of its letters, dots */
	bool outside;
};

/* ---- names ---- */

/* The text over and over, to so many characters (marks stand on the one before), in at
 * most the bytes that a name may have. */
static void
repeat(const char *text, int characters, char out[static NAME_SIZE])
{
	const char *p = text;
	size_t len = 0;

	for (int count = 0;; p = *p == '\0' ? text : p) {
		gunichar c = g_utf8_get_char(p);
		size_t n = (size_t)(g_utf8_next_char(p) - p);
		if (!g_unichar_iszerowidth(c) && count++ == characters)
			break;
		if (len + n > NAME_MAX_BYTES)
			break;
		memcpy(out + len, p, n);
		len += n;
		p += n;
	}
	while (len > 0 && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
}

/* All fields but those that the text must not have. */
static struct label_fields
sample(unsigned lack, const char *name, const char *lang, day_t day, const char *codes)
{
	struct label_fields f = {
		.owner = name, .group = "QA", .title = "Team", .fridge = "3F pantry",
		.code = "F3-24818", .place = "freezer", .preset = "everyone", .shelf = "90d",
		.time = "16:00", .count = "40", .codes = codes, .claim = "F3-24818",
		.buzzer = "beeper", .lang = lang, .qr = QR_TEXT,
		.stored = day, .expires = day,
	};
	const char **text[FIELDS] = {
		[FIELD_OWNER] = &f.owner, [FIELD_GROUP] = &f.group, [FIELD_TITLE] = &f.title,
		[FIELD_FRIDGE] = &f.fridge, [FIELD_CODE] = &f.code, [FIELD_PLACE] = &f.place,
		[FIELD_PRESET] = &f.preset, [FIELD_SHELF] = &f.shelf, [FIELD_TIME] = &f.time,
		[FIELD_COUNT] = &f.count, [FIELD_CODES] = &f.codes, [FIELD_QR] = &f.qr,
		[FIELD_CLAIM] = &f.claim, [FIELD_BUZZER] = &f.buzzer,
	};

	for (int i = 0; i < FIELDS; i++)
		if (text[i] != NULL && (lack & 1u << i) != 0)
			*text[i] = NULL;
	if ((lack & 1u << FIELD_STORED) != 0)
		f.stored = DAY_NONE;
	if ((lack & (1u << FIELD_EXPIRES | 1u << FIELD_DAYS)) != 0)
		f.expires = DAY_NONE;
	return f;
}

/* ---- one text ---- */

/* A text that is being tried. */
struct trial {
	struct inspection *in;
	const struct label_text *text;
	struct box box;
	struct seen *seen;
	GHashTable *done;	/* phrases that were measured */
	char codes[CODES * 6 + 1];
};

static void
join(struct box *all, bool first, const struct box *b)
{
	if (first) {
		*all = *b;
		return;
	}
	double right = MAX(all->x + all->w, b->x + b->w), bottom = MAX(all->y + all->h, b->y + b->h);
	all->x = MIN(all->x, b->x);
	all->y = MIN(all->y, b->y);
	all->w = right - all->x;
	all->h = bottom - all->y;
}

/* Fill in the text, with the day that comes out longest. False if it says nothing. */
static bool
fill(struct trial *t, const char *name, const char *lang, struct phrase *out)
{
	struct inspection *in = t->in;
	struct phrase p;
	struct err e;
	int widest = -1;

	for (int i = 0; i < DAYS_TRIED; i++) {
		struct label_fields f = sample(t->text->when.lack, name, lang,
		    DAY_FROM + i * DAY_STEP, t->codes);
		if (phrase_fill(t->text->text, &f, in->engine.words, &p, &e) == -1) {
			inspection_note(in, true, t->text->line, e.todo, "in the language %s: %s", lang,
			    e.what);
			return false;
		}
		t->seen->fields |= p.fields;
		int columns = words_columns(p.text);
		if (columns > widest)
			*out = p;
		widest = MAX(widest, columns);
		if ((p.fields & DAY_FIELDS) == 0)
			break;
	}
	return !out->hollow && out->len > 0;
}

static struct fitting
measure(const struct trial *t, const struct label_text *text, const struct phrase *p,
    const char *lang)
{
	struct fitting f;

	pen_measure(t->in->engine.pen, &t->in->canvas, text, p, &t->box, t->in->scale, lang, &f);
	return f;
}

/* How large its smallest letters are: fixed words may be smaller than fields. */
static double
smallest_letters(const struct label_text *text, const struct phrase *p, const struct fitting *f)
{
	bool has_words = p->blank != SIZE_MAX;
	size_t at = 0;

	for (size_t i = 0; i < p->pieces; i++) {
		has_words = has_words || p->piece[i].from > at;
		at = p->piece[i].to;
	}
	has_words = has_words || (p->pieces > 0 && p->len > at);
	return has_words ? f->size * text->words : f->size;
}

/* What may end in an ellipsis, the longest names and long lists, may not where its box has
 * room for all of it. */
static void
see_room(struct trial *t, const struct phrase *p, const char *lang, size_t script)
{
	struct label_text roomy = *t->text;

	roomy.lines = LINES_MAX;
	roomy.shrink = true;
	struct fitting f = measure(t, &roomy, p, lang);
	if (!f.fits)
		return;
	t->seen->cut_longest |= 1u << script;
	t->seen->lines = MAX(t->seen->lines, f.lines);
}

/* The text without a name of any length in it, or with one that people have. */
static void
try_usual(struct trial *t, const char *name, const char *lang, size_t script)
{
	struct seen *seen = t->seen;
	struct phrase p;

	if (!fill(t, name, lang, &p) || !g_hash_table_add(t->done, g_strdup(p.text)))
		return;
	struct fitting f = measure(t, t->text, &p, lang);
	bool has_name = (p.fields & NAME_FIELDS) != 0;
	if (!f.fits && has_name) {
		seen->cut_usual |= 1u << script;
	} else if (!f.fits && (p.fields & 1u << FIELD_CODES) != 0) {
		see_room(t, &p, lang, script);
	} else if (!f.fits && !seen->cut) {
		seen->cut = true;
		seen->cut_lang = lang;
	}
	if (f.blank > 0 && (seen->blank <= 0 || f.blank < seen->blank))
		seen->blank = f.blank;
	if (f.missing > 0)
		seen->missing |= has_name ? 1u << script : 1u << SCRIPTS_COUNT;
	double letters = smallest_letters(t->text, &p, &f);
	if (f.size > 0 && (!seen->measured || letters < seen->smallest))
		seen->smallest = letters;
	if (f.ink.w > 0)
		join(&seen->ink, !seen->measured, &f.ink);
	seen->measured = true;
	seen->outside = seen->outside || (f.ink.w > 0 && (f.ink.x < -1 || f.ink.y < -1 ||
	    f.ink.x + f.ink.w > t->in->canvas.width + 1 ||
	    f.ink.y + f.ink.h > t->in->canvas.height + 1));
}

/* The longest names may be cut. */
static void
try_longest(struct trial *t, const char *name, const char *lang, size_t script)
{
	struct phrase p;

	if (fill(t, name, lang, &p) && g_hash_table_add(t->done, g_strdup(p.text)) &&
	    !measure(t, t->text, &p, lang).fits)
		see_room(t, &p, lang, script);
}

static void
try_text(struct trial *t)
{
	char usual[NAME_SIZE], longest[NAME_SIZE];
	struct phrase p;

	for (const char *const *lang = t->in->langs; *lang != NULL; lang++) {
		/* Without names in it, one pass is all. */
		if (!fill(t, "Ada", *lang, &p))
			continue;
		if ((p.fields & NAME_FIELDS) == 0) {
			try_usual(t, "Ada", *lang, 0);
			continue;
		}
		for (size_t i = 0; i < SCRIPTS_COUNT; i++) {
			repeat(SCRIPTS[i].text, SCRIPTS[i].usual, usual);
			repeat(SCRIPTS[i].text, NAME_MAX_GRAPHEMES, longest);
			try_usual(t, usual, *lang, i);
			try_longest(t, longest, *lang, i);
		}
	}
}

/* ---- what is said of it ---- */

/* "Korean, Thai" */
static const char *
script_names(unsigned bits, char out[static 128])
{
	out[0] = '\0';
	for (size_t i = 0; i < SCRIPTS_COUNT; i++) {
		if ((bits & 1u << i) == 0)
			continue;
		if (out[0] != '\0')
			g_strlcat(out, ", ", 128);
		g_strlcat(out, SCRIPTS[i].name, 128);
	}
	return out;
}

static void
tell_cut(struct inspection *in, const struct label_text *t, const struct seen *seen)
{
	char names[128], todo[160];
	bool is_name = (seen->fields & NAME_FIELDS) != 0;

	if (seen->cut)
		inspection_note(in, true, t->line, t->shrink ?
		    "make its box larger, or give it more data-lines" :
		    "make its box larger, or give it data-fit=\"shrink\"",
		    "the text \"%.60s\" is cut in the language %s: it does not fit", t->text,
		    seen->cut_lang);
	if (seen->cut_usual != 0)
		inspection_note(in, false, t->line, t->shrink ? "make its box larger, or give it more "
		    "data-lines" : "make its box larger, or give it data-fit=\"shrink\"",
		    "the text \"%.60s\" is cut with a name of %d letters, %d of wide ones: %s", t->text,
		    NARROW, WIDE, script_names(seen->cut_usual, names));
	if (seen->cut_longest != 0) {
		snprintf(todo, sizeof todo, "data-fit=\"shrink\" data-lines=\"%d\"", seen->lines);
		inspection_note(in, false, t->line, todo, "the text \"%.60s\" is cut with the longest "
		    "%s, and its box has room for all of it%s%s", t->text,
		    is_name ? "names" : "list", is_name ? ": " : "",
		    is_name ? script_names(seen->cut_longest, names) : "");
	}
}

static void
tell_missing(struct inspection *in, const struct label_text *t, const struct seen *seen)
{
	if ((seen->missing & 1u << SCRIPTS_COUNT) != 0)
		inspection_note(in, false, t->line, LABEL_FONTS,
		    "no font has some characters of the text \"%.60s\": they print as "
		    "boxes", t->text);
	for (size_t i = 0; i < SCRIPTS_COUNT; i++) {
		char todo[80];
		if ((seen->missing & 1u << i) == 0)
			continue;
		snprintf(todo, sizeof todo, "sudo apt install %s", SCRIPTS[i].package);
		inspection_note(in, false, t->line, todo,
		    "no font has some characters of names in %s: they print as boxes", SCRIPTS[i].name);
	}
}

static void
tell_text(struct inspection *in, const struct label_text *t, const struct seen *seen,
    const struct box *box)
{
	double dots_pt = in->canvas.dpi_y / PT_PER_INCH;
	bool beside = box->x >= in->canvas.width || box->y >= in->canvas.height ||
	    box->x + box->w <= 0 || box->y + box->h <= 0;

	if (beside)
		inspection_note(in, true, t->line, "move it onto the page",
		    "the text \"%.60s\" lies beside the page", t->text);
	else if (seen->outside)
		inspection_note(in, true, t->line, "move it, or give it a data-box within the page",
		    "the text \"%.60s\" leaves the page", t->text);
	else if (t->along != ALIGN_BASELINE && (box->x < -1 || box->y < -1 ||
	    box->x + box->w > in->canvas.width + 1 || box->y + box->h > in->canvas.height + 1))
		inspection_note(in, false, t->line, "make the box smaller",
		    "the box of the text \"%.60s\" leaves the page", t->text);
	tell_cut(in, t, seen);
	tell_missing(in, t, seen);
	double blank_mm = seen->blank / in->canvas.dpi_x * MM_PER_INCH;
	if (seen->blank > 0 && blank_mm < BLANK_MM)
		inspection_note(in, false, t->line, "make its box larger, or its data-words smaller",
		    "the text \"%.60s\" leaves %.1f mm to write on", t->text, blank_mm);
	/* A dot less is no other letter. */
	if (seen->measured && seen->smallest > 0 && seen->smallest + 1 < SMALLEST_PT * dots_pt)
		inspection_note(in, false, t->line, "make its font-size larger (or its data-words)",
		    "the text \"%.60s\" has letters of %.1f pt: below %g pt they break up", t->text,
		    seen->smallest / dots_pt, SMALLEST_PT);
}

/* ---- two texts ---- */

static bool
is_shown(const struct cond *when, unsigned fields, unsigned present)
{
	return cond_holds(when, present) && (fields == 0 || (fields & present) != 0);
}

/* Whether there are fields with which both show. */
static bool
show_together(const struct cond *a, unsigned a_fields, const struct cond *b, unsigned b_fields)
{
	unsigned all = a->need | a->lack | a_fields | b->need | b->lack | b_fields;

	for (unsigned present = all;; present = (present - 1) & all) {
		if (is_shown(a, a_fields, present) && is_shown(b, b_fields, present))
			return true;
		if (present == 0)
			return false;
	}
}

/* By more than a dot in both directions. */
static bool
overlap(const struct box *a, const struct box *b)
{
	return MIN(a->x + a->w, b->x + b->w) - MAX(a->x, b->x) > 1.5 &&
	    MIN(a->y + a->h, b->y + b->h) - MAX(a->y, b->y) > 1.5;
}

static void
tell_overlaps(struct inspection *in, size_t of, const struct seen *seen, const struct box *room)
{
	const struct template *t = in->template;
	const struct label_text *a = &t->text[of];

	for (size_t i = of + 1; i < t->texts; i++) {
		const struct label_text *b = &t->text[i];
		if (overlap(&room[of], &room[i]) &&
		    show_together(&a->when, seen[of].fields, &b->when, seen[i].fields))
			inspection_note(in, false, b->line, "part their boxes, or show one of them with "
			    "data-if", "the texts \"%.40s\" (line %d) and \"%.40s\" are shown together and "
			    "overlap", a->text, a->line, b->text);
	}
	for (size_t i = 0; i < t->qrs; i++) {
		struct box box = box_on_canvas(t, &in->canvas, &t->qr[i].box);
		if (overlap(&room[of], &box) &&
		    show_together(&a->when, seen[of].fields, &t->qr[i].when, 0))
			inspection_note(in, false, a->line, "part their boxes, or show one of them with "
			    "data-if", "the text \"%.60s\" overlaps the QR code of line %d", a->text,
			    t->qr[i].line);
	}
}

/* ---- QR codes ---- */

static void
inspect_qr(struct inspection *in, const struct label_qr *q)
{
	struct box box = box_on_canvas(in->template, &in->canvas, &q->box);
	double side_mm = MIN(box.w, box.h) / in->canvas.dpi_x * MM_PER_INCH;
	int dots = qr_module(QR_TEXT, (int)(side_mm / MM_PER_INCH * QR_DPI));

	if (box.x < -1 || box.y < -1 || box.x + box.w > in->canvas.width + 1 ||
	    box.y + box.h > in->canvas.height + 1)
		inspection_note(in, true, q->line, "move it onto the page",
		    "the QR code leaves the page");
	if (dots * MM_PER_INCH / QR_DPI < QR_MODULE_MM)
		inspection_note(in, false, q->line, "give it 9 mm or more",
		    "the box of %.1f mm is too small for a QR code of 25 characters at %d dpi: it is "
		    "left out", side_mm, QR_DPI);
}

/* ---- all ---- */

static void
make_codes(char out[static CODES * 6 + 1])
{
	for (int i = 0; i < CODES; i++)
		snprintf(out + i * 6, 7, "%05d%s", 24818 + 17 * i, i + 1 < CODES ? " " : "");
}

void
inspect_texts(struct inspection *in)
{
	const struct template *t = in->template;
	struct seen *seen = g_new0(struct seen, TEXTS_MAX);
	struct box *room = g_new0(struct box, TEXTS_MAX);

	for (size_t i = 0; i < t->texts; i++) {
		struct trial trial = {
			.in = in, .text = &t->text[i], .seen = &seen[i],
			.box = box_on_canvas(t, &in->canvas, &t->text[i].box),
			.done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		};
		make_codes(trial.codes);
		try_text(&trial);
		g_hash_table_destroy(trial.done);
		tell_text(in, &t->text[i], &seen[i], &trial.box);
		/* A text in no box takes no more room than its letters. */
		room[i] = t->text[i].along == ALIGN_BASELINE ? seen[i].ink : trial.box;
	}
	for (size_t i = 0; i < t->texts; i++)
		tell_overlaps(in, i, seen, room);
	for (size_t i = 0; i < t->qrs; i++)
		inspect_qr(in, &t->qr[i]);
	g_free(seen);
	g_free(room);
}
