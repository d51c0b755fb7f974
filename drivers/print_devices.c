/* print_devices.c - printers that CUPS can find, and which queue suits each: IPP before
 * all, because such a printer tells how it is; our own raster for Brother's; else a driver.
 */
#include "print_impl.h"
#include "proto.h"

#include <stdlib.h>
#include <string.h>

#define SEARCH_S 8		/* what CUPS gives its backends to look around */
#define ANSWER_S 8		/* on top of that */
#define DRIVERS_MS 30000	/* it reads all drivers' lists at the first question */
#define DEVICES_MAX 64

/* Who looks for them: the others find what cannot be a label printer, or ask for what is
 * found by these. */
static const char *const SCHEMES[] = { "dnssd", "driverless", "usb", "snmp" };

struct device {
	char uri[1024], host[256];
	char id[1024];			/* as IEEE 1284 has it: "MFG:...;MDL:...;" */
	char model[128];
	char queue[128];		/* that prints to it */
	char driver[256], language[32], size[PRINT_SIZE];
	const char *todo;
	bool ipp;
	int rank;			/* smaller is better */
};

/* Printers whose driver does not call itself by their name, or is not installed. */
static const struct {
	const char *model;		/* how it begins; NULL: any */
	const char *commands;		/* what it understands; NULL: anything */
	const char *driver, *todo;
} MAKERS[] = {
	{ NULL, "ZPL", "drv:///sample.drv/zebra.ppd", "" },
	{ NULL, "EPL", "drv:///sample.drv/zebraep2.ppd", "" },
	{ "Zebra", NULL, "drv:///sample.drv/zebra.ppd", "" },
	{ "DYMO", NULL, "", "sudo apt install printer-driver-dymo, and look again" },
	{ NULL, NULL, "", "install the printer's driver, and look again" },
};

/* ---- where it is ---- */

static void
look_at_uri(struct device *d)
{
	char scheme[32] = "", user[256], resource[1024];
	int port;

	address_settle(d->uri, sizeof d->uri);
	httpSeparateURI(HTTP_URI_CODING_ALL, d->uri, scheme, sizeof scheme, user, sizeof user,
	    d->host, sizeof d->host, &port, resource, sizeof resource);
	d->ipp = strncmp(scheme, "ipp", 3) == 0 ||
	    (strcmp(scheme, "dnssd") == 0 && strstr(d->host, "._ipp") != NULL);
}

/* ---- which queue suits it ---- */

/* A value of its id: "ZPL" of "CMD:ZPL;". The keys have long forms too. */
static void
id_value(const struct device *d, const char *key, const char *long_key, char *out, size_t size)
{
	out[0] = '\0';
	for (const char *p = d->id; *p != '\0'; p += strcspn(p, ";"), p += *p == ';') {
		p += strspn(p, " ");
		size_t n = strcspn(p, ":;");
		if (p[n] == ':' && ((strlen(key) == n && strncasecmp(p, key, n) == 0) ||
		    (strlen(long_key) == n && strncasecmp(p, long_key, n) == 0)))
			snprintf(out, size, "%.*s", (int)strcspn(p + n + 1, ";"), p + n + 1);
	}
}

/* What a Brother calls itself ends in what its language is called here. */
static bool
is_brother(struct device *d)
{
	const char *word = strrchr(d->model, ' ');
	struct raw raw;

	word = word != NULL ? word + 1 : d->model;
	if (strncasecmp(word, "ql-", 3) != 0 || raw_find(word, &raw) == -1)
		return false;
	snprintf(d->driver, sizeof d->driver, "raw");
	snprintf(d->language, sizeof d->language, "%s", raw.model->name);
	return true;
}

/* The driver that CUPS has for this very model: 1, 0 none, -1. */
static int
ask_driver(struct print *p, struct device *d, struct err *e)
{
	ipp_t *request = ippNewRequest(IPP_OP_CUPS_GET_PPDS);
	char maker[128], model[128], id[300];

	id_value(d, "MFG", "MANUFACTURER", maker, sizeof maker);
	id_value(d, "MDL", "MODEL", model, sizeof model);
	snprintf(id, sizeof id, "MFG:%s;MDL:%s;", maker, model);
	if (model[0] != '\0')
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_TEXT, "ppd-device-id", NULL, id);
	else
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_TEXT, "ppd-make-and-model", NULL,
		    d->model);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", NULL,
	    "ppd-name");
	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", 1);
	ipp_t *answer = server_order(&p->server, request, "/", DRIVERS_MS, e);
	if (answer == NULL)
		return -1;
	snprintf(d->driver, sizeof d->driver, "%s", answer_text(answer, "ppd-name"));
	ippDelete(answer);
	return d->driver[0] != '\0';
}

static void
use_maker(struct device *d)
{
	char commands[512];
	size_t i = 0;

	id_value(d, "CMD", "COMMAND SET", commands, sizeof commands);
	while ((MAKERS[i].model != NULL &&
	    strncasecmp(d->model, MAKERS[i].model, strlen(MAKERS[i].model)) != 0) ||
	    (MAKERS[i].commands != NULL && strstr(commands, MAKERS[i].commands) == NULL))
		i++;
	snprintf(d->driver, sizeof d->driver, "%s", MAKERS[i].driver);
	d->todo = MAKERS[i].todo;
}

/* What it says of itself, where it speaks IPP. */
static void
ask_printer(struct print *p, struct device *d)
{
	struct medium m;
	ipp_t *answer;

	queue_ask_device(&p->server, d->uri, &answer);
	if (answer == NULL)
		return;
	const char *model = answer_text(answer, "printer-make-and-model");
	if (model[0] != '\0')
		snprintf(d->model, sizeof d->model, "%s", model);
	if (queue_first_medium(answer, &m))
		medium_text(d->size, &m, m.length == 0);
	ippDelete(answer);
}

static int
advise(struct print *p, struct device *d, struct err *e)
{
	d->todo = "";
	if (d->ipp) {
		ask_printer(p, d);
		snprintf(d->driver, sizeof d->driver, "everywhere");
	} else if (!is_brother(d)) {
		int found = ask_driver(p, d, e);
		if (found == -1)
			return -1;
		if (found == 0)
			use_maker(d);
	}
	d->rank = d->ipp ? 0 : d->driver[0] == '\0' ? 3 : strncmp(d->uri, "usb:", 4) == 0 ? 1 : 2;
	return 0;
}

/* ---- the list ---- */

/* NULL with *e. A CUPS of its smallest package has nobody who could look. */
static ipp_t *
ask_devices(struct print *p, struct err *e)
{
	ipp_t *request = ippNewRequest(IPP_OP_CUPS_GET_DEVICES), *answer;
	char said[200];

	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "timeout", SEARCH_S);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "include-schemes",
	    (int)(sizeof SCHEMES / sizeof *SCHEMES), NULL, SCHEMES);
	answer = server_order(&p->server, request, "/", (SEARCH_S + ANSWER_S) * 1000, e);
	if (answer == NULL || ippGetStatusCode(answer) <= IPP_STATUS_OK_CONFLICTING)
		return answer;
	answer_refusal(answer, said, sizeof said);
	err_set(e, ERR_REFUSED, "sudo apt install cups", "CUPS cannot look for printers: %s", said);
	ippDelete(answer);
	return NULL;
}

/* The queues' printers, so that one that has a queue is known again. NULL with *e. */
static ipp_t *
ask_queues(struct print *p, struct err *e)
{
	static const char *const WANTED[] = { "printer-name", "device-uri" };
	ipp_t *request = ippNewRequest(IPP_OP_CUPS_GET_PRINTERS);

	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", 2, NULL,
	    WANTED);
	return server_ask(&p->server, request, "/", e);
}

static void
find_queue(ipp_t *queues, const char *uri, struct device *d)
{
	ipp_attribute_t *at = ippFirstAttribute(queues);

	for (ipp_t *one; d->queue[0] == '\0' && (one = answer_next(queues, &at)) != NULL; ) {
		const char *its = answer_text(one, "device-uri");
		if (strcmp(its, uri) == 0 || address_same(its, d->uri))
			snprintf(d->queue, sizeof d->queue, "%s", answer_text(one, "printer-name"));
		ippDelete(one);
	}
}

static bool
is_ipp_usb(const struct device *d)
{
	return d->ipp && (strcmp(d->host, "localhost") == 0 || strncmp(d->host, "127.", 4) == 0);
}

/* The same printer twice: by the same address, or by USB although ipp-usb has it. */
static bool
is_double(const struct device *list, size_t n, const struct device *d)
{
	for (size_t i = 0; i < n; i++) {
		const struct device *o = &list[i];
		bool usb = strncmp(d->uri, "usb:", 4) == 0 || strncmp(o->uri, "usb:", 4) == 0;
		if (strcmp(o->uri, d->uri) == 0)
			return true;
		if (usb && (is_ipp_usb(d) || is_ipp_usb(o)) && strcasecmp(o->model, d->model) == 0)
			return true;
	}
	return false;
}

static int
take_device(struct print *p, ipp_t *one, ipp_t *queues, struct device *d, struct err *e)
{
	const char *uri = answer_text(one, "device-uri");

	*d = (struct device){ .rank = 0 };
	snprintf(d->uri, sizeof d->uri, "%s", uri);
	snprintf(d->id, sizeof d->id, "%s", answer_text(one, "device-id"));
	snprintf(d->model, sizeof d->model, "%s", answer_text(one, "device-make-and-model"));
	look_at_uri(d);
	if (advise(p, d, e) == -1)
		return -1;
	find_queue(queues, uri, d);
	return 0;
}

static int
by_rank(const void *pa, const void *pb)
{
	const struct device *a = pa, *b = pb;

	return a->rank != b->rank ? a->rank - b->rank : strcmp(a->uri, b->uri);
}

static void
say_device(const struct device *d, FILE *to)
{
	struct proto_line l;

	proto_start(&l, "printer");
	proto_pair(&l, "uri", d->uri);
	proto_pair(&l, "host", d->host);
	proto_pair(&l, "model", d->model);
	proto_pair(&l, "queue", d->queue);
	proto_pair(&l, "driver", d->driver);
	proto_pair(&l, "language", d->language);
	proto_pair(&l, "size", d->size);
	proto_pair(&l, "todo", d->todo);
	if (l.ok)
		fprintf(to, "%s\n", l.text);
}

/* Take the devices of an answer; IPP ones first, so that they are not the doubles. */
static int
take_devices(struct print *p, ipp_t *answer, ipp_t *queues, struct device *list, size_t *n,
    struct err *e)
{
	for (int ipp = 1; ipp >= 0; ipp--) {
		ipp_attribute_t *at = ippFirstAttribute(answer);
		int rc = 0;
		for (ipp_t *one; rc == 0 && *n < DEVICES_MAX &&
		    (one = answer_next(answer, &at)) != NULL; ) {
			const char *uri = answer_text(one, "device-uri");
			bool is_ipp = strncmp(uri, "ipp", 3) == 0 || strstr(uri, "._ipp") != NULL;
			/* A backend that found nothing says its scheme alone. */
			if (is_ipp == ipp && strchr(uri, ':') != NULL) {
				rc = take_device(p, one, queues, &list[*n], e);
				if (rc == 0 && !is_double(list, *n, &list[*n]))
					++*n;
			}
			ippDelete(one);
		}
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
print_list_devices(struct print *p, FILE *to, struct err *e)
{
	struct device *list = calloc(DEVICES_MAX, sizeof *list);
	ipp_t *answer = NULL, *queues = NULL;
	size_t n = 0;
	int rc = -1;

	if (list == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	queues = ask_queues(p, e);
	if (queues != NULL)
		answer = ask_devices(p, e);
	if (answer != NULL)
		rc = take_devices(p, answer, queues, list, &n, e);
	if (rc == 0) {
		qsort(list, n, sizeof *list, by_rank);
		for (size_t i = 0; i < n; i++)
			say_device(&list[i], to);
	}
	ippDelete(answer);
	ippDelete(queues);
	free(list);
	return rc;
}
