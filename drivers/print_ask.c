/* print_ask.c - answers of a server that list several things, taken apart. */
#include "print_impl.h"

const char *
answer_text(ipp_t *answer, const char *name)
{
	const char *text = ippGetString(ippFindAttribute(answer, name, IPP_TAG_ZERO), 0, NULL);

	return text != NULL ? text : "";
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
