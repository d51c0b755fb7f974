/* ctl_setup.c - fridgectl setup: from a machine with a reader and a printer to a fridge. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_ask.h"
#include "ctl_setup.h"
#include "log.h"

#define TODOS_SHOWN 5		/* of them, on the last screen */

/* ---- the beginning ---- */

/* Who may not write the configuration need not answer ten questions first. */
static int
name_file(struct setup *s, struct err *e)
{
	const char *usual = CONFIG_DEFAULT_FILE;
	char folder[sizeof CONFIG_DEFAULT_FILE];

	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(usual, '/') - usual), usual);
	if (s->c->config_file == NULL && getenv("FRIDGE_CONFIG") == NULL && geteuid() == 0)
		mkdir(folder, 0755);
	int rc = conf_begin(&s->file, s->c->config_file, e);
	conf_end(&s->file);
	if (rc == -1) {
		const char *self = ctl_self(s->c);
		snprintf(e->todo, sizeof e->todo, "%s%.130s setup",
		    strncmp(self, "sudo ", 5) == 0 || geteuid() == 0 ? "" : "sudo ", self);
		return -1;
	}
	s->private = strcmp(s->file.path, usual) != 0;
	return 0;
}

/* A file that cannot be read as it is: what is right in it counts for the new one. */
static int
replace_file(struct setup *s, const struct err *wrong, const char *others, struct err *e)
{
	bool replace = ctl_value(s->c, "replace-config") != NULL;

	if (!replace && s->asks) {
		err_print("fridgectl", wrong);
		if (others != NULL)
			fputs(others, stderr);
		int answer = ask_yes("Keep this file beside, and write a new one from what is right in "
		    "it?", false);
		if (answer == -1)
			return setup_cancelled(s, e);
		replace = answer == 1;
	}
	if (!replace) {
		*e = *wrong;
		snprintf(e->todo, sizeof e->todo, "correct it; or: %.80s setup --replace-config, "
		    "which keeps it beside", ctl_self(s->c));
		return -1;
	}
	s->anew = true;
	config_rescue(s->file.path, &s->now);
	return 0;
}

static int
load_file(struct setup *s, struct err *e)
{
	char *lines = NULL;
	size_t size = 0;
	struct err wrong;

	if (access(s->file.path, F_OK) == -1 && errno == ENOENT) {
		s->anew = true;
		config_defaults(&s->now);
		return 0;
	}
	FILE *more = open_memstream(&lines, &size);
	if (more == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	int rc = config_load(s->file.path, &s->now, more, &wrong);
	fclose(more);
	/* The first one is the error itself. */
	const char *others = strchr(lines, '\n');
	if (rc == -1)
		rc = replace_file(s, &wrong, others != NULL ? others + 1 : NULL, e);
	free(lines);
	return rc;
}

/* A fridge of one's own, with all that belongs to it in one folder. */
static int
keep_together(struct setup *s, struct err *e)
{
	static const struct {
		const char *setting, *file;
	} MINE[] = { { "store.path", "fridge.db" }, { "store.key_file", "uid.key" } };
	char folder[PATH_MAX], value[PATH_MAX + 16];

	snprintf(folder, sizeof folder, "%s", s->file.path);
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
	char *real = realpath(slash != NULL ? folder : ".", NULL);
	for (size_t i = 0; i < sizeof MINE / sizeof *MINE && real != NULL; i++) {
		snprintf(value, sizeof value, "%s/%s", real, MINE[i].file);
		if (setup_put(s, MINE[i].setting, value, e) == -1) {
			free(real);
			return -1;
		}
	}
	free(real);
	return 0;
}

static int
begin(struct setup *s, struct err *e)
{
	int ignored;

	ctl_catch_signals();
	log_open("fridgectl");
	s->asks = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 &&
	    ctl_value(s->c, "yes") == NULL;
	if (ctl_value_int(s->c, "wait", 0, SETUP_WAIT_MAX_S, 0, &ignored, e) == -1 ||
	    setup_check_options(s, e) == -1 || ctl_host(s->c, &s->host, e) == -1 ||
	    name_file(s, e) == -1 || load_file(s, e) == -1)
		return -1;
	s->by_systemd = !s->private && access("/run/systemd/system", F_OK) == 0;
	s->next = s->now;
	memcpy(s->mail_proved, s->now.report.mail_to, sizeof s->mail_proved);
	memcpy(s->alert_proved, s->now.alert.command, sizeof s->alert_proved);
	if (s->anew && s->private && s->now.file[0] == '\0' && access(s->file.path, F_OK) == -1 &&
	    keep_together(s, e) == -1)
		return -1;
	s->running = store_is_locked(s->next.store.path);
	if (s->asks)
		setup_say("This sets up the fridge: %s.\nEnter takes what stands in brackets. Ctrl-C "
		    "ends it; nothing is changed before\nthe last question is answered.", s->file.path);
	return 0;
}

/* ---- the fridge itself ---- */

/* The language of whoever sits there, where labels have words in it; with its country where
 * they have not. */
static void
language_here(const struct setup *s, char out[static 32])
{
	const char *lang = getenv("LC_ALL");
	struct template_dirs dirs;
	char path[5000];

	if (lang == NULL || lang[0] == '\0')
		lang = getenv("LANG");
	snprintf(out, 32, "%.*s", lang != NULL ? (int)strcspn(lang, ".@") : 0,
	    lang != NULL ? lang : "");
	if (strlen(out) < 2 || strcmp(out, "POSIX") == 0 || !words_lang_exists(out))
		strcpy(out, "en");
	config_templates(&s->next, &dirs);
	for (size_t i = 0; dirs.list[i] != NULL; i++) {
		size_t n = strcspn(out, "_");
		snprintf(path, sizeof path, "%s/words.%.*s", dirs.list[i], (int)n, out);
		if (access(path, R_OK) == 0)
			out[n] = '\0';
	}
}

int
setup_fridge(struct setup *s, struct err *e)
{
	char language[32];

	language_here(s, language);
	setup_part(s, "The fridge");
	bool proposes = s->anew && !s->again && s->next.fridge.language[0] == '\0';
	if (setup_answer(s, "fridge.name", NULL, e) == -1 ||
	    setup_answer(s, "fridge.code", NULL, e) == -1 ||
	    setup_answer(s, "fridge.language", proposes ? language : NULL, e) == -1 ||
	    setup_answer(s, "label.shelf", NULL, e) == -1)
		return -1;
	return setup_answer(s, "report.empty", NULL, e);
}

/* ---- the configuration ---- */

int
setup_write(struct setup *s, struct err *e)
{
	struct conf_change *list = calloc(SETTINGS_MAX, sizeof *list);
	char (*value)[CONFIG_TEXT] = calloc(SETTINGS_MAX, sizeof *value);
	struct config base = s->now;
	char before[CONFIG_TEXT];
	struct setting set;
	int rc = -1;

	if (list == NULL || value == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto done;
	}
	if (s->anew)
		config_defaults(&base);
	for (int i = 0; config_setting(&base, i, &set, before) == 1; i++) {
		config_setting(&s->next, i, &set, value[s->changes]);
		if (strcmp(before, value[s->changes]) == 0)
			continue;
		snprintf(s->changed[s->changes], sizeof s->changed[0], "%s.%s", set.section, set.key);
		list[s->changes] = (struct conf_change){ i, value[s->changes] };
		s->changes++;
	}
	rc = 0;
	if (s->changes == 0 && !s->anew)
		goto done;
	rc = conf_begin(&s->file, s->c->config_file, e);
	if (rc == 0)
		rc = conf_write(&s->file, list, s->changes,
		    CONF_KEEP_ALL | (s->anew ? CONF_ANEW : 0), e);
	conf_end(&s->file);
done:
	free(list);
	free(value);
	return rc;
}

/* ---- the end ---- */

static void
answer_print(struct out *o, const char *key, const char *what)
{
	if (what[0] == '\0')
		out_null(o, key, NULL);
	else
		out_text(o, key, NULL, what);
}

/* For programs; people get say_end. */
static void
answer(struct setup *s, const struct service_state *said, bool running)
{
	struct out *o = s->c->out;

	out_object(o, NULL, NULL);
	out_text(o, "file", NULL, s->file.path);
	out_text(o, "kept", NULL, s->file.kept);
	out_list(o, "changed", NULL);
	for (size_t i = 0; i < s->changes; i++)
		out_text(o, NULL, NULL, s->changed[i]);
	out_end(o);
	out_text(o, "queue", NULL, s->next.printer.queue);
	out_bool(o, "key_made", NULL, s->key_made);
	out_text(o, "fridged", NULL, running ? "running" : "not running");
	out_text(o, "reader", NULL, said->reader);
	out_text(o, "printer", NULL, said->printer);
	answer_print(o, "test", s->test);
	answer_print(o, "sign", s->sign);
	answer_print(o, "recovery", s->recovery);
	out_list(o, "todo", NULL);
	for (size_t i = 0; i < s->todos; i++)
		out_text(o, NULL, NULL, s->todo[i]);
	out_end(o);
	out_end(o);
}

/* What works and what to do next, on one screen. */
static void
say_end(struct setup *s, const struct service_state *said, bool running)
{
	struct out *o = s->c->out;
	const char *self = ctl_self(s->c);

	out_say(o, "%s", "");
	if (s->changes == 0 && !s->anew)
		out_say(o, "Nothing is changed in %s.", s->file.path);
	else if (s->file.kept[0] != '\0')
		out_say(o, "%s is written; the old one is %s.", s->file.path, s->file.kept);
	else
		out_say(o, "%s is written.", s->file.path);
	if (running)
		out_say(o, "Reader: %s. Printer: %s.", said->reader, said->printer);
	else
		out_warn(o, "fridged does not run yet.");
	if (s->todos > 0)
		out_say(o, "Still to do:");
	for (size_t i = 0; i < s->todos && i < TODOS_SHOWN; i++)
		out_say(o, "  - %s", s->todo[i]);
	if (s->todos > TODOS_SHOWN)
		out_say(o, "  - and %zu more, above; then: %s doctor", s->todos - TODOS_SHOWN, self);
	out_say(o, "What comes next:");
	if (strcmp(s->sign, "completed") == 0)
		out_say(o, "  - stick the sign on the door, beside the reader");
	if (strcmp(s->recovery, "completed") == 0)
		out_say(o, "  - put the label with the recovery code into the safe");
	out_say(o, "  - enrol people: %s enroll; or let them tap, and then for each:", self);
	out_say(o, "    %s badge claim CODE NAME", self);
	out_say(o, "  - cards for the door: %s preset card freezer (preset list: others)", self);
	out_say(o, "  - %s status says how it goes, %s doctor what is wrong", self, self);
}

/* What fridged says of both at the end, where nobody was told of it before. */
static void
complain(struct setup *s, const struct service_state *said)
{
	bool printed = strcmp(s->test, "completed") == 0;

	if (!s->reader_told && setup_is_known(said->reader) && strcmp(said->reader, "ok") != 0)
		setup_complain(s, "the reader does not work", said->reader);
	/* A test label that did not come out was told, and why. */
	if (!s->printer_told && (s->test[0] == '\0' || printed) &&
	    setup_is_known(said->printer) && strcmp(said->printer, "ok") != 0)
		setup_complain(s, "the printer is not ready", said->printer);
}

static int
ask_parts(struct setup *s, struct err *e)
{
	static int (*const PARTS[])(struct setup *s, struct err *e) = {
		setup_clock, setup_reader, setup_printer, setup_fridge, setup_tell,
	};

	if (s->again)
		host_look(s->host.root, &s->host);
	s->part = 0;
	s->todos = 0;
	for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
		if (PARTS[i](s, e) == -1)
			return -1;
	return 0;
}

/* Until all is as it should be. */
static int
ask_all(struct setup *s, struct err *e)
{
	char todo[sizeof e->todo];

	for (;; s->again = true) {
		if (ask_parts(s, e) == -1)
			return -1;
		if (!s->asks)
			return 0;
		int go = ask_yes("\nThat was all. Write it down, and start?", true);
		if (go == 1)
			return 0;
		int again = go == 0 ? ask_yes("Go through the questions again, with these answers in "
		    "the brackets?", true) : -1;
		if (again == -1)
			return setup_cancelled(s, e);
		if (again == 0)
			break;
	}
	snprintf(todo, sizeof todo, "%.130s setup, to answer again", ctl_self(s->c));
	return err_set(e, ERR_REFUSED, todo, "nothing was changed, as you answered no");
}

int
cmd_setup(struct ctl *c, struct err *e)
{
	struct setup *s = calloc(1, sizeof *s);
	struct service_state said = { .reader = "" };
	struct err ignored;
	int rc = -1;

	if (s == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	s->c = c;
	if (begin(s, e) == 0 && ask_all(s, e) == 0) {
		setup_make_queue(s);
		rc = setup_write(s, e);
	}
	if (rc == 0) {
		setup_make_secrets(s);
		bool works = setup_start(s);
		if (works)
			setup_print(s);
		if (s->code_owed && strcmp(s->recovery, "completed") != 0)
			setup_todo(s, "print the recovery code for the safe: %s backup --print-code",
			    ctl_self(c));
		bool running = store_is_locked(s->next.store.path);
		if (c->session.store != NULL)
			store_state_get(c->session.store, &said, &ignored);
		if (works && running)
			complain(s, &said);
		say_end(s, &said, running);
		answer(s, &said, running);
	}
	free(s);
	return rc;
}
