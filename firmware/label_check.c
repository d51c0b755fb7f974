/* label_check.c - what is wrong with a template, or may be, before it prints. */
#include "label_impl.h"

int
hear(struct hearer *h, long line, const struct err *e)
{
	struct finding f = { .error = true, .line = (int)line };

	if (h == NULL)
		return -1;
	snprintf(f.what, sizeof f.what, "%.*s", (int)sizeof f.what - 1, e->what);
	snprintf(f.todo, sizeof f.todo, "%.*s", (int)sizeof f.todo - 1, e->todo);
	h->errors++;
	h->found(h, &f);
	return 0;
}
