/* ctl_setup_reader.c - setup's second part: which badge reader there is, and what keeps it
 * from working. */
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "ctl_ask.h"
#include "ctl_setup.h"
#include "user.h"

#define CHOICES_MAX (HOST_PORTS + 2)
#define TROUBLES_MAX 4
#define PROBE_S 20
#define OPENING_S 12		/* fridged needs to open one, or to give up */
#define LOOK_MS 100

struct reader_choice {
	char device[CONFIG_TEXT];	/* as [reader] device has it */
	char text[400];
};
struct reader_choices {
	struct reader_choice list[CHOICES_MAX];
	size_t n;
	bool usb;			/* one of them is on USB */
};

/* ---- what fridged says ---- */

static int
hear(void *setup, struct err *e)
{
	const struct setup *s = setup;
	int64_t end = clock_mono_ms() + OPENING_S * 1000;
	struct service_state said = { .reader = "" };
	struct store *store;
	int rc;

	if (store_open(s->now.store.path, STORE_TOOL, &store, e) == -1)
		return -1;
	while ((rc = store_state_get(store, &said, e)) == 0 && !setup_is_known(said.reader) &&
	    clock_mono_ms() < end)
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
	store_close(store);
	if (rc == -1)
		return -1;
	if (!setup_is_known(said.reader))
		return err_set(e, ERR_BUSY, NULL, "it has not looked for it yet");
	if (strcmp(said.reader, "ok") == 0)
		return 1;
	ctl_said(said.reader, e);
	return 0;
}

/* Whether fridged reads badges with the reader of the configuration as it is: 1; 0 and why
 * not in *e; -1 it does not run, or cannot be heard, and why not in *e. */
static int
ask_fridged(struct setup *s, struct err *e)
{
	if (!s->running)
		return err_set(e, ERR_REFUSED, NULL, "fridged does not run");
	int rc = user_run(s->now.store.path, hear, s, e);
	return rc == USER_KILLED ? -1 : rc;
}

/* ---- which readers there are ---- */

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

/* What is plugged into USB, of libnfc's or not; NULL: nothing that we know. */
static const char *
usb_name(const struct host *h)
{
	for (int i = 0; i < h->usbs; i++)
		if (h->usb[i].kind == HOST_READER || h->usb[i].kind == HOST_READER_ALIEN)
			return h->usb[i].name;
	return NULL;
}

/* A port that may have a reader; two names of one port are one. */
static void
add_port(const struct host *h, int at, struct reader_choices *all)
{
	const struct host_port *p = &h->port[at];
	char device[CONFIG_TEXT];

	for (int i = 0; i < at; i++)
		if (h->port[i].likely && strcmp(h->port[i].real, p->real) == 0)
			return;
	snprintf(device, sizeof device, "%s:%s", p->driver,
	    p->lasting[0] != '\0' ? p->lasting : p->node);
	if (p->lasting[0] != '\0')
		add(all, device, "a PN532 on %s, which is always %s", p->node, p->lasting);
	else
		add(all, device, "a PN532 on %s", p->node);
}

static void
look(struct setup *s, struct reader_choices *all)
{
	const char *now = s->now.reader.device;
	const char *name = usb_name(&s->host);
	struct err ignored;

	*all = (struct reader_choices){ .n = 0 };
	if (now[0] != '\0')
		add(all, now, "%s, as it is", now);
	/* Not by its number on the bus: that is another one after it was unplugged. libnfc may
	 * not list what fridged has open. */
	all->usb = (now[0] == '\0' && ask_fridged(s, &ignored) == 1) || on_usb();
	if (all->usb)
		add(all, "", "%s on USB", name != NULL ? name : "a reader");
	for (int i = 0; i < s->host.ports; i++)
		if (s->host.port[i].likely)
			add_port(&s->host, i, all);
}

static void
say_troubles(struct setup *s, const char *device)
{
	struct host_trouble t[TROUBLES_MAX];

	setup_troubles(s, t, host_reader_troubles(&s->host, device, t, TROUBLES_MAX));
}

/* ---- does it work? ---- */

/* Open it once: whether it answers, which is said; or *e. */
static bool
probe(const char *device, struct err *e)
{
	const char *const argv[] = { "fridge-reader", "--probe", device, NULL };
	struct helped h;

	if (ctl_helper_within(argv, PROBE_S, &h, e) == -1)
		return false;
	/* "ready NAME" */
	h.out[strcspn(h.out, "\n")] = '\0';
	setup_say("  The reader answers: %s.", strlen(h.out) > 6 ? h.out + 6 : h.out);
	helped_free(&h);
	return true;
}

/* Whether it works; if not, it was said why, with all that may be in the way. */
static bool
answers(struct setup *s, const char *device)
{
	bool in_use = s->running && strcmp(device, s->now.reader.device) == 0;
	size_t todos = s->todos;
	struct err e;

	s->reader_is_back = false;
	int heard = in_use ? ask_fridged(s, &e) : 0;
	if (heard == 1) {
		setup_say("  fridged reads badges with it.");
		return true;
	}
	if (heard == -1) {
		/* Who opens it now may take it from fridged. */
		setup_say("  fridged has the reader, and does not say how it is: %s", e.what);
		return true;
	}
	/* Another program's reader only fridged can judge. */
	if ((!in_use || s->now.reader.helper[0] == '\0') && probe(device, &e)) {
		s->reader_is_back = in_use;
		return true;
	}
	setup_say("  The reader does not work: %s", e.what);
	say_troubles(s, device);
	if (s->todos == todos && e.todo[0] != '\0')
		setup_todo(s, "%s: %s", e.what, e.todo);
	else if (s->todos == todos)
		setup_todo(s, "look at the reader's cable, then: %s setup", ctl_self(s->c));
	return false;
}

/* ---- questions ---- */

/* Before them: what is on USB and is not to be had. */
static void
say_usb(struct setup *s, const struct reader_choices *all)
{
	bool seen = usb_name(&s->host) != NULL;

	if (all->usb)
		return;
	if (!seen && all->n == 0)
		setup_say("  No reader is seen on USB, and no port that one could be on.");
	else if (!seen && s->now.reader.device[0] == '\0')
		setup_say("  No reader is seen on USB.");
	if (seen || all->n == 0)
		say_troubles(s, "");
}

static int
ask_reader(struct setup *s, struct err *e)
{
	size_t todos = s->todos;

	for (;; s->todos = todos, host_look(s->host.root, &s->host)) {
		struct reader_choices all;
		const char *list[CHOICES_MAX + 2];
		size_t usual = 0;
		look(s, &all);
		for (size_t i = 0; i < all.n; i++) {
			list[i] = all.list[i].text;
			if (strcmp(all.list[i].device, s->next.reader.device) == 0)
				usual = i;
		}
		list[all.n] = "look again";
		list[all.n + 1] = "none of these: I will connect it later";
		say_usb(s, &all);
		int chosen = ask_choice("  Which one is the badge reader?", list, all.n + 2, usual);
		if (chosen == -1)
			return setup_cancelled(s, e);
		if ((size_t)chosen == all.n)
			continue;
		if ((size_t)chosen > all.n) {
			setup_todo(s, "connect the reader, then: %s setup", ctl_self(s->c));
			return setup_put(s, "reader.device", s->now.reader.device, e);
		}
		const char *device = all.list[chosen].device;
		if (setup_put(s, "reader.device", device, e) == -1)
			return -1;
		if (answers(s, device)) {
			s->todos = todos;	/* what is in another one's way is no matter */
			return 0;
		}
		int again = ask_yes("  Mend that and look again?", true);
		if (again != 1)
			return again == 0 ? 0 : setup_cancelled(s, e);
	}
}

/* ---- or none ---- */

/* Whether something else is known to have that port: what is written there disturbs it. */
static bool
is_taken(const struct setup *s, const char *device)
{
	struct host_trouble t;

	return host_reader_troubles(&s->host, device, &t, 1) == 1 && t.certain;
}

/* The port on which a reader answers that nobody named, where there is none on USB; or
 * NULL. It stands in *all. */
static const char *
find_on_port(struct setup *s, struct reader_choices *all)
{
	struct err ignored;

	if (s->now.reader.device[0] != '\0' || s->now.reader.helper[0] != '\0')
		return NULL;
	look(s, all);
	for (size_t i = 0; i < all->n && !all->usb; i++) {
		const char *device = all->list[i].device;
		if (is_taken(s, device))
			continue;
		setup_say("No reader is found on USB: trying %s ...", device);
		if (probe(device, &ignored))
			return device;
	}
	return NULL;
}

int
setup_reader(struct setup *s, struct err *e)
{
	bool given = setup_option(s, "reader.device") != NULL;
	size_t todos = s->todos;
	struct reader_choices all;
	int rc = 0;

	setup_part(s, "The badge reader");
	if (!given && s->asks) {
		rc = ask_reader(s, e);
	} else {
		const char *found = given ? NULL : find_on_port(s, &all);
		rc = setup_answer(s, "reader.device", found, e);
		if (rc == 0 && found == NULL)
			answers(s, s->next.reader.device);
	}
	s->reader_told = s->todos > todos;
	return rc;
}
