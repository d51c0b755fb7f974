/* csvfile.h - tables as spreadsheets and other systems exchange them: CSV.
 *
 * The only module that knows libcsv. Text is UTF-8 in memory; what encoding a file has
 * is not asked here. A value that a spreadsheet would take for a formula (it begins with
 * = + - @, a tab or a line break) is written with an apostrophe before it, and read
 * without: any text comes back as it was.
 */
#ifndef FRIDGE_CSVFILE_H
#define FRIDGE_CSVFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "err.h"

/* ---- reading ---- */

#define CSV_FIELD_MAX 65536	/* bytes of one value */
#define CSV_FIELDS_MAX 1000	/* values of one record */

struct csv_record {
	size_t line;		/* of the text, from 1, where it begins */
	size_t fields;		/* at least 1 */
	const char *const *field;	/* the reader's: valid until the next record */
};

/* ',', ';' or '\t': what parts the values of the text, by how its first lines look (or
 * by the "sep=;" that Excel understands in a first line of its own); ',' where nothing
 * tells. */
char csvfile_separator(const char *text, size_t size);

struct csv_reader;	/* opaque */
/* The text stays the caller's and must outlive the reader. NULL: no memory. */
struct csv_reader *csvfile_open(const char *text, size_t size, char separator);
/* The next record that is not an empty line, 0 at the end. A value may stand in quotes
 * and then hold separators and line breaks; blanks around it are taken off outside
 * quotes. -1 with ERR_REFUSED and the line: a quotation mark where none may be or one
 * that is never closed, a NUL byte, or more than the limits above. */
int csvfile_next(struct csv_reader *r, struct csv_record *out, struct err *e);
/* How many bytes of the text have been read. */
size_t csvfile_done(const struct csv_reader *r);
void csvfile_close(struct csv_reader *r);

/* ---- writing ---- */

/* By value: { .to = stdout }. Values are parted by commas, records by CR LF, as RFC 4180
 * has it. Whether all could be written, ferror(to) tells. */
struct csv_writer {
	FILE *to;
	bool inside;		/* a record has begun */
};
/* The mark by which Excel knows UTF-8, before anything else. */
void csvfile_mark(struct csv_writer *w);
/* One value; NULL: an empty one. */
void csvfile_text(struct csv_writer *w, const char *text);
/* A number stays one for a spreadsheet, whatever its sign. */
void csvfile_int(struct csv_writer *w, int64_t v);
void csvfile_end(struct csv_writer *w);		/* of the record */

#endif
