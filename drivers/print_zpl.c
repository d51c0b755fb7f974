/* print_zpl.c - a page in Zebra's ZPL II: one graphic field of compressed hexadecimal
 * digits.
 *
 * How labels are parted, torn off or cut is the printer's own set-up and stays as it
 * is; only a roll says that it has no gaps.
 */
#include "print_impl.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_MAX 200

static const char DIGITS[] = "0123456789ABCDEF";

static int
digit_at(const uint8_t *row, size_t i)
{
	return i % 2 == 0 ? row[i / 2] >> 4 : row[i / 2] & 15;
}

/* G to Y stand for 1 to 19 of the next digit, g to z for 20 to 400. */
static char *
put_run(char *to, size_t n, int digit)
{
	for (; n >= 400; n -= 400)
		*to++ = 'z';
	if (n >= 20)
		*to++ = (char)('g' + n / 20 - 1);
	if (n % 20 > 0)
		*to++ = (char)('G' + n % 20 - 1);
	*to++ = DIGITS[digit];
	return to;
}

/* A row, closed by a comma where the rest is white. */
static char *
put_row(char *to, const uint8_t *row, size_t bytes)
{
	size_t end = bytes * 2, i = 0;

	while (end > 0 && digit_at(row, end - 1) == 0)
		end--;
	while (i < end) {
		int digit = digit_at(row, i);
		size_t n = 1;
		while (i + n < end && digit_at(row, i + n) == digit)
			n++;
		i += n;
		if (n > 2) {
			to = put_run(to, n, digit);
			continue;
		}
		while (n-- > 0)
			*to++ = DIGITS[digit];
	}
	if (end < bytes * 2)
		*to++ = ',';
	return to;
}

int
zpl_write(const struct raw *r, const struct page *page, int copies, struct document *out,
    struct err *e)
{
	size_t bytes = ((size_t)page->width + 7) / 8, total = bytes * (size_t)page->height;

	out->room = total * 2 + (size_t)page->height + 2 * HEAD_MAX;
	out->bytes = malloc(out->room);
	if (out->bytes == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	char *to = (char *)out->bytes;
	to += snprintf(to, HEAD_MAX, "^XA%s^LH0,0^PW%d^LL%d^FO0,0^GFA,%zu,%zu,%zu,",
	    r->media.roll ? "^MNN" : "", page->width, page->height, total, total, bytes);
	for (int y = 0; y < page->height; y++) {
		const uint8_t *row = page->bits + (size_t)y * page->stride;
		/* A colon: as the row above. */
		if (y > 0 && memcmp(row, row - page->stride, bytes) == 0)
			*to++ = ':';
		else
			to = put_row(to, row, bytes);
	}
	to += snprintf(to, HEAD_MAX, "^FS^PQ%d^XZ\n", copies);
	out->size = (size_t)(to - (char *)out->bytes);
	return 0;
}
