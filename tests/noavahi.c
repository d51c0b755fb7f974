/* noavahi.c - a preload for ippeveprinter, which will not start without Avahi even
 * when told not to announce itself. Every call that it makes of Avahi succeeds and
 * does nothing, so that a test printer needs no D-Bus and is announced nowhere.
 *
 * And for who asks libcups where a service is: each is at localhost, port NOAVAHI_PORT.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Handles that nobody looks into. */
static int thing;

/* Declared as the library's own headers do, without asking for them to be there. */
void *avahi_threaded_poll_new(void);
const void *avahi_threaded_poll_get(void *poll);
int avahi_threaded_poll_start(void *poll);
void avahi_threaded_poll_lock(void *poll);
void avahi_threaded_poll_unlock(void *poll);
void *avahi_client_new(const void *poll, int flags, void *callback, void *arg, int *error);
const char *avahi_client_get_host_name_fqdn(void *client);
int avahi_client_errno(void *client);
void *avahi_entry_group_new(void *client, void *callback, void *arg);
int avahi_entry_group_add_service_strlst(void *group, ...);
int avahi_entry_group_add_service_subtype(void *group, ...);
int avahi_entry_group_commit(void *group);
int avahi_entry_group_free(void *group);
void *avahi_string_list_add_printf(void *list, const char *format, ...);
void avahi_string_list_free(void *list);
void *avahi_string_list_find(void *list, const char *key);
void avahi_client_free(void *client);
void *avahi_simple_poll_new(void);
const void *avahi_simple_poll_get(void *poll);
void avahi_simple_poll_set_func(void *poll, void *function, void *arg);
int avahi_simple_poll_iterate(void *poll, int timeout);
void avahi_simple_poll_quit(void *poll);
void avahi_simple_poll_free(void *poll);
typedef void resolved(void *resolver, int interface, int protocol, int event, const char *name,
    const char *type, const char *domain, const char *host, const void *address, uint16_t port,
    void *txt, int flags, void *arg);
void *avahi_service_resolver_new(void *client, int interface, int protocol, const char *name,
    const char *type, const char *domain, int address, int flags, resolved *tell, void *arg);
int avahi_service_resolver_free(void *resolver);

/* The service that is looked for. */
static struct {
	resolved *tell;			/* NULL: it was told */
	char name[256], type[64];
	void *arg;
} wanted;

void *
avahi_threaded_poll_new(void)
{
	return &thing;
}

const void *
avahi_threaded_poll_get(void *poll)
{
	return poll;
}

int
avahi_threaded_poll_start(void *poll)
{
	(void)poll;
	return 0;
}

void
avahi_threaded_poll_lock(void *poll)
{
	(void)poll;
}

void
avahi_threaded_poll_unlock(void *poll)
{
	(void)poll;
}

void *
avahi_client_new(const void *poll, int flags, void *callback, void *arg, int *error)
{
	(void)poll, (void)flags, (void)callback, (void)arg;
	if (error != NULL)
		*error = 0;
	return &thing;
}

const char *
avahi_client_get_host_name_fqdn(void *client)
{
	(void)client;
	return "localhost";
}

int
avahi_client_errno(void *client)
{
	(void)client;
	return 0;
}

void *
avahi_entry_group_new(void *client, void *callback, void *arg)
{
	(void)client, (void)callback, (void)arg;
	return &thing;
}

int
avahi_entry_group_add_service_strlst(void *group, ...)
{
	(void)group;
	return 0;
}

int
avahi_entry_group_add_service_subtype(void *group, ...)
{
	(void)group;
	return 0;
}

int
avahi_entry_group_commit(void *group)
{
	(void)group;
	return 0;
}

int
avahi_entry_group_free(void *group)
{
	(void)group;
	return 0;
}

void *
avahi_string_list_add_printf(void *list, const char *format, ...)
{
	(void)list, (void)format;
	return &thing;
}

void
avahi_string_list_free(void *list)
{
	(void)list;
}

void *
avahi_string_list_find(void *list, const char *key)
{
	(void)list, (void)key;
	return NULL;
}

void
avahi_client_free(void *client)
{
	(void)client;
}

void *
avahi_simple_poll_new(void)
{
	return &thing;
}

const void *
avahi_simple_poll_get(void *poll)
{
	return poll;
}

void
avahi_simple_poll_set_func(void *poll, void *function, void *arg)
{
	(void)poll, (void)function, (void)arg;
}

int
avahi_simple_poll_iterate(void *poll, int timeout)
{
	const char *port = getenv("NOAVAHI_PORT");
	resolved *tell = wanted.tell;

	(void)poll, (void)timeout;
	wanted.tell = NULL;
	if (tell != NULL && port != NULL)
		tell(&thing, 1, 0, 0, wanted.name, wanted.type, "local", "localhost", NULL,
		    (uint16_t)atoi(port), NULL, 0, wanted.arg);
	return 0;
}

void
avahi_simple_poll_quit(void *poll)
{
	(void)poll;
}

void
avahi_simple_poll_free(void *poll)
{
	(void)poll;
}

void *
avahi_service_resolver_new(void *client, int interface, int protocol, const char *name,
    const char *type, const char *domain, int address, int flags, resolved *tell, void *arg)
{
	(void)client, (void)interface, (void)protocol, (void)domain, (void)address, (void)flags;
	snprintf(wanted.name, sizeof wanted.name, "%s", name);
	snprintf(wanted.type, sizeof wanted.type, "%s", type);
	wanted.tell = tell;
	wanted.arg = arg;
	return &thing;
}

int
avahi_service_resolver_free(void *resolver)
{
	(void)resolver;
	return 0;
}
