/* mail.c - see mail.h. RFC 5322, 2045 and 2047, as little of them as a plain text needs. */
#include "mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BODY 76		/* of quoted-printable, with its soft break */
#define WORD_ROOM 57			/* of an encoded word, beside "Subject: " and its frame */
#define PLAIN_MAX 60			/* a subject that needs no encoding is not folded */

bool
mail_address_ok(const char *text)
{
	const char *at = strchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
	    strlen(text) > 254)
		return false;
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f || strchr("<>()[],;:\\\"", *p) != NULL)
			return false;
	return true;
}

static bool
is_plain_byte(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != '=';
}

/* ---- the subject ---- */

/* Letters and digits pass, a blank is "_", everything else "=XX". */
static size_t
q_write(FILE *f, unsigned char c)
{
	if (c == ' ')
		return fputc('_', f) == EOF ? 0 : 1;
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return fputc(c, f) == EOF ? 0 : 1;
	return (size_t)fprintf(f, "=%02X", c);
}

/* Bytes of the character that begins there. */
static size_t
char_bytes(const char *p)
{
	size_t n = 1;

	while (((unsigned char)p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Encoded words, each with whole characters alone, on lines of their own. */
static void
write_encoded(FILE *f, const char *text)
{
	size_t used = WORD_ROOM;
	bool open = false;

	for (size_t n; *text != '\0'; text += n) {
		n = char_bytes(text);
		if (used + 3 * n > WORD_ROOM) {
			fputs(open ? "?=\n =?UTF-8?Q?" : "=?UTF-8?Q?", f);
			open = true;
			used = 0;
		}
		for (size_t i = 0; i < n; i++)
			used += q_write(f, (unsigned char)text[i]);
	}
	if (open)
		fputs("?=", f);
}

static void
write_subject(FILE *f, const char *text)
{
	bool plain = strlen(text) <= PLAIN_MAX && strstr(text, "=?") == NULL;

	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
		plain = plain && *p >= ' ' && *p < 0x7f;
	fputs("Subject: ", f);
	if (plain)
		fputs(text, f);
	else
		write_encoded(f, text);
	fputc('\n', f);
}

/* ---- the body ---- */

/* One line of quoted-printable. A blank at its end, a "From " or a dot at its beginning
 * would be changed on the way by some. */
static void
write_line(FILE *f, const char *line, size_t n)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)line[i];
		bool risky = i == 0 && (c == 'F' || c == '.');
		bool plain = !risky && (is_plain_byte(c) || (c == ' ' && i + 1 < n));
		size_t width = plain ? 1 : 3;

		if (column + width > LINE_MAX_BODY - 1) {
			fputs("=\n", f);
			column = 0;
		}
		fprintf(f, plain ? "%c" : "=%02X", c);
		column += width;
	}
	fputc('\n', f);
}

static void
write_body(FILE *f, const char *body)
{
	while (*body != '\0') {
		size_t n = strcspn(body, "\n");
		write_line(f, body, n);
		body += n + (body[n] == '\n');
	}
}

/* ---- the whole ---- */

static void
write_date(FILE *f, time_t now)
{
	/* In English whatever the locale: these are the standard's words. */
	static const char DAYS[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char MONTHS[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
	};
	struct tm tm;

	if (localtime_r(&now, &tm) == NULL)
		return;
	long minutes = tm.tm_gmtoff / 60, away = minutes < 0 ? -minutes : minutes;
	fprintf(f, "Date: %s, %d %s %d %02d:%02d:%02d %c%02ld%02ld\n", DAYS[tm.tm_wday],
	    tm.tm_mday, MONTHS[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    minutes < 0 ? '-' : '+', away / 60, away % 60);
}

static int
check(const struct mail *m, struct err *e)
{
	if (m->from[0] != '\0' && !mail_address_ok(m->from))
		return err_set(e, ERR_REFUSED, "correct [report] mail_from",
		    "\"%s\" is no e-mail address", m->from);
	if (!mail_address_ok(m->to))
		return err_set(e, ERR_REFUSED, "name@example.com", "\"%s\" is no e-mail address", m->to);
	for (const unsigned char *p = (const unsigned char *)m->subject; *p != '\0'; p++)
		if (*p < ' ' || *p == 0x7f)
			return err_set(e, ERR_REFUSED, NULL, "a control character in the subject");
	return 0;
}

int
mail_write(const struct mail *m, char **out, struct err *e)
{
	size_t size;
	FILE *f;

	if (check(m, e) == -1)
		return -1;
	*out = NULL;
	f = open_memstream(out, &size);
	if (f == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	if (m->from[0] != '\0')
		fprintf(f, "From: %s\n", m->from);
	fprintf(f, "To: %s\n", m->to);
	write_subject(f, m->subject);
	write_date(f, m->now);
	/* Nobody's holiday answers this. */
	fputs("Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=UTF-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n", f);
	write_body(f, m->body);
	bool failed = ferror(f) != 0;
	if (fclose(f) != 0 || failed) {
		free(*out);
		*out = NULL;
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	}
	return 0;
}
