/* store_code.c - the codes on labels: digits that people read out and type.
 *
 * Random digits and a check digit by Damm's quasigroup, which catches every single
 * wrong digit and every swap of two neighbours.
 */
#include "store_impl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MIN 4		/* without the check digit */
#define DIGITS_MAX 9		/* what arc4random_uniform can draw */
#define PREFIX_MAX 4
#define HELD_DAYS 180		/* before a code may be drawn again */
#define TRIES 64		/* at most a tenth is in use: all taken is 10 to the -64 */

static const char DAMM[10][11] = {
	"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
};

char
code_check_digit(const char *digits)
{
	int state = 0;

	for (; *digits >= '0' && *digits <= '9'; digits++)
		state = DAMM[state][*digits - '0'] - '0';
	return (char)('0' + state);
}

/* ---- as typed ---- */

/* Digits of the right count with the right check digit. */
static bool
code_sound(const char *digits, bool *mistyped)
{
	size_t n = strlen(digits);

	if (n < DIGITS_MIN + 1 || n >= CODE_SIZE || strspn(digits, "0123456789") != n)
		return false;
	if (code_check_digit(digits) == '0')
		return true;
	*mistyped = true;
	return false;
}

static int
code_wrong(bool mistyped, const char *text, struct err *e)
{
	if (mistyped)
		return err_set(e, ERR_USAGE, "read the code on the label once more",
		    "%s is mistyped: its check digit is wrong", text);
	return err_set(e, ERR_USAGE, "type the digits on the label, such as 24818",
	    "%s is not a label's code", text);
}

int
code_parse(const char *text, char out[static CODE_SIZE], struct err *e)
{
	char plain[PREFIX_MAX + CODE_SIZE];	/* without blanks and dashes */
	size_t n = 0, first = 0;		/* first: length of the first group */
	bool mistyped = false;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == ' ' || *p == '-') {
			if (first == 0)
				first = n;
		} else if (n == sizeof plain - 1 || !isalnum((unsigned char)*p)) {
			return code_wrong(false, text, e);
		} else {
			plain[n++] = *p;
		}
	}
	plain[n] = '\0';

	/* As printed: the fridge's prefix, a dash, the digits. With a letter before the
	 * dash there is no other way to read it. */
	if (first > 0 && first <= PREFIX_MAX && code_sound(plain + first, &mistyped)) {
		strcpy(out, plain + first);
		return 0;
	}
	if (first > 0 && strspn(plain, "0123456789") < first)
		return code_wrong(mistyped, text, e);
	/* Digits alone, perhaps in groups. */
	if (code_sound(plain, &mistyped)) {
		strcpy(out, plain);
		return 0;
	}
	/* A prefix without its dash: it has a letter, else it cannot be told. The
	 * check digit must leave one way to part them. */
	size_t letters = 0, found = 0;
	for (size_t i = 0; i < n; i++)
		if (isalpha((unsigned char)plain[i]))
			letters = i + 1;
	for (size_t i = letters; letters > 0 && i <= PREFIX_MAX && i < n; i++) {
		if (!code_sound(plain + i, &mistyped))
			continue;
		if (found != 0)
			return err_set(e, ERR_USAGE, "type only the digits after the dash",
			    "%s can be read in two ways", text);
		found = i;
	}
	if (found == 0)
		return code_wrong(mistyped, text, e);
	strcpy(out, plain + found);
	return 0;
}

/* ---- drawing one ---- */

static uint32_t
power_of_ten(int n)
{
	uint32_t p = 1;

	while (n-- > 0)
		p *= 10;
	return p;
}

/* The fewest digits of which less than a tenth is in use. */
static int
code_digits(struct store *s, int *out, struct err *e)
{
	for (*out = DIGITS_MIN; *out < DIGITS_MAX; (*out)++) {
		int64_t used = 0;

		if (sql_int(s, "SELECT used FROM code_pool WHERE digits = ?", ARGS(INT(*out)),
		    &used, e) == -1)
			return -1;
		if (used < power_of_ten(*out) / 10)
			break;
	}
	return 0;
}

int
code_draw(struct store *s, day_t day, char out[static CODE_SIZE], struct err *e)
{
	int digits, freed;

	/* More go than come, so that a tap never meets a heap of them. */
	if (code_release(s, day, 4, &freed, e) == -1 || code_digits(s, &digits, e) == -1)
		return -1;
	for (int i = 0; i < TRIES; i++) {
		uint32_t number = arc4random_uniform(power_of_ten(digits));
		int64_t taken;

		for (int d = digits; d-- > 0; number /= 10)
			out[d] = (char)('0' + number % 10);
		out[digits] = '\0';
		out[digits] = code_check_digit(out);
		out[digits + 1] = '\0';
		int rc = sql_int(s, "SELECT 1 FROM label WHERE code = ? AND code_held = 1",
		    ARGS(TEXT(out)), &taken, e);
		if (rc != 1)
			return rc;
	}
	return err_set(e, ERR_SYSTEM, NULL, "found no free code among those of %d digits", digits);
}

int
code_release(struct store *s, day_t day, int limit, int *freed, struct err *e)
{
	if (sql_do(s,
	    "UPDATE label SET code_held = 0 WHERE id IN (SELECT id FROM label"
	    " WHERE code_held = 1 AND fate <> 'in' AND made_on < ? ORDER BY made_on LIMIT ?)",
	    ARGS(INT(day - HELD_DAYS), INT(limit)), e) == -1)
		return -1;
	*freed = sqlite3_changes(s->db);
	return 0;
}
