/* print_ask.c - answers of a server that list several things, taken apart. */
#include "print_impl.h"

const char *
answer_text(ipp_t *answer, const char *name)
{
	const char *text = ippGetString(ippFindAttribute(answer, name, IPP_TAG_ZERO), 0, NULL);

	return text != NULL ? text : "";
}

void
answer_refusal(ipp_t *answer, char *out, size_t size)
{
	snprintf(out, size, "%s", answer_text(answer, "status-message"));
	size_t n = strlen(out);
	if (n > 0 && out[n - 1] == '.')
		out[n - 1] = '\0';
}

ipp_t *
answer_next(ipp_t *answer, ipp_attribute_t **at)
{
	ipp_attribute_t *a = *at;
	ipp_t *one;

	/* A blank attribute stands between two things. */
	while (a != NULL && (ippGetName(a) == NULL || ippGetGroupTag(a) != IPP_TAG_PRINTER))
		a = ippNextAttribute(answer);
	one = a == NULL ? NULL : ippNew();
	for (; a != NULL && ippGetName(a) != NULL && ippGetGroupTag(a) == IPP_TAG_PRINTER;
	    a = ippNextAttribute(answer))
		ippCopyAttribute(one, a, 0);
	*at = a;
	return one;
}
