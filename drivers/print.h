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

/* beat may be NULL. */
struct print *print_new(print_beat *beat, void *arg);
void print_free(struct print *p);

struct print_settings {
	const char *queue;		/* "": the server's default */
	struct print_media media;
	int rotate;			/* -1 auto, else 0, 90, 180, 270 */
	const char *language;		/* one of PROTO_LANGUAGES; "": ask the queue */
	bool red;			/* the roll is the black and red one */
};
/* Other settings. Asks nothing yet. */
void print_setup(struct print *p, const struct print_settings *settings);

/* The sheet of a printer that speaks a language of PROTO_LANGUAGES, without a queue.
 * ERR_USAGE: no such language. ERR_REFUSED: it has no labels of that size. */
int print_language_sheet(const char *language, const struct print_media *media, bool red,
    struct sheet *out, struct err *e);
/* What lies in Brother's printers: "ID KIND SIZE WIDTHxHEIGHT" a line. KIND is
 * continuous, die-cut or round; SIZE as print_media_parse reads it; the rest are
 * printable dots at 300 dpi, 0 high on a roll. */
void print_list_media(FILE *to);

/* Ask the queue what it is, if that is not known yet. Errors:
 *   ERR_BUSY     the server does not answer, or has no such queue (now)
 *   ERR_REFUSED  the queue can never print a page: a raw one whose printer's language
 *                nobody names, labels that the printer does not have */
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

/* Take jobs out of the server's memory and spool, whatever their queue and state: those
 * called "BASE-PRINT-ATTEMPT" with PRINT among prints, which are in ascending order.
 * *purged is how many went, also on failure. Errors:
 *   ERR_BUSY     the server does not answer
 *   ERR_REFUSED  it does not let this user */
int print_purge(struct print *p, const char *base, const int64_t *prints, size_t count,
    int *purged, struct err *e);

#define PRINT_REASONS 512
#define PRINT_SIZE 40
/* What proto.h calls STATE and REASONS. Words of state are static. */
struct print_state {
	const char *state;
	char reasons[PRINT_REASONS];	/* joined by commas, or "none" */
	char want[PRINT_SIZE];		/* of reasons about labels: "62x29mm", "62mm" or "" */
	char have[PRINT_SIZE];
	struct err why;			/* of "unusable" */
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

/* Whether the queue is still what it was when it was asked: print_peek puts the question
 * and does not wait; print_changed reads the answer. Between them stands no other call
 * but print_sheet. True: it is another, and what was drawn must be drawn again. */
void print_peek(struct print *p);
bool print_changed(struct print *p);
/* Whether the printer said that it has other labels than are drawn, with *e. */
bool print_wrong_media(const struct print *p, struct err *e);
/* A job that the server does not know any more: whether that server has run all the time
 * since the job was made, so that it cannot have lost it. */
bool print_knew_job(const struct print *p, int job);
/* Add what the queue is to a line: its name and the pairs of proto.h's "queue". False if
 * that is not known. */
struct proto_line;
bool print_about(struct print *p, struct proto_line *l);

/* One line for each queue of the server:
 *   NAME STATE REASONS [default] KEY=VALUE...
 * with the pairs of proto.h's "queue", error_policy=, op_policy= and network= (yes: who
 * prints to it wants one, to ask the printer or CUPS); where no page can be made for a queue,
 * why= and todo= in place of format=, size= and dpi=. Values are percent-encoded as in
 * proto.h. */
int print_list_queues(struct print *p, FILE *to, struct err *e);

/* One line for each printer that CUPS finds now, on the network or by USB, in the order in
 * which to prefer them:
 *   printer uri= host= model= queue= driver= language= size= todo=
 * uri names a host rather than its address where it has a name, and is what a queue for it
 * gets. queue: a queue prints to it
 * already. driver is what print_make_queue takes: everywhere, raw with [printer] language=,
 * a driver's name; empty where there is none here, with todo=. size: the labels in it, where
 * it tells. May take half a minute. ERR_REFUSED: CUPS lets only its admins look. */
int print_list_devices(struct print *p, FILE *to, struct err *e);

struct print_queue {
	const char *name;
	const char *uri;		/* "": the queue is there, and keeps printer and driver. A
					 * socket: one without options gets those that cost no time */
	const char *driver;		/* everywhere, raw, or a driver's name; "" as above */
	const char *info;		/* what people read of it, or "" */
};
/* Make a queue, or make one that is there fit: a label that cannot be printed is given up
 * (abort-job: fridged keeps what is to be printed), it takes jobs, and is not shared. Errors:
 *   ERR_USAGE    the name cannot be a queue's
 *   ERR_BUSY     CUPS or the printer does not answer; no queue was made
 *   ERR_REFUSED  CUPS lets only its admins do that, or has no such driver */
int print_make_queue(struct print *p, const struct print_queue *queue, struct err *e);
/* Let the server keep no document of a job that is done: there are names in them. *changed:
 * it did, and reads its settings anew now. ERR_REFUSED: it does not let us. */
int print_keep_nothing(struct print *p, bool *changed, struct err *e);

#endif
