/* ctl_setup_reader.c - setup's second part: which badge reader there is, and what keeps it
 * from working. */
#include <stdarg.h>
#include <string.h>

#include "ctl_ask.h"
#include "ctl_setup.h"

#define CHOICES_MAX (HOST_PORTS + 3)
#define TROUBLES_MAX 4

struct reader_choice {
	char device[CONFIG_TEXT];	/* as [reader] device has it */
	char text[240];
};
struct reader_choices {
	struct reader_choice list[CHOICES_MAX];
	size_t n;
};

static void __attribute__((format(printf, 3, 4)))
add(struct reader_choices *all, const char *device, const char *fmt, ...)
{
	struct reader_choice *r = &all->list[all->n];
	va_list ap;

	if (all->n == CHOICES_MAX)
		return;
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->list[i].device, device) == 0)
			return;
	snprintf(r->device, sizeof r->device, "%s", device);
	va_start(ap, fmt);
	vsnprintf(r->text, sizeof r->text, fmt, ap);
	va_end(ap);
	all->n++;
}

/* Whether libnfc sees a reader on USB. */
static bool
on_usb(void)
{
	const char *const argv[] = { "fridge-reader", "--list", NULL };
	struct helped h;

	if (ctl_helper(argv, &h, NULL) == -1)
		return false;
	helped_free(&h);
	return true;
}

static const char *
usb_name(const struct host *h)
{
	for (int i = 0; i < h->usbs; i++)
		if (h->usb[i].kind == HOST_READER)
			return h->usb[i].name;
	return "a reader";
}

static void
look(const struct setup *s, struct reader_choices *all)
{
	const char *now = s->now.reader.device;
	const struct host *h = &s->host;

	all->n = 0;
	if (now[0] != '\0')
		add(all, now, "%s, as it is", now);
	/* Not by its number on the bus: that is another one after it was unplugged. */
	if (on_usb())
		add(all, "", "%s on USB", usb_name(h));
	for (int i = 0; i < h->ports; i++) {
		char device[CONFIG_TEXT];
		snprintf(device, sizeof device, "%s:%s", h->port[i].driver, h->port[i].node);
		if (h->port[i].likely)
			add(all, device, "a PN532 on %s", h->port[i].node);
	}
}

static void
say_troubles(struct setup *s, const char *device)
{
	struct host_trouble t[TROUBLES_MAX];

	setup_troubles(s, t, host_reader_troubles(&s->host, device, t, TROUBLES_MAX));
}

/* Open it once. False, and it was said why not, with all that may be in the way. */
static bool
answers(struct setup *s, const char *device)
{
	const char *const argv[] = { "fridge-reader", "--probe", device, NULL };
	size_t todos = s->todos;
	struct helped h;
	struct err e;

	if (s->running && strcmp(device, s->now.reader.device) == 0) {
		setup_say("  fridged uses the reader now: nothing to try.");
		return true;
	}
	if (ctl_helper_within(argv, 20, &h, &e) == 0) {
		/* "ready NAME" */
		h.out[strcspn(h.out, "\n")] = '\0';
		setup_say("  The reader answers: %s.", strlen(h.out) > 6 ? h.out + 6 : h.out);
		helped_free(&h);
		return true;
	}
	setup_say("  The reader does not work: %s", e.what);
	say_troubles(s, device);
	if (s->todos == todos)
		setup_todo(s, "%s", e.todo[0] != '\0' ? e.todo : "look at the reader's cable, and run "
		    "setup again");
	return false;
}

static int
ask_reader(struct setup *s, struct err *e)
{
	for (;;) {
		struct reader_choices all;
		const char *list[CHOICES_MAX + 1];
		size_t todos = s->todos;
		look(s, &all);
		for (size_t i = 0; i < all.n; i++)
			list[i] = all.list[i].text;
		list[all.n] = "none of these: I will connect it later";
		if (all.n == 0)
			setup_say("  No reader is seen on USB, and no port that one could be on.");
		if (all.n == 0)
			say_troubles(s, "");
		int chosen = ask_choice("  Which one is the badge reader?", list, all.n + 1, 0);
		if (chosen == -1)
			return setup_cancelled(e);
		if ((size_t)chosen == all.n) {
			setup_todo(s, "connect the reader, then: sudo fridgectl setup");
			return 0;
		}
		const char *device = all.list[chosen].device;
		if (answers(s, device))
			return setup_put(s, "reader.device", device, e);
		int again = ask_yes("  Mend that and look again?", true);
		if (again == -1)
			return setup_cancelled(e);
		if (again == 0)
			return setup_put(s, "reader.device", device, e);
		s->todos = todos;
		host_look(s->host.root, &s->host);
	}
}

int
setup_reader(struct setup *s, struct err *e)
{
	const char *device = setup_option(s, "reader.device");

	setup_part(s, "The badge reader");
	if (device == NULL && s->asks)
		return ask_reader(s, e);
	if (setup_answer(s, "reader.device", NULL, e) == -1)
		return -1;
	answers(s, s->next.reader.device);
	return 0;
}
