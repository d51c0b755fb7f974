/* label_place.c - where things are in an SVG: lengths, transforms, boxes. */
#include "label_impl.h"

#include <math.h>
#include <string.h>

struct matrix {
	double a, b, c, d, e, f;
};

static const struct matrix IDENTITY = { 1, 0, 0, 1, 0, 0 };

/* ---- numbers ---- */

bool
svg_number(const char **s, double *out)
{
	char *end;

	*s += strspn(*s, " \t\r\n,");
	*out = g_ascii_strtod(*s, &end);
	if (end == *s || !isfinite(*out) || fabs(*out) > 1e7)
		return false;
	*s = end;
	return true;
}

bool
svg_length(const char *s, double *out)
{
	static const struct { const char *name; double px; } UNITS[] = {
		{ "", 1 }, { "px", 1 }, { "mm", PX_PER_MM },
		{ "cm", 10 * PX_PER_MM }, { "in", MM_PER_INCH * PX_PER_MM },
		{ "pt", MM_PER_INCH * PX_PER_MM / 72 }, { "pc", MM_PER_INCH * PX_PER_MM / 6 },
	};

	if (s == NULL || !svg_number(&s, out))
		return false;
	size_t n = strcspn(s, " \t\r\n");
	if (s[n + strspn(s + n, " \t\r\n")] != '\0')
		return false;
	for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
		if (strlen(UNITS[i].name) == n && memcmp(s, UNITS[i].name, n) == 0) {
			*out *= UNITS[i].px;
			return true;
		}
	return false;
}

bool
svg_attr_length(const xmlNode *n, const char *name, double fallback, double *out)
{
	char *value = svg_attr(n, name);
	bool ok = true;

	*out = fallback;
	if (value != NULL)
		ok = svg_length(value, out);
	xmlFree(value);
	return ok;
}

/* ---- transforms ---- */

static struct matrix
times(struct matrix m, struct matrix n)
{
	return (struct matrix){
		m.a * n.a + m.c * n.b, m.b * n.a + m.d * n.b,
		m.a * n.c + m.c * n.d, m.b * n.c + m.d * n.d,
		m.a * n.e + m.c * n.f + m.e, m.b * n.e + m.d * n.f + m.f,
	};
}

static bool
make_step(const char *name, size_t len, const double *v, int count, struct matrix *out)
{
	double angle = v[0] * G_PI / 180;

	*out = IDENTITY;
	if (len == 9 && memcmp(name, "translate", 9) == 0 && (count == 1 || count == 2)) {
		out->e = v[0];
		out->f = count == 2 ? v[1] : 0;
	} else if (len == 5 && memcmp(name, "scale", 5) == 0 && (count == 1 || count == 2)) {
		out->a = v[0];
		out->d = count == 2 ? v[1] : v[0];
	} else if (len == 6 && memcmp(name, "matrix", 6) == 0 && count == 6) {
		*out = (struct matrix){ v[0], v[1], v[2], v[3], v[4], v[5] };
	} else if (len == 6 && memcmp(name, "rotate", 6) == 0 && (count == 1 || count == 3)) {
		struct matrix turn = { cos(angle), sin(angle), -sin(angle), cos(angle), 0, 0 };
		double x = count == 3 ? v[1] : 0, y = count == 3 ? v[2] : 0;
		*out = times(times((struct matrix){ 1, 0, 0, 1, x, y }, turn),
		    (struct matrix){ 1, 0, 0, 1, -x, -y });
	} else if (len == 5 && memcmp(name, "skewX", 5) == 0 && count == 1) {
		out->c = tan(angle);
	} else if (len == 5 && memcmp(name, "skewY", 5) == 0 && count == 1) {
		out->b = tan(angle);
	} else {
		return false;
	}
	return true;
}

static bool
parse_transform(const char *s, struct matrix *out)
{
	*out = IDENTITY;
	for (s += strspn(s, " \t\r\n,"); *s != '\0'; s += strspn(s, " \t\r\n,")) {
		struct matrix step;
		double v[6];
		int count = 0;
		const char *name = s;
		size_t len = strcspn(s, " (");
		s += len + strspn(s + len, " ");
		if (*s++ != '(')
			return false;
		while (s += strspn(s, " \t\r\n,"), *s != ')')
			if (count == 6 || !svg_number(&s, &v[count++]))
				return false;
		s++;
		if (!make_step(name, len, v, count, &step))
			return false;
		*out = times(*out, step);
	}
	return true;
}

/* How the element's own units come to be those of the root. */
static int
matrix_of(const xmlNode *n, struct matrix *out, struct err *e)
{
	*out = IDENTITY;
	for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
		struct matrix own;
		char *text = svg_attr(n, "transform");
		if (text == NULL)
			continue;
		bool ok = parse_transform(text, &own);
		if (!ok)
			err_set(e, ERR_REFUSED, NULL, "transform=\"%.60s\" is not understood", text);
		xmlFree(text);
		if (!ok)
			return -1;
		*out = times(own, *out);
	}
	return 0;
}

/* A box that is only moved and made larger or smaller; text is not set askew. */
int
box_place(const xmlNode *n, const char *what, struct box *b, double *scale, struct err *e)
{
	struct matrix m;

	if (matrix_of(n, &m, e) == -1)
		return -1;
	double big = fmax(fabs(m.a), fabs(m.d));
	if (fabs(m.b) > 1e-3 * big || fabs(m.c) > 1e-3 * big || m.a <= 0 || m.d <= 0)
		return err_set(e, ERR_REFUSED, "remove its rotation, or rotate the whole label by "
		    "[printer] rotate", "%s is rotated, mirrored or skewed", what);
	if (scale != NULL && fabs(m.a - m.d) > 0.01 * big)
		return err_set(e, ERR_REFUSED, "scale it alike in both directions",
		    "%s is stretched", what);
	b->x = m.a * b->x + m.e;
	b->y = m.d * b->y + m.f;
	b->w *= m.a;
	b->h *= m.d;
	if (scale != NULL)
		*scale = m.a;
	return 0;
}

double
svg_scale(const xmlNode *n)
{
	struct matrix m;

	return matrix_of(n, &m, NULL) == 0 ? sqrt(fabs(m.a * m.d - m.b * m.c)) : 1;
}

/* The place of a <rect>. */
int
box_of_rect(const xmlNode *n, const char *what, struct box *out, struct err *e)
{
	if (!svg_attr_length(n, "x", 0, &out->x) || !svg_attr_length(n, "y", 0, &out->y) ||
	    !svg_attr_length(n, "width", 0, &out->w) || !svg_attr_length(n, "height", 0, &out->h) ||
	    out->w <= 0 || out->h <= 0)
		return err_set(e, ERR_REFUSED, "give it x, y, width and height",
		    "%s has no size", what);
	return box_place(n, what, out, NULL, e);
}
