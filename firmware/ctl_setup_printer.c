/* ctl_setup_printer.c - setup's third part: the queues that CUPS has, the printers that it
 * could have one for, and which labels are in. */
#include <stdlib.h>
#include <string.h>

#include "../drivers/proto.h"
#include "ctl_ask.h"
#include "ctl_setup.h"

#define QUEUES_S 20
#define PRINTERS_S 60		/* CUPS looks around, and reads its drivers' lists */
#define MAKE_S 90
#define PLACES_MAX 24
#define TROUBLES_MAX 4
#define USUAL_NAME "label"
#define LOOK_AGAIN 1		/* somebody wants that */

/* Where labels could come out: a queue, or a printer without one. */
struct place {
	char queue[128];		/* "": a printer */
	char state[32], model[128], size[40], why[240];
	char uri[1024], host[256], driver[256], language[32], todo[240];
	bool is_default, wants_network;
	bool comes_and_goes;		/* cups-browsed made it, of what it heard of */
};
struct places {
	struct place list[PLACES_MAX];
	size_t n;
	size_t queues;			/* the first of them */
	bool unseen;			/* there may be more: CUPS could not look */
};

static void
copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%.*s", (int)size - 1, text);
}
#define COPY(to, text) copy((to), sizeof (to), (text))

/* ---- what there is ---- */

/* A line of fridge-print --queues. */
static void
take_queue(struct place *p, const struct proto_parts *l)
{
	COPY(p->queue, l->part[0].value);
	COPY(p->state, proto_arg(l, 1));
	p->is_default = strcmp(proto_arg(l, 3), "default") == 0;
	COPY(p->model, proto_get(l, "model"));
	COPY(p->size, proto_get(l, "size"));
	COPY(p->why, proto_get(l, "why"));
	COPY(p->todo, proto_get(l, "todo"));
	p->wants_network = strcmp(proto_get(l, "network"), "yes") == 0;
	p->comes_and_goes = strcmp(proto_get(l, "device"), "implicitclass") == 0;
}

/* A line of fridge-print --printers; one that has a queue is there already. */
static void
take_printer(struct place *p, const struct proto_parts *l)
{
	COPY(p->model, proto_get(l, "model"));
	COPY(p->size, proto_get(l, "size"));
	COPY(p->uri, proto_get(l, "uri"));
	COPY(p->host, proto_get(l, "host"));
	COPY(p->driver, proto_get(l, "driver"));
	COPY(p->language, proto_get(l, "language"));
	COPY(p->todo, proto_get(l, "todo"));
}

static int
list(struct places *all, const char *what, int seconds, struct err *e)
{
	const char *const argv[] = { "fridge-print", what, NULL };
	bool queues = strcmp(what, "--queues") == 0;
	struct proto_parts parts;
	struct helped h;
	char *rest, *line;

	if (ctl_helper_within(argv, seconds, &h, e) == -1)
		return -1;
	rest = h.out;
	while ((line = strsep(&rest, "\n")) != NULL && all->n < PLACES_MAX) {
		struct place *p = &all->list[all->n];
		if (proto_parse(line, &parts) == -1 ||
		    (!queues && proto_get(&parts, "queue")[0] != '\0'))
			continue;
		*p = (struct place){ .is_default = false };
		if (queues)
			take_queue(p, &parts);
		else
			take_printer(p, &parts);
		all->n++;
	}
	helped_free(&h);
	if (queues)
		all->queues = all->n;
	return 0;
}

/* The queue of that name, or NULL. */
static const struct place *
queue_of(const struct places *all, const char *name)
{
	for (size_t i = 0; i < all->queues; i++)
		if (strcmp(all->list[i].queue, name) == 0)
			return &all->list[i];
	return NULL;
}

/* A raw queue knows nothing of its printer's language; the configuration does. */
static void
know_language(const struct setup *s, struct places *all)
{
	for (size_t i = 0; i < all->queues && s->now.printer.language[0] != '\0'; i++)
		if (strcmp(all->list[i].queue, s->now.printer.queue) == 0)
			all->list[i].why[0] = '\0';
}

/* A queue that works, is this machine's own, and the only such one or the default; or NULL. */
static const struct place *
only_queue(const struct places *all)
{
	const struct place *only = NULL;
	size_t own = 0;

	for (size_t i = 0; i < all->queues; i++) {
		const struct place *p = &all->list[i];
		own += !p->comes_and_goes;
		if (!p->comes_and_goes && p->why[0] == '\0' && (only == NULL || p->is_default))
			only = p;
	}
	return only != NULL && (only->is_default || own == 1) ? only : NULL;
}

/* Whether it is the one that was chosen when the questions came before. */
static bool
is_chosen(const struct setup *s, const struct place *p)
{
	const struct setup_queue *q = &s->queue;

	return q->name[0] != '\0' && (q->uri[0] != '\0' ? strcmp(q->uri, p->uri) :
	    strcmp(q->name, p->queue)) == 0;
}

/* The place to propose: the one chosen before, the queue in use, one that is called as ours
 * are, the only or the default one that works; else the best printer. all->n: nothing suits. */
static size_t
best(const struct setup *s, const struct places *all)
{
	const struct place *p = queue_of(all, s->now.printer.queue);

	for (size_t i = 0; i < all->n; i++)
		if (is_chosen(s, &all->list[i]))
			return i;
	if (p == NULL)
		p = queue_of(all, USUAL_NAME);
	if (p == NULL || (p->comes_and_goes && strcmp(p->queue, s->now.printer.queue) != 0))
		p = only_queue(all);
	if (p != NULL)
		return (size_t)(p - all->list);
	for (size_t i = all->queues; i < all->n; i++)
		if (all->list[i].driver[0] != '\0')
			return i;
	return all->n;
}

/* ---- which one ---- */

static void
describe(const struct place *p, char *out, size_t size)
{
	bool usb = strncmp(p->uri, "usb:", 4) == 0;
	char uri[SETUP_URI];

	if (p->queue[0] != '\0')
		snprintf(out, size, "the queue %s: %.80s%s%.20s, %s%s%.120s", p->queue,
		    p->model[0] != '\0' ? p->model : "a printer", p->size[0] != '\0' ? ", " : "",
		    p->size, p->state, p->why[0] != '\0' ? "; " : "", p->why);
	else
		snprintf(out, size, "%.80s %s%.80s%s%.20s%s%.120s", p->model, usb ? "on " : "at ",
		    usb ? "USB" : p->host[0] != '\0' ? p->host : setup_uri(p->uri, uri), p->size[0] != '\0' ? ", " : "", p->size,
		    p->driver[0] != '\0' ? "" : ": no driver is installed, ",
		    p->driver[0] != '\0' ? "" : p->todo);
}

/* A name that no queue has. */
static void
new_name(const struct setup *s, const struct places *all, char out[static 128])
{
	const char *given = setup_option(s, "printer.queue");
	const char *usual = given != NULL && given[0] != '\0' ? given :
	    s->now.printer.queue[0] != '\0' ? s->now.printer.queue : USUAL_NAME;

	copy(out, 128, usual);
	for (int i = 2; given == NULL && queue_of(all, out) != NULL; i++)
		snprintf(out, 128, USUAL_NAME "-%d", i);
}

/* Print where labels come out now. */
static void
keep(struct setup *s)
{
	s->queue = (struct setup_queue){ .name = "" };
	s->next.printer = s->now.printer;
}

/* Print there from now on. */
static int
take(struct setup *s, const struct places *all, const struct place *p, struct err *e)
{
	struct setup_queue *q = &s->queue;

	*q = (struct setup_queue){ .name = "" };
	if (p->queue[0] != '\0') {
		COPY(q->name, p->queue);
	} else if (p->driver[0] == '\0') {
		setup_todo(s, "%s has no driver: %s; then: %s setup", p->model, p->todo,
		    ctl_self(s->c));
		keep(s);
		return 0;
	} else {
		new_name(s, all, q->name);
		COPY(q->uri, p->uri);
		COPY(q->driver, p->driver);
		snprintf(q->info, sizeof q->info, "fridge labels, %.100s", p->model);
	}
	/* Another printer speaks another language. */
	const char *language = setup_option(s, "printer.language");
	if (language == NULL)
		language = p->language[0] != '\0' || strcmp(q->name, s->now.printer.queue) != 0 ?
		    p->language : s->now.printer.language;
	if (setup_put(s, "printer.language", language, e) == -1)
		return -1;
	return setup_put(s, "printer.queue", q->name, e);
}

/* 0, LOOK_AGAIN or -1. */
static int
ask_place(struct setup *s, const struct places *all, size_t usual, struct err *e)
{
	char text[PLACES_MAX][400];
	const char *shown[PLACES_MAX + 2];

	for (size_t i = 0; i < all->n; i++) {
		describe(&all->list[i], text[i], sizeof text[i]);
		shown[i] = text[i];
	}
	shown[all->n] = "look again";
	shown[all->n + 1] = "none of these: I will connect it later";
	int chosen = ask_choice("  Which one prints the labels?", shown, all->n + 2, usual);
	if (chosen == -1)
		return setup_cancelled(s, e);
	if ((size_t)chosen < all->n)
		return take(s, all, &all->list[chosen], e);
	if ((size_t)chosen == all->n)
		return LOOK_AGAIN;
	setup_todo(s, "connect the label printer, then: %s setup", ctl_self(s->c));
	keep(s);
	return 0;
}

/* Whether that printer was found at the address that was typed: a port-9100 address is found
 * with options, which nobody types. */
static bool
is_at(const struct place *p, const char *typed)
{
	size_t n = strcspn(p->uri, "?"), m = strcspn(typed, "?");

	if (strncmp(typed, "socket:", 7) != 0)
		return strcmp(p->uri, typed) == 0;
	n -= n > 0 && p->uri[n - 1] == '/';
	m -= m > 0 && typed[m - 1] == '/';
	return n == m && strncasecmp(p->uri, typed, n) == 0;
}

/* What the options say: --printer URI is a new queue, --queue NAME one that is there. */
static int
take_given(struct setup *s, const struct places *all, const char *uri, struct err *e)
{
	const char *queue = setup_option(s, "printer.queue");
	const char *driver = ctl_value(s->c, "driver");
	struct place given = { .is_default = false };
	char shown[SETUP_URI];

	for (size_t i = all->queues; uri != NULL && i < all->n; i++)
		if (is_at(&all->list[i], uri))
			given = all->list[i];
	if (uri != NULL) {
		COPY(given.uri, uri);
		if (driver != NULL)
			COPY(given.driver, driver);
		else if (given.driver[0] == '\0')
			COPY(given.driver, strncmp(uri, "ipp", 3) == 0 ? "everywhere" : "raw");
		if (given.model[0] == '\0')
			COPY(given.model, setup_uri(uri, shown));
		return take(s, all, &given, e);
	}
	const struct place *p = queue_of(all, queue);
	if (p == NULL)
		return err_set(e, ERR_USAGE, "lpstat -e lists them; --printer URI makes one",
		    "--queue: there is no print queue %s", queue);
	return take(s, all, p, e);
}

/* 0, LOOK_AGAIN or -1. */
static int
choose(struct setup *s, const struct places *all, struct err *e)
{
	const char *uri = ctl_value(s->c, "printer"), *queue = setup_option(s, "printer.queue");
	const char *now = s->now.printer.queue;
	size_t usual = best(s, all);
	char text[400];

	if (uri != NULL || (queue != NULL && queue[0] != '\0'))
		return take_given(s, all, uri, e);
	if (now[0] != '\0' && queue_of(all, now) == NULL)
		setup_say("%sThe queue %s of the configuration is gone.", s->asks ? "  " : "", now);
	if (s->asks)
		return ask_place(s, all, usual, e);
	if (usual == all->n) {
		if (!all->unseen)
			setup_todo(s, "no label printer is found: connect it, then: %s setup",
			    ctl_self(s->c));
		return 0;
	}
	describe(&all->list[usual], text, sizeof text);
	setup_say("printer: %s (not asked)", text);
	return take(s, all, &all->list[usual], e);
}

/* ---- what is in it ---- */

static bool
is_roll_of_box(const struct config *c)
{
	return strncmp(c->printer.language, "ql-8", 4) == 0 && c->printer.media.roll &&
	    c->printer.media.width == 6200;
}

/* A printer that tells what is in it is not asked about; one that cannot must be. */
static int
ask_labels(struct setup *s, const struct places *all, struct err *e)
{
	const struct place *q = queue_of(all, s->queue.name);
	bool told = q != NULL ? q->size[0] != '\0' : strcmp(s->queue.driver, "everywhere") == 0;
	bool brother = strncmp(s->next.printer.language, "ql-", 3) == 0;
	bool is_new = !s->again &&
	    strcmp(s->next.printer.language, s->now.printer.language) != 0;
	char size[CONFIG_TEXT];

	setup_get(s, "printer.media", size);
	if (setup_option(s, "printer.media") == NULL && told && size[0] == '\0')
		return 0;
	if (setup_answer(s, "printer.media", brother && size[0] == '\0' ? "62xMAX100mm" : NULL, e)
	    == -1)
		return -1;
	if (setup_option(s, "printer.red") == NULL && !is_roll_of_box(&s->next))
		return 0;
	return setup_answer(s, "printer.red", is_new && is_roll_of_box(&s->next) ? "yes" : NULL, e);
}

static void
say_troubles(struct setup *s, const char *uri)
{
	struct host_trouble t[TROUBLES_MAX];

	setup_troubles(s, t, host_printer_troubles(&s->host, uri, t, TROUBLES_MAX));
}

/* A printer that has no name here is found by an address, which it is only lent. */
static void
say_lent(struct setup *s, const char *uri)
{
	char shown[SETUP_URI];
	const char *host = strstr(setup_uri(uri, shown), "://");

	if (host == NULL)
		return;
	host += 3;
	int n = (int)(host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?"));
	bool six = host[0] == '[' && strncmp(host, "[::1]", 5) != 0;
	bool four = memchr(host, '.', (size_t)n) != NULL && (int)strspn(host, "0123456789.") == n &&
	    strncmp(host, "127.", 4) != 0;
	if (six || four)
		setup_todo(s, "the printer is found by its address %.*s, which may be another's tomorrow: "
		    "let the router keep it for this printer (a DHCP reservation), or set it at the printer",
		    n, host);
}

/* A search takes its time; nobody waits for one that decides nothing. */
static bool
wants_search(const struct setup *s, const struct places *all)
{
	const char *queue = setup_option(s, "printer.queue");

	if (ctl_value(s->c, "printer") != NULL)
		return ctl_value(s->c, "driver") == NULL;
	if (queue != NULL && queue[0] != '\0')
		return false;
	return s->asks || best(s, all) == all->n;
}

/* All queues, and the printers without one. -1: CUPS cannot be asked; why says so too of a
 * search that failed. */
static int
find(struct setup *s, struct places *all, struct err *why)
{
	*all = (struct places){ .n = 0 };
	if (list(all, "--queues", QUEUES_S, why) == -1)
		return -1;
	know_language(s, all);
	if (wants_search(s, all)) {
		setup_say("%sLooking for printers ...", s->asks ? "  " : "");
		all->unseen = list(all, "--printers", PRINTERS_S, why) == -1;
		if (all->unseen && s->asks)
			setup_say("  Printers without a queue are not found: %s", why->what);
	}
	if (all->n == 0)
		say_troubles(s, "");
	return 0;
}

static int
find_and_choose(struct setup *s, struct places *all, struct err *e)
{
	struct err why = { .kind = ERR_NONE };
	size_t todos = s->todos;
	int rc;

	do {
		s->todos = todos;
		if (find(s, all, &why) == -1) {
			setup_todo(s, "printers cannot be searched for: %s; %s, then: %s setup", why.what,
			    why.todo[0] != '\0' ? why.todo : "mend that", ctl_self(s->c));
			s->printer_told = true;
			return 0;
		}
		rc = choose(s, all, e);
		if (rc == LOOK_AGAIN)
			host_look(s->host.root, &s->host);
	} while (rc == LOOK_AGAIN);
	if (rc == -1 || (s->queue.name[0] != '\0' && ask_labels(s, all, e) == -1))
		return -1;
	if (s->queue.name[0] != '\0')
		say_troubles(s, s->queue.uri);
	else if (all->unseen)
		setup_todo(s, "%s; %s, then: %s setup", why.what,
		    why.todo[0] != '\0' ? why.todo : "mend that", ctl_self(s->c));
	s->printer_told = s->todos > todos;
	/* What is in no printer's way today. */
	if (s->queue.name[0] != '\0')
		say_lent(s, s->queue.uri);
	if (s->host.runs[HOST_CUPS_BROWSED])
		setup_todo(s, "cups-browsed runs: " HOST_BROWSED_WHY ": " HOST_BROWSED_TODO);
	return 0;
}

int
setup_printer(struct setup *s, struct err *e)
{
	struct places *all = calloc(1, sizeof *all);

	if (all == NULL)
		return err_set(e, ERR_SYSTEM, NULL, "out of memory");
	setup_part(s, "The label printer");
	int rc = find_and_choose(s, all, e);
	free(all);
	return rc;
}

/* ---- the queue is made ---- */

/* What the queue says for itself once it is there. */
static void
check_queue(struct setup *s)
{
	struct places *all = calloc(1, sizeof *all);
	const struct place *p;

	if (all == NULL || list(all, "--queues", QUEUES_S, NULL) == -1) {
		free(all);
		return;
	}
	p = queue_of(all, s->queue.name);
	if (p != NULL)
		s->queue.network = p->wants_network ? NETWORK_OFFICE : NETWORK_NONE;
	/* A raw one can say nothing without the configuration. */
	if (p != NULL && p->why[0] != '\0' && s->next.printer.language[0] == '\0')
		setup_todo(s, "%s: %s", p->why, p->todo);
	free(all);
}

/* A new queue that could not be made is no reason to lose one that prints. */
static void
keep_queue(struct setup *s)
{
	if (s->queue.uri[0] == '\0' || s->now.printer.queue[0] == '\0' ||
	    strcmp(s->queue.name, s->now.printer.queue) == 0)
		return;
	s->next.printer = s->now.printer;
	setup_say("Labels go to the queue %s as before.", s->now.printer.queue);
}

void
setup_make_queue(struct setup *s)
{
	struct call l = { .count = 0 };
	struct proto_parts parts;
	struct helped h;
	struct err e = { .kind = ERR_NONE };

	if (s->queue.name[0] == '\0')
		return;
	call_add(&l, "fridge-print");
	call_add(&l, "--make-queue");
	call_add(&l, s->queue.name);
	if (s->queue.uri[0] != '\0') {
		call_addf(&l, "uri=%s", s->queue.uri);
		call_addf(&l, "driver=%s", s->queue.driver);
		call_addf(&l, "info=%s", s->queue.info);
	}
	call_add(&l, NULL);
	int rc = l.failed ? -1 : ctl_helper_within(l.arg, MAKE_S, &h, &e);
	call_free(&l);
	if (rc == -1) {
		err_within(&e, "the queue %s is not as it should be", s->queue.name);
		setup_failed(s, &e);
		keep_queue(s);
		return;
	}
	h.out[strcspn(h.out, "\n")] = '\0';
	if (proto_parse(h.out, &parts) == 0) {
		const char *files = proto_get(&parts, "files");
		setup_say("The queue %s is %s.", s->queue.name, s->queue.uri[0] != '\0' ? "made" :
		    "ready for labels");
		if (strcmp(files, "stopped") == 0)
			setup_say("CUPS keeps no copy of printed labels from now on "
			    "(PreserveJobFiles No).");
		else if (strcmp(files, "kept") == 0)
			setup_todo(s, "CUPS may keep copies of printed labels: %s",
			    proto_get(&parts, "todo"));
	}
	helped_free(&h);
	check_queue(s);
}
