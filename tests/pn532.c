/* pn532.c - plays a PN532 chip on a pseudo-terminal, so that tests and the demo run
 * the real libnfc without a reader.
 *
 * Cards are put into its field and taken out by lines on standard input or on a FIFO;
 * other lines break the line to the host in the ways seen in the field. On standard
 * output it says "ready PATH", and "uid MICROSECONDS" (of CLOCK_MONOTONIC) whenever a
 * reply with a card's number has been sent.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "pn532_impl.h"

#define LINE_MAX_BYTES 1024

static const char *const KINDS[] = { "iso14443a", "iso14443a-desfire", "iso14443b", "felica" };
static const char *const STATES[] = { "idle", "active", "halted" };

/* ---- plugging in ---- */

static void
unplug(void)
{
	if (chip.master == -1)
		return;
	unlink(chip.link);
	close(chip.slave);
	close(chip.master);
	chip.master = chip.slave = -1;
	chip.reply.len = 0;
}

static int
plug(void)
{
	struct termios settings;
	char name[64], next[512];

	if (chip.master != -1)
		return 0;
	chip.master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (chip.master == -1 || grantpt(chip.master) == -1 || unlockpt(chip.master) == -1 ||
	    ptsname_r(chip.master, name, sizeof name) != 0) {
		fprintf(stderr, "pn532: no pseudo-terminal: %s\n", strerror(errno));
		return -1;
	}
	/* Kept open, so that hosts may come and go. */
	chip.slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (chip.slave == -1 || tcgetattr(chip.slave, &settings) == -1) {
		fprintf(stderr, "pn532: %s: %s\n", name, strerror(errno));
		return -1;
	}
	cfmakeraw(&settings);
	tcsetattr(chip.slave, TCSANOW, &settings);
	snprintf(next, sizeof next, "%s.new", chip.link);
	unlink(next);
	if (symlink(name, next) == -1 || rename(next, chip.link) == -1) {
		fprintf(stderr, "pn532: %s: %s\n", chip.link, strerror(errno));
		return -1;
	}
	power_up();
	return 0;
}

/* ---- lines ---- */

/* Hex digits to bytes: how many, or -1. */
static int
parse_hex(const char *text, uint8_t *out, size_t max)
{
	size_t n = strlen(text) / 2;

	if (strlen(text) % 2 != 0 || n > max)
		return -1;
	for (size_t i = 0; i < n; i++) {
		char two[3] = { text[2 * i], text[2 * i + 1], '\0' };
		if (!isxdigit((unsigned char)two[0]) || !isxdigit((unsigned char)two[1]))
			return -1;
		out[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return (int)n;
}

static const char *
on_put(char *uid, char *kind)
{
	struct card c = { .kind = ISO14443A };
	size_t k = 0;

	if (chip.cards == CARDS_MAX)
		return "the field is full: remove a card first";
	if (uid == NULL)
		return "put what? put UID [KIND], or put random";
	if (strcmp(uid, "random") == 0) {
		c.random = true;
		c.len = 4;
		draw_number(&c);
	} else {
		int n = parse_hex(uid, c.uid, sizeof c.uid);
		if (n < 0)
			return "a UID is 4, 7, 8 or 10 bytes in hex";
		c.len = (size_t)n;
	}
	if (kind != NULL) {
		while (k < sizeof KINDS / sizeof KINDS[0] && strcmp(KINDS[k], kind) != 0)
			k++;
		if (k == sizeof KINDS / sizeof KINDS[0])
			return "a kind is iso14443a, iso14443a-desfire, iso14443b or felica";
		c.kind = (enum kind)k;
	}
	if (c.kind == FELICA ? c.len != 8 : c.kind == ISO14443B ? c.len != 4 :
	    c.len != 4 && c.len != 7 && c.len != 10)
		return "iso14443a has 4, 7 or 10 bytes, iso14443b 4, felica 8";
	chip.card[chip.cards++] = c;
	return NULL;
}

static const char *
on_remove(char *uid)
{
	uint8_t bytes[10];

	if (uid == NULL) {
		chip.cards = 0;
		return NULL;
	}
	int n = parse_hex(uid, bytes, sizeof bytes);
	for (size_t i = 0; n > 0 && i < chip.cards; i++) {
		if (chip.card[i].len != (size_t)n || memcmp(chip.card[i].uid, bytes, (size_t)n) != 0)
			continue;
		memmove(&chip.card[i], &chip.card[i + 1],
		    (chip.cards - i - 1) * sizeof chip.card[0]);
		chip.cards--;
		return NULL;
	}
	return "no such card in the field";
}

static const char *
on_timing(char *text)
{
	static const struct {
		const char *key;
		int *ms;
	} KEYS[] = {
		{ "uid", &chip.uid_ms }, { "empty", &chip.empty_ms }, { "command", &chip.command_ms },
	};

	for (size_t i = 0; text != NULL && i < sizeof KEYS / sizeof KEYS[0]; i++) {
		size_t n = strlen(KEYS[i].key);
		if (strncmp(text, KEYS[i].key, n) == 0 && text[n] == '=') {
			*KEYS[i].ms = atoi(text + n + 1);
			return NULL;
		}
	}
	return "timing uid=MS, empty=MS or command=MS";
}

static void
print_status(void)
{
	printf("status %s%s, field %s, %zu card%s, %u looks\n",
	    chip.master == -1 ? "unplugged" : "plugged", chip.mute ? ", mute" : "",
	    chip.field ? "on" : "off", chip.cards, chip.cards == 1 ? "" : "s", chip.looks);
	for (size_t i = 0; i < chip.cards; i++) {
		const struct card *c = &chip.card[i];
		printf("card ");
		for (size_t k = 0; k < c->len; k++)
			printf("%02x", c->uid[k]);
		printf(" %s %s%s\n", KINDS[c->kind], STATES[c->state], c->random ? " random" : "");
	}
}

/* Counted misbehaviour: "garble 3" sets it for the next three replies. */
static const char *
on_count(const char *word, const char *text)
{
	int n = text != NULL ? atoi(text) : 1;

	if (strcmp(word, "mute-reply") == 0)
		chip.mute_replies = n;
	else if (strcmp(word, "garble") == 0)
		chip.garble = n;
	else
		chip.cut = n;
	return NULL;
}

/* Returns NULL, or what is wrong with the line. */
static const char *
on_line(char *line)
{
	char *save = NULL;
	char *word = strtok_r(line, " \t\r", &save);
	char *one = strtok_r(NULL, " \t\r", &save);
	char *two = strtok_r(NULL, " \t\r", &save);

	if (word == NULL || word[0] == '#')
		return NULL;
	if (strcmp(word, "put") == 0)
		return on_put(one, two);
	if (strcmp(word, "remove") == 0)
		return on_remove(one);
	if (strcmp(word, "timing") == 0)
		return on_timing(one);
	if (strcmp(word, "garble") == 0 || strcmp(word, "cut") == 0 ||
	    strcmp(word, "mute-reply") == 0)
		return on_count(word, one);
	if (strcmp(word, "mute") == 0 || strcmp(word, "unmute") == 0) {
		chip.mute = word[0] == 'm';
	} else if (strcmp(word, "halted") == 0) {
		chip.halted_answer = one != NULL && strcmp(one, "answer") == 0;
	} else if (strcmp(word, "raw") == 0) {
		int n = one != NULL ? parse_hex(one, chip.raw.b, sizeof chip.raw.b - 12) : -1;
		if (n < 0)
			return "raw wants bytes in hex";
		chip.raw.len = (size_t)n;
		chip.raw_set = true;
	} else if (strcmp(word, "unplug") == 0) {
		unplug();
	} else if (strcmp(word, "plug") == 0) {
		if (plug() == -1)
			return "it cannot be plugged in";
	} else if (strcmp(word, "status") == 0) {
		print_status();
	} else if (strcmp(word, "quit") == 0) {
		chip.running = false;
	} else {
		return "known are put, remove, mute, unmute, mute-reply, garble, cut, raw, halted, "
		    "unplug, plug, timing, status, quit";
	}
	return NULL;
}

static void
on_control(int fd)
{
	static char text[LINE_MAX_BYTES];
	static size_t len;
	char *newline;
	ssize_t n = read(fd, text + len, sizeof text - 1 - len);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		chip.running = false;
		return;
	}
	len += (size_t)n;
	while ((newline = memchr(text, '\n', len)) != NULL) {
		*newline = '\0';
		size_t used = (size_t)(newline - text) + 1;
		char shown[64];
		snprintf(shown, sizeof shown, "%.60s", text);
		const char *wrong = on_line(text);
		if (wrong != NULL)
			fprintf(stderr, "pn532: \"%s\": %s\n", shown, wrong);
		memmove(text, text + used, len - used);
		len -= used;
	}
	if (len == sizeof text - 1) {
		fprintf(stderr, "pn532: a line is too long\n");
		len = 0;
	}
}

/* ---- the program ---- */

static volatile sig_atomic_t signalled;

static void
on_signal(int number)
{
	(void)number;
	signalled = 1;
}

static void
run(int control)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t blocked, open_mask;

	/* Signals come in only while ppoll waits, so that none is missed. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &open_mask);
	sigdelset(&open_mask, SIGTERM);
	sigdelset(&open_mask, SIGINT);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	while (chip.running && !signalled) {
		struct pollfd fd[2] = {
			{ .fd = control, .events = POLLIN },
			{ .fd = chip.master, .events = POLLIN },
		};
		struct timespec wait = { 0 };
		if (chip.reply.len > 0) {
			int64_t us = chip.reply_at_us - now_us();
			if (us > 0) {
				wait.tv_sec = us / 1000000;
				wait.tv_nsec = us % 1000000 * 1000;
			}
		}
		if (ppoll(fd, 2, chip.reply.len > 0 ? &wait : NULL, &open_mask) == -1)
			continue;
		if (fd[0].revents != 0)
			on_control(control);
		if (fd[1].revents != 0 && fd[1].fd == chip.master)
			on_host();
		if (chip.master != -1 && chip.reply.len > 0 && now_us() >= chip.reply_at_us)
			send_reply();
	}
}

static void
usage(FILE *to)
{
	fputs("usage: pn532 --link PATH [--control FIFO] [--uid-delay MS] [--empty-delay MS]\n"
	    "Lines on standard input, or on the FIFO:\n"
	    "  put UID [iso14443a|iso14443a-desfire|iso14443b|felica]   put random\n"
	    "  remove [UID]        take it out, or all\n"
	    "  mute, unmute        no ACK and no reply; mute-reply N: ACK but no reply\n"
	    "  garble N, cut N     spoil the next N replies\n"
	    "  raw HEX             the next InListPassiveTarget's reply\n"
	    "  halted answer|silent   whether a sleeping card answers a poll (default silent)\n"
	    "  unplug, plug        close the pseudo-terminal; make a new one\n"
	    "  timing uid=MS|empty=MS|command=MS\n"
	    "  status, quit\n", to);
}

int
main(int argc, char **argv)
{
	static const struct option OPTIONS[] = {
		{ "link", required_argument, NULL, 'l' },
		{ "control", required_argument, NULL, 'c' },
		{ "uid-delay", required_argument, NULL, 'u' },
		{ "empty-delay", required_argument, NULL, 'e' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *control = NULL;
	int fd = STDIN_FILENO;
	int option;

	while ((option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1) {
		switch (option) {
		case 'l':
			chip.link = optarg;
			break;
		case 'c':
			control = optarg;
			break;
		case 'u':
			chip.uid_ms = atoi(optarg);
			break;
		case 'e':
			chip.empty_ms = atoi(optarg);
			break;
		default:
			usage(option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : 2;
		}
	}
	if (chip.link == NULL || optind != argc) {
		usage(stderr);
		return 2;
	}
	if (control != NULL) {
		if (mkfifo(control, 0600) == -1 && errno != EEXIST) {
			fprintf(stderr, "pn532: %s: %s\n", control, strerror(errno));
			return 1;
		}
		/* Open for writing too: no end of file when a writer leaves. */
		fd = open(control, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (fd == -1) {
			fprintf(stderr, "pn532: %s: %s\n", control, strerror(errno));
			return 1;
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (plug() == -1)
		return 1;
	printf("ready %s\n", chip.link);
	run(fd);
	unplug();
	if (control != NULL)
		unlink(control);
	return 0;
}
