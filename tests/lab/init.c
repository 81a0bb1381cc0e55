/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * init - the guest's first process: mounts a tmpfs over the host's root and the usual file
 * systems, loads the modules, and starts the test's script or systemd. A single static program,
 * because starting a process takes 15 ms there. $lab on the kernel's command line is
 * tests/lab/guest's work directory; $lab_root, if there, another root than the host's, into which
 * $lab_tree, the tree under test, is mounted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text(const char *format, ...)
{
	va_list args;
	char *result;

	va_start(args, format);
	if (vasprintf(&result, format, args) < 0)
		_exit(1);
	va_end(args);
	return result;
}

static void die(const char *what)
{
	dprintf(2, "init: %s: %s\n", what, strerror(errno));
	_exit(1); /* and the kernel panics, which ends the guest */
}

/* Creates the directory (its parent exists) and mounts on it. */
static void attach(const char *type, const char *where, const char *options)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, options))
		die(where);
}

/* Creates the directory and its parents. */
static void make_folders(char *path)
{
	char *end;

	for (end = strchr(path, '/'); end; end = strchr(end + 1, '/')) {
		*end = 0;
		mkdir(path, 0755);
		*end = '/';
	}
	mkdir(path, 0755);
}

static void load(const char *file)
{
	struct utsname kernel;
	char *name;
	int fd;

	uname(&kernel);
	name = text("/usr/lib/uml/modules/%s/kernel/%s.ko", kernel.release, file);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return; /* built in */
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		die(name);
	close(fd);
	free(name);
}

int main(void)
{
	static const char *const folders[] = {
		"run/udev", "run/lock",	     "run/multipath", "run/lab",
		"run/old",  "etc/multipath", "etc/udev",      "usr/lib/modules",
	};
	static const char *const links[][2] = {
		{ "/proc/self/fd", "dev/fd" },
		{ "/proc/self/fd/0", "dev/stdin" },
		{ "/proc/self/fd/1", "dev/stdout" },
		{ "/proc/self/fd/2", "dev/stderr" },
	};
	static const char *const modules[] = {
		"lib/crc64",
		"lib/crc64-rocksoft",
		"block/t10-pi",
		"drivers/scsi/scsi_common",
		"drivers/scsi/scsi_mod",
		"drivers/scsi/sd_mod",
		"drivers/scsi/sg",
		"drivers/md/dm-mod",
		"drivers/md/dm-multipath",
		"drivers/md/dm-service-time",
		"fs/configfs/configfs",
	};
	const char *lab = getenv("lab"), *systemd = getenv("lab_systemd");
	const char *root = getenv("lab_root"), *tree = getenv("lab_tree");
	struct utsname kernel;
	size_t i;
	int fd, staged;

	umask(022);
	uname(&kernel);

	load("fs/overlayfs/overlay");
	attach("tmpfs", "/run", "mode=755");
	if (mkdir("/run/files", 0755) || mkdir("/run/work", 0755) || mkdir("/run/new", 0755))
		die("/run");
	attach("hostfs", "/run/layer", text("%s/layer", lab));
	staged = !access(text("%s/stage", lab), F_OK);
	if (staged)
		attach("hostfs", "/run/stage", text("%s/stage/", lab));
	if (root)
		attach("hostfs", "/run/base", text("%s/", root));
	attach("overlay", "/run/new",
	       text("lowerdir=/run/layer:%s%s,upperdir=/run/files,workdir=/run/work",
		    staged ? "/run/stage:" : "", root ? "/run/base" : "/"));

	if (chdir("/run/new"))
		die("/run/new");
	if (root) {
		make_folders(text(".%s", tree));
		attach("hostfs", text(".%s", tree), text("%s/", tree));
		make_folders(text("./usr/lib/uml"));
		attach("hostfs", "usr/lib/uml", "/usr/lib/uml/");
	}
	attach("proc", "proc", NULL);
	attach("sysfs", "sys", NULL);
	attach("devtmpfs", "dev", "mode=755");
	attach("devpts", "dev/pts", NULL);
	attach("tmpfs", "dev/shm", NULL);
	attach("tmpfs", "run", "mode=755");
	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		mkdir(folders[i], 0755);
	for (i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlink(links[i][0], links[i][1]) && errno != EEXIST)
			die(links[i][1]);
	attach("hostfs", "run/lab/job", text("%s/job", lab));
	fd = open("run/lab/job/log", O_WRONLY | O_APPEND);
	if (fd < 0)
		die("log");
	dup2(fd, 1);
	dup2(fd, 2);
	attach("hostfs", "run/lab/out", text("%s/out", lab));
	attach("hostfs", "etc/udev/rules.d", text("%s/rules", lab));
	attach("tmpfs", "etc/multipath", "mode=755");
	mkdir("etc/multipath/conf.d", 0755);
	unlink("etc/multipath.conf");
	unlink(".dockerenv"); /* otherwise systemd takes this for a container */
	if (symlink(text("/usr/lib/uml/modules/%s", kernel.release),
		    text("usr/lib/modules/%s", kernel.release)) &&
	    errno != EEXIST)
		die("usr/lib/modules");

	/*
	 * chroot alone is not enough: kernel threads (LIO's files, modprobe on demand) must see
	 * the same tree.
	 */
	if (syscall(SYS_pivot_root, ".", "run/old") || chroot(".") || chdir("/"))
		die("pivot_root");
	umount2("/run/old", MNT_DETACH);
	fd = open("/dev/null", O_RDWR);
	dup2(fd, 0);

	for (i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		load(modules[i]);
	mount("configfs", "/sys/kernel/config", "configfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);

	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	if (systemd)
		execl("/lib/systemd/systemd", "systemd", "--log-target=kmsg", "--log-level=notice",
		      NULL);
	else
		execl("/bin/bash", "bash", "/run/lab/job/start", NULL);
	die("exec");
}
