/* preset.h - what a wish makes of a label: whose it is, how long it keeps, what it says.
 *
 * The one place that knows how what was asked for, the preset, the person and the fridge
 * go before each other. Pure: asks nothing of anybody.
 */
#ifndef FRIDGE_PRESET_H
#define FRIDGE_PRESET_H

#include "config.h"
#include "store.h"

struct wish {
	const struct owner *owner;	/* NULL: nobody known */
	const struct preset *preset;	/* NULL: none */
	const struct shelf *shelf;	/* asked for; NULL: as usual */
	day_t today;			/* DAY_NONE: the clock is doubted, the label undated */
	time_t now;			/* its instant */
};
/* Fill what store_label_add wants; the caller adds badge, card and more copies. Texts
 * point into the wish's preset and owner, boot must outlive *out. */
void preset_fill(const struct config *c, const struct wish *w, char boot[static BOOT_ID_SIZE],
    struct label_new *out);
/* Whether its card waits for a badge; a label of nobody's needs none. */
bool preset_wants_badge(const struct preset *p);
/* Check one that was typed: its name, shelf, title, template and place. ERR_USAGE. */
int preset_check(struct preset *p, struct err *e);

#endif
