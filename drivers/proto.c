/* proto.c - see proto.h */
#include "proto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room kept for the newline that the sender adds, and the NUL. */
#define ROOM (PROTO_LINE - 2)

static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("-._~:/,+@", c) != NULL);
}

static void
put(struct proto_line *l, const char *bytes, size_t n)
{
	if (l->len + n > ROOM) {
		l->ok = false;
		return;
	}
	memcpy(l->text + l->len, bytes, n);
	l->len += n;
	l->text[l->len] = '\0';
}

static void
put_encoded(struct proto_line *l, const char *text)
{
	static const char HEX[] = "0123456789ABCDEF";

	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		char c[3] = { (char)*p, 0, 0 };
		if (is_plain(*p)) {
			put(l, c, 1);
		} else {
			c[0] = '%';
			c[1] = HEX[*p >> 4];
			c[2] = HEX[*p & 15];
			put(l, c, 3);
		}
	}
}

void
proto_start(struct proto_line *l, const char *word)
{
	l->len = 0;
	l->ok = true;
	l->text[0] = '\0';
	put(l, word, strlen(word));
}

void
proto_word(struct proto_line *l, const char *text)
{
	put(l, " ", 1);
	put_encoded(l, text);
}

void
proto_pair(struct proto_line *l, const char *key, const char *value)
{
	put(l, " ", 1);
	put(l, key, strlen(key));
	put(l, "=", 1);
	put_encoded(l, value != NULL ? value : "");
}

void
proto_pair_int(struct proto_line *l, const char *key, long long value)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", value);
	proto_pair(l, key, text);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Whether text is well-formed UTF-8 (no overlong forms, no surrogates). */
static bool
is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p != '\0') {
		int more = *p < 0x80 ? 0 : (*p >= 0xc2 && *p < 0xe0) ? 1 :
		    (*p >= 0xe0 && *p < 0xf0) ? 2 : (*p >= 0xf0 && *p < 0xf5) ? 3 : -1;
		if (more == -1)
			return false;
		if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
		    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
			return false;
		p++;
		for (; more > 0; more--, p++)
			if ((*p & 0xc0) != 0x80)
				return false;
	}
	return true;
}

/* Decode %XX in place. Returns 0 or -1. */
static int
decode(char *text)
{
	char *to = text;

	for (char *from = text; *from != '\0'; from++) {
		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		int high = hex_digit(from[1]);
		int low = high == -1 ? -1 : hex_digit(from[2]);
		if (low == -1 || (high == 0 && low == 0))
			return -1;
		*to++ = (char)(high << 4 | low);
		from += 2;
	}
	*to = '\0';
	return is_utf8(text) ? 0 : -1;
}

int
proto_parse(char *line, struct proto_parts *out)
{
	char *save = NULL;

	out->count = 0;
	for (char *word = strtok_r(line, " ", &save); word != NULL;
	    word = strtok_r(NULL, " ", &save)) {
		if (out->count == PROTO_PARTS)
			return -1;
		char *equals = out->count == 0 ? NULL : strchr(word, '=');
		char *value = word;
		if (equals != NULL) {
			*equals = '\0';
			value = equals + 1;
		}
		if (decode(value) == -1)
			return -1;
		out->part[out->count].key = equals != NULL ? word : NULL;
		out->part[out->count].value = value;
		out->count++;
	}
	return out->count == 0 ? -1 : 0;
}

const char *
proto_get(const struct proto_parts *p, const char *key)
{
	for (size_t i = 1; i < p->count; i++)
		if (p->part[i].key != NULL && strcmp(p->part[i].key, key) == 0)
			return p->part[i].value;
	return "";
}

const char *
proto_arg(const struct proto_parts *p, size_t n)
{
	for (size_t i = 1; i < p->count; i++)
		if (p->part[i].key == NULL && --n == 0)
			return p->part[i].value;
	return "";
}

long long
proto_get_int(const struct proto_parts *p, const char *key, long long fallback)
{
	const char *text = proto_get(p, key);
	char *end;

	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (text[0] == '\0' || *end != '\0' || errno != 0)
		return fallback;
	return value;
}
