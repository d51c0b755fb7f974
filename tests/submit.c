/* submit.c - the bare submission: a ready label, one Print-Job, from a warm program.
 *
 *	submit QUEUE MIME-TYPE FILE
 *	submit --now			prints CLOCK_MONOTONIC in microseconds
 *
 * For each line on standard input it submits the file once and prints "start
 * MICROSECONDS" (CLOCK_MONOTONIC, just before the request) and "job ID".
 */
#include <cups/cups.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long
micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static ipp_t *
print_job(http_t *http, const char *queue, const char *type, const char *bytes, size_t n)
{
	char uri[1024], resource[1024];
	ipp_t *request = ippNewRequest(IPP_OP_PRINT_JOB);

	httpAssembleURIf(HTTP_URI_CODING_ALL, uri, sizeof uri, "ipp", NULL, "localhost", 0,
	    "/printers/%s", queue);
	snprintf(resource, sizeof resource, "/printers/%s", queue);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
	    cupsUser());
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, "bare");
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, type);

	http_status_t status = cupsSendRequest(http, request, resource, ippLength(request) + n);
	if (status == HTTP_STATUS_CONTINUE)
		status = cupsWriteRequestData(http, bytes, n);
	ippDelete(request);
	return status == HTTP_STATUS_CONTINUE ? cupsGetResponse(http, resource) : NULL;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--now") == 0) {
		printf("%lld\n", micros());
		return 0;
	}
	if (argc != 4) {
		fprintf(stderr, "usage: submit QUEUE MIME-TYPE FILE | --now\n");
		return 2;
	}
	static char bytes[8 << 20];
	int fd = open(argv[3], O_RDONLY);
	ssize_t n = fd == -1 ? -1 : read(fd, bytes, sizeof bytes);

	if (n <= 0 || n == (ssize_t)sizeof bytes) {
		fprintf(stderr, "submit: cannot read %s\n", argv[3]);
		return 1;
	}
	http_t *http = httpConnect2(cupsServer(), ippPort(), NULL, AF_UNSPEC,
	    HTTP_ENCRYPTION_IF_REQUESTED, 1, 5000, NULL);
	if (http == NULL) {
		fprintf(stderr, "submit: no cupsd at %s\n", cupsServer());
		return 1;
	}
	char line[16];
	while (fgets(line, sizeof line, stdin) != NULL) {
		printf("start %lld\n", micros());
		fflush(stdout);
		ipp_t *answer = print_job(http, argv[1], argv[2], bytes, (size_t)n);
		ipp_attribute_t *id = ippFindAttribute(answer, "job-id", IPP_TAG_INTEGER);
		printf("job %d\n", id != NULL ? ippGetInteger(id, 0) : 0);
		fflush(stdout);
		ippDelete(answer);
	}
	httpClose(http);
	return 0;
}
