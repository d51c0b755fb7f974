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
help_options(FILE *to, const struct option_def *table)
{
	for (const struct option_def *o = table; o != NULL && o->name != NULL; o++) {
		char what[80], dash[8] = "    ";

		if (o->letter != 0)
			snprintf(dash, sizeof dash, "-%c, ", o->letter);
		snprintf(what, sizeof what, "%s--%s%s%s", dash, o->name,
		    o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
		help_entry(to, what, o->text);
	}
}
