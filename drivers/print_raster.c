/* print_raster.c - a page in the language of its queue: CUPS raster for a driver's
 * filter, PWG raster or URF for a printer that needs no driver, else PDF.
 *
 * A dot of the page is a dot of the printer in all of them: nothing is scaled. Copies
 * are pages of the document, because drivers that are handed raster ignore "copies".
 */
#include "print_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const FORMATS[] = {
	[WAY_CUPS_RASTER] = "application/vnd.cups-raster",
	[WAY_PWG] = "image/pwg-raster",
	[WAY_URF] = "image/urf",
	[WAY_PDF] = "application/pdf",
	/* What no filter touches, whatever the queue's driver is. */
	[WAY_QL] = "application/vnd.cups-raw",
	[WAY_ZPL] = "application/vnd.cups-raw",
};

const char *
way_format(enum way way)
{
	return FORMATS[way];
}

void
raster_pwg_header(int width, int length, bool gray, int dpi_x, int dpi_y,
    cups_page_header2_t *out)
{
	pwg_media_t *media = pwgMediaForSize(width, length);

	cupsRasterInitPWGHeader(out, media, gray ? "sgray_8" : "black_1", dpi_x, dpi_y,
	    "one-sided", NULL);
	/* That counts dots by the size in whole points for some sizes. */
	out->cupsWidth = (unsigned)lround(width * dpi_x / 2540.0);
	out->cupsHeight = (unsigned)lround(length * dpi_y / 2540.0);
}

/* Make the header's raster that of the page: as many dots, of so many bits. */
static void
fit_header(const struct page *page, bool gray, cups_page_header2_t *h)
{
	h->cupsWidth = (unsigned)page->width;
	h->cupsHeight = (unsigned)page->height;
	h->cupsNumColors = 1;
	h->cupsBitsPerColor = h->cupsBitsPerPixel = gray ? 8 : 1;
	h->cupsColorOrder = CUPS_ORDER_CHUNKED;
	h->cupsColorSpace = gray ? CUPS_CSPACE_SW : CUPS_CSPACE_K;
	h->cupsBytesPerLine = gray ? h->cupsWidth : (h->cupsWidth + 7) / 8;
	h->NumCopies = 1;
}

int
raster_header(struct queue *q, const struct page *page, cups_page_header2_t *out,
    struct err *e)
{
	*out = q->header;
	if (page->height != (int)q->header.cupsHeight) {
		/* A piece of a roll: a page of that length. */
		int length = (int)lround(page->height * 2540.0 / q->dpi_y);
		if (q->way != WAY_CUPS_RASTER)
			raster_pwg_header(q->medium.width, length, q->gray, q->dpi_x, q->dpi_y, out);
		else if (ppd_header(q->ppd, q->medium.width,
		    length + q->medium.top + q->medium.bottom, out, e) == -1)
			return -1;
	}
	fit_header(page, q->gray, out);
	return 0;
}

static ssize_t
append(void *arg, unsigned char *bytes, size_t n)
{
	struct document *d = arg;

	if (d->size + n > d->room) {
		size_t room = (d->size + n) * 2;
		unsigned char *grown = realloc(d->bytes, room);
		if (grown == NULL)
			return -1;
		d->bytes = grown;
		d->room = room;
	}
	memcpy(d->bytes + d->size, bytes, n);
	d->size += n;
	return (ssize_t)n;
}

static bool
write_rows(cups_raster_t *r, const struct page *page, cups_page_header2_t *h,
    unsigned char *row)
{
	if (!cupsRasterWriteHeader2(r, h))
		return false;
	for (int y = 0; y < page->height; y++) {
		const uint8_t *bits = page->bits + (size_t)y * page->stride;
		if (h->cupsBitsPerPixel == 8) {
			/* In grey, 0 is black. */
			for (int x = 0; x < page->width; x++)
				row[x] = bits[x / 8] & (0x80 >> x % 8) ? 0 : 255;
		} else {
			memcpy(row, bits, h->cupsBytesPerLine);
		}
		if (cupsRasterWritePixels(r, row, h->cupsBytesPerLine) != h->cupsBytesPerLine)
			return false;
	}
	return true;
}

static int
write_raster(struct queue *q, const struct page *page, int copies, struct document *out,
    struct err *e)
{
	static const cups_mode_t MODES[] = {
		[WAY_CUPS_RASTER] = CUPS_RASTER_WRITE_COMPRESSED,
		[WAY_PWG] = CUPS_RASTER_WRITE_PWG,
		[WAY_URF] = CUPS_RASTER_WRITE_APPLE,
	};
	cups_page_header2_t h;
	bool ok = true;

	if (raster_header(q, page, &h, e) == -1)
		return -1;
	if (q->way != WAY_CUPS_RASTER)
		h.cupsInteger[CUPS_RASTER_PWG_TotalPageCount] = (unsigned)copies;
	unsigned char *row = malloc(h.cupsBytesPerLine);
	cups_raster_t *r = row == NULL ? NULL : cupsRasterOpenIO(append, out, MODES[q->way]);
	for (int i = 0; i < copies && ok && r != NULL; i++)
		ok = write_rows(r, page, &h, row);
	if (r != NULL)
		cupsRasterClose(r);
	free(row);
	if (r == NULL || !ok)
		return err_set(e, ERR_SYSTEM, NULL, "cannot make %s: %s", way_format(q->way),
		    cupsRasterErrorString());
	return 0;
}

/* Through memory: a label's text is nobody's business on a disk. */
static int
write_pdf(const struct page *page, int copies, struct document *out, struct err *e)
{
	char path[64];
	struct stat st;
	int rc = -1;
	int fd = memfd_create("label", MFD_CLOEXEC);

	if (fd == -1)
		return err_set(e, ERR_SYSTEM, NULL, "memfd_create: %m");
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (page_write_pdf(page, copies, path, e) == -1)
		goto done;
	if (fstat(fd, &st) == -1 || (out->bytes = malloc((size_t)st.st_size + 1)) == NULL ||
	    pread(fd, out->bytes, (size_t)st.st_size, 0) != st.st_size) {
		err_set(e, ERR_SYSTEM, NULL, "cannot read the PDF back: %m");
		goto done;
	}
	out->size = out->room = (size_t)st.st_size;
	rc = 0;
done:
	close(fd);
	return rc;
}

int
raster_write(struct queue *q, const struct page *page, int copies, struct document *out,
    struct err *e)
{
	int rc;

	memset(out, 0, sizeof *out);
	switch (q->way) {
	case WAY_QL:
		rc = ql_write(&q->raw, page, copies, out, e);
		break;
	case WAY_ZPL:
		rc = zpl_write(&q->raw, page, copies, out, e);
		break;
	case WAY_PDF:
		rc = write_pdf(page, copies, out, e);
		break;
	default:
		rc = write_raster(q, page, copies, out, e);
	}
	if (rc == -1) {
		free(out->bytes);
		memset(out, 0, sizeof *out);
	}
	return rc;
}
