/* badge_explain_test.c - how the world writes a card's number, and what a written number
 * may mean. */
#include "badge_world.h"

/* All that was told, a line each: "form text padded what". */
struct heard {
	char text[8192];
	size_t n;
	size_t lines;
};

static void
hear(void *arg, const struct number_text *t)
{
	struct heard *h = arg;

	h->n += (size_t)snprintf(h->text + h->n, sizeof h->text - h->n, "%s %s %s %s\n",
	    number_form_text(t->form), t->text, t->padded[0] != '\0' ? t->padded : "-", t->what);
	assert_true(h->n < sizeof h->text);
	h->lines++;
}

static void
assert_told(const struct heard *h, const char *const *lines, size_t n)
{
	char line[128];

	for (size_t i = 0; i < n; i++) {
		snprintf(line, sizeof line, "%s\n", lines[i]);
		const char *at = strstr(h->text, line);
		if (at == NULL || (at != h->text && at[-1] != '\n'))
			fail_msg("not told: %sbut:\n%s", line, h->text);
	}
	assert_int_equal(h->lines, n);
}

/* Worked out by hand from the bytes 04 a1 b2 c3. */
static void
a_number_of_four_bytes_is_told_in_every_way(void **state)
{
	static const char *const LINES[] = {
		"uid 04a1b2c3 - all 4 bytes",
		"uid-reversed c3b2a104 - all 4 bytes, reversed",
		"dec 77705923 0077705923 all 4 bytes",
		"dec-reversed 3283263748 - all 4 bytes, reversed",
		"wiegand34 77705923 0077705923 all 4 bytes",
		"wiegand34 1185/45763 01185/45763 all 4 bytes",
		"wiegand34 3283263748 - all 4 bytes, reversed",
		"wiegand34 50098/41220 - all 4 bytes, reversed",
		"wiegand26 303538 0000303538 bytes 1 to 3",
		"wiegand26 4/41394 004/41394 bytes 1 to 3",
		"wiegand26 11706628 0011706628 bytes 1 to 3, reversed",
		"wiegand26 178/41220 - bytes 1 to 3, reversed",
		"wiegand26 10597059 0010597059 bytes 2 to 4",
		"wiegand26 161/45763 - bytes 2 to 4",
		"wiegand26 12825249 0012825249 bytes 2 to 4, reversed",
		"wiegand26 195/45729 - bytes 2 to 4, reversed",
	};
	struct heard h = { .n = 0 };
	struct card c = card("04a1b2c3");

	(void)state;
	badge_explain(&c, hear, &h);
	assert_told(&h, LINES, COUNT(LINES));
}

static void
of_seven_bytes_both_cuts_are_told(void **state)
{
	static const char *const LINES[] = {
		"uid 04a1b2c3d4e5f6 - all 7 bytes",
		"uid-reversed f6e5d4c3b2a104 - all 7 bytes, reversed",
		"dec 1303689068602870 - all 7 bytes",
		"dec-reversed 69495546249912580 - all 7 bytes, reversed",
		"uid-cut 04a1b2c3 - bytes 1 to 4",
		"uid-cut c3b2a104 - bytes 1 to 4, reversed",
		"dec 77705923 0077705923 bytes 1 to 4",
		"dec-reversed 3283263748 - bytes 1 to 4, reversed",
		"wiegand34 77705923 0077705923 bytes 1 to 4",
		"wiegand34 1185/45763 01185/45763 bytes 1 to 4",
		"wiegand34 3283263748 - bytes 1 to 4, reversed",
		"wiegand34 50098/41220 - bytes 1 to 4, reversed",
		"wiegand26 303538 0000303538 bytes 1 to 3",
		"wiegand26 4/41394 004/41394 bytes 1 to 3",
		"wiegand26 11706628 0011706628 bytes 1 to 3, reversed",
		"wiegand26 178/41220 - bytes 1 to 3, reversed",
		"wiegand26 10597059 0010597059 bytes 2 to 4",
		"wiegand26 161/45763 - bytes 2 to 4",
		"wiegand26 12825249 0012825249 bytes 2 to 4, reversed",
		"wiegand26 195/45729 - bytes 2 to 4, reversed",
		"uid-cut c3d4e5f6 - bytes 4 to 7",
		"uid-cut f6e5d4c3 - bytes 4 to 7, reversed",
		"dec 3285509622 - bytes 4 to 7",
		"dec-reversed 4142257347 - bytes 4 to 7, reversed",
		"wiegand34 3285509622 - bytes 4 to 7",
		"wiegand34 50132/58870 - bytes 4 to 7",
		"wiegand34 4142257347 - bytes 4 to 7, reversed",
		"wiegand34 63205/54467 - bytes 4 to 7, reversed",
		"wiegand26 12834021 0012834021 bytes 4 to 6",
		"wiegand26 195/54501 - bytes 4 to 6",
		"wiegand26 15062211 0015062211 bytes 4 to 6, reversed",
		"wiegand26 229/54467 - bytes 4 to 6, reversed",
		"wiegand26 13952502 0013952502 bytes 5 to 7",
		"wiegand26 212/58870 - bytes 5 to 7",
		"wiegand26 16180692 0016180692 bytes 5 to 7, reversed",
		"wiegand26 246/58836 - bytes 5 to 7, reversed",
	};
	struct heard h = { .n = 0 };
	struct card c = card("04a1b2c3d4e5f6");

	(void)state;
	badge_explain(&c, hear, &h);
	assert_told(&h, LINES, COUNT(LINES));
}

static void
the_longest_number_and_one_of_zeros_are_told(void **state)
{
	struct heard h = { .n = 0 };
	struct card c = card("ffeeddccbbaa99887766");

	(void)state;
	badge_explain(&c, hear, &h);
	assert_non_null(strstr(h.text, "dec 1208609760576821428516710 - all 10 bytes\n"));
	assert_non_null(strstr(h.text, "uid-cut 99887766 - bytes 7 to 10\n"));
	h = (struct heard){ .n = 0 };
	c = card("0000000000000100");
	badge_explain(&c, hear, &h);
	assert_non_null(strstr(h.text, "dec 256 0000000256 all 8 bytes\n"));
	/* What lists mean a missing number by is told as no form. */
	assert_null(strstr(h.text, " 0 "));
	assert_null(strstr(h.text, " 0/0 "));
}

/* ---- every text means the card ---- */

struct proof {
	const struct card *card;
	struct readings all;
	size_t texts;
};

static void
prove_text(struct proof *p, enum number_form f, const char *text)
{
	struct readings r;
	struct card c;
	struct err e = { 0 };

	if (badge_number(key, f, text, &c, &r, &e) == -1)
		fail_msg("%s \"%s\": %s", number_form_text(f), text, e.what);
	for (size_t i = 0; i < p->all.count; i++) {
		if (memcmp(p->all.r[i].hash, r.r[0].hash, READING_SIZE) == 0) {
			p->texts++;
			return;
		}
	}
	fail_msg("%s \"%s\" does not mean the card", number_form_text(f), text);
}

static void
prove(void *arg, const struct number_text *t)
{
	prove_text(arg, t->form, t->text);
	if (t->padded[0] != '\0')
		prove_text(arg, t->form, t->padded);
}

static uint64_t
draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* Also with many bytes of 00, 08 and ff, where numbers are missing or a phone's. */
static struct card
random_card(uint64_t *seed)
{
	static const size_t LENGTHS[] = { 4, 7, 8, 10 };
	static const uint8_t OFTEN[] = { 0x00, 0x08, 0xff, 0x01 };
	struct card c = { .len = LENGTHS[draw(seed) % COUNT(LENGTHS)] };
	bool odd = draw(seed) % 2 == 0;

	for (size_t i = 0; i < c.len; i++)
		c.uid[i] = odd && draw(seed) % 4 != 0 ? OFTEN[draw(seed) % COUNT(OFTEN)]
		    : (uint8_t)draw(seed);
	return c;
}

static void
each_text_in_its_form_finds_the_card(void **state)
{
	const char *given = getenv("SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 9;
	size_t cards = 0, least = SIZE_MAX;

	(void)state;
	for (int n = 0; n < 3000; n++) {
		struct card c = random_card(&seed), same;
		char text[CARD_TEXT];
		struct proof p = { .card = &c };
		if (card_random(&c) != NULL ||
		    card_parse(BADGE_UNKNOWN_KIND, card_text(&c, text), &same, NULL) == -1)
			continue;
		badge_readings(key, &c, &p.all);
		badge_explain(&c, prove, &p);
		cards++;
		least = p.texts < least ? p.texts : least;
	}
	assert_true(cards > 2000);
	assert_true(least >= 4);
}

static void
a_phones_number_is_told_too(void **state)
{
	struct heard h = { .n = 0 };
	struct card c = card("08a1b2c3");

	(void)state;
	badge_explain(&c, hear, &h);
	assert_int_equal(h.lines, 16);
}

/* ---- what a written number may mean ---- */

static void
a_written_number_stands_for_a_card(void **state)
{
	static const struct {
		enum number_form form;
		const char *text, *hex;		/* NULL: a part; "": not of that form */
	} T[] = {
		{ FORM_UID, "04:A1:B2:C3:D4:E5:F6", "04a1b2c3d4e5f6" },
		{ FORM_UID_REVERSED, "f6e5d4c3b2a104", "04a1b2c3d4e5f6" },
		{ FORM_DEC, "0077705923", "04a1b2c3" },
		{ FORM_DEC, "5", "00000005" },
		{ FORM_DEC, "4294967296", "00000100000000" },
		{ FORM_DEC, "1303689068602870", "04a1b2c3d4e5f6" },
		{ FORM_DEC, "72057594037927936", "0100000000000000" },
		{ FORM_DEC, "1208609760576821428516710", "ffeeddccbbaa99887766" },
		{ FORM_DEC, "1208925819614629174706176", "" },
		{ FORM_DEC, "77x", "" },
		{ FORM_DEC, "0", "" },
		{ FORM_DEC_REVERSED, "3283263748", "04a1b2c3" },
		{ FORM_DEC_REVERSED, "69495546249912580", "04a1b2c3d4e5f6" },
		{ FORM_WIEGAND34, "1185/45763", "04a1b2c3" },
		{ FORM_WIEGAND34, "77705923", "04a1b2c3" },
		{ FORM_WIEGAND34, "4294967296", "" },
		{ FORM_WIEGAND26, "161/45763", NULL },
		{ FORM_WIEGAND26, "16777216", "" },
		{ FORM_UID_CUT, "04a1b2c3", NULL },
		{ FORM_UID_CUT, "04a1b2c3d4e5f6", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		char text[CARD_TEXT] = "";
		struct err e = { 0 };
		struct card c = { .len = 0 };
		int rc = badge_card(T[i].form, T[i].text, &c, &e);
		int expected = T[i].hex == NULL ? 0 : T[i].hex[0] == '\0' ? -1 : 1;
		if (rc != expected || (rc == 1 && strcmp(card_text(&c, text), T[i].hex) != 0))
			fail_msg("%s \"%s\": %d %s", number_form_text(T[i].form), T[i].text, rc, text);
		if (rc == -1)
			assert_null(strstr(e.what, T[i].text));
	}
}

static void
a_cut_in_hex_means_a_longer_card_and_never_a_short_one(void **state)
{
	struct card seven = card("04a1b2c3d4e5f6"), four = card("04a1b2c3");
	struct proof p = { .card = &seven };
	struct readings r;
	struct card c;

	(void)state;
	badge_readings(key, &seven, &p.all);
	prove_text(&p, FORM_UID_CUT, "04A1B2C3");
	prove_text(&p, FORM_UID_CUT, "c3d4e5f6");
	assert_int_equal(badge_number(key, FORM_UID_CUT, "04a1b2c3", &c, &r, NULL), 0);
	assert_false(r.r[0].exact);
	assert_int_equal(c.len, 0);
	badge_readings(key, &four, &p.all);
	for (size_t i = 0; i < p.all.count; i++)
		assert_memory_not_equal(p.all.r[i].hash, r.r[0].hash, READING_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_of_four_bytes_is_told_in_every_way),
		cmocka_unit_test(of_seven_bytes_both_cuts_are_told),
		cmocka_unit_test(the_longest_number_and_one_of_zeros_are_told),
		cmocka_unit_test(each_text_in_its_form_finds_the_card),
		cmocka_unit_test(a_phones_number_is_told_too),
		cmocka_unit_test(a_written_number_stands_for_a_card),
		cmocka_unit_test(a_cut_in_hex_means_a_longer_card_and_never_a_short_one),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
