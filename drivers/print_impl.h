/* print_impl.h - what print.c and print_*.c share. */
#ifndef FRIDGE_PRINT_IMPL_H
#define FRIDGE_PRINT_IMPL_H

#include <cups/cups.h>
#include <cups/raster.h>

#include "print.h"

#define ANSWER_MS 3000		/* for one request, from its start to its end */
#define CONNECT_MS 2000

/* ---- print_http.c: one connection, one request at a time ---- */

struct server {
	http_t *http;			/* NULL: not connected */
	char host[256];			/* "": the CUPS server, as the environment says */
	int port;
	bool tls;
	bool denied;			/* it answered the last request with "not you" */
	unsigned made;			/* connections so far */
	int64_t deadline;
	print_beat *beat;
	void *arg;
};
/* Whether we see more of a network than ourselves. A service that is kept from it hears
 * of its printer through CUPS alone, and must not take it for one that is off. */
bool server_network(void);
int server_connect(struct server *s, struct err *e);
void server_close(struct server *s);
/* Send a request that may be sent twice, and free it. NULL with *e if there was no
 * answer; any answer of the server is an answer. */
ipp_t *server_ask(struct server *s, ipp_t *request, const char *resource, struct err *e);
/* server_ask in two steps, with other work between them but no other request: 0 or -1, and
 * then the answer or NULL. */
int server_begin(struct server *s, ipp_t *request, const char *resource);
ipp_t *server_end(struct server *s);
/* A request for the server's admins, sent once, with so many ms for all of it. NULL with *e:
 * ERR_REFUSED where we are none of them. */
ipp_t *server_order(struct server *s, ipp_t *request, const char *resource, int ms,
    struct err *e);
/* Send a request with a document, once. *sent: the server may have got all of it. */
ipp_t *server_send(struct server *s, ipp_t *request, const char *resource,
    const void *bytes, size_t size, bool *sent, struct err *e);
/* Read a file from the server into an open one: 1, 0 there is none, -1. */
int server_get(struct server *s, const char *resource, int fd, struct err *e);
/* Give the server an open file for that resource: 0 or -1. */
int server_put(struct server *s, const char *resource, int fd, int ms);

/* ---- print_ppd.c: what a queue's PPD says ---- */

struct ppd;
struct ppd_filters {
	bool pwg, urf;			/* pass untouched */
	bool raster;			/* a filter reads CUPS raster */
};
int ppd_read(int fd, struct ppd **out, struct err *e);
void ppd_free(struct ppd *p);
void ppd_filters(const struct ppd *p, struct ppd_filters *out);
bool ppd_has_choice(const struct ppd *p, const char *option, const char *choice);
/* "QL-550" of Brother's; "" where the PPD is of another maker's printer. */
void ppd_brother(const struct ppd *p, char *model, size_t size);
/* The default page of a driver for tape printers, by its name: "62mm" is a roll,
 * "62x29mm" a label. False where it does not say. */
bool ppd_tape(const struct ppd *p, struct print_media *out);
/* The default page of any driver, with the margins that it cannot mark. */
struct medium;
bool ppd_page(const struct ppd *p, struct medium *out);
/* The page header for that medium; a size that fits turned only is taken turned. */
int ppd_header(struct ppd *p, int width, int length, cups_page_header2_t *out,
    struct err *e);

/* ---- print_media.c: printers whose own language is spoken here ---- */

enum way { WAY_CUPS_RASTER, WAY_PWG, WAY_URF, WAY_PDF, WAY_QL, WAY_ZPL };

/* Commands that not every Brother QL knows. */
enum {
	QL_MODE = 1,		/* ESC i a: to raster mode */
	QL_CUT = 2,		/* ESC i M: it has a cutter */
	QL_CUT_EACH = 4,	/* ESC i A: behind so many labels */
	QL_EXPANDED = 8,	/* ESC i K: cut at the end, two colours */
	QL_PACKED = 16,		/* M: lines as TIFF packs them */
	QL_RED = 32,		/* ESC i K and w: black and red */
};
struct ql_model {
	const char *name;
	int head;		/* ql_labels of a wider one do not fit */
	int pins, offset;	/* of the head; of the paper on it, from the right */
	int nuls;		/* that end whatever was begun before */
	int rows_min, rows_max;	/* of a piece of a roll */
	unsigned knows;
};

#define QL_MARGIN 35		/* dots, 3 mm: what a cut leaves at each end of a piece */
enum ql_kind { QL_CONTINUOUS, QL_DIE_CUT, QL_ROUND };
struct ql_label {
	const char *id;
	enum ql_kind kind;
	int head;
	int width_mm, length_mm;
	int told_width_mm, told_length_mm;
	int dots, rows;		/* that can be printed; rows 0: as many as there are */
	int offset;		/* pins to the right of them */
	bool red;		/* there is one in black and red */
};

/* A language, and what lies in the printer. */
struct raw {
	enum way way;
	int dpi;
	struct print_media media;
	const struct ql_model *model;	/* NULL: it speaks ZPL */
	const struct ql_label *label;
	bool red;		/* the roll is the black and red one: both are always sent */
};
/* A language by its name, a Brother in any case: 0, or -1 it is none of ours. */
int raw_find(const char *language, struct raw *out);
/* Put that medium into it. ERR_REFUSED: it has none of that size. */
int raw_load(struct raw *r, const struct print_media *media, bool red, struct err *e);
void raw_sheet(const struct raw *r, struct sheet *out);

/* ---- print_queue.c: what a queue is ---- */

struct medium {
	int width, length;
	int left, right, top, bottom;	/* that the printer cannot mark */
};
struct queue {
	char name[128];
	char uri[1024], resource[256];
	char device[1024];
	char model[128];
	time_t changed;			/* printer-config-change-time */
	bool young;			/* it was asked in the second in which it changed */
	enum way way;
	bool gray;			/* raster of 8 bits a dot, not of one */
	const char *media_type;		/* a choice of MediaType to ask for; NULL: the queue's own */
	int dpi_x, dpi_y;
	struct medium medium;		/* of the sheet to draw for */
	bool unmet;			/* its printer did not answer: some of this is a guess */
	bool say_medium;		/* it is not the queue's default */
	struct ppd *ppd;		/* NULL: it has none */
	cups_page_header2_t header;	/* of raster ways, for that medium */
	struct raw raw;			/* of the printer's own languages */
};
/* What the configuration says of it. */
struct wish {
	char name[128];			/* "": the default queue */
	struct print_media media;
	char language[32];		/* "": ask the queue */
	bool red;
};
/* Ask for everything. */
int queue_ask(struct server *s, const struct wish *wish, struct queue *out, struct err *e);
void queue_free(struct queue *q);
/* The address of a queue for requests. */
void queue_uri(const char *name, char *uri, size_t size);
int queue_default(struct server *s, char *name, size_t size, struct err *e);
int queue_missing(const char *name, struct err *e);
/* Whether the printer, by its answer, has the labels that are drawn; *first is what it
 * has, length 0 for a roll. True where it does not say. */
bool queue_has_medium(ipp_t *device, const struct queue *q, bool roll, struct medium *first);
/* Ask the printer behind an ipp: address what it takes and what lies in it: true if it
 * should answer and did not. *answer is NULL then, and where it speaks no IPP. */
bool queue_ask_device(struct server *s, const char *uri, ipp_t **answer);
/* The first medium that lies in a printer, by its answer; false where it does not say. */
bool queue_first_medium(ipp_t *device, struct medium *out);
/* "62x29mm", of a roll "62mm", or "". */
void medium_text(char out[static PRINT_SIZE], const struct medium *m, bool roll);
/* Where the printer behind an ipp: queue is; false for any other. It takes a network to
 * ask it. */
bool queue_device(const char *uri, struct server *out, char *resource, size_t size);

/* ---- print_address.c: where a printer is, as a queue is to have it ---- */

/* Replace what leads to a printer today by what leads to it always: a DNS-SD name by the
 * printer's host, a lent address by its name; and let CUPS lose no time at port 9100, where
 * the address says nothing of that itself. May take some seconds. */
void address_settle(char *uri, size_t size);
/* The last of these alone: it asks nobody. */
void address_fit(char *uri, size_t size);
/* Whether both lead to the same port of a printer, whatever options they have. */
bool address_same(const char *a, const char *b);

/* ---- print_raster.c: a page in the queue's language ---- */

struct document {
	unsigned char *bytes;
	size_t size, room;
};
/* A header for the page, from the queue's. */
int raster_header(struct queue *q, const struct page *page, cups_page_header2_t *out,
    struct err *e);
int raster_write(struct queue *q, const struct page *page, int copies,
    struct document *out, struct err *e);
void raster_pwg_header(int width, int length, bool gray, int dpi_x, int dpi_y,
    cups_page_header2_t *out);
const char *way_format(enum way way);

/* ---- print_ql.c, print_zpl.c: a page in a printer's own language ---- */

int ql_write(const struct raw *r, const struct page *page, int copies, struct document *out,
    struct err *e);
int zpl_write(const struct raw *r, const struct page *page, int copies, struct document *out,
    struct err *e);

/* ---- print_job.c: jobs, made and found again ---- */

/* All jobs of all queues, which the server has: [printer] queue may have been another when
 * ours were made. To be freed; NULL with *e. */
ipp_t *jobs_ask(struct print *p, struct err *e);

/* ---- print_state.c: states and reasons ---- */

/* The reasons of an attribute, joined by commas. */
void state_reasons(ipp_t *answer, const char *name, char out[static PRINT_REASONS]);
void state_of_printer(ipp_t *answer, struct print_state *out);
/* The reasons of a printer itself: its words for a queue's states are others. */
void state_of_device(ipp_t *answer, char reasons[static PRINT_REASONS]);
/* Judge "ready" again by the reasons. */
void state_judge(struct print_state *out);

/* ---- print_ask.c: answers that list several things ---- */

/* The first value of an attribute as text, or "". */
const char *answer_text(ipp_t *answer, const char *name);
/* What the server says of a refusal, to stand within a sentence. */
void answer_refusal(ipp_t *answer, char *out, size_t size);
/* The next thing of a list of them (a queue, a device, a driver) as an answer of its own,
 * to be freed; NULL behind the last one. *at starts as ippFirstAttribute(answer). */
ipp_t *answer_next(ipp_t *answer, ipp_attribute_t **at);

struct print {
	struct server server;
	struct server device;
	char device_resource[256];
	bool has_device;
	bool device_lost;		/* it did not answer the last time */
	char device_reasons[PRINT_REASONS];
	struct medium have;		/* the labels in it, where it says */
	bool wrong_media;		/* and they are not those that are drawn */
	bool met_again;			/* although it was asked again for them */
	const char *seeks;		/* the queue's program looks for it: a reason, or NULL */
	int64_t seeking_since;
	bool lost;			/* it did so in vain */
	bool works;			/* the queue has a job in hand */

	struct wish wish;
	int rotate;
	bool asked;
	bool peeking;			/* a question is on its way */
	struct queue queue;
	int job;			/* the newest of ours, */
	unsigned job_made;		/* and the connection that made it */
	/* A document that was sent and not answered: look for it before the next. */
	char doubtful[PRINT_NAME];
};

#endif
