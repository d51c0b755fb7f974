/* config_types.c - how the values of settings are read and written */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../drivers/proto.h"
#include "config_impl.h"
#include "words.h"

/* ---- numbers, switches, choices ---- */

static int
parse_number(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	const char *digits = text + (text[0] == '-');
	size_t n = strspn(digits, "0123456789");
	long long value = 0;

	if (n == 0 || digits[n] != '\0') {
		if (n > 0 && d->unit[0] != '\0')
			return err_set(e, ERR_USAGE, NULL,
			    "\"%s\" is not a plain number (of %s)", text, d->unit);
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is not a plain number", text);
	}
	for (size_t i = 0; i < n && value <= d->max; i++)
		value = value * 10 + (digits[i] - '0');
	if (text[0] == '-')
		value = -value;
	if (value < d->min || value > d->max)
		return err_set(e, ERR_USAGE, NULL, "%s is out of range", text);
	*(int *)field = (int)value;
	return 0;
}

static void
format_number(const struct setting_def *d, const void *field, char out[static CONFIG_TEXT])
{
	(void)d;
	snprintf(out, CONFIG_TEXT, "%d", *(const int *)field);
}
const struct setting_type SETTING_NUMBER = { parse_number, format_number };

static int
parse_switch(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	(void)d;
	if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is neither yes nor no", text);
	*(bool *)field = text[0] == 'y';
	return 0;
}

static void
format_switch(const struct setting_def *d, const void *field, char out[static CONFIG_TEXT])
{
	(void)d;
	strcpy(out, *(const bool *)field ? "yes" : "no");
}
const struct setting_type SETTING_SWITCH = { parse_switch, format_switch };

_Static_assert(sizeof(enum clock_mode) == sizeof(int), "choices are stored as int");

static int
parse_choice(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	for (const struct setting_choice *c = d->choices; c->name != NULL; c++) {
		if (strcmp(text, c->name) == 0) {
			memcpy(field, &c->value, sizeof c->value);
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, NULL, "\"%s\" is not known here", text);
}

static void
format_choice(const struct setting_def *d, const void *field, char out[static CONFIG_TEXT])
{
	int value;

	memcpy(&value, field, sizeof value);
	out[0] = '\0';
	for (const struct setting_choice *c = d->choices; c->name != NULL; c++)
		if (c->value == value)
			strcpy(out, c->name);
}
const struct setting_type SETTING_CHOICE = { parse_choice, format_choice };

/* ---- texts ---- */

static int
keep_text(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	if (text[0] == '\0' && d->min > 0)
		return err_set(e, ERR_USAGE, NULL, "it is empty");
	if (strlen(text) >= d->size)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is too long", text);
	strcpy(field, text);
	return 0;
}

static int
parse_text(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return err_set(e, ERR_USAGE, NULL, "a tab or control character in it");
	return keep_text(d, text, field, e);
}

static void
format_text(const struct setting_def *d, const void *field, char out[static CONFIG_TEXT])
{
	(void)d;
	strcpy(out, field);
}
const struct setting_type SETTING_TEXT = { parse_text, format_text };

/* A path or command may hold blanks, but " #" is a comment in the wrong place. */
static int
parse_path(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	if (strstr(text, " #") != NULL)
		return err_set(e, ERR_USAGE, NULL, "a comment stands on its own line");
	return parse_text(d, text, field, e);
}
const struct setting_type SETTING_PATH = { parse_path, format_text };

static int
parse_word(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	if (text[strcspn(text, " \t")] != '\0')
		return err_set(e, ERR_USAGE, NULL, "a blank in it");
	return parse_text(d, text, field, e);
}
const struct setting_type SETTING_WORD = { parse_word, format_text };

/* What a printer speaks: one of the words that are allowed. */
static int
parse_spoken(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	size_t n = strlen(text);
	const char *at = PROTO_LANGUAGES;

	while (*at != '\0' && (strncmp(at, text, n) != 0 || strcspn(at, " ") != n))
		at += strcspn(at, " ") + (at[strcspn(at, " ")] == ' ');
	if (*at == '\0' && n > 0)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is no printer's language", text);
	return keep_text(d, text, field, e);
}
const struct setting_type SETTING_SPOKEN = { parse_spoken, format_text };

/* The name of something in a folder, which must not lead out of it. */
static int
parse_bare(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	if (text[0] == '.' || strchr(text, '/') != NULL)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is not a bare name", text);
	return parse_path(d, text, field, e);
}
const struct setting_type SETTING_BARE = { parse_bare, format_text };

static int
parse_name(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	char name[NAME_SIZE];

	if (words_name("name", text, name, e) == -1)
		return -1;
	return keep_text(d, name, field, e);
}
const struct setting_type SETTING_NAME = { parse_name, format_text };

static int
parse_code(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	if (text[n] != '\0' || n >= d->size)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is no prefix for codes", text);
	return keep_text(d, text, field, e);
}
const struct setting_type SETTING_CODE = { parse_code, format_text };

static int
parse_language(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	if (!words_lang_exists(text))
		return err_set(e, ERR_USAGE, NULL, "there is no language \"%s\"", text);
	return keep_text(d, text, field, e);
}
const struct setting_type SETTING_LANGUAGE = { parse_language, format_text };

static int
parse_zone(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	if (text[0] != '\0' && !day_zone_exists(text))
		return err_set(e, ERR_USAGE, NULL, "there is no time zone \"%s\"", text);
	return keep_text(d, text, field, e);
}
const struct setting_type SETTING_ZONE = { parse_zone, format_text };

static int
parse_shelf(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	(void)d;
	return shelf_parse(text, field, e);
}

static void
format_shelf(const struct setting_def *d, const void *field, char out[static CONFIG_TEXT])
{
	const struct shelf *s = field;

	(void)d;
	if (s->is_weekday)
		strcpy(out, weekday_text(s->weekday));
	else
		snprintf(out, CONFIG_TEXT, "%dd", s->days);
}
const struct setting_type SETTING_SHELF = { parse_shelf, format_shelf };

/* ---- lists of words ---- */

/* Copy the next word of a list parted by blanks or commas; 0 at the end, -1 if it is
 * longer than any word we know. */
static int
next_word(const char **list, char *word, size_t size)
{
	*list += strspn(*list, " \t,");
	size_t n = strcspn(*list, " \t,");

	if (n == 0)
		return 0;
	if (n >= size)
		return -1;
	memcpy(word, *list, n);
	word[n] = '\0';
	*list += n;
	return 1;
}

static void
append_word(char out[static CONFIG_TEXT], const char *word)
{
	if (out[0] != '\0')
		strcat(out, " ");
	strcat(out, word);
}

static int
parse_days(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	char word[16];
	unsigned days = 0;
	enum weekday w;
	int more;

	(void)d;
	while ((more = next_word(&text, word, sizeof word)) == 1) {
		if (weekday_parse(word, &w) == -1)
			return err_set(e, ERR_USAGE, NULL, "\"%s\" is no weekday", word);
		days |= 1u << w;
	}
	if (more == -1)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is no weekday", text);
	*(unsigned *)field = days;
	return 0;
}

static void
format_days(const struct setting_def *d, const void *field, char out[static CONFIG_TEXT])
{
	(void)d;
	out[0] = '\0';
	for (int w = MON; w <= SUN; w++)
		if ((*(const unsigned *)field & 1u << w) != 0)
			append_word(out, weekday_text((enum weekday)w));
}
const struct setting_type SETTING_DAYS = { parse_days, format_days };

/* The kinds of cards are switches of their own in struct config; the setting's field is
 * the whole [reader], and this says where in it they are. */
#define IN_READER(member) offsetof(struct config, reader.member) - offsetof(struct config, reader)
static const struct {
	const char *name;
	size_t offset;
} TECHNOLOGIES[] = {
	{ "iso14443a", IN_READER(iso14443a) },
	{ "iso14443b", IN_READER(iso14443b) },
	{ "felica", IN_READER(felica) },
};
#define TECHNOLOGY_COUNT (sizeof TECHNOLOGIES / sizeof *TECHNOLOGIES)

static int
parse_technologies(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	char word[16];
	bool on[TECHNOLOGY_COUNT] = { false };
	bool any = false;
	int more;

	(void)d;
	while ((more = next_word(&text, word, sizeof word)) == 1) {
		size_t i = 0;
		while (i < TECHNOLOGY_COUNT && strcmp(word, TECHNOLOGIES[i].name) != 0)
			i++;
		if (i == TECHNOLOGY_COUNT)
			return err_set(e, ERR_USAGE, NULL, "\"%s\" is no kind of card", word);
		on[i] = any = true;
	}
	if (more == -1)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is no kind of card", text);
	if (!any)
		return err_set(e, ERR_USAGE, NULL, "without a kind of card no badge is read");
	for (size_t i = 0; i < TECHNOLOGY_COUNT; i++)
		*(bool *)((char *)field + TECHNOLOGIES[i].offset) = on[i];
	return 0;
}

static void
format_technologies(const struct setting_def *d, const void *field,
    char out[static CONFIG_TEXT])
{
	(void)d;
	out[0] = '\0';
	for (size_t i = 0; i < TECHNOLOGY_COUNT; i++)
		if (*(const bool *)((const char *)field + TECHNOLOGIES[i].offset))
			append_word(out, TECHNOLOGIES[i].name);
}
const struct setting_type SETTING_TECHNOLOGIES = { parse_technologies, format_technologies };

/* ---- when the fridge is emptied ---- */

typedef __typeof__(((struct config *)0)->report.empty) emptying;

/* "16:00" or "9:30", exactly. */
static int
parse_time(const char *text, int *hour, int *minute)
{
	size_t n = strspn(text, "0123456789");

	if (n < 1 || n > 2 || text[n] != ':' || strspn(text + n + 1, "0123456789") != 2
	    || text[n + 3] != '\0')
		return -1;
	*hour = text[0] - '0';
	if (n == 2)
		*hour = *hour * 10 + (text[1] - '0');
	*minute = (text[n + 1] - '0') * 10 + (text[n + 2] - '0');
	return *hour < 24 && *minute < 60 ? 0 : -1;
}

static int
parse_empty(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	emptying empty = { 0 };
	const char *rest = text;
	char word[16];

	(void)d;
	if (strcmp(text, "never") == 0) {
		empty.how = EMPTY_NEVER;
		*(emptying *)field = empty;
		return 0;
	}
	if (next_word(&rest, word, sizeof word) != 1)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is no time of emptying", text);
	if (strcmp(word, "daily") == 0)
		empty.how = EMPTY_DAILY;
	else if (weekday_parse(word, &empty.weekday) == 0)
		empty.how = EMPTY_WEEKLY;
	else
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is no weekday", word);
	rest += strspn(rest, " \t");
	if (rest[0] == '\0')
		return err_set(e, ERR_USAGE, NULL, "\"%s\" has no time of day", text);
	if (parse_time(rest, &empty.hour, &empty.minute) == -1)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is no time of day", rest);
	*(emptying *)field = empty;
	return 0;
}

static void
format_empty(const struct setting_def *d, const void *field, char out[static CONFIG_TEXT])
{
	const emptying *empty = field;

	(void)d;
	if (empty->how == EMPTY_NEVER)
		strcpy(out, "never");
	else
		snprintf(out, CONFIG_TEXT, "%s %02d:%02d",
		    empty->how == EMPTY_DAILY ? "daily" : weekday_text(empty->weekday),
		    empty->hour, empty->minute);
}
const struct setting_type SETTING_EMPTY = { parse_empty, format_empty };

/* ---- label sizes ---- */

#define MM 100			/* sizes are in hundredths of a millimetre */
#define SIDE_MIN (6 * MM)
#define WIDTH_MAX (300 * MM)
#define LENGTH_MAX (1000 * MM)

/* Read "57.5" (at most two decimals) and move *text behind it. */
static int
millimetres(const char **text, int *out)
{
	size_t n = strspn(*text, "0123456789");
	const char *p = *text;
	int value = 0;

	if (n < 1 || n > 4)
		return -1;
	for (; n > 0; n--)
		value = value * 10 + (*p++ - '0');
	value *= MM;
	if (*p == '.') {
		n = strspn(++p, "0123456789");
		if (n < 1 || n > 2)
			return -1;
		value += (*p++ - '0') * 10;
		if (n == 2)
			value += *p++ - '0';
	}
	*text = p;
	*out = value;
	return 0;
}

int
media_parse(const char *text, struct media *out)
{
	struct media m = { 0 };

	if (text[0] == '\0') {
		*out = m;
		return 0;
	}
	if (millimetres(&text, &m.width) == -1 || (*text != 'x' && *text != 'X'))
		return -1;
	text++;
	if (strncasecmp(text, "max", 3) == 0) {
		m.roll = true;
		text += 3;
	}
	if (m.roll && strcasecmp(text, "mm") == 0)
		m.length = LENGTH_MAX;
	else if (millimetres(&text, &m.length) == -1)
		return -1;
	if (strcasecmp(text, "mm") != 0)
		return -1;
	if (m.width < SIDE_MIN || m.width > WIDTH_MAX || m.length < SIDE_MIN
	    || m.length > LENGTH_MAX)
		return -1;
	*out = m;
	return 0;
}

static int
parse_media(const struct setting_def *d, const char *text, void *field, struct err *e)
{
	(void)d;
	if (media_parse(text, field) == -1)
		return err_set(e, ERR_USAGE, NULL, "\"%s\" is no label size", text);
	return 0;
}

/* "62", "57.5" or "17.25" */
static void
append_millimetres(char out[static MEDIA_TEXT], int size)
{
	char text[32];

	if (size % MM == 0)
		snprintf(text, sizeof text, "%d", size / MM);
	else if (size % 10 == 0)
		snprintf(text, sizeof text, "%d.%d", size / MM, size % MM / 10);
	else
		snprintf(text, sizeof text, "%d.%02d", size / MM, size % MM);
	strcat(out, text);
}

char *
media_text(const struct media *m, char out[static MEDIA_TEXT])
{
	out[0] = '\0';
	if (m->width == 0)
		return out;
	append_millimetres(out, m->width);
	strcat(out, m->roll ? "xMAX" : "x");
	append_millimetres(out, m->length);
	return strcat(out, "mm");
}

static void
format_media(const struct setting_def *d, const void *field, char out[static CONFIG_TEXT])
{
	(void)d;
	media_text(field, out);
}
const struct setting_type SETTING_MEDIA = { parse_media, format_media };
