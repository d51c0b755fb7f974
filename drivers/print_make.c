/* print_make.c - a queue is made, or made fit for us; and CUPS keeps no labels behind. */
#include "print_impl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../firmware/day.h"

#define ORDER_MS 20000
#define DRIVER_MS 30000		/* in which CUPS asks an IPP printer what it is like */
#define LOOK_MS 200
#define CONF "/admin/conf/cupsd.conf"
#define CONF_MAX (1 << 20)
#define KEEP "PreserveJobFiles"
#define URI_SIZE 1024

static void
rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
}

/* ---- the queue ---- */

static bool
name_ok(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < 128 && strcspn(name, " \t/#?\\'\"") == n;
}

static ipp_t *
about(ipp_op_t op, const char *name)
{
	ipp_t *request = ippNewRequest(op);
	char uri[512];

	queue_uri(name, uri, sizeof uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
	    cupsUser());
	return request;
}

/* Whether the server has that queue: 1 with its printer's address, 0, -1. */
static int
exists(struct print *p, const char *name, char uri[static URI_SIZE], struct err *e)
{
	ipp_t *request = about(IPP_OP_GET_PRINTER_ATTRIBUTES, name);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", NULL,
	    "device-uri");
	ipp_t *answer = server_ask(&p->server, request, "/", e);
	if (answer == NULL)
		return -1;
	ipp_status_t status = ippGetStatusCode(answer);
	snprintf(uri, URI_SIZE, "%s", answer_text(answer, "device-uri"));
	ippDelete(answer);
	return status <= IPP_STATUS_OK_CONFLICTING;
}

static int
order(struct print *p, ipp_t *request, const char *what, const char *name, struct err *e)
{
	ipp_t *answer = server_order(&p->server, request, "/admin/", ORDER_MS, e);
	char said[200];

	if (answer == NULL)
		return -1;
	bool done = ippGetStatusCode(answer) <= IPP_STATUS_OK_CONFLICTING;
	answer_refusal(answer, said, sizeof said);
	ippDelete(answer);
	if (done)
		return 0;
	/* It repeats an address that it cannot read, and a login in that is a secret. */
	if (strstr(said, "device-uri") != NULL)
		return err_set(e, ERR_REFUSED, "lpinfo -v lists the ways to printers; more come by: "
		    "sudo apt install cups", "CUPS does not %s queue %s: it cannot use the printer's "
		    "address", what, name);
	return err_set(e, ERR_REFUSED, "lpinfo -m lists the drivers", "CUPS does not %s queue %s: %s",
	    what, name, said);
}

static int
add_or_modify(struct print *p, const struct print_queue *q, struct err *e)
{
	ipp_t *request = about(IPP_OP_CUPS_ADD_MODIFY_PRINTER, q->name);

	if (q->uri[0] != '\0')
		ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_URI, "device-uri", NULL, q->uri);
	if (q->driver[0] != '\0')
		ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_NAME, "ppd-name", NULL, q->driver);
	if (q->info[0] != '\0')
		ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-info", NULL, q->info);
	ippAddString(request, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-error-policy", NULL,
	    "abort-job");
	ippAddBoolean(request, IPP_TAG_PRINTER, "printer-is-shared", 0);
	ippAddBoolean(request, IPP_TAG_PRINTER, "printer-is-accepting-jobs", 1);
	ippAddInteger(request, IPP_TAG_PRINTER, IPP_TAG_ENUM, "printer-state", IPP_PSTATE_IDLE);
	return order(p, request, "make", q->name, e);
}

/* The printer's address as it may be told: a login in it is a secret. */
static const char *
shown(const struct print_queue *q, char uri[static URI_SIZE])
{
	char scheme[32], login[256], host[256], resource[URI_SIZE];
	int port;

	httpSeparateURI(HTTP_URI_CODING_ALL, q->uri, scheme, sizeof scheme, login, sizeof login,
	    host, sizeof host, &port, resource, sizeof resource);
	httpAssembleURI(HTTP_URI_CODING_ALL, uri, URI_SIZE, scheme, NULL, host, port, resource);
	return uri;
}

/* For an IPP printer CUPS makes the driver afterwards, by asking it, and says nothing if
 * that fails: such a queue is without one. */
static int
await_driver(struct print *p, const struct print_queue *q, struct err *e)
{
	int64_t end = clock_mono_ms() + DRIVER_MS;
	char path[160], uri[URI_SIZE];
	int found = 0;

	snprintf(path, sizeof path, "/printers/%s.ppd", q->name);
	for (;;) {
		int fd = memfd_create("ppd", MFD_CLOEXEC);
		if (fd == -1)
			return err_set(e, ERR_SYSTEM, NULL, "memfd_create: %m");
		found = server_get(&p->server, path, fd, e);
		close(fd);
		if (found != 0 || clock_mono_ms() >= end)
			break;
		rest();
	}
	if (found == 0)
		err_set(e, ERR_BUSY, "switch it on and look again; or give the queue its driver",
		    "the printer %s does not tell CUPS what it is like", shown(q, uri));
	return found == 1 ? 0 : -1;
}

static int
printer_answers(struct print *p, const struct print_queue *q, struct err *e)
{
	char uri[URI_SIZE];
	ipp_t *answer = NULL;
	bool silent = queue_ask_device(&p->server, q->uri, &answer);

	ippDelete(answer);
	return !silent ? 0 : err_set(e, ERR_BUSY, "switch it on, and try again",
	    "the printer %s does not answer", shown(q, uri));
}

/* ---- what the server keeps ---- */

/* The value of a line that sets KEEP, or NULL. */
static char *
keep_value(char *line)
{
	line += strspn(line, " \t");
	if (strncasecmp(line, KEEP, strlen(KEEP)) != 0)
		return NULL;
	line += strlen(KEEP);
	return *line == ' ' || *line == '\t' ? line + strspn(line, " \t") : NULL;
}

static bool
is_no(const char *value)
{
	static const char *const NO[] = { "no", "off", "false" };
	size_t n = strcspn(value, " \t\r\n");

	for (size_t i = 0; i < sizeof NO / sizeof *NO; i++)
		if (strlen(NO[i]) == n && strncasecmp(value, NO[i], n) == 0)
			return true;
	return false;
}

/* Copy with that one line another, or one more. True if it said so already. */
static bool
change_conf(FILE *from, FILE *to)
{
	char *line = NULL;
	size_t room = 0;
	bool no = false, seen = false;

	while (getline(&line, &room, from) != -1) {
		char *value = keep_value(line);
		if (value == NULL) {
			fputs(line, to);
		} else if (!seen) {
			seen = true;
			no = is_no(value);
			fputs(KEEP " No\n", to);
		}
	}
	if (!seen)
		fputs("\n" KEEP " No\n", to);
	free(line);
	return no;
}

int
print_keep_nothing(struct print *p, bool *changed, struct err *e)
{
	int old = memfd_create("cupsd.conf", MFD_CLOEXEC), new = -1, rc = -1;
	FILE *from = old == -1 ? NULL : fdopen(old, "r+"), *to = NULL;

	*changed = false;
	if (from == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "memfd_create: %m");
		goto done;
	}
	if (server_get(&p->server, CONF, old, e) != 1) {
		err_set(e, ERR_REFUSED, "sudo cupsctl " KEEP "=No", "CUPS does not show its settings");
		goto done;
	}
	rewind(from);
	new = memfd_create("cupsd.conf", MFD_CLOEXEC);
	to = new == -1 ? NULL : fdopen(new, "r+");
	if (to == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "memfd_create: %m");
		goto done;
	}
	rc = 0;
	if (change_conf(from, to))
		goto done;
	if (fflush(to) != 0 || lseek(new, 0, SEEK_SET) == -1) {
		rc = err_set(e, ERR_SYSTEM, NULL, "memfd_create: %m");
		goto done;
	}
	rc = server_put(&p->server, CONF, new, ORDER_MS);
	if (rc == -1)
		err_set(e, ERR_REFUSED, "sudo cupsctl " KEEP "=No", "CUPS does not change its settings");
	*changed = rc == 0;
done:
	if (to != NULL)
		fclose(to);
	else if (new != -1)
		close(new);
	if (from != NULL)
		fclose(from);
	else if (old != -1)
		close(old);
	return rc;
}

/* ---- both ---- */

/* The printer's address as the queue is to have it; "": it has that already. */
static const char *
fit(const char *wanted, const char *has, char uri[static URI_SIZE])
{
	snprintf(uri, URI_SIZE, "%s", wanted[0] != '\0' ? wanted : has);
	address_fit(uri, URI_SIZE);
	return wanted[0] == '\0' && strcmp(uri, has) == 0 ? "" : uri;
}

int
print_make_queue(struct print *p, const struct print_queue *wanted, struct err *e)
{
	bool everywhere = strcmp(wanted->driver, "everywhere") == 0;
	struct print_queue q = *wanted;
	char has[URI_SIZE], uri[URI_SIZE];

	if (!name_ok(q.name))
		return err_set(e, ERR_USAGE, NULL, "\"%s\" cannot be a queue's name: 1 to 127 "
		    "characters, no blanks and none of / # ? \\ ' \"", q.name);
	int was_there = exists(p, q.name, has, e);
	if (was_there == -1)
		return -1;
	if (!was_there && (q.uri[0] == '\0' || q.driver[0] == '\0'))
		return err_set(e, ERR_REFUSED, "lpstat -e lists the queues",
		    "print queue %s does not exist", q.name);
	q.uri = fit(q.uri, has, uri);
	if (everywhere && printer_answers(p, &q, e) == -1)
		return -1;
	int rc = add_or_modify(p, &q, e);
	if (rc == 0 && everywhere)
		rc = await_driver(p, &q, e);
	if (rc == -1 && !was_there)
		order(p, about(IPP_OP_CUPS_DELETE_PRINTER, q.name), "delete", q.name, NULL);
	return rc;
}
