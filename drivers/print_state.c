/* print_state.c - how a queue stands, in few words and in CUPS's own. */
#include "print_impl.h"

#include <string.h>

#define PAUSED "device-paused"		/* the printer, not its queue */

/* Reasons that mean "the printer is not there", whatever their suffix. */
static const char *const OFFLINE[] = {
	"offline", "shutdown", "timed-out", "power-down", "deactivated",
};
/* Reasons that stop a printer of one roll, whatever severity it gives them: many say
 * "-report" while they are idle. */
static const char *const STOPPING[] = {
	"media-empty", "media-needed", "media-jam", "cover-open", "door-open",
	"interlock-open", "input-tray-missing", PAUSED, "hold-new-jobs",
};

static bool
starts(const char *reason, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && strncmp(reason, word, n) == 0 && (len == n || reason[n] == '-');
}

static bool
ends(const char *reason, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && strncmp(reason + len - n, end, n) == 0;
}

static bool
is_offline(const char *reason, size_t len)
{
	for (size_t i = 0; i < sizeof OFFLINE / sizeof *OFFLINE; i++)
		if (starts(reason, len, OFFLINE[i]))
			return true;
	return false;
}

static bool
is_stopping(const char *reason, size_t len)
{
	if (ends(reason, len, "-error"))
		return true;
	for (size_t i = 0; i < sizeof STOPPING / sizeof *STOPPING; i++)
		if (starts(reason, len, STOPPING[i]))
			return true;
	return false;
}

/* Whether one of the reasons is such. */
static bool
any(const char *reasons, bool (*is)(const char *reason, size_t len))
{
	for (const char *p = reasons; *p != '\0'; p += strspn(p, ",")) {
		size_t len = strcspn(p, ",");
		if (is(p, len))
			return true;
		p += len;
	}
	return false;
}

static bool
has(const char *reasons, const char *word, size_t len)
{
	for (const char *p = reasons; *p != '\0'; p += strspn(p, ",")) {
		size_t n = strcspn(p, ",");
		if (n == len && strncmp(p, word, n) == 0)
			return true;
		p += n;
	}
	return false;
}

static void
add_one(char to[static PRINT_REASONS], const char *word, size_t len)
{
	size_t used = strlen(to);

	if (len == 0 || has(to, word, len) || (len == 4 && strncmp(word, "none", 4) == 0))
		return;
	if (strcmp(to, "none") == 0)
		used = 0;
	/* What has no room is left out whole: half a word means something else. */
	if (used + 1 + len + 1 > PRINT_REASONS)
		return;
	if (used > 0)
		to[used++] = ',';
	memcpy(to + used, word, len);
	to[used + len] = '\0';
}

void
print_reasons_add(char to[static PRINT_REASONS], const char *add)
{
	for (const char *p = add; *p != '\0'; p += strspn(p, ",")) {
		size_t len = strcspn(p, ",");
		add_one(to, p, len);
		p += len;
	}
	if (to[0] == '\0')
		strcpy(to, "none");
}

void
state_reasons(ipp_t *answer, const char *name, char out[static PRINT_REASONS])
{
	ipp_attribute_t *a = ippFindAttribute(answer, name, IPP_TAG_KEYWORD);

	out[0] = '\0';
	for (int i = 0; i < ippGetCount(a); i++) {
		const char *word = ippGetString(a, i, NULL);
		if (word == NULL)
			continue;
		/* With a suffix it comes from the printer: cupsenable does not help it. */
		if (strncmp(word, "paused-", 7) == 0)
			word = PAUSED;
		add_one(out, word, strcspn(word, ", "));
	}
	if (out[0] == '\0')
		strcpy(out, "none");
}

void
state_of_printer(ipp_t *answer, struct print_state *out)
{
	ipp_attribute_t *accepts = ippFindAttribute(answer, "printer-is-accepting-jobs",
	    IPP_TAG_BOOLEAN);
	int state = ippGetInteger(ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM), 0);

	*out = (struct print_state){ .state = "unknown" };
	state_reasons(answer, "printer-state-reasons", out->reasons);
	if (accepts != NULL && !ippGetBoolean(accepts, 0))
		print_reasons_add(out->reasons, "not-accepting-jobs");
	if (state == IPP_PSTATE_STOPPED || (accepts != NULL && !ippGetBoolean(accepts, 0)))
		out->state = "stopped";
	else if (state == IPP_PSTATE_IDLE || state == IPP_PSTATE_PROCESSING)
		out->state = "ready";
	state_judge(out);
}

void
state_of_device(ipp_t *answer, char reasons[static PRINT_REASONS])
{
	char own[PRINT_REASONS];

	state_reasons(answer, "printer-state-reasons", own);
	strcpy(reasons, "none");
	for (const char *p = own; *p != '\0'; p += strspn(p, ",")) {
		size_t len = strcspn(p, ",");
		if (len == 6 && strncmp(p, "paused", 6) == 0)
			add_one(reasons, PAUSED, strlen(PAUSED));
		else
			add_one(reasons, p, len);
		p += len;
	}
}

void
state_judge(struct print_state *out)
{
	if (has(out->reasons, "paused", 6))
		out->state = "paused";
	else if (any(out->reasons, is_offline))
		out->state = "offline";
	else if (any(out->reasons, is_stopping))
		out->state = "stopped";
}
