/* mail_test.c - a mail as text: what readers of mail must be able to take apart again, and
 * what no name may do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../firmware/mail.h"

#define NOON 1773979200		/* 2026-03-20 04:00 UTC */

static char *
written(const char *subject, const char *body)
{
	struct mail m = {
		.from = "fridge@example.com", .to = "kim@example.com", .subject = subject,
		.body = body, .now = NOON,
	};
	char *text;
	struct err e;

	if (mail_write(&m, &text, &e) == -1)
		fail_msg("%s", e.what);
	return text;
}

static int
hex(char c)
{
	const char *at = strchr("0123456789ABCDEF", c);

	assert_non_null(at);
	return (int)(at - "0123456789ABCDEF");
}

/* Undo quoted-printable, and the Q of encoded words. */
static void
decode(const char *p, bool is_word, char *out)
{
	while (*p != '\0') {
		if (*p == '=' && p[1] == '\n') {
			p += 2;
		} else if (*p == '=') {
			*out++ = (char)(hex(p[1]) * 16 + hex(p[2]));
			p += 3;
		} else {
			*out++ = *p == '_' && is_word ? ' ' : *p;
			p++;
		}
	}
	*out = '\0';
}

/* The subject as a reader shows it. */
static void
subject_of(const char *text, char *out)
{
	const char *p = strstr(text, "\nSubject: ") + strlen("\nSubject: ");
	char word[200];
	bool in_words = false;

	out[0] = '\0';
	while (strncmp(p, "=?UTF-8?Q?", 10) == 0) {
		const char *end = strstr(p + 10, "?=");
		in_words = true;
		assert_non_null(end);
		assert_true(end + 2 - p <= 75);
		snprintf(word, sizeof word, "%.*s", (int)(end - p - 10), p + 10);
		decode(word, true, out + strlen(out));
		p = end + 2;
		if (strncmp(p, "\n ", 2) == 0)
			p += 2;
	}
	if (!in_words)
		snprintf(out, 500, "%.*s", (int)strcspn(p, "\n"), p);
	else
		assert_int_equal(*p, '\n');
}

static void
the_headers_say_who_when_and_what(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Seoul", 1);
	tzset();
	char *text = written("3F pantry: 2 due", "Hello\n");

	assert_string_equal(text, "From: fridge@example.com\nTo: kim@example.com\n"
	    "Subject: 3F pantry: 2 due\nDate: Fri, 20 Mar 2026 13:00:00 +0900\n"
	    "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=UTF-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\nHello\n");
	free(text);
}

static void
without_a_sender_the_header_is_left_to_the_sendmail(void **state)
{
	struct mail m = { .from = "", .to = "a@b", .subject = "x", .body = "", .now = NOON };
	char *text;
	struct err e;

	(void)state;
	assert_int_equal(mail_write(&m, &text, &e), 0);
	assert_int_equal(strncmp(text, "To: a@b\n", 8), 0);
	free(text);
}

static void
a_subject_of_any_script_comes_back_in_whole_characters(void **state)
{
	static const char *const SUBJECTS[] = {
		"3층 팬트리: 3월 20일(금)에 비울 때 버립니다, 아주 긴 제목은 여러 줄로 나뉘어야 합니다",
		"Kühlschrank", "a =?UTF-8?Q?x?= b", "\xf0\x9f\x8d\x95\xf0\x9f\x8d\x95 pizza", "x",
		"an English subject that is too long for one line and so is parted into words of it",
	};
	char got[500];

	(void)state;
	for (size_t i = 0; i < sizeof SUBJECTS / sizeof SUBJECTS[0]; i++) {
		char *text = written(SUBJECTS[i], "");
		subject_of(text, got);
		assert_string_equal(got, SUBJECTS[i]);
		for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
			assert_true(strcspn(line, "\n") <= 90);
		free(text);
	}
}

static void
every_word_of_a_subject_is_utf_8_by_itself(void **state)
{
	char *text = written("가나다라마바사아자차카타파하가나다라마바사아자차카타파하", "");

	(void)state;
	/* A Hangul syllable is three bytes that begin with one of EA to ED. */
	for (const char *p = text; (p = strstr(p, "=?UTF-8?Q?")) != NULL; p += 10) {
		assert_int_equal(strncmp(p + 10, "=EA", 3) == 0 || strncmp(p + 10, "=EB", 3) == 0 ||
		    strncmp(p + 10, "=EC", 3) == 0 || strncmp(p + 10, "=ED", 3) == 0, true);
		assert_int_equal(strcspn(p + 10, "?") % 9, 0);
	}
	free(text);
}

static void
a_body_comes_back_byte_for_byte_in_short_lines(void **state)
{
	const char *body = "From here\n.\n..dots\ntrailing \n=equals=\n\n"
	    "김민수 님, a line that is very much longer than seventy-six characters, and so must be broken softly 끝\n";
	char *text = written("x", body), got[1000];
	const char *p = strstr(text, "\n\n") + 2;

	(void)state;
	decode(p, false, got);
	assert_string_equal(got, body);
	assert_null(strstr(text, "\nFrom here"));
	assert_null(strstr(text, "\n.\n"));
	for (; *p != '\0'; p += strcspn(p, "\n") + 1) {
		size_t n = strcspn(p, "\n");
		assert_true(n <= 76);
		assert_false(n > 0 && p[n - 1] == ' ');
		for (size_t i = 0; i < n; i++)
			assert_true((unsigned char)p[i] < 0x80);
	}
	free(text);
}

static void
no_text_makes_a_header_of_its_own(void **state)
{
	static const char *const ADDRESSES[] = {
		"", "kim", "@x", "kim@", "a@b@c", "kim@example.com\nBcc: all@example.com",
		"kim@example.com, lee@example.com", "Kim <kim@example.com>", "kim@example.com\r",
		"\"x\"@y", "a b@c", "a@b\t", "(x)a@b",
	};
	struct mail m = { .from = "", .to = "a@b", .subject = "x\nBcc: all@example.com", .body = "" };
	char *text = NULL;
	struct err e;

	(void)state;
	assert_int_equal(mail_write(&m, &text, &e), -1);
	assert_int_equal(e.kind, ERR_REFUSED);
	m.subject = "x";
	for (size_t i = 0; i < sizeof ADDRESSES / sizeof ADDRESSES[0]; i++) {
		assert_false(mail_address_ok(ADDRESSES[i]));
		m.to = ADDRESSES[i];
		m.from = "";
		assert_int_equal(mail_write(&m, &text, &e), -1);
		m.to = "a@b";
		m.from = ADDRESSES[i];
		if (ADDRESSES[i][0] != '\0')
			assert_int_equal(mail_write(&m, &text, &e), -1);
	}
	assert_null(text);
	assert_true(mail_address_ok("kim.minjun+fridge@example.co.kr"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_headers_say_who_when_and_what),
		cmocka_unit_test(without_a_sender_the_header_is_left_to_the_sendmail),
		cmocka_unit_test(a_subject_of_any_script_comes_back_in_whole_characters),
		cmocka_unit_test(every_word_of_a_subject_is_utf_8_by_itself),
		cmocka_unit_test(a_body_comes_back_byte_for_byte_in_short_lines),
		cmocka_unit_test(no_text_makes_a_header_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
