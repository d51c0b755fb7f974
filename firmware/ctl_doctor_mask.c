/* ctl_doctor_mask.c - takes out of a text what may tell of a person.
 *
 * Nothing of that should be in it: this is the second lock. So it would rather take out
 * too much.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl_doctor.h"

#define NUMBER_MIN 8			/* digits, decimal or hex: the shortest badge number */
#define PAIRS_MIN 4			/* of hex digits with colons between: 04:A1:B2:C3 */
#define PART_MIN 3			/* bytes of a name's part that is looked for alone */

/* All that is known of people, by first byte. */
struct words {
	char **word;
	size_t count, room;
	size_t from[257];
	bool failed;
};

static unsigned char
first_of(const char *word)
{
	return (unsigned char)tolower((unsigned char)word[0]);
}

static void
add(struct words *w, const char *text, size_t n)
{
	if (n == 0)
		return;
	if (w->count == w->room) {
		size_t room = w->room == 0 ? 64 : w->room * 2;
		char **more = realloc(w->word, room * sizeof *more);
		if (more == NULL) {
			w->failed = true;
			return;
		}
		w->word = more;
		w->room = room;
	}
	char *copy = strndup(text, n);
	if (copy == NULL)
		w->failed = true;
	else
		w->word[w->count++] = copy;
}

/* A text as a whole and its parts: people are called by either. */
static void
add_text(struct words *w, const char *text)
{
	add(w, text, strlen(text));
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, " ");
		if (n >= PART_MIN && n < strlen(text))
			add(w, p, n);
		p += n;
		p += strspn(p, " ");
	}
}

/* By first byte, and the longest first: it has the shorter ones in it. */
static int
by_first(const void *a, const void *b)
{
	const char *wa = *(char *const *)a, *wb = *(char *const *)b;
	size_t na = strlen(wa), nb = strlen(wb);

	if (first_of(wa) != first_of(wb))
		return first_of(wa) < first_of(wb) ? -1 : 1;
	return na == nb ? 0 : na > nb ? -1 : 1;
}

static void
collect(struct words *w, const struct owner *all, size_t n, const char *fridge)
{
	add_text(w, fridge);
	for (size_t i = 0; i < n; i++) {
		add_text(w, all[i].name);
		add_text(w, all[i].label_name);
		add_text(w, all[i].email);
		add_text(w, all[i].group);
	}
	if (w->count > 0)
		qsort(w->word, w->count, sizeof *w->word, by_first);
	for (size_t i = 0, c = 0; c <= 256; c++) {
		while (i < w->count && first_of(w->word[i]) < c)
			i++;
		w->from[c] = i;
	}
}

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) != 0;
}

/* How long the personal text is that begins here; 0: none does. before is the byte in
 * front of it. */
static size_t
find_word(const struct words *w, const char *at, char before)
{
	unsigned char c = first_of(at);

	for (size_t i = w->from[c]; i < w->from[c + 1]; i++) {
		size_t n = strlen(w->word[i]);
		if (strncasecmp(at, w->word[i], n) == 0 && !(is_word(before) && is_word(at[0])) &&
		    !(is_word(at[n - 1]) && is_word(at[n])))
			return n;
	}
	return 0;
}

/* "://root:secret@" of a printer's address. */
static size_t
find_login(const char *at)
{
	size_t n = strncmp(at, "://", 3) == 0 ? strcspn(at, " \t\n\"'<>") : 0;

	while (n > 0 && at[n - 1] != '@')
		n--;
	return n;
}

/* "name@example.com", and not "getty@tty1.service". */
static size_t
find_mail(const char *at)
{
	static const char LETTERS[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-";
	size_t n = strspn(at, LETTERS);

	if (n == 0 || at[n] != '@')
		return 0;
	size_t domain = strspn(at + n + 1, LETTERS);
	size_t all = n + 1 + domain;
	if (domain == 0 || (all > 8 && strncmp(at + all - 8, ".service", 8) == 0))
		return 0;
	return all;
}

/* A number of a badge, of a network card, or of nothing. */
static size_t
find_number(const char *at)
{
	size_t n = strspn(at, "0123456789abcdefABCDEF"), pairs = 0, all = 0;

	if (n >= NUMBER_MIN && !is_word(at[n]))
		return n;
	while (isxdigit((unsigned char)at[all]) && isxdigit((unsigned char)at[all + 1]) &&
	    !is_word(at[all + 2])) {
		pairs++;
		all += 2;
		if (at[all] != ':' && at[all] != '-')
			break;
		all++;
	}
	return pairs >= PAIRS_MIN ? all : 0;
}

static void
mask(const struct words *w, const char *text, FILE *to)
{
	char before = ' ';

	for (const char *p = text; *p != '\0';) {
		const char *mark = "<name>";
		size_t n = find_word(w, p, before);

		if (n == 0 && (n = find_login(p)) > 0)
			mark = "://<login>@";
		if (n == 0 && !is_word(before) && (n = find_mail(p)) > 0)
			mark = "<mail>";
		if (n == 0 && !is_word(before) && (n = find_number(p)) > 0)
			mark = "<number>";
		if (n == 0)
			fputc(*p, to);
		else
			fputs(mark, to);
		p += n > 0 ? n : 1;
		before = p[-1];
	}
}

char *
mask_text(const char *text, const struct owner *people, size_t n, const char *fridge)
{
	struct words w = { .count = 0 };
	char *masked = NULL;
	size_t size;
	FILE *to = open_memstream(&masked, &size);

	collect(&w, people, n, fridge);
	if (to != NULL && !w.failed)
		mask(&w, text, to);
	if (to == NULL || fclose(to) != 0 || w.failed) {
		free(masked);
		masked = NULL;
	}
	for (size_t i = 0; i < w.count; i++)
		free(w.word[i]);
	free(w.word);
	return masked;
}
