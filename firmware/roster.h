/* roster.h - a list of people as another system exports it: read, checked, and compared
 * with who is there.
 *
 * Reading knows nothing of the store, and comparing changes nothing: what it plans is what
 * store_import is given. All bad rows are told at once, each with line and column; a badge
 * number is never repeated, because what is told may be kept in a log.
 */
#ifndef FRIDGE_ROSTER_H
#define FRIDGE_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badge.h"
#include "err.h"
#include "person.h"
#include "store.h"

/* What stands in a column: the texts of a person, in the order of person_field, or ... */
enum roster_column {
	COLUMN_ID = PERSON_FIELDS,	/* of an export: the row of the store */
	COLUMN_GIVEN, COLUMN_FAMILY,	/* together the name */
	COLUMN_NUMBER,			/* of a badge */
	COLUMN_FACILITY,		/* of it, where it stands apart */
	COLUMN_FORM,			/* how it is written: a word of --as */
	COLUMN_READING,			/* of an export: a badge as badge_kept_text wrote it */
	COLUMNS,
};
/* The word for --columns and the heading of an export: "label_name", "number". */
const char *roster_column_text(enum roster_column c);

/* An export's column of IDs is headed "id@" and so many digits of the store's id. */
#define ROSTER_STORE_ID 8

struct roster;		/* opaque */
#define ROSTER_ROWS_MAX 250000	/* with a person; beyond that it is another kind of file */

struct roster_how {
	const char *columns;		/* "name,email,-,number"; NULL: by the headings */
	const char *encoding;		/* NULL: by its looks */
	char separator;			/* 0: by its looks */
	const enum number_form *form;	/* of all numbers; NULL: the column's, else hex */
	const char *store_id;		/* IDs of another store mean nothing here; see below */
	const struct badge_key *key;	/* NULL: there is none */
	const struct err *no_key;	/* and why */
	bool no_badges;			/* leave badges out */
	bool keep_numbers;		/* as they are written, for roster_row; hash none */
	void (*progress)(void *arg, size_t done, size_t all);	/* bytes; may be NULL */
	void *arg;
};
/* Read a file's bytes (which stay the caller's). -1 with ERR_REFUSED or ERR_USAGE if it
 * cannot be read as a whole: not a table, no encoding or separator that fits, no names in
 * it, badges under another key. Bad rows are no failure of this: see roster_bad. */
int roster_read(const char *bytes, size_t n, const struct roster_how *how,
    struct roster **out, struct err *e);
void roster_free(struct roster *r);

const char *roster_encoding(const struct roster *r);
char roster_separator(const struct roster *r);
/* Rows with a person in them. */
size_t roster_rows(const struct roster *r);
/* Rows with a badge's number as others write it: such a file opens doors. */
size_t roster_numbers(const struct roster *r);
/* Headings of columns that were not used, "Phone, Salary"; "" if none. */
const char *roster_unused(const struct roster *r);

/* A row that cannot be taken. */
struct roster_bad {
	size_t line;
	const char *column;		/* its word, or "" for the whole row */
	const char *value;		/* "" where it is none, or a badge number */
	const char *why;
};
#define ROSTER_BAD_MAX 50
/* The first ROSTER_BAD_MAX of them; *all is how many there are. */
const struct roster_bad *roster_bad(const struct roster *r, size_t *shown, size_t *all);

/* A row as it was read, for a look at one person. number is "" without keep_numbers. */
struct roster_row_view {
	size_t line;
	const char *name, *email;	/* "" : none */
	const char *number;
};
struct roster_row_view roster_row(const struct roster *r, size_t i);

/* ---- against the store ---- */

enum plan_do { PLAN_REMOVE, PLAN_CHANGE, PLAN_ADD, PLAN_BADGE };
/* What would become of somebody. */
struct plan_step {
	enum plan_do what;
	size_t line;			/* 0: of none, they are missing from the file */
	const struct owner *was;	/* NULL: a new person */
	/* Of each text what it becomes; NULL: it stays (remove, badge: all). */
	const char *becomes[PERSON_FIELDS];
	const char *name;		/* afterwards */
};
/* Compare with the store. Rows that cannot be matched join the bad ones. remove: those
 * missing from the file go. */
int roster_plan(struct roster *r, struct store *s, bool remove, struct err *e);
/* Afterwards: what is to be done, in order. */
size_t roster_steps(const struct roster *r);
void roster_step(const struct roster *r, size_t i, struct plan_step *out);
/* Step i for store_import; arg is the roster. */
void roster_change(void *arg, size_t i, struct import_change *out);
/* The next of those who are in the store and in no row, NULL for no more. *at is 0 before
 * the first. */
const struct owner *roster_missing(const struct roster *r, size_t *at);
struct roster_counts {
	size_t people;			/* live ones in the store before */
	size_t named;			/* people that the file names */
	size_t add, change, remove, badges, missing;
	size_t revoked;			/* badges that stay revoked, though they are in the file */
};
void roster_count(const struct roster *r, struct roster_counts *out);

#endif
