/* fridge-reader.c - reads badges: tells on standard output, in the lines of proto.h,
 * which card came into the field and when the field is empty again.
 *
 * A process of its own, because libnfc can hang, crash and leak; it may be killed at
 * any time. Reads no configuration and never writes a badge's number anywhere but to
 * standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "../firmware/log.h"
#include "confine.h"
#include "fridge-reader_chip.h"
#include "fridge-reader_presence.h"
#include "proto.h"

#define PROGRAM "fridge-reader"

/* "alive" is due at least each second, and a command may keep us for 0.3 s. A little
 * less than three cycles: it is said at the end of the third, and costs no wake-up. */
#define BEAT_MS 600
/* What opening may take: "busy" says so. */
#define OPEN_S 10
#define OPEN_TRIES 3
/* A chip that fails for so long, and so often, is lost. */
#define LOST_MS 1500
#define LOST_FAILURES 3
/* Cards of one technology looked for in one cycle. */
#define CARDS_MAX 4
/* How long the field stays off to wake halted cards (ISO 14443 wants 5 ms). */
#define FIELD_OFF_MS 10
/* What a cycle of two technologies with nothing in the field takes of its own (54 ms
 * each). One that takes longer has a shorter pause, so that the pace stays. */
#define CYCLE_MS 115
#define PAUSE_MIN_MS 20

#define POLL_MS_DEFAULT 100
#define REARM_MS_DEFAULT 800

struct settings {
	bool known;		/* a setup line came */
	char device[512];
	bool tech[TECH_COUNT];
	int poll_ms;
	int rearm_ms;
};

enum { FD_INPUT, FD_SIGNAL, FD_CHIP, FD_COUNT };

struct reader {
	struct settings settings;
	struct chip *chip;		/* NULL: not open */
	bool tech[TECH_COUNT];		/* wanted and supported */
	struct presence presence;
	bool halted;			/* cards were sent to sleep, and not woken yet */
	bool unplugged;
	int failures;			/* of chip commands, without a success between */
	int64_t failing_since;
	int retries;			/* failed attempts to open it */
	int64_t retry_at;
	bool device_changed;		/* by a setup line: no wait goes on */
	enum trouble said;		/* the last error line, until ready */
	int64_t beat_at;		/* when the last line was written */
	char input[PROTO_LINE];
	size_t input_len;
	bool input_skip;		/* in a line that is too long */
	int signal_fd;
	bool running;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- saying ---- */

static void
say(struct reader *r, struct proto_line *l)
{
	if (!l->ok)
		return;
	l->text[l->len++] = '\n';
	for (size_t done = 0; done < l->len;) {
		ssize_t n = write(STDOUT_FILENO, l->text + done, l->len - done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			r->running = false;	/* nobody listens any more */
			return;
		}
		done += (size_t)n;
	}
	r->beat_at = now_ms();
}

static void
say_word(struct reader *r, const char *word)
{
	struct proto_line l;

	proto_start(&l, word);
	say(r, &l);
}

static void
say_two(struct reader *r, const char *word, const char *text)
{
	struct proto_line l;

	proto_start(&l, word);
	proto_word(&l, text);
	say(r, &l);
}

static void
say_number(struct reader *r, const char *word, int number)
{
	char text[16];

	snprintf(text, sizeof text, "%d", number);
	say_two(r, word, text);
}

static void
say_trouble(struct reader *r, enum trouble t, const struct err *e)
{
	struct proto_line l;
	char text[sizeof e->what + sizeof e->todo + 16];

	snprintf(text, sizeof text, "%s%s%s%s", e->what, e->todo[0] != '\0' ? " (try: " : "",
	    e->todo, e->todo[0] != '\0' ? ")" : "");
	proto_start(&l, "error");
	proto_word(&l, trouble_text(t));
	proto_word(&l, text);
	say(r, &l);
}

static void
say_tap(struct reader *r, const struct credential *c)
{
	struct proto_line l;
	char hex[2 * CREDENTIAL_UID + 1];

	for (size_t i = 0; i < c->len; i++)
		snprintf(hex + 2 * i, 3, "%02x", c->uid[i]);
	proto_start(&l, "tap");
	proto_word(&l, technology_text(c->tech));
	proto_word(&l, hex);
	say(r, &l);
}

static void
beat(struct reader *r)
{
	if (now_ms() - r->beat_at >= BEAT_MS)
		say_word(r, "alive");
}

/* ---- listening ---- */

static void
parse_technologies(const char *text, bool out[static TECH_COUNT])
{
	bool any = false;
	char copy[128];
	char *save = NULL;

	memset(out, 0, TECH_COUNT * sizeof out[0]);
	snprintf(copy, sizeof copy, "%s", text);
	for (char *word = strtok_r(copy, ", ", &save); word != NULL;
	    word = strtok_r(NULL, ", ", &save)) {
		enum technology t;
		if (technology_parse(word, &t) == 0)
			any = out[t] = true;
		else
			log_warn("technology %s is unknown: use iso14443a, felica, iso14443b", word);
	}
	if (!any)
		out[TECH_ISO14443A] = out[TECH_FELICA] = true;
}

static int
clamp(long long value, int low, int high)
{
	return value < low ? low : value > high ? high : (int)value;
}

/* Use the technologies that the settings want and the chip can do. */
static void
choose_technologies(struct reader *r)
{
	for (int t = 0; t < TECH_COUNT; t++) {
		r->tech[t] = r->settings.tech[t] && chip_supports(r->chip, (enum technology)t);
		if (r->settings.tech[t] && !r->tech[t])
			log_warn("this reader cannot read %s", technology_text((enum technology)t));
	}
}

/* Nobody saw the cards leave: that is no "gone". */
static void
close_device(struct reader *r)
{
	presence_clear(&r->presence);
	chip_close(r->chip);
	r->chip = NULL;
	r->halted = false;
	r->unplugged = false;
	r->failures = 0;
}

static void
on_setup(struct reader *r, const struct proto_parts *p)
{
	struct settings *s = &r->settings;
	const char *device = proto_get(p, "device");

	if (strlen(device) >= sizeof s->device) {
		log_error("a device's name is at most %zu bytes", sizeof s->device - 1);
		return;
	}
	bool same = s->known && strcmp(s->device, device) == 0;
	s->known = true;
	snprintf(s->device, sizeof s->device, "%s", device);
	parse_technologies(proto_get(p, "technologies"), s->tech);
	s->poll_ms = clamp(proto_get_int(p, "poll_ms", POLL_MS_DEFAULT), PAUSE_MIN_MS, 10000);
	s->rearm_ms = clamp(proto_get_int(p, "rearm_ms", REARM_MS_DEFAULT), 0, 600000);
	if (same) {
		if (r->chip != NULL)
			choose_technologies(r);
		return;
	}
	if (r->chip != NULL)
		close_device(r);
	r->device_changed = true;
	r->retries = 0;
	r->retry_at = 0;
	r->said = TROUBLE_NONE;
}

static void
on_line(struct reader *r, char *line)
{
	struct proto_parts p;

	if (proto_parse(line, &p) == -1) {
		log_warn("a line that cannot be read was ignored");
		return;
	}
	if (strcmp(p.part[0].value, "setup") == 0)
		on_setup(r, &p);
}

static void
on_input(struct reader *r)
{
	char *newline;
	ssize_t n = read(STDIN_FILENO, r->input + r->input_len,
	    sizeof r->input - 1 - r->input_len);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		r->running = false;
		return;
	}
	r->input_len += (size_t)n;
	while ((newline = memchr(r->input, '\n', r->input_len)) != NULL) {
		size_t len = (size_t)(newline - r->input) + 1;
		*newline = '\0';
		if (r->input_skip || memchr(r->input, '\0', len - 1) != NULL)
			log_warn("a line that cannot be read was ignored");
		else if (len > 1)
			on_line(r, r->input);
		r->input_skip = false;
		memmove(r->input, r->input + len, r->input_len - len);
		r->input_len -= len;
	}
	if (r->input_len == sizeof r->input - 1) {
		r->input_skip = true;
		r->input_len = 0;
	}
}

/* Wait until deadline_ms, but no longer than the next beat; handle what comes in. */
static void
wait_once(struct reader *r, int64_t deadline_ms)
{
	struct pollfd fd[FD_COUNT] = {
		[FD_INPUT] = { .fd = STDIN_FILENO, .events = POLLIN },
		[FD_SIGNAL] = { .fd = r->signal_fd, .events = POLLIN },
		[FD_CHIP] = { .fd = r->chip != NULL ? chip_fd(r->chip) : -1 },
	};
	int64_t until = r->beat_at + BEAT_MS;
	int64_t now = now_ms();

	if (deadline_ms < until)
		until = deadline_ms;
	if (poll(fd, FD_COUNT, until > now ? (int)(until - now) : 0) <= 0)
		return;
	if (fd[FD_SIGNAL].revents != 0)
		r->running = false;
	if (fd[FD_CHIP].revents != 0)
		r->unplugged = true;
	if (fd[FD_INPUT].revents != 0)
		on_input(r);
}

/* Wait so long, with heartbeats, unless something ends the wait: the end, a changed
 * device, or the loss of it. */
static void
wait_until(struct reader *r, int64_t deadline_ms)
{
	r->device_changed = false;
	do {
		beat(r);
		wait_once(r, deadline_ms);
	} while (r->running && !r->device_changed && !r->unplugged &&
	    now_ms() < deadline_ms);
}

/* ---- the device ---- */

static int64_t
backoff_ms(int retries)
{
	static const int STEPS_S[] = { 1, 2, 5, 10, 30 };
	const int last = (int)(sizeof STEPS_S / sizeof STEPS_S[0]) - 1;

	return STEPS_S[retries < last ? retries : last] * INT64_C(1000);
}

/* Report a trouble if it is of another kind than the last one. */
static void
report(struct reader *r, enum trouble t, const struct err *e)
{
	/* A lost device whose file is gone too is no news. */
	if (t == r->said || (t == TROUBLE_MISSING && r->said == TROUBLE_OFFLINE))
		return;
	r->said = t;
	say_trouble(r, t, e);
}

/* A chip that was left in the middle of a command may need more than one try. */
static enum trouble
open_device(struct reader *r, int tries, struct err *e)
{
	enum trouble t = TROUBLE_NONE;

	for (int i = 0; i < tries && r->running; i++) {
		say_number(r, "busy", OPEN_S);
		t = chip_open(&r->chip, r->settings.device, e);
		if (t != TROUBLE_OFFLINE)
			break;
		wait_once(r, 0);
	}
	return t;
}

static void
try_open(struct reader *r)
{
	struct err e;

	enum trouble t = open_device(r, r->retries == 0 ? OPEN_TRIES : 1, &e);
	if (r->chip != NULL) {
		r->retries = 0;
		r->said = TROUBLE_NONE;
		choose_technologies(r);
		say_two(r, "ready", chip_name(r->chip));
		return;
	}
	if (t != TROUBLE_NONE)
		report(r, t, &e);
	r->retry_at = now_ms() + backoff_ms(r->retries);
	r->retries++;
}

static void
lose_device(struct reader *r)
{
	struct err e;

	if (r->unplugged)
		err_set(&e, ERR_SYSTEM, "plug it in again", "the reader was unplugged");
	else
		err_set(&e, ERR_SYSTEM, "check its power and its cable",
		    "the reader stopped answering (%s)", chip_error(r->chip));
	close_device(r);
	report(r, TROUBLE_OFFLINE, &e);
	r->retries = 0;
	r->retry_at = now_ms() + backoff_ms(0);
}

/* Note how a chip command went. Returns its result. */
static int
noted(struct reader *r, int result)
{
	if (result >= 0) {
		r->failures = 0;
	} else {
		if (r->failures == 0)
			r->failing_since = now_ms();
		r->failures++;
	}
	beat(r);
	return result;
}

static bool
is_lost(struct reader *r)
{
	if (r->failures > 0 && chip_hung_up(r->chip))
		r->unplugged = true;
	return r->unplugged || (r->failures >= LOST_FAILURES &&
	    now_ms() - r->failing_since >= LOST_MS);
}

/* ---- looking ---- */

struct look {
	bool found;	/* a card was there */
	bool clean;	/* no command failed */
};

/* Look for the cards of one technology. The chip gives one at a time; the others
 * answer once it sleeps. */
static void
look_for(struct reader *r, enum technology t, struct look *look)
{
	struct credential first = { 0 };
	struct credential c;

	for (int i = 0; i < CARDS_MAX; i++) {
		int n = chip_select(r->chip, t, &c);
		bool possible = n == 1 && credential_possible(&c);
		if (possible && presence_card(&r->presence, &c))
			say_tap(r, &c);
		noted(r, n);
		if (n == 0)
			return;
		if (!possible) {
			look->clean = false;
			return;
		}
		look->found = true;
		/* There is no sleep in FeliCa, and not every chip heeds it elsewhere. */
		if (t == TECH_FELICA)
			return;
		if (i > 0 && c.len == first.len && memcmp(c.uid, first.uid, c.len) == 0)
			return;
		if (i == 0)
			first = c;
		r->halted = true;
		if (noted(r, chip_halt(r->chip)) == -1) {
			look->clean = false;
			return;
		}
	}
}

/* Wake the sleeping cards, so that the next cycle sees all of them again. */
static int
refresh_field(struct reader *r)
{
	if (noted(r, chip_field(r->chip, false)) == -1)
		return -1;
	poll(NULL, 0, FIELD_OFF_MS);
	if (noted(r, chip_field(r->chip, true)) == -1)
		return -1;
	r->halted = false;
	return 0;
}

static void
cycle(struct reader *r)
{
	struct look look = { .clean = true };
	int64_t start = now_ms();

	/* Still asleep if the last cycle could not wake them: not seeing them then
	 * does not mean that they left. */
	if (r->halted && refresh_field(r) == -1)
		look.clean = false;
	for (int t = 0; t < TECH_COUNT && r->running; t++)
		if (r->tech[t] && !is_lost(r))
			look_for(r, (enum technology)t, &look);
	if (presence_look(&r->presence, look.found, look.clean, now_ms(), r->settings.rearm_ms))
		say_word(r, "gone");
	if (r->halted && !is_lost(r))
		(void)refresh_field(r);		/* if not, the next cycle will */
	if (is_lost(r)) {
		lose_device(r);
		return;
	}
	int64_t next = start + CYCLE_MS + r->settings.poll_ms;
	int64_t now = now_ms();
	/* A tenth longer than asked where the promise allows it: fewer wake-ups. */
	if (next > now + r->settings.poll_ms * 11 / 10)
		next = now + r->settings.poll_ms * 11 / 10;
	if (next < now + PAUSE_MIN_MS)
		next = now + PAUSE_MIN_MS;
	wait_until(r, next);
}

/* ---- the program ---- */

static int
run(struct reader *r)
{
	struct proto_line l;
	char version[16];

	proto_start(&l, "hello");
	proto_word(&l, PROGRAM);
	snprintf(version, sizeof version, "%d", PROTO_VERSION);
	proto_word(&l, version);
	say(r, &l);
	while (r->running) {
		if (r->chip != NULL)
			cycle(r);
		else if (!r->settings.known)
			wait_until(r, INT64_MAX);
		else if (now_ms() < r->retry_at)
			wait_until(r, r->retry_at);
		else
			try_open(r);
	}
	chip_close(r->chip);
	return 0;
}

static int
run_list(void)
{
	if (chip_list(stdout) > 0)
		return fflush(stdout) == 0 ? 0 : 1;
	struct err e;
	err_set(&e, ERR_SYSTEM, "fridge-reader --probe pn532_uart:/dev/ttyAMA0 (or "
	    "pn532_i2c:/dev/i2c-1, pn532_spi:/dev/spidev0.0)",
	    "no USB reader was found; other readers must be named, because asking every port "
	    "for one would disturb what else is connected");
	err_print(PROGRAM, &e);
	return 1;
}

static int
run_probe(struct reader *r, const char *device)
{
	struct err e;
	enum trouble t = TROUBLE_NONE;

	snprintf(r->settings.device, sizeof r->settings.device, "%s", device);
	for (int i = 0; i < OPEN_TRIES; i++)
		if ((t = chip_open(&r->chip, r->settings.device, &e)) != TROUBLE_OFFLINE)
			break;
	if (r->chip == NULL) {
		say_trouble(r, t, &e);
		return 1;
	}
	say_two(r, "ready", chip_name(r->chip));
	chip_close(r->chip);
	return 0;
}

/* libnfc takes whatever number its port gets, and takes 0 for "no port". */
static void
fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd != -1 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Ends are handled in the loop, so that the chip is put to sleep. */
static int
take_signals(struct reader *r)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return r->signal_fd == -1 ? -1 : 0;
}

/* What no reader needs is not there for what a card may make of libnfc. All of /dev stays:
 * a reader that is plugged in again is another file, and may have another name. */
static void
confine(void)
{
	static const struct confine_limits LIMITS = { .memory = 256 << 20, .files = 64 };
	static const struct confine_path NEEDED[] = {
		{ "/dev", CONFINE_DEVICE },
		{ "/sys", CONFINE_READ }, { "/run/udev", CONFINE_READ }, { "/etc/nfc", CONFINE_READ },
		{ "/usr", CONFINE_READ }, { "/lib", CONFINE_READ }, { "/lib64", CONFINE_READ },
		{ "/etc/ld.so.cache", CONFINE_READ }, { "/etc/localtime", CONFINE_READ },
		{ "/etc/passwd", CONFINE_READ }, { "/etc/group", CONFINE_READ },	/* whose it is */
		{ "/etc/nsswitch.conf", CONFINE_READ },
		/* Sanitizers read the program. */
		{ "/proc/self", CONFINE_READ }, { "/proc/self/exe", CONFINE_READ },
	};
	struct err e;

	confine_limits(&LIMITS);
	if (confine_calls(false, &e) == -1 ||
	    confine_files(NEEDED, sizeof NEEDED / sizeof *NEEDED, &e) != 1)
		log_warn("a card could make the helper do more than read: %s", e.what);
}

static void
usage(FILE *to)
{
	fprintf(to,
	    "usage: " PROGRAM "                  follow the lines on standard input\n"
	    "       " PROGRAM " --list           print the readers that can be found\n"
	    "       " PROGRAM " --probe DEVICE   open one and say how that went\n"
	    "       " PROGRAM " --help | --version\n"
	    "Started by fridged, which says \"setup device=DEVICE technologies=iso14443a,felica\n"
	    "poll_ms=%d rearm_ms=%d\" and hears ready, tap KIND UID, gone, alive and error.\n"
	    "DEVICE is a libnfc connstring such as pn532_uart:/dev/ttyAMA0, or empty for the\n"
	    "first USB reader found.\n", POLL_MS_DEFAULT, REARM_MS_DEFAULT);
}

int
main(int argc, char **argv)
{
	static const struct option OPTIONS[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "list", no_argument, NULL, 'l' },
		{ "probe", required_argument, NULL, 'p' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	static struct reader r = { .running = true, .signal_fd = -1 };
	const char *probe = NULL;
	bool list = false;
	int option;

	fill_standard_fds();
	while ((option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1) {
		switch (option) {
		case 'h':
			usage(stdout);
			return 0;
		case 'v':
			puts(PROGRAM " " FRIDGE_VERSION);
			return 0;
		case 'l':
			list = true;
			break;
		case 'p':
			probe = optarg;
			break;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind != argc || (list && probe != NULL) ||
	    (probe != NULL && strlen(probe) >= sizeof r.settings.device)) {
		usage(stderr);
		return 2;
	}
	log_open(PROGRAM);
	confine();
	chip_prepare();
	if (list)
		return run_list();
	if (probe != NULL)
		return run_probe(&r, probe);
	if (take_signals(&r) == -1) {
		log_error("signalfd: %s", strerror(errno));
		return 1;
	}
	return run(&r);
}
