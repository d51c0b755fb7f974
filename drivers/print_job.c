/* print_job.c - one job: made, found again, followed, cancelled. */
#include "print_impl.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static ipp_t *
new_request(struct print *p, ipp_op_t op)
{
	ipp_t *request = ippNewRequest(op);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL,
	    p->queue.uri);
	return request;
}

static void
add_user(ipp_t *request)
{
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
	    cupsUser());
}

static void
add_medium(struct print *p, const struct page *page, ipp_t *request)
{
	const struct queue *q = &p->queue;
	char media[128];
	/* A piece of a roll is as long as it was drawn. */
	int length = p->wish.media.roll ? (int)lround(page->height * 2540.0 / page->dpi_y) :
	    q->medium.length;

	/* A printer's own language says it itself. */
	if (q->way == WAY_QL || q->way == WAY_ZPL || (q->way != WAY_PDF && !q->say_medium))
		return;
	/* With its size written twice: CUPS reads only names of that form. */
	pwgFormatSizeName(media, sizeof media, "custom", NULL, q->medium.width, length, "mm");
	ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL, media);
	if (q->way == WAY_PDF)
		ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "print-scaling", NULL, "none");
	if (q->media_type != NULL)
		ippAddString(request, IPP_TAG_JOB, IPP_TAG_NAME, "MediaType", NULL, q->media_type);
}

static int
job_refused(struct print *p, ipp_t *answer, struct err *e)
{
	ipp_status_t status = ippGetStatusCode(answer);
	const char *text = ippGetString(ippFindAttribute(answer, "status-message",
	    IPP_TAG_TEXT), 0, NULL);
	char todo[160];

	switch (status) {
	case IPP_STATUS_ERROR_NOT_FOUND:
		return queue_missing(p->queue.name, e);
	case IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS:
		snprintf(todo, sizeof todo, "cupsaccept %.128s", p->queue.name);
		return err_set(e, ERR_BUSY, todo, "print queue %s takes no jobs", p->queue.name);
	case IPP_STATUS_ERROR_NOT_AUTHORIZED:
	case IPP_STATUS_ERROR_FORBIDDEN:
	case IPP_STATUS_ERROR_NOT_AUTHENTICATED:
		snprintf(todo, sizeof todo, "lpadmin -p %.100s -u allow:all", p->queue.name);
		return err_set(e, ERR_BUSY, todo, "print queue %s does not let %s print",
		    p->queue.name, cupsUser());
	case IPP_STATUS_ERROR_BUSY:
	case IPP_STATUS_ERROR_TEMPORARY:
	case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
	case IPP_STATUS_ERROR_INTERNAL:
	case IPP_STATUS_ERROR_TOO_MANY_JOBS:
		return err_set(e, ERR_BUSY, NULL, "print queue %s: %s", p->queue.name,
		    text != NULL ? text : ippErrorString(status));
	default:
		return err_set(e, ERR_REFUSED, NULL, "print queue %s: %s", p->queue.name,
		    text != NULL ? text : ippErrorString(status));
	}
}

/* One request, no second try. */
static int
submit(struct print *p, const char *name, const struct page *page,
    const struct document *d, int *job, struct err *e)
{
	ipp_t *request = new_request(p, IPP_OP_PRINT_JOB);
	ipp_t *answer;
	bool sent;
	int rc = -1;

	add_user(request);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, name);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL,
	    way_format(p->queue.way));
	/* A banner page would be one more label. */
	ippAddString(request, IPP_TAG_JOB, IPP_TAG_NAME, "job-sheets", NULL, "none");
	/* A queue may be set up to hold what comes, for somebody to release it. */
	ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-hold-until", NULL, "no-hold");
	add_medium(p, page, request);
	answer = server_send(&p->server, request, p->queue.resource, d->bytes, d->size, &sent, e);
	if (answer == NULL) {
		if (sent)
			snprintf(p->doubtful, sizeof p->doubtful, "%s", name);
		return -1;
	}
	*job = ippGetInteger(ippFindAttribute(answer, "job-id", IPP_TAG_INTEGER), 0);
	if (ippGetStatusCode(answer) > IPP_STATUS_OK_CONFLICTING || *job <= 0) {
		job_refused(p, answer, e);
	} else {
		p->job = *job;
		p->job_made = p->server.made;
		rc = 0;
	}
	ippDelete(answer);
	return rc;
}

/* How much of a name all attempts of a print share: "fridge-STORE-PRINT-". */
static size_t
attempt_base(const char *name)
{
	const char *dash = strrchr(name, '-');

	return dash != NULL ? (size_t)(dash - name) + 1 : strlen(name);
}

/* Whether the name is BASE and a number. */
static bool
is_attempt_of(const char *name, const char *base, size_t len)
{
	if (name == NULL || strncmp(name, base, len) != 0 || name[len] == '\0')
		return false;
	for (const char *p = name + len; *p != '\0'; p++)
		if (!isdigit((unsigned char)*p))
			return false;
	return true;
}

/* Walk through the jobs of an answer; the newest that counts. */
static int
newest_attempt(ipp_t *answer, const char *base, size_t len,
    char called[static PRINT_NAME])
{
	int best = 0, id = 0, state = 0;
	const char *name = NULL;

	for (ipp_attribute_t *a = ippFirstAttribute(answer); ; a = ippNextAttribute(answer)) {
		const char *key = a == NULL ? NULL : ippGetName(a);
		if (key == NULL) {
			/* The end of a job. */
			if (id > best && state != IPP_JSTATE_CANCELED &&
			    state != IPP_JSTATE_ABORTED && is_attempt_of(name, base, len)) {
				best = id;
				snprintf(called, PRINT_NAME, "%s", name);
			}
			id = state = 0;
			name = NULL;
		} else if (strcmp(key, "job-id") == 0) {
			id = ippGetInteger(a, 0);
		} else if (strcmp(key, "job-state") == 0) {
			state = ippGetInteger(a, 0);
		} else if (strcmp(key, "job-name") == 0) {
			name = ippGetString(a, 0, NULL);
		}
		if (a == NULL)
			return best;
	}
}

ipp_t *
jobs_ask(struct print *p, struct err *e)
{
	/* The last one for cupsd's sake: it puts an ended job away within a second, and
	 * has no name for it then unless it must read what is not in its list. */
	static const char *const WANTED[] = {
		"job-id", "job-name", "job-state", "time-at-processing",
	};
	ipp_t *request = ippNewRequest(IPP_OP_GET_JOBS);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL,
	    "ipp://localhost/");
	add_user(request);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL, "all");
	ippAddBoolean(request, IPP_TAG_OPERATION, "my-jobs", 0);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    4, NULL, WANTED);
	ipp_t *answer = server_ask(&p->server, request, "/", e);
	if (answer == NULL)
		return NULL;
	/* A server without queues says that it found none. */
	ipp_status_t status = ippGetStatusCode(answer);
	if (status <= IPP_STATUS_OK_CONFLICTING || status == IPP_STATUS_ERROR_NOT_FOUND)
		return answer;
	err_set(e, ERR_BUSY, NULL, "CUPS does not list its jobs: %s", ippErrorString(status));
	ippDelete(answer);
	return NULL;
}

int
print_find(struct print *p, const char *name, int *job,
    char called[static PRINT_NAME], struct err *e)
{
	ipp_t *answer = jobs_ask(p, e);

	if (answer == NULL)
		return -1;
	*job = newest_attempt(answer, name, attempt_base(name), called);
	ippDelete(answer);
	return *job > 0;
}

/* A document that was sent without an answer may be a job, and then it must not be sent
 * again: 1 with *job, 0, -1 nobody can tell. */
static int
find_doubtful(struct print *p, const char *name, int *job, struct err *e)
{
	size_t len = attempt_base(p->doubtful);
	char called[PRINT_NAME];
	int found = 0;

	if (p->doubtful[0] == '\0')
		return 0;
	if (strncmp(p->doubtful, name, len) == 0)
		found = print_find(p, name, job, called, e);
	if (found != -1)
		p->doubtful[0] = '\0';
	return found;
}

int
print_submit(struct print *p, const char *name, const struct page *page, int copies,
    int *job, struct err *e)
{
	struct document d;

	if (print_ask(p, e) == -1)
		return -1;
	int found = find_doubtful(p, name, job, e);
	if (found != 0)
		return found == 1 ? 0 : -1;
	if (raster_write(&p->queue, page, copies, &d, e) == -1)
		return -1;
	int rc = submit(p, name, page, &d, job, e);
	free(d.bytes);
	if (rc == -1)
		/* Perhaps the queue is another by now: look before the next page. */
		p->asked = false;
	return rc;
}

int
print_encode(struct print *p, const struct page *page, struct err *e)
{
	struct document d;

	if (print_ask(p, e) == -1 || raster_write(&p->queue, page, 1, &d, e) == -1)
		return -1;
	free(d.bytes);
	return 0;
}

bool
print_knew_job(const struct print *p, int job)
{
	return job == p->job && p->server.http != NULL && p->server.made == p->job_made;
}

int
print_cancel(struct print *p, int job, struct err *e)
{
	ipp_t *request, *answer;

	if (print_ask(p, e) == -1)
		return -1;
	request = new_request(p, IPP_OP_CANCEL_JOB);
	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
	add_user(request);
	answer = server_ask(&p->server, request, "/jobs/", e);
	if (answer == NULL)
		return -1;
	ipp_status_t status = ippGetStatusCode(answer);
	ippDelete(answer);
	/* What has ended cannot be cancelled, and need not be. */
	if (status <= IPP_STATUS_OK_CONFLICTING || status == IPP_STATUS_ERROR_NOT_POSSIBLE ||
	    status == IPP_STATUS_ERROR_NOT_FOUND)
		return 0;
	return err_set(e, ERR_REFUSED, NULL, "job %d cannot be cancelled: %s", job,
	    ippErrorString(status));
}

static const char *
job_state_word(int state)
{
	switch (state) {
	case IPP_JSTATE_PENDING: return "pending";
	case IPP_JSTATE_HELD: return "held";
	case IPP_JSTATE_PROCESSING: return "processing";
	case IPP_JSTATE_STOPPED: return "stopped";
	case IPP_JSTATE_CANCELED: return "canceled";
	case IPP_JSTATE_ABORTED: return "aborted";
	case IPP_JSTATE_COMPLETED: return "completed";
	default: return "unknown";
	}
}

int
print_job_state(struct print *p, int job, const char *name, struct print_state *out,
    struct err *e)
{
	static const char *const WANTED[] = {
		"job-state", "job-state-reasons", "job-name", "number-of-documents",
	};
	ipp_t *request = new_request(p, IPP_OP_GET_JOB_ATTRIBUTES);
	ipp_t *answer;

	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
	add_user(request);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
	    4, NULL, WANTED);
	answer = server_ask(&p->server, request, "/jobs/", e);
	if (answer == NULL)
		return -1;
	ipp_status_t status = ippGetStatusCode(answer);
	const char *its = ippGetString(ippFindAttribute(answer, "job-name", IPP_TAG_NAME), 0, NULL);
	int state = ippGetInteger(ippFindAttribute(answer, "job-state", IPP_TAG_ENUM), 0);
	ipp_attribute_t *documents = ippFindAttribute(answer, "number-of-documents",
	    IPP_TAG_INTEGER);
	int rc = 0;
	/* A server that was killed forgets a job and gives its number to the next, or has
	 * thrown its document away already and lets it wait for ever. */
	bool other = name[0] != '\0' && its != NULL && strcmp(its, name) != 0;
	bool hollow = state == IPP_JSTATE_PENDING && documents != NULL &&
	    ippGetInteger(documents, 0) == 0;
	if (status == IPP_STATUS_ERROR_NOT_FOUND ||
	    (status <= IPP_STATUS_OK_CONFLICTING && (other || hollow))) {
		out->state = "gone";
		strcpy(out->reasons, "none");
	} else if (status <= IPP_STATUS_OK_CONFLICTING) {
		out->state = job_state_word(state);
		state_reasons(answer, "job-state-reasons", out->reasons);
	} else {
		rc = err_set(e, ERR_BUSY, NULL, "CUPS does not say how job %d stands: %s", job,
		    ippErrorString(status));
	}
	ippDelete(answer);
	return rc;
}
