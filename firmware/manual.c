/* manual.c - a program of the build: it writes a page of the manual.
 *
 *	manual PAGE.in WORDS KEY=VALUE...	the page, on standard output
 *
 * A page is written by hand, in mdoc; what the programs know about themselves is put in
 * from the tables that they read, at lines that begin with "@":
 *
 *	@GROUP owner badge	all commands that begin with such a word, with their options,
 *				as items of a list; a page with groups must have them all
 *	@OPTIONS fridged	options, of a program: fridgectl's are those of every command
 *	@SETTINGS fridge	the settings of a section
 *	@FIELDS @ATTRIBUTES	of templates
 *	@WORDS			the fixed words of the file WORDS
 *
 * and @KEY@ within a line becomes VALUE. It runs on the machine that builds and needs
 * no library. What the tables point to is not linked: nothing of it is run.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_impl.h"
#include "ctl.h"
#include "label_field.h"
#include "option.h"

#define LINE 1024
#define WIDTH 78		/* of the lines that are written */
#define COMMANDS_MAX 200

struct page {
	const char *file;
	int line;
	const char *words;
	char **pair;			/* KEY=VALUE, ended by NULL */
	bool named[COMMANDS_MAX];	/* which commands the page has */
};

static void
die(const struct page *p, const char *what, const char *which)
{
	fprintf(stderr, "%s:%d: %s \"%s\"\n", p->file, p->line, what, which);
	exit(1);
}

/* ---- words as roff wants them ---- */

/* One character at *s, moved behind it; everything but plain ASCII by its number. */
static void
put_character(const char **s)
{
	unsigned char c = (unsigned char)*(*s)++;
	unsigned long code = c;
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

	if (c < 0x80) {
		fputs(c == '\\' ? "\\e" : c == '-' ? "\\-" : c == '"' ? "\\(dq" : "", stdout);
		if (strchr("\\-\"", c) == NULL)
			putchar(c);
		return;
	}
	for (code = c & (0x3fu >> more); more > 0 && **s != '\0'; more--)
		code = code << 6 | ((unsigned char)*(*s)++ & 0x3f);
	printf("\\[u%04lX]", code);
}

static void
put_escaped(const char *s, size_t n)
{
	const char *end = s + n;

	while (s < end)
		put_character(&s);
}

/* A sentence or several: lines of their own, broken where they get long. */
static void
put_text(const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		bool ends = n > 1 && text[n - 1] == '.' && text[n] == ' ';
		if (column > 0 && column + 1 + n > WIDTH)
			column = 0, putchar('\n');
		if (column > 0)
			putchar(' ');
		else if (text[0] == '.' || text[0] == '\'')
			fputs("\\&", stdout);
		put_escaped(text, n);
		column = ends ? 0 : column + 1 + n;
		if (ends)
			putchar('\n');
		text += n + (text[n] != '\0');
	}
	putchar('\n');
}

/* What an argument or a value takes: "FILE" stands for something, "taken|discarded" is
 * typed as it is. In a line of macros. */
static void
put_placeholder(const char *word, size_t n)
{
	while (n > 0) {
		size_t part = strcspn(word, "|");
		if (part > n)
			part = n;
		fputs(word[0] >= 'a' && word[0] <= 'z' ? " Cm " : " Ar ", stdout);
		put_escaped(word, part);
		if (part < n)
			fputs(" |", stdout);
		word += part + (part < n);
		n -= part + (part < n);
	}
}

/* ---- options ---- */

/* "Fl -timeout Ar S", without the line's end. */
static void
put_flag(const struct option_def *o)
{
	if (o->letter != 0)
		printf("Fl %c , ", o->letter);
	fputs("Fl \\-", stdout);
	put_escaped(o->name, strlen(o->name));
	if (o->value != NULL)
		put_placeholder(o->value, strlen(o->value));
}

static void
put_options(const struct option_def *o)
{
	puts(".Bl -tag -width Ds -compact");
	for (; o->name != NULL; o++) {
		fputs(".It ", stdout);
		put_flag(o);
		putchar('\n');
		put_text(o->text);
	}
	puts(".El");
}

static void
options_of(const struct page *p, const char *program)
{
	static const struct { const char *name; const struct option_def *table; } PROGRAMS[] = {
		{ "fridgectl", CTL_GLOBAL }, { "fridged", FRIDGED_OPTIONS },
		{ "fridge-report", REPORT_OPTIONS },
	};

	for (size_t i = 0; i < sizeof PROGRAMS / sizeof *PROGRAMS; i++) {
		if (strcmp(PROGRAMS[i].name, program) == 0) {
			put_options(PROGRAMS[i].table);
			return;
		}
	}
	die(p, "there is no table of options of", program);
}

/* ---- commands ---- */

static void
put_arguments(const char *args)
{
	while (*args != '\0') {
		size_t n = strcspn(args, " ");
		bool optional = n > 2 && args[0] == '[' && args[n - 1] == ']';
		fputs(optional ? ".Op" : ".", stdout);
		put_placeholder(args + optional, n - 2 * optional);
		putchar('\n');
		args += n + (args[n] != '\0');
	}
}

static void
put_command(const struct ctl_command *cmd)
{
	printf(".It Xo\n.Cm ");
	put_escaped(cmd->name, strlen(cmd->name));
	putchar('\n');
	put_arguments(cmd->args);
	for (const struct option_def *o = cmd->options; o != NULL && o->name != NULL; o++) {
		fputs(".Op ", stdout);
		put_flag(o);
		putchar('\n');
	}
	puts(".Xc");
	put_text(cmd->text);
	if (cmd->options != NULL)
		put_options(cmd->options);
}

/* The commands whose first word is one of those, in their order; such a word must be. */
static void
commands_of(struct page *p, char *words)
{
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
		size_t n = strlen(word);
		for (int i = 0; CTL_COMMANDS[i].name != NULL && i < COMMANDS_MAX; i++) {
			const char *name = CTL_COMMANDS[i].name;
			if (strncmp(name, word, n) != 0 || (name[n] != '\0' && name[n] != ' '))
				continue;
			p->named[i] = true;
			put_command(&CTL_COMMANDS[i]);
		}
	}
}

/* A command that no group has would be missing from the page. */
static void
check_named(const struct page *p)
{
	bool any = false;

	for (int i = 0; i < COMMANDS_MAX; i++)
		any = any || p->named[i];
	for (int i = 0; any && CTL_COMMANDS[i].name != NULL && i < COMMANDS_MAX; i++)
		if (!p->named[i])
			die(p, "no group has the command", CTL_COMMANDS[i].name);
}

/* ---- settings ---- */

static void
put_setting(const struct setting_def *d)
{
	char text[LINE];

	fputs(".It Cm ", stdout);
	put_escaped(d->key, strlen(d->key));
	putchar('\n');
	put_text(d->text);
	puts("Allowed:");
	snprintf(text, sizeof text, "%s%s%s.", d->allowed, d->unit[0] != '\0' ? " " : "", d->unit);
	put_text(text);
	puts("Default:");
	if (d->fallback[0] == '\0') {
		puts("empty.");
	} else {
		fputs(".Li ", stdout);
		put_escaped(d->fallback, strlen(d->fallback));
		puts(" .");
	}
}

static void
settings_of(const struct page *p, const char *section)
{
	int n = 0;

	puts(".Bl -tag -width Ds");
	for (const struct setting_def *d = CONFIG_SETTINGS; d->section != NULL; d++) {
		if (strcmp(d->section, section) == 0) {
			put_setting(d);
			n++;
		}
	}
	puts(".El");
	if (n == 0)
		die(p, "fridge.conf has no section", section);
}

/* ---- templates ---- */

static void
put_fields(void)
{
	puts(".Bl -tag -width \"{expires}\" -compact");
	for (int i = 0; i < FIELDS; i++) {
		printf(".It Brq %s\n", LABEL_FIELDS[i].name);
		put_text(LABEL_FIELDS[i].text);
	}
	puts(".El");
}

static void
put_attributes(void)
{
	puts(".Bl -tag -width Ds -compact");
	for (const struct attribute_def *a = LABEL_ATTRIBUTES; a->name != NULL; a++) {
		fputs(".It Cm ", stdout);
		put_escaped(a->name, strlen(a->name));
		if (a->value[0] != '\0') {
			fputs(" Ns = Ns Qq Li ", stdout);
			put_escaped(a->value, strlen(a->value));
		}
		putchar('\n');
		if (a->at[0] != '\0')
			printf("(of\n.Li <%s> )\n", a->at);
		put_text(a->text);
	}
	puts(".El");
}

/* "until = until {expires:=EEE d MMM}" of every line. */
static void
put_words(const struct page *p)
{
	char line[LINE];
	FILE *in = fopen(p->words, "r");

	if (in == NULL)
		die(p, "cannot read", p->words);
	puts(".Bl -tag -width Ds -compact");
	while (fgets(line, sizeof line, in) != NULL) {
		char *is = strstr(line, " = ");
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || is == NULL)
			continue;
		printf(".It Brq %.*s\n", (int)(is - line), line);
		put_text(is + 3);
	}
	puts(".El");
	fclose(in);
}

/* ---- a page ---- */

/* A line as it is, with VALUE where it has @KEY@. */
static void
put_line(const struct page *p, const char *line)
{
	while (*line != '\0') {
		const char *end = line[0] == '@' ? strchr(line + 1, '@') : NULL;
		size_t n = end != NULL ? (size_t)(end - line - 1) : 0;
		char **pair = p->pair;
		while (n > 0 && *pair != NULL &&
		    (strncmp(*pair, line + 1, n) != 0 || (*pair)[n] != '='))
			pair++;
		if (n > 0 && *pair != NULL) {
			fputs(*pair + n + 1, stdout);
			line = end + 1;
		} else {
			putchar(*line++);
		}
	}
}

/* A line that begins with "@": whether it asks for a table. */
static bool
put_table(struct page *p, char *line)
{
	char *what = line + 1, *which = strchr(line, ' ');

	if (which != NULL)
		*which++ = '\0';
	if (strcmp(what, "GROUP") == 0 && which != NULL)
		commands_of(p, which);
	else if (strcmp(what, "OPTIONS") == 0 && which != NULL)
		options_of(p, which);
	else if (strcmp(what, "SETTINGS") == 0 && which != NULL)
		settings_of(p, which);
	else if (strcmp(what, "FIELDS") == 0)
		put_fields();
	else if (strcmp(what, "ATTRIBUTES") == 0)
		put_attributes();
	else if (strcmp(what, "WORDS") == 0)
		put_words(p);
	else
		return false;
	return true;
}

int
main(int argc, char **argv)
{
	struct page p = { .line = 0 };
	char line[LINE], copy[LINE];

	if (argc < 3) {
		fputs("usage: manual PAGE.in WORDS [KEY=VALUE...]\n", stderr);
		return 2;
	}
	p.file = argv[1];
	p.words = argv[2];
	p.pair = argv + 3;
	FILE *in = fopen(p.file, "r");
	if (in == NULL)
		die(&p, "cannot read", p.file);
	while (fgets(line, sizeof line, in) != NULL) {
		p.line++;
		snprintf(copy, sizeof copy, "%.*s", (int)strcspn(line, "\n"), line);
		if (line[0] != '@' || !put_table(&p, copy))
			put_line(&p, line);
	}
	fclose(in);
	check_named(&p);
	return fflush(stdout) == 0 ? 0 : 1;
}
