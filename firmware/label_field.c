/* label_field.c - see label_field.h */
#include "label_field.h"

#include <stddef.h>

const struct field_def LABEL_FIELDS[FIELDS] = {
	[FIELD_OWNER] = { "owner", "the name, as its person writes it" },
	[FIELD_GROUP] = { "group", "their group" },
	[FIELD_TITLE] = { "title", "what a preset says, such as: Team" },
	[FIELD_STORED] = { "stored", "the day it went in" },
	[FIELD_EXPIRES] = { "expires", "the last good day" },
	[FIELD_CODE] = { "code", "the label's number, with the fridge's prefix" },
	[FIELD_FRIDGE] = { "fridge", "the fridge's name" },
	[FIELD_DAYS] = { "days", "how many days lie between the two" },
	[FIELD_QR] = { "qr", "what the QR code says, by [label] qr" },
	[FIELD_PLACE] = { "place", "the place of a preset or an emptying, such as freezer" },
	[FIELD_PRESET] = { "preset", "the name of a preset, on the face of its card" },
	[FIELD_SHELF] = { "shelf", "how long its things keep, on the same" },
	[FIELD_TIME] = { "time", "the hour of an emptying" },
	[FIELD_COUNT] = { "count", "how many labels are due, or were thrown away" },
	[FIELD_CODES] = { "codes", "the codes of those that are due; on the recovery label its code" },
	[FIELD_CLAIM] = { "claim", "the code, where it can make the card that was tapped somebody's; "
	    "not of a phone, a revoked badge or a preset that needs none" },
	[FIELD_BUZZER] = { "buzzer", "the buzzer of [indicator], for signs that tell of beeps" },
};

const struct attribute_def LABEL_ATTRIBUTES[] = {
	{ "text", "data-box", "ID", "Fill the rectangle of that id. Without it the text stands "
	    "where it is drawn, and may run to the edge of the label." },
	{ "text", "data-fit", "shrink", "Make it smaller, down to 7 points, until it fits; then "
	    "end in an ellipsis. With wrap, the same on up to three lines." },
	{ "text", "data-lines", "2", "On up to that many lines, 1 to 80." },
	{ "text", "data-align", "end bottom", "start, middle or end across, then top, middle or "
	    "bottom." },
	{ "text", "data-words", "0.6", "Fixed words so much smaller than what the fields bring, "
	    "0.2 to 1." },
	{ "", "data-if", "owner !title", "Show it only if there is an owner and no title." },
	{ "rect", "data-qr", "{code}", "It becomes the QR code, which says what [label] qr "
	    "says; if that is empty there is none." },
	{ "rect", "data-ruler", "", "It becomes a ruler in true millimetres, whatever the "
	    "label's size." },
	{ "svg", "data-small", "compact", "The template to take where this one would be shrunk "
	    "below 0.6 of its size." },
	{ NULL, NULL, NULL, NULL },
};
