/* confine_test.c - what a confined process can do no more, tried in children. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../drivers/confine.h"

#define SKIP_STATUS 77

static char dir[64];

/* Run it in a child. Returns its exit status; a signal counts as 128 and more. */
static int
in_child(int (*run)(void))
{
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(run());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* In a child: the call must have failed so, or the line is the exit status. */
#define REFUSED(call, why) \
	do { errno = 0; if ((call) != -1 || errno != (why)) return __LINE__ % 100 + 1; } while (0)
#define ALLOWED(call) \
	do { if ((call) == -1) return __LINE__ % 100 + 1; } while (0)

static char *const SHELL[] = { "/bin/sh", "-c", "true", NULL };

static int
try_calls(bool network)
{
	struct err e;
	struct clone_args args = { .exit_signal = SIGCHLD };

	ALLOWED(confine_calls(network, &e));
	REFUSED(execv(SHELL[0], SHELL), EPERM);
	REFUSED(unshare(CLONE_NEWUSER), EPERM);
	REFUSED(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL), EPERM);
	REFUSED(syscall(SYS_clone3, &args, sizeof args), ENOSYS);
	REFUSED(syscall(SYS_bpf, 0, NULL, 0), EPERM);
	REFUSED(syscall(SYS_keyctl, 0, 0, 0, 0, 0), EPERM);
	REFUSED(syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL), EPERM);
	REFUSED(syscall(SYS_io_uring_setup, 1, NULL), EPERM);
	REFUSED(setuid(getuid()), EPERM);
#ifndef __SANITIZE_ADDRESS__
	REFUSED(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL), EPERM);
#endif
	REFUSED(socket(AF_PACKET, SOCK_RAW, 0), EAFNOSUPPORT);
	REFUSED(socket(AF_VSOCK, SOCK_STREAM, 0), EAFNOSUPPORT);
	REFUSED(socket(1000, SOCK_STREAM, 0), EAFNOSUPPORT);
	if (network)
		ALLOWED(socket(AF_INET, SOCK_STREAM, 0));
	else {
		REFUSED(socket(AF_INET, SOCK_STREAM, 0), EAFNOSUPPORT);
		REFUSED(socket(AF_INET6, SOCK_DGRAM, 0), EAFNOSUPPORT);
	}
	ALLOWED(socket(AF_NETLINK, SOCK_RAW, 0));
	/* A socket is its own, but it may not wait for others there. */
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un nameless = { .sun_family = AF_UNIX };
	ALLOWED(bind(fd, (struct sockaddr *)&nameless, sizeof nameless.sun_family));
	REFUSED(listen(fd, 1), EPERM);
	/* Drawing has a child. */
	pid_t pid = fork();
	ALLOWED(pid);
	if (pid == 0)
		_exit(0);
	ALLOWED(waitpid(pid, NULL, 0));
	return 0;
}

static int
calls_with_network(void)
{
	return try_calls(true);
}

static int
calls_without_network(void)
{
	return try_calls(false);
}

static void
a_confined_process_starts_nothing_and_listens_at_nothing(void **state)
{
	(void)state;
	assert_int_equal(in_child(calls_with_network), 0);
	assert_int_equal(in_child(calls_without_network), 0);
}

static const char *
in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static int
files_by_use(void)
{
	struct err e;
	char read_only[128], keep[128];

	snprintf(read_only, sizeof read_only, "%s/read", dir);
	snprintf(keep, sizeof keep, "%s/keep", dir);
	const struct confine_path paths[] = {
		{ read_only, CONFINE_READ }, { keep, CONFINE_KEEP },
		{ "/dev/null", CONFINE_DEVICE }, { "/no/such/folder", CONFINE_READ },
		{ NULL, CONFINE_READ },
	};
	int rc = confine_files(paths, sizeof paths / sizeof *paths, &e);

	if (rc == 0)
		return SKIP_STATUS;
	ALLOWED(rc);
	/* The store and all else: not even to look at. */
	REFUSED(open(in_dir("store"), O_RDONLY), EACCES);
	REFUSED(open(in_dir("store"), O_WRONLY | O_TRUNC), EACCES);
	REFUSED(open("/etc/passwd", O_RDONLY), EACCES);
	REFUSED(open("/", O_RDONLY | O_DIRECTORY), EACCES);
	REFUSED(open(in_dir("new"), O_WRONLY | O_CREAT, 0600), EACCES);
	REFUSED(unlink(in_dir("store")), EACCES);
	ALLOWED(open(in_dir("read/file"), O_RDONLY));
	REFUSED(open(in_dir("read/file"), O_WRONLY), EACCES);
	REFUSED(open(in_dir("read/new"), O_WRONLY | O_CREAT, 0600), EACCES);
	REFUSED(unlink(in_dir("read/file")), EACCES);
	ALLOWED(open(in_dir("keep/new"), O_RDWR | O_CREAT | O_TRUNC, 0600));
	ALLOWED(mkdir(in_dir("keep/folder"), 0700));
	ALLOWED(rmdir(in_dir("keep/folder")));
	ALLOWED(unlink(in_dir("keep/new")));
	REFUSED(mkfifo(in_dir("keep/fifo"), 0600), EACCES);
	ALLOWED(open("/dev/null", O_RDWR));
	REFUSED(open("/dev/zero", O_RDONLY), EACCES);
	/* There is no way to another program, whoever it belongs to. */
	REFUSED(execv(SHELL[0], SHELL), EACCES);
	return 0;
}

static void
a_confined_process_opens_its_own_files_alone(void **state)
{
	(void)state;
	int status = in_child(files_by_use);

	if (status == SKIP_STATUS)
		skip();
	assert_int_equal(status, 0);
}

static int
limits(void)
{
	static const struct confine_limits LIMITS = { .memory = UINT64_C(256) << 20, .files = 32 };
	struct rlimit core;
	int fd = 0;

	confine_limits(&LIMITS);
	ALLOWED(getrlimit(RLIMIT_CORE, &core));
	if (core.rlim_max != 0)
		return 1;
	while (fd != -1 && fd < 40)
		fd = open("/dev/null", O_RDONLY);
	if (fd != -1 || errno != EMFILE)
		return 2;
#ifndef __SANITIZE_ADDRESS__
	if (malloc((size_t)300 << 20) != NULL)
		return 3;
#endif
	return 0;
}

static void
memory_files_and_cores_are_limited(void **state)
{
	(void)state;
	assert_int_equal(in_child(limits), 0);
}

static int
make_files(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/confine.XXXXXX");
	if (mkdtemp(dir) == NULL || mkdir(in_dir("read"), 0700) == -1 ||
	    mkdir(in_dir("keep"), 0700) == -1)
		return -1;
	close(open(in_dir("read/file"), O_WRONLY | O_CREAT, 0600));
	close(open(in_dir("store"), O_WRONLY | O_CREAT, 0600));
	return 0;
}

static int
remove_files(void **state)
{
	static const char *const NAMES[] = {
		"read/file", "keep/new", "store", "new", "read", "keep", "",
	};

	(void)state;
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
		remove(in_dir(NAMES[i]));
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_confined_process_starts_nothing_and_listens_at_nothing),
		cmocka_unit_test(a_confined_process_opens_its_own_files_alone),
		cmocka_unit_test(memory_files_and_cores_are_limited),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
