/* ctl_complete.c - what may stand where the shell asks: fridgectl --complete WORD...
 *
 * The last word is the one being typed. One candidate a line; nothing at all where
 * something is wrong: a question of the shell is no place for an error. The shell
 * itself completes names of files.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl.h"

struct completion {
	struct ctl ctl;
	const char *typed;		/* the word being typed */
	size_t typed_len;
	char *word[CTL_WORDS_MAX];	/* of the command and its arguments, before it */
	int words;
	const struct option_def *open;	/* an option before it that wants its value */
	bool tried, ready;		/* the store */
};

static void
offer(const struct completion *c, const char *word)
{
	if (word[0] != '\0' && strncmp(word, c->typed, c->typed_len) == 0)
		puts(word);
}

/* "taken|discarded", "self, team, everyone, or none: …": the words of a text up to its
 * first colon or bracket. */
static void
offer_choices(const struct completion *c, const char *text, const char *between)
{
	size_t end = strcspn(text, ":(;");
	char copy[300];
	char *rest = copy, *word;

	snprintf(copy, sizeof copy, "%.*s", (int)end, text);
	while ((word = strsep(&rest, between)) != NULL)
		if (strcmp(word, "or") != 0)
			offer(c, word);
}

/* ---- what the store knows ---- */

/* Open it, if it is there and may be: it is never made here, and nobody waits. */
static bool
store_ready(struct completion *c)
{
	struct session *s = &c->ctl.session;
	struct stat st;

	if (c->tried)
		return c->ready;
	c->tried = true;
	c->ready = session_begin(s, c->ctl.config_file, NULL) == 0 &&
	    stat(s->config.store.path, &st) == 0 && st.st_size > 0 &&
	    session_become(s, NULL) == 0 && session_store(s, NULL) == 0;
	return c->ready;
}

static void
offer_owners(struct completion *c)
{
	struct owner *all = NULL;
	size_t n = 0;

	if (!store_ready(c) || store_owners(c->ctl.session.store, false, &all, &n, NULL) == -1)
		return;
	for (size_t i = 0; i < n; i++)
		offer(c, all[i].name);
	free(all);
}

static void
offer_badges(struct completion *c)
{
	struct badge *all = NULL;
	char id[24];
	size_t n = 0;

	if (!store_ready(c) || store_badges(c->ctl.session.store, 0, &all, &n, NULL) == -1)
		return;
	for (size_t i = 0; i < n; i++) {
		snprintf(id, sizeof id, "%lld", (long long)all[i].id);
		offer(c, id);
	}
	free(all);
}

static void
offer_codes(struct completion *c)
{
	struct label_query q = { .expires_until = DAY_NONE };
	const char *prefix;
	struct label *all = NULL;
	char code[ROW_CODE_SIZE];
	size_t n = 0;

	if (!store_ready(c) || store_labels(c->ctl.session.store, &q, &all, &n, NULL) == -1)
		return;
	prefix = c->typed[0] >= '0' && c->typed[0] <= '9' ? "" : c->ctl.session.config.fridge.code;
	for (size_t i = 0; i < n; i++)
		offer(c, row_code(prefix, all[i].code, code));
	free(all);
}

static void
offer_presets(struct completion *c)
{
	struct preset *all = NULL;
	size_t n = 0;

	if (!store_ready(c) || store_presets(c->ctl.session.store, &all, &n, NULL) == -1)
		return;
	for (size_t i = 0; i < n; i++)
		offer(c, all[i].name);
	free(all);
}

static void
offer_settings(struct completion *c)
{
	struct config config;
	struct setting s;
	char value[CONFIG_TEXT], name[2 * CONFIG_TEXT];

	config_defaults(&config);
	for (int i = 0; config_setting(&config, i, &s, value) == 1; i++) {
		snprintf(name, sizeof name, "%s.%s", s.section, s.key);
		offer(c, name);
	}
}

static void
offer_templates(struct completion *c)
{
	struct helped h = { .out = NULL };
	char *rest, *name;

	if (session_begin(&c->ctl.session, c->ctl.config_file, NULL) == -1 ||
	    ctl_templates(&c->ctl, &h, NULL) == -1)
		return;
	rest = h.out;
	while ((name = strsep(&rest, "\n")) != NULL)
		offer(c, name);
	helped_free(&h);
}

/* ---- what a place takes ---- */

/* By the name that the tables give it, and where that says little by the command's. */
static void
offer_for(struct completion *c, const char *what, const char *text)
{
	const char *command = c->ctl.command->name;
	static const struct {
		const char *what;
		const char *command;	/* whose name begins so */
		void (*offer)(struct completion *c);
	} KNOWN[] = {
		{ "OWNER", "", offer_owners }, { "O", "", offer_owners },
		{ "BADGE", "", offer_badges }, { "CODE", "badge claim", NULL },
		{ "CODE", "", offer_codes }, { "NAME", "preset add", NULL },
		{ "NAME", "preset", offer_presets }, { "NAME", "template", offer_templates },
		{ "SECTION.KEY", "", offer_settings }, { "T", "preview", offer_templates },
	};

	for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
		if (strcmp(what, KNOWN[i].what) != 0 ||
		    strncmp(command, KNOWN[i].command, strlen(KNOWN[i].command)) != 0)
			continue;
		if (KNOWN[i].offer != NULL)
			KNOWN[i].offer(c);
		return;
	}
	if (strchr(what, '|') != NULL)
		offer_choices(c, what, "|");
	else if (strcmp(what, "FORM") == 0)
		offer_choices(c, NUMBER_FORMS, ", ");
	else if (strcmp(what, "WHOM") == 0)
		offer_choices(c, text, ", ");
}

static void
offer_value(struct completion *c, const struct option_def *o)
{
	if (strcmp(o->name, "preset") == 0)
		offer_presets(c);
	else if (strcmp(o->name, "template") == 0)
		offer_templates(c);
	else
		offer_for(c, o->value, o->text);
}

static void
offer_options(const struct completion *c, const struct option_def *table)
{
	char name[64];

	for (; table != NULL && table->name != NULL; table++) {
		snprintf(name, sizeof name, "--%s", table->name);
		offer(c, name);
	}
}

/* The next word of every command that begins with the words so far, each once. */
static void
offer_commands(const struct completion *c)
{
	char last[64] = "";

	for (const struct ctl_command *cmd = CTL_COMMANDS; cmd->name != NULL; cmd++) {
		const char *name = cmd->name;
		char word[64];
		int i = 0;
		for (; i < c->words; i++) {
			size_t n = strlen(c->word[i]);
			if (strncmp(name, c->word[i], n) != 0 || name[n] != ' ')
				break;
			name += n + 1;
		}
		snprintf(word, sizeof word, "%.*s", (int)strcspn(name, " "), name);
		if (i == c->words && strcmp(word, last) != 0)
			offer(c, word);
		if (i == c->words)
			memcpy(last, word, sizeof last);
	}
}

/* The n-th argument, from 0, as the table calls it; false if there is none. */
static bool
argument_name(const char *args, int n, char *out, size_t size)
{
	for (; n > 0 && *args != '\0'; n--) {
		args += strcspn(args, " ");
		args += *args == ' ';
	}
	args += *args == '[';
	snprintf(out, size, "%.*s", (int)strcspn(args, " ]"), args);
	return out[0] != '\0';
}

/* ---- the line so far ---- */

static const struct option_def *
find(const struct option_def *table, const char *typed)
{
	for (; table != NULL && table->name != NULL; table++)
		if ((typed[1] == '-' && strcmp(table->name, typed + 2) == 0) ||
		    (typed[1] == table->letter && table->letter != 0 && typed[2] == '\0'))
			return table;
	return NULL;
}

static void
read_word(struct completion *c, char *word)
{
	const struct option_def *o;

	if (c->open != NULL) {
		if (strcmp(c->open->name, "config") == 0)
			c->ctl.config_file = word;
		c->open = NULL;
		return;
	}
	if (word[0] != '-' || word[1] == '\0') {
		if (c->words < CTL_WORDS_MAX)
			c->word[c->words++] = word;
		return;
	}
	if (c->ctl.command == NULL)
		ctl_lookup(c->word, c->words, &c->ctl.command);
	o = find(CTL_GLOBAL, word);
	if (o == NULL && c->ctl.command != NULL)
		o = find(c->ctl.command->options, word);
	c->open = o != NULL && o->value != NULL ? o : NULL;
}

void
ctl_complete(int count, char **words)
{
	struct completion c = { .typed = count > 0 ? words[count - 1] : "" };
	char what[64];

	c.typed_len = strlen(c.typed);
	for (int i = 0; i < count - 1; i++)
		read_word(&c, words[i]);
	int of_command = ctl_lookup(c.word, c.words, &c.ctl.command);
	if (c.open != NULL && c.ctl.command != NULL)
		offer_value(&c, c.open);
	else if (c.typed[0] == '-') {
		offer_options(&c, CTL_GLOBAL);
		if (c.ctl.command != NULL)
			offer_options(&c, c.ctl.command->options);
	} else if (c.open == NULL && c.ctl.command == NULL)
		offer_commands(&c);
	else if (c.open == NULL && argument_name(c.ctl.command->args, c.words - of_command, what,
	    sizeof what))
		offer_for(&c, what, "");
	session_end(&c.ctl.session);
}
