/* roster_impl.h - what the files of roster share. */
#ifndef FRIDGE_ROSTER_IMPL_H
#define FRIDGE_ROSTER_IMPL_H

#include "roster.h"

struct row {
	size_t line;
	const char *text[PERSON_FIELDS];	/* checked; NULL: not given */
	int64_t id;				/* 0: not given */
	const char *number;			/* keep_numbers; else NULL */
	enum badge_kind kind;
	uint32_t reading, readings;		/* the first of them, and how many */
	uint32_t member;
	bool give;				/* the badge is new to its person */
};

/* A person, in the store or to come. */
struct member {
	const struct owner *was;		/* NULL: to come */
	const char *text[PERSON_FIELDS];	/* as the file has it; NULL: it says nothing */
	size_t line;				/* that named them first; 0: none did */
	uint32_t step;				/* which adds them */
	bool leaves;
};

struct step {
	enum plan_do what;
	uint32_t at;				/* of a member; badge: of a row */
};

/* Texts that live as long as the roster. */
struct block {
	struct block *next;
	size_t used, size;
	char text[];
};

struct roster {
	const struct roster_how *how;		/* while it is read */
	const char *encoding;
	char separator;
	int column[COLUMNS];			/* where it stands; -1: nowhere */
	char unused[400];
	size_t width;				/* columns that the headings have */

	struct block *texts;
	struct row *rows;
	size_t count, room;
	struct reading *readings;
	size_t reading_count, reading_room;
	size_t numbers, digits_only;

	struct roster_bad bad[ROSTER_BAD_MAX];
	size_t bads;

	struct owner *owners;			/* who is there */
	struct member *members;
	size_t owner_count, member_count, member_room;
	struct step *steps;
	size_t step_count;
	struct roster_counts counts;
};

/* A copy that lives as long as the roster; NULL: no memory. */
const char *roster_keep(struct roster *r, const char *text);
/* One more bad row. value NULL: it is not repeated. */
void roster_add_bad(struct roster *r, size_t line, const char *column, const char *value,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Room for one more in an array of that many; NULL: no memory. */
void *roster_more(void *array, size_t count, size_t *room, size_t size);

/* roster_columns.c: which column is what, by --columns or by the headings in the first
 * record; *headings tells whether it is one of these and no person. */
struct csv_record;
int roster_columns(struct roster *r, const struct csv_record *first, bool *headings,
    struct err *e);

/* roster_index.c: who is meant by an ID, an address or a name. */
struct roster_index;
enum { KEY_ID = 'i', KEY_EMAIL = 'e', KEY_NAME = 'n' };
struct roster_index *roster_index_new(size_t expected);
void roster_index_free(struct roster_index *x);
/* text must outlive the index. -1: no memory. The same twice is one; of more than
 * NAMESAKES_MAX under one text the rest is not kept. */
#define NAMESAKES_MAX 1000
int roster_index_add(struct roster_index *x, char kind, const char *text, uint32_t member);
/* The next of that key: 1 and *member, or 0. *at is 0 before the first. */
int roster_index_next(const struct roster_index *x, char kind, const char *text, uint32_t *at,
    uint32_t *member);
/* The first. */
int roster_index_find(const struct roster_index *x, char kind, const char *text,
    uint32_t *member);

/* roster_badge.c: what becomes of each row's badge. */
int roster_badges(struct roster *r, struct store *s, struct err *e);

#endif
