/* words.h - words for people: dates, names, their order, and a label's fixed words.
 *
 * The only module that knows ICU. All text is UTF-8. A language is an ICU locale
 * such as "ko" or "de"; "" is the system's.
 */
#ifndef FRIDGE_WORDS_H
#define FRIDGE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "day.h"
#include "err.h"

#define NAME_MAX_BYTES 256
#define NAME_MAX_GRAPHEMES 64
#define NAME_SIZE (NAME_MAX_BYTES + 1)

/* Whether ICU has data for the language (it answers English for any other,
 * silently). "" is true. */
bool words_lang_exists(const char *lang);

/* Normalise a person's name (also groups and titles) to NFC, trim blanks at both
 * ends, and check it: 1 to 64 graphemes and at most 256 bytes; no controls, line
 * breaks, bidi controls, U+200B, U+2060, U+FEFF or Hangul fillers; something must
 * be visible. Joiners between letters and in emoji, combining marks and
 * variation selectors are allowed. Returns 0, or -1 with *e saying which
 * character and where; *out is then unchanged. what names the thing in the
 * message ("name", "group"). */
int words_name(const char *what, const char *text, char out[static NAME_SIZE],
    struct err *e);

/* A whole name of its two parts, as the language of its letters has it: "Ann Lee", but
 * 김민수 and 山田太郎. Either may be "". */
void words_full_name(const char *given, const char *family, char *out, size_t size);

/* Order of two names as people of the language sort them: <0, 0, >0. */
int words_compare(const char *lang, const char *a, const char *b);

/* Whether a piece of a name, as people type it, stands in the text: each of its words
 * does, anywhere; letters of either case and with any accents are the same; a Hangul
 * consonant alone means a syllable that begins with it (ㄱㅁㅅ: 김민수). An empty one does
 * not. */
bool words_contains(const char *text, const char *piece);

/* Columns a text takes on a terminal (East Asian wide characters take two). */
int words_columns(const char *text);

/* The encoding of a file, by its mark or its looks: "UTF-8", "UTF-16LE", "UTF-16BE",
 * "CP949" or "Windows-1252". NULL if it could be several, or none. */
const char *words_encoding(const char *bytes, size_t n);
#define WORDS_DECODE_MAX (128 << 20)
/* The text of a file as UTF-8 without a mark, a NUL after it, freed with free(); encoding
 * is one of these or any other that ICU knows by name. -1: ERR_USAGE if there is none of
 * that name; ERR_REFUSED, with the line, where the bytes are not of it. */
int words_decode(const char *encoding, const char *bytes, size_t n, char **out,
    size_t *out_n, struct err *e);

/* A day in words. form is an ICU skeleton ("MMMdEEE"), or with a leading '='
 * a literal ICU pattern ("=yyyy-MM-dd"). Returns 0, or -1 with *e. */
int words_date(const char *lang, day_t d, const char *form, char *out, size_t size,
    struct err *e);
/* A number of days in words, "1 day", "90 days". Returns 0, or -1 with *e. */
int words_days(const char *lang, int days, char *out, size_t size, struct err *e);
/* Whether ICU accepts the form. */
bool words_date_form_ok(const char *form);

/* The fixed words of a language, from "words.LANG" in the templates folders
 * (lines "key = text"; English where a key or a file is missing). Loaded files
 * are kept. dirs is a NULL-ended list, first match wins. Never NULL; an unknown
 * key gives "". */
struct words;
struct words *words_open(const char *const *dirs);
/* The same from files of another name: "mail" for "mail.LANG". stem must outlive it. */
struct words *words_open_named(const char *stem, const char *const *dirs);
void words_close(struct words *w);
const char *words_get(struct words *w, const char *lang, const char *key);
/* The language that words_get answers in: lang, or "en" where English stands in. A
 * phrase and the dates in it should be of one language. */
const char *words_lang(struct words *w, const char *lang, const char *key);

#endif
