/* report_text.c - texts with fields in braces, as mail.LANG and report.LANG have them. */
#include "report_impl.h"

#include <string.h>

/* Put the field that stands between braces, "name" or "name:FORM". */
static void
put_field(FILE *f, const char *inside, size_t n, const struct field *fields, const char *lang)
{
	char name[80], day[120];
	struct err ignored;

	snprintf(name, sizeof name, "%.*s", (int)n, inside);
	char *form = strchr(name, ':');
	if (form != NULL)
		*form++ = '\0';
	for (; fields->name != NULL; fields++) {
		if (strcmp(fields->name, name) != 0)
			continue;
		if (fields->text != NULL)
			fputs(fields->text, f);
		else if (words_date(lang, fields->day, form != NULL ? form : "yMMMMd", day, sizeof day,
		    &ignored) == 0)
			fputs(day, f);
	}
}

bool
text_put(FILE *f, struct words *words, const char *lang, const char *key,
    const struct field *fields)
{
	const char *text = words_get(words, lang, key);
	const char *spoken = words_lang(words, lang, key);

	if (text[0] == '\0')
		return false;
	while (*text != '\0') {
		size_t n = strcspn(text, "{");
		fwrite(text, 1, n, f);
		text += n;
		const char *end = strchr(text, '}');
		if (*text == '{' && end != NULL) {
			put_field(f, text + 1, (size_t)(end - text - 1), fields, spoken);
			text = end + 1;
		} else if (*text == '{') {
			fputc(*text++, f);
		}
	}
	return true;
}

void
text_line(struct words *words, const char *lang, const char *key, const struct field *fields,
    char out[static TEXT_SIZE])
{
	FILE *f = fmemopen(out, TEXT_SIZE, "w");

	out[0] = '\0';
	if (f == NULL)
		return;
	text_put(f, words, lang, key, fields);
	fclose(f);
	out[TEXT_SIZE - 1] = '\0';
}
