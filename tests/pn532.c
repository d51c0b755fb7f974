/* pn532.c - plays a PN532 chip on a pseudo-terminal, so that tests and the demo run
 * the real libnfc without a reader.
 *
 * Written from the chip's user manual: the frames of its serial interface (HSU) and
 * the commands that libnfc sends. Cards are put into its field and taken out by lines
 * on standard input or on a FIFO; other lines break the line to the host in the ways
 * seen in the field. On standard output it says "ready PATH", and "uid MICROSECONDS"
 * (of CLOCK_MONOTONIC) whenever a reply with a card's number has been sent.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define CARDS_MAX 8
#define FRAME_MAX 280		/* an extended frame of 264 bytes of data */
#define LINE_MAX_BYTES 1024

enum kind { ISO14443A, DESFIRE, ISO14443B, FELICA };
static const char *const KINDS[] = { "iso14443a", "iso14443a-desfire", "iso14443b", "felica" };

/* What a card does next. One that sleeps answers again after the field was off. */
enum state { IDLE, ACTIVE, HALTED };
static const char *const STATES[] = { "idle", "active", "halted" };

struct card {
	enum kind kind;
	enum state state;
	bool random;		/* draws a new number whenever it gets power */
	size_t len;
	uint8_t uid[10];
};

struct bytes {
	size_t len;
	uint8_t b[FRAME_MAX];
};

static struct {
	const char *link;
	int master, slave;	/* -1: unplugged */

	struct card card[CARDS_MAX];
	size_t cards;

	/* The chip. */
	bool awake;		/* else it waits for the wake-up bytes */
	bool field;
	bool rats;		/* asks ISO14443-4 cards for their ATS by itself */
	uint8_t activation_retries;
	uint8_t registers[0x10000];
	struct bytes in;	/* not yet a whole frame */
	struct bytes reply;	/* the frame to be sent at reply_at; len 0: none */
	struct bytes last;	/* the frame sent last, for a NACK */
	int64_t reply_at_us;
	bool reply_has_uid;

	/* How it misbehaves. */
	bool mute;
	int mute_replies, garble, cut;
	bool halted_answer;	/* asks by WUPA, as some boards do: sleep is no help */
	struct bytes raw;	/* for the next InListPassiveTarget; len 0: none */
	bool raw_set;

	/* Milliseconds until the reply. */
	int uid_ms, empty_ms, command_ms;
	bool running;
} chip = {
	.master = -1, .slave = -1, .uid_ms = 12, .empty_ms = 54, .command_ms = 1,
	.running = true,
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
put(struct bytes *to, const void *bytes, size_t n)
{
	if (to->len + n > sizeof to->b)
		n = sizeof to->b - to->len;
	memcpy(to->b + to->len, bytes, n);
	to->len += n;
}

static void
put_byte(struct bytes *to, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	put(to, &byte, 1);
}

/* ---- cards ---- */

static void
draw_number(struct card *c)
{
	c->uid[0] = 0x08;
	while (getrandom(c->uid + 1, 3, 0) != 3)
		continue;
}

/* The field goes off: all cards forget what they were told. */
static void
field_off(void)
{
	chip.field = false;
	for (size_t i = 0; i < chip.cards; i++) {
		chip.card[i].state = IDLE;
		if (chip.card[i].random)
			draw_number(&chip.card[i]);
	}
}

/* Selected cards go to sleep; there is no such command for FeliCa. */
static void
halt_selected(void)
{
	for (size_t i = 0; i < chip.cards; i++)
		if (chip.card[i].state == ACTIVE)
			chip.card[i].state = chip.card[i].kind == FELICA ? IDLE : HALTED;
}

/* A poll reaches a card that is still selected: it falls back, silently, and hears
 * the next one. */
static void
fall_back(void)
{
	for (size_t i = 0; i < chip.cards; i++)
		if (chip.card[i].state == ACTIVE)
			chip.card[i].state = IDLE;
}

static bool
answers(const struct card *c, unsigned modulation)
{
	if (c->state == HALTED && !chip.halted_answer)
		return false;
	switch (c->kind) {
	case ISO14443A:
	case DESFIRE:
		return modulation == 0;
	case FELICA:
		return modulation == 1 || modulation == 2;
	case ISO14443B:
		return modulation == 3;
	}
	return false;
}

/* The target data of the manual's InListPassiveTarget. */
static void
put_target(struct bytes *to, const struct card *c, unsigned number, bool system_code)
{
	static const uint8_t ATS[] = { 0x06, 0x75, 0x77, 0x81, 0x02, 0x80 };
	static const uint8_t PAD[] = { 0x03, 0x32, 0x42, 0x82, 0x82, 0x47, 0xaa, 0xff };
	static const uint8_t ATQB_REST[] = { 0, 0, 0, 0, 0x00, 0x81, 0x81 };
	bool part4 = c->kind == DESFIRE || c->random;

	put_byte(to, number);
	switch (c->kind) {
	case ISO14443A:
	case DESFIRE:
		put_byte(to, c->kind == DESFIRE ? 0x03 : 0x00);
		put_byte(to, c->len == 4 ? 0x04 : c->len == 7 ? 0x44 : 0x84);
		put_byte(to, part4 ? 0x20 : c->len == 4 ? 0x08 : 0x00);
		put_byte(to, (unsigned)c->len);
		put(to, c->uid, c->len);
		if (part4 && chip.rats)
			put(to, ATS, sizeof ATS);
		break;
	case FELICA:
		put_byte(to, system_code ? 0x14 : 0x12);
		put_byte(to, 0x01);
		put(to, c->uid, 8);
		put(to, PAD, sizeof PAD);
		if (system_code)
			put(to, "\x88\xb4", 2);
		break;
	case ISO14443B:
		put_byte(to, 0x50);
		put(to, c->uid, 4);
		put(to, ATQB_REST, sizeof ATQB_REST);
		put_byte(to, 1);
		put_byte(to, 0);
		break;
	}
}

/* ---- frames to the host ---- */

static void
send_bytes(const uint8_t *bytes, size_t n)
{
	/* A host that does not read loses it, as on a real line. */
	for (size_t done = 0; done < n;) {
		ssize_t sent = write(chip.master, bytes + done, n - done);
		if (sent == -1 && errno == EINTR)
			continue;
		if (sent <= 0)
			return;
		done += (size_t)sent;
	}
}

static void
frame(struct bytes *to, const struct bytes *data)
{
	uint8_t sum = 0xd5;
	size_t len = data->len + 1;

	to->len = 0;
	put(to, "\x00\x00\xff", 3);
	if (len > 255) {
		put(to, "\xff\xff", 2);
		put_byte(to, (unsigned)(len >> 8));
		put_byte(to, (unsigned)(len & 0xff));
		put_byte(to, 0x100u - (((unsigned)(len >> 8) + (unsigned)len) & 0xff));
	} else {
		put_byte(to, (unsigned)len);
		put_byte(to, 0x100u - (unsigned)len);
	}
	put_byte(to, 0xd5);
	put(to, data->b, data->len);
	for (size_t i = 0; i < data->len; i++)
		sum = (uint8_t)(sum + data->b[i]);
	put_byte(to, 0x100u - sum);
	put_byte(to, 0);
}

static void
reply_after(const struct bytes *data, int ms, bool has_uid)
{
	frame(&chip.reply, data);
	chip.reply_at_us = now_us() + ms * INT64_C(1000);
	chip.reply_has_uid = has_uid;
}

/* What the chip says to a command it does not know or cannot do now. */
static void
reply_error(void)
{
	chip.reply.len = 0;
	put(&chip.reply, "\x00\x00\xff\x01\xff\x7f\x81\x00", 8);
	chip.reply_at_us = now_us() + chip.command_ms * INT64_C(1000);
	chip.reply_has_uid = false;
}

static void
send_reply(void)
{
	struct bytes out = chip.reply;

	chip.last = chip.reply;
	chip.reply.len = 0;
	if (chip.mute)
		return;
	if (chip.mute_replies > 0) {
		chip.mute_replies--;
		return;
	}
	if (chip.garble > 0) {
		chip.garble--;
		out.b[out.len / 2] ^= 0x5a;
		chip.reply_has_uid = false;
	}
	if (chip.cut > 0) {
		chip.cut--;
		out.len /= 2;
		chip.reply_has_uid = false;
	}
	send_bytes(out.b, out.len);
	if (chip.reply_has_uid)
		printf("uid %lld\n", (long long)now_us());
}

/* ---- commands ---- */

static void
list_passive_target(const uint8_t *arg, size_t n)
{
	struct bytes data = { .len = 0 };
	unsigned wanted = n > 0 ? arg[0] : 0;
	unsigned modulation = n > 1 ? arg[1] : 0xff;
	unsigned found = 0;

	if (wanted < 1 || wanted > 2 || modulation > 4) {
		reply_error();
		return;
	}
	put_byte(&data, 0x4b);
	if (chip.raw_set) {
		chip.raw_set = false;
		put(&data, chip.raw.b, chip.raw.len);
		reply_after(&data, chip.uid_ms, chip.raw.len > 1);
		return;
	}
	put_byte(&data, 0);
	chip.field = true;
	/* With no retry left, a card that is still selected is missed. */
	if (chip.activation_retries > 0)
		fall_back();
	for (size_t i = 0; i < chip.cards && found < wanted; i++) {
		struct card *c = &chip.card[i];
		if (!answers(c, modulation) || c->state == ACTIVE)
			continue;
		put_target(&data, c, ++found, n > 5 && arg[5] == 0x01);
		c->state = ACTIVE;
	}
	if (chip.activation_retries == 0)
		fall_back();
	data.b[1] = (uint8_t)found;
	reply_after(&data, found > 0 ? chip.uid_ms : chip.empty_ms, found > 0);
}

static void
configure_field(const uint8_t *arg, size_t n)
{
	struct bytes data = { .len = 0 };

	if (n >= 2 && arg[0] == 0x01) {
		if ((arg[1] & 1) == 0)
			field_off();
		else
			chip.field = true;
	}
	if (n >= 4 && arg[0] == 0x05)
		chip.activation_retries = arg[3];
	put_byte(&data, 0x33);
	reply_after(&data, chip.command_ms, false);
}

static void
use_registers(bool write_them, const uint8_t *arg, size_t n)
{
	struct bytes data = { .len = 0 };
	size_t step = write_them ? 3 : 2;

	put_byte(&data, write_them ? 0x09 : 0x07);
	for (size_t i = 0; i + step <= n; i += step) {
		size_t address = (size_t)arg[i] << 8 | arg[i + 1];
		if (write_them)
			chip.registers[address] = arg[i + 2];
		else
			put_byte(&data, chip.registers[address]);
	}
	reply_after(&data, chip.command_ms, false);
}

static void
general_status(void)
{
	struct bytes data = { .len = 0 };

	put(&data, "\x05\x00", 2);
	put_byte(&data, chip.field);
	put(&data, "\x00\x80", 2);
	reply_after(&data, chip.command_ms, false);
}

static void
command(const uint8_t *c, size_t n)
{
	struct bytes data = { .len = 0 };

	put_byte(&data, c[0] + 1u);
	switch (c[0]) {
	case 0x00:	/* Diagnose: the communication test is an echo */
		put(&data, c + 1, n - 1);
		break;
	case 0x02:	/* GetFirmwareVersion: PN532, 1.6, types A, B and 18092 */
		put(&data, "\x32\x01\x06\x07", 4);
		break;
	case 0x04:
		general_status();
		return;
	case 0x06:
		use_registers(false, c + 1, n - 1);
		return;
	case 0x08:
		use_registers(true, c + 1, n - 1);
		return;
	case 0x12:	/* SetParameters */
		chip.rats = n > 1 && (c[1] & 0x10) != 0;
		break;
	case 0x14:	/* SAMConfiguration */
		break;
	case 0x16:	/* PowerDown */
		field_off();
		chip.awake = false;
		put_byte(&data, 0);
		break;
	case 0x32:
		configure_field(c + 1, n - 1);
		return;
	case 0x40:	/* InDataExchange and InCommunicateThru: the card is silent */
	case 0x42:
		put_byte(&data, 0x01);
		break;
	case 0x44:	/* InDeselect */
	case 0x52:	/* InRelease */
		halt_selected();
		put_byte(&data, 0);
		break;
	case 0x4a:
		list_passive_target(c + 1, n - 1);
		return;
	default:
		reply_error();
		return;
	}
	reply_after(&data, chip.command_ms, false);
}

/* ---- frames from the host ---- */

static void
drop_input(size_t n)
{
	memmove(chip.in.b, chip.in.b + n, chip.in.len - n);
	chip.in.len -= n;
}

/* Take one frame (or a byte that belongs to none) off the input. Returns false if
 * more bytes are needed. */
static bool
take_frame(void)
{
	static const uint8_t ACK[] = { 0x00, 0x00, 0xff, 0x00, 0xff, 0x00 };
	const uint8_t *b = chip.in.b;
	size_t have = chip.in.len;
	size_t start = 4, len;

	if (have < 4)
		return false;
	if (b[0] != 0x00 || b[1] != 0xff) {
		drop_input(1);
		return true;
	}
	if ((b[2] == 0x00 && b[3] == 0xff) || (b[2] == 0xff && b[3] == 0x00)) {
		/* An ACK ends the command, a NACK asks for its reply again. */
		chip.reply.len = 0;
		if (b[2] == 0xff)
			chip.reply = chip.last;
		drop_input(4);
		return true;
	}
	len = b[2];
	if (b[2] == 0xff && b[3] == 0xff) {
		if (have < 7)
			return false;
		start = 7;
		len = (size_t)b[4] << 8 | b[5];
		if (((b[4] + b[5] + b[6]) & 0xff) != 0 || len > FRAME_MAX - 10)
			len = 0;
	} else if (((b[2] + b[3]) & 0xff) != 0) {
		len = 0;
	}
	if (len == 0) {		/* not a frame after all */
		drop_input(2);
		return true;
	}
	if (have < start + len + 1)
		return false;
	uint8_t sum = 0;
	for (size_t i = 0; i <= len; i++)
		sum = (uint8_t)(sum + b[start + i]);
	if (sum == 0 && b[start] == 0xd4 && len > 1 && !chip.mute) {
		send_bytes(ACK, sizeof ACK);
		command(b + start + 1, len - 1);
	}
	drop_input(start + len + 1);
	return true;
}

static void
on_host(void)
{
	uint8_t bytes[256];
	ssize_t n = read(chip.master, bytes, sizeof bytes);

	for (ssize_t i = 0; i < n; i++) {
		/* Asleep, it hears only the wake-up bytes. */
		if (!chip.awake && bytes[i] != 0x55)
			continue;
		chip.awake = true;
		if (chip.in.len == sizeof chip.in.b)
			chip.in.len = 0;
		put_byte(&chip.in, bytes[i]);
	}
	while (take_frame())
		continue;
}

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
	chip.reply.len = chip.in.len = 0;
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
	chip.awake = false;
	chip.rats = true;
	chip.activation_retries = 0xff;
	field_off();
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
	printf("status %s%s, field %s, %zu card%s\n", chip.master == -1 ? "unplugged" : "plugged",
	    chip.mute ? ", mute" : "", chip.field ? "on" : "off", chip.cards,
	    chip.cards == 1 ? "" : "s");
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
	return 0;
}
