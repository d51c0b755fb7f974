/* config_test.c - fridge.conf: files and lines that are taken, and how others are refused */
#include <limits.h>

#include "config_world.h"

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
	assert_string_equal(e.todo, "10 to 200");
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
	    "fridge reader printer label store report alert backup indicator");
	bad("[Fridge]\n", 1, "did you mean [fridge]?");
	bad("[kitchen]\n", 1, "there is no section [kitchen]");
	e = bad("[store]\nkeepdays = 5\n", 2, "there is no keepdays in [store]; did you mean keep_days?");
	assert_string_equal(e.todo, "path key_file keep_days lapse_days");
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
		cmocka_unit_test(the_named_file_must_exist_and_be_a_file),
		cmocka_unit_test(a_file_without_rights_is_told_apart_from_a_missing_one),
		cmocka_unit_test(a_helper_beside_the_program_comes_first),
		cmocka_unit_test(own_templates_come_before_configured_and_shipped_ones),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
