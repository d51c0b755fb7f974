/* words_impl.h - what the files of words share. */
#ifndef FRIDGE_WORDS_IMPL_H
#define FRIDGE_WORDS_IMPL_H

#include <stdint.h>

#define LOCALE_SIZE 64

/* The ICU locale that a configured language means: "" is the system's, and the
 * language of the C locale is English (ICU would sort it by bytes). */
const char *words_locale(const char *lang, char out[static LOCALE_SIZE]);

/* The character at *i, which moves behind it; negative if that is not UTF-8. */
int32_t words_next(const char *text, int32_t *i, int32_t len);

#endif
