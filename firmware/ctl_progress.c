/* ctl_progress.c - a bar for what takes long, on standard error if that is a terminal. */
#include <unistd.h>

#include "ctl.h"

#define WIDTH 30

void
progress_show(struct progress *p, const char *what, size_t done, size_t all)
{
	char bar[WIDTH + 1];
	int percent = all > 0 ? (int)(100 * (double)done / (double)all) : 100;

	if ((p->what == what && p->shown == percent) || isatty(STDERR_FILENO) != 1)
		return;
	p->what = what;
	p->shown = percent;
	for (int i = 0; i < WIDTH; i++)
		bar[i] = i < percent * WIDTH / 100 ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r%-10s[%s] %3d %%", what, bar, percent);
	fflush(stderr);
}

void
progress_end(struct progress *p)
{
	if (p->what != NULL)
		fputs("\r\033[K", stderr);
	p->what = NULL;
}
