/* label_style.c - what an SVG says of how things look: properties, weights, colours. */
#include "label_impl.h"

#include <stdlib.h>
#include <string.h>

/* A property of an element itself: from its style, else from its attribute. */
static char *
own_property(const xmlNode *n, const char *name)
{
	char *style = svg_attr(n, "style");
	char *found = NULL;
	size_t len = strlen(name);

	for (char *p = style; p != NULL && *p != '\0';) {
		p += strspn(p, "; \t\r\n");
		size_t all = strcspn(p, ";");
		if (all > len && memcmp(p, name, len) == 0 && p[len + strspn(p + len, " \t\r\n")] == ':') {
			g_free(found);
			char *value = strchr(p, ':') + 1;
			found = g_strndup(value, (gsize)(p + all - value));
			g_strstrip(found);
		}
		p += all;
	}
	xmlFree(style);
	if (found == NULL) {
		char *attr = svg_attr(n, name);
		found = attr != NULL ? g_strstrip(g_strdup(attr)) : NULL;
		xmlFree(attr);
	}
	return found;
}

char *
svg_property(const xmlNode *n, const char *name)
{
	for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
		char *value = own_property(n, name);
		if (value != NULL && strcmp(value, "inherit") != 0)
			return value;
		g_free(value);
	}
	return NULL;
}

int
svg_weight(const char *text)
{
	if (text == NULL || strcmp(text, "normal") == 0)
		return PANGO_WEIGHT_NORMAL;
	if (strcmp(text, "bold") == 0 || strcmp(text, "bolder") == 0)
		return PANGO_WEIGHT_BOLD;
	long n = strtol(text, NULL, 10);
	return n >= 100 && n <= 1000 ? (int)n : PANGO_WEIGHT_NORMAL;
}

void
svg_colour(const char *text, int v[static 3])
{
	size_t digits;

	memset(v, 0, 3 * sizeof *v);
	if (text == NULL)
		return;
	if (strcasecmp(text, "white") == 0)
		v[0] = v[1] = v[2] = 255;
	if (strcasecmp(text, "red") == 0)
		v[0] = 255;
	digits = text[0] == '#' ? strspn(text + 1, "0123456789abcdefABCDEF") : 0;
	if (digits != 3 && digits != 6)
		return;
	for (int i = 0; i < 3; i++) {
		char two[3] = { 0 };
		if (digits == 6)
			memcpy(two, text + 1 + 2 * i, 2);
		else
			two[0] = two[1] = text[1 + i];
		v[i] = (int)strtol(two, NULL, 16);
	}
}

bool
colour_is_white(const int v[static 3])
{
	return !colour_is_red(v) && 299 * v[0] + 587 * v[1] + 114 * v[2] >= 128 * 1000;
}

/* A full red, and what lies on the way from it to white by no more than half: where a
 * red shape covers half of a dot, as a black one would blacken it. */
bool
colour_is_red(const int v[static 3])
{
	int high = MAX(v[1], v[2]), low = MIN(v[1], v[2]);

	return v[0] >= 160 && (high <= 96 ||
	    (high <= 128 && v[0] - high >= 48 && high - low <= 48));
}
