/* outbox.h - prints on their way: from a row that says queued to paper.
 *
 * Feeds the printer helper one print at a time, follows its job to the end, tries
 * again where that is right and gives up where it is not. A crash anywhere leaves a
 * row whose next step is known. It never waits; times are clock_mono_ms().
 */
#ifndef FRIDGE_OUTBOX_H
#define FRIDGE_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "../drivers/proto.h"
#include "store.h"
#include "trouble.h"

struct outbox;

struct outbox_world {
	struct store *store;
	const struct config *config;
	/* Send a line to the printer helper: -1 if it cannot take it now. */
	int (*send)(void *arg, const char *line);
	/* Today, or DAY_NONE while the clock is doubted. */
	day_t (*today)(void *arg);
	/* A label's first print ended: completed or void. */
	void (*on_done)(void *arg, int64_t label, bool completed);
	/* The printer's state changed; text is "ok" or the trouble with what to do. */
	void (*on_printer)(void *arg, enum printer_health health, const char *text);
	void *arg;
};
struct outbox *outbox_new(const struct outbox_world *w);
void outbox_free(struct outbox *o);

void outbox_helper_started(struct outbox *o, int64_t now_ms);	/* sends setup */
void outbox_configured(struct outbox *o);	/* settings changed: sends setup again */
void outbox_helper_ended(struct outbox *o, int64_t now_ms);
void outbox_line(struct outbox *o, const struct proto_parts *line, int64_t now_ms);
/* A row may be waiting: look. */
void outbox_kick(struct outbox *o, int64_t now_ms);
int64_t outbox_deadline(const struct outbox *o);
void outbox_run(struct outbox *o, int64_t now_ms);

#endif
