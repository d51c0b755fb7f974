/* words.c - the fixed words of labels and letters, from words.LANG.
 *
 * A file has lines "key = text"; a line that starts with # is a comment. A folder's
 * file may hold only the keys it wants to change: the rest come from the folders
 * after it, then from the language without its country, then from English.
 */
#include "words.h"
#include "words_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX 65536
#define DIRS_MAX 8
#define TONGUES_MAX 24		/* languages kept; people of one office speak fewer */

struct word {
	char *key;
	char *text;		/* in the same allocation */
};

struct tongue {
	char locale[LOCALE_SIZE];
	struct word *word;
	size_t count;
};

struct words {
	const char *stem;
	char *dir[DIRS_MAX];
	size_t dirs;
	struct tongue *tongue[TONGUES_MAX];
	size_t tongues;
};

struct words *
words_open(const char *const *dirs)
{
	return words_open_named("words", dirs);
}

struct words *
words_open_named(const char *stem, const char *const *dirs)
{
	struct words *w = calloc(1, sizeof *w);

	if (w == NULL)
		abort();
	w->stem = stem;
	for (; *dirs != NULL && w->dirs < DIRS_MAX; dirs++) {
		w->dir[w->dirs] = strdup(*dirs);
		if (w->dir[w->dirs] == NULL)
			abort();
		w->dirs++;
	}
	return w;
}

static void
tongue_free(struct tongue *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->word[i].key);
	free(t->word);
	free(t);
}

void
words_close(struct words *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->tongues; i++)
		tongue_free(w->tongue[i]);
	for (size_t i = 0; i < w->dirs; i++)
		free(w->dir[i]);
	free(w);
}

/* ---- reading ---- */

static const char *
find(const struct tongue *t, const char *key)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->word[i].key, key) == 0)
			return t->word[i].text;
	return NULL;
}

static bool
is_utf8(const char *s)
{
	int32_t len = (int32_t)strlen(s);

	for (int32_t i = 0; i < len;)
		if (words_next(s, &i, len) < 0)
			return false;
	return true;
}

static char *
trim(char *s)
{
	size_t n = strlen(s);

	while (n > 0 && strchr(" \t\r", s[n - 1]) != NULL)
		s[--n] = '\0';
	return s + strspn(s, " \t");
}

/* Keep "key = text" unless the key is known from a folder before. */
static void
take_line(struct tongue *t, char *line)
{
	line = trim(line);
	char *equals = strchr(line, '=');
	if (line[0] == '#' || equals == NULL || !is_utf8(line))
		return;
	*equals = '\0';
	const char *key = trim(line), *text = trim(equals + 1);
	if (key[0] == '\0' || find(t, key) != NULL)
		return;

	size_t key_size = strlen(key) + 1, text_size = strlen(text) + 1;
	char *both = malloc(key_size + text_size);
	struct word *grown = reallocarray(t->word, t->count + 1, sizeof *grown);
	if (both == NULL || grown == NULL)
		abort();
	memcpy(both, key, key_size);
	memcpy(both + key_size, text, text_size);
	t->word = grown;
	t->word[t->count++] = (struct word){ .key = both, .text = both + key_size };
}

/* A file that is missing, or too long, or no plain file, has no words. */
static void
read_file(struct tongue *t, const char *stem, const char *dir)
{
	char path[4096];
	struct stat st;
	char *text = NULL;
	ssize_t n;

	if (snprintf(path, sizeof path, "%s/%s.%s", dir, stem, t->locale) >= (int)sizeof path)
		return;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		goto done;
	text = malloc(FILE_MAX + 1);
	if (text == NULL)
		abort();
	size_t len = 0;
	while (len < FILE_MAX && (n = read(fd, text + len, FILE_MAX - len)) != 0) {
		if (n == -1 && errno != EINTR)
			goto done;
		len += n > 0 ? (size_t)n : 0;
	}
	text[len] = '\0';
	char *rest = text;
	if (strncmp(rest, "\xef\xbb\xbf", 3) == 0)	/* editors on Windows */
		rest += 3;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		take_line(t, line);
done:
	free(text);
	close(fd);
}

/* Those asked for lately stand last. */
static struct tongue *
tongue_of(struct words *w, const char *locale)
{
	for (size_t i = 0; i < w->tongues; i++) {
		struct tongue *t = w->tongue[i];
		if (strcmp(t->locale, locale) != 0)
			continue;
		memmove(&w->tongue[i], &w->tongue[i + 1], (w->tongues - i - 1) * sizeof t);
		w->tongue[w->tongues - 1] = t;
		return t;
	}

	struct tongue *t = calloc(1, sizeof *t);
	if (t == NULL)
		abort();
	snprintf(t->locale, sizeof t->locale, "%s", locale);
	for (size_t i = 0; i < w->dirs; i++)
		read_file(t, w->stem, w->dir[i]);
	if (w->tongues == TONGUES_MAX) {
		/* The text of the last answers may still be in use. */
		tongue_free(w->tongue[0]);
		memmove(&w->tongue[0], &w->tongue[1], (TONGUES_MAX - 1) * sizeof w->tongue[0]);
		w->tongues--;
	}
	w->tongue[w->tongues++] = t;
	return t;
}

/* The text, from the first of zh_Hant_TW, zh_Hant, zh, en that has it; *stood_in
 * says whether English had to. */
static const char *
look_up(struct words *w, const char *lang, const char *key, bool *stood_in)
{
	char locale[LOCALE_SIZE];

	words_locale(lang, locale);
	locale[strcspn(locale, "@.")] = '\0';
	if (strchr(locale, '/') != NULL)
		strcpy(locale, "en");
	for (*stood_in = false;;) {
		const char *text = find(tongue_of(w, locale), key);
		if (text != NULL)
			return text;
		char *cut = strrchr(locale, '_');
		if (cut != NULL) {
			*cut = '\0';
		} else if (strcmp(locale, "en") != 0) {
			strcpy(locale, "en");
			*stood_in = true;
		} else {
			return "";
		}
	}
}

const char *
words_get(struct words *w, const char *lang, const char *key)
{
	bool stood_in;

	return look_up(w, lang, key, &stood_in);
}

const char *
words_lang(struct words *w, const char *lang, const char *key)
{
	bool stood_in;

	look_up(w, lang, key, &stood_in);
	return stood_in ? "en" : lang;
}
