/* ctl_near.c - what somebody may have meant: nearest names of people and commands. */
#include "ctl.h"

#define LETTERS_MAX 128

/* The letters of a UTF-8 text, ASCII ones in lower case; how many there are. */
static int
letters(const char *text, uint32_t out[static LETTERS_MAX])
{
	int n = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		if ((*p & 0xc0) == 0x80 && n > 0) {
			out[n - 1] = out[n - 1] << 6 | (*p & 0x3f);
			continue;
		}
		if (n == LETTERS_MAX)
			break;
		out[n++] = *p >= 'A' && *p <= 'Z' ? *p + 0x20u : *p;
	}
	return n;
}

static int
least(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance, one row of the matrix at a time. */
int
near_distance(const char *a, const char *b)
{
	uint32_t la[LETTERS_MAX], lb[LETTERS_MAX];
	int row[LETTERS_MAX + 1];
	int na = letters(a, la), nb = letters(b, lb);

	for (int j = 0; j <= nb; j++)
		row[j] = j;
	for (int i = 1; i <= na; i++) {
		int diagonal = row[0];
		row[0] = i;
		for (int j = 1; j <= nb; j++) {
			int above = row[j];
			row[j] = least(row[j] + 1, row[j - 1] + 1,
			    diagonal + (la[i - 1] != lb[j - 1]));
			diagonal = above;
		}
	}
	return row[nb];
}
