/* ctl_help.c - what fridgectl says about itself, all of it from the one table. */
#include <string.h>

#include "ctl.h"
#include "help.h"

#define HELP "fridgectl --help"
#define NEAR 3			/* a name so many letters away may be meant */

void
ctl_usage(const struct ctl_command *cmd, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "fridgectl %s%s%s", cmd->name,
	    cmd->args[0] != '\0' ? " " : "", cmd->args);

	for (const struct option_def *o = cmd->options; o != NULL && o->name != NULL; o++) {
		char flag[64];
		if (o->letter != 0)
			snprintf(flag, sizeof flag, "-%c", o->letter);
		else
			snprintf(flag, sizeof flag, "--%s", o->name);
		if (n < size)
			n += (size_t)snprintf(out + n, size - n, " [%s%s%s]", flag,
			    o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
	}
}

/* Whether the command's first word is that one and a second follows. */
static bool
is_in_group(const struct ctl_command *cmd, const char *group)
{
	size_t n = strlen(group);

	return n > 0 && strncmp(cmd->name, group, n) == 0 && cmd->name[n] == ' ';
}

int
ctl_lookup(char *const *word, int words, const struct ctl_command **cmd)
{
	*cmd = NULL;
	for (const struct ctl_command *k = CTL_COMMANDS; k->name != NULL; k++) {
		size_t n = words > 0 ? strlen(word[0]) : 0;
		bool group = words > 1 && is_in_group(k, word[0]);
		if (group && strcmp(k->name + n + 1, word[1]) == 0) {
			*cmd = k;
			return 2;
		}
		if (words > 0 && strcmp(k->name, word[0]) == 0) {
			*cmd = k;
			return 1;
		}
	}
	return 0;
}

/* The second words of a group, as "add, list or show". */
static int
group_words(const char *group, char *out, size_t size)
{
	int count = 0, at = 0;
	size_t n = 0;

	out[0] = '\0';
	for (const struct ctl_command *k = CTL_COMMANDS; k->name != NULL; k++)
		count += is_in_group(k, group);
	for (const struct ctl_command *k = CTL_COMMANDS; k->name != NULL; k++) {
		if (!is_in_group(k, group) || n >= size)
			continue;
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    at == 0 ? "" : at == count - 1 ? " or " : ", ",
		    k->name + strlen(group) + 1);
		at++;
	}
	return count;
}

/* The commands nearest to what was typed, as "fridgectl owner list, fridgectl …". */
static void
nearest(const char *typed, char *out, size_t size)
{
	int best = NEAR + 1;
	size_t n = 0;

	snprintf(out, size, HELP);
	for (const struct ctl_command *k = CTL_COMMANDS; k->name != NULL; k++) {
		int d = near_distance(typed, k->name);
		if (d < best)
			best = d;
	}
	for (const struct ctl_command *k = CTL_COMMANDS; k->name != NULL && best <= NEAR; k++) {
		if (near_distance(typed, k->name) != best || n >= size)
			continue;
		n += (size_t)snprintf(out + n, size - n, "%sfridgectl %s",
		    n == 0 ? "" : " or ", k->name);
	}
}

/* The group whose name is nearest to a word, or NULL. */
static const char *
nearest_group(const char *word, char *out, size_t size)
{
	int best = 3;

	out[0] = '\0';
	for (const struct ctl_command *k = CTL_COMMANDS; k->name != NULL; k++) {
		size_t n = strcspn(k->name, " ");
		char name[40];
		snprintf(name, sizeof name, "%.*s", (int)n, k->name);
		int d = near_distance(word, name);
		if (d < best) {
			best = d;
			snprintf(out, size, "%s", name);
		}
	}
	return out[0] != '\0' ? out : NULL;
}

int
ctl_unknown(char *const *word, int words, struct err *e)
{
	char typed[120], todo[200], group[40];
	char choice[160];

	snprintf(typed, sizeof typed, "%s%s%s", word[0], words > 1 ? " " : "",
	    words > 1 ? word[1] : "");
	if (group_words(word[0], choice, sizeof choice) > 0) {
		nearest(typed, todo, sizeof todo);
		if (words == 1 || strcmp(todo, HELP) == 0)
			snprintf(todo, sizeof todo, "fridgectl %s --help", word[0]);
		if (words == 1)
			return err_set(e, ERR_USAGE, todo, "%s needs one more word: %s",
			    word[0], choice);
		return err_set(e, ERR_USAGE, todo, "there is no command \"%s\"; %s knows %s",
		    typed, word[0], choice);
	}
	nearest(typed, todo, sizeof todo);
	if (strcmp(todo, HELP) == 0)
		nearest(word[0], todo, sizeof todo);
	if (strcmp(todo, HELP) == 0 &&
	    nearest_group(word[0], group, sizeof group) != NULL)
		snprintf(todo, sizeof todo, "fridgectl %s --help", group);
	return err_set(e, ERR_USAGE, todo, "there is no command \"%s\"", typed);
}

static void
put_command(const struct ctl_command *cmd, FILE *to)
{
	char checks[400];

	fprintf(to, "Usage: fridgectl %s%s%s%s\n\n", cmd->name,
	    cmd->args[0] != '\0' ? " " : "", cmd->args,
	    cmd->options != NULL ? " [OPTIONS]" : "");
	help_text(to, cmd->text);
	fputc('\n', to);
	if (cmd->run == cmd_doctor) {
		doctor_check_names(checks, sizeof checks);
		fputs("Checks:\n", to);
		help_entry(to, "CHECK", checks);
		fputc('\n', to);
	}
	if (cmd->options != NULL) {
		fputs("Options:\n", to);
		help_options(to, cmd->options);
		fputc('\n', to);
	}
	fputs("Options of every command:\n", to);
	help_options(to, CTL_GLOBAL);
}

/* Lines of all commands, or of one group. */
static void
put_list(const char *group, FILE *to)
{
	for (const struct ctl_command *k = CTL_COMMANDS; k->name != NULL; k++) {
		char call[64];
		if (group != NULL && !is_in_group(k, group))
			continue;
		snprintf(call, sizeof call, "%s %s", k->name, k->args);
		help_entry(to, call, k->text);
	}
}

int
ctl_help(const struct ctl *c, FILE *to, struct err *e)
{
	const struct ctl_command *cmd;
	char choice[160];

	ctl_lookup(c->word, c->words, &cmd);
	if (cmd != NULL) {
		put_command(cmd, to);
	} else if (c->words == 1 && group_words(c->word[0], choice, sizeof choice) > 0) {
		fprintf(to, "Usage: fridgectl %s COMMAND\n\nCommands:\n", c->word[0]);
		put_list(c->word[0], to);
		fprintf(to, "\nMore of one: fridgectl %s COMMAND --help\n", c->word[0]);
	} else if (c->words > 0) {
		return ctl_unknown(c->word, c->words, e);
	} else {
		fputs("Usage: fridgectl [-c FILE] [--json] [COMMAND]\n\n"
		    "Look after the fridge's labels. Without a command: status.\n\n"
		    "Commands:\n", to);
		put_list(NULL, to);
		fputs("\nOptions:\n", to);
		help_options(to, CTL_GLOBAL);
		fputs("\nOWNER is an ID, an exact name or an e-mail address.\n"
		    "CODE is what stands on the label.\n"
		    "More of one: fridgectl help COMMAND\n", to);
	}
	return 0;
}
