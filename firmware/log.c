/* log.c - see log.h */
#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "err.h"

#define LINE 1024

static const char *program = "fridge";
static bool to_journal;

void
log_open(const char *name)
{
	program = name;
	to_journal = getenv("JOURNAL_STREAM") != NULL;
}

/* One write(2) a line, so that lines of several processes never mix. */
static void __attribute__((format(printf, 2, 0)))
log_line(int priority, const char *fmt, va_list ap)
{
	char text[LINE];
	char line[LINE * ERR_ESCAPE + 64];
	size_t n;

	vsnprintf(text, sizeof text, fmt, ap);
	if (to_journal)
		n = (size_t)snprintf(line, sizeof line, "<%d>", priority);
	else
		n = (size_t)snprintf(line, sizeof line, "%s: ", program);
	for (const char *at = text; *at != '\0'; )
		n += err_escape(&at, line + n);
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) == -1)
		return;		/* nowhere left to tell */
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(3, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(4, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(6, fmt, ap);
	va_end(ap);
}
