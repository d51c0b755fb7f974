/* pn532_field.c - the cards in the field of the played PN532, and what they answer. */
#include <string.h>
#include <sys/random.h>

#include "pn532_impl.h"

void
draw_number(struct card *c)
{
	c->uid[0] = 0x08;
	while (getrandom(c->uid + 1, 3, 0) != 3)
		continue;
}

/* The field goes off: all cards forget what they were told. */
void
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
void
halt_selected(void)
{
	for (size_t i = 0; i < chip.cards; i++)
		if (chip.card[i].state == ACTIVE)
			chip.card[i].state = chip.card[i].kind == FELICA ? IDLE : HALTED;
}

/* A poll reaches a card that is still selected: it falls back, silently, and hears
 * the next one. */
void
fall_back(void)
{
	for (size_t i = 0; i < chip.cards; i++)
		if (chip.card[i].state == ACTIVE)
			chip.card[i].state = IDLE;
}

bool
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
void
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
