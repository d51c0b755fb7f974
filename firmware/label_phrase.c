/* label_phrase.c - fields in braces become text.
 *
 * {owner} is a field, {expires:MMMdEEE} a day with its ICU form, {until} a phrase of
 * words.LANG that may hold fields of its own, {blank} a line to write on. {{ and }}
 * are braces. Values are data: what looks like a field in a name stays as it is.
 */
#include "label_impl.h"

#include <stdio.h>
#include <string.h>

#define DATE_FORM "MMMdEEE"
#define VALUE_MAX 3000		/* bytes of one value; 200 codes, the longest, are 2,400 */
#define FORM_SIZE 64

/* What a brace holds: "expires:MMMdEEE" is name and form. */
struct brace {
	char name[FORM_SIZE];
	char form[FORM_SIZE];	/* "" if there is none */
};

/* Where a phrase is being made. */
struct filling {
	const struct label_fields *fields;
	const char *lang;	/* of dates: that of the phrase they stand in */
	struct words *words;
	struct phrase *out;
	struct hearer *hearer;	/* of a template's text, which stands on that line */
	long line;
	bool any_field, any_value;
};

static int
field_of(const char *name)
{
	for (int i = 0; i < FIELDS; i++)
		if (strcmp(LABEL_FIELDS[i].name, name) == 0)
			return i;
	return -1;
}

static bool
is_day(int field)
{
	return field == FIELD_STORED || field == FIELD_EXPIRES;
}

/* ---- conditions ---- */

bool
cond_holds(const struct cond *c, unsigned present)
{
	return (present & c->need) == c->need && (present & c->lack) == 0;
}

int
cond_parse(const char *text, struct cond *out, struct err *e)
{
	char copy[256], *rest = copy, *word;

	if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy)
		return err_set(e, ERR_REFUSED, NULL, "data-if is too long");
	while ((word = strsep(&rest, " \t\r\n")) != NULL) {
		if (word[0] == '\0')
			continue;
		bool lack = word[0] == '!';
		int field = field_of(word + lack);
		if (field == -1)
			return err_set(e, ERR_REFUSED, "owner, group, title, stored, expires, code, "
			    "fridge, place, preset, shelf, time, count, codes, claim, buzzer, days or qr, "
			    "with ! for absent",
			    "data-if=\"%.60s\" names no field", text);
		unsigned bit = 1u << field;
		if (lack)
			out->lack |= bit;
		else
			out->need |= bit;
	}
	return 0;
}

static const char *
plain_value(const struct label_fields *f, int field)
{
	const char *value = NULL;

	switch (field) {
	case FIELD_OWNER:  value = f->owner; break;
	case FIELD_GROUP:  value = f->group; break;
	case FIELD_TITLE:  value = f->title; break;
	case FIELD_CODE:   value = f->code; break;
	case FIELD_FRIDGE: value = f->fridge; break;
	case FIELD_QR:     value = f->qr; break;
	case FIELD_PLACE:  value = f->place; break;
	case FIELD_PRESET: value = f->preset; break;
	case FIELD_SHELF:  value = f->shelf; break;
	case FIELD_TIME:   value = f->time; break;
	case FIELD_COUNT:  value = f->count; break;
	case FIELD_CODES:  value = f->codes; break;
	case FIELD_CLAIM:  value = f->claim; break;
	case FIELD_BUZZER: value = f->buzzer; break;
	default: break;
	}
	return value != NULL ? value : "";
}

unsigned
fields_present(const struct label_fields *f)
{
	unsigned present = 0;

	for (int i = 0; i < FIELDS; i++)
		if (plain_value(f, i)[0] != '\0')
			present |= 1u << i;
	if (f->stored != DAY_NONE)
		present |= 1u << FIELD_STORED;
	if (f->expires != DAY_NONE)
		present |= 1u << FIELD_EXPIRES;
	if (f->stored != DAY_NONE && f->expires != DAY_NONE)
		present |= 1u << FIELD_DAYS;
	return present;
}

/* ---- making the text ---- */

static bool
put(struct phrase *p, const char *bytes, size_t n)
{
	if (n >= PHRASE_SIZE - p->len)
		return false;
	memcpy(p->text + p->len, bytes, n);
	p->len += n;
	p->text[p->len] = '\0';
	return true;
}

/* Put a value: bytes that are no UTF-8 become U+FFFD, controls a blank, and one that
 * is longer than any checked value is cut, so that it costs no time. */
static void
put_value(struct phrase *p, const char *value)
{
	const char *end = value + strnlen(value, VALUE_MAX);

	while (value < end) {
		gunichar c = g_utf8_get_char_validated(value, end - value);
		const char *next = value + 1;
		bool fits;
		if (c == (gunichar)-1 || c == (gunichar)-2) {
			fits = put(p, "\xef\xbf\xbd", 3);
		} else if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029) {
			next = g_utf8_next_char(value);
			fits = put(p, " ", 1);
		} else {
			next = g_utf8_next_char(value);
			fits = put(p, value, (size_t)(next - value));
		}
		if (!fits)
			return;
		value = next;
	}
}

/* A shipped preset or place has a name in each language; any other has the one it was
 * given. */
static void
name_in_words(const struct filling *m, int field, char *name, size_t size)
{
	char key[FORM_SIZE];

	if (snprintf(key, sizeof key, "%s_%s", LABEL_FIELDS[field].name, name) >= (int)sizeof key)
		return;
	const char *word = words_get(m->words, m->lang, key);
	if (word[0] != '\0')
		snprintf(name, size, "%s", word);
}

/* "90 days", "Friday", "today": a shelf life as it is said. What is none stays. */
static int
shelf_in_words(const struct filling *m, char *shelf, size_t size, struct err *e)
{
	struct shelf s;

	if (shelf[0] == '\0' || shelf_parse(shelf, &s, NULL) == -1)
		return 0;
	if (s.is_weekday) {
		day_t some = day_of(2026, 1, 1);
		some += ((int)s.weekday - (int)day_weekday(some) + 7) % 7;
		return words_date(m->lang, some, "=cccc", shelf, size, e);
	}
	const char *today = s.days == 0 ? words_get(m->words, m->lang, "today") : "";
	if (today[0] == '\0')
		return words_days(m->lang, s.days, shelf, size, e);
	snprintf(shelf, size, "%s", today);
	return 0;
}

static int
field_value(const struct filling *m, int field, const struct brace *b,
    char *out, size_t size, struct err *e)
{
	const struct label_fields *f = m->fields;

	out[0] = '\0';
	if (is_day(field)) {
		day_t day = field == FIELD_STORED ? f->stored : f->expires;
		if (day == DAY_NONE)
			return 0;
		return words_date(m->lang, day,
		    b->form[0] != '\0' ? b->form : DATE_FORM, out, size, e);
	}
	if (field == FIELD_DAYS) {
		if (f->stored != DAY_NONE && f->expires != DAY_NONE)
			snprintf(out, size, "%ld", (long)f->expires - (long)f->stored);
		return 0;
	}
	snprintf(out, size, "%s", plain_value(f, field));
	if (field == FIELD_PRESET || field == FIELD_PLACE)
		name_in_words(m, field, out, size);
	return field == FIELD_SHELF ? shelf_in_words(m, out, size, e) : 0;
}

static int
put_field(struct filling *m, int field, const struct brace *b, struct err *e)
{
	struct phrase *p = m->out;
	char value[VALUE_MAX + 1];
	size_t from = p->len;

	if (field_value(m, field, b, value, sizeof value, e) == -1)
		return -1;
	m->any_field = true;
	p->fields |= 1u << field;
	if (value[0] == '\0')
		return 0;
	m->any_value = true;
	put_value(p, value);
	if (p->pieces < PIECES_MAX && p->len > from) {
		p->piece[p->pieces].from = from;
		p->piece[p->pieces++].to = p->len;
	}
	return 0;
}

/* Read a brace whose '{' is at *p; *p then stands behind its '}'. */
static int
read_brace(const char **p, struct brace *out, struct err *e)
{
	const char *from = *p + 1;
	size_t len = strcspn(from, "{}");
	size_t name = 0;

	if (from[len] != '}')
		return err_set(e, ERR_REFUSED, "write {{ for a brace", "a { without its }");
	while (name < len && from[name] != ':')
		name++;
	size_t form = name < len ? len - name - 1 : 0;
	if (name >= sizeof out->name || form >= sizeof out->form)
		return err_set(e, ERR_REFUSED, NULL, "{%.40s is too long", from);
	memcpy(out->name, from, name);
	out->name[name] = '\0';
	memcpy(out->form, from + len - form, form);
	out->form[form] = '\0';
	*p = from + len + 1;
	return 0;
}

/* Is the brace a field with a fitting form? 1 with *field, 0 for a word, -1 with *e. */
static int
brace_field(const struct brace *b, int *field, struct err *e)
{
	*field = field_of(b->name);
	if (b->form[0] != '\0' && !is_day(*field))
		return err_set(e, ERR_REFUSED, NULL, "{%s} takes no form", b->name);
	if (b->form[0] != '\0' && !words_date_form_ok(b->form))
		return err_set(e, ERR_REFUSED, "write it like {expires:MMMdEEE} or "
		    "{expires:=yyyy-MM-dd}", "{%s:%s}: no form of a date", b->name, b->form);
	return *field != -1;
}

static int fill(struct filling *m, const char *text, bool in_word, struct err *e);

static int
put_brace(struct filling *m, const struct brace *b, bool in_word, struct err *e)
{
	int field;
	int is_field = brace_field(b, &field, e);

	if (is_field != 0)
		return is_field == 1 ? put_field(m, field, b, e) : -1;
	if (strcmp(b->name, "blank") == 0) {
		if (m->out->blank == SIZE_MAX) {
			m->out->blank = m->out->len;
			put(m->out, "\xef\xbf\xbc", 3);
		}
		return 0;
	}
	/* A word's phrase holds fields, and no further words: it cannot go round. */
	const char *lang = m->lang;
	const char *word = in_word ? "" : words_get(m->words, lang, b->name);
	if (word[0] == '\0')
		return err_set(e, ERR_REFUSED, "see the fields and words.en",
		    "{%s} is neither a field nor a word", b->name);
	m->lang = words_lang(m->words, lang, b->name);
	int rc = fill(m, word, true, e);
	m->lang = lang;
	return rc == 0 ? 0 : err_within(e, "{%s}", b->name);
}

static int
fill(struct filling *m, const char *text, bool in_word, struct err *e)
{
	while (*text != '\0') {
		struct brace b;
		size_t plain = strcspn(text, "{}");
		put(m->out, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		if (text[1] == text[0]) {
			put(m->out, text, 1);
			text += 2;
		} else if (*text == '}') {
			return err_set(e, ERR_REFUSED, "write }} for a brace", "a } without its {");
		} else if (read_brace(&text, &b, e) == -1) {
			return -1;
		} else if (put_brace(m, &b, in_word, e) == -1 &&
		    (in_word || hear(m->hearer, m->line, e) == -1)) {
			return -1;
		}
	}
	return 0;
}

static int
fill_all(struct filling *m, const char *text, struct err *e)
{
	struct phrase *p = m->out;

	p->text[0] = '\0';
	p->len = p->pieces = 0;
	p->blank = SIZE_MAX;
	p->fields = 0;
	if (fill(m, text, false, e) == -1)
		return -1;
	p->hollow = m->any_field && !m->any_value;
	return 0;
}

int
phrase_fill(const char *text, const struct label_fields *f, struct words *w,
    struct phrase *out, struct err *e)
{
	struct filling m = {
		.fields = f, .words = w, .out = out, .lang = f->lang != NULL ? f->lang : "",
	};

	return fill_all(&m, text, e);
}

int
phrase_check(const char *text, struct words *w, struct hearer *hearer, long line,
    struct err *e)
{
	const struct label_fields none = { .stored = DAY_NONE, .expires = DAY_NONE };
	struct phrase p;
	struct filling m = {
		.fields = &none, .words = w, .out = &p, .lang = "en", .hearer = hearer, .line = line,
	};

	return fill_all(&m, text, e) == 0 ? 0 : hear(hearer, line, e);
}
