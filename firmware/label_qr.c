/* label_qr.c - a QR code at whole dots a module. */
#include "label_impl.h"

#include <qrencode.h>
#include <string.h>

#define QUIET 4		/* modules left white on each side */

/* The code whose modules come out largest; of those the one that forgives most. */
static QRcode *
encode(const char *text, int dots, int *module)
{
	static const QRecLevel LEVELS[] = { QR_ECLEVEL_Q, QR_ECLEVEL_M, QR_ECLEVEL_L };
	QRcode *best = NULL;

	*module = 0;
	for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
		QRcode *code = QRcode_encodeString(text, 0, LEVELS[i], QR_MODE_8, 1);
		if (code == NULL)
			continue;
		int fits = dots / (code->width + 2 * QUIET);
		if (fits > *module) {
			QRcode_free(best);
			best = code;
			*module = fits;
		} else {
			QRcode_free(code);
		}
	}
	return best;
}

int
qr_module(const char *text, int dots)
{
	int module;

	QRcode_free(encode(text, dots, &module));
	return module;
}

int
qr_draw(struct page *canvas, const char *text, const struct box *box, struct err *e)
{
	int dots = (int)(box->w < box->h ? box->w : box->h), module;
	QRcode *code = encode(text, dots, &module);

	if (code == NULL)
		return err_set(e, ERR_REFUSED, "shorten [label] qr", "the QR code does not fit");
	int side = code->width * module;
	int left = (int)(box->x + (box->w - side) / 2), top = (int)(box->y + (box->h - side) / 2);
	for (int row = 0; row < code->width; row++)
		for (int col = 0; col < code->width; col++)
			if ((code->data[row * code->width + col] & 1) != 0)
				dots_fill(canvas, left + col * module, top + row * module, module,
				    module);
	QRcode_free(code);
	return 0;
}
