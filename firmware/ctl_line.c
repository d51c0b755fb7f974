/* ctl_line.c - a command line as it is being typed in a shell: taken apart into words,
 * and words made fit to stand in it.
 *
 * Blanks part words; a backslash and quotes keep them together. The shell puts what is
 * offered in the place of the end of the last word only: behind the last of its breaking
 * characters (bash: COMP_WORDBREAKS, such as "=" and "@") or behind an open quote.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"

/* What stands in a shell as it is; all else below 0x80 gets a backslash. */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:=@_"

/* One character at *s of a word: without its quoting, to *out. Returns false where the
 * word ends. */
static bool
take(struct typed_line *l, const char *breaks, const char **s, char *word, char **out)
{
	char c = *(*s)++;

	if (l->quote != 0 && c == l->quote) {
		l->quote = 0;
		l->from = (size_t)(*out - word);
	} else if (l->quote == '\'') {
		*(*out)++ = c;
	} else if (c == '\\' && **s != '\0' && (l->quote == 0 || strchr("\"\\$`", **s) != NULL)) {
		*(*out)++ = *(*s)++;
	} else if (l->quote != 0) {
		*(*out)++ = c;
	} else if (c == '"' || c == '\'') {
		l->quote = c;
		l->from = (size_t)(*out - word);
	} else if (c == ' ' || c == '\t') {
		return false;
	} else if (c != '\\') {		/* one at the very end means nothing yet */
		*(*out)++ = c;
		if (strchr(breaks, c) != NULL)	/* bash leaves the sign of a host in place */
			l->from = (size_t)(*out - word) - (c == '@');
	}
	return true;
}

int
line_take(struct typed_line *l, const char *breaks, const char *text)
{
	char *out = l->text;

	*l = (struct typed_line){ .words = 0 };
	if (strlen(text) >= sizeof l->text / 2)
		return -1;
	do {
		char *word = out;
		bool more = true;
		text += strspn(text, " \t");
		l->from = 0;
		while (*text != '\0' && more)
			more = take(l, breaks, &text, word, &out);
		*out++ = '\0';
		if (l->words == CTL_WORDS_MAX)
			return -1;
		l->word[l->words++] = word;
		if (more)		/* the text ends in this word, perhaps an empty one */
			return 0;
	} while (true);
}

void
line_offer(const struct typed_line *l, const char *word, FILE *to)
{
	const char *typed = l->word[l->words - 1];
	size_t at = l->from;

	/* What stays is as it was typed; it may differ, as "kim" from "Kim". */
	if (at > strlen(word) || strncmp(word, typed, at) != 0)
		return;
	for (const char *s = word + at; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		if (l->quote == '\'' && c == '\'')
			fputs("'\\'", to);
		else if (l->quote == '"' && strchr("\"\\$`", c) != NULL)
			fputc('\\', to);
		else if (l->quote == 0 && c < 0x80 && strchr(PLAIN, c) == NULL)
			fputc('\\', to);
		fputc(c, to);
	}
	/* The shell closes an open quote by itself, unless it thinks that this has. */
	if (l->quote != 0 && strlen(word) > at && word[strlen(word) - 1] == l->quote)
		fputc(l->quote, to);
	fputc('\n', to);
}
