/* words_test.c - names, dates, languages and fixed words. */
#include "../firmware/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/words_test.XXXXXX";

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[300];

	snprintf(path, sizeof path, "%s/%s", dir, folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%s/%s", dir, folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int
remove_dir(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

/* ---- names ---- */

static void
assert_name(const char *given, const char *kept)
{
	char out[NAME_SIZE] = "before";
	struct err e = { 0 };

	if (words_name("name", given, out, &e) == -1)
		fail_msg("refused: %s", e.what);
	assert_string_equal(out, kept);
}

static void
a_name_is_trimmed_and_composed(void **state)
{
	(void)state;
	assert_name("  Kim Minsu\xe3\x80\x80", "Kim Minsu");
	assert_name("\xc2\xa0" "Ada\xc2\xa0", "Ada");
	/* As macOS exports Hangul and accents. */
	assert_name("\xe1\x84\x80\xe1\x85\xb5\xe1\x86\xb7", "\xea\xb9\x80");
	assert_name("Jose\xcc\x81", "Jos\xc3\xa9");
}

static void
names_of_every_script_are_kept_as_they_are(void **state)
{
	static const char *const NAMES[] = {
		"김민수", "山田 太郎", "王小明", "محمد الأحمد", "สมชาย ใจดี", "חיים", "Ελένη",
		"Ирина", "राम", "O'Brien-Çelik", "🍎", "👩\u200d🔬 Ada", "❤\ufe0f", "👍🏽",
		"می\u200cخواهم", "ശ്രീ\u0d28\u0d4d\u200d", "क\u094d\u200dष",
		"\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
		"{owner}", "<b>&amp;", "=1+1", "3",
	};

	(void)state;
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		assert_name(NAMES[i], NAMES[i]);
}

static void
what_hides_or_breaks_a_line_is_refused_with_its_place(void **state)
{
	static const struct { const char *text, *says; } CASES[] = {
		{ "a\nb", "character 2 (U+000A) is a line break" },
		{ "a\xe2\x80\xa8", "character 2 (U+2028) is a line break" },
		{ "tab\there", "character 4 (U+0009) is a control" },
		{ "\x1b[31m", "character 1 (U+001B) is a control" },
		{ "김\u202e민", "character 2 (U+202E) is a control of writing direction" },
		{ "ab\u2066", "character 3 (U+2066) is a control of writing direction" },
		{ "a\u200f", "(U+200F) is a control of writing direction" },
		{ "a\u200b" "b", "character 2 (U+200B) is invisible" },
		{ "a\u2060", "(U+2060) is invisible" },
		{ "\ufeffKim", "character 1 (U+FEFF) is invisible" },
		{ "so\u00ad" "ft", "(U+00AD) is invisible" },
		{ "\u3164", "(U+3164) is an invisible Hangul filler" },
		{ "a\u115f", "(U+115F) is an invisible Hangul filler" },
		{ "a\uffa0", "(U+FFA0) is an invisible Hangul filler" },
		{ "a\u200d", "character 2 (U+200D) is a joiner with nothing to join" },
		{ "\u200d" "a", "(U+200D) is a joiner with nothing to join" },
		{ "a \u200c b", "(U+200C) is a joiner with nothing to join" },
		{ "a\U000e0067", "(U+E0067) is an invisible tag" },
		{ "a\uffff", "(U+FFFF) is no character" },
		{ "ab\xff", "character 3 is not UTF-8" },
		{ "ab\xed\xa0\x80", "character 3 is not UTF-8" },
		{ "ab\xe3\x81", "character 3 is not UTF-8" },
		{ "", "empty" }, { "   ", "nothing in it is visible" },
		{ "\u2800", "nothing in it is visible" },
		{ "\ufe0f", "nothing in it is visible" },
		{ "\u0301", "nothing in it is visible" },
	};
	char out[NAME_SIZE] = "before";
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		assert_int_equal(words_name("group", CASES[i].text, out, &e), -1);
		assert_int_equal(e.kind, ERR_REFUSED);
		if (strstr(e.what, CASES[i].says) == NULL)
			fail_msg("case %zu says: %s", i, e.what);
		assert_ptr_equal(strstr(e.what, "group: "), e.what);
		assert_string_equal(out, "before");
		for (const char *p = e.what; *p != '\0'; p++)
			assert_true((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f);
	}
}

static void
a_name_is_measured_in_what_people_see_and_in_bytes(void **state)
{
	char text[2000] = "", out[NAME_SIZE];
	struct err e;

	(void)state;
	for (int i = 0; i < NAME_MAX_GRAPHEMES; i++)
		strcat(text, "\xea\xb9\x80");
	assert_name(text, text);
	strcat(text, "a");
	assert_int_equal(words_name("name", text, out, &e), -1);
	assert_non_null(strstr(e.what, "65 characters; at most 64"));

	/* A family of four is one character of 25 bytes. */
	text[0] = '\0';
	for (int i = 0; i < 10; i++)
		strcat(text, "👩\u200d👩\u200d👧\u200d👦");
	assert_name(text, text);
	strcat(text, "👩\u200d👩\u200d👧\u200d👦");
	assert_int_equal(words_name("name", text, out, &e), -1);
	assert_non_null(strstr(e.what, "275 bytes; at most 256"));

	/* One letter with marks without end. */
	strcpy(text, "e");
	for (int i = 0; i < 900; i++)
		strcat(text, "\u0323");
	assert_int_equal(words_name("name", text, out, &e), -1);
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(words_name("name", text, out, &e), -1);
}

static void
a_very_long_text_is_refused_before_any_work(void **state)
{
	size_t n = 4 << 20;
	char *text = malloc(n), out[NAME_SIZE];
	struct err e;

	(void)state;
	memset(text, 'a', n - 1);
	text[n - 1] = '\0';
	assert_int_equal(words_name("name", text, out, &e), -1);
	assert_non_null(strstr(e.what, "at most 256"));
	free(text);
}

/* Whatever comes in, what is kept passes again unchanged. */
static void
a_kept_name_is_kept_again_as_it_is(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[80], once[NAME_SIZE], twice[NAME_SIZE];
		size_t n = 1 + (size_t)rand_r(&seed) % 40;
		for (size_t i = 0; i < n; i++)
			text[i] = (char)(rand_r(&seed) % 3 == 0 ? 1 + rand_r(&seed) % 255 :
			    ' ' + rand_r(&seed) % 90);
		text[n] = '\0';
		if (words_name("name", text, once, NULL) == -1)
			continue;
		assert_int_equal(words_name("name", once, twice, NULL), 0);
		assert_string_equal(once, twice);
		assert_true(strlen(once) <= NAME_MAX_BYTES);
	}
}

static void
a_piece_finds_the_name_as_people_type_it(void **state)
{
	static const struct {
		const char *name, *piece;
		bool found;
	} T[] = {
		{ "김민수", "민수", true }, { "김민수", "ㄱㅁㅅ", true }, { "김민수", "ㅁㅅ", true },
		{ "김민수", "ㄱㅅ", false }, { "김민수", "ㄱㅁㅅㅇ", false }, { "김민수", "ㅁㄱ", false },
		{ "김민수", "김ㅁㅅ", true }, { "김민수", "ㄱ민", true }, { "김민수", "김민ㅅ", true },
		{ "김민수", "기", true }, { "김민수", "민스", false },
		{ "김민수", "기민", false },		/* a syllable in the middle is whole */
		{ "김민수", "ㅣ", false }, { "김민수", "m", false },
		{ "강수진", "ㄳ", true }, { "강수진", "ㄳㅈ", true },	/* drawn as one */
		{ "갃", "ㄱ", true }, { "까치", "ㄲㅊ", true }, { "까치", "ㄱㅊ", false },
		{ "김 민수", "김민수", true }, { "김 민수", "ㄱㅁㅅ", true }, { "김민수", "민수 김", true },
		{ "김민수 (3F)", "ㄱㅁㅅ 3f", true },
		{ "Kim Minsu", "MINSU", true }, { "Kim Minsu", "su kim", true },
		{ "Kim Minsu", "insux", false }, { "Kim Minsu", "kimm", false },
		{ "René Müller", "rene mul", true }, { "Rene Muller", "RENÉ", true },
		{ "Jose\xcc\x81", "jos\xc3\xa9", true },
		{ "Łukasz Øster", "lukasz oster", true }, { "Weiß", "weiss", true },
		{ "Işık", "isik", true }, { "İnan", "inan", true }, { "Æsir", "aes", true },
		{ "Ирина", "ирин", true }, { "Ирина", "ИРИНА", true }, { "Ελένη", "ελενη", true },
		{ "山田 太郎", "太郎", true }, { "山田 太郎", "大郎", false },
		{ "ﾔﾏﾀﾞ", "ヤマダ", true }, { "はな", "ばな", false },
		{ "สมชาย", "ชาย", true }, { "สิริ", "สร", false }, { "राम", "रम", false },
		{ "kim@example.com", "example", true },
		{ "Ada 👩\u200d🔬", "👩\u200d🔬", true },
		{ "Ada", "", false }, { "Ada", "  ", false }, { "Ada", "\xcc\x81", false }, { "", "a", false },
		{ "Ada", "\xff", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof T / sizeof *T; i++)
		if (words_contains(T[i].name, T[i].piece) != T[i].found)
			fail_msg("\"%s\" in \"%s\": %s", T[i].piece, T[i].name,
			    T[i].found ? "not found" : "found");
}

static void
any_two_texts_can_be_compared(void **state)
{
	char big[5000];

	(void)state;
	for (size_t i = 0; i + 3 < sizeof big; i += 3)
		memcpy(big + i, "\xef\xb7\xba", 3);	/* each becomes eighteen letters */
	big[sizeof big - 3] = '\0';
	assert_false(words_contains(big, "a"));
	assert_false(words_contains("a", big));
	memset(big, 'a', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	assert_false(words_contains("aaa", big));
}

/* ---- dates ---- */

#define TUE_24_MAR_2026 20536
#define SUN_22_NOV_2026 20779

static void
a_day_is_worded_as_its_language_does(void **state)
{
	static const struct { const char *lang; day_t day; const char *form, *words; } CASES[] = {
		{ "en", TUE_24_MAR_2026, "=yyyy-MM-dd", "2026-03-24" },
		{ "en", TUE_24_MAR_2026, "=EEE d MMM", "Tue 24 Mar" },
		{ "en", TUE_24_MAR_2026, "MMMdEEE", "Tue, Mar 24" },
		{ "de", TUE_24_MAR_2026, "=EEEE, d. MMMM y", "Dienstag, 24. März 2026" },
		{ "fr", TUE_24_MAR_2026, "=EEEE d MMMM", "mardi 24 mars" },
		{ "ja", TUE_24_MAR_2026, "=M月d日(EEE)", "3月24日(火)" },
		{ "ko", TUE_24_MAR_2026, "=M월 d일(EEE)", "3월 24일(화)" },
		{ "ko", SUN_22_NOV_2026, "MMMdEEE", "11월 22일 (일)" },
		{ "ko-KR", SUN_22_NOV_2026, "=E", "일" },
		{ "ko_KR", SUN_22_NOV_2026, "=E", "일" },
		{ "en", 0, "=yyyy-MM-dd EEE", "1970-01-01 Thu" },
		{ "en", 2932896, "=yyyy-MM-dd", "9999-12-31" },
		{ "en", 11016, "=yyyy-MM-dd", "2000-02-29" },
		/* The wall calendar is Gregorian everywhere. */
		{ "th", TUE_24_MAR_2026, "=y", "2026" },
	};
	char out[80];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		if (words_date(CASES[i].lang, CASES[i].day, CASES[i].form, out, sizeof out, &e) == -1)
			fail_msg("case %zu: %s", i, e.what);
		assert_string_equal(out, CASES[i].words);
	}
}

static void
days_are_counted_as_the_language_does(void **state)
{
	static const struct { const char *lang; int days; const char *text; } CASES[] = {
		{ "en", 0, "0 days" }, { "en", 1, "1 day" }, { "en", 90, "90 days" },
		{ "en", 3650, "3650 days" }, { "ko", 90, "90일" }, { "ja", 90, "90 日" },
		{ "de", 1, "1 Tag" }, { "de", 7, "7 Tage" }, { "fr", 1, "1 jour" },
		{ "fr", 7, "7 jours" }, { "ru", 2, "2 дня" }, { "ru", 5, "5 дней" },
		{ "en", 7, "7 days" },
	};
	char out[64], small[4];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		assert_int_equal(words_days(CASES[i].lang, CASES[i].days, out, sizeof out, &e), 0);
		/* ICU parts number and unit by a blank that does not break. */
		for (char *p; (p = strstr(out, "\xc2\xa0")) != NULL;) {
			memmove(p, p + 1, strlen(p));
			*p = ' ';
		}
		assert_string_equal(out, CASES[i].text);
	}
	assert_int_equal(words_days("en", 90, small, sizeof small, &e), -1);
	assert_int_equal(e.kind, ERR_REFUSED);
}

static void
the_machines_zone_does_not_move_a_day(void **state)
{
	static const char *const ZONES[] = { "Pacific/Kiritimati", "America/Los_Angeles", "UTC" };
	char out[40];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		setenv("TZ", ZONES[i], 1);
		for (day_t d = 20500; d < 20900; d += 37) {
			char form[] = "=yyyy-MM-dd", want[DAY_TEXT];
			assert_int_equal(words_date("en", d, form, out, sizeof out, NULL), 0);
			assert_string_equal(out, day_text(d, want));
		}
	}
	unsetenv("TZ");
}

static void
a_form_that_is_no_date_is_refused(void **state)
{
	static const char *const GOOD[] = { "MMMdEEE", "yMMMd", "=yyyy-MM-dd", "=d. MMM", "=E",
		"=M월 d일", "=d 'of' MMMM" };
	static const char *const BAD[] = { "", "=", "=()", "HHmm", "=HH:mm", "MMM d", "=foo", "{",
		"=d 'of", "=d T", "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM",
		"=d\xff" };
	char out[80];

	(void)state;
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
		assert_true(words_date_form_ok(GOOD[i]));
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		assert_false(words_date_form_ok(BAD[i]));
		assert_int_equal(words_date("en", 0, BAD[i], out, sizeof out, NULL), -1);
	}
	assert_int_equal(words_date("en", DAY_NONE, "MMMd", out, sizeof out, NULL), -1);
	assert_int_equal(words_date("en", 0, "=yyyy-MM-dd", out, 10, NULL), -1);
	assert_int_equal(words_date("en", 0, "=yyyy-MM-dd", out, 11, NULL), 0);
}

static void
more_forms_than_are_kept_still_come_out_right(void **state)
{
	static const char *const LANGS[] = { "en", "ko", "de", "fr", "ja", "es", "it" };
	char out[40], form[8];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t l = 0; l < 7; l++) {
			for (int w = 1; w <= 4; w++) {
				snprintf(form, sizeof form, "=%.*s", w, "dddd");
				assert_int_equal(words_date(LANGS[l], 3, form, out, sizeof out, NULL), 0);
				assert_int_equal((int)strlen(out), w);
				assert_int_equal(out[w - 1], '4');
			}
		}
	}
}

/* ---- languages ---- */

static void
only_languages_that_icu_knows_exist(void **state)
{
	static const char *const GOOD[] = { "", "ko", "ko_KR", "ko-KR", "en", "en_GB", "en_KR", "de",
		"zh", "zh_Hant", "zh-Hant-TW", "fil", "es_419" };
	static const char *const BAD[] = { "xx", "klingon", "kr", "ko_", "ko_K", "ko_XX1", "ko_KR.UTF-8",
		"k", "../ko", "en_QQ", "de_DE_1996", "C", "ko KR", "한" };

	(void)state;
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
		if (!words_lang_exists(GOOD[i]))
			fail_msg("%s should exist", GOOD[i]);
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
		if (words_lang_exists(BAD[i]))
			fail_msg("%s should not exist", BAD[i]);
}

static void
names_sort_as_people_of_the_language_do(void **state)
{
	(void)state;
	assert_true(words_compare("en", "abel", "Baker") < 0);
	assert_true(words_compare("en", "Zoe", "\xc3\x89mile") > 0);
	assert_true(words_compare("de", "Ärger", "Zorn") < 0);
	assert_true(words_compare("sv", "Ärger", "Zorn") > 0);
	assert_true(words_compare("ko", "강", "나") < 0);
	/* Composed or not, it is the same name. */
	assert_int_equal(words_compare("en", "Jose\xcc\x81", "Jos\xc3\xa9"), 0);
	assert_true(words_compare("", "abel", "Baker") < 0);
}

static void
columns_are_those_of_a_terminal(void **state)
{
	static const struct { const char *text; int columns; } CASES[] = {
		{ "", 0 }, { "abc", 3 }, { "김민수", 6 }, { "山a", 3 }, { "Jose\u0301", 4 },
		{ "🍎", 2 }, { "👩\u200d👩\u200d👧\u200d👦", 2 }, { "🇰🇷", 2 }, { "ไทย", 3 }, { "สำ", 2 },
		{ "\xff\xfe", 2 }, { "ｱ", 1 }, { "Ａ", 2 }, { "e\u200d", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
		if (words_columns(CASES[i].text) != CASES[i].columns)
			fail_msg("case %zu: %d", i, words_columns(CASES[i].text));
}

/* ---- fixed words ---- */

static void
words_come_from_the_first_folder_the_nearest_language_then_english(void **state)
{
	char first[300], second[300];
	const char *dirs[] = { first, "/nowhere", second, NULL };

	(void)state;
	write_file("a", "words.ko", "# ours\nuntil = OUR {expires} UNTIL\n");
	write_file("b", "words.ko", "until = theirs\nin=in ko \n bad line\n = empty key\n");
	write_file("b", "words.en", "\xef\xbb\xbfuntil = until\r\nin = in\nname = a = b\nempty =\n");
	write_file("b", "words.zh_Hant", "in = hant\n");
	write_file("b", "words.zh", "name = zh\n");
	snprintf(first, sizeof first, "%s/a", dir);
	snprintf(second, sizeof second, "%s/b", dir);
	struct words *w = words_open(dirs);
	assert_string_equal(words_get(w, "ko", "until"), "OUR {expires} UNTIL");
	assert_string_equal(words_get(w, "ko_KR", "in"), "in ko");
	assert_string_equal(words_get(w, "ko-KR", "name"), "a = b");
	assert_string_equal(words_get(w, "zh-Hant-TW", "in"), "hant");
	assert_string_equal(words_get(w, "zh-Hant-TW", "name"), "zh");
	assert_string_equal(words_get(w, "zh-Hant-TW", "until"), "until");
	assert_string_equal(words_get(w, "fr", "in"), "in");
	assert_string_equal(words_get(w, "", "in"), "in");
	assert_string_equal(words_get(w, "en", "nothing"), "");
	assert_string_equal(words_get(w, "ko", "empty"), "");
	assert_string_equal(words_get(w, "../../etc/passwd", "in"), "in");
	assert_string_equal(words_lang(w, "ko_KR", "in"), "ko_KR");
	assert_string_equal(words_lang(w, "ko_KR", "name"), "en");
	words_close(w);
}

static void
what_was_asked_for_last_stays_although_many_languages_come(void **state)
{
	static const char *const LANGS[] = {
		"de", "fr", "ja", "it", "es", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "bg", "el", "tr",
		"ru", "uk", "sv", "da", "nb", "fi", "et", "lv",
	};
	const char *dirs[] = { "templates", NULL };
	struct words *w = words_open(dirs);

	(void)state;
	const char *english = words_get(w, "en", "until");
	for (size_t l = 0; l < sizeof LANGS / sizeof *LANGS; l++)
		words_get(w, LANGS[l], "until");
	/* It is the oldest of as many as are kept. */
	assert_string_equal(words_get(w, "en", "until"), english);
	const char *korean = words_get(w, "ko", "until");
	assert_non_null(strchr(english, '{'));
	assert_non_null(strstr(korean, "까지"));
	words_close(w);
}

static void
every_shipped_language_has_every_word(void **state)
{
	static const char *const KEYS[] = { "until", "until_blank", "in", "in_blank", "name_blank",
		"register" };
	static const char *const LANGS[] = { "en", "ko", "ja", "de", "fr" };
	const char *dirs[] = { "templates", NULL };
	struct words *w = words_open(dirs);

	(void)state;
	for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
		for (size_t l = 0; l < sizeof LANGS / sizeof *LANGS; l++) {
			assert_string_not_equal(words_get(w, LANGS[l], KEYS[k]), "");
			assert_string_equal(words_lang(w, LANGS[l], KEYS[k]), LANGS[l]);
		}
	}
	assert_non_null(strstr(words_get(w, "ko", "until"), "까지"));
	words_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_trimmed_and_composed),
		cmocka_unit_test(names_of_every_script_are_kept_as_they_are),
		cmocka_unit_test(what_hides_or_breaks_a_line_is_refused_with_its_place),
		cmocka_unit_test(a_name_is_measured_in_what_people_see_and_in_bytes),
		cmocka_unit_test(a_very_long_text_is_refused_before_any_work),
		cmocka_unit_test(a_kept_name_is_kept_again_as_it_is),
		cmocka_unit_test(a_piece_finds_the_name_as_people_type_it),
		cmocka_unit_test(any_two_texts_can_be_compared),
		cmocka_unit_test(a_day_is_worded_as_its_language_does),
		cmocka_unit_test(days_are_counted_as_the_language_does),
		cmocka_unit_test(the_machines_zone_does_not_move_a_day),
		cmocka_unit_test(a_form_that_is_no_date_is_refused),
		cmocka_unit_test(more_forms_than_are_kept_still_come_out_right),
		cmocka_unit_test(only_languages_that_icu_knows_exist),
		cmocka_unit_test(names_sort_as_people_of_the_language_do),
		cmocka_unit_test(columns_are_those_of_a_terminal),
		cmocka_unit_test(words_come_from_the_first_folder_the_nearest_language_then_english),
		cmocka_unit_test(what_was_asked_for_last_stays_although_many_languages_come),
		cmocka_unit_test(every_shipped_language_has_every_word),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
