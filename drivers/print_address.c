/* print_address.c - where a printer is, as a queue is to have it: by a name that lasts, and
 * without questions that it does not answer.
 */
#include "print_impl.h"

#include <string.h>

#define RESOLVE_MS 3000		/* a name of DNS-SD to a host */
#define SOCKET "socket://"
#define SOCKET_PORT ":9100"
/* CUPS would ask a printer by SNMP first, which costs seconds where that is off, and wait up
 * to 90 s for it to hang up. */
#define SOCKET_OPTIONS "?snmp=false&waiteof=false"

static bool
is_numeric(const char *host)
{
	return strchr(host, ':') != NULL || strspn(host, "0123456789.") == strlen(host);
}

/* Whether this machine finds the host by itself, as CUPS's programs will have to. */
static bool
is_known(const char *uri)
{
	char scheme[32], user[256], host[256], resource[1024];
	int port;

	if (httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof scheme, user, sizeof user,
	    host, sizeof host, &port, resource, sizeof resource) < HTTP_URI_STATUS_OK)
		return false;
	http_addrlist_t *list = httpAddrGetList(host, AF_UNSPEC, NULL);
	httpAddrFreeList(list);
	return list != NULL;
}

/* An address is lent to a printer for some days; its name stays. */
static void
name_host(char *uri, size_t size)
{
	char scheme[32], user[256], host[256], resource[1024], name[256] = "";
	int port;

	if (httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof scheme, user, sizeof user,
	    host, sizeof host, &port, resource, sizeof resource) < HTTP_URI_STATUS_OK ||
	    !is_numeric(host))
		return;
	http_addrlist_t *address = httpAddrGetList(host, AF_UNSPEC, NULL);
	if (address != NULL)
		httpAddrLookup(&address->addr, name, sizeof name);
	httpAddrFreeList(address);
	http_addrlist_t *back = name[0] == '\0' || is_numeric(name) ? NULL :
	    httpAddrGetList(name, AF_UNSPEC, NULL);
	if (back != NULL)
		httpAssembleURI(HTTP_URI_CODING_ALL, uri, (int)size, scheme,
		    user[0] != '\0' ? user : NULL, name, port, resource);
	httpAddrFreeList(back);
}

/* "ipp://Label._ipp._tcp.local/" as "ipp://label.local:631/ipp/print", which is found
 * without Avahi's help each time, and can be asked how it is; port 9100's likewise. It stays
 * where that host is not found now, or only by Avahi. */
static void
resolve(char *uri, size_t size)
{
	cups_dest_t dest = { .name = uri };
	char resource[256];

	if (strstr(uri, "._ipp") == NULL && strstr(uri, "._pdl-datastream.") == NULL)
		return;
	dest.num_options = cupsAddOption("device-uri", uri, 0, &dest.options);
	/* It need not be on, nor notice that it is looked for. */
	http_t *http = cupsConnectDest(&dest, CUPS_DEST_FLAGS_DEVICE | CUPS_DEST_FLAGS_UNCONNECTED,
	    RESOLVE_MS, NULL, resource, sizeof resource, NULL, NULL);
	/* What it was resolved to stands in place of it. */
	const char *to = cupsGetOption("device-uri", dest.num_options, dest.options);
	if (to != NULL && strstr(to, "._tcp") == NULL && is_known(to))
		snprintf(uri, size, "%s", to);
	httpClose(http);
	cupsFreeOptions(dest.num_options, dest.options);
}

/* A port-9100 address without options, slashes at its end, and the port that is usual. */
static void
plain(const char *uri, char out[static 1024])
{
	size_t n;

	snprintf(out, 1024, "%.*s", (int)strcspn(uri, "?"), uri);
	for (n = strlen(out); n > strlen(SOCKET) && out[n - 1] == '/'; n--)
		;
	if (n > strlen(SOCKET SOCKET_PORT) && strncmp(out + n - strlen(SOCKET_PORT), SOCKET_PORT,
	    strlen(SOCKET_PORT)) == 0)
		n -= strlen(SOCKET_PORT);
	out[n] = '\0';
}

static bool
is_socket(const char *uri)
{
	return strncasecmp(uri, SOCKET, strlen(SOCKET)) == 0;
}

void
address_fit(char *uri, size_t size)
{
	char bare[1024];

	if (!is_socket(uri) || strchr(uri, '?') != NULL)
		return;
	plain(uri, bare);
	const char *path = strchr(bare + strlen(SOCKET), '/');
	snprintf(uri, size, "%s%s" SOCKET_OPTIONS, bare, path != NULL ? "" : "/");
}

bool
address_same(const char *a, const char *b)
{
	char one[1024], other[1024];

	if (!is_socket(a) || !is_socket(b))
		return strcmp(a, b) == 0;
	plain(a, one);
	plain(b, other);
	return strcasecmp(one, other) == 0;
}

void
address_settle(char *uri, size_t size)
{
	resolve(uri, size);
	name_host(uri, size);
	address_fit(uri, size);
}
