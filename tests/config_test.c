/* config_test.c - fridge.conf: what is taken, and what is refused in which words */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../firmware/config.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char folder[] = "/tmp/config_test.XXXXXX";
static char path[64];

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/fridge.conf", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void
write_conf(const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static int
load_bytes(const char *text, size_t n, struct config *c, struct err *e)
{
	write_conf(text, n);
	return config_load(path, c, NULL, e);
}

static int
load(const char *text, struct config *c, struct err *e)
{
	return load_bytes(text, strlen(text), c, e);
}

/* A configuration that must be taken. */
static struct config
good(const char *text)
{
	struct config c;
	struct err e = { 0 };

	if (load(text, &c, &e) == -1)
		fail_msg("%s\nin: %s", e.what, text);
	return c;
}

/* A configuration that must be refused at the line, with the piece in the message. */
static struct err
bad_bytes(const char *text, size_t n, int line, const char *piece)
{
	struct config c, before;
	struct err e = { 0 };
	char place[128];

	memset(&c, 0x5a, sizeof c);
	before = c;
	if (load_bytes(text, n, &c, &e) != -1)
		fail_msg("taken: %s", text);
	assert_int_equal(e.kind, ERR_USAGE);
	snprintf(place, sizeof place, "%s:%d: ", path, line);
	if (strncmp(e.what, place, strlen(place)) != 0)
		fail_msg("\"%s\" does not start with %s", e.what, place);
	if (strstr(e.what, piece) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.what, piece);
	assert_memory_equal(&c, &before, sizeof c);
	return e;
}

static struct err
bad(const char *text, int line, const char *piece)
{
	return bad_bytes(text, strlen(text), line, piece);
}

/* ---- whole files ---- */

static void
the_example_of_the_manual_is_taken(void **state)
{
	struct config c = good(
	    "[fridge]\nname = 3F pantry\n# prefix of label codes\ncode = F3\n# of labels\n"
	    "language = ko\ntimezone = Asia/Seoul\nclock = auto\n"
	    "[reader]\n# a libnfc connstring\ndevice = pn532_uart:/dev/ttyAMA0\nhelper =\n"
	    "technologies = iso14443a felica\npoll_ms = 100\nrearm_ms = 800\nagain_s = 4\n"
	    "reset_command =\n"
	    "[printer]\nqueue = label\nmedia =\nrotate = auto\nstale_after_s = 120\n"
	    "[label]\ntemplate = standard\ntemplates =\nshelf = 7d\nqr =\nburst_per_min = 6\n"
	    "[store]\npath = /var/lib/fridge/fridge.db\nkey_file = /etc/fridge/uid.key\n"
	    "keep_days = 90\nlapse_days = 7\n"
	    "[report]\nempty = fri 16:00\nwarn_days = 1\nquiet_days = sat sun\nowner_mail = no\n"
	    "mail_from = fridge@example.com\nmail_to = office@example.com\n"
	    "sendmail = /usr/sbin/sendmail -i -t\n"
	    "[alert]\ncommand =\nafter_min = 10\n[backup]\ncopy_to =\n"
	    "[indicator]\nleds = /sys/class/leds\nok =\nname =\nfault =\nbuzzer =\n");

	(void)state;
	assert_string_equal(c.file, path);
	assert_string_equal(c.fridge.name, "3F pantry");
	assert_string_equal(c.fridge.code, "F3");
	assert_string_equal(c.fridge.language, "ko");
	assert_string_equal(c.fridge.timezone, "Asia/Seoul");
	assert_int_equal(c.fridge.clock, CLOCK_AUTO);
	assert_string_equal(c.reader.device, "pn532_uart:/dev/ttyAMA0");
	assert_true(c.reader.iso14443a && c.reader.felica && !c.reader.iso14443b);
	assert_int_equal(c.reader.rearm_ms, 800);
	assert_string_equal(c.printer.queue, "label");
	assert_int_equal(c.printer.rotate, -1);
	assert_int_equal(c.label.shelf.days, 7);
	assert_int_equal(c.report.empty.how, EMPTY_WEEKLY);
	assert_int_equal(c.report.empty.weekday, FRI);
	assert_int_equal(c.report.empty.hour, 16);
	assert_int_equal(c.report.quiet_days, 1u << SAT | 1u << SUN);
	assert_false(c.report.owner_mail);
	assert_string_equal(c.report.sendmail, "/usr/sbin/sendmail -i -t");
}

static void
an_empty_file_means_all_defaults(void **state)
{
	struct config c = good(""), d;

	(void)state;
	config_defaults(&d);
	assert_string_equal(d.file, "");
	strcpy(d.file, path);
	assert_memory_equal(&c, &d, sizeof c);
	assert_int_equal(c.reader.poll_ms, 100);
	assert_string_equal(c.label.template, "standard");
	good("\n\n# nothing\n; nothing\n   \n\t\n[fridge]\n");
}

static void
a_listed_setting_written_to_a_file_reads_back_the_same(void **state)
{
	struct config c = good("[fridge]\nname=Küche 물 \xf0\x9f\xa5\x9b\ncode=A1\nclock=synced\n"
	    "[reader]\ntechnologies = felica iso14443b\n[printer]\nmedia=57.5xMAX100mm\nrotate=270\n"
	    "[label]\nshelf=fri\nqr = {code} ;x\n[report]\nempty=daily 9:05\nquiet_days=sun mon\n"
	    "owner_mail=yes\n");
	struct config again;
	struct setting s;
	char value[CONFIG_TEXT], text[16000] = "";
	const char *section = "";
	size_t n = 0;
	int count = 0;

	(void)state;
	for (; config_setting(&c, count, &s, value) == 1; count++) {
		if (strcmp(section, s.section) != 0)
			n += (size_t)sprintf(text + n, "[%s]\n", s.section);
		section = s.section;
		n += (size_t)sprintf(text + n, "%s = %s\n", s.key, s.value);
		assert_true(s.allowed[0] != '\0' && s.text[0] != '\0');
		assert_int_equal(s.text[strlen(s.text) - 1], '.');
	}
	assert_int_equal(config_setting(&c, count, &s, value), 0);
	assert_true(count >= 40);
	again = good(text);
	assert_memory_equal(&c, &again, sizeof c);
	assert_non_null(strstr(text, "media = 57.5xMAX100mm\n"));
	assert_non_null(strstr(text, "technologies = iso14443b felica\n"));
	assert_non_null(strstr(text, "empty = daily 09:05\n"));
	assert_non_null(strstr(text, "quiet_days = mon sun\n"));
	assert_non_null(strstr(text, "qr = {code} ;x\n"));
	assert_non_null(strstr(text, "shelf = fri\n"));
}

static void
every_default_is_listed_as_it_would_be_written(void **state)
{
	struct config c;
	struct setting s;
	char value[CONFIG_TEXT];

	(void)state;
	config_defaults(&c);
	for (int i = 0; config_setting(&c, i, &s, value) == 1; i++)
		assert_string_equal(s.value, s.fallback);
}

static void
every_error_of_a_file_is_told_in_one_run(void **state)
{
	static const char TEXT[] = "[reader]\npoll_ms = 100ms\nplol_ms = 5\n junk\n[fridg]\nname = x\n"
	    "[printer]\nrotate = 45\nrotate = 90\nqueue = ok\nnonsense\n";
	static const char *const WANT[] = {
		":2: poll_ms: \"100ms\" is not a plain number (of ms) (allowed: 10 to 200)\n",
		":3: there is no plol_ms in [reader]; did you mean poll_ms? (allowed: device ",
		":4: the line starts with a blank",
		":5: there is no section [fridg]; did you mean [fridge]? (allowed: fridge reader ",
		":8: rotate: \"45\" is not known here (allowed: auto, 0, 90, 180 or 270)\n",
		":9: rotate was set in line 8 already\n",
		":11: neither KEY = VALUE nor [section] nor # comment\n",
	};
	char *list = NULL, *p;
	size_t size = 0, lines = 0;
	struct config c;
	struct err e;
	FILE *more = open_memstream(&list, &size);

	(void)state;
	write_conf(TEXT, sizeof TEXT - 1);
	assert_int_equal(config_load(path, &c, more, &e), -1);
	fclose(more);
	p = list;
	for (size_t i = 0; i < COUNT(WANT); i++) {
		char *found = strstr(p, WANT[i]);
		if (found == NULL)
			fail_msg("not told: %s\nin: %s", WANT[i], list);
		p = found;
	}
	for (p = list; *p != '\0'; p++)
		lines += *p == '\n';
	assert_int_equal(lines, COUNT(WANT));
	assert_non_null(strstr(e.what, ":2: poll_ms"));
	assert_string_equal(e.todo, "allowed: 10 to 200");
	free(list);
}

/* ---- lines ---- */

static void
lines_that_would_be_misread_in_silence_are_refused(void **state)
{
	(void)state;
	bad("[fridge]\nname = a\n code = F3\n", 3, "starts with a blank");
	bad("[fridge]\nname = a\n\tcode = F3\n", 3, "starts with a blank");
	bad(" [fridge]\n", 1, "starts with a blank");
	bad("[fridge]\n # indented comment\n", 2, "starts with a blank");
	bad("[fridge] name = x\n", 1, "alone on its line");
	bad("[fridge] # x\n", 1, "alone on its line");
	bad("[fridge\n", 1, "alone on its line");
	bad("[fridge]]\n", 1, "alone on its line");
	bad("[]\n", 1, "there is no section []");
	bad("[fridge]\nname\n", 2, "neither KEY = VALUE");
	bad("[fridge]\nname: x\n", 2, "neither KEY = VALUE");
	bad("[fridge]\na:name = x\n", 2, "neither KEY = VALUE");
	bad("[fridge]\n= x\n", 2, "neither KEY = VALUE");
	bad("name = x\n[fridge]\n", 1, "stands before any [section]");
	bad("[fridge]\nname = a\x1b[2J\n", 2, "control character (\\x1b)");
	bad("[fridge]\nname = a\rb\n", 2, "control character");
	bad("[fridge]\nname = a\x01\n", 2, "control character");
	bad_bytes("[fridge]\nname = a\0b\n", 20, 2, "control character (\\x00)");
	bad("[fridge]\nname = a\n\xef\xbb\xbf""code = F3\n", 3, "there is no ");
}

static void
a_line_may_have_190_bytes_and_no_more(void **state)
{
	char text[1024] = "[label]\nqr = ";
	const size_t start = strlen("[label]\n"), before = strlen("qr = ");
	struct config c;

	(void)state;
	for (size_t n = 180; n <= 620; n += n < 230 ? 1 : 17) {
		memset(text + start + before, 'x', n - before);
		strcpy(text + start + n, "\n");
		if (n <= 190) {
			c = good(text);
			assert_int_equal(strlen(c.label.qr), n - before);
		} else {
			bad(text, 2, "it may have 190");
		}
	}
	memset(text, '#', 800);
	strcpy(text + 800, "\n");
	bad(text, 1, "the line has 800 bytes");
}

static void
bytes_that_are_no_utf8_are_refused(void **state)
{
	static const char *const BAD[] = {
		"\x80", "\xff", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80",
		"\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "a\xe2(\xa1",
	};
	static const char *const GOOD[] = {
		"\xc2\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < COUNT(BAD); i++) {
		sprintf(text, "[label]\n# %s\n", BAD[i]);
		bad(text, 2, "not valid UTF-8");
		sprintf(text, "[label]\nqr = %s\n", BAD[i]);
		bad(text, 2, "not valid UTF-8");
	}
	for (size_t i = 0; i < COUNT(GOOD); i++) {
		sprintf(text, "[label]\nqr = %s", GOOD[i]);
		struct config c = good(text);
		assert_string_equal(c.label.qr, GOOD[i]);
	}
}

static void
files_of_other_systems_are_read(void **state)
{
	struct config c = good("\xef\xbb\xbf[fridge]\r\nname = Office\r\n\r\n# x\r\ncode = A\r\n");

	(void)state;
	assert_string_equal(c.fridge.name, "Office");
	assert_string_equal(c.fridge.code, "A");
	c = good("[fridge]\nname=no newline at the end");
	assert_string_equal(c.fridge.name, "no newline at the end");
	c = good("[fridge]  \nname\t=\tblanks around\t \n");
	assert_string_equal(c.fridge.name, "blanks around");
}

static void
a_semicolon_or_hash_in_a_value_belongs_to_it(void **state)
{
	struct config c = good("[reader]\nreset_command = gpioset 17=0 ; sleep 1; gpioset 17=1\n"
	    "[fridge]\nname = Fridge #3\n[alert]\ncommand = ;x = y: z\n[label]\nqr = =[a]:\n");

	(void)state;
	assert_string_equal(c.reader.reset_command, "gpioset 17=0 ; sleep 1; gpioset 17=1");
	assert_string_equal(c.fridge.name, "Fridge #3");
	assert_string_equal(c.alert.command, ";x = y: z");
	assert_string_equal(c.label.qr, "=[a]:");
}

static void
sections_may_come_again_but_keys_may_not(void **state)
{
	struct config c = good("[fridge]\nname = a\n[label]\nshelf = 3d\n[fridge]\ncode = B\n");

	(void)state;
	assert_string_equal(c.fridge.name, "a");
	assert_string_equal(c.fridge.code, "B");
	bad("[fridge]\nname = a\nname = b\n", 3, "name was set in line 2 already");
	bad("[fridge]\nname = a\n[label]\n[fridge]\nname = a\n", 5, "name was set in line 2 already");
}

static void
unknown_words_are_refused_with_a_guess(void **state)
{
	struct err e = bad("[labels]\n", 1, "there is no section [labels]; did you mean [label]?");

	(void)state;
	assert_string_equal(e.todo,
	    "allowed: fridge reader printer label store report alert backup indicator");
	bad("[Fridge]\n", 1, "did you mean [fridge]?");
	bad("[kitchen]\n", 1, "there is no section [kitchen]");
	e = bad("[store]\nkeepdays = 5\n", 2, "there is no keepdays in [store]; did you mean keep_days?");
	assert_string_equal(e.todo, "allowed: path key_file keep_days lapse_days");
	bad("[store]\nKEEP_DAYS = 5\n", 2, "there is no KEEP_DAYS in [store]");
	bad("[store]\nqueue = x\n", 2, "there is no queue in [store]; it belongs in [printer]");
	e = bad("[store]\nbeer = x\n", 2, "there is no beer in [store]");
	assert_null(strstr(e.what, "mean"));
	/* A section nobody knows is told once, not once for each of its lines. */
	e = bad("[nobody]\na = 1\n[store]\nkeep_days = 0\n", 1, "there is no section");
}

/* A good file with some bytes changed, cut or doubled. */
static size_t
spoil(const char *good_text, int changes, char *out, size_t size, uint32_t *seed)
{
	static const char LIKED[] = "[]=:;# \t\r\n\\\"%";
	size_t n = strlen(good_text);

	memcpy(out, good_text, n);
	while (changes-- > 0) {
		*seed = *seed * 1664525u + 1013904223u;
		uint32_t r = *seed >> 8;
		size_t at = r % n;
		switch (r >> 16 & 3) {
		case 0:
			out[at] = (char)(r >> 4);
			break;
		case 1:
			out[at] = LIKED[(r >> 3) % (sizeof LIKED - 1)];
			break;
		case 2:
			n -= n > 1 ? 1 : 0;
			memmove(out + at, out + at + 1, n - at);
			break;
		default:
			if (n + 300 > size)
				break;
			memmove(out + at + 300, out + at, n - at);
			memset(out + at, LIKED[(r >> 3) % (sizeof LIKED - 1)], 300);
			n += 300;
		}
	}
	return n;
}

static void
a_spoilt_file_is_read_or_told_with_its_line(void **state)
{
	static const char TEXT[] = "# in a comment most changes do no harm, and so some files are "
	    "taken\n[alert]\ncommand = mail -s 'trouble at the fridge' office@example.com\n"
	    "[fridge]\nname = 3F pantry\ncode = F3\nlanguage = ko\n"
	    "[reader]\ntechnologies = iso14443a felica\npoll_ms = 100\n[printer]\n"
	    "media = 62x29mm\nrotate = auto\n[label]\nshelf = fri\nqr = {code} ; x\n"
	    "[report]\nempty = fri 16:00\nquiet_days = sat sun\n";
	char text[4096];
	uint32_t seed = 20260320;
	int taken = 0, refused = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct config c;
		struct err e = { 0 };
		unsigned line;
		size_t n = spoil(TEXT, 1 + i % 3, text, sizeof text, &seed);
		if (load_bytes(text, n, &c, &e) == 0) {
			taken++;
			assert_true(c.reader.poll_ms >= 10 && c.reader.poll_ms <= 200);
			continue;
		}
		refused++;
		assert_int_equal(e.kind, ERR_USAGE);
		assert_int_equal(strncmp(e.what, path, strlen(path)), 0);
		assert_int_equal(sscanf(e.what + strlen(path), ":%u: ", &line), 1);
		assert_in_range(line, 1, 1000);
	}
	assert_in_range(taken, 20, 250);
	assert_in_range(refused, 250, 480);
}

/* ---- values ---- */

static void
values_out_of_their_range_are_refused_with_what_is_allowed(void **state)
{
	static const struct {
		const char *section, *line, *says, *allowed;
	} T[] = {
		{ "reader", "poll_ms = 100ms", "not a plain number (of ms)", "10 to 200" },
		{ "reader", "poll_ms = 0.1s", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms =", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms = 0", "out of range", "10 to 200" },
		{ "reader", "poll_ms = -100", "out of range", "10 to 200" },
		{ "reader", "poll_ms = 99999999999999999999", "out of range", "10 to 200" },
		{ "reader", "poll_ms = 0x64", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms = +100", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms = --5", "not a plain number", "10 to 200" },
		{ "reader", "poll_ms = 100 # fast", "not a plain number", "10 to 200" },
		{ "reader", "technologies =", "without a kind of card", "iso14443b" },
		{ "reader", "technologies = mifare", "no kind of card", "iso14443a" },
		{ "reader", "technologies = iso14443a,averyverylongword", "no kind of card", "felica" },
		{ "reader", "device = pn532_uart:/dev/x # uart", "a blank", "connstring" },
		{ "reader", "helper = /opt/x # mine", "its own line", "path" },
		{ "printer", "queue = my label", "a blank", "lpstat" },
		{ "printer", "media = 62x29", "no label size", "WxMAXmm" },
		{ "printer", "rotate = 45", "not known", "270" },
		{ "printer", "rotate = AUTO", "not known", "auto" },
		{ "printer", "stale_after_s = 2m", "not a plain number (of s)", "86400" },
		{ "label", "shelf = 1w", "no unit", "3650d" },
		{ "label", "shelf = someday", "no shelf life", "fri" },
		{ "label", "shelf = 3651d", "too long", "3650d" },
		{ "label", "template = ../secret", "not a bare name", "template list" },
		{ "label", "template = .hidden", "not a bare name", "template" },
		{ "label", "template =", "it is empty", "template" },
		{ "store", "path =", "it is empty", "path" },
		{ "store", "keep_days = 90d", "not a plain number (of days)", "3650" },
		{ "store", "keep_days = 0", "out of range", "1 to 3650" },
		{ "fridge", "name =", "", "64 characters" },
		{ "fridge", "name = a\xe2\x80\xae""b", "", "64 characters" },
		{ "fridge", "code = f3", "no prefix", "A-Z" },
		{ "fridge", "code = ABCDE", "no prefix", "0 to 4" },
		{ "fridge", "code = A-1", "no prefix", "A-Z" },
		{ "fridge", "language = klingon", "there is no language", "ko" },
		{ "fridge", "timezone = Mars/Phobos", "there is no time zone", "Asia/Seoul" },
		{ "fridge", "timezone = ../../etc/passwd", "there is no time zone", "Asia" },
		{ "fridge", "clock = maybe", "not known", "auto, trusted or synced" },
		{ "report", "empty = friday 16:00", "no weekday", "daily" },
		{ "report", "empty = fri", "no time of day", "never" },
		{ "report", "empty = fri 24:00", "no time of day", "never" },
		{ "report", "empty = fri 16:60", "no time of day", "never" },
		{ "report", "empty = fri 16", "no time of day", "never" },
		{ "report", "empty = fri 16:00 sharp", "no time of day", "never" },
		{ "report", "empty = 16:00", "no weekday", "daily" },
		{ "report", "empty =", "no time of emptying", "never" },
		{ "report", "quiet_days = sat holiday", "no weekday", "mon tue" },
		{ "report", "owner_mail = true", "neither yes nor no", "yes or no" },
		{ "indicator", "ok = ../../x", "not a bare name", "leds" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(T); i++) {
		sprintf(text, "[%s]\n%s\n", T[i].section, T[i].line);
		struct err e = bad(text, 2, T[i].says);
		if (strncmp(e.todo, "allowed: ", 9) != 0 || strstr(e.todo, T[i].allowed) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", T[i].line, e.todo, T[i].allowed);
	}
}

static void
numbers_are_taken_up_to_the_ends_of_their_range(void **state)
{
	struct config c;
	struct setting s;
	char value[CONFIG_TEXT], text[128];
	int min, max, seen = 0;

	(void)state;
	config_defaults(&c);
	for (int i = 0; config_setting(&c, i, &s, value) == 1; i++) {
		char end;
		if (sscanf(s.allowed, "%d to %d%c", &min, &max, &end) != 2)
			continue;
		seen++;
		for (int step = -1; step <= 1; step++) {
			sprintf(text, "[%s]\n%s = %d\n", s.section, s.key, min + step);
			if (step < 0)
				bad(text, 2, "out of range");
			else
				good(text);
			sprintf(text, "[%s]\n%s = %d\n", s.section, s.key, max + step);
			if (step > 0)
				bad(text, 2, "out of range");
			else
				good(text);
		}
	}
	assert_true(seen >= 9);
}

static void
label_sizes_are_read_to_a_hundredth_of_a_millimetre(void **state)
{
	static const struct {
		const char *text;
		int width, length;
		bool roll;
	} GOOD[] = {
		{ "62x29mm", 6200, 2900, false }, { "57.5x32mm", 5750, 3200, false },
		{ "17.25x54.05mm", 1725, 5405, false }, { "62X29MM", 6200, 2900, false },
		{ "62xMAX100mm", 6200, 10000, true }, { "62xmax100.5mm", 6200, 10050, true },
		{ "62xMAXmm", 6200, 100000, true }, { "6x6mm", 600, 600, false },
		{ "300x1000mm", 30000, 100000, false }, { "", 0, 0, false },
	};
	static const char *const BAD[] = {
		"62x29", "62mm", "x29mm", "62xmm", "62x29cm", "62 x 29mm", "62x29 mm", " 62x29mm",
		"62x29mm ", "-62x29mm", "62,5x29mm", "62.x29mm", "62.123x29mm", "5.99x29mm", "62x5mm",
		"301x29mm", "62x1001mm", "99999x29mm", "4294967358x29mm", "62x29x3mm", "MAXx29mm",
		"62xMAX", "62xMAX5mm", "0x0mm", "in", "2.4x1.1in",
	};
	struct media m;

	(void)state;
	for (size_t i = 0; i < COUNT(GOOD); i++) {
		if (media_parse(GOOD[i].text, &m) == -1)
			fail_msg("\"%s\" was refused", GOOD[i].text);
		assert_int_equal(m.width, GOOD[i].width);
		assert_int_equal(m.length, GOOD[i].length);
		assert_int_equal(m.roll, GOOD[i].roll);
	}
	m.width = 77;
	for (size_t i = 0; i < COUNT(BAD); i++) {
		if (media_parse(BAD[i], &m) != -1)
			fail_msg("\"%s\" was taken", BAD[i]);
		assert_int_equal(m.width, 77);
	}
}

static void
times_of_emptying_and_lists_of_days_are_read(void **state)
{
	struct config c = good("[report]\nempty = never\nquiet_days =\n");

	(void)state;
	assert_int_equal(c.report.empty.how, EMPTY_NEVER);
	assert_int_equal(c.report.quiet_days, 0);
	c = good("[report]\nempty = daily 0:00\nquiet_days = Mon, tue,SUN\n");
	assert_int_equal(c.report.empty.how, EMPTY_DAILY);
	assert_int_equal(c.report.empty.hour, 0);
	assert_int_equal(c.report.quiet_days, 1u << MON | 1u << TUE | 1u << SUN);
	c = good("[report]\nempty = Sun  23:59\n");
	assert_int_equal(c.report.empty.weekday, SUN);
	assert_int_equal(c.report.empty.hour, 23);
	assert_int_equal(c.report.empty.minute, 59);
}

static void
a_name_is_kept_composed(void **state)
{
	/* Hangul as some systems export it, in parts. */
	struct config c = good("[fridge]\nname = \xe1\x84\x86\xe1\x85\xae\xe1\x86\xaf\n");

	(void)state;
	assert_string_equal(c.fridge.name, "\xeb\xac\xbc");
}

/* ---- where ---- */

static void
the_named_file_must_exist_and_be_a_file(void **state)
{
	struct config c;
	struct err e;

	(void)state;
	unlink(path);
	assert_int_equal(config_load(path, &c, NULL, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_non_null(strstr(e.what, "there is no such file"));
	assert_non_null(strstr(e.what, path));
	assert_int_equal(config_load(folder, &c, NULL, &e), -1);
	assert_non_null(strstr(e.what, "it is a folder"));
	/* Also when the environment names it. */
	setenv("FRIDGE_CONFIG", path, 1);
	assert_int_equal(config_load(NULL, &c, NULL, &e), -1);
	write_conf("[fridge]\ncode = ENV\n", 20);
	assert_int_equal(config_load(NULL, &c, NULL, &e), 0);
	assert_string_equal(c.fridge.code, "ENV");
	assert_string_equal(c.file, path);
	unsetenv("FRIDGE_CONFIG");
}

static void
a_file_without_rights_is_told_apart_from_a_missing_one(void **state)
{
	struct config c;
	struct err e;

	(void)state;
	write_conf("", 0);
	assert_int_equal(chmod(folder, 0711), 0);
	assert_int_equal(chmod(path, 0), 0);
	/* root may read everything: be somebody else for a moment. */
	if (getuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	int rc = config_load(path, &c, NULL, &e);
	assert_int_equal(seteuid(getuid()), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(e.what, "Permission denied"));
	assert_non_null(strstr(e.todo, "sudo "));
}

static void
a_helper_beside_the_program_comes_first(void **state)
{
	char out[PATH_MAX], small[4];
	char self[PATH_MAX];
	struct err e;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	(void)state;
	assert_true(n > 0);
	self[n] = '\0';
	assert_int_equal(config_helper(strrchr(self, '/') + 1, out, sizeof out, &e), 0);
	assert_string_equal(out, self);
	assert_int_equal(config_helper(strrchr(self, '/') + 1, small, sizeof small, &e), -1);
	assert_int_equal(config_helper("no-such-helper", out, sizeof out, &e), -1);
	assert_non_null(strstr(e.what, "no-such-helper"));
	assert_true(e.todo[0] != '\0');
}

static void
own_templates_come_before_configured_and_shipped_ones(void **state)
{
	struct template_dirs dirs;
	struct config c;

	(void)state;
	config_defaults(&c);
	config_templates(&c, &dirs);
	assert_string_equal(dirs.list[0], "/etc/fridge/templates");
	assert_non_null(strstr(dirs.list[1], "templates"));
	assert_null(dirs.list[2]);
	strcpy(c.label.templates, "/srv/labels");
	config_templates(&c, &dirs);
	assert_string_equal(dirs.list[1], "/srv/labels");
	assert_non_null(dirs.list[2]);
	assert_null(dirs.list[3]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_manual_is_taken),
		cmocka_unit_test(an_empty_file_means_all_defaults),
		cmocka_unit_test(a_listed_setting_written_to_a_file_reads_back_the_same),
		cmocka_unit_test(every_default_is_listed_as_it_would_be_written),
		cmocka_unit_test(every_error_of_a_file_is_told_in_one_run),
		cmocka_unit_test(lines_that_would_be_misread_in_silence_are_refused),
		cmocka_unit_test(a_line_may_have_190_bytes_and_no_more),
		cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
		cmocka_unit_test(files_of_other_systems_are_read),
		cmocka_unit_test(a_semicolon_or_hash_in_a_value_belongs_to_it),
		cmocka_unit_test(sections_may_come_again_but_keys_may_not),
		cmocka_unit_test(unknown_words_are_refused_with_a_guess),
		cmocka_unit_test(a_spoilt_file_is_read_or_told_with_its_line),
		cmocka_unit_test(values_out_of_their_range_are_refused_with_what_is_allowed),
		cmocka_unit_test(numbers_are_taken_up_to_the_ends_of_their_range),
		cmocka_unit_test(label_sizes_are_read_to_a_hundredth_of_a_millimetre),
		cmocka_unit_test(times_of_emptying_and_lists_of_days_are_read),
		cmocka_unit_test(a_name_is_kept_composed),
		cmocka_unit_test(the_named_file_must_exist_and_be_a_file),
		cmocka_unit_test(a_file_without_rights_is_told_apart_from_a_missing_one),
		cmocka_unit_test(a_helper_beside_the_program_comes_first),
		cmocka_unit_test(own_templates_come_before_configured_and_shipped_ones),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
