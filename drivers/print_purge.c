/* print_purge.c - jobs that CUPS is to forget: their place in its history, and what is
 * kept of their documents. */
#include "print_impl.h"

#include <stdlib.h>
#include <string.h>

struct purge {
	const char *base;
	const int64_t *prints;
	size_t count;
	int *job;			/* those found */
	size_t jobs, room;
};

static int
by_number(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

/* Whether a job is called "BASE-PRINT-ATTEMPT" for one of the prints. */
static bool
is_meant(const struct purge *w, const char *name)
{
	size_t len = strlen(w->base);
	char *end;

	if (name == NULL || strncmp(name, w->base, len) != 0 || name[len] != '-')
		return false;
	name += len + 1;
	if (strspn(name, "0123456789") == 0)
		return false;
	int64_t print = strtoll(name, &end, 10);
	return end[0] == '-' && end[1] != '\0' && strspn(end + 1, "0123456789") == strlen(end + 1) &&
	    bsearch(&print, w->prints, w->count, sizeof print, by_number) != NULL;
}

static int
keep(struct purge *w, int id)
{
	if (w->jobs == w->room) {
		size_t room = w->room == 0 ? 64 : 2 * w->room;
		int *more = reallocarray(w->job, room, sizeof *more);
		if (more == NULL)
			return -1;
		w->job = more;
		w->room = room;
	}
	w->job[w->jobs++] = id;
	return 0;
}

/* Walk through the jobs of an answer. */
static int
find_jobs(struct purge *w, ipp_t *answer)
{
	const char *name = NULL;
	int id = 0;

	for (ipp_attribute_t *a = ippFirstAttribute(answer); ; a = ippNextAttribute(answer)) {
		const char *key = a == NULL ? NULL : ippGetName(a);
		if (key == NULL) {
			/* The end of a job. */
			if (id > 0 && is_meant(w, name) && keep(w, id) == -1)
				return -1;
			id = 0;
			name = NULL;
		} else if (strcmp(key, "job-id") == 0) {
			id = ippGetInteger(a, 0);
		} else if (strcmp(key, "job-name") == 0) {
			name = ippGetString(a, 0, NULL);
		}
		if (a == NULL)
			return 0;
	}
}

static int
purge_job(struct print *p, int job, struct err *e)
{
	char uri[64], todo[64];

	snprintf(uri, sizeof uri, "ipp://localhost/jobs/%d", job);
	ipp_t *request = ippNewRequest(IPP_OP_CANCEL_JOB);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "job-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
	    cupsUser());
	ippAddBoolean(request, IPP_TAG_OPERATION, "purge-job", 1);
	ipp_t *answer = server_ask(&p->server, request, "/jobs/", e);
	if (answer == NULL)
		return -1;
	ipp_status_t status = ippGetStatusCode(answer);
	ippDelete(answer);
	if (status <= IPP_STATUS_OK_CONFLICTING || status == IPP_STATUS_ERROR_NOT_FOUND)
		return 0;
	snprintf(todo, sizeof todo, "sudo cancel -x %d", job);
	return err_set(e, ERR_REFUSED, todo, "CUPS keeps job %d: %s", job, ippErrorString(status));
}

int
print_purge(struct print *p, const char *base, const int64_t *prints, size_t count,
    int *purged, struct err *e)
{
	struct purge w = { .base = base, .prints = prints, .count = count };
	ipp_t *answer = jobs_ask(p, e);
	int rc = answer != NULL ? 0 : -1;

	*purged = 0;
	if (rc == 0 && find_jobs(&w, answer) == -1)
		rc = err_set(e, ERR_SYSTEM, NULL, "out of memory");
	ippDelete(answer);
	for (size_t i = 0; i < w.jobs && rc == 0; i++) {
		rc = purge_job(p, w.job[i], e);
		if (rc == 0)
			++*purged;
	}
	free(w.job);
	return rc;
}
