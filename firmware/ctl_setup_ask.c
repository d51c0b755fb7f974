/* ctl_setup_ask.c - the questions of setup: each is a setting of the configuration, and has
 * an option. What a value may be, the settings' own table says. */
#include <stdarg.h>
#include <string.h>

#include "ctl_ask.h"
#include "ctl_setup.h"
#include "trouble.h"

#define LINE 400
#define PARTS 5
#define URI_MAX (SETUP_URI - 1)
#define DRIVER_MAX 250
#define SCHEME "abcdefghijklmnopqrstuvwxyz0123456789+.-"

static const struct question {
	const char *setting, *option;
	const char *word;		/* of the prompt; NULL: it is a question of yes or no */
	const char *ask;		/* a line or two before it; NULL: a part of its own asks */
	const char *empty;		/* what an empty answer means, where that may be one */
} QUESTIONS[] = {
	{ "fridge.timezone", "timezone", NULL, NULL, NULL },
	{ "reader.device", "reader", NULL, NULL, NULL },
	{ "printer.queue", "queue", NULL, NULL, NULL },
	{ "printer.language", "printer-language", NULL, NULL, NULL },
	{ "printer.media", "media", "Size", "How large are the labels? As in 62x29mm, or for a roll "
	    "62xMAX100mm.", "what the printer says" },
	{ "printer.red", "red", NULL, "Is the roll the black and red one that came with the "
	    "printer?",
	    NULL },
	{ "fridge.name", "name", "Name", "What is the fridge called? It stands on every label.",
	    NULL },
	{ "fridge.code", "code", "Prefix", "What stands before each label's number, to tell several "
	    "fridges apart? As in F3.", "none" },
	{ "fridge.language", "language", "Language", "The language of the labels: de, en, fr, ja, "
	    "ko; or another language's\n  code, with the fixed words in English.", "the system's" },
	{ "label.shelf", "shelf", "Shelf life", "How long may things stay? As in 7d, 0d for today "
	    "only, fri for until Friday.", NULL },
	{ "report.empty", "empty", "Emptied", "When is the fridge emptied? As in fri 16:00, daily "
	    "18:00, or never. An hour\n  before, a slip says what goes.", NULL },
	{ "report.mail_to", "mail-to", "Address", "Who gets the daily report by mail?", "nobody" },
	{ "report.owner_mail", "owner-mail", NULL, "A mail to people the working day before their "
	    "things go?", NULL },
	{ "alert.command", "alert", "Command", "Which command tells somebody when the fridge is "
	    "broken? It gets the text on its\n  input. None will do; an example: mail -s fridge "
	    "you@example.com", "none" },
};

static const struct question *
find(const char *setting)
{
	const struct question *q = QUESTIONS;

	while (strcmp(q->setting, setting) != 0)
		q++;
	return q;
}

void
setup_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
setup_todo(struct setup *s, const char *fmt, ...)
{
	char text[sizeof s->todo[0]];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < s->todos; i++)
		if (strcmp(s->todo[i], text) == 0)
			return;
	setup_say("  %s", text);
	if (s->todos < SETUP_TODOS)
		memcpy(s->todo[s->todos++], text, sizeof text);
}

void
setup_failed(struct setup *s, const struct err *e)
{
	setup_todo(s, "%s%s%s", e->what, e->todo[0] != '\0' ? "; " : "", e->todo);
}

void
setup_complain(struct setup *s, const char *before, const char *said)
{
	struct err e;

	ctl_said(said, &e);
	setup_todo(s, "%s: %s%s%s", before, e.what, e.todo[0] != '\0' ? "; " : "", e.todo);
}

bool
setup_is_known(const char *state)
{
	return state[0] != '\0' && strcmp(state, STATE_NOT_KNOWN) != 0;
}

void
setup_troubles(struct setup *s, const struct host_trouble *t, int n)
{
	for (int i = 0; i < n; i++)
		setup_todo(s, "%s%s: %s", t[i].certain ? "" : "it may be that ", t[i].what, t[i].todo);
}

void
setup_part(struct setup *s, const char *title)
{
	s->part++;
	if (s->asks)
		setup_say("\n%s (%d of %d)", title, s->part, PARTS);
}

int
setup_cancelled(const struct setup *s, struct err *e)
{
	char todo[sizeof e->todo];

	snprintf(todo, sizeof todo, "%.130s setup, when there is time", ctl_self(s->c));
	return err_set(e, ERR_REFUSED, todo, "nothing was changed: there was no answer");
}

/* ---- values ---- */

static const char *
value_of(const struct config *c, const char *setting, char value[static CONFIG_TEXT])
{
	struct setting set;

	config_setting(c, config_find(setting), &set, value);
	return value;
}

const char *
setup_get(const struct setup *s, const char *setting, char value[static CONFIG_TEXT])
{
	return value_of(&s->next, setting, value);
}

int
setup_put(struct setup *s, const char *setting, const char *value, struct err *e)
{
	return config_put(&s->next, config_find(setting), value, e);
}

const char *
setup_option(const struct setup *s, const char *setting)
{
	return ctl_value(s->c, find(setting)->option);
}

/* One word of at most so many characters that a terminal shows. */
static bool
is_word(const char *text, size_t max)
{
	size_t n = 0;

	while (text[n] > ' ' && text[n] < 0x7f)
		n++;
	return n > 0 && n <= max && text[n] == '\0';
}

const char *
setup_uri(const char *uri, char out[static SETUP_URI])
{
	const char *slashes = strstr(uri, "://"), *at = strrchr(uri, '@');
	int n = slashes != NULL ? (int)(slashes - uri) + 3 : 0;

	if (at == NULL || at < uri + n)
		snprintf(out, SETUP_URI, "%s", uri);
	else
		snprintf(out, SETUP_URI, "%.*s%s", n, uri, at + 1);
	return out;
}

/* What CUPS is told of a new queue: it takes nearly everything, and then prints nothing. */
static int
check_queue_options(const struct ctl *c, struct err *e)
{
	const char *uri = ctl_value(c, "printer"), *driver = ctl_value(c, "driver");
	char shown[SETUP_URI];
	const char *colon = uri != NULL ? strchr(uri, ':') : NULL;

	if (uri != NULL && (colon == NULL || colon == uri || strspn(uri, SCHEME) != (size_t)(colon - uri) ||
	    !is_word(uri, URI_MAX)))
		return err_set(e, ERR_USAGE, "as in ipp://PRINTER.local/ipp/print; lpinfo -v lists them",
		    "--printer: \"%.100s\" is no printer's address", setup_uri(uri, shown));
	if (driver != NULL && !is_word(driver, DRIVER_MAX))
		return err_set(e, ERR_USAGE, "everywhere, raw, or a name of lpinfo -m",
		    "--driver: \"%.100s\" is no driver's name", driver);
	return 0;
}

int
setup_check_options(const struct setup *s, struct err *e)
{
	struct setup scratch = { .c = s->c };

	config_defaults(&scratch.next);
	for (size_t i = 0; i < sizeof QUESTIONS / sizeof *QUESTIONS; i++) {
		const struct question *q = &QUESTIONS[i];
		const char *given = ctl_value(s->c, q->option);
		if (given != NULL && (strcmp(q->setting, "fridge.timezone") == 0 ?
		    setup_zone(&scratch, given, e) : setup_put(&scratch, q->setting, given, e)) == -1)
			return err_within(e, "--%s", q->option);
	}
	return check_queue_options(s->c, e);
}

/* ---- answers ---- */

struct asked {
	struct setup *s;
	const char *setting;
};

static int
check(void *arg, const char *text, struct err *e)
{
	struct asked *a = arg;

	return setup_put(a->s, a->setting, text, e);
}

/* 0, or -1 without an answer. */
static int
ask(struct setup *s, const struct question *q, const char *proposed)
{
	struct asked a = { s, q->setting };
	char question[LINE];

	if (q->word == NULL) {
		snprintf(question, sizeof question, "  %s", q->ask);
		int yes = ask_yes(question, strcmp(proposed, "yes") == 0);
		return yes == -1 ? -1 : setup_put(s, q->setting, yes ? "yes" : "no", NULL);
	}
	setup_say("  %s", q->ask);
	if (q->empty == NULL)
		snprintf(question, sizeof question, "  %s", q->word);
	else if (proposed[0] == '\0')
		snprintf(question, sizeof question, "  %s [%s]", q->word, q->empty);
	else
		snprintf(question, sizeof question, "  %s (- for %s)", q->word, q->empty);
	return ask_text(question, proposed, check, &a);
}

int
setup_answer(struct setup *s, const char *setting, const char *proposed, struct err *e)
{
	const struct question *q = find(setting);
	const char *given = ctl_value(s->c, q->option);
	char as_is[CONFIG_TEXT], value[CONFIG_TEXT];

	setup_get(s, setting, as_is);
	if (proposed == NULL)
		proposed = as_is;
	if (given != NULL) {
		if (setup_put(s, setting, given, e) == -1)
			return -1;
	} else if (s->asks) {
		return ask(s, q, proposed) == -1 ? setup_cancelled(s, e) : 0;
	} else if (setup_put(s, setting, proposed, e) == -1) {
		return err_within(e, "%s", setting);
	}
	setup_get(s, setting, value);
	if (value[0] == '\0')
		setup_say("%s = (empty%s)", setting, given == NULL ? ", not asked" : "");
	else
		setup_say("%s = %s%s", setting, value, given == NULL ? " (not asked)" : "");
	return 0;
}
