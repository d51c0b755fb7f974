/* csvfile.c - see csvfile.h
 *
 * libcsv tells no lines, so it is fed one line of the text at a time: at most one record
 * ends in it, with it.
 */
#include "csvfile.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PIECE 16384		/* fed at once, so that the limits hold in a line without end */
#define GROW 4096
#define LOOK_LINES 50		/* the separator shows in so many lines, */
#define LOOK_BYTES 65536	/* or so many bytes */

#define NEUTRAL '\''

/* What a formula begins with; some spreadsheets of East Asia take the wide ones, too. */
static const char *const FORMULA[] = {
	"=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20",
};

/* Whether a text would be a formula, or be read as if we had made one harmless. */
static bool
is_formula(const char *text)
{
	while (*text == NEUTRAL)
		text++;
	for (size_t i = 0; i < sizeof FORMULA / sizeof *FORMULA; i++)
		if (strncmp(text, FORMULA[i], strlen(FORMULA[i])) == 0)
			return true;
	return false;
}

/* ---- reading ---- */

struct csv_reader {
	struct csv_parser parser;
	const char *text;
	size_t size, at;
	size_t line;		/* of the text at at */
	size_t begun;		/* line where the record begins that is being read */
	bool open;		/* it goes on in the next line, in quotes */
	bool ended;		/* by libcsv: the record is whole */
	bool finished;		/* libcsv was told that the text is at its end */
	bool poor;		/* no memory was left for it */
	const char *endless;	/* what of it goes beyond the limits, or NULL */
	char *values;		/* each with a NUL after it */
	size_t used, room;
	size_t fields;
	size_t start[CSV_FIELDS_MAX];	/* of each, in values */
	const char *field[CSV_FIELDS_MAX];
};

static void
on_field(void *value, size_t n, void *arg)
{
	struct csv_reader *r = arg;

	if (r->poor || r->endless != NULL)
		return;
	if (r->fields == CSV_FIELDS_MAX || n > CSV_FIELD_MAX) {
		r->endless = n > CSV_FIELD_MAX ? "a value without end" : "columns without end";
		return;
	}
	if (r->used + n + 1 > r->room) {
		size_t room = 2 * r->room + n + 1;
		char *more = realloc(r->values, room);
		if (more == NULL) {
			r->poor = true;
			return;
		}
		r->values = more;
		r->room = room;
	}
	r->start[r->fields++] = r->used;
	if (n > 0)
		memcpy(r->values + r->used, value, n);
	r->used += n;
	r->values[r->used++] = '\0';
}

static void
on_record(int character, void *arg)
{
	(void)character;
	((struct csv_reader *)arg)->ended = true;
}

/* The length of the line at the front of a text, with what ends it: LF, CR LF or CR. */
static size_t
line_length(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\n')
			return i + 1;
		if (text[i] == '\r')
			return i + 1 < size && text[i + 1] == '\n' ? i + 2 : i + 1;
	}
	return size;
}

static bool
is_blank(const char *line, size_t n, char separator)
{
	for (size_t i = 0; i < n; i++)
		if (line[i] == separator || strchr(" \t\r\n", line[i]) == NULL)
			return false;
	return true;
}

/* The first line, if it is there to tell Excel the separator: its length, else 0. */
static size_t
sep_line(const char *text, size_t size, char *separator)
{
	static const char SEP[] = "sep=";
	const size_t n = sizeof SEP - 1;

	if (size <= n || strncasecmp(text, SEP, n) != 0 || strchr(",;\t", text[n]) == NULL ||
	    (size > n + 1 && text[n + 1] != '\r' && text[n + 1] != '\n'))
		return 0;
	*separator = text[n];
	return line_length(text, size);
}

struct csv_reader *
csvfile_open(const char *text, size_t size, char separator)
{
	struct csv_reader *r = calloc(1, sizeof *r);
	char ignored;

	if (r == NULL)
		return NULL;
	if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		free(r);
		return NULL;
	}
	csv_set_delim(&r->parser, (unsigned char)separator);
	csv_set_blk_size(&r->parser, GROW);
	r->text = text;
	r->size = size;
	r->at = sep_line(text, size, &ignored);
	r->line = r->at > 0 ? 2 : 1;
	return r;
}

void
csvfile_close(struct csv_reader *r)
{
	if (r == NULL)
		return;
	csv_free(&r->parser);
	free(r->values);
	free(r);
}

size_t
csvfile_done(const struct csv_reader *r)
{
	return r->at;
}

/* Why the text cannot be read on, in words. */
static int
fail(struct csv_reader *r, struct err *e)
{
	if (r->endless != NULL)
		return err_set(e, ERR_REFUSED, "look for a quotation mark that is not closed",
		    "line %zu: %s (a value has at most %d bytes, a record %d values)", r->begun,
		    r->endless, CSV_FIELD_MAX, CSV_FIELDS_MAX);
	if (csv_error(&r->parser) == CSV_EPARSE && r->finished)
		return err_set(e, ERR_REFUSED, "close it, or take it out",
		    "line %zu: a quotation mark opens in this record and is never closed", r->begun);
	if (csv_error(&r->parser) == CSV_EPARSE)
		return err_set(e, ERR_REFUSED, "put the whole value in quotation marks and write "
		    "those inside it twice, or say the right --separator",
		    "line %zu: a quotation mark stands in the middle of a value", r->line);
	return err_set(e, ERR_SYSTEM, NULL, "line %zu: no memory left", r->line);
}

/* Feed one line. */
static int
feed(struct csv_reader *r, struct err *e)
{
	const char *line = r->text + r->at;
	size_t n = line_length(line, r->size - r->at);

	if (memchr(line, '\0', n) != NULL)
		return err_set(e, ERR_REFUSED, "save it as CSV UTF-8",
		    "line %zu: a NUL byte, which no text has", r->line);
	if (!r->open) {
		r->begun = r->line;
		r->open = !is_blank(line, n, (char)csv_get_delim(&r->parser));
	}
	for (size_t done = 0; done < n;) {
		size_t piece = n - done < PIECE ? n - done : PIECE;
		if (csv_parse(&r->parser, line + done, piece, on_field, on_record, r) != piece)
			return fail(r, e);
		done += piece;
		if (r->endless == NULL && csv_get_buffer_size(&r->parser) > CSV_FIELD_MAX + GROW)
			r->endless = "a value without end";
		if (r->poor || r->endless != NULL)
			return fail(r, e);
	}
	r->at += n;
	r->line++;
	return 0;
}

int
csvfile_next(struct csv_reader *r, struct csv_record *out, struct err *e)
{
	r->fields = r->used = 0;
	r->ended = r->open = false;
	while (!r->ended && r->at < r->size)
		if (feed(r, e) == -1)
			return -1;
	if (!r->ended && !r->finished) {
		r->finished = true;
		if (csv_fini(&r->parser, on_field, on_record, r) != 0)
			return fail(r, e);
	}
	if (!r->ended)
		return 0;
	for (size_t i = 0; i < r->fields; i++) {
		const char *value = r->values + r->start[i];
		r->field[i] = value[0] == NEUTRAL && is_formula(value) ? value + 1 : value;
	}
	*out = (struct csv_record){ .line = r->begun, .fields = r->fields, .field = r->field };
	return 1;
}

/* ---- the separator ---- */

/* How often it stands in the line outside quotes; *quoted goes on over lines. */
static int
count_in(const char *line, size_t n, char separator, bool *quoted)
{
	int count = 0;

	for (size_t i = 0; i < n; i++) {
		if (line[i] == '"')
			*quoted = !*quoted;
		else if (line[i] == separator && !*quoted)
			count++;
	}
	return count;
}

/* In how many records it stands as often as in the first one. */
static int
agreement(const char *text, size_t size, char separator)
{
	int first = -1, agreed = 0, count = 0;
	bool quoted = false;

	for (size_t at = 0, lines = 0; at < size && lines < LOOK_LINES; lines++) {
		size_t n = line_length(text + at, size - at);
		count += count_in(text + at, n, separator, &quoted);
		bool blank = !quoted && is_blank(text + at, n, separator);
		at += n;
		if (quoted || blank)
			continue;
		if (first == -1)
			first = count;
		agreed += count == first;
		count = 0;
	}
	return first > 0 ? agreed : 0;
}

char
csvfile_separator(const char *text, size_t size)
{
	/* Of two that look alike the one that stands in fewer names. */
	static const char KNOWN[] = { '\t', ';', ',' };
	char best = ',';
	int most = 0;

	if (sep_line(text, size, &best) > 0)
		return best;
	if (size > LOOK_BYTES)
		size = LOOK_BYTES;
	for (size_t i = 0; i < sizeof KNOWN; i++) {
		int agreed = agreement(text, size, KNOWN[i]);
		if (agreed > most) {
			most = agreed;
			best = KNOWN[i];
		}
	}
	return best;
}

/* ---- writing ---- */

void
csvfile_mark(struct csv_writer *w)
{
	fputs("\xef\xbb\xbf", w->to);
}

static void
part(struct csv_writer *w)
{
	if (w->inside)
		putc(',', w->to);
	w->inside = true;
}

void
csvfile_text(struct csv_writer *w, const char *text)
{
	bool first = !w->inside;

	part(w);
	if (text == NULL)
		text = "";
	size_t n = strlen(text);
	/* Only where something would be taken for what it is not, as an empty record for an
	 * empty line: people read these, too. */
	bool formula = is_formula(text);
	if (n == 0 ? !first : !formula && strpbrk(text, ",;\"\t\r\n") == NULL && text[0] != ' ' &&
	    text[n - 1] != ' ') {
		fputs(text, w->to);
		return;
	}
	putc('"', w->to);
	if (formula)
		putc(NEUTRAL, w->to);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', w->to);
		putc(*text, w->to);
	}
	putc('"', w->to);
}

void
csvfile_int(struct csv_writer *w, int64_t v)
{
	part(w);
	fprintf(w->to, "%lld", (long long)v);
}

void
csvfile_end(struct csv_writer *w)
{
	fputs("\r\n", w->to);
	w->inside = false;
}
