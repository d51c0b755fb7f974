/* roster.c - a list of people, read and checked; see roster.h */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csvfile.h"
#include "roster_impl.h"

#define BLOCK 65536
#define PROGRESS_ROWS 500

/* Files that are no text, by how they begin. */
static const struct {
	const char *begins, *what;
} NO_TEXT[] = {
	{ "PK\x03\x04", "an Excel or OpenDocument file (.xlsx, .ods)" },
	{ "\xd0\xcf\x11\xe0", "an Excel file (.xls)" },
	{ "<", "a page of HTML or XML, as some systems call \"Excel\"" },
	{ "%PDF", "a PDF file" },
	{ "\x1f\x8b", "a compressed file" },
};

/* ---- memory ---- */

void *
roster_more(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	size_t more = *room == 0 ? 256 : 2 * *room;
	void *grown = reallocarray(array, more, size);
	if (grown != NULL)
		*room = more;
	return grown;
}

const char *
roster_keep(struct roster *r, const char *text)
{
	size_t n = strlen(text) + 1;

	if (r->texts == NULL || r->texts->size - r->texts->used < n) {
		size_t size = n > BLOCK ? n : BLOCK;
		struct block *b = malloc(sizeof *b + size);
		if (b == NULL)
			return NULL;
		*b = (struct block){ .next = r->texts, .size = size };
		r->texts = b;
	}
	char *copy = memcpy(r->texts->text + r->texts->used, text, n);
	r->texts->used += n;
	return copy;
}

static int
no_memory(struct err *e)
{
	return err_set(e, ERR_SYSTEM, NULL, "no memory left");
}

void
roster_free(struct roster *r)
{
	if (r == NULL)
		return;
	for (struct block *b = r->texts, *next; b != NULL; b = next) {
		next = b->next;
		explicit_bzero(b->text, b->used);	/* there may be badge numbers in it */
		free(b);
	}
	free(r->rows);
	free(r->readings);
	free(r->owners);
	free(r->members);
	free(r->steps);
	free(r);
}

void
roster_add_bad(struct roster *r, size_t line, const char *column, const char *value,
    const char *fmt, ...)
{
	char why[400];
	va_list ap;

	if (r->bads++ >= ROSTER_BAD_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	struct roster_bad *b = &r->bad[r->bads - 1];
	*b = (struct roster_bad){ line, column, value != NULL ? roster_keep(r, value) : "",
	    roster_keep(r, why) };
	if (b->value == NULL)
		b->value = "";
	if (b->why == NULL)
		b->why = "no memory left";
}

/* ---- one row ---- */

/* The value of a column, "" where the row has none. */
static const char *
value_of(const struct roster *r, const struct csv_record *rec, int column)
{
	int at = r->column[column];

	return at != -1 && (size_t)at < rec->fields ? rec->field[at] : "";
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static int
take_texts(struct roster *r, const struct csv_record *rec, struct row *row, struct err *e)
{
	struct owner o = { .id = 0 };
	char name[4 * NAME_SIZE];
	struct err why;

	words_full_name(value_of(r, rec, COLUMN_GIVEN), value_of(r, rec, COLUMN_FAMILY), name,
	    sizeof name);
	for (int f = 0; f < PERSON_FIELDS; f++) {
		const char *value = f == PERSON_NAME && r->column[f] == -1 ? name : value_of(r, rec, f);
		if (is_blank(value) && f == PERSON_NAME)
			roster_add_bad(r, rec->line, person_key(PERSON_NAME), "", "there is no name");
		if (is_blank(value))
			continue;
		if (person_set(&o, (enum person_field)f, value, &why) == -1)
			roster_add_bad(r, rec->line, person_key((enum person_field)f), value, "%s%s%s",
			    why.what, why.todo[0] != '\0' ? "; " : "", why.todo);
		else if ((row->text[f] = roster_keep(r, person_text(&o, (enum person_field)f))) == NULL)
			return no_memory(e);
	}
	return 0;
}

static int
take_id(struct roster *r, const struct csv_record *rec, struct row *row)
{
	const char *value = value_of(r, rec, COLUMN_ID);
	char *end;

	if (is_blank(value))
		return 0;
	row->id = strtoll(value, &end, 10);
	if (row->id < 1 || *end != '\0') {
		roster_add_bad(r, rec->line, "id", value, "it is no ID");
		row->id = 0;
	}
	return 0;
}

static int
add_readings(struct roster *r, struct row *row, const struct readings *from, struct err *e)
{
	row->reading = (uint32_t)r->reading_count;
	row->readings = (uint32_t)from->count;
	for (size_t i = 0; i < from->count; i++) {
		struct reading *more = roster_more(r->readings, r->reading_count, &r->reading_room,
		    sizeof *more);
		if (more == NULL)
			return no_memory(e);
		r->readings = more;
		more[r->reading_count++] = from->r[i];
	}
	return 0;
}

/* "1.23457E+15": what is left of a long number in a column of numbers. */
static bool
is_rounded(const char *text)
{
	size_t n = strspn(text, "0123456789.,");

	return n > 0 && (text[n] == 'E' || text[n] == 'e') && text[n + 1] == '+';
}

/* How the number of a row is written: 0, or -1 with a bad row. */
static int
form_of(struct roster *r, const struct csv_record *rec, enum number_form *out)
{
	const char *word = value_of(r, rec, COLUMN_FORM);

	*out = r->how->form != NULL ? *r->how->form : FORM_UID;
	if (r->how->form != NULL || is_blank(word) || number_form_parse(word, out) == 0)
		return 0;
	roster_add_bad(r, rec->line, "form", word, "it is none of " NUMBER_FORMS);
	return -1;
}

static int
take_number(struct roster *r, const struct csv_record *rec, struct row *row, struct err *e)
{
	const char *number = value_of(r, rec, COLUMN_NUMBER);
	const char *facility = value_of(r, rec, COLUMN_FACILITY);
	char both[160];
	struct readings readings;
	enum number_form form;
	struct card card;
	struct err why;
	int rc = 0;

	if (is_blank(number))
		return 0;
	r->numbers++;
	r->digits_only += r->how->form == NULL && is_blank(value_of(r, rec, COLUMN_FORM)) &&
	    strspn(number, "0123456789 ") == strlen(number);
	if (!is_blank(facility)) {
		snprintf(both, sizeof both, "%.70s/%.70s", facility, number);
		number = both;
	}
	if (r->how->keep_numbers) {
		row->number = roster_keep(r, number);
		rc = row->number != NULL ? 0 : no_memory(e);
	} else if (r->how->no_badges || form_of(r, rec, &form) == -1) {
		;
	} else if (r->how->key == NULL) {
		*e = *r->how->no_key;
		rc = -1;
	} else if (badge_number(r->how->key, form, number, &card, &readings, &why) == -1) {
		/* Never the number itself: what is told may be kept in a log. */
		if (is_rounded(number))
			err_set(&why, ERR_USAGE, "make the column one of text there, and export again",
			    "a spreadsheet has rounded it");
		roster_add_bad(r, rec->line, "number", NULL, "%s; %s", why.what, why.todo);
	} else {
		row->kind = card.kind;
		rc = add_readings(r, row, &readings, e);
	}
	explicit_bzero(both, sizeof both);
	return rc;
}

static int
take_reading(struct roster *r, const struct csv_record *rec, struct row *row, struct err *e)
{
	const char *text = value_of(r, rec, COLUMN_READING);
	char check[KEY_CHECK_SIZE];
	struct readings readings;
	struct err why;

	if (is_blank(text) || r->how->no_badges || r->how->keep_numbers)
		return 0;
	if (r->how->key == NULL) {
		*e = *r->how->no_key;
		return -1;
	}
	badge_key_check(r->how->key, check);
	if (badge_kept_parse(check, text, &row->kind, &readings, &why) == 0)
		return add_readings(r, row, &readings, e);
	if (why.kind == ERR_REFUSED)
		return err_set(e, ERR_REFUSED, "put that key back and run it again, or take the people "
		    "alone and enrol their badges anew: --no-badges",
		    "line %zu: the badges in this file are kept under another key (%.8s, here it is %s)",
		    rec->line, text, check);
	roster_add_bad(r, rec->line, "reading", NULL, "%s", why.what);
	return 0;
}

/* Whether nothing stands in any column that is used. */
static bool
is_empty(const struct roster *r, const struct csv_record *rec)
{
	for (int c = 0; c < COLUMNS; c++)
		if (!is_blank(value_of(r, rec, c)))
			return false;
	return true;
}

static int
take_row(struct roster *r, const struct csv_record *rec, struct err *e)
{
	struct row row = { .line = rec->line };

	for (size_t i = r->width; i < rec->fields; i++)
		if (!is_blank(rec->field[i])) {
			roster_add_bad(r, rec->line, "", NULL, "it has %zu values, and there are %zu columns",
			    rec->fields, r->width);
			return 0;
		}
	if (is_empty(r, rec))
		return 0;
	if (r->count == ROSTER_ROWS_MAX)
		return err_set(e, ERR_REFUSED, "is it the right file?",
		    "line %zu: a list of more than %d people", rec->line, ROSTER_ROWS_MAX);
	if (take_texts(r, rec, &row, e) == -1 || take_id(r, rec, &row) == -1 ||
	    take_number(r, rec, &row, e) == -1 || take_reading(r, rec, &row, e) == -1)
		return -1;
	struct row *more = roster_more(r->rows, r->count, &r->room, sizeof *more);
	if (more == NULL)
		return no_memory(e);
	r->rows = more;
	more[r->count++] = row;
	return 0;
}

/* ---- the file ---- */

static int
take_table(struct roster *r, const char *text, size_t size, struct err *e)
{
	struct csv_reader *csv = csvfile_open(text, size, r->separator);
	struct csv_record rec;
	bool headings = false;
	int rc;

	if (csv == NULL)
		return no_memory(e);
	rc = csvfile_next(csv, &rec, e);
	if (rc == 0)
		rc = err_set(e, ERR_REFUSED, NULL, "there is nothing in the file");
	if (rc == 1)
		rc = roster_columns(r, &rec, &headings, e);
	if (rc == 0 && !headings)
		rc = take_row(r, &rec, e);
	for (size_t i = 1; rc != -1 && (rc = csvfile_next(csv, &rec, e)) == 1; i++) {
		rc = take_row(r, &rec, e);
		if (i % PROGRESS_ROWS == 0 && r->how->progress != NULL)
			r->how->progress(r->how->arg, csvfile_done(csv), size);
	}
	csvfile_close(csv);
	if (rc == -1)
		return -1;
	/* A list in hex has letters in it somewhere. */
	if (r->numbers > 0 && r->digits_only == r->numbers && !r->how->keep_numbers &&
	    !r->how->no_badges)
		return err_set(e, ERR_USAGE, "find it out with somebody's badge: --verify-tap OWNER; "
		    "then say it: --as FORM",
		    "the badge numbers have digits alone: that may be dec, dec-reversed, wiegand26, "
		    "wiegand34 or uid");
	return 0;
}

static int
decode(struct roster *r, const char *bytes, size_t n, char **text, size_t *size, struct err *e)
{
	for (size_t i = 0; i < sizeof NO_TEXT / sizeof *NO_TEXT; i++)
		if (n >= strlen(NO_TEXT[i].begins) &&
		    memcmp(bytes, NO_TEXT[i].begins, strlen(NO_TEXT[i].begins)) == 0)
			return err_set(e, ERR_REFUSED, "open it in the spreadsheet and save it as \"CSV UTF-8 "
			    "(comma delimited)\"; in LibreOffice as \"Text CSV\"",
			    "this is %s, not CSV", NO_TEXT[i].what);
	r->encoding = r->how->encoding != NULL ? r->how->encoding : words_encoding(bytes, n);
	if (r->encoding == NULL)
		return err_set(e, ERR_REFUSED, "say it, as in --encoding cp949, windows-1252 or "
		    "shift_jis, or save it as CSV UTF-8",
		    "it cannot be told in which encoding this file is");
	return words_decode(r->encoding, bytes, n, text, size, e);
}

int
roster_read(const char *bytes, size_t n, const struct roster_how *how, struct roster **out,
    struct err *e)
{
	struct roster *r = calloc(1, sizeof *r);
	char *text = NULL;
	size_t size = 0;
	int rc = -1;

	if (r == NULL)
		return no_memory(e);
	r->how = how;
	if (n == 0)
		err_set(e, ERR_REFUSED, NULL, "there is nothing in the file");
	else if (decode(r, bytes, n, &text, &size, e) == 0) {
		r->separator = how->separator != 0 ? how->separator : csvfile_separator(text, size);
		rc = take_table(r, text, size, e);
	}
	if (text != NULL)
		explicit_bzero(text, size);
	free(text);
	r->how = NULL;
	if (rc == -1)
		roster_free(r);
	else
		*out = r;
	return rc;
}

/* ---- what was read ---- */

const char *
roster_encoding(const struct roster *r)
{
	return r->encoding;
}

char
roster_separator(const struct roster *r)
{
	return r->separator;
}

size_t
roster_rows(const struct roster *r)
{
	return r->count;
}

size_t
roster_numbers(const struct roster *r)
{
	return r->numbers;
}

const char *
roster_unused(const struct roster *r)
{
	return r->unused;
}

const struct roster_bad *
roster_bad(const struct roster *r, size_t *shown, size_t *all)
{
	*all = r->bads;
	*shown = r->bads < ROSTER_BAD_MAX ? r->bads : ROSTER_BAD_MAX;
	return r->bad;
}

struct roster_row_view
roster_row(const struct roster *r, size_t i)
{
	const struct row *row = &r->rows[i];

	return (struct roster_row_view){
		.line = row->line,
		.name = row->text[PERSON_NAME] != NULL ? row->text[PERSON_NAME] : "",
		.email = row->text[PERSON_EMAIL] != NULL ? row->text[PERSON_EMAIL] : "",
		.number = row->number != NULL ? row->number : "",
	};
}
