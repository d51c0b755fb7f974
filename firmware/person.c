/* person.c - see person.h */
#include "person.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "words.h"

/* One @ with something on both sides, and no blank, control or bracket in it. Whether
 * anybody reads it only a mail can tell. */
static int
check_email(const char *text, char *out, struct err *e)
{
	const char *at = strchr(text, '@');
	bool plain = true;

	if (strlen(text) >= EMAIL_SIZE)
		return err_set(e, ERR_USAGE, NULL, "an e-mail address has at most %d characters",
		    EMAIL_SIZE - 1);
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		if (*p <= ' ' || *p == 0x7f || strchr("<>,;\"", *p) != NULL)
			return err_set(e, ERR_USAGE, "name@example.com",
			    "a blank, a control or one of <>,;\" stands in the e-mail address");
		plain = plain && *p < 0x80;
	}
	if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return err_set(e, ERR_USAGE, "name@example.com",
		    "\"%s\" is no e-mail address", text);
	/* Not a name, but UTF-8 and free of what cannot be seen all the same. */
	for (const char *part = text; !plain && *part != '\0';) {
		char piece[NAME_SIZE], ignored[NAME_SIZE];
		size_t n = strlen(part) > 60 ? 60 : strlen(part);
		while (n < strlen(part) && ((unsigned char)part[n] & 0xc0) == 0x80)
			n--;
		if (n == 0)
			n = strlen(part);
		snprintf(piece, sizeof piece, "%.*s", (int)n, part);
		if (words_name("e-mail", piece, ignored, e) == -1) {
			e->kind = ERR_USAGE;
			return -1;
		}
		part += n;
	}
	snprintf(out, EMAIL_SIZE, "%s", text);
	return 0;
}

static int
check_lang(const char *text, char *out, struct err *e)
{
	if (text[0] == '\0' || strlen(text) >= LANG_SIZE || !words_lang_exists(text))
		return err_set(e, ERR_USAGE, "one such as en, ko, de or pt-BR",
		    "there is no language \"%s\"", text);
	snprintf(out, LANG_SIZE, "%s", text);
	return 0;
}

static int
check_shelf(const char *text, char *out, struct err *e)
{
	struct shelf shelf;

	if (shelf_parse(text, &shelf, e) == -1)
		return -1;
	/* Kept as it is said everywhere, not as it was typed. */
	if (shelf.is_weekday)
		snprintf(out, SHELF_SIZE, "%s", weekday_text(shelf.weekday));
	else
		snprintf(out, SHELF_SIZE, "%dd", shelf.days);
	return 0;
}

static int
check_name(const char *text, char *out, struct err *e)
{
	return words_name("name", text, out, e);
}

static int
check_label_name(const char *text, char *out, struct err *e)
{
	return words_name("label name", text, out, e);
}

static int
check_group(const char *text, char *out, struct err *e)
{
	return words_name("group", text, out, e);
}

#define TEXT_OF(member) offsetof(struct owner, member), sizeof ((struct owner *)0)->member
static const struct field {
	const char *key;
	size_t at, size;
	int (*check)(const char *text, char *out, struct err *e);
} FIELDS[PERSON_FIELDS] = {
	[PERSON_NAME] = { "name", TEXT_OF(name), check_name },
	[PERSON_LABEL_NAME] = { "label_name", TEXT_OF(label_name), check_label_name },
	[PERSON_EMAIL] = { "email", TEXT_OF(email), check_email },
	[PERSON_GROUP] = { "group", TEXT_OF(group), check_group },
	[PERSON_LANG] = { "lang", TEXT_OF(lang), check_lang },
	[PERSON_SHELF] = { "shelf", TEXT_OF(shelf), check_shelf },
};

const char *
person_key(enum person_field f)
{
	return FIELDS[f].key;
}

const char *
person_text(const struct owner *o, enum person_field f)
{
	return (const char *)o + FIELDS[f].at;
}

int
person_set(struct owner *o, enum person_field f, const char *text, struct err *e)
{
	return FIELDS[f].check(text, (char *)o + FIELDS[f].at, e);
}

void
person_set_kept(struct owner *o, enum person_field f, const char *text)
{
	snprintf((char *)o + FIELDS[f].at, FIELDS[f].size, "%s", text);
}

void
person_clear(struct owner *o, enum person_field f)
{
	assert(f != PERSON_NAME);
	*((char *)o + FIELDS[f].at) = '\0';
}
