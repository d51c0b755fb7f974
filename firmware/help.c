/* help.c - see help.h */
#include "help.h"

#include <stdbool.h>
#include <string.h>

#define TEXT_COLUMN 28		/* where explanations begin */
#define WIDTH 80

/* The words of the text, from the column that was reached and on further lines from indent
 * on; a blank goes before each that does not begin a line. */
static void
put_words(FILE *to, const char *text, int column, int indent)
{
	bool begins = column <= indent;

	while (*text != '\0') {
		int n = (int)strcspn(text, " ");
		if (!begins && column + 1 + n > WIDTH) {
			fprintf(to, "\n%*s", indent, "");
			column = indent;
			begins = true;
		}
		column += fprintf(to, "%s%.*s", begins ? "" : " ", n, text);
		begins = false;
		text += n + (text[n] != '\0');
	}
	fputc('\n', to);
}

void
help_text(FILE *to, const char *text)
{
	put_words(to, text, 0, 0);
}

void
help_entry(FILE *to, const char *what, const char *text)
{
	bool beside = strlen(what) <= TEXT_COLUMN - 4;

	/* What reaches into the column of texts has its own below. */
	fprintf(to, beside ? "  %-*s  " : "  %-*s", TEXT_COLUMN - 4, what);
	put_words(to, text, beside ? TEXT_COLUMN : WIDTH, TEXT_COLUMN);
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
