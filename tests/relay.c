/* relay.c - stand between a client and its server, as between CUPS and an IPP printer, and
 * tell when the label's first byte passes: "mark N MICROSECONDS" (CLOCK_MONOTONIC) for the
 * N-th time that MARK is seen on its way to the server. With PAUSE-MS, each piece of an
 * answer stops for so long in its middle, as a slow server's does.
 *
 *	relay TARGET-PORT MARK [PAUSE-MS]	both on 127.0.0.1; prints "port P" first
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PAIRS 16
#define CHUNK 65536

struct pair {
	int client, printer;	/* -1: free */
};

static const char *mark;
static int marks;
static long pause_ms;

static long long
micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
die(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int
put(int to, const char *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(to, bytes + done, size - done);
		if (n <= 0)
			return 0;
		done += (size_t)n;
	}
	return 1;
}

/* Pass on what came; 0 at the end of the stream. */
static int
pass(int from, int to, int look)
{
	static char bytes[CHUNK];
	ssize_t n = read(from, bytes, sizeof bytes);

	if (n <= 0)
		return 0;
	if (look && memmem(bytes, (size_t)n, mark, strlen(mark)) != NULL) {
		printf("mark %d %lld\n", ++marks, micros());
		fflush(stdout);
	}
	if (look || pause_ms == 0)
		return put(to, bytes, (size_t)n);
	size_t half = (size_t)n / 2;
	struct timespec t = { pause_ms / 1000, pause_ms % 1000 * 1000000 };
	if (!put(to, bytes, half))
		return 0;
	nanosleep(&t, NULL);
	return put(to, bytes + half, (size_t)n - half);
}

static void
take(int listener, int port, struct pair *pairs)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int client = accept(listener, NULL, NULL);
	int printer = socket(AF_INET, SOCK_STREAM, 0);
	int one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (client != -1 && printer != -1 &&
	    connect(printer, (struct sockaddr *)&to, sizeof to) == 0) {
		setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		setsockopt(printer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		for (int i = 0; i < PAIRS; i++) {
			if (pairs[i].client != -1)
				continue;
			pairs[i] = (struct pair){ client, printer };
			return;
		}
	}
	close(client);
	close(printer);
}

int
main(int argc, char **argv)
{
	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: relay TARGET-PORT MARK [PAUSE-MS]\n");
		return 2;
	}
	mark = argv[2];
	pause_ms = argc == 4 ? atol(argv[3]) : 0;
	signal(SIGPIPE, SIG_IGN);

	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener == -1 || bind(listener, (struct sockaddr *)&at, sizeof at) == -1 ||
	    listen(listener, PAIRS) == -1 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) == -1)
		return die("cannot listen");
	printf("port %d\n", ntohs(at.sin_port));
	fflush(stdout);

	struct pair pairs[PAIRS];
	struct pollfd fds[1 + 2 * PAIRS];

	for (int i = 0; i < PAIRS; i++)
		pairs[i] = (struct pair){ -1, -1 };
	for (;;) {
		fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
		for (int i = 0; i < PAIRS; i++) {
			fds[1 + 2 * i] = (struct pollfd){ .fd = pairs[i].client, .events = POLLIN };
			fds[2 + 2 * i] = (struct pollfd){ .fd = pairs[i].printer, .events = POLLIN };
		}
		if (poll(fds, 1 + 2 * PAIRS, -1) == -1)
			return die("poll");
		for (int i = 0; i < PAIRS; i++) {
			struct pair *p = &pairs[i];
			int open = 1;
			if (p->client != -1 && fds[1 + 2 * i].revents != 0)
				open = pass(p->client, p->printer, 1);
			if (open && p->client != -1 && fds[2 + 2 * i].revents != 0)
				open = pass(p->printer, p->client, 0);
			if (!open) {
				close(p->client);
				close(p->printer);
				*p = (struct pair){ -1, -1 };
			}
		}
		if (fds[0].revents != 0)
			take(listener, atoi(argv[1]), pairs);
	}
}
