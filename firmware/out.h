/* out.h - how a program answers: for people, or one JSON document.
 *
 * The only module that knows json-c. A command describes its answer once; --json
 * prints the keys, a terminal gets a table (a list) or "Title: value" lines (a single
 * thing). A NULL title is for JSON only, a NULL key for people only. Tables fit wide
 * East Asian names; on a terminal they fit its width, and headings stand out (but see
 * NO_COLOR). Nothing is printed before out_finish, so that a failure leaves standard
 * output empty; only a stream is printed as it comes.
 */
#ifndef FRIDGE_OUT_H
#define FRIDGE_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "day.h"

struct out;

struct out *out_new(FILE *to, bool json);

/* Containers. At the top exactly one; inside an object under a key, inside a list
 * with key NULL. Every begin has its end. */
void out_list(struct out *o, const char *key, const char *title);
void out_object(struct out *o, const char *key, const char *title);
void out_end(struct out *o);

/* Values. "" and NULL texts, DAY_NONE: null in JSON, nothing for people. */
void out_text(struct out *o, const char *key, const char *title, const char *v);
void out_int(struct out *o, const char *key, const char *title, int64_t v);
/* With two decimals. */
void out_real(struct out *o, const char *key, const char *title, double v);
void out_bool(struct out *o, const char *key, const char *title, bool v);
void out_day(struct out *o, const char *key, const char *title, day_t v);
void out_null(struct out *o, const char *key, const char *title);
/* A line for people, outside tables; nothing in JSON. */
void out_say(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, red on a terminal: something is wrong. */
void out_warn(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An answer too long to be kept, or without an end: out_line prints what was described
 * since the last one, a container or lines for people, and forgets it. In JSON each is an
 * element of one array, or with OUT_LINES a document on a line of its own. */
enum out_stream { OUT_ARRAY, OUT_LINES };
void out_begin_stream(struct out *o, enum out_stream how);
/* 0, or -1 if it cannot be written. */
int out_line(struct out *o);

/* Print everything and free. Returns 0, or -1 if writing failed (a full disk). */
int out_finish(struct out *o);
void out_discard(struct out *o);	/* free, printing nothing */

#endif
