/* mail.h - one mail as the text that a sendmail takes: headers that no name can break,
 * and a body of any language. Pure: sends nothing.
 */
#ifndef FRIDGE_MAIL_H
#define FRIDGE_MAIL_H

#include <stdbool.h>
#include <time.h>

#include "err.h"

struct mail {
	const char *from;	/* an address; "": the sendmail's own */
	const char *to;
	const char *subject;	/* a line of UTF-8 */
	const char *body;	/* lines of UTF-8 */
	time_t now;
};
/* Whether that is one address and nothing else that a header would take for more. */
bool mail_address_ok(const char *text);
/* Freed with free(). ERR_REFUSED: an address is none, or the subject is more than a line. */
int mail_write(const struct mail *m, char **out, struct err *e);

#endif
