/* pages_ql.c - what a Brother QL printer would print of the bytes it was sent.
 *
 * Strict: whatever Brother's raster command references do not allow, a real printer
 * answers with a red lamp, and this with an end of the program. It shares no table with
 * the program under test.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"

#define ESC 0x1b
#define LINE_MAX 162

/* The paper: kind and mm as ESC i z tells them; printable dots, and pins right of them
 * on a head of 720. A head of 1296 has 44 more there. */
static const struct paper {
	int kind, width, length, dots, rows, right;
} PAPERS[] = {
	{ 0x0a, 12, 0, 106, 0, 29 }, { 0x0a, 29, 0, 306, 0, 6 }, { 0x0a, 38, 0, 413, 0, 12 },
	{ 0x0a, 50, 0, 554, 0, 12 }, { 0x0a, 54, 0, 590, 0, 0 }, { 0x0a, 62, 0, 696, 0, 12 },
	{ 0x0a, 102, 0, 1164, 0, 12 }, { 0x0a, 104, 0, 1200, 0, 12 },
	{ 0x0b, 17, 54, 165, 566, 0 }, { 0x0b, 17, 87, 165, 956, 0 },
	{ 0x0b, 23, 23, 202, 202, 42 }, { 0x0b, 29, 42, 306, 425, 6 },
	{ 0x0b, 29, 90, 306, 991, 6 }, { 0x0b, 38, 90, 413, 991, 12 },
	{ 0x0b, 39, 48, 425, 495, 6 }, { 0x0b, 52, 29, 578, 271, 0 },
	{ 0x0b, 62, 29, 696, 271, 12 }, { 0x0b, 62, 100, 696, 1109, 12 },
	{ 0x0b, 102, 51, 1164, 526, 12 }, { 0x0b, 102, 153, 1164, 1660, 12 },
	{ 0x0b, 104, 164, 1200, 1822, 12 },
	{ 0x0b, 12, 12, 94, 94, 113 }, { 0x0b, 24, 24, 236, 236, 42 },
	{ 0x0b, 58, 58, 618, 618, 51 },
};

struct ql {
	const unsigned char *at, *end;
	struct pages *out;
	bool trace, theirs;
	int line;		/* bytes of one; 0: not known yet */
	/* of the page that is being read */
	struct page *page;
	const struct paper *paper;
	int rows, margin;
	bool told, packs, two_colours, feeds;
	int y, colour;		/* the colour that comes next */
};

static int
next(struct ql *q)
{
	if (q->at == q->end)
		pages_die("QL: it ends in the middle of a command");
	return *q->at++;
}

static void __attribute__((format(printf, 2, 3)))
tell(const struct ql *q, const char *fmt, ...)
{
	va_list ap;

	if (!q->trace)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void
read_information(struct ql *q)
{
	unsigned char n[10];

	for (int i = 0; i < 10; i++)
		n[i] = (unsigned char)next(q);
	int wants = n[1] == 0x0b ? 0x8e : 0x86;
	if ((n[0] & 0x8e) != wants && !q->theirs)
		pages_die("QL: ESC i z tells 0x%02x of paper of kind 0x%02x", n[0], n[1]);
	q->paper = NULL;
	for (size_t i = 0; i < sizeof PAPERS / sizeof *PAPERS; i++)
		if (PAPERS[i].kind == n[1] && PAPERS[i].width == n[2] && PAPERS[i].length == n[3])
			q->paper = &PAPERS[i];
	if (q->paper == NULL)
		pages_die("QL: there is no paper 0x%02x of %d x %d mm", n[1], n[2], n[3]);
	q->rows = n[4] | n[5] << 8 | n[6] << 16 | n[7] << 24;
	if (q->rows < 1 || (q->paper->rows > 0 && q->rows != q->paper->rows &&
	    !q->theirs))
		pages_die("QL: %d rows on paper of %d", q->rows, q->paper->rows);
	if (n[8] != (q->out->count > 0) || n[9] != 0)
		pages_die("QL: page %d says that it is %s", q->out->count + 1,
		    n[8] == 0 ? "the first" : "not the first");
	q->told = true;
	tell(q, "paper 0x%02x %dx%d rows %d %s", n[1], n[2], n[3], q->rows,
	    (n[0] & 0x40) != 0 ? "quality" : "speed");
}

/* What follows ESC i. */
static void
read_escape(struct ql *q)
{
	int letter = next(q), n;

	if (q->page != NULL)
		pages_die("QL: ESC i %c between lines", letter);
	switch (letter) {
	case 'a':
		if ((n = next(q)) != 1)
			pages_die("QL: ESC i a %d is not raster mode", n);
		tell(q, "mode raster");
		break;
	case 'z':
		read_information(q);
		break;
	case 'M':
		n = next(q);
		tell(q, "cut %s", n == 0x40 ? "auto" : n == 0 ? "no" : "?");
		break;
	case 'A':
		if ((n = next(q)) == 0)
			pages_die("QL: ESC i A 0");
		tell(q, "cut each %d", n);
		break;
	case 'K':
		n = next(q);
		if ((n & ~0x09) != 0)
			pages_die("QL: ESC i K 0x%02x", n);
		q->two_colours = (n & 1) != 0;
		tell(q, "expanded%s%s", (n & 8) != 0 ? " cut-at-end" : "",
		    q->two_colours ? " two-colours" : "");
		break;
	case 'd':
		n = next(q);
		q->margin = n | next(q) << 8;
		q->feeds = true;
		tell(q, "margin %d", q->margin);
		break;
	default:
		pages_die("QL: ESC i 0x%02x is no command", letter);
	}
}

/* The first line of a page: everything must have been told. */
static void
start_page(struct ql *q)
{
	if (!q->told || !q->feeds)
		pages_die("QL: page %d has lines before ESC i z and ESC i d", q->out->count + 1);
	if (q->margin != (q->paper->kind == 0x0a ? 35 : 0))
		pages_die("QL: a margin of %d dots on paper 0x%02x", q->margin, q->paper->kind);
	q->page = pages_new(q->out, q->paper->dots, q->rows, 300);
	/* Shorter pieces than these cannot be cut: they are filled up with white. */
	if (q->paper->rows == 0 && (q->rows == 150 || q->rows == 295))
		q->out->loose = true;
	if (q->two_colours)
		pages_add_red(q->page);
	q->y = 0;
	q->colour = q->two_colours ? 1 : 0;
}

/* TIFF's PackBits. Returns how many bytes it was. */
static int
unpack(const unsigned char *from, int n, unsigned char line[static LINE_MAX])
{
	int to = 0;

	for (int i = 0; i < n; ) {
		int count = from[i++];
		if (count == 128)
			continue;
		bool same = count > 128;
		count = same ? 257 - count : count + 1;
		if (i + (same ? 1 : count) > n || to + count > LINE_MAX)
			pages_die("QL: a packed line of %d bytes does not open", n);
		for (int k = 0; k < count; k++)
			line[to++] = from[same ? i : i + k];
		i += same ? 1 : count;
	}
	return to;
}

/* Pins from right to left become dots from left to right. */
static void
draw_line(struct ql *q, const unsigned char *line, int n, uint8_t *plane)
{
	int right = q->paper->right + (n == 162 ? 44 : 0);

	if (q->line == 0)
		q->line = n;
	if (n != q->line || (n != 90 && n != 162))
		pages_die("QL: row %d of page %d has %d bytes", q->y, q->out->count, n);
	if (q->paper->dots > 720 && n != 162)
		pages_die("QL: paper of %d mm in a narrow printer", q->paper->width);
	for (int pin = 0; pin < n * 8; pin++) {
		if ((line[pin / 8] & (0x80 >> pin % 8)) == 0)
			continue;
		int x = q->paper->dots - 1 - (pin - right);
		if (x < 0 || x >= q->paper->dots)
			pages_die("QL: row %d of page %d is black beside the paper, at pin %d",
			    q->y, q->out->count, pin);
		pages_set(q->page, plane, x, q->y);
	}
}

static void
read_line(struct ql *q, int colour)
{
	unsigned char line[LINE_MAX] = { 0 };

	if (q->page == NULL)
		start_page(q);
	if (q->y >= q->rows)
		pages_die("QL: page %d has more than %d rows", q->out->count, q->rows);
	if (colour != q->colour)
		pages_die("QL: row %d of page %d is of colour %d and not %d", q->y, q->out->count,
		    colour, q->colour);
	int n = next(q);
	if (n == 0 || n > q->end - q->at)
		pages_die("QL: row %d of page %d is cut short", q->y, q->out->count);
	int size = n;
	if (q->packs)
		size = unpack(q->at, n, line);
	else
		memcpy(line, q->at, (size_t)(n < LINE_MAX ? n : LINE_MAX));
	q->at += n;
	draw_line(q, line, size, colour == 2 ? q->page->red : q->page->bits);
	if (colour == 1) {
		q->colour = 2;
		return;
	}
	q->colour = q->two_colours ? 1 : 0;
	q->y++;
}

static void
read_blank(struct ql *q)
{
	if (q->page == NULL)
		start_page(q);
	if (!q->packs || q->two_colours)
		pages_die("QL: Z where lines are not packed, or of two colours");
	if (q->y++ >= q->rows)
		pages_die("QL: page %d has more than %d rows", q->out->count, q->rows);
}

static void
end_page(struct ql *q, bool last)
{
	if (q->page == NULL || q->y != q->rows || q->colour == 2)
		pages_die("QL: page %d has %d of %d rows", q->out->count, q->y, q->rows);
	if (last != (q->at == q->end))
		pages_die("QL: %s", last ? "something stands behind ^Z" : "no ^Z at the end");
	tell(q, last ? "print and feed" : "print");
	q->page = NULL;
	q->told = q->feeds = q->packs = q->two_colours = false;
}

void
pages_read_ql(const struct bytes *b, struct pages *out, enum ql_how how)
{
	struct ql q = {
		.at = b->data, .end = b->data + b->size, .out = out,
		.trace = how == QL_TRACE, .theirs = how == QL_THEIRS,
	};
	int nuls = 0;

	while (q.at < q.end && *q.at == 0) {
		q.at++;
		nuls++;
	}
	if (nuls < 200 || next(&q) != ESC || next(&q) != '@')
		pages_die("QL: it does not begin with 200 NULs and ESC @");
	tell(&q, "nuls %d", nuls);
	tell(&q, "initialise");
	while (q.at < q.end) {
		int c = next(&q);
		if (c == ESC && next(&q) == 'i')
			read_escape(&q);
		else if (c == 'M' && q.page == NULL)
			q.packs = next(&q) == 2;
		else if (c == 'g' && next(&q) == 0)
			read_line(&q, 0);
		else if (c == 'w')
			read_line(&q, next(&q));
		else if (c == 'Z')
			read_blank(&q);
		else if (c == 0x0c || c == 0x1a)
			end_page(&q, c == 0x1a);
		else
			pages_die("QL: 0x%02x is no command", c);
		if (c == 'M')
			tell(&q, q.packs ? "packed" : "not packed");
	}
	if (q.page != NULL || out->count == 0)
		pages_die("QL: no ^Z at the end");
}
