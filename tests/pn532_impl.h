/* pn532_impl.h - what the parts of the played PN532 share. */
#ifndef PN532_IMPL_H
#define PN532_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARDS_MAX 8
#define FRAME_MAX 280		/* an extended frame of 264 bytes of data */

struct bytes {
	size_t len;
	uint8_t b[FRAME_MAX];
};
/* Append; what does not fit is dropped. */
void put(struct bytes *to, const void *bytes, size_t n);
void put_byte(struct bytes *to, unsigned value);

enum kind { ISO14443A, DESFIRE, ISO14443B, FELICA };
/* What a card does next. One that sleeps answers again after the field was off. */
enum state { IDLE, ACTIVE, HALTED };

struct card {
	enum kind kind;
	enum state state;
	bool random;		/* draws a new number whenever it gets power */
	size_t len;
	uint8_t uid[10];
};

struct chip {
	const char *link;
	int master, slave;	/* of the pseudo-terminal; -1: unplugged */

	struct card card[CARDS_MAX];
	size_t cards;
	unsigned looks;			/* for a card, so far */

	/* The chip. */
	bool awake;		/* else it waits for the wake-up bytes */
	bool field;
	bool rats;		/* asks ISO14443-4 cards for their ATS by itself */
	uint8_t activation_retries;
	uint8_t registers[0x10000];
	struct bytes in;	/* not yet a whole frame */
	struct bytes reply;	/* the frame to be sent at reply_at_us; len 0: none */
	struct bytes last;	/* the frame sent last, for a NACK */
	int64_t reply_at_us;
	bool reply_has_uid;

	/* How it misbehaves. */
	bool mute;
	int mute_replies, garble, cut;	/* for so many replies */
	bool halted_answer;	/* polls by WUPA, as some boards do: sleep is no help */
	bool raw_set;
	struct bytes raw;	/* for the next InListPassiveTarget */

	/* Milliseconds until the reply. */
	int uid_ms, empty_ms, command_ms;
	bool running;
};
extern struct chip chip;

/* pn532_field.c: the cards. */
void draw_number(struct card *c);
void field_off(void);
void halt_selected(void);
void fall_back(void);
bool answers(const struct card *c, unsigned modulation);
void put_target(struct bytes *to, const struct card *c, unsigned number, bool system_code);

/* pn532_chip.c: the frames and the commands. */
int64_t now_us(void);
void power_up(void);
void on_host(void);	/* bytes came from the host */
void send_reply(void);	/* it is time for the reply */

#endif
