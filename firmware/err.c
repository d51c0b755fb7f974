/* err.c - see err.h */
#include "err.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Cut a text that filled its buffer at a whole UTF-8 character. */
static void
cut_whole(char *text)
{
	size_t n = strlen(text);
	size_t start = n;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return;
	unsigned char lead = (unsigned char)text[start - 1];
	size_t want = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (n - (start - 1) < want)
		text[start - 1] = '\0';
}

int
err_set(struct err *e, enum err_kind kind, const char *todo, const char *fmt, ...)
{
	if (e == NULL)
		return -1;
	va_list ap;
	char what[sizeof e->what];

	va_start(ap, fmt);
	int n = vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof what)
		cut_whole(what);
	/* Formatted aside first: an argument may point into *e. */
	n = snprintf(e->todo, sizeof e->todo, "%s", todo != NULL ? todo : "");
	if (n >= (int)sizeof e->todo)
		cut_whole(e->todo);
	memcpy(e->what, what, sizeof what);
	e->kind = kind;
	return -1;
}

int
err_within(struct err *e, const char *fmt, ...)
{
	if (e == NULL)
		return -1;
	va_list ap;
	char prefix[200];
	char what[sizeof e->what];

	va_start(ap, fmt);
	vsnprintf(prefix, sizeof prefix, fmt, ap);
	va_end(ap);
	memcpy(what, e->what, sizeof what);
	if (snprintf(e->what, sizeof e->what, "%s: %s", prefix, what) >= (int)sizeof e->what)
		cut_whole(e->what);
	return -1;
}

size_t
err_escape(const char **at, char out[static ERR_ESCAPE])
{
	static const char DIGITS[] = "0123456789abcdef";
	const unsigned char *p = (const unsigned char *)*at;
	bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f;
	unsigned char c = p[c1];

	*at += 1 + c1;
	out[0] = (char)c;
	if (!c1 && c >= 0x20 && c != 0x7f)
		return 1;
	memcpy(out, "\\x", 2);
	out[2] = DIGITS[c >> 4];
	out[3] = DIGITS[c & 0xf];
	return ERR_ESCAPE;
}

static void
put_escaped(FILE *to, const char *text)
{
	char out[ERR_ESCAPE];

	while (*text != '\0')
		fwrite(out, 1, err_escape(&text, out), to);
}

void
err_print(const char *program, const struct err *e)
{
	fprintf(stderr, "%s: ", program);
	put_escaped(stderr, e->what);
	fputc('\n', stderr);
	if (e->todo[0] != '\0') {
		fputs("  try: ", stderr);
		put_escaped(stderr, e->todo);
		fputc('\n', stderr);
	}
}

int
err_status(const struct err *e)
{
	return e->kind == ERR_USAGE ? 2 : 1;
}
