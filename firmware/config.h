/* config.h - fridge.conf: one table of settings that parser, "config show" and the
 * tests read.
 *
 * The only module that knows inih. A configuration is built whole or not at all.
 */
#ifndef FRIDGE_CONFIG_H
#define FRIDGE_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "day.h"
#include "err.h"

#define CONFIG_DEFAULT_FILE "/etc/fridge/fridge.conf"
#define CONFIG_TEXT 192		/* a line has at most 190 bytes */

struct media {			/* hundredths of a millimetre; width 0: ask the queue */
	int width;
	int length;		/* of a label, or the longest piece of a roll */
	bool roll;
};

struct config {
	char file[4096];	/* where it came from; "" for all defaults */
	struct {
		char name[CONFIG_TEXT];
		char code[5];
		char language[CONFIG_TEXT];
		char timezone[CONFIG_TEXT];
		enum clock_mode clock;
	} fridge;
	struct {
		char device[CONFIG_TEXT];
		char helper[CONFIG_TEXT];
		bool iso14443a, iso14443b, felica;
		int poll_ms, rearm_ms, again_s;
		char reset_command[CONFIG_TEXT];
	} reader;
	struct {
		char queue[CONFIG_TEXT];
		struct media media;
		char language[16];	/* of PROTO_LANGUAGES (proto.h); "": ask the queue */
		bool red;		/* the roll is black and red */
		int rotate;		/* -1 auto, else 0, 90, 180, 270 */
		int stale_after_s;
	} printer;
	struct {
		char template[CONFIG_TEXT];
		char templates[CONFIG_TEXT];
		struct shelf shelf;
		char qr[CONFIG_TEXT];
		int burst_per_min;	/* 0: off */
	} label;
	struct {
		char path[CONFIG_TEXT];
		char key_file[CONFIG_TEXT];
		int keep_days, lapse_days;
	} store;
	struct {
		struct {
			enum { EMPTY_NEVER, EMPTY_DAILY, EMPTY_WEEKLY } how;
			enum weekday weekday;
			int hour, minute;
		} empty;
		int warn_days;
		unsigned quiet_days;	/* bit 1 << weekday */
		bool owner_mail;
		char mail_from[CONFIG_TEXT], mail_to[CONFIG_TEXT];
		char sendmail[CONFIG_TEXT];
	} report;
	struct {
		char command[CONFIG_TEXT];
		int after_min;
	} alert;
	struct {
		char copy_to[CONFIG_TEXT];
	} backup;
	struct {
		char leds[CONFIG_TEXT];
		char ok[CONFIG_TEXT], name[CONFIG_TEXT], fault[CONFIG_TEXT], buzzer[CONFIG_TEXT];
	} indicator;
};

/* Read a file into *out. path NULL: $FRIDGE_CONFIG, else CONFIG_DEFAULT_FILE, and
 * then a missing file means all defaults. Every error of the file is looked for;
 * *e tells the first as "FILE:LINE: what", with what is allowed in e->todo, and
 * more (if not NULL) gets one line for each. Kind ERR_USAGE. *out is unchanged on
 * error. */
int config_load(const char *path, struct config *out, FILE *more, struct err *e);
/* What can be read of a file that is wrong elsewhere, and its name; defaults for the rest. */
void config_rescue(const char *path, struct config *out);
void config_defaults(struct config *out);

/* "62x29mm", "57.5x32mm", "62xMAX100mm" (a roll), "" (ask). Returns 0 or -1. */
int media_parse(const char *text, struct media *out);
/* The same as text, "" to ask the queue. Returns out. */
#define MEDIA_TEXT 40
char *media_text(const struct media *m, char out[static MEDIA_TEXT]);

/* One setting, for whoever wants to list them. */
struct setting {
	const char *section, *key;
	const char *value;	/* of the running configuration, as it would be written */
	const char *fallback;	/* the default, as it would be written */
	const char *unit;	/* "s", "ms", "days", "" */
	const char *allowed;	/* "0 to 3600", "auto, trusted or synced" */
	const char *text;	/* one sentence for the manual */
};
#define SETTINGS_MAX 64		/* there are no more */
/* The setting of c at an index from 0 in the table's order: 1, or 0 behind the last
 * one. out->value points into value. */
int config_setting(const struct config *c, int index, struct setting *out,
    char value[static CONFIG_TEXT]);

/* The index of the setting "fridge.name", or -1. */
int config_find(const char *name);
/* Give the setting at an index a value, judged as a line of the file. ERR_USAGE with what
 * is allowed in e->todo; *c is unchanged then. */
int config_put(struct config *c, int index, const char *value, struct err *e);

/* FRIDGE_VERSION and where things are when installed come from the Makefile:
 * FRIDGE_VERSION, FRIDGE_LIBEXECDIR, FRIDGE_DATADIR, FRIDGE_BUILT (seconds). */

/* Find a helper program: beside the running program, else in the installed
 * libexec folder. Returns 0 with its path, or -1 with *e. */
int config_helper(const char *name, char *out, size_t size, struct err *e);

/* The folders of templates, first match wins, as a NULL-ended list: /etc/fridge/
 * templates, then [label] templates or ../templates of the running program's
 * folder (also ../../templates for build/san) or the installed folder. Strings
 * live in *buf. */
#define TEMPLATES_FOLDER "/etc/fridge/templates"
struct template_dirs {
	char path[3][4096];
	const char *list[4];
};
void config_templates(const struct config *c, struct template_dirs *out);

#endif
