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

int
paper_width(const char *text)
{
	size_t n = strlen(text), at = 0;
	char *shown = malloc(n * ERR_ESCAPE + 1);

	if (shown == NULL)
		return (int)n;	/* out of line, but told */
	while (*text != '\0')
		at += err_escape(&text, shown + at);
	shown[at] = '\0';
	int width = words_columns(shown);
	free(shown);
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
