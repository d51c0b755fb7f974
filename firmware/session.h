/* session.h - what a program that an admin runs begins with: the configuration, the
 * zone, the right user, the store.
 *
 * Run as root it opens what only root may read (configuration, key, files named on
 * the command line), then becomes the owner of the store's folder for good, so that
 * it leaves no file of root's where the service must write. The order of calls is
 * the order below.
 */
#ifndef FRIDGE_SESSION_H
#define FRIDGE_SESSION_H

#include <stdbool.h>
#include <time.h>

#include "badge.h"
#include "config.h"
#include "day.h"
#include "err.h"
#include "store.h"

struct session {
	struct config config;
	struct badge_key *key;		/* NULL until session_key */
	struct store *store;		/* NULL until session_store */
	time_t now;
	day_t today;			/* the civil day of now, believed or not */
};

/* Fill closed standard streams, first of all, so that no file of ours gets their
 * numbers. Their use still fails. */
void session_stdio(void);
/* Read the configuration (file NULL: the usual one) and set the zone and the day. */
int session_begin(struct session *s, const char *file, struct err *e);
/* Load the badge key. ERR_REFUSED, and how to make it, if there is none. */
int session_key(struct session *s, struct err *e);
/* Become the owner of the store's folder; root stays root where root owns it.
 * Anyone else who may not use the store is told so: ERR_REFUSED. */
int session_become(struct session *s, struct err *e);
/* Open the store; the first program that runs makes it. */
int session_store(struct session *s, struct err *e);
/* The folder that the store stands in. */
void session_folder(const struct session *s, char out[static CONFIG_TEXT]);
/* Whether the store's file is there. */
bool session_has_store(const struct session *s);
/* Why the clock of this machine cannot be believed, or NULL. */
const char *session_clock_doubt(struct session *s);
/* Whether somebody said so since the last boot: fridgectl clock confirm. */
bool session_clock_confirmed(struct session *s);
void session_end(struct session *s);

#endif
