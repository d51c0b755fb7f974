/* out_paper.c - what an answer is printed on: how wide, and whether in colours. */
#include "out_impl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "words.h"

#define COLUMNS_MIN 20
#define COLUMNS_MAX 10000
#define ELLIPSIS "\xe2\x80\xa6"

/* $COLUMNS, else what the terminal says of itself; 0 if neither is any use. */
static int
columns_of(int fd)
{
	const char *wish = getenv("COLUMNS");
	struct winsize w = { .ws_col = 0 };
	long n = wish != NULL ? strtol(wish, NULL, 10) : 0;

	if (n <= 0 && ioctl(fd, TIOCGWINSZ, &w) == 0)
		n = w.ws_col;
	if (n <= 0 || n > COLUMNS_MAX)
		return 0;
	return n < COLUMNS_MIN ? COLUMNS_MIN : (int)n;
}

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

void
paper_look(FILE *file, struct paper *out)
{
	const char *term = getenv("TERM");
	int fd = fileno(file);

	*out = (struct paper){ .file = file };
	if (fd == -1 || !isatty(fd))	/* a stream in memory has no number */
		return;
	out->columns = columns_of(fd);
	out->colours = !is_set("NO_COLOR") && is_set("TERM") && strcmp(term, "dumb") != 0;
}

/* Controls are printed as \xNN, see put_text: four columns each. */
int
paper_width(const char *text)
{
	int escapes = 0;
	size_t n = strlen(text);
	char *plain = malloc(n + 1);
	size_t at = 0;

	if (plain == NULL)
		return (int)n;	/* out of line, but told */
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		unsigned char next = (unsigned char)text[i + 1];
		if (c < 0x20 || c == 0x7f) {
			escapes++;
		} else if (c == 0xc2 && next >= 0x80 && next <= 0x9f) {
			escapes++;
			i++;
		} else {
			plain[at++] = text[i];
		}
	}
	plain[at] = '\0';
	int width = words_columns(plain) + 4 * escapes;
	free(plain);
	return width;
}

char *
paper_cut(const char *text, int columns)
{
	size_t n = strlen(text);
	char *cut = malloc(n + sizeof ELLIPSIS);

	if (cut == NULL)
		return NULL;
	memcpy(cut, text, n + 1);
	/* From the end: what is shorter in characters is not always narrower. */
	while (n > 0 && paper_width(cut) > columns - 1) {
		do
			n--;
		while (n > 0 && ((unsigned char)cut[n] & 0xc0) == 0x80);
		cut[n] = '\0';
	}
	memcpy(cut + n, ELLIPSIS, sizeof ELLIPSIS);
	return cut;
}
