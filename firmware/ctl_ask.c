/* ctl_ask.c - see ctl_ask.h */
#include "ctl_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl.h"

#define QUESTION 400

char *
ask_line(const char *question)
{
	char *line = NULL;
	size_t room = 0;

	fputs(question, stderr);
	ssize_t n = getline(&line, &room, stdin);
	if (n == -1 || ctl_cancelled()) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

/* Without blanks at its ends, in place. */
static char *
trimmed(char *line)
{
	line += strspn(line, " \t");
	for (size_t n = strlen(line); n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'); n--)
		line[n - 1] = '\0';
	return line;
}

int
ask_yes(const char *question, bool usual)
{
	char text[QUESTION];
	int answer = -1;
	char *line;

	snprintf(text, sizeof text, "%s [%s] ", question, usual ? "Y/n" : "y/N");
	while (answer == -1 && (line = ask_line(text)) != NULL) {
		const char *typed = trimmed(line);
		if (typed[0] == '\0')
			answer = usual;
		else if (strcasecmp(typed, "y") == 0 || strcasecmp(typed, "yes") == 0)
			answer = 1;
		else if (strcasecmp(typed, "n") == 0 || strcasecmp(typed, "no") == 0)
			answer = 0;
		else
			fprintf(stderr, "  y for yes, n for no, or Enter for %s\n",
			    usual ? "yes" : "no");
		free(line);
	}
	return answer;
}

int
ask_choice(const char *question, const char *const *list, size_t n, size_t usual)
{
	char text[QUESTION];
	char *line;
	int chosen = -1;

	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  %zu  %s\n", i + 1, list[i]);
	snprintf(text, sizeof text, "%s [%zu] ", question, usual + 1);
	while (chosen == -1 && (line = ask_line(text)) != NULL) {
		const char *typed = trimmed(line);
		char *end;
		unsigned long number = strtoul(typed, &end, 10);
		if (typed[0] == '\0')
			chosen = (int)usual;
		else if (*end == '\0' && typed[0] != '-' && number >= 1 && number <= n)
			chosen = (int)number - 1;
		else
			fprintf(stderr, "  a number from 1 to %zu, or Enter for %zu\n", n, usual + 1);
		free(line);
	}
	return chosen;
}

int
ask_text(const char *question, const char *usual, ask_check *check, void *arg)
{
	char text[QUESTION];
	struct err e;
	char *line;
	int rc = -1;

	if (usual[0] != '\0')
		snprintf(text, sizeof text, "%s [%s]: ", question, usual);
	else
		snprintf(text, sizeof text, "%s: ", question);
	while (rc == -1 && (line = ask_line(text)) != NULL) {
		const char *typed = trimmed(line);
		if (typed[0] == '\0')
			typed = usual;
		else if (strcmp(typed, "-") == 0)
			typed = "";
		rc = check(arg, typed, &e);
		if (rc == -1)
			fprintf(stderr, "  %s%s%s\n", e.what, e.todo[0] != '\0' ? "\n  allowed: " : "",
			    e.todo);
		free(line);
	}
	return rc;
}
