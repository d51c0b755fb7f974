/* noavahi.c - a preload for ippeveprinter, which will not start without Avahi even
 * when told not to announce itself. Every call that it makes of Avahi succeeds and
 * does nothing, so that a test printer needs no D-Bus and is announced nowhere.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
