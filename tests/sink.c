/* sink.c - a printer on 127.0.0.1 that keeps what it is sent, and a clock on it.
 *
 *	sink --dir DIR [--name NAME] [--port-file FILE] [--control FIFO]
 *	sink --free-port
 *
 * Each connection's bytes go to DIR/N.bin (DIR/NAME-N.bin), N from 1. Standard output
 * gets "port P", "first N MICROSECONDS" at a connection's first byte and "end N BYTES
 * MICROSECONDS" at its close (CLOCK_MONOTONIC). Lines in the FIFO: "hold" stops
 * accepting and reading, as a printer does that has hung; "release" goes on.
 * --free-port prints a port that was free just now, for programs that cannot let the
 * kernel choose.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FD_LISTEN, FD_CONTROL, FD_FIRST, FD_COUNT = FD_FIRST + 32 };

struct connection {
	int number;
	int file;
	long long bytes;
};

struct sink {
	struct pollfd fd[FD_COUNT];
	struct connection conn[FD_COUNT];
	const char *dir, *name;
	int count;
	bool held;
};

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long
micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* Listen where the kernel likes. */
static int
listen_somewhere(int *port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&a, len) == -1 ||
	    listen(fd, 64) == -1 || getsockname(fd, (struct sockaddr *)&a, &len) == -1)
		die("127.0.0.1");
	*port = ntohs(a.sin_port);
	return fd;
}

static void
write_port(const char *path, int port)
{
	char part[4096];

	/* Whoever waits for the file must not read half a number. */
	snprintf(part, sizeof part, "%s.part", path);
	FILE *f = fopen(part, "w");
	if (f == NULL || fprintf(f, "%d\n", port) < 0 || fclose(f) != 0 ||
	    rename(part, path) == -1)
		die(path);
}

static void
accept_one(struct sink *s)
{
	int at = FD_FIRST;
	char path[4096];

	while (at < FD_COUNT && s->fd[at].fd != -1)
		at++;
	if (at == FD_COUNT)
		return;		/* the kernel keeps it until one has ended */
	int fd = accept4(s->fd[FD_LISTEN].fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd == -1)
		return;
	int number = ++s->count;
	snprintf(path, sizeof path, "%s/%s%s%d.bin", s->dir, s->name,
	    s->name[0] != '\0' ? "-" : "", number);
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file == -1)
		die(path);
	s->fd[at] = (struct pollfd){ .fd = fd, .events = POLLIN };
	s->conn[at] = (struct connection){ .number = number, .file = file };
}

static void
read_some(struct sink *s, int at)
{
	struct connection *c = &s->conn[at];
	char buf[65536];
	ssize_t n = read(s->fd[at].fd, buf, sizeof buf);

	if (n > 0) {
		if (c->bytes == 0)
			printf("first %d %lld\n", c->number, micros());
		c->bytes += n;
		if (write(c->file, buf, (size_t)n) != n)
			die("write");
		return;
	}
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	close(s->fd[at].fd);
	close(c->file);
	s->fd[at].fd = -1;
	printf("end %d %lld %lld\n", c->number, c->bytes, micros());
}

static void
obey(struct sink *s)
{
	char text[256];
	ssize_t n = read(s->fd[FD_CONTROL].fd, text, sizeof text - 1);

	if (n <= 0)
		return;
	text[n] = '\0';
	for (char *save, *line = strtok_r(text, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		if (strcmp(line, "hold") == 0)
			s->held = true;
		else if (strcmp(line, "release") == 0)
			s->held = false;
		printf("%s\n", s->held ? "held" : "released");
	}
}

static void __attribute__((noreturn))
run(struct sink *s)
{
	for (;;) {
		/* While held only the control is looked at. */
		struct pollfd look[FD_COUNT];
		memcpy(look, s->fd, sizeof look);
		for (int i = 0; i < FD_COUNT && s->held; i++)
			if (i != FD_CONTROL)
				look[i].fd = -1;
		if (poll(look, FD_COUNT, -1) == -1 && errno != EINTR)
			die("poll");
		if (look[FD_CONTROL].revents != 0)
			obey(s);
		if (s->held)
			continue;
		for (int i = FD_FIRST; i < FD_COUNT; i++)
			if (look[i].fd != -1 && look[i].revents != 0)
				read_some(s, i);
		if (look[FD_LISTEN].fd != -1 && look[FD_LISTEN].revents != 0)
			accept_one(s);
	}
}

int
main(int argc, char **argv)
{
	struct sink s = { .name = "" };
	const char *port_file = NULL;
	int port;

	if (argc == 2 && strcmp(argv[1], "--free-port") == 0) {
		close(listen_somewhere(&port));
		printf("%d\n", port);
		return 0;
	}
	for (int i = 0; i < FD_COUNT; i++)
		s.fd[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--dir") == 0) {
			s.dir = argv[i + 1];
		} else if (strcmp(argv[i], "--name") == 0) {
			s.name = argv[i + 1];
		} else if (strcmp(argv[i], "--port-file") == 0) {
			port_file = argv[i + 1];
		} else if (strcmp(argv[i], "--control") == 0) {
			/* Also for writing, so that it never reads end of file. */
			s.fd[FD_CONTROL].fd = open(argv[i + 1], O_RDWR | O_NONBLOCK | O_CLOEXEC);
			if (s.fd[FD_CONTROL].fd == -1)
				die(argv[i + 1]);
		}
	}
	if (s.dir == NULL) {
		fprintf(stderr, "usage: sink --dir DIR [--name NAME] [--port-file FILE] "
		    "[--control FIFO]\n       sink --free-port\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	s.fd[FD_LISTEN].fd = listen_somewhere(&port);
	if (port_file != NULL)
		write_port(port_file, port);
	printf("port %d\n", port);
	run(&s);
}
