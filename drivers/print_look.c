/* print_look.c - how the queue stands, and the printer behind it; and whether they are
 * still what was asked of them. */
#include "print_impl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../firmware/day.h"
#include "proto.h"

/* Drivers say "connecting-to-device" for a moment at every job. */
#define CONNECTING_MS 5000
#define PROBE_MS 1000		/* for a connection to a printer that was lost */
#define COUNT(a) ((int)(sizeof (a) / sizeof *(a)))

/* What is asked at each look. */
static const char *const QUEUE_STATE[] = {
	"printer-name", "printer-state", "printer-state-reasons", "printer-is-accepting-jobs",
	"printer-config-change-time", "printer-state-message",
};
static const char *const DEVICE_STATE[] = {
	"printer-state", "printer-state-reasons", "media-col-ready",
};

/* What CUPS's programs write while they look for a printer, where they give no reason. */
static const struct {
	const char *text, *reason;
} SEEKING[] = {
	{ "The printer may not exist or is unavailable", "not-answering" },
	{ "The printer is unreachable", "not-answering" },
	{ "The printer is not responding", "not-answering" },
	{ "The printer did not respond", "not-answering" },
	{ "The printer is not connected", "not-answering" },
	{ "Waiting for printer to become available", "not-answering" },
	{ "Unable to locate printer", "not-answering" },
	{ "Unable to get printer status", "not-answering" },
	{ "The printer is in use", "in-use" },
};

/* ---- the queue ---- */

static ipp_t *
state_request(struct print *p)
{
	bool usual = p->wish.name[0] == '\0';
	ipp_t *request = ippNewRequest(usual ? IPP_OP_CUPS_GET_DEFAULT :
	    IPP_OP_GET_PRINTER_ATTRIBUTES);
	char uri[1024];

	if (!usual) {
		queue_uri(p->wish.name, uri, sizeof uri);
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	}
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    COUNT(QUEUE_STATE), NULL, QUEUE_STATE);
	return request;
}

static int
number(ipp_t *answer, const char *name)
{
	return ippGetInteger(ippFindAttribute(answer, name, IPP_TAG_INTEGER), 0);
}

/* Whether the queue that answers is another one than was asked what it is. */
static bool
is_another(const struct print *p, ipp_t *answer)
{
	const char *name = ippGetString(ippFindAttribute(answer, "printer-name", IPP_TAG_NAME),
	    0, NULL);
	int changed = number(answer, "printer-config-change-time");

	if (ippGetStatusCode(answer) > IPP_STATUS_OK_CONFLICTING)
		return ippGetStatusCode(answer) == IPP_STATUS_ERROR_NOT_FOUND;
	/* CUPS counts changes in seconds: a second one in the same second does not show. */
	return p->queue.young || p->queue.changed != changed ||
	    (name != NULL && strcasecmp(name, p->queue.name) != 0);
}

void
print_peek(struct print *p)
{
	p->peeking = p->asked && server_begin(&p->server, state_request(p), "/") == 0;
}

bool
print_changed(struct print *p)
{
	ipp_t *answer = p->peeking ? server_end(&p->server) : NULL;
	/* Without an answer the submission will tell. */
	bool changed = answer != NULL && is_another(p, answer);

	ippDelete(answer);
	p->peeking = false;
	if (changed)
		p->asked = false;
	return changed;
}

/* Why no page can be made for a queue, as a state of it. */
static void
cannot_print(const struct err *why, struct print_state *out)
{
	if (strcmp(out->state, "ready") != 0)
		return;
	if (why->kind == ERR_REFUSED) {
		out->state = "stopped";
		print_reasons_add(out->reasons, "unusable");
		out->why = *why;
	} else {
		out->state = "offline";
		print_reasons_add(out->reasons, "offline-report");
	}
}

/* Whether the queue's program looks for its printer, in vain up to now: what that means
 * if it lasts, else NULL. */
static const char *
seeks(ipp_t *answer)
{
	const char *text = ippGetString(ippFindAttribute(answer, "printer-state-message",
	    IPP_TAG_TEXT), 0, NULL);
	ipp_attribute_t *reasons = ippFindAttribute(answer, "printer-state-reasons",
	    IPP_TAG_KEYWORD);

	/* What an idle queue says is of its last job. */
	if (ippGetInteger(ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM), 0) !=
	    IPP_PSTATE_PROCESSING)
		return NULL;
	for (int i = 0; i < COUNT(SEEKING) && text != NULL; i++)
		if (strncmp(text, SEEKING[i].text, strlen(SEEKING[i].text)) == 0)
			return SEEKING[i].reason;
	return reasons != NULL && ippContainsString(reasons, "connecting-to-device") ?
	    "not-answering" : NULL;
}

/* The queue's own answer, or why there is none. */
static void
look_at_queue(struct print *p, struct print_state *out)
{
	struct err e;
	ipp_t *answer = NULL;

	*out = (struct print_state){ .state = "missing", .reasons = "none" };
	p->seeks = NULL;
	p->works = false;
	int asked = print_ask(p, &e);
	if (asked == 0 || p->server.http != NULL)
		answer = server_ask(&p->server, state_request(p), "/", NULL);
	if (answer == NULL) {
		out->state = p->server.denied ? "stopped" : "down";
		if (p->server.denied)
			strcpy(out->reasons, "access-denied");
		return;
	}
	if (asked == 0 && is_another(p, answer)) {
		p->asked = false;
		asked = print_ask(p, &e);	/* now, and not at the next tap */
	}
	if (ippGetStatusCode(answer) <= IPP_STATUS_OK_CONFLICTING) {
		state_of_printer(answer, out);
		p->seeks = seeks(answer);
		p->works = ippGetInteger(ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM),
		    0) == IPP_PSTATE_PROCESSING;
		if (asked == -1)
			cannot_print(&e, out);
	} else if (ippGetStatusCode(answer) != IPP_STATUS_ERROR_NOT_FOUND) {
		p->asked = false;
		out->state = "unknown";
	}
	ippDelete(answer);
}

/* ---- the printer ---- */

/* Which labels it has, where it knows. Without a size of its own in the configuration
 * a label is drawn for what lies in the printer. */
static void
look_at_media(struct print *p, ipp_t *answer)
{
	struct medium have = { 0 };
	bool everywhere = p->queue.way == WAY_PWG || p->queue.way == WAY_URF;
	bool fits = !everywhere || queue_has_medium(answer, &p->queue, p->wish.media.roll, &have);

	p->wrong_media = !fits && (p->wish.media.width > 0 || p->met_again);
	p->have = have;
	if (!fits && !p->wrong_media)
		p->asked = false;
	p->met_again = !fits;
}

static ipp_t *
ask_device(struct print *p)
{
	ipp_t *request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL,
	    p->queue.device);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    COUNT(DEVICE_STATE), NULL, DEVICE_STATE);
	return server_ask(&p->device, request, p->device_resource, NULL);
}

int
print_device_works(struct print *p)
{
	ipp_t *answer = p->asked && p->has_device ? ask_device(p) : NULL;

	if (answer == NULL)
		return -1;
	int state = ippGetInteger(ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM), 0);
	ippDelete(answer);
	return state == IPP_PSTATE_PROCESSING;
}

static void
look_at_device(struct print *p)
{
	ipp_t *answer = ask_device(p);

	if (answer == NULL) {
		strcpy(p->device_reasons, "offline-report");
		p->device_lost = true;
		return;
	}
	state_of_device(answer, p->device_reasons);
	if (p->device_lost)
		/* What it takes could not be asked, or may have changed. */
		p->asked = false;
	p->device_lost = false;
	look_at_media(p, answer);
	ippDelete(answer);
}

static bool
is_roll(const struct queue *q, bool wanted)
{
	return wanted || ((q->way == WAY_QL || q->way == WAY_ZPL) && q->raw.media.roll);
}

/* What is expected, where the labels are the trouble. */
static void
say_media(const struct print *p, struct print_state *out)
{
	if (strstr(out->reasons, "media-") == NULL || !p->asked)
		return;
	medium_text(out->want, &p->queue.medium, is_roll(&p->queue, p->wish.media.roll));
	if (p->wrong_media)
		medium_text(out->have, &p->have, p->have.length == 0);
}

bool
print_wrong_media(const struct print *p, struct err *e)
{
	char have[PRINT_SIZE], want[PRINT_SIZE];

	if (!p->has_device || !p->wrong_media)
		return false;
	medium_text(have, &p->have, p->have.length == 0);
	medium_text(want, &p->queue.medium, is_roll(&p->queue, p->wish.media.roll));
	err_set(e, ERR_BUSY, "change the roll, or [printer] media",
	    "wrong labels: %s is in the printer, %s is expected", have, want);
	return true;
}

/* Whether a port that tells nothing can be reached: 1, 0, -1 it is none. */
static int
probe(const char *uri)
{
	char scheme[32], user[256], host[256], resource[1024], service[16];
	int port, fd = -1;

	if (!server_network() ||
	    httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof scheme, user, sizeof user,
	    host, sizeof host, &port, resource, sizeof resource) < HTTP_URI_STATUS_OK ||
	    (strcmp(scheme, "socket") != 0 && strcmp(scheme, "lpd") != 0))
		return -1;
	snprintf(service, sizeof service, "%d", port > 0 ? port : scheme[0] == 'l' ? 515 : 9100);
	http_addrlist_t *list = httpAddrGetList(host, AF_UNSPEC, service);
	bool found = list != NULL && httpAddrConnect2(list, &fd, PROBE_MS, NULL) != NULL;
	if (fd != -1)
		close(fd);
	httpAddrFreeList(list);
	return found;
}

/* A queue tells of its printer only while it has a job for it. One that was looked for in
 * vain is not taken for found because the job is gone. */
static void
judge_connection(struct print *p, struct print_state *out)
{
	int64_t now = clock_mono_ms();

	if (p->seeks == NULL) {
		p->seeking_since = 0;
		if (p->lost && (p->works || p->server.http == NULL || probe(p->queue.device) != 0))
			p->lost = false;
	} else if (p->seeking_since == 0) {
		p->seeking_since = now;
	} else if (now - p->seeking_since > CONNECTING_MS) {
		p->lost = true;
	}
	if (!p->lost || (p->seeking_since != 0 && now - p->seeking_since <= CONNECTING_MS))
		return;
	print_reasons_add(out->reasons, p->seeks != NULL ? p->seeks : "not-answering");
	if (strcmp(out->state, "ready") == 0)
		out->state = "offline";
}

void
print_printer_state(struct print *p, bool device, struct print_state *out)
{
	look_at_queue(p, out);
	if (strcmp(out->state, "down") == 0 || strcmp(out->state, "missing") == 0)
		return;
	if (device && p->has_device)
		look_at_device(p);
	if (p->has_device && strcmp(out->state, "ready") == 0) {
		/* The queue hears of its printer during a job only. */
		print_reasons_add(out->reasons, p->device_reasons);
		if (p->wrong_media)
			print_reasons_add(out->reasons, "media-size-mismatch");
		state_judge(out);
	}
	say_media(p, out);
	judge_connection(p, out);
}

/* ---- what a queue is, in pairs ---- */

/* Whether the printer behind an address tells what becomes of a label. */
static bool
gives_feedback(const char *scheme, const char *host)
{
	return strncmp(scheme, "ipp", 3) == 0 || strncmp(scheme, "http", 4) == 0 ||
	    (strcmp(scheme, "dnssd") == 0 && strstr(host, "._ipp") != NULL);
}

static void
pair_device(struct proto_line *l, const char *uri, const char *model)
{
	char scheme[32] = "", user[256], host[256] = "", resource[1024];
	int port;

	/* Never the address itself: it may hold a password. */
	httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof scheme, user, sizeof user,
	    host, sizeof host, &port, resource, sizeof resource);
	proto_pair(l, "device", scheme);
	proto_pair(l, "host", host);
	proto_pair(l, "model", model);
	proto_pair(l, "feedback", gives_feedback(scheme, host) ? "yes" : "no");
}

static void
pair_page(struct proto_line *l, const struct queue *q, bool roll)
{
	char size[PRINT_SIZE];

	medium_text(size, &q->medium, is_roll(q, roll));
	proto_pair(l, "format", way_format(q->way));
	proto_pair(l, "size", size);
	proto_pair_int(l, "dpi", q->dpi_x);
}

bool
print_about(struct print *p, struct proto_line *l)
{
	if (!p->asked)
		return false;
	proto_word(l, p->queue.name);
	pair_device(l, p->queue.device, p->queue.model);
	pair_page(l, &p->queue, p->wish.media.roll);
	return true;
}

/* Whether who prints to it wants a network: its printer can be asked itself, or CUPS is
 * behind no socket of this machine. */
static bool
wants_network(const char *uri)
{
	struct server device = { .http = NULL };
	char resource[1024];

	return cupsServer()[0] != '/' || queue_device(uri, &device, resource, sizeof resource);
}

/* One queue's line. */
static void
list_one(struct print *p, ipp_t *one, const char *usual, FILE *to)
{
	const char *name = answer_text(one, "printer-name");
	struct wish wish = { .language = "" };
	struct print_state state;
	struct proto_line l;
	struct queue q;
	struct err e;

	snprintf(wish.name, sizeof wish.name, "%s", name);
	state_of_printer(one, &state);
	proto_start(&l, "");
	pair_device(&l, answer_text(one, "device-uri"), answer_text(one, "printer-make-and-model"));
	if (queue_ask(&p->server, &wish, &q, &e) == 0) {
		pair_page(&l, &q, false);
		queue_free(&q);
	} else {
		proto_pair(&l, "why", e.what);
		proto_pair(&l, "todo", e.todo);
	}
	proto_pair(&l, "error_policy", answer_text(one, "printer-error-policy"));
	proto_pair(&l, "op_policy", answer_text(one, "printer-op-policy"));
	proto_pair(&l, "network", wants_network(answer_text(one, "device-uri")) ? "yes" : "no");
	fprintf(to, "%s %s %s%s%s\n", name, state.state, state.reasons,
	    strcmp(name, usual) == 0 ? " default" : "", l.ok ? l.text : "");
}

int
print_list_queues(struct print *p, FILE *to, struct err *e)
{
	static const char *const WANTED[] = {
		"printer-name", "printer-state", "printer-state-reasons",
		"printer-is-accepting-jobs", "device-uri", "printer-make-and-model",
		"printer-error-policy", "printer-op-policy",
	};
	char usual[128] = "";
	ipp_t *request, *answer;

	if (queue_default(&p->server, usual, sizeof usual, e) == -1 && p->server.http == NULL)
		return -1;
	request = ippNewRequest(IPP_OP_CUPS_GET_PRINTERS);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    COUNT(WANTED), NULL, WANTED);
	answer = server_ask(&p->server, request, "/", e);
	if (answer == NULL)
		return -1;
	ipp_attribute_t *at = ippFirstAttribute(answer);
	for (ipp_t *one; (one = answer_next(answer, &at)) != NULL; ) {
		if (answer_text(one, "printer-name")[0] != '\0')
			list_one(p, one, usual, to);
		ippDelete(one);
	}
	ippDelete(answer);
	return 0;
}
