/* config_impl.h - what the files of config share. */
#ifndef FRIDGE_CONFIG_IMPL_H
#define FRIDGE_CONFIG_IMPL_H

#include "config.h"

struct setting_def;

/* How the values of one kind of setting are read and written. parse leaves the
 * field as it was on error; its message does not name the key. */
struct setting_type {
	int (*parse)(const struct setting_def *d, const char *text, void *field, struct err *e);
	void (*format)(const struct setting_def *d, const void *field,
	    char out[static CONFIG_TEXT]);
};

/* The words of a setting that takes one of several, ended by a NULL name. */
struct setting_choice {
	const char *name;
	int value;
};

struct setting_def {
	const char *section, *key;
	const struct setting_type *type;
	size_t offset, size;			/* of the field in struct config */
	int min, max;				/* of a number; of a text, min 1: not empty */
	const struct setting_choice *choices;	/* of a choice */
	const char *fallback;			/* the default, as it would be written */
	const char *unit, *allowed, *text;
};

/* All settings, section by section; ended by a NULL section. */
extern const struct setting_def CONFIG_SETTINGS[];

extern const struct setting_type SETTING_NUMBER, SETTING_CHOICE, SETTING_TEXT, SETTING_PATH,
    SETTING_WORD, SETTING_SPOKEN, SETTING_BARE, SETTING_NAME, SETTING_CODE, SETTING_LANGUAGE,
    SETTING_ZONE, SETTING_TECHNOLOGIES, SETTING_MEDIA, SETTING_SHELF, SETTING_EMPTY,
    SETTING_DAYS, SETTING_SWITCH;

/* Where errors go, each with the file as it was named. */
struct config_errors {
	const char *file;
	FILE *more;		/* all of them, a line each; or NULL */
	struct err *first;	/* or NULL */
	int count;
};
/* Read a whole file of settings over *out, a configuration with defaults. -1 if there was
 * any error. */
int config_read(const char *file, FILE *in, struct config *out, struct config_errors *errors);

/* Whether the bytes are UTF-8 as RFC 3629 has it: no surrogates, nothing overlong. */
bool config_utf8_ok(const char *text, size_t n);

#endif
