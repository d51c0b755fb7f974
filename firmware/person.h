/* person.h - what may stand in a person's texts, and in which form they are kept.
 *
 * Whoever takes such texts in (a command's options, a row of a list) has them checked
 * here, so that one rule holds. Plain values: nothing to free.
 */
#ifndef FRIDGE_PERSON_H
#define FRIDGE_PERSON_H

#include "err.h"
#include "store.h"

enum person_field {
	PERSON_NAME, PERSON_LABEL_NAME, PERSON_EMAIL, PERSON_GROUP, PERSON_LANG, PERSON_SHELF,
	PERSON_FIELDS,
};

/* The field's key, as in JSON: "label_name". */
const char *person_key(enum person_field f);
/* The text of that field in *o. */
const char *person_text(const struct owner *o, enum person_field f);
/* Check a text and keep it in *o, in the form of the store (a name composed, a shelf as
 * "7d"). -1 with *e and *o unchanged: ERR_USAGE or ERR_REFUSED, with what is allowed. An
 * empty text is refused: see person_clear. */
int person_set(struct owner *o, enum person_field f, const char *text, struct err *e);
/* The same of a text that was checked and kept before. */
void person_set_kept(struct owner *o, enum person_field f, const char *text);
/* Take the text away; a name cannot be. */
void person_clear(struct owner *o, enum person_field f);

#endif
