/* config_file.c - reads a file of settings through inih
 *
 * inih alone cuts long lines, joins indented ones, ends a value at " ;", ignores what
 * follows a section's bracket and lets the last of two keys win, all in silence. So it
 * is fed line by line from here: each line is judged first, and inih sees only lines
 * that mean the same to it as to a person. A line that is wrong reaches it empty, so
 * that the lines after it are still read and judged.
 */
#include <assert.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config_impl.h"

#define LINE_MAX_BYTES 190
#define MISSPELT 2		/* letters that a misspelt word may differ in */

/* Stands for a ';' that belongs to a value; no line holds this byte otherwise. */
#define SEMICOLON '\x01'

struct reading {
	FILE *in;
	struct config *out;
	struct config_errors *errors;
	int line;
	enum { BEFORE, UNKNOWN, KNOWN } section;	/* where the lines being read stand */
	int seen[SETTINGS_MAX];		/* the line a setting was in, 0: none */
};

/* Note an error: the first for *e, each for the list. allowed may be NULL. */
static void __attribute__((format(printf, 3, 4)))
complain(struct reading *r, const char *allowed, const char *fmt, ...)
{
	struct config_errors *es = r->errors;
	struct err e;
	char what[sizeof e.what];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	err_set(&e, ERR_USAGE, allowed, "%s:%d: %s", es->file, r->line, what);
	if (es->count++ == 0 && es->first != NULL)
		*es->first = e;
	if (es->more != NULL)
		fprintf(es->more, allowed != NULL ? "%s (allowed: %s)\n" : "%s\n", e.what, allowed);
}

bool
config_utf8_ok(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + n;

	while (p < end) {
		unsigned long c = *p++;
		int more = c < 0x80 ? 0 : c < 0xc2 ? -1 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : -1;
		int bytes = more;
		if (more == -1 || end - p < more)
			return false;
		c &= more == 0 ? 0x7f : 0x3fu >> more;
		for (; bytes > 0; bytes--) {
			if ((*p & 0xc0) != 0x80)
				return false;
			c = c << 6 | (*p++ & 0x3f);
		}
		if ((more == 2 && (c < 0x800 || (c >= 0xd800 && c < 0xe000)))
		    || (more == 3 && (c < 0x10000 || c > 0x10ffff)))
			return false;
	}
	return true;
}

/* ---- misspelt words ---- */

/* How many letters must be added, left out, changed or swapped. */
static int
distance(const char *a, const char *b)
{
	int d[32][32];
	int n = (int)strlen(a), m = (int)strlen(b);

	if (n >= 32 || m >= 32)
		return 32;
	for (int i = 0; i <= n; i++) {
		for (int j = 0; j <= m; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
			    && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[n][m];
}

/* The section a word was meant to be, or NULL. */
static const char *
nearest_section(const char *word)
{
	const char *best = NULL;
	int least = MISSPELT + 1;

	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL; d++) {
		int n = distance(word, d->section);
		if (n < least) {
			least = n;
			best = d->section;
		}
	}
	return best;
}

/* The setting a key was meant to be: a like one of its section, or the same key of
 * another section; or NULL. */
static const struct setting_def *
nearest_setting(const char *section, const char *key)
{
	const struct setting_def *best = NULL;
	int least = MISSPELT + 1;

	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL; d++) {
		int n = strcmp(d->section, section) == 0 ? distance(key, d->key)
		    : strcmp(d->key, key) == 0 ? MISSPELT : MISSPELT + 1;
		if (n < least) {
			least = n;
			best = d;
		}
	}
	return best;
}

/* ---- lines ---- */

/* The keys of a section, or all sections, as a list for a message. */
static const char *
list_of(const char *section, char out[static 240])
{
	const char *last = "";

	out[0] = '\0';
	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL; d++) {
		const char *word = section != NULL ? d->key : d->section;
		if ((section != NULL && strcmp(d->section, section) != 0) || strcmp(word, last) == 0)
			continue;
		assert(strlen(out) + strlen(word) + 2 < 240);
		if (out[0] != '\0')
			strcat(out, " ");
		strcat(out, word);
		last = word;
	}
	return out;
}

/* A line that starts with '[': true if it is the name of a section and nothing else. */
static bool
is_section(struct reading *r, char *line)
{
	char name[LINE_MAX_BYTES + 1], list[240];
	size_t n = strcspn(line, "]");

	r->section = UNKNOWN;
	if (line[n] != ']' || line[n + 1 + strspn(line + n + 1, " \t")] != '\0') {
		complain(r, NULL, "a section is written as [name], alone on its line");
		return false;
	}
	snprintf(name, sizeof name, "%.*s", (int)n - 1, line + 1);
	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL; d++)
		if (strcmp(d->section, name) == 0)
			r->section = KNOWN;
	if (r->section == KNOWN)
		return true;
	const char *meant = nearest_section(name);
	if (meant != NULL)
		complain(r, list_of(NULL, list), "there is no section [%s]; did you mean [%s]?",
		    name, meant);
	else
		complain(r, list_of(NULL, list), "there is no section [%s]", name);
	return false;
}

/* Whether inih may see the line (n bytes and a NUL, no newline); else it was told. */
static bool
is_good(struct reading *r, char *line, size_t n)
{
	if (n > LINE_MAX_BYTES) {
		complain(r, NULL, "the line has %zu bytes; it may have %d", n, LINE_MAX_BYTES);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f) {
			complain(r, NULL, "a control character (\\x%02x) in the line",
			    (unsigned char)line[i]);
			return false;
		}
	}
	if (!config_utf8_ok(line, n)) {
		complain(r, NULL, "the line is not valid UTF-8");
		return false;
	}
	if (strspn(line, " \t") == n || line[0] == '#' || line[0] == ';')
		return true;
	if (line[0] == ' ' || line[0] == '\t') {
		complain(r, NULL, "the line starts with a blank: take it away");
		return false;
	}
	if (line[0] == '[')
		return is_section(r, line);
	if (line[strcspn(line, "=:")] != '=' || line[0] == '=') {
		complain(r, NULL, "neither KEY = VALUE nor [section] nor # comment");
		return false;
	}
	return true;
}

/* fgets for inih: the next line, judged. num is inih's buffer, longer than any good
 * line; stream is the struct reading. */
static char *
next_line(char *str, int num, void *stream)
{
	struct reading *r = stream;
	char *line = NULL;
	size_t size = 0;
	ssize_t got = getline(&line, &size, r->in);

	if (got == -1) {
		free(line);
		return NULL;
	}
	size_t n = (size_t)got;
	char *text = line;
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n > 0 && text[n - 1] == '\r')
		n--;
	text[n] = '\0';
	if (r->line++ == 0 && strncmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	if (!is_good(r, text, n) || (text[0] != '[' && strspn(text, " \t") == n))
		n = 0;
	assert(n + 2 <= (size_t)num);
	memcpy(str, text, n);
	str[n] = '\n';
	str[n + 1] = '\0';
	if (str[0] != ';')
		for (size_t i = 0; i < n; i++)
			if (str[i] == ';')
				str[i] = SEMICOLON;
	free(line);
	return str;
}

/* ---- settings ---- */

static void
set(struct reading *r, const struct setting_def *d, const char *value)
{
	struct err e;
	int *seen = &r->seen[d - CONFIG_SETTINGS];

	if (*seen != 0) {
		complain(r, NULL, "%s was set in line %d already", d->key, *seen);
		return;
	}
	*seen = r->line;
	if (d->type->parse(d, value, (char *)r->out + d->offset, &e) == -1)
		complain(r, d->allowed, "%s: %s", d->key, e.what);
}

static int
on_pair(void *user, const char *section, const char *key, const char *value)
{
	struct reading *r = user;
	char text[LINE_MAX_BYTES + 1], list[240];
	size_t i = 0;

	if (r->section == BEFORE)
		complain(r, list_of(NULL, list), "%s stands before any [section]", key);
	if (r->section != KNOWN)	/* of an unknown one, its own line was told */
		return 1;
	for (; value[i] != '\0'; i++)
		text[i] = value[i] == SEMICOLON ? ';' : value[i];
	text[i] = '\0';
	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL; d++) {
		if (strcmp(d->section, section) == 0 && strcmp(d->key, key) == 0) {
			set(r, d, text);
			return 1;
		}
	}
	const struct setting_def *meant = nearest_setting(section, key);
	if (meant != NULL && strcmp(meant->section, section) != 0)
		complain(r, list_of(section, list), "there is no %s in [%s]; it belongs in [%s]",
		    key, section, meant->section);
	else if (meant != NULL)
		complain(r, list_of(section, list), "there is no %s in [%s]; did you mean %s?",
		    key, section, meant->key);
	else
		complain(r, list_of(section, list), "there is no %s in [%s]", key, section);
	return 1;
}

int
config_read(const char *file, FILE *in, struct config *out, struct config_errors *errors)
{
	struct reading r = { .in = in, .out = out, .errors = errors };

	errors->file = file;
	int rc = ini_parse_stream(next_line, &r, on_pair, &r);
	if (errors->count > 0)
		return -1;
	if (ferror(in)) {
		err_set(errors->first, ERR_USAGE, NULL, "%s: it cannot be read", file);
		return -1;
	}
	/* What inih still refuses, we did not think of: never take it for read. */
	if (rc != 0) {
		r.line = rc > 0 ? rc : r.line;
		complain(&r, NULL, "not understood");
		return -1;
	}
	return 0;
}
