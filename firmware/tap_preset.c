/* tap_preset.c - cards on the door: which label the next badge, or the one before, gets;
 * and the card that says that the fridge was emptied. */
#include "tap_impl.h"

#include <string.h>
#include <time.h>

#include "day.h"
#include "log.h"
#include "preset.h"

#define ARMED_MS 15000		/* how long a card waits for its badge */
#define REGRET_MS 15000		/* how long an emptying can be taken back */

int64_t
preset_armed(const struct tap *t, int64_t now_ms)
{
	return t->armed.preset != 0 && now_ms < t->armed.until_ms ? t->armed.preset : 0;
}

int64_t
preset_deadline(const struct tap *t)
{
	return t->armed.preset != 0 ? t->armed.until_ms : INT64_MAX;
}

void
preset_run(struct tap *t, int64_t now_ms)
{
	if (t->armed.preset == 0 || now_ms < t->armed.until_ms)
		return;
	t->armed.preset = 0;
	log_info("a preset card waited for a badge, and none came");
}

bool
tap_armed(const struct tap *t)
{
	return t->armed.preset != 0;
}

/* ---- the emptied card ---- */

static enum outcome
take_back(struct tap *t)
{
	struct err e;

	if (store_empty_undo(t->w.store, t->emptied.id, &e) == -1) {
		if (e.kind != ERR_REFUSED)
			return tap_failed(&e);
		t->emptied.id = 0;	/* somebody else took it back */
		log_warn("%s", e.what);
		tap_answer(t, SIGNAL_FAULT, 0, "emptied, taken back already");
		return ANSWERED;
	}
	t->emptied.id = 0;
	tap_answer(t, SIGNAL_OK, 0, "emptied, taken back");
	return ANSWERED;
}

static enum outcome
empty_place(struct tap *t, const struct preset *p, int64_t now_ms)
{
	const char *place = p->place[0] != '\0' ? p->place : PLACE_DEFAULT;
	struct sheet_of slip = { .template = "slip", .day = t->w.today(t->w.arg) };
	char boot[BOOT_ID_SIZE];
	struct emptying done;
	struct err e;

	if (t->emptied.id != 0 && now_ms < t->emptied.until_ms &&
	    strcmp(t->emptied.place, place) == 0)
		return take_back(t);
	if (slip.day == DAY_NONE) {
		/* What is due depends on the day. */
		tap_answer(t, SIGNAL_FAULT, 0, "emptied, but the clock is doubted");
		return ANSWERED;
	}
	snprintf(slip.place, sizeof slip.place, "%s", place);
	clock_boot_id(boot);
	if (store_empty(t->w.store, place, slip.day, BY_CARD, &slip, time(NULL), boot,
	    clock_boot_ms(), &done, &e) == -1)
		return tap_failed(&e);
	t->emptied.id = done.id;
	t->emptied.until_ms = now_ms + REGRET_MS;
	snprintf(t->emptied.place, sizeof t->emptied.place, "%s", place);
	log_info("%s was emptied: %lld labels discarded", place, (long long)done.labels);
	tap_answer(t, SIGNAL_OK, 0, "emptied");
	return ANSWERED;
}

/* ---- cards that make labels ---- */

enum outcome
preset_card(struct tap *t, int64_t now_ms)
{
	struct preset p;
	struct err e;
	int found = store_preset_get(t->w.store, t->hand.badge.preset, &p, &e);

	if (found == -1)
		return tap_failed(&e);
	if (found == 0) {
		tap_answer(t, SIGNAL_FAULT, 0, "a card of no preset");
		return ANSWERED;
	}
	if (p.empties)
		return empty_place(t, &p, now_ms);
	if (!preset_wants_badge(&p))
		return label_for_nobody(t, p.id, now_ms);
	/* The same card once more means the next thing. */
	if (t->last.label != 0 && now_ms < t->last.until_ms && t->last.preset != p.id)
		return label_instead(t, p.id, now_ms);
	t->armed.preset = p.id;
	t->armed.until_ms = now_ms + ARMED_MS;
	tap_answer(t, SIGNAL_OK, 0, "preset card, waits for a badge");
	return ANSWERED;
}
