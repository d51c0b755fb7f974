/* badge_test.c - badge numbers, their forms, readings and key */
#include "badge_world.h"

/* The one reading of a number as written. */
static struct reading
reading(enum number_form f, const char *text)
{
	struct readings r;
	struct card c;
	struct err e = { 0 };

	if (badge_number(key, f, text, &c, &r, &e) == -1)
		fail_msg("%s \"%s\": %s", number_form_text(f), text, e.what);
	assert_int_equal(r.count, 1);
	return r.r[0];
}

static bool
has(const struct readings *all, const struct reading *one)
{
	for (size_t i = 0; i < all->count; i++)
		if (memcmp(all->r[i].hash, one->hash, READING_SIZE) == 0)
			return all->r[i].exact == one->exact;
	return false;
}

/* Whether a card at the reader is found by a number as written in a list. */
static bool
found(const char *hex, enum number_form f, const char *text)
{
	struct card c = card(hex);
	struct readings all;
	struct reading one = reading(f, text);

	badge_readings(key, &c, &all);
	return has(&all, &one);
}

/* ---- numbers ---- */

static void
a_number_in_hex_is_read_in_every_usual_writing(void **state)
{
	static const char *const SAME[] = {
		"04a1b2c3d4e5f6", "04A1B2C3D4E5F6", "04:a1:b2:c3:d4:e5:f6",
		"04-A1-B2-C3-D4-E5-F6", "04 a1 b2 c3 d4 e5 f6", "  04a1b2c3d4e5f6\t",
		"04a1 b2c3 d4e5f6", "04: A1:b2c3-d4 e5 f6",
	};
	static const uint8_t UID[] = { 0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6 };

	(void)state;
	for (size_t i = 0; i < COUNT(SAME); i++) {
		struct card c = card(SAME[i]);
		assert_int_equal(c.len, 7);
		assert_memory_equal(c.uid, UID, 7);
		assert_int_equal(c.kind, BADGE_UNKNOWN_KIND);
	}
}

static void
a_length_must_fit_the_kind_of_card(void **state)
{
	static const char DIGITS[] = "112233445566778899aabbcc";
	static const struct {
		enum badge_kind kind;
		unsigned lengths;	/* bit 1 << length */
	} T[] = {
		{ BADGE_ISO14443A, 1 << 4 | 1 << 7 | 1 << 10 },
		{ BADGE_ISO14443B, 1 << 4 },
		{ BADGE_FELICA, 1 << 8 },
		{ BADGE_UNKNOWN_KIND, 1 << 4 | 1 << 7 | 1 << 8 | 1 << 10 },
	};
	char text[32];
	struct card c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		for (unsigned len = 0; len <= 12; len++) {
			snprintf(text, sizeof text, "%.*s", (int)len * 2, DIGITS);
			int want = (T[i].lengths & 1u << len) != 0 ? 0 : -1;
			if (card_parse(T[i].kind, text, &c, &e) != want)
				fail_msg("%s of %u bytes", badge_kind_text(T[i].kind), len);
			if (want == 0)
				assert_int_equal(c.kind, T[i].kind);
		}
	}
}

static void
what_is_no_number_is_refused_without_repeating_it(void **state)
{
	static const char *const BAD[] = {
		"", " ", "0", "04a1b2c", "04a1b2cg", "0x04a1b2c3", "04a1b2c3d4e5f", "0 4a1b2c3",
		"04a1b2c3d4", "00000000", "ffffffff", "00000000000000", "FFFFFFFFFFFFFFFFFFFF",
		"04a1b2c3\n", "０4a1b2c3", "04.a1.b2.c3", "04a1b2c3d4e5f604a1b2c3d4e5f6",
	};
	struct card c = { .len = 99 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(BAD); i++) {
		if (card_parse(BADGE_UNKNOWN_KIND, BAD[i], &c, &e) != -1)
			fail_msg("\"%s\" was taken for a number", BAD[i]);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_int_equal(c.len, 99);
		if (strlen(BAD[i]) > 2)
			assert_null(strstr(e.what, BAD[i]));
		assert_null(strstr(e.what, "a1b2"));
		assert_true(e.todo[0] != '\0');
	}
}

static void
kinds_and_forms_have_the_names_of_config_and_protocol(void **state)
{
	static const char *const FORMS[] = {
		"uid", "uid-reversed", "dec", "dec-reversed", "wiegand26", "wiegand34",
	};
	enum badge_kind k;
	enum number_form f;

	(void)state;
	assert_string_equal(badge_kind_text(BADGE_UNKNOWN_KIND), "");
	assert_int_equal(badge_kind_parse("", &k), -1);
	assert_int_equal(badge_kind_parse("ISO14443A", &k), -1);
	assert_int_equal(badge_kind_parse("felica", &k), 0);
	assert_int_equal(k, BADGE_FELICA);
	assert_int_equal(badge_kind_parse("iso14443b", &k), 0);
	assert_int_equal(k, BADGE_ISO14443B);
	for (size_t i = 0; i < COUNT(FORMS); i++) {
		assert_int_equal(number_form_parse(FORMS[i], &f), 0);
		assert_int_equal(f, i);
		assert_string_equal(number_form_text(f), FORMS[i]);
	}
	assert_int_equal(number_form_parse("hex", &f), -1);
}

static void
a_number_of_phones_is_told_from_a_badge(void **state)
{
	static const struct {
		enum badge_kind kind;
		const char *hex;
		bool random;
	} T[] = {
		{ BADGE_ISO14443A, "08a1b2c3", true },
		{ BADGE_UNKNOWN_KIND, "08000001", true },
		{ BADGE_ISO14443A, "01020304", true },
		{ BADGE_ISO14443A, "01020305", false },
		{ BADGE_ISO14443A, "04a1b208", false },
		{ BADGE_ISO14443A, "08a1b2c3d4e5f6", false },
		{ BADGE_ISO14443B, "08a1b2c3", false },
		{ BADGE_FELICA, "0801020304050607", false },
	};
	struct card c;

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		assert_int_equal(card_parse(T[i].kind, T[i].hex, &c, NULL), 0);
		if ((card_random(&c) != NULL) != T[i].random)
			fail_msg("%s %s", badge_kind_text(T[i].kind), T[i].hex);
	}
}

/* ---- readings ---- */

static void
readings_are_blake2b_of_form_and_number_under_the_key(void **state)
{
	/* From another implementation: hashlib.blake2b(digest_size=16, key=0..31). */
	static const struct {
		enum number_form form;
		const char *text, *hash;
	} T[] = {
		{ FORM_UID, "04A1B2C3D4E5F6", "ec0d8e1108355d1bae2c8d989546b925" },
		{ FORM_UID, "04a1b2c3", "80b691d974038b028c4988f8f833d2c4" },
		{ FORM_UID_REVERSED, "c3b2a104", "80b691d974038b028c4988f8f833d2c4" },
		{ FORM_DEC, "77705923", "75fcf747139d07a56cb84d756f4d88bc" },
		{ FORM_DEC_REVERSED, "3283263748", "8c70249ec2284e42539b0d5d687b931d" },
		{ FORM_WIEGAND26, "161/45763", "c026992c90843e2a8790be2cd824ff8e" },
		{ FORM_WIEGAND34, "77705923", "bdc26e4a550b1ecb6c29ff65ade4235e" },
		{ FORM_DEC, "1303689068602870", "15fea7eafc52736d8e583f8711f7a850" },
	};
	char hex[2 * READING_SIZE + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		struct reading r = reading(T[i].form, T[i].text);
		for (size_t j = 0; j < READING_SIZE; j++)
			sprintf(hex + 2 * j, "%02x", r.hash[j]);
		assert_string_equal(hex, T[i].hash);
	}
}

static void
a_card_is_found_by_every_way_lists_write_its_number(void **state)
{
	static const struct {
		const char *uid;
		enum number_form form;
		const char *text;
	} T[] = {
		{ "04a1b2c3", FORM_UID, "04 A1 B2 C3" },
		{ "04a1b2c3", FORM_UID_REVERSED, "C3B2A104" },
		{ "04a1b2c3", FORM_DEC, "77705923" },
		{ "04a1b2c3", FORM_DEC, "0077705923" },		/* ten digits, as printed */
		{ "04a1b2c3", FORM_DEC, " 77 705 923 " },
		{ "04a1b2c3", FORM_DEC_REVERSED, "3283263748" },
		{ "04a1b2c3", FORM_WIEGAND26, "4/41394" },	/* first three bytes */
		{ "04a1b2c3", FORM_WIEGAND26, "004/41394" },
		{ "04a1b2c3", FORM_WIEGAND26, "303538" },
		{ "04a1b2c3", FORM_WIEGAND26, "161/45763" },	/* last three */
		{ "04a1b2c3", FORM_WIEGAND26, "161,45763" },
		{ "04a1b2c3", FORM_WIEGAND26, "10597059" },
		{ "04a1b2c3", FORM_WIEGAND26, "178/41220" },	/* first three, turned */
		{ "04a1b2c3", FORM_WIEGAND26, "195/45729" },	/* last three, turned */
		{ "04a1b2c3", FORM_WIEGAND34, "77705923" },
		{ "04a1b2c3", FORM_WIEGAND34, "1185/45763" },
		{ "04a1b2c3", FORM_WIEGAND34, "3283263748" },
		{ "04a1b2c3d4e5f6", FORM_UID, "04a1b2c3d4e5f6" },
		{ "04a1b2c3d4e5f6", FORM_UID_REVERSED, "f6e5d4c3b2a104" },
		{ "04a1b2c3d4e5f6", FORM_DEC, "1303689068602870" },
		{ "04a1b2c3d4e5f6", FORM_DEC_REVERSED, "69495546249912580" },
		{ "04a1b2c3d4e5f6", FORM_DEC, "77705923" },		/* 04a1b2c3 */
		{ "04a1b2c3d4e5f6", FORM_DEC, "3285509622" },		/* c3d4e5f6 */
		{ "04a1b2c3d4e5f6", FORM_DEC_REVERSED, "3283263748" },	/* c3b2a104 */
		{ "04a1b2c3d4e5f6", FORM_DEC_REVERSED, "4142257347" },	/* f6e5d4c3 */
		{ "04a1b2c3d4e5f6", FORM_WIEGAND34, "77705923" },
		{ "04a1b2c3d4e5f6", FORM_WIEGAND34, "4142257347" },
		{ "04a1b2c3d4e5f6", FORM_WIEGAND26, "4/41394" },	/* 04a1b2 */
		{ "04a1b2c3d4e5f6", FORM_WIEGAND26, "212/58870" },	/* d4e5f6 */
		{ "04a1b2c3d4e5f6", FORM_WIEGAND26, "246/58836" },	/* f6e5d4 */
		{ "ffeeddccbbaa99887766", FORM_DEC, "1208609760576821428516710" },
		{ "0000000000000100", FORM_DEC, "256" },
		{ "0100000000000000", FORM_DEC, "72057594037927936" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++)
		if (!found(T[i].uid, T[i].form, T[i].text))
			fail_msg("%s is not found as %s \"%s\"", T[i].uid,
			    number_form_text(T[i].form), T[i].text);
}

static void
a_uid_that_is_a_prefix_is_another_badge(void **state)
{
	(void)state;
	assert_false(found("04a1b2c3d4e5f6", FORM_UID, "04a1b2c3"));
	assert_false(found("04a1b2c3d4e5f6", FORM_UID, "c3d4e5f6"));
	assert_false(found("04a1b2c3", FORM_UID, "04a1b2c3d4e5f6"));
	assert_false(found("04a1b2c3", FORM_UID_REVERSED, "04a1b2c3"));
	assert_false(found("0000000004a1b2c3", FORM_UID, "04a1b2c3"));
	assert_false(found("04a1b2c3", FORM_DEC, "1303689068602870"));
}

static void
the_same_digits_in_two_forms_are_two_numbers(void **state)
{
	(void)state;
	assert_false(found("04a1b2c3", FORM_DEC_REVERSED, "77705923"));
	assert_false(found("04a1b2c3", FORM_DEC, "3283263748"));
	assert_false(found("04a1b2c3", FORM_DEC, "10597059"));
	assert_false(found("04a1b2c3", FORM_WIEGAND34, "10597059"));
}

static void
only_the_whole_uid_is_exact(void **state)
{
	static const char *const UIDS[] = {
		"04a1b2c3", "04a1b2c3d4e5f6", "0123456789abcdef", "0123456789abcdef0123",
	};
	struct readings all;

	(void)state;
	for (size_t i = 0; i < COUNT(UIDS); i++) {
		struct card c = card(UIDS[i]);
		badge_readings(key, &c, &all);
		assert_true(all.r[0].exact);
		for (size_t j = 1; j < all.count; j++)
			assert_false(all.r[j].exact);
		assert_int_equal(all.count, c.len == 4 ? 9 : 23);
	}
	for (int f = FORM_UID; f <= FORM_WIEGAND34; f++) {
		struct reading r = reading((enum number_form)f, f <= FORM_UID_REVERSED
		    ? "04a1b2c3" : "12345");
		assert_int_equal(r.exact, f <= FORM_UID_REVERSED);
	}
}

static void
a_number_that_reads_the_same_twice_is_kept_once(void **state)
{
	struct readings all;
	struct card c = card("11111111");

	(void)state;
	badge_readings(key, &c, &all);
	/* uid, dec, dec-reversed, wiegand34, wiegand26 */
	assert_int_equal(all.count, 5);
	for (size_t i = 0; i < all.count; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(all.r[i].hash, all.r[j].hash, READING_SIZE);
}

/* Any card: its number written in any form by plain arithmetic finds it again. */
static void
random_cards_are_found_by_their_converted_numbers(void **state)
{
	static const size_t LENGTHS[] = { 4, 7, 8 };
	uint64_t seed = 1;
	char hex[32], text[32];

	(void)state;
	for (int n = 0; n < 300; n++) {
		uint8_t b[8];
		size_t len = LENGTHS[n % 3];
		uint64_t dec = 0, reversed = 0;
		for (size_t i = 0; i < len; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			/* Never the first bytes of a phone's number, in any order. */
			b[i] = (uint8_t)((seed >> 40) | 0x10);
			sprintf(hex + 2 * i, "%02x", b[i]);
		}
		if (hex[strspn(hex, "f")] == '\0')
			continue;
		for (size_t i = 0; i < len; i++) {
			dec = dec << 8 | b[i];
			reversed = reversed << 8 | b[len - 1 - i];
		}
		sprintf(text, "%llu", (unsigned long long)dec);
		assert_true(found(hex, FORM_DEC, text));
		sprintf(text, "%llu", (unsigned long long)reversed);
		assert_true(found(hex, FORM_DEC_REVERSED, text));
		sprintf(text, "%u/%u", b[0], (unsigned)b[1] << 8 | b[2]);
		assert_true(found(hex, FORM_WIEGAND26, text));
		sprintf(text, "%u/%u", b[len - 1], (unsigned)b[len - 2] << 8 | b[len - 3]);
		assert_true(found(hex, FORM_WIEGAND26, text));
		sprintf(text, "%llu", (unsigned long long)(dec & 0xffffffff));
		assert_true(found(hex, FORM_WIEGAND34, text));
		sprintf(text, "%llu", (unsigned long long)((dec ^ 0x100) & 0xffffff));
		assert_false(found(hex, FORM_WIEGAND26, text));
	}
}

static void
a_uid_fills_in_the_card_and_other_forms_do_not(void **state)
{
	struct readings r;
	struct card c;

	(void)state;
	assert_int_equal(badge_number(key, FORM_UID_REVERSED, "f6:e5:d4:c3:b2:a1:04", &c, &r, NULL), 0);
	assert_int_equal(c.len, 7);
	assert_int_equal(c.uid[0], 0x04);
	assert_int_equal(c.uid[6], 0xf6);
	/* Only one kind has numbers of that length. */
	assert_int_equal(c.kind, BADGE_ISO14443A);
	assert_int_equal(badge_number(key, FORM_UID, "0114b34d2c19a0f7", &c, &r, NULL), 0);
	assert_int_equal(c.kind, BADGE_FELICA);
	assert_int_equal(badge_number(key, FORM_UID, "7b3a91c4", &c, &r, NULL), 0);
	assert_int_equal(c.kind, BADGE_UNKNOWN_KIND);
	assert_int_equal(badge_number(key, FORM_DEC, "77705923", &c, &r, NULL), 0);
	assert_int_equal(c.len, 0);
}

static void
text_of_another_form_is_refused_with_what_is_allowed(void **state)
{
	static const struct {
		enum number_form form;
		const char *text;
	} BAD[] = {
		{ FORM_UID, "12345" }, { FORM_UID, "" }, { FORM_UID_REVERSED, "xyz" },
		{ FORM_DEC, "" }, { FORM_DEC, " " }, { FORM_DEC, "0" }, { FORM_DEC, "0000000000" },
		{ FORM_DEC, "4294967295" }, { FORM_DEC_REVERSED, "4294967295" },
		{ FORM_DEC, "-5" }, { FORM_DEC, "+5" }, { FORM_DEC, "4a1b2" }, { FORM_DEC, "1/2" },
		{ FORM_DEC, "1208925819614629174706176" },	/* 2^80 */
		{ FORM_DEC, "99999999999999999999999999999999999999" },
		{ FORM_DEC_REVERSED, "7770592３" },
		{ FORM_WIEGAND26, "16777216" }, { FORM_WIEGAND26, "256/1" },
		{ FORM_WIEGAND26, "1/65536" }, { FORM_WIEGAND26, "/" }, { FORM_WIEGAND26, "1/" },
		{ FORM_WIEGAND26, "/1" }, { FORM_WIEGAND26, "1/2/3" }, { FORM_WIEGAND26, "0/0" },
		{ FORM_WIEGAND26, "1-2" }, { FORM_WIEGAND34, "4294967296" },
		{ FORM_WIEGAND34, "65536/1" }, { FORM_WIEGAND34, "0" },
	};
	struct readings r = { .count = 77 };
	struct card c = { .len = 88 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(BAD); i++) {
		if (badge_number(key, BAD[i].form, BAD[i].text, &c, &r, &e) != -1)
			fail_msg("%s \"%s\"", number_form_text(BAD[i].form), BAD[i].text);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_true(e.todo[0] != '\0');
		assert_int_equal(r.count, 77);
		assert_int_equal(c.len, 88);
	}
}

static void
the_largest_number_of_each_form_is_taken(void **state)
{
	(void)state;
	reading(FORM_DEC, "1208925819614629174706175");
	reading(FORM_WIEGAND26, "16777215");
	reading(FORM_WIEGAND26, "255/65535");
	reading(FORM_WIEGAND34, "4294967295");
	assert_true(found("ffffff12", FORM_WIEGAND26, "16777215"));
}

static void
a_random_number_is_refused_in_every_form_that_shows_it(void **state)
{
	static const struct {
		enum number_form form;
		const char *text;
	} T[] = {
		{ FORM_UID, "08a1b2c3" }, { FORM_UID_REVERSED, "c3b2a108" },
		{ FORM_DEC, "144814787" },		/* 08a1b2c3 */
		{ FORM_DEC_REVERSED, "3283263752" },	/* c3b2a108 */
		{ FORM_UID, "01020304" }, { FORM_DEC, "16909060" },
		{ FORM_DEC_REVERSED, "67305985" },
	};
	struct readings r;
	struct card c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		assert_int_equal(badge_number(key, T[i].form, T[i].text, &c, &r, &e), -1);
		assert_int_equal(e.kind, ERR_REFUSED);
		assert_null(strstr(e.what, T[i].text));
	}
	/* The long UID of a card that only starts like one. */
	reading(FORM_UID, "08a1b2c3d4e5f6");
	reading(FORM_DEC, "2429589069223414");
}

static void
a_hint_is_four_letters_of_the_hash(void **state)
{
	struct reading a = reading(FORM_UID, "04a1b2c3"), b = reading(FORM_UID, "04a1b2c4");
	char hint[HINT_SIZE], again[HINT_SIZE], other[HINT_SIZE];

	(void)state;
	badge_hint(&a, hint);
	badge_hint(&a, again);
	badge_hint(&b, other);
	assert_int_equal(strlen(hint), 4);
	assert_int_equal(strspn(hint, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 4);
	assert_string_equal(hint, again);
	assert_string_not_equal(hint, other);
}

/* ---- the key ---- */

static void
two_keys_give_two_readings(void **state)
{
	char path[80];
	struct badge_key *other;
	struct card c = card("04a1b2c3");
	struct readings a, b;

	(void)state;
	snprintf(path, sizeof path, "%s/other.key", folder);
	assert_int_equal(badge_key_create(path, NULL), 0);
	assert_int_equal(badge_key_load(path, &other, NULL), 0);
	badge_readings(key, &c, &a);
	badge_readings(other, &c, &b);
	assert_int_equal(a.count, b.count);
	for (size_t i = 0; i < a.count; i++)
		assert_memory_not_equal(a.r[i].hash, b.r[i].hash, READING_SIZE);
	badge_key_free(other);
	unlink(path);
}

static void
a_new_key_file_is_private_and_never_overwrites(void **state)
{
	char path[80], again[80];
	struct stat st;
	struct err e;
	unsigned char before[32], after[32];

	(void)state;
	snprintf(path, sizeof path, "%s/new.key", folder);
	assert_int_equal(badge_key_create(path, &e), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(st.st_nlink, 1);
	int fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, before, 32), 32);
	close(fd);

	assert_int_equal(badge_key_create(path, &e), -1);
	assert_int_equal(e.kind, ERR_REFUSED);
	assert_non_null(strstr(e.what, "exists already"));
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, after, 32), 32);
	close(fd);
	assert_memory_equal(before, after, 32);

	/* Nor a link that leads nowhere. */
	snprintf(again, sizeof again, "%s/dangling.key", folder);
	assert_int_equal(symlink("nowhere", again), 0);
	assert_int_equal(badge_key_create(again, &e), -1);
	assert_int_equal(e.kind, ERR_REFUSED);
	unlink(again);
	assert_int_equal(unlink(path), 0);

	snprintf(again, sizeof again, "%s/no/such/folder.key", folder);
	assert_int_equal(badge_key_create(again, &e), -1);
	assert_int_equal(e.kind, ERR_SYSTEM);
	/* That no half-made file stays is seen by rmdir in tear_down. */
}

static void
a_key_file_that_is_not_right_is_refused_with_the_fix(void **state)
{
	static const struct {
		const char *what;
		size_t size;
		mode_t mode;
		const char *says, *todo;
	} T[] = {
		{ "group may read", 32, 0640, "mode 640", "chmod 600" },
		{ "all may read", 32, 0604, "mode 604", "chmod 600" },
		{ "group may write", 32, 0620, "mode 620", "chmod 600" },
		{ "empty", 0, 0600, "less than 32", "copy" },
		{ "short", 31, 0600, "less than 32", "copy" },
		{ "long", 33, 0600, "more than 32", "copy" },
		{ "hex", 65, 0600, "more than 32", "copy" },
	};
	char path[80];
	unsigned char bytes[80] = { 1 };
	struct badge_key *k = NULL;
	struct err e;

	(void)state;
	snprintf(path, sizeof path, "%s/bad.key", folder);
	for (size_t i = 0; i < COUNT(T); i++) {
		write_file(path, bytes, T[i].size, T[i].mode);
		if (badge_key_load(path, &k, &e) != -1)
			fail_msg("a key file was taken: %s", T[i].what);
		assert_null(k);
		assert_int_equal(err_status(&e), 1);
		assert_non_null(strstr(e.what, path));
		assert_non_null(strstr(e.what, T[i].says));
		assert_non_null(strstr(e.todo, T[i].todo));
	}
	write_file(path, bytes, 32, 0400);
	assert_int_equal(badge_key_load(path, &k, &e), 0);
	badge_key_free(k);
	unlink(path);

	assert_int_equal(badge_key_load(path, &k, &e), -1);
	assert_non_null(strstr(e.what, "there is no key file"));
	assert_string_equal(e.todo, "sudo fridgectl key create");
	assert_int_equal(badge_key_load(folder, &k, &e), -1);
	assert_non_null(strstr(e.what, "is not a file"));
}

static void
without_a_key_file_the_credential_of_the_service_manager_is_read(void **state)
{
	char credential[80], other[80], missing[80];
	unsigned char bytes[32] = { 1 };
	struct badge_key *k = NULL;
	struct err e;

	(void)state;
	snprintf(credential, sizeof credential, "%s/uid-key", folder);
	snprintf(other, sizeof other, "%s/other.key", folder);
	snprintf(missing, sizeof missing, "%s/missing.key", folder);
	/* Its access list looks like group rights. */
	write_file(credential, bytes, sizeof bytes, 0440);
	write_file(other, bytes, sizeof bytes, 0440);
	assert_int_equal(badge_key_load(missing, &k, &e), -1);
	assert_int_equal(badge_key_load(credential, &k, &e), -1);
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	assert_int_equal(badge_key_load(missing, &k, &e), 0);
	badge_key_free(k);
	assert_int_equal(badge_key_load(credential, &k, &e), 0);
	badge_key_free(k);
	/* A key file that is there counts, good or bad. */
	assert_int_equal(badge_key_load(other, &k, &e), -1);
	assert_non_null(strstr(e.todo, "chmod 600"));
	assert_int_equal(unlink(credential), 0);
	assert_int_equal(badge_key_load(missing, &k, &e), -1);
	assert_non_null(strstr(e.what, "there is no key file"));
	assert_non_null(strstr(e.what, missing));
	unsetenv("CREDENTIALS_DIRECTORY");
	unlink(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_in_hex_is_read_in_every_usual_writing),
		cmocka_unit_test(a_length_must_fit_the_kind_of_card),
		cmocka_unit_test(what_is_no_number_is_refused_without_repeating_it),
		cmocka_unit_test(kinds_and_forms_have_the_names_of_config_and_protocol),
		cmocka_unit_test(a_number_of_phones_is_told_from_a_badge),
		cmocka_unit_test(readings_are_blake2b_of_form_and_number_under_the_key),
		cmocka_unit_test(a_card_is_found_by_every_way_lists_write_its_number),
		cmocka_unit_test(a_uid_that_is_a_prefix_is_another_badge),
		cmocka_unit_test(the_same_digits_in_two_forms_are_two_numbers),
		cmocka_unit_test(only_the_whole_uid_is_exact),
		cmocka_unit_test(a_number_that_reads_the_same_twice_is_kept_once),
		cmocka_unit_test(random_cards_are_found_by_their_converted_numbers),
		cmocka_unit_test(a_uid_fills_in_the_card_and_other_forms_do_not),
		cmocka_unit_test(text_of_another_form_is_refused_with_what_is_allowed),
		cmocka_unit_test(the_largest_number_of_each_form_is_taken),
		cmocka_unit_test(a_random_number_is_refused_in_every_form_that_shows_it),
		cmocka_unit_test(a_hint_is_four_letters_of_the_hash),
		cmocka_unit_test(two_keys_give_two_readings),
		cmocka_unit_test(a_new_key_file_is_private_and_never_overwrites),
		cmocka_unit_test(a_key_file_that_is_not_right_is_refused_with_the_fix),
		cmocka_unit_test(without_a_key_file_the_credential_of_the_service_manager_is_read),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
