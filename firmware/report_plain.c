/* report_plain.c - the report in the fridge's own words: as the text of a mail. */
#include "report_impl.h"

#include <inttypes.h>
#include <string.h>

void
head_fill(struct head *h, const struct report *r, struct words *words)
{
	const int64_t numbers[] = {
		(int64_t)r->n, report_count(r, REPORT_EXPIRED), report_count(r, REPORT_DUE),
		report_count(r, REPORT_SOON),
	};
	struct err ignored;

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		snprintf(h->number[i], sizeof h->number[i], "%" PRId64, numbers[i]);
	const char *lang = words_lang(words, r->config->fridge.language, "totals");
	if (words_days(lang, r->days, h->days, sizeof h->days, &ignored) == -1)
		snprintf(h->days, sizeof h->days, "%d", r->days);
	const struct field fields[HEAD_FIELDS] = {
		{ .name = "fridge", .text = r->config->fridge.name },
		{ .name = "day", .day = r->as_of },
		{ .name = "in", .text = h->number[0] }, { .name = "expired", .text = h->number[1] },
		{ .name = "due", .text = h->number[2] }, { .name = "soon", .text = h->number[3] },
		{ .name = "days", .text = h->days }, { .name = NULL },
	};
	memcpy(h->field, fields, sizeof fields);
}

void
line_fill(struct line *l, const struct report *r, struct words *words, const struct label *label)
{
	const char *lang = r->config->fridge.language;
	int64_t left = (int64_t)label->expires_on - r->as_of;
	char days[80] = "";
	struct err ignored;
	const struct field fields[] = {
		{ .name = "days", .text = days }, { .name = "expires", .day = label->expires_on },
		{ .name = NULL },
	};

	row_code(r->config->fridge.code, label->code, l->code);
	if (label->owner_name[0] != '\0')
		snprintf(l->owner, sizeof l->owner, "%s", label->owner_name);
	else
		text_line(words, lang, label->owner != 0 ? "removed" : "guest", fields, l->owner);
	l->until[0] = l->left[0] = '\0';
	if (label->expires_on == DAY_NONE)
		return;
	words_days(words_lang(words, lang, "left"), (int)(left < 0 ? -left : left), days, sizeof days,
	    &ignored);
	text_line(words, lang, "until", fields, l->until);
	text_line(words, lang, left == 0 ? "today" : left < 0 ? "ago" : "left", fields, l->left);
}

const char *
place_in_words(const struct report *r, struct words *words, const char *place)
{
	char key[sizeof "place_" + sizeof ((struct label *)NULL)->place];

	snprintf(key, sizeof key, "place_%s", place);
	const char *word = words_get(words, r->config->fridge.language, key);
	return word[0] != '\0' ? word : place;
}

/* A text and blanks up to a column, as wide characters take two. */
static void
put_column(FILE *f, const char *text, int columns)
{
	int n = words_columns(text);

	fprintf(f, "%s%*s", text, n < columns ? columns - n : 0, "");
}

static void
put_section(const struct report *r, struct words *words, enum report_section section, FILE *f)
{
	const struct field none[] = { { .name = NULL } };
	int wide[2] = { 0, 0 };
	struct line l;

	fputc('\n', f);
	text_put(f, words, r->config->fridge.language, report_key(section), none);
	fputs(":\n", f);
	/* Twice: how wide the columns are, and what stands in them. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < r->n; i++) {
			if (!report_holds(r, section, &r->labels[i]))
				continue;
			line_fill(&l, r, words, &r->labels[i]);
			const char *const texts[] = { l.code, l.owner };
			for (int c = 0; c < 2; c++) {
				int n = words_columns(texts[c]);
				wide[c] = n > wide[c] ? n : wide[c];
			}
			if (pass == 0)
				continue;
			fputs("  ", f);
			put_column(f, l.code, wide[0] + 2);
			put_column(f, l.owner, wide[1] + 2);
			fprintf(f, "%s%s%s%s%s\n", l.until, l.left[0] != '\0' ? " (" : "", l.left,
			    l.left[0] != '\0' ? "), " : "",
			    place_in_words(r, words, r->labels[i].place));
		}
}

void
report_plain(const struct report *r, struct words *words, FILE *f)
{
	static const char *const ABOVE[] = { "head", "totals" };
	struct head h;

	head_fill(&h, r, words);
	for (size_t i = 0; i < sizeof ABOVE / sizeof ABOVE[0]; i++)
		if (text_put(f, words, r->config->fridge.language, ABOVE[i], h.field))
			fputc('\n', f);
	for (int i = 0; i < REPORT_SECTIONS; i++)
		if (report_count(r, REPORT_ORDER[i]) > 0)
			put_section(r, words, REPORT_ORDER[i], f);
}
