/* print.c - see print.h */
#include "print_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../firmware/day.h"

/* Drivers say "connecting-to-device" for a moment at every job. */
#define CONNECTING_MS 5000

/* Nobody is there to type a password. */
static const char *
no_password(const char *prompt, http_t *http, const char *method, const char *resource,
    void *arg)
{
	(void)prompt, (void)http, (void)method, (void)resource, (void)arg;
	return NULL;
}

/* "62" or "57.5" as hundredths; the end of the number, or NULL. */
static const char *
parse_mm(const char *text, int *out)
{
	char *end;

	if (text[0] < '0' || text[0] > '9' || strspn(text, "0123456789.") > 7)
		return NULL;
	double mm = strtod(text, &end);
	if (mm < 5 || mm > 2000)
		return NULL;
	*out = (int)lround(mm * 100);
	return end;
}

int
print_media_parse(const char *text, struct print_media *out)
{
	struct print_media m = { 0 };

	if (text[0] != '\0') {
		text = parse_mm(text, &m.width);
		if (text == NULL || *text++ != 'x')
			return -1;
		m.roll = strncmp(text, "MAX", 3) == 0;
		text = parse_mm(text + (m.roll ? 3 : 0), &m.length);
		if (text == NULL || strcmp(text, "mm") != 0)
			return -1;
	}
	*out = m;
	return 0;
}

struct print *
print_new(print_beat *beat, void *arg)
{
	struct print *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->server.beat = p->device.beat = beat;
	p->server.arg = p->device.arg = arg;
	strcpy(p->device_reasons, "none");
	cupsSetPasswordCB2(no_password, NULL);
	return p;
}

void
print_free(struct print *p)
{
	if (p == NULL)
		return;
	server_close(&p->server);
	server_close(&p->device);
	queue_free(&p->queue);
	free(p);
}

void
print_setup(struct print *p, const char *queue, const struct print_media *media, int rotate)
{
	snprintf(p->wanted, sizeof p->wanted, "%s", queue);
	p->media = *media;
	p->rotate = rotate;
	p->asked = false;
}

/* The printer behind the queue, where it speaks IPP. */
static void
meet_device(struct print *p)
{
	struct server device = { .beat = p->server.beat, .arg = p->server.arg };

	server_close(&p->device);
	strcpy(p->device_reasons, "none");
	p->device_lost = p->queue.unmet;
	p->has_device = queue_device(p->queue.device, &device, p->device_resource,
	    sizeof p->device_resource);
	p->device = device;
}

int
print_ask(struct print *p, struct err *e)
{
	struct queue q;

	if (p->asked)
		return 0;
	if (queue_ask(&p->server, p->wanted, &p->media, &q, e) == -1)
		return -1;
	queue_free(&p->queue);
	p->queue = q;
	p->asked = true;
	meet_device(p);
	return 0;
}

static int
dots(int hundredths, int dpi)
{
	return (int)lround(hundredths * dpi / 2540.0);
}

/* Margins are rounded up: a dot of a margin is a dot lost. */
static int
margin_dots(int hundredths, int dpi)
{
	return (int)ceil(hundredths * dpi / 2540.0 - 0.01);
}

int
print_sheet(struct print *p, struct sheet *out, struct err *e)
{
	const struct queue *q = &p->queue;
	const struct medium *m = &q->medium;

	if (print_ask(p, e) == -1)
		return -1;
	*out = (struct sheet){
		.dpi_x = q->dpi_x, .dpi_y = q->dpi_y,
		.rotate = p->rotate, .roll = p->media.roll,
	};
	if (q->way == WAY_CUPS_RASTER) {
		/* A driver's raster is the part that can be printed. */
		out->width = (int)q->header.cupsWidth;
		out->height = (int)q->header.cupsHeight;
		return 0;
	}
	out->width = dots(m->width, q->dpi_x);
	out->height = dots(m->length, q->dpi_y);
	out->left = margin_dots(m->left, q->dpi_x);
	out->right = margin_dots(m->right, q->dpi_x);
	out->top = margin_dots(m->top, q->dpi_y);
	out->bottom = margin_dots(m->bottom, q->dpi_y);
	return 0;
}

/* Ask a printer or its queue how it stands. NULL: no answer. */
static ipp_t *
ask_state(struct server *s, const char *uri, const char *resource, struct err *e)
{
	static const char *const WANTED[] = {
		"printer-state", "printer-state-reasons", "printer-is-accepting-jobs",
		"printer-config-change-time",
	};
	ipp_t *request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    4, NULL, WANTED);
	return server_ask(s, request, resource, e);
}

static void
look_at_device(struct print *p)
{
	ipp_t *answer = ask_state(&p->device, p->queue.device, p->device_resource, NULL);

	if (answer == NULL) {
		strcpy(p->device_reasons, "offline-report");
		p->device_lost = true;
		return;
	}
	state_reasons(answer, "printer-state-reasons", p->device_reasons);
	ippDelete(answer);
	if (p->device_lost)
		/* What it takes could not be asked, or may have changed. */
		p->asked = false;
	p->device_lost = false;
}

int
print_device_works(struct print *p)
{
	int state = 0;

	if (!p->asked || !p->has_device)
		return -1;
	ipp_t *answer = ask_state(&p->device, p->queue.device, p->device_resource, NULL);
	if (answer == NULL)
		return -1;
	state = ippGetInteger(ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM), 0);
	ippDelete(answer);
	return state == IPP_PSTATE_PROCESSING;
}

/* Why no page can be made for a queue, as a state of it. */
static void
cannot_print(const struct err *why, struct print_state *out)
{
	if (strcmp(out->state, "ready") != 0)
		return;
	if (why->kind == ERR_REFUSED) {
		out->state = "stopped";
		print_reasons_add(out->reasons, "cups-missing-filter-error");
	} else {
		out->state = "offline";
		print_reasons_add(out->reasons, "offline-report");
	}
}

/* The queue's own answer, or why there is none. */
static void
look_at_queue(struct print *p, struct print_state *out)
{
	char name[128], uri[1024];
	struct err e;
	ipp_t *answer = NULL;

	*out = (struct print_state){ .state = "missing", .reasons = "none" };
	int asked = print_ask(p, &e);
	snprintf(name, sizeof name, "%s", asked == 0 ? p->queue.name : p->wanted);
	if (name[0] == '\0' && queue_default(&p->server, name, sizeof name, NULL) == -1 &&
	    p->server.http != NULL)
		return;
	if (asked == 0 || p->server.http != NULL) {
		queue_uri(name, uri, sizeof uri);
		answer = ask_state(&p->server, uri, "/", NULL);
	}
	if (answer == NULL) {
		out->state = "down";
		return;
	}
	if (ippGetStatusCode(answer) <= IPP_STATUS_OK_CONFLICTING) {
		state_of_printer(answer, out);
		if (asked == -1)
			cannot_print(&e, out);
		else if (p->queue.changed != ippGetInteger(ippFindAttribute(answer,
		    "printer-config-change-time", IPP_TAG_INTEGER), 0)) {
			p->asked = false;
			print_ask(p, &e);	/* now, and not at the next tap */
		}
	} else {
		p->asked = false;
		if (ippGetStatusCode(answer) != IPP_STATUS_ERROR_NOT_FOUND)
			out->state = "unknown";
	}
	ippDelete(answer);
}

void
print_printer_state(struct print *p, bool device, struct print_state *out)
{
	look_at_queue(p, out);
	if (strcmp(out->state, "down") == 0 || strcmp(out->state, "missing") == 0)
		return;
	if (device && p->has_device)
		look_at_device(p);
	if (p->has_device && strcmp(out->state, "ready") == 0 &&
	    strcmp(p->device_reasons, "none") != 0) {
		/* The queue hears of its printer during a job only. */
		print_reasons_add(out->reasons, p->device_reasons);
		state_judge(out);
	}
	if (strstr(out->reasons, "connecting-to-device") == NULL)
		p->connecting_since = 0;
	else if (p->connecting_since == 0)
		p->connecting_since = clock_mono_ms();
	else if (clock_mono_ms() - p->connecting_since > CONNECTING_MS)
		out->state = "offline";
}

int
print_list_queues(struct print *p, FILE *to, struct err *e)
{
	static const char *const WANTED[] = {
		"printer-name", "printer-state", "printer-state-reasons",
		"printer-is-accepting-jobs",
	};
	char usual[128] = "";
	struct print_state state;
	ipp_t *request, *answer;

	if (queue_default(&p->server, usual, sizeof usual, e) == -1 && p->server.http == NULL)
		return -1;
	request = ippNewRequest(IPP_OP_CUPS_GET_PRINTERS);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    4, NULL, WANTED);
	answer = server_ask(&p->server, request, "/", e);
	if (answer == NULL)
		return -1;
	for (ipp_attribute_t *a = ippFirstAttribute(answer); a != NULL; ) {
		ipp_t *one = ippNew();
		const char *name = NULL;
		/* The attributes of one queue, up to the blank one behind them. */
		for (; a != NULL && ippGetName(a) != NULL; a = ippNextAttribute(answer)) {
			if (ippGetGroupTag(a) != IPP_TAG_PRINTER)
				continue;
			ippCopyAttribute(one, a, 0);
			if (strcmp(ippGetName(a), "printer-name") == 0)
				name = ippGetString(a, 0, NULL);
		}
		if (name != NULL) {
			state_of_printer(one, &state);
			fprintf(to, "%s %s %s%s\n", name, state.state, state.reasons,
			    strcmp(name, usual) == 0 ? " default" : "");
		}
		ippDelete(one);
		if (a != NULL)
			a = ippNextAttribute(answer);
	}
	ippDelete(answer);
	return 0;
}
