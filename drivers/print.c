/* print.c - see print.h */
#include "print_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nobody is there to type a password. */
static const char *
no_password(const char *prompt, http_t *http, const char *method, const char *resource,
    void *arg)
{
	(void)prompt, (void)http, (void)method, (void)resource, (void)arg;
	return NULL;
}

/* "62" or "57.5" as hundredths; the end of the number, or NULL. */
static const char *
parse_mm(const char *text, int *out)
{
	char *end;

	if (text[0] < '0' || text[0] > '9' || strspn(text, "0123456789.") > 7)
		return NULL;
	double mm = strtod(text, &end);
	if (mm < 5 || mm > 2000)
		return NULL;
	*out = (int)lround(mm * 100);
	return end;
}

int
print_media_parse(const char *text, struct print_media *out)
{
	struct print_media m = { 0 };

	if (text[0] != '\0') {
		text = parse_mm(text, &m.width);
		if (text == NULL || *text++ != 'x')
			return -1;
		m.roll = strncmp(text, "MAX", 3) == 0;
		text = parse_mm(text + (m.roll ? 3 : 0), &m.length);
		if (text == NULL || strcmp(text, "mm") != 0)
			return -1;
	}
	*out = m;
	return 0;
}

static void
beat_nobody(void *arg, int seconds)
{
	(void)arg, (void)seconds;
}

struct print *
print_new(print_beat *beat, void *arg)
{
	struct print *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	p->server.beat = p->device.beat = beat != NULL ? beat : beat_nobody;
	p->server.arg = p->device.arg = arg;
	strcpy(p->device_reasons, "none");
	cupsSetPasswordCB2(no_password, NULL);
	return p;
}

void
print_free(struct print *p)
{
	if (p == NULL)
		return;
	server_close(&p->server);
	server_close(&p->device);
	queue_free(&p->queue);
	free(p);
}

void
print_setup(struct print *p, const struct print_settings *settings)
{
	p->wish = (struct wish){ .media = settings->media, .red = settings->red };
	snprintf(p->wish.name, sizeof p->wish.name, "%s", settings->queue);
	snprintf(p->wish.language, sizeof p->wish.language, "%s", settings->language);
	p->rotate = settings->rotate;
	p->asked = false;
}

/* The printer behind the queue, where it speaks IPP. */
static void
meet_device(struct print *p)
{
	struct server device = { .beat = p->server.beat, .arg = p->server.arg };

	server_close(&p->device);
	strcpy(p->device_reasons, "none");
	p->device_lost = p->queue.unmet;
	p->wrong_media = p->lost = false;
	p->has_device = server_network() && queue_device(p->queue.device, &device,
	    p->device_resource, sizeof p->device_resource);
	p->device = device;
}

int
print_ask(struct print *p, struct err *e)
{
	struct queue q;

	if (p->asked)
		return 0;
	if (queue_ask(&p->server, &p->wish, &q, e) == -1)
		return -1;
	queue_free(&p->queue);
	p->queue = q;
	p->asked = true;
	meet_device(p);
	return 0;
}

static int
dots(int hundredths, int dpi)
{
	return (int)lround(hundredths * dpi / 2540.0);
}

/* Margins are rounded up: a dot of a margin is a dot lost. */
static int
margin_dots(int hundredths, int dpi)
{
	return (int)ceil(hundredths * dpi / 2540.0 - 0.01);
}

int
print_sheet(struct print *p, struct sheet *out, struct err *e)
{
	const struct queue *q = &p->queue;
	const struct medium *m = &q->medium;

	if (print_ask(p, e) == -1)
		return -1;
	if (q->way == WAY_QL || q->way == WAY_ZPL) {
		raw_sheet(&q->raw, out);
		out->rotate = p->rotate;
		return 0;
	}
	*out = (struct sheet){
		.dpi_x = q->dpi_x, .dpi_y = q->dpi_y,
		.rotate = p->rotate, .roll = p->wish.media.roll,
	};
	if (q->way == WAY_CUPS_RASTER) {
		/* A driver's raster is the part that can be printed. */
		out->width = (int)q->header.cupsWidth;
		out->height = (int)q->header.cupsHeight;
		return 0;
	}
	out->width = dots(m->width, q->dpi_x);
	out->height = dots(m->length, q->dpi_y);
	out->left = margin_dots(m->left, q->dpi_x);
	out->right = margin_dots(m->right, q->dpi_x);
	out->top = margin_dots(m->top, q->dpi_y);
	out->bottom = margin_dots(m->bottom, q->dpi_y);
	return 0;
}
