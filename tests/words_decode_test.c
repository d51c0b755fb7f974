/* words_decode_test.c - in which encoding a list is, by its looks, and the text of it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../firmware/words.h"

#define COUNT(a) (sizeof (a) / sizeof *(a))
#define ROOM 65536

static const char *const KOREAN[] = {
	"이름,부서\n김민수,개발\n이소라,인사\n", "성명;이메일\n박지훈;p@example.com\n",
	"name,email\n정,j@example.com\n최유진,c@example.com\n", "이름\n남궁민수\n황보 관\n",
};
static const char *const WESTERN[] = {
	"Name;Abteilung\nJörg Müller;Küche\n", "Nom;Prénom\nLefèvre;Zoé\nÇelik;Ève\n",
	"name,email\nNuñez,n@example.com\n", "NAME\nJÄGER\nMÜLLER\n", "Name\nAndré-Œuvre – Été\n",
};

/* A text in another encoding; mark: with what tells it. Returns its bytes. */
static size_t
encode(const char *encoding, const char *mark, const char *text, char out[static ROOM])
{
	iconv_t to = iconv_open(encoding, "UTF-8");
	char *from = (char *)(uintptr_t)text, *at = out + strlen(mark);
	size_t left = strlen(text), room = ROOM - strlen(mark);

	assert_true(to != (iconv_t)-1);
	memcpy(out, mark, strlen(mark));
	if (iconv(to, &from, &left, &at, &room) == (size_t)-1)
		fail_msg("%s is not in %s", text, encoding);
	iconv_close(to);
	return (size_t)(at - out);
}

static void
is_text(const char *encoding, const char *bytes, size_t n, const char *want)
{
	struct err e = { .what = "" };
	char *text = NULL;
	size_t size = 0;

	if (words_decode(encoding, bytes, n, &text, &size, &e) == -1)
		fail_msg("%s: %s", encoding, e.what);
	assert_string_equal(text, want);
	assert_int_equal(size, strlen(want));
	free(text);
}

/* Encoded so it is recognised as that, and the text is the same again. */
static void
comes_back(const char *with, const char *mark, const char *text, const char *recognised)
{
	static char bytes[ROOM];
	size_t n = encode(with, mark, text, bytes);
	const char *seen = words_encoding(bytes, n);

	if (seen == NULL || strcmp(seen, recognised) != 0)
		fail_msg("%s in %s looks like %s", text, with, seen != NULL ? seen : "nothing");
	is_text(seen, bytes, n, text);
}

static void
each_encoding_is_known_by_its_looks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(KOREAN) + COUNT(WESTERN); i++) {
		bool korean = i < COUNT(KOREAN);
		const char *text = korean ? KOREAN[i] : WESTERN[i - COUNT(KOREAN)];
		comes_back("UTF-8", "", text, "UTF-8");
		comes_back("UTF-8", "\xef\xbb\xbf", text, "UTF-8");
		comes_back("UTF-16LE", "", text, "UTF-16LE");
		comes_back("UTF-16BE", "", text, "UTF-16BE");
		comes_back("UTF-16LE", "\xff\xfe", text, "UTF-16LE");
		comes_back("UTF-16BE", "\xfe\xff", text, "UTF-16BE");
		comes_back(korean ? "CP949" : "CP1252", "", text, korean ? "CP949" : "Windows-1252");
	}
	comes_back("ASCII", "", "name,email\nAnn,a@example.com\n", "UTF-8");
}

/* Names of random Hangul, one or many, and of random accents. */
static void
random_names_are_taken_for_what_they_are(void **state)
{
	static const char *const ACCENTS[] = { "ä", "ö", "ü", "ß", "é", "è", "ñ", "ç", "å", "ø", "Ö" };
	static const char *const LETTERS[] = { "a", "n", "er", "st", "l", "mi", "ko" };

	(void)state;
	srandom(3);
	for (int round = 0; round < 500; round++) {
		char korean[256] = "name\n", western[256] = "name\n";
		for (long name = 2 + random() % 5; name > 0; name--) {
			for (int k = 0; k < 3; k++) {
				unsigned c = 0xac00 + (unsigned)(random() % 100) * 28;
				snprintf(korean + strlen(korean), 4, "%c%c%c", (int)(0xe0 | c >> 12),
				    (int)(0x80 | (c >> 6 & 0x3f)), (int)(0x80 | (c & 0x3f)));
				strcat(western, LETTERS[(size_t)random() % COUNT(LETTERS)]);
				strcat(western, ACCENTS[(size_t)random() % COUNT(ACCENTS)]);
				strcat(western, LETTERS[(size_t)random() % COUNT(LETTERS)]);
			}
			strcat(korean, "\n");
			strcat(western, "\n");
		}
		comes_back("CP1252", "", western, "Windows-1252");
		static char bytes[ROOM];
		const char *seen = words_encoding(bytes, encode("CP949", "", korean, bytes));
		/* Rare syllables alone may leave it open, but are never taken for accents. */
		assert_true(seen == NULL || strcmp(seen, "CP949") == 0);
	}
}

static void
what_may_be_either_is_left_open(void **state)
{
	static const char *const OPEN[] = {
		"name\n\xc7\xc1\n",			/* 프, or two capitals with accents */
		"name\n\xb1\xb1\xff\n", "name\n\x83\x4e\x83\x89\n" /* Shift JIS */, "\x80\x81\x82",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(OPEN); i++)
		assert_null(words_encoding(OPEN[i], strlen(OPEN[i])));
	assert_string_equal(words_encoding("name\nK\0im\n", 10), "UTF-8");
}

static void
an_encoding_can_be_named_as_people_call_it(void **state)
{
	static char bytes[ROOM];
	size_t n;

	(void)state;
	n = encode("CP949", "", KOREAN[0], bytes);
	is_text("cp949", bytes, n, KOREAN[0]);
	is_text("euc-kr", bytes, n, KOREAN[0]);
	n = encode("SHIFT_JIS", "", "名前\n山田太郎\n", bytes);
	is_text("shift_jis", bytes, n, "名前\n山田太郎\n");
	n = encode("UTF-16LE", "\xff\xfe", "Kim\n", bytes);
	is_text("utf-16", bytes, n, "Kim\n");
	is_text("utf-8", "\xef\xbb\xbfKim", 6, "Kim");
	is_text("latin1", "J\xf6rg", 4, "Jörg");
}

static void
refused(const char *encoding, const char *bytes, size_t n, enum err_kind kind, const char *words)
{
	struct err e = { .kind = ERR_NONE };
	size_t size;
	char *text;

	assert_int_equal(words_decode(encoding, bytes, n, &text, &size, &e), -1);
	assert_int_equal(e.kind, kind);
	if (strstr(e.what, words) == NULL)
		fail_msg("%s", e.what);
}

static void
bytes_that_are_not_of_it_are_told_with_their_line(void **state)
{
	(void)state;
	refused("utf-8", "Ann\nB\xfc\n", 7, ERR_REFUSED, "line 2: this is no UTF-8");
	refused("utf-8", "Ann\n\xed\xa0\x80", 7, ERR_REFUSED, "line 2");
	refused("cp949", "Ann\nBob\n\xb1\xff\n", 11, ERR_REFUSED, "line 3: this is no cp949");
	refused("cp949", "\xb1", 1, ERR_REFUSED, "line 1");
	refused("utf-16le", "A\0\n\0\0\xd8", 6, ERR_REFUSED, "line 2");
	refused("utf-16le", "A\0\n", 3, ERR_REFUSED, "line 1");
	refused("klingon", "A", 1, ERR_USAGE, "there is no encoding \"klingon\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_encoding_is_known_by_its_looks),
		cmocka_unit_test(random_names_are_taken_for_what_they_are),
		cmocka_unit_test(what_may_be_either_is_left_open),
		cmocka_unit_test(an_encoding_can_be_named_as_people_call_it),
		cmocka_unit_test(bytes_that_are_not_of_it_are_told_with_their_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
