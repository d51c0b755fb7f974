/* label_field.h - what a template may hold: its fields, and the attributes that tell how
 * they are set. One table each, for the parser, the check and the manual.
 */
#ifndef FRIDGE_LABEL_FIELD_H
#define FRIDGE_LABEL_FIELD_H

enum field {
	FIELD_OWNER, FIELD_GROUP, FIELD_TITLE, FIELD_STORED, FIELD_EXPIRES, FIELD_CODE,
	FIELD_FRIDGE, FIELD_DAYS, FIELD_QR, FIELD_PLACE, FIELD_PRESET, FIELD_SHELF, FIELD_TIME,
	FIELD_COUNT, FIELD_CODES, FIELD_CLAIM, FIELD_BUZZER, FIELDS,
};
struct field_def {
	const char *name;
	const char *text;
};
extern const struct field_def LABEL_FIELDS[FIELDS];

struct attribute_def {
	const char *at;			/* the elements it belongs to; "" : any */
	const char *name;		/* "data-box"; NULL ends the table */
	const char *value;		/* as in a template */
	const char *text;
};
extern const struct attribute_def LABEL_ATTRIBUTES[];

#endif
