/* print_http.c - one connection to a server, and a deadline on all that is done over
 * it. The connection that libcups makes by itself cannot be given one.
 */
#include "print_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "../firmware/day.h"

/* How soon a broken connection shows: a failure as fast as this is tried again. */
#define AT_ONCE_MS 500
#define LOOK_S 0.2		/* between two calls of go_on while an answer is awaited */
#define TODO_DOWN "sudo systemctl start cups"

/* Whether to go on waiting; libcups asks several times a second. */
static int
go_on(http_t *http, void *arg)
{
	const struct server *s = arg;

	(void)http;
	return clock_mono_ms() < s->deadline;
}

/* What comes next has so many ms, and whoever watches us as long again. When it began. */
static int64_t
expect(struct server *s, int ms)
{
	int64_t now_ms = clock_mono_ms();

	s->beat(s->arg, 0);
	s->deadline = now_ms + ms;
	return now_ms;
}

bool
server_network(void)
{
	struct if_nameindex *list = if_nameindex();
	bool found = list == NULL;		/* who knows */

	for (struct if_nameindex *i = list; i != NULL && i->if_index != 0 && !found; i++)
		found = strcmp(i->if_name, "lo") != 0;
	if (list != NULL)
		if_freenameindex(list);
	return found;
}

void
server_close(struct server *s)
{
	if (s->http != NULL)
		httpClose(s->http);
	s->http = NULL;
}

/* An idle connection that can be read has been closed from the other end. */
static bool
is_broken(const struct server *s)
{
	char byte;

	return recv(httpGetFd(s->http), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != -1 ||
	    (errno != EAGAIN && errno != EWOULDBLOCK);
}

static int
no_answer(struct server *s, struct err *e)
{
	http_status_t status = httpGetStatus(s->http);

	s->denied = status == HTTP_STATUS_UNAUTHORIZED || status == HTTP_STATUS_FORBIDDEN ||
	    status == HTTP_STATUS_CUPS_AUTHORIZATION_CANCELED;
	server_close(s);
	if (s->host[0] != '\0')
		return err_set(e, ERR_BUSY, NULL, "the printer %s %s", s->host,
		    s->denied ? "wants a password" : "does not answer");
	if (s->denied)
		return err_set(e, ERR_BUSY, "see: Policy in cupsd.conf", "CUPS does not let us in");
	return err_set(e, ERR_BUSY, TODO_DOWN, "CUPS does not answer");
}

int
server_connect(struct server *s, struct err *e)
{
	s->denied = false;
	if (s->http != NULL && is_broken(s))
		server_close(s);
	if (s->http != NULL)
		return 0;

	const char *host = s->host;
	int port = s->port;
	if (host[0] == '\0') {
		/* Look again: the socket may have come into being since the last time. */
		cupsSetServer(NULL);
		host = cupsServer();
		port = ippPort();
	}
	/* Only a name that must be looked up can take longer than a request. */
	bool named = host[0] != '/' && strspn(host, "0123456789.") != strlen(host) &&
	    strcmp(host, "localhost") != 0;
	s->beat(s->arg, named ? 15 : 0);
	s->http = httpConnect2(host, port, NULL, AF_UNSPEC,
	    s->tls ? HTTP_ENCRYPTION_ALWAYS : s->host[0] != '\0' ?
	    HTTP_ENCRYPTION_IF_REQUESTED : cupsEncryption(), 1, CONNECT_MS, NULL);
	if (s->http == NULL) {
		if (s->host[0] != '\0')
			return err_set(e, ERR_BUSY, NULL, "the printer %s is not there: %s",
			    s->host, cupsLastErrorString());
		return err_set(e, ERR_BUSY, TODO_DOWN, "CUPS is not running (%s)", host);
	}
	s->made++;
	fcntl(httpGetFd(s->http), F_SETFD, FD_CLOEXEC);
	httpSetTimeout(s->http, LOOK_S, go_on, s);
	if (named)
		s->beat(s->arg, 0);
	return 0;
}

/* Some bytes of an answer's body, as ippReadIO wants them: all, or it is the end. */
static ssize_t
read_body(void *arg, ipp_uchar_t *bytes, size_t size)
{
	struct server *s = arg;
	size_t got = 0;
	ssize_t n = 1;

	while (got < size && n > 0 && go_on(s->http, s)) {
		n = httpRead2(s->http, (char *)bytes + got, size - got);
		got += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)got;
}

/* The answer to what was sent, or NULL. As cupsGetResponse does it, but that gives up when
 * a server pauses within its answer for one wait of libcups, and never when it drips. */
static ipp_t *
receive(struct server *s)
{
	http_status_t status = HTTP_STATUS_CONTINUE;

	while (status == HTTP_STATUS_CONTINUE && httpGetState(s->http) != HTTP_STATE_WAITING &&
	    go_on(s->http, s))
		status = httpUpdate(s->http);
	if (status != HTTP_STATUS_OK)
		return NULL;

	ipp_t *answer = ippNew();
	ipp_uchar_t rest[64];
	bool read = ippReadIO(s, read_body, 1, NULL, answer) == IPP_STATE_DATA;
	/* What ends the answer may come later: the next request would take it for its own. */
	while (read && httpGetState(s->http) != HTTP_STATE_WAITING &&
	    read_body(s, rest, sizeof rest) > 0)
		;
	if (read)
		return answer;
	ippDelete(answer);
	return NULL;
}

ipp_t *
server_ask(struct server *s, ipp_t *request, const char *resource, struct err *e)
{
	ipp_t *answer = NULL;

	for (int try = 0; try < 2 && answer == NULL; try++) {
		if (server_connect(s, e) == -1)
			break;
		int64_t start = expect(s, ANSWER_MS);
		http_status_t status = cupsSendRequest(s->http, request, resource,
		    ippLength(request));
		if (status == HTTP_STATUS_CONTINUE || status == HTTP_STATUS_OK)
			answer = receive(s);
		/* An answer that is no IPP (a web page saying "forbidden") is none. */
		if (answer != NULL)
			break;
		no_answer(s, e);
		if (clock_mono_ms() - start > AT_ONCE_MS)
			break;
	}
	ippDelete(request);
	return answer;
}

ipp_t *
server_order(struct server *s, ipp_t *request, const char *resource, int ms, struct err *e)
{
	ipp_t *answer = NULL;

	if (server_connect(s, e) == -1) {
		ippDelete(request);
		return NULL;
	}
	expect(s, ms);
	/* Who looks for printers writes of each as it is found: see receive(). */
	httpSetTimeout(s->http, ms / 1000.0, go_on, s);
	/* It shows who we are where the server asks for that, and frees the request. */
	answer = cupsDoRequest(s->http, request, resource);
	httpSetTimeout(s->http, LOOK_S, go_on, s);
	ipp_status_t status = answer == NULL ? cupsLastError() : ippGetStatusCode(answer);
	if (status == IPP_STATUS_ERROR_NOT_AUTHENTICATED || status == IPP_STATUS_ERROR_FORBIDDEN ||
	    status == IPP_STATUS_ERROR_NOT_AUTHORIZED ||
	    status == IPP_STATUS_ERROR_CUPS_AUTHENTICATION_CANCELED) {
		server_close(s);
		ippDelete(answer);
		err_set(e, ERR_REFUSED, "run it as root (sudo)", "CUPS lets only its admins do that");
		return NULL;
	}
	if (answer == NULL)
		no_answer(s, e);
	return answer;
}

int
server_begin(struct server *s, ipp_t *request, const char *resource)
{
	http_status_t status = HTTP_STATUS_ERROR;

	if (server_connect(s, NULL) == 0) {
		expect(s, ANSWER_MS);
		status = cupsSendRequest(s->http, request, resource, ippLength(request));
	}
	ippDelete(request);
	if (status == HTTP_STATUS_CONTINUE || status == HTTP_STATUS_OK)
		return 0;
	server_close(s);
	return -1;
}

ipp_t *
server_end(struct server *s)
{
	expect(s, ANSWER_MS);
	ipp_t *answer = receive(s);

	if (answer == NULL)
		no_answer(s, NULL);
	return answer;
}

ipp_t *
server_send(struct server *s, ipp_t *request, const char *resource, const void *bytes,
    size_t size, bool *sent, struct err *e)
{
	ipp_t *answer = NULL;

	*sent = false;
	for (int try = 0; try < 2 && answer == NULL && !*sent; try++) {
		if (server_connect(s, e) == -1)
			break;
		int64_t start = expect(s, ANSWER_MS);
		http_status_t status = cupsSendRequest(s->http, request, resource,
		    ippLength(request) + size);
		if (status == HTTP_STATUS_CONTINUE) {
			*sent = true;	/* a body cut short makes no job, but who knows */
			status = cupsWriteRequestData(s->http, bytes, size);
			if (status == HTTP_STATUS_CONTINUE || status == HTTP_STATUS_OK)
				answer = receive(s);
		}
		if (answer != NULL)
			break;
		no_answer(s, e);
		if (clock_mono_ms() - start > AT_ONCE_MS)
			break;
	}
	ippDelete(request);
	return answer;
}

int
server_get(struct server *s, const char *resource, int fd, struct err *e)
{
	if (server_connect(s, e) == -1)
		return -1;
	expect(s, ANSWER_MS);
	http_status_t status = cupsGetFd(s->http, resource, fd);
	if (status == HTTP_STATUS_OK)
		return 1;
	if (status == HTTP_STATUS_NOT_FOUND)
		return 0;
	return no_answer(s, e);
}

int
server_put(struct server *s, const char *resource, int fd, int ms)
{
	if (server_connect(s, NULL) == -1)
		return -1;
	expect(s, ms);
	http_status_t status = cupsPutFd(s->http, resource, fd);
	server_close(s);
	return status == HTTP_STATUS_OK || status == HTTP_STATUS_CREATED ||
	    status == HTTP_STATUS_NO_CONTENT ? 0 : -1;
}
