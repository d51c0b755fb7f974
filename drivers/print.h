/* print.h - pages go to a CUPS queue, and what becomes of them.
 *
 * The only module that knows libcups. Every request goes over a connection of its own
 * with a deadline of 3 s; a connection that broke is made again by the next request.
 * What a queue takes (media, resolution, language) is asked once and remembered, so
 * that a page leaves without a question. Lengths are hundredths of a millimetre.
 */
#ifndef FRIDGE_PRINT_H
#define FRIDGE_PRINT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../firmware/err.h"
#include "../firmware/label.h"

struct print;

/* A size as the configuration writes it: "62x29mm", "62xMAX100mm" (a roll and the
 * longest piece of it), "" (width 0: ask the queue). */
struct print_media {
	int width, length;
	bool roll;
};
int print_media_parse(const char *text, struct print_media *out);	/* 0 or -1 */

/* Called before each request, so that a heart can beat: seconds is how long the next
 * step may take where that is unusually long, else 0. */
typedef void print_beat(void *arg, int seconds);

struct print *print_new(print_beat *beat, void *arg);
void print_free(struct print *p);

/* Another queue ("" for the server's default) or medium. Asks nothing yet. */
void print_setup(struct print *p, const char *queue, const struct print_media *media,
    int rotate);

/* Ask the queue what it is, if that is not known yet. Errors:
 *   ERR_BUSY     the server does not answer, or has no such queue (now)
 *   ERR_REFUSED  the queue can never print a page (a raw one) */
int print_ask(struct print *p, struct err *e);
/* The sheet that pages are to be drawn for. Calls print_ask. */
int print_sheet(struct print *p, struct sheet *out, struct err *e);

/* Print copies pages of one document as one request. 0 with *job, or -1 with *e:
 *   ERR_BUSY     it did not reach the server, or the queue takes no jobs now
 *   ERR_REFUSED  the server does not take it */
int print_submit(struct print *p, const char *name, const struct page *page, int copies,
    int *job, struct err *e);

/* Make the document that print_submit would send, and throw it away. */
int print_encode(struct print *p, const struct page *page, struct err *e);
/* Whether the printer itself says that it has a job to do: 1, 0, -1 it cannot be asked. */
int print_device_works(struct print *p);

#define PRINT_NAME 256
/* The newest job called like name but for its "-ATTEMPT" end, that was not cancelled
 * and not aborted: 1 with *job and what it is called, 0 there is none, -1 the server
 * does not say. */
int print_find(struct print *p, const char *name, int *job,
    char called[static PRINT_NAME], struct err *e);
int print_cancel(struct print *p, int job, struct err *e);

#define PRINT_REASONS 512
/* What proto.h calls STATE and REASONS. Words of state are static. */
struct print_state {
	const char *state;
	char reasons[PRINT_REASONS];	/* joined by commas, or "none" */
};
/* How a job stands; "gone" if the server does not know it or its number was given to
 * another. name "" for a job of any name. -1: the server does not say. */
int print_job_state(struct print *p, int job, const char *name, struct print_state *out,
    struct err *e);
/* How the queue stands, "down" and "missing" among the answers. With device also the
 * printer behind it is asked, where it speaks IPP. */
void print_printer_state(struct print *p, bool device, struct print_state *out);
/* Put reasons of add that are not in to behind those of to. */
void print_reasons_add(char to[static PRINT_REASONS], const char *add);

/* One line "NAME STATE REASONS" for each queue of the server, and " default" behind
 * the default one. */
int print_list_queues(struct print *p, FILE *to, struct err *e);

#endif
