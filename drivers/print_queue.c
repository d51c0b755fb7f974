/* print_queue.c - what a queue is: its driver, its language, its medium. */
#include "print_impl.h"
#include "proto.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What is asked of a queue, and of the printer behind it. */
static const char *const QUEUE_ATTRIBUTES[] = {
	"printer-state", "printer-type", "printer-config-change-time", "printer-up-time",
	"device-uri", "printer-make-and-model",
	"media-col-default", "printer-resolution-default",
};
static const char *const DEVICE_ATTRIBUTES[] = {
	"printer-make-and-model",
	"document-format-supported", "pwg-raster-document-type-supported",
	"pwg-raster-document-resolution-supported", "printer-resolution-default",
	"printer-resolution-supported", "urf-supported", "media-col-default",
	"media-col-ready",
};
#define COUNT(a) ((int)(sizeof (a) / sizeof *(a)))

void
queue_uri(const char *name, char *uri, size_t size)
{
	httpAssembleURIf(HTTP_URI_CODING_ALL, uri, (int)size, "ipp", NULL, "localhost", 0,
	    "/printers/%s", name);
}

int
queue_missing(const char *name, struct err *e)
{
	return err_set(e, ERR_BUSY, "correct [printer] queue; the queues: lpstat -e",
	    "print queue %s does not exist", name);
}

int
queue_default(struct server *s, char *name, size_t size, struct err *e)
{
	ipp_t *request = ippNewRequest(IPP_OP_CUPS_GET_DEFAULT);
	ipp_t *answer;

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    NULL, "printer-name");
	answer = server_ask(s, request, "/", e);
	if (answer == NULL)
		return -1;
	const char *found = ippGetString(ippFindAttribute(answer, "printer-name",
	    IPP_TAG_NAME), 0, NULL);
	snprintf(name, size, "%s", found != NULL ? found : "");
	ippDelete(answer);
	if (name[0] != '\0')
		return 0;
	return err_set(e, ERR_BUSY, "set [printer] queue; the queues: lpstat -e",
	    "no print queue is configured, and CUPS has no default one");
}

bool
queue_device(const char *uri, struct server *out, char *resource, size_t size)
{
	char scheme[32], user[256], host[256];
	int port;

	if (httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof scheme, user, sizeof user,
	    host, sizeof host, &port, resource, (int)size) < HTTP_URI_STATUS_OK)
		return false;
	out->tls = strcmp(scheme, "ipps") == 0 || strcmp(scheme, "https") == 0;
	/* A DNS-SD name takes Avahi and seconds to find. */
	if ((!out->tls && strcmp(scheme, "ipp") != 0 && strcmp(scheme, "http") != 0) ||
	    strstr(host, "._ipp") != NULL)
		return false;
	snprintf(out->host, sizeof out->host, "%s", host);
	out->port = port;
	return true;
}

bool
queue_ask_device(struct server *s, const char *uri, ipp_t **answer)
{
	struct server device = { .beat = s->beat, .arg = s->arg };
	char resource[256];
	ipp_t *request;

	*answer = NULL;
	if (!server_network() || !queue_device(uri, &device, resource, sizeof resource))
		return false;
	request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    COUNT(DEVICE_ATTRIBUTES), NULL, DEVICE_ATTRIBUTES);
	*answer = server_ask(&device, request, resource, NULL);
	server_close(&device);
	return *answer == NULL;
}

/* The number of a member of a collection, 0 where it has none. */
static int
member(ipp_t *col, const char *name)
{
	return ippGetInteger(ippFindAttribute(col, name, IPP_TAG_INTEGER), 0);
}

/* One value of media-col-default or media-col-ready. */
static bool
medium_of(ipp_attribute_t *a, int at, struct medium *out)
{
	ipp_t *col = a == NULL ? NULL : ippGetCollection(a, at);
	ipp_t *size = col == NULL ? NULL : ippGetCollection(ippFindAttribute(col,
	    "media-size", IPP_TAG_BEGIN_COLLECTION), 0);

	*out = (struct medium){ 0 };
	if (size == NULL)
		return false;
	*out = (struct medium){
		.width = member(size, "x-dimension"), .length = member(size, "y-dimension"),
		.left = member(col, "media-left-margin"), .right = member(col, "media-right-margin"),
		.top = member(col, "media-top-margin"), .bottom = member(col, "media-bottom-margin"),
	};
	return out->width > 0 && out->length > 0;
}

bool
queue_first_medium(ipp_t *device, struct medium *out)
{
	return medium_of(ippFindAttribute(device, "media-col-ready", IPP_TAG_BEGIN_COLLECTION), 0,
	    out);
}

void
medium_text(char out[static PRINT_SIZE], const struct medium *m, bool roll)
{
	if (m->width == 0)
		out[0] = '\0';
	else if (roll)
		snprintf(out, PRINT_SIZE, "%gmm", m->width / 100.0);
	else
		snprintf(out, PRINT_SIZE, "%gx%gmm", m->width / 100.0, m->length / 100.0);
}

static bool
same_size(const struct medium *a, const struct medium *b)
{
	return abs(a->width - b->width) <= 50 && abs(a->length - b->length) <= 50;
}

bool
queue_has_medium(ipp_t *device, const struct queue *q, bool roll, struct medium *first)
{
	ipp_attribute_t *ready = ippFindAttribute(device, "media-col-ready",
	    IPP_TAG_BEGIN_COLLECTION);
	bool any = false;

	for (int i = 0; i < ippGetCount(ready); i++) {
		struct medium m, turned;
		medium_of(ready, i, &m);
		if (m.width == 0)
			continue;
		if (!any)
			*first = m;
		any = true;
		if (roll || m.length == 0)
			m.length = q->medium.length;
		turned = (struct medium){ .width = m.length, .length = m.width };
		if (same_size(&m, &q->medium) || same_size(&turned, &q->medium))
			return true;
	}
	return !any;
}

/* The medium to draw for: the configured one, else what lies in the printer, else
 * the queue's default. */
static void
choose_medium(ipp_t *queue, ipp_t *device, const struct print_media *wanted,
    struct queue *q)
{
	ipp_attribute_t *ready = device == NULL ? NULL :
	    ippFindAttribute(device, "media-col-ready", IPP_TAG_BEGIN_COLLECTION);
	struct medium usual = { 0 }, m;
	bool known = medium_of(ippFindAttribute(queue, "media-col-default",
	    IPP_TAG_BEGIN_COLLECTION), 0, &usual);

	/* Where the printer cannot be asked, its driver was told when the queue was made. */
	if (!known && ready == NULL && q->ppd != NULL)
		known = ppd_page(q->ppd, &usual);
	q->medium = usual;
	for (int i = 0; i < ippGetCount(ready); i++) {
		if (!medium_of(ready, i, &m))
			continue;
		if (i == 0 || (known && same_size(&m, &usual)))
			q->medium = m;
	}
	if (wanted->width > 0) {
		m = (struct medium){ .width = wanted->width, .length = wanted->length };
		if (!wanted->roll && same_size(&m, &q->medium))
			m = q->medium;		/* with its margins */
		q->medium = m;
	}
	q->say_medium = !known || wanted->roll || !same_size(&q->medium, &usual);
	/* Without a PPD the printer itself hears the name, and knows none of ours. */
	if (q->ppd == NULL && device != NULL && queue_has_medium(device, q, wanted->roll, &m))
		q->say_medium = false;
}

static bool
has_keyword(ipp_t *answer, const char *name, const char *keyword)
{
	ipp_attribute_t *a = answer == NULL ? NULL : ippFindAttribute(answer, name, IPP_TAG_ZERO);

	return a != NULL && ippContainsString(a, keyword);
}

/* A resolution of an attribute in dots an inch; false where it has none. */
static bool
resolution_of(ipp_t *answer, const char *name, int at, int *x, int *y)
{
	ipp_attribute_t *a = answer == NULL ? NULL :
	    ippFindAttribute(answer, name, IPP_TAG_RESOLUTION);
	ipp_res_t units;

	if (a == NULL || at >= ippGetCount(a))
		return false;
	*x = ippGetResolution(a, at, y, &units);
	if (units == IPP_RES_PER_CM) {
		*x = (*x * 254 + 50) / 100;
		*y = (*y * 254 + 50) / 100;
	}
	return *x >= 50 && *y >= 50;
}

/* The printer's usual resolution if raster may have it, else the first it may have. */
static void
choose_pwg_dpi(ipp_t *device, struct queue *q)
{
	static const char NAME[] = "pwg-raster-document-resolution-supported";
	int usual_x = 0, usual_y = 0, x, y;

	resolution_of(device, "printer-resolution-default", 0, &usual_x, &usual_y);
	for (int i = 0; resolution_of(device, NAME, i, &x, &y); i++) {
		if (i == 0 || (x == usual_x && y == usual_y)) {
			q->dpi_x = x;
			q->dpi_y = y;
		}
	}
}

/* urf-supported says "RS300-600". */
static void
choose_urf_dpi(ipp_t *device, struct queue *q)
{
	ipp_attribute_t *a = device == NULL ? NULL :
	    ippFindAttribute(device, "urf-supported", IPP_TAG_KEYWORD);
	int usual_x = 0, usual_y = 0;

	resolution_of(device, "printer-resolution-default", 0, &usual_x, &usual_y);
	for (int i = 0; i < ippGetCount(a); i++) {
		const char *word = ippGetString(a, i, NULL);
		if (word == NULL || strncmp(word, "RS", 2) != 0)
			continue;
		int first = atoi(word + 2), chosen = first;
		for (const char *p = word + 2; p != NULL; p = strchr(p, '-')) {
			p += *p == '-';
			if (atoi(p) == usual_x)
				chosen = usual_x;
		}
		if (chosen >= 50)
			q->dpi_x = q->dpi_y = chosen;
		return;
	}
}

/* Read the queue's PPD: 1, 0 it has none, -1. */
static int
read_ppd(struct server *s, struct queue *q, struct err *e)
{
	char path[512];
	int rc = -1;
	int fd = memfd_create("ppd", MFD_CLOEXEC);

	if (fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "memfd_create: %m");
	snprintf(path, sizeof path, "%s.ppd", q->resource);
	rc = server_get(s, path, fd, e);
	if (rc == 1 && ppd_read(fd, &q->ppd, e) == -1)
		rc = -1;
	close(fd);
	return rc;
}

/* Brother's drivers take PDF and make of it, in a few hundred ms, what we make at once. */
static bool
is_brother(struct queue *q)
{
	char model[32];

	ppd_brother(q->ppd, model, sizeof model);
	return raw_find(model, &q->raw) == 0;
}

/* Which language, from what the driver or the printer takes. */
static int
choose_way(ipp_t *device, const struct wish *wish, struct queue *q, struct err *e)
{
	struct ppd_filters f = { 0 };

	if (wish->language[0] != '\0') {
		if (raw_find(wish->language, &q->raw) == -1)
			return err_set(e, ERR_REFUSED, "correct [printer] language; one of "
			    PROTO_LANGUAGES, "a printer's language %s is not known", wish->language);
		q->way = q->raw.way;
		return 0;
	}
	if (q->ppd != NULL) {
		ppd_filters(q->ppd, &f);
		if (!f.pwg && !f.urf && is_brother(q)) {
			q->way = q->raw.way;
			return 0;
		}
	} else if (device != NULL) {
		f.pwg = has_keyword(device, "document-format-supported", "image/pwg-raster");
		f.urf = has_keyword(device, "document-format-supported", "image/urf");
		if (!f.pwg && !f.urf && !has_keyword(device, "document-format-supported",
		    "application/pdf"))
			return err_set(e, ERR_REFUSED, NULL, "the printer of queue %s takes "
			    "neither PWG raster, URF nor PDF", q->name);
	} else if (q->unmet) {
		return err_set(e, ERR_BUSY, "switch the printer on", "the printer of queue %s "
		    "does not answer, and its queue has no driver", q->name);
	} else {
		return err_set(e, ERR_REFUSED, "set [printer] language to what its printer "
		    "speaks, such as ql-820nwb or zpl; or give it a driver: lpadmin -p QUEUE -m "
		    "MODEL", "print queue %s is raw: it has no driver, and [printer] language is "
		    "empty", q->name);
	}
	q->way = f.pwg ? WAY_PWG : f.urf ? WAY_URF : f.raster ? WAY_CUPS_RASTER : WAY_PDF;
	q->gray = q->way == WAY_URF || (q->way == WAY_PWG &&
	    !has_keyword(device, "pwg-raster-document-type-supported", "black_1"));
	return 0;
}

/* Drivers of tape printers tell labels from tape, and their printers refuse the other
 * one. What the queue says of its own medium stays. */
static const char *
choose_media_type(const struct queue *q, const struct print_media *media)
{
	const char *type = media->roll ? "Tape" : "Labels";

	return q->way == WAY_PDF && q->ppd != NULL && media->width > 0 &&
	    ppd_has_choice(q->ppd, "MediaType", type) ? type : NULL;
}

/* Size, margins and resolution that the driver's own set-up says. */
static int
measure_ppd(struct queue *q, bool own_medium, struct err *e)
{
	cups_page_header2_t *h = &q->header;
	const float POINT = 2540.0f / 72.0f;

	if (ppd_header(q->ppd, own_medium ? q->medium.width : 0, q->medium.length, h, e) == -1)
		return -1;
	q->dpi_x = (int)h->HWResolution[0];
	q->dpi_y = (int)h->HWResolution[1];
	q->medium = (struct medium){
		.width = (int)(h->cupsPageSize[0] * POINT + 0.5f),
		.length = (int)(h->cupsPageSize[1] * POINT + 0.5f),
		.left = (int)(h->cupsImagingBBox[0] * POINT + 0.5f),
		.bottom = (int)(h->cupsImagingBBox[1] * POINT + 0.5f),
		.right = (int)((h->cupsPageSize[0] - h->cupsImagingBBox[2]) * POINT + 0.5f),
		.top = (int)((h->cupsPageSize[1] - h->cupsImagingBBox[3]) * POINT + 0.5f),
	};
	return 0;
}

/* A printer's own language: the configured labels, else those of its driver's page. */
static int
measure_raw(const struct wish *wish, struct queue *q, struct err *e)
{
	struct print_media media = wish->media;

	if (media.width == 0 && q->ppd != NULL)
		ppd_tape(q->ppd, &media);
	q->dpi_x = q->dpi_y = q->raw.dpi;
	q->medium = (struct medium){ .width = media.width, .length = media.length };
	return raw_load(&q->raw, &media, wish->red, e);
}

static int
measure(ipp_t *queue, ipp_t *device, const struct print_media *media, struct queue *q,
    struct err *e)
{
	bool everywhere = q->way == WAY_PWG || q->way == WAY_URF;
	struct medium m;

	choose_medium(queue, everywhere ? device : NULL, media, q);
	q->media_type = choose_media_type(q, media);
	m = q->medium;
	resolution_of(queue, "printer-resolution-default", 0, &q->dpi_x, &q->dpi_y);
	if (!everywhere && q->ppd != NULL)
		return measure_ppd(q, m.width > 0, e);
	if (q->ppd != NULL && device == NULL) {
		/* The printer is off: its queue knows the resolution too. */
		if (ppd_header(q->ppd, 0, 0, &q->header, NULL) == 0) {
			q->dpi_x = (int)q->header.HWResolution[0];
			q->dpi_y = (int)q->header.HWResolution[1];
		}
	}
	resolution_of(device, "printer-resolution-default", 0, &q->dpi_x, &q->dpi_y);
	if (q->way == WAY_PWG)
		choose_pwg_dpi(device, q);
	if (q->way == WAY_URF)
		choose_urf_dpi(device, q);
	if (m.width == 0 && q->unmet)
		return err_set(e, ERR_BUSY, "switch the printer on", "the printer of queue %s "
		    "does not answer", q->name);
	if (m.width == 0)
		return err_set(e, ERR_REFUSED, "set [printer] media, as in 62x29mm",
		    "print queue %s does not say how large its labels are", q->name);
	if (q->dpi_x == 0)
		q->dpi_x = q->dpi_y = 300;
	if (everywhere)
		raster_pwg_header(m.width, m.length, q->gray, q->dpi_x, q->dpi_y, &q->header);
	return 0;
}

static ipp_t *
ask_queue(struct server *s, struct queue *q, struct err *e)
{
	ipp_t *request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES);
	ipp_t *answer;

	queue_uri(q->name, q->uri, sizeof q->uri);
	snprintf(q->resource, sizeof q->resource, "/printers/%s", q->name);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, q->uri);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    COUNT(QUEUE_ATTRIBUTES), NULL, QUEUE_ATTRIBUTES);
	answer = server_ask(s, request, "/", e);
	if (answer == NULL)
		return NULL;
	ipp_status_t status = ippGetStatusCode(answer);
	if (status <= IPP_STATUS_OK_CONFLICTING)
		return answer;
	if (status == IPP_STATUS_ERROR_NOT_FOUND)
		queue_missing(q->name, e);
	else
		err_set(e, ERR_BUSY, NULL, "print queue %s: %s", q->name, ippErrorString(status));
	ippDelete(answer);
	return NULL;
}

int
queue_ask(struct server *s, const struct wish *wish, struct queue *out, struct err *e)
{
	struct queue q = { 0 };
	ipp_t *answer = NULL, *device = NULL;
	int rc = -1;

	snprintf(q.name, sizeof q.name, "%s", wish->name);
	if (q.name[0] == '\0' && queue_default(s, q.name, sizeof q.name, e) == -1)
		return -1;
	answer = ask_queue(s, &q, e);
	if (answer == NULL)
		return -1;
	const char *uri = ippGetString(ippFindAttribute(answer, "device-uri", IPP_TAG_URI), 0, NULL);
	snprintf(q.device, sizeof q.device, "%s", uri != NULL ? uri : "");
	const char *model = ippGetString(ippFindAttribute(answer, "printer-make-and-model",
	    IPP_TAG_TEXT), 0, NULL);
	snprintf(q.model, sizeof q.model, "%s", model != NULL ? model : "");
	q.changed = member(answer, "printer-config-change-time");
	q.young = member(answer, "printer-up-time") <= q.changed + 1;

	if (read_ppd(s, &q, e) == -1)
		goto done;
	/* Most drivers' printers speak no IPP; a queue with its PPD works without. */
	q.unmet = queue_ask_device(s, q.device, &device);
	if (choose_way(device, wish, &q, e) == -1)
		goto done;
	bool raw = q.way == WAY_QL || q.way == WAY_ZPL;
	if (raw && wish->language[0] == '\0' && measure_raw(wish, &q, NULL) == -1) {
		/* A size that we do not know; its driver may. */
		q.way = WAY_PDF;
		raw = false;
	}
	if (raw ? measure_raw(wish, &q, e) == -1 :
	    measure(answer, device, &wish->media, &q, e) == -1)
		goto done;
	*out = q;
	q.ppd = NULL;
	rc = 0;
done:
	ppd_free(q.ppd);
	ippDelete(device);
	ippDelete(answer);
	return rc;
}

void
queue_free(struct queue *q)
{
	ppd_free(q->ppd);
	memset(q, 0, sizeof *q);
}
