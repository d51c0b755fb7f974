/* pn532_chip.c - the PN532 itself: the frames of its serial interface (HSU) and its
 * commands, from the chip's user manual.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pn532_impl.h"

struct chip chip = {
	.master = -1, .slave = -1, .uid_ms = 12, .empty_ms = 54, .command_ms = 1,
	.running = true,
};

int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
put(struct bytes *to, const void *bytes, size_t n)
{
	if (to->len + n > sizeof to->b)
		n = sizeof to->b - to->len;
	memcpy(to->b + to->len, bytes, n);
	to->len += n;
}

void
put_byte(struct bytes *to, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	put(to, &byte, 1);
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

void
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
		chip.looks++;
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

void
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

/* A fresh chip: it sleeps, and knows nothing of what it was told before. */
void
power_up(void)
{
	chip.awake = false;
	chip.rats = true;
	chip.activation_retries = 0xff;
	chip.in.len = chip.reply.len = 0;
	field_off();
}
