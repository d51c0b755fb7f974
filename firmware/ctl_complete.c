/* ctl_complete.c - what may stand where the shell asks: fridgectl --complete BREAKS LINE,
 * for fridgectl.bash. BREAKS are the characters that end a word of the shell's, LINE is
 * what stands before the cursor.
 *
 * One candidate a line, quoted as the line is; nothing at all where something is wrong: a
 * question of the shell is no place for an error, for waiting, or for making a store.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <unistd.h>

#include "ctl.h"
#include "roster.h"

#define PATIENCE_MS 900		/* whoever pressed a key waits */
#define CHOICES_SIZE 400

struct completion {
	struct ctl ctl;
	struct typed_line line;
	const char *before;		/* of the word being typed: "--preset=", or "" */
	const char *typed;		/* and what is to be completed */
	char *word[CTL_WORDS_MAX];	/* of the command and its arguments, before it */
	int words;
	const struct option_def *open;	/* an option that wants its value */
	bool given[CTL_OPTIONS_MAX];	/* the command's options that are there */
	bool options_end;		/* "--" was */
	bool tried, ready;		/* the store */
	bool files;			/* names of files may stand here */
	int offered;
	char last[2 * NAME_SIZE];	/* the only one that has the typed piece elsewhere */
	int pieces;			/* how many have */
};

static void
put(struct completion *c, const char *word)
{
	char whole[CONFIG_TEXT + 4 * NAME_SIZE];

	snprintf(whole, sizeof whole, "%s%s", c->before, word);
	line_offer(&c->line, whole, stdout);
	c->offered++;
}

static void
offer(struct completion *c, const char *word)
{
	if (word[0] != '\0' && strncmp(word, c->typed, strlen(c->typed)) == 0)
		put(c, word);
}

/* A name is meant by its beginning in letters of either case; and by any piece of it, as
 * with enroll, if it is the only one: see the end. */
static void
offer_name(struct completion *c, const char *name)
{
	if (name[0] == '\0')
		return;
	if (strncasecmp(name, c->typed, strlen(c->typed)) == 0) {
		put(c, name);
	} else if (words_contains(name, c->typed)) {
		snprintf(c->last, sizeof c->last, "%s", name);
		c->pieces++;
	}
}

/* "taken|discarded", "auto, trusted or synced", "yes or no": the words, where it is a list
 * of single words; what follows a bracket, a colon or a semicolon explains. */
static void
offer_choices(struct completion *c, const char *text)
{
	char list[CHOICES_SIZE], *rest = list, *word;

	snprintf(list, sizeof list, "%.*s", (int)strcspn(text, ":(;"), text);
	for (char *s = list; (s = strstr(s, " or ")) != NULL; s += 4)
		memcpy(s, ",   ", 4);
	char copy[CHOICES_SIZE], *all = copy;
	memcpy(copy, list, sizeof copy);
	while ((word = strsep(&all, ",|")) != NULL) {
		word += strspn(word, " ");
		if (strcspn(word, " ") != strlen(word) && word[strcspn(word, " ") + 1] != '\0')
			return;			/* a sentence, and no list */
	}
	while ((word = strsep(&rest, ",|")) != NULL) {
		word += strspn(word, " ");
		word[strcspn(word, " ")] = '\0';
		if (strcmp(word, "empty") != 0)
			offer(c, word);
	}
}

/* ---- what the store knows ---- */

static struct store *
store_of(struct completion *c)
{
	struct session *s = &c->ctl.session;

	if (!c->tried) {
		c->tried = true;
		c->ready = session_begin(s, c->ctl.config_file, NULL) == 0 &&
		    session_has_store(s) && session_become(s, NULL) == 0 &&
		    store_open(s->config.store.path, STORE_LOOK, &s->store, NULL) == 0;
	}
	return c->ready ? s->store : NULL;
}

/* Rows of the store, as its own functions list them. */
typedef int list_rows(struct store *s, void **rows, size_t *n);
typedef void offer_row(struct completion *c, const void *row);

static void
offer_rows(struct completion *c, list_rows *list, size_t size, offer_row *offer_one)
{
	struct store *s = store_of(c);
	void *rows = NULL;
	size_t n = 0;

	if (s == NULL || list(s, &rows, &n) == -1)
		return;
	for (size_t i = 0; i < n; i++)
		offer_one(c, (const char *)rows + i * size);
	free(rows);
}

#define LIST(name, type, call) \
	static int \
	name(struct store *s, void **rows, size_t *n) \
	{ \
		type *all = NULL; \
		int rc = call; \
		*rows = all; \
		return rc; \
	}
static const struct label_query IN_NOW = { .expires_until = DAY_NONE };
LIST(list_people, struct owner, store_owners(s, false, &all, n, NULL))
LIST(list_everybody, struct owner, store_owners(s, true, &all, n, NULL))
LIST(list_badges, struct badge, store_badges(s, 0, &all, n, NULL))
LIST(list_unclaimed, struct badge, store_badges_unclaimed(s, &all, n, NULL))
LIST(list_presets, struct preset, store_presets(s, &all, n, NULL))
LIST(list_labels, struct label, store_labels(s, &IN_NOW, &all, n, NULL))
#undef LIST

static void
offer_person(struct completion *c, const void *row)
{
	const struct owner *o = row;

	offer_name(c, o->name);
	if (c->typed[0] != '\0')
		offer(c, o->email);
}

static void
offer_removed_person(struct completion *c, const void *row)
{
	const struct owner *o = row;

	if (o->removed)
		offer_person(c, o);
}

/* Who was removed is meant where that is undone or made final. */
static void
offer_owners(struct completion *c)
{
	const struct ctl_command *cmd = c->ctl.command;
	bool undo = false;

	for (int i = 0; cmd->options != NULL && cmd->options[i].name != NULL; i++)
		undo = undo || (c->given[i] && strcmp(cmd->options[i].name, "undo") == 0);
	if (!undo)
		offer_rows(c, list_people, sizeof(struct owner), offer_person);
	if (undo || strcmp(cmd->name, "owner forget") == 0)
		offer_rows(c, list_everybody, sizeof(struct owner), offer_removed_person);
}

static void
offer_group(struct completion *c, const void *row)
{
	const struct owner *o = row;

	offer_name(c, o->group);
}

static void
offer_groups(struct completion *c)
{
	offer_rows(c, list_people, sizeof(struct owner), offer_group);
}

/* One that the command is for: to restore, a revoked one; else a live one. */
static void
offer_badge(struct completion *c, const void *row)
{
	bool revoked = strcmp(c->ctl.command->name, "badge restore") == 0;
	const struct badge *b = row;
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)b->id);
	if ((b->revoked_on != DAY_NONE) == revoked)
		offer(c, id);
}

static void
offer_badges(struct completion *c)
{
	offer_rows(c, list_badges, sizeof(struct badge), offer_badge);
}

/* With the fridge's prefix, unless digits are being typed. */
static void
offer_code(struct completion *c, const char *digits)
{
	char code[ROW_CODE_SIZE];
	bool bare = c->typed[0] >= '0' && c->typed[0] <= '9';

	offer(c, row_code(bare ? "" : c->ctl.session.config.fridge.code, digits, code));
}

static void
offer_label(struct completion *c, const void *row)
{
	const struct label *l = row;

	offer_code(c, l->code);
}

static void
offer_codes(struct completion *c)
{
	offer_rows(c, list_labels, sizeof(struct label), offer_label);
}

static void
offer_guest_code(struct completion *c, const void *row)
{
	const struct badge *b = row;

	offer_code(c, b->code);		/* "" if it has none: that is not offered */
}

static void
offer_unclaimed(struct completion *c)
{
	offer_rows(c, list_unclaimed, sizeof(struct badge), offer_guest_code);
}

static void
offer_preset(struct completion *c, const void *row)
{
	const struct preset *p = row;

	offer(c, p->name);
}

static void
offer_presets(struct completion *c)
{
	offer_rows(c, list_presets, sizeof(struct preset), offer_preset);
}

static void
offer_place(struct completion *c, const void *row)
{
	const struct preset *p = row;

	if (strcmp(p->place, PLACE_DEFAULT) != 0)
		offer_name(c, p->place);
}

static void
offer_places(struct completion *c)
{
	offer_name(c, PLACE_DEFAULT);
	offer_rows(c, list_presets, sizeof(struct preset), offer_place);
}

/* ---- what is known without it ---- */

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

/* Of the setting that the word before names. */
static void
offer_setting_values(struct completion *c)
{
	struct config config;
	struct setting s;
	char value[CONFIG_TEXT], name[2 * CONFIG_TEXT];

	config_defaults(&config);
	for (int i = 0; config_setting(&config, i, &s, value) == 1; i++) {
		snprintf(name, sizeof name, "%s.%s", s.section, s.key);
		if (strcmp(name, c->word[c->words - 1]) == 0)
			offer_choices(c, s.allowed);
	}
	if (strcmp(c->word[c->words - 1], "label.template") == 0)
		offer_templates(c);
}

static void
offer_shelves(struct completion *c)
{
	static const char *const DAYS[] = { "0", "1d", "3d", "7d", "14d", "30d", "90d" };

	for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++)
		offer(c, DAYS[i]);
	for (enum weekday w = 0; w < 7; w++)
		offer(c, weekday_text(w));
}

static void
offer_forms(struct completion *c)
{
	offer_choices(c, NUMBER_FORMS);
}

/* The next of a list with commas. */
static void
offer_columns(struct completion *c)
{
	const char *comma = strrchr(c->typed, ',');
	int n = comma != NULL ? (int)(comma + 1 - c->typed) : 0;
	char list[CHOICES_SIZE];

	for (int column = 0; column < COLUMNS; column++) {
		snprintf(list, sizeof list, "%.*s%s", n, c->typed,
		    roster_column_text((enum roster_column)column));
		offer(c, list);
	}
}

static void
offer_checks(struct completion *c)
{
	const char *name;

	for (int i = 0; (name = doctor_check_name(i)) != NULL; i++)
		offer(c, name);
}

static void
offer_files(struct completion *c)
{
	c->files = true;
}

/* ---- what a place takes ---- */

/* By the name that the tables give an argument or an option; NULL: nothing to offer. The
 * first that fits decides. */
static const struct {
	const char *what;		/* "OWNER", "--owner" */
	const char *command;		/* whose name begins so */
	void (*offer)(struct completion *c);
} TAKES[] = {
	{ "CHECK", "", offer_checks },
	{ "OWNER", "", offer_owners }, { "--owner", "", offer_owners },
	{ "--verify-tap", "", offer_owners },
	{ "BADGE", "", offer_badges }, { "--replaces", "", offer_badges },
	{ "CODE", "badge claim", offer_unclaimed }, { "CODE", "", offer_codes },
	{ "NAME", "preset add", NULL }, { "NAME", "preset", offer_presets },
	{ "NAME", "template", offer_templates }, { "--template", "", offer_templates },
	{ "--preset", "", offer_presets }, { "--group", "", offer_groups },
	{ "PLACE", "", offer_places }, { "--place", "", offer_places },
	{ "--shelf", "", offer_shelves }, { "--as", "", offer_forms },
	{ "--columns", "", offer_columns },
	{ "SECTION.KEY", "", offer_settings }, { "VALUE", "config set", offer_setting_values },
	{ "FILE", "", offer_files }, { "FILE|-", "", offer_files },
	{ "--config", "", offer_files }, { "--output", "", offer_files },
	{ "--prometheus", "", offer_files }, { "--root", "", offer_files },
	{ "--bundle", "", offer_files },
};

/* Returns false where the table says nothing. */
static bool
offer_known(struct completion *c, const char *what)
{
	const char *command = c->ctl.command != NULL ? c->ctl.command->name : "";

	for (size_t i = 0; i < sizeof TAKES / sizeof *TAKES; i++) {
		if (strcmp(what, TAKES[i].what) != 0 ||
		    strncmp(command, TAKES[i].command, strlen(TAKES[i].command)) != 0)
			continue;
		if (TAKES[i].offer != NULL)
			TAKES[i].offer(c);
		return true;
	}
	return false;
}

/* Else from what it takes, or its text: "self, team, everyone, or none: …". */
static void
offer_value(struct completion *c, const struct option_def *o)
{
	char name[64];

	snprintf(name, sizeof name, "--%s", o->name);
	if (!offer_known(c, name))
		offer_choices(c, strchr(o->value, '|') != NULL ? o->value : o->text);
}

/* The n-th argument, from 0, as the table calls it. */
static void
offer_argument(struct completion *c, int n)
{
	const char *args = c->ctl.command->args;
	char what[64];

	for (; n > 0 && *args != '\0'; n--) {
		const char *next = args + strcspn(args, " ");
		next += *next == ' ';
		if (strncmp(next, "...", 3) == 0)
			break;			/* and more of the same */
		args = next;
	}
	args += *args == '[';
	snprintf(what, sizeof what, "%.*s", (int)strcspn(args, " ]"), args);
	if (what[0] != '\0' && !offer_known(c, what) && strchr(what, '|') != NULL)
		offer_choices(c, what);
}

static void
offer_options(struct completion *c)
{
	const struct option_def *own = c->ctl.command != NULL ? c->ctl.command->options : NULL;
	char name[64];

	for (int i = 0; own != NULL && own[i].name != NULL; i++) {
		snprintf(name, sizeof name, "--%s", own[i].name);
		if (!c->given[i])
			offer(c, name);
	}
	for (const struct option_def *o = CTL_GLOBAL; o->name != NULL; o++) {
		snprintf(name, sizeof name, "--%s", o->name);
		offer(c, name);
	}
}

/* The next word of every command that begins with the words so far, each once. */
static void
offer_commands(struct completion *c)
{
	char last[64] = "";

	if (c->words == 0)
		offer(c, "help");
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

/* ---- the line so far ---- */

/* The option that a word names, up to its equals sign; and whether it has one. */
static const struct option_def *
find(const struct option_def *table, const char *typed)
{
	size_t n = strcspn(typed, "=");

	for (; table != NULL && table->name != NULL; table++)
		if ((typed[1] == '-' && strlen(table->name) == n - 2 &&
		    strncmp(table->name, typed + 2, n - 2) == 0) ||
		    (typed[1] == table->letter && table->letter != 0 && typed[2] == '\0'))
			return table;
	return NULL;
}

static const struct option_def *
option_of(struct completion *c, const char *typed)
{
	const struct option_def *o = find(CTL_GLOBAL, typed);

	if (c->ctl.command == NULL)
		ctl_lookup(c->word, c->words, &c->ctl.command);
	if (o != NULL || c->ctl.command == NULL)
		return o;
	o = find(c->ctl.command->options, typed);
	if (o != NULL && o - c->ctl.command->options < CTL_OPTIONS_MAX)
		c->given[o - c->ctl.command->options] = true;
	return o;
}

static void
read_word(struct completion *c, char *word)
{
	const char *is = strchr(word, '=');
	const struct option_def *o = c->open;

	c->open = NULL;
	if (o != NULL) {
		if (strcmp(o->name, "config") == 0)
			c->ctl.config_file = word;
	} else if (c->options_end || word[0] != '-' || word[1] == '\0') {
		if (c->words > 0 || strcmp(word, "help") != 0)
			c->word[c->words++] = word;
	} else if (strcmp(word, "--") == 0) {
		c->options_end = true;
	} else if ((o = option_of(c, word)) != NULL && o->value != NULL) {
		if (is == NULL)
			c->open = o;
		else if (strcmp(o->name, "config") == 0)
			c->ctl.config_file = is + 1;
	}
}

static void
answer(struct completion *c)
{
	char *last = c->line.word[c->line.words - 1];
	char *is = strchr(last, '=');
	int used = ctl_lookup(c->word, c->words, &c->ctl.command);
	static char before[CONFIG_TEXT];

	c->before = "";
	c->typed = last;
	if (c->open == NULL && !c->options_end && last[0] == '-' && last[1] == '-' && is != NULL &&
	    (size_t)(is - last) < sizeof before - 1) {
		c->open = option_of(c, last);
		snprintf(before, sizeof before, "%.*s", (int)(is - last + 1), last);
		c->before = before;
		c->typed = is + 1;
		if (c->open == NULL || c->open->value == NULL)
			return;
	}
	if (c->open != NULL)
		offer_value(c, c->open);
	else if (last[0] == '-' && !c->options_end)
		offer_options(c);
	else if (c->ctl.command == NULL)
		offer_commands(c);
	else
		offer_argument(c, c->words - used);
	if (c->offered == 0 && c->pieces == 1)
		put(c, c->last);
}

static void
give_up(int signal)
{
	(void)signal;
	_exit(1);
}

int
ctl_complete(int count, char **words)
{
	static struct completion c;	/* too large for comfort on a stack */
	struct itimerval limit = { .it_value = { .tv_usec = PATIENCE_MS * 1000 } };

	if (count != 2 || line_take(&c.line, words[0], words[1]) == -1 || c.line.words < 2)
		return 1;
	signal(SIGALRM, give_up);
	setitimer(ITIMER_REAL, &limit, NULL);
	for (int i = 1; i < c.line.words - 1; i++)	/* the first is the program */
		read_word(&c, c.line.word[i]);
	answer(&c);
	session_end(&c.ctl.session);
	return fflush(stdout) != 0 ? 1 : c.files ? CTL_COMPLETE_FILES : 0;
}
