/* confine.c - see confine.h
 *
 * The calls that are refused are listed, and not those that are allowed: which calls a
 * C library, a renderer or libusb makes differs between releases and machines, and a
 * label that does not come out is the greater harm. The unit has the short list.
 */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- limits ---- */

static void
limit(enum __rlimit_resource what, rlim_t most)
{
	struct rlimit now;

	/* Never more than we were given. */
	if (getrlimit(what, &now) == 0 && now.rlim_max < most)
		most = now.rlim_max;
	setrlimit(what, &(struct rlimit){ most, most });
}

void
confine_limits(const struct confine_limits *limits)
{
#ifndef __SANITIZE_ADDRESS__	/* a sanitizer's shadow is larger than any limit */
	limit(RLIMIT_AS, limits->memory);
#endif
	limit(RLIMIT_NOFILE, limits->files);
	limit(RLIMIT_CORE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* ---- calls ---- */

/* By name: a machine that has not some of them, or a libseccomp that is older than they
 * are, passes over them. */
static const char *const REFUSED[] = {
	"execve", "execveat", "uselib",
	"listen", "accept", "accept4",
	"ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd",
	"process_madvise",
	"mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree",
	"fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "open_by_handle_at",
	"name_to_handle_at", "swapon", "swapoff", "quotactl", "quotactl_fd",
	"unshare", "setns",
	"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load",
	"bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
	"io_uring_register",
	"add_key", "request_key", "keyctl",
	"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups",
	"setfsuid", "setfsgid", "setuid32", "setgid32", "setreuid32", "setregid32",
	"setresuid32", "setresgid32", "setgroups32", "setfsuid32", "setfsgid32", "capset",
	"clock_settime", "clock_settime64", "clock_adjtime", "clock_adjtime64", "settimeofday",
	"stime", "adjtimex",
	"reboot", "sethostname", "setdomainname", "syslog", "acct", "vhangup", "personality",
	"iopl", "ioperm", "lookup_dcookie", "nfsservctl", "fanotify_init",
};

/* What a sanitizer looks for leaks with. */
static bool
is_sanitizers(const char *name)
{
#ifdef __SANITIZE_ADDRESS__
	return strcmp(name, "ptrace") == 0;
#else
	(void)name;
	return false;
#endif
}

static int
refuse_listed(scmp_filter_ctx filter)
{
	int rc = 0;

	for (size_t i = 0; i < COUNT(REFUSED) && rc == 0; i++) {
		int call = seccomp_syscall_resolve_name(REFUSED[i]);
		if (call != __NR_SCMP_ERROR && !is_sanitizers(REFUSED[i]))
			rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
		/* One that this machine does not have cannot be called. */
		if (rc == -EDOM || rc == -EINVAL)
			rc = 0;
	}
	return rc;
}

/* A name space of one's own opens much of the kernel to whoever has none of its rights. */
static int
refuse_name_spaces(scmp_filter_ctx filter)
{
	static const scmp_datum_t SPACES[] = {
		CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWIPC,
		CLONE_NEWUTS, CLONE_NEWCGROUP,
	};
	int rc = 0;

	for (size_t i = 0; i < COUNT(SPACES) && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, SPACES[i], SPACES[i]));
	/* Its flags are where no filter sees them. C libraries go back to clone. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return rc;
}

/* Of the families of sockets: a name in the file system, news of devices and addresses
 * from the kernel, and the Internet for whom it is. */
static int
refuse_sockets(scmp_filter_ctx filter, bool network)
{
	int rc = 0;

	for (scmp_datum_t family = 0; family < AF_MAX && rc == 0; family++) {
		if (family == AF_UNIX || family == AF_NETLINK ||
		    (network && (family == AF_INET || family == AF_INET6)))
			continue;
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
		    SCMP_A0(SCMP_CMP_EQ, family, 0));
	}
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
		    SCMP_A0(SCMP_CMP_GE, AF_MAX, 0));
	return rc;
}

int
confine_calls(bool network, struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = filter != NULL ? 0 : -ENOMEM;

	if (rc == 0)
		rc = refuse_listed(filter);
	if (rc == 0)
		rc = refuse_name_spaces(filter);
	if (rc == 0)
		rc = refuse_sockets(filter, network);
	/* Calls of other kinds of programs on this machine (32 bits) have other numbers. */
	if (rc == 0)
		rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	if (rc < 0)
		return err_set(e, ERR_SYSTEM, NULL, "the kernel takes no filter of calls: %s",
		    strerror(-rc));
	return 0;
}

/* ---- files ---- */

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define CHANGE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define MAKE (LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | \
    LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER)
#define ON_FILES (LANDLOCK_ACCESS_FS_READ_FILE | CHANGE | LANDLOCK_ACCESS_FS_IOCTL_DEV)

static const uint64_t USES[] = {
	[CONFINE_READ] = READ,
	[CONFINE_KEEP] = READ | CHANGE | MAKE,
	[CONFINE_DEVICE] = READ | CHANGE | LANDLOCK_ACCESS_FS_IOCTL_DEV,
};

/* The rights that a kernel knows, by the number of its Landlock. */
static uint64_t
known_rights(int version)
{
	uint64_t known = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;	/* the first 13 */

	if (version >= 2)
		known |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		known |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (version >= 5)
		known |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return known;
}

static int
allow(int rules, const struct confine_path *p, uint64_t known)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = USES[p->use] & known };
	struct stat st;
	int rc = 0;

	rule.parent_fd = open(p->path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd == -1)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= ON_FILES;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == -1)
		rc = -1;
	close(rule.parent_fd);
	return rc;
}

int
confine_files(const struct confine_path *paths, size_t count, struct err *e)
{
	struct landlock_ruleset_attr all = { 0 };
	int rc = -1;
	int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	if (version < 1) {
		err_set(e, ERR_SYSTEM, NULL, "this kernel has no Landlock: %s", strerror(errno));
		return 0;
	}
	/* What is not named here is not looked at; starting programs is, and nowhere
	 * allowed. */
	all.handled_access_fs = known_rights(version);
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all,
	    sizeof all.handled_access_fs, 0);
	if (rules == -1)
		return err_set(e, ERR_SYSTEM, NULL, "Landlock: %s", strerror(errno));
	for (size_t i = 0; i < count; i++) {
		if (paths[i].path != NULL && allow(rules, &paths[i], all.handled_access_fs) == -1) {
			err_set(e, ERR_SYSTEM, NULL, "Landlock for %s: %s", paths[i].path,
			    strerror(errno));
			goto done;
		}
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    syscall(SYS_landlock_restrict_self, rules, 0) == -1) {
		err_set(e, ERR_SYSTEM, NULL, "Landlock: %s", strerror(errno));
		goto done;
	}
	rc = 1;
done:
	close(rules);
	return rc;
}
