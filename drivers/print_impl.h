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
	int64_t deadline;
	print_beat *beat;
	void *arg;
};
int server_connect(struct server *s, struct err *e);
void server_close(struct server *s);
/* Send a request that may be sent twice, and free it. NULL with *e if there was no
 * answer; any answer of the server is an answer. */
ipp_t *server_ask(struct server *s, ipp_t *request, const char *resource, struct err *e);
/* Send a request with a document, once. *sent: the server may have got all of it. */
ipp_t *server_send(struct server *s, ipp_t *request, const char *resource,
    const void *bytes, size_t size, bool *sent, struct err *e);
/* Read a file from the server into an open one: 1, 0 there is none, -1. */
int server_get(struct server *s, const char *resource, int fd, struct err *e);

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
/* The page header for that medium; a size that fits turned only is taken turned. */
int ppd_header(struct ppd *p, int width, int length, cups_page_header2_t *out,
    struct err *e);

/* ---- print_queue.c: what a queue is ---- */

enum way { WAY_CUPS_RASTER, WAY_PWG, WAY_URF, WAY_PDF };

struct medium {
	int width, length;
	int left, right, top, bottom;	/* that the printer cannot mark */
};
struct queue {
	char name[128];
	char uri[1024], resource[256];
	char device[1024];
	time_t changed;			/* printer-config-change-time */
	enum way way;
	bool gray;			/* raster of 8 bits a dot, not of one */
	const char *media_type;		/* a choice of MediaType to ask for; NULL: the queue's own */
	int dpi_x, dpi_y;
	struct medium medium;		/* of the sheet to draw for */
	bool unmet;			/* its printer did not answer: some of this is a guess */
	bool say_medium;		/* it is not the queue's default */
	struct ppd *ppd;		/* NULL: it has none */
	cups_page_header2_t header;	/* of raster ways, for that medium */
};
/* Ask for everything. name "" for the default queue. */
int queue_ask(struct server *s, const char *name, const struct print_media *media,
    struct queue *out, struct err *e);
void queue_free(struct queue *q);
/* The address of a queue for requests. */
void queue_uri(const char *name, char *uri, size_t size);
int queue_default(struct server *s, char *name, size_t size, struct err *e);
int queue_missing(const char *name, struct err *e);
/* Where the printer behind an ipp: queue is; false for any other. */
bool queue_device(const char *uri, struct server *out, char *resource, size_t size);

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

/* ---- print_state.c: states and reasons ---- */

/* The reasons of an attribute, joined by commas. */
void state_reasons(ipp_t *answer, const char *name, char out[static PRINT_REASONS]);
void state_of_printer(ipp_t *answer, struct print_state *out);
/* Judge "ready" again by the reasons. */
void state_judge(struct print_state *out);

struct print {
	struct server server;
	struct server device;
	char device_resource[256];
	bool has_device;
	bool device_lost;		/* it did not answer the last time */
	char device_reasons[PRINT_REASONS];
	int64_t connecting_since;	/* the queue's driver looks for the printer */

	char wanted[128];
	struct print_media media;
	int rotate;
	bool asked;
	struct queue queue;
	/* A document that was sent and not answered: look for it before the next. */
	char doubtful[PRINT_NAME];
};

#endif
