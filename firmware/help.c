/* help.c - see help.h */
#include "help.h"

#include <string.h>

#define TEXT_COLUMN 28		/* where explanations begin */
#define WIDTH 80

void
help_entry(FILE *to, const char *what, const char *text)
{
	int column = fprintf(to, "  %-*s ", TEXT_COLUMN - 4, what);

	while (*text != '\0') {
		int n = (int)strcspn(text, " ");
		if (column + 1 + n > WIDTH)
			column = fprintf(to, "\n%*s", TEXT_COLUMN - 1, "") - 1;
		column += fprintf(to, " %.*s", n, text);
		text += n + (text[n] != '\0');
	}
	fputc('\n', to);
}

void
help_option(FILE *to, char letter, const char *name, const char *value, const char *text)
{
	char what[80], dash[8] = "    ";

	if (letter != 0)
		snprintf(dash, sizeof dash, "-%c, ", letter);
	snprintf(what, sizeof what, "%s--%s%s%s", dash, name, value != NULL ? " " : "",
	    value != NULL ? value : "");
	help_entry(to, what, text);
}
