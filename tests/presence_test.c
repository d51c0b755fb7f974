/* presence_test.c - when a card is new, and when the field counts as empty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../drivers/fridge-reader_presence.h"

#define REARM_MS 800

static struct credential
card(enum technology t, size_t len, const char *uid)
{
	struct credential c = { .tech = t, .len = len };

	memcpy(c.uid, uid, len);
	return c;
}

/* Show a card in one look at now_ms; whether it is new. */
static bool
show(struct presence *p, struct credential c, int64_t at_ms)
{
	bool told = presence_card(p, &c);

	assert_false(presence_look(p, true, true, at_ms, REARM_MS));
	return told;
}

static bool
look_empty(struct presence *p, int64_t at_ms)
{
	return presence_look(p, false, true, at_ms, REARM_MS);
}

static void
a_card_is_new_once_in_a_presence(void **state)
{
	struct presence p = { 0 };
	struct credential a = card(TECH_ISO14443A, 4, "\x11\x22\x33\x44");

	(void)state;
	assert_true(show(&p, a, 0));
	assert_false(show(&p, a, 200));
	assert_false(look_empty(&p, 400));
	assert_false(look_empty(&p, 1199));
	assert_true(look_empty(&p, 1200));
	assert_false(look_empty(&p, 5000));
	assert_true(show(&p, a, 5200));
}

static void
an_empty_field_without_a_presence_ends_nothing(void **state)
{
	struct presence p = { 0 };

	(void)state;
	for (int64_t t = 0; t < 5000; t += 200)
		assert_false(look_empty(&p, t));
}

static void
a_card_that_flickers_starts_the_wait_anew(void **state)
{
	struct presence p = { 0 };
	struct credential a = card(TECH_ISO14443A, 4, "\x11\x22\x33\x44");

	(void)state;
	assert_true(show(&p, a, 0));
	for (int64_t t = 200; t < 20000; t += 900) {
		assert_false(look_empty(&p, t));
		assert_false(look_empty(&p, t + 700));
		assert_false(show(&p, a, t + 750));
	}
}

static void
a_read_error_is_no_removal(void **state)
{
	struct presence p = { 0 };

	(void)state;
	assert_true(show(&p, card(TECH_FELICA, 8, "abcdefgh"), 0));
	for (int64_t t = 200; t < 20000; t += 200)
		assert_false(presence_look(&p, false, false, t, REARM_MS));
	/* Nor does it count towards the time that the field is empty. */
	assert_false(look_empty(&p, 20000));
	assert_false(presence_look(&p, false, false, 20400, REARM_MS));
	assert_false(look_empty(&p, 20900));
	assert_false(look_empty(&p, 21600));
	assert_true(look_empty(&p, 21700));
}

static void
a_number_of_another_length_or_technology_is_another_card(void **state)
{
	struct presence p = { 0 };

	(void)state;
	assert_true(show(&p, card(TECH_ISO14443A, 4, "\x04\xa1\xb2\xc3"), 0));
	assert_true(show(&p, card(TECH_ISO14443A, 7, "\x04\xa1\xb2\xc3\xd4\xe5\xf6"), 0));
	assert_true(show(&p, card(TECH_ISO14443B, 4, "\x04\xa1\xb2\xc3"), 0));
	assert_false(show(&p, card(TECH_ISO14443A, 4, "\x04\xa1\xb2\xc3"), 0));
	assert_int_equal(p.count, 3);
}

static void
numbers_that_change_are_one_card_of_their_kind(void **state)
{
	struct presence p = { 0 };

	(void)state;
	assert_true(show(&p, card(TECH_ISO14443A, 4, "\x08\x01\x02\x03"), 0));
	assert_false(show(&p, card(TECH_ISO14443A, 4, "\x08\x99\x88\x77"), 200));
	assert_true(show(&p, card(TECH_ISO14443B, 4, "\x50\x01\x02\x03"), 200));
	assert_false(show(&p, card(TECH_ISO14443B, 4, "\x51\x01\x02\x03"), 200));
	/* Seven bytes that start with 08 are a maker's number. */
	assert_true(show(&p, card(TECH_ISO14443A, 7, "\x08\x01\x02\x03\x04\x05\x06"), 200));
	assert_true(show(&p, card(TECH_ISO14443A, 7, "\x08\x01\x02\x03\x04\x05\x07"), 200));
}

static void
more_cards_than_fit_are_not_told_again_and_again(void **state)
{
	struct presence p = { 0 };

	(void)state;
	for (int i = 0; i < PRESENCE_CARDS + 5; i++) {
		struct credential c = card(TECH_ISO14443A, 4, "\x11\x22\x33\x44");
		c.uid[3] = (uint8_t)i;
		assert_int_equal(show(&p, c, i), i < PRESENCE_CARDS);
	}
	assert_false(look_empty(&p, 1000));
	assert_true(look_empty(&p, 2000));
}

static void
only_numbers_that_can_be_are_possible(void **state)
{
	static const uint8_t ONE[CREDENTIAL_UID] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct credential c = { .tech = TECH_ISO14443A };

	(void)state;
	for (size_t len = 0; len < 300; len++) {
		c.len = len;
		memcpy(c.uid, ONE, sizeof c.uid);
		c.tech = TECH_ISO14443A;
		assert_int_equal(credential_possible(&c), len == 4 || len == 7 || len == 10);
		c.tech = TECH_FELICA;
		assert_int_equal(credential_possible(&c), len == 8);
		c.tech = TECH_ISO14443B;
		assert_int_equal(credential_possible(&c), len == 4);
	}
}

static void
all_zeros_and_all_ones_are_refused(void **state)
{
	static const size_t LENGTHS[] = { 4, 7, 10 };
	struct credential c = { .tech = TECH_ISO14443A };

	(void)state;
	for (size_t i = 0; i < sizeof LENGTHS / sizeof LENGTHS[0]; i++) {
		c.len = LENGTHS[i];
		memset(c.uid, 0xff, sizeof c.uid);
		assert_false(credential_possible(&c));
		memset(c.uid, 0x00, sizeof c.uid);
		assert_false(credential_possible(&c));
		c.uid[c.len - 1] = 1;
		assert_true(credential_possible(&c));
	}
	/* Ten bytes made of the four that the chip sent. */
	memcpy(c.uid, "\x22\x33\x44\x55\x00\x00\x00\x00\x00\x00", 10);
	assert_false(credential_possible(&c));
}

static void
technologies_have_the_names_of_the_protocol(void **state)
{
	static const char *const NAMES[] = { "iso14443a", "felica", "iso14443b" };
	enum technology t;

	(void)state;
	for (size_t i = 0; i < TECH_COUNT; i++) {
		assert_int_equal(technology_parse(NAMES[i], &t), 0);
		assert_string_equal(technology_text(t), NAMES[i]);
	}
	assert_int_equal(technology_parse("iso14443", &t), -1);
	assert_int_equal(technology_parse("", &t), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_is_new_once_in_a_presence),
		cmocka_unit_test(an_empty_field_without_a_presence_ends_nothing),
		cmocka_unit_test(a_card_that_flickers_starts_the_wait_anew),
		cmocka_unit_test(a_read_error_is_no_removal),
		cmocka_unit_test(a_number_of_another_length_or_technology_is_another_card),
		cmocka_unit_test(numbers_that_change_are_one_card_of_their_kind),
		cmocka_unit_test(more_cards_than_fit_are_not_told_again_and_again),
		cmocka_unit_test(only_numbers_that_can_be_are_possible),
		cmocka_unit_test(all_zeros_and_all_ones_are_refused),
		cmocka_unit_test(technologies_have_the_names_of_the_protocol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
