/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resident.c - keeps in memory the files that a shutdown needs, if the root file system is on a
 * multipath map: when the map has lost all its paths, no file can be read any more.
 *
 * resident FILE... - keep FILE, and what systemd and multipathd have mapped. Returns once they have
 * been read; a process that keeps them remains. Files that do not exist are ignored. Nothing is
 * kept if neither / nor /usr is on a multipath map.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Deeper stacks of devices do not exist. */
enum { DEPTH_MAX = 16 };

static bool starts_with_mpath(const char *file)
{
	char uuid[7] = "";
	FILE *stream = fopen(file, "re");

	if (!stream)
		return false;
	if (!fgets(uuid, sizeof(uuid), stream))
		*uuid = '\0';
	fclose(stream);
	return !strcmp(uuid, "mpath-");
}

/* @sysfs: directory of a disk or partition in sysfs */
static bool is_on_map(const char *sysfs, int depth)
{
	char name[PATH_MAX];
	bool found = false;
	struct dirent *entry;
	DIR *slaves;

	if (depth == DEPTH_MAX)
		return false;
	snprintf(name, sizeof(name), "%s/dm/uuid", sysfs);
	if (starts_with_mpath(name))
		return true;
	snprintf(name, sizeof(name), "%s/partition", sysfs);
	if (!access(name, F_OK)) {
		snprintf(name, sizeof(name), "%s/..", sysfs);
		return is_on_map(name, depth + 1);
	}
	snprintf(name, sizeof(name), "%s/slaves", sysfs);
	slaves = opendir(name);
	while (slaves && !found && (entry = readdir(slaves))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(name, sizeof(name), "%s/slaves/%s", sysfs, entry->d_name);
		found = is_on_map(name, depth + 1);
	}
	if (slaves)
		closedir(slaves);
	return found;
}

/* The device of a file system such as btrfs, whose files have a device number of their own. */
static dev_t device_mounted_on(const char *dir)
{
	char target[PATH_MAX], source[PATH_MAX];
	FILE *mounts = fopen("/proc/self/mounts", "re");
	dev_t device = 0;
	struct stat info;

	while (mounts && fscanf(mounts, "%4095s %4095s %*[^\n]", source, target) == 2)
		if (!strcmp(target, dir) && !stat(source, &info) && S_ISBLK(info.st_mode))
			device = info.st_rdev;
	if (mounts)
		fclose(mounts);
	return device;
}

static bool files_are_on_map(const char *dir)
{
	char sysfs[PATH_MAX];
	struct stat info;

	if (stat(dir, &info) < 0)
		return false;
	if (!major(info.st_dev))
		info.st_dev = device_mounted_on(dir);
	snprintf(sysfs, sizeof(sysfs), "/sys/dev/block/%u:%u", major(info.st_dev),
		 minor(info.st_dev));
	return is_on_map(sysfs, 0);
}

/* Keeps a link; the file that it leads to is kept by others. */
static void keep_link(const char *link)
{
	struct stat info;

	/* Left open on purpose. */
	if (!lstat(link, &info) && S_ISLNK(info.st_mode))
		(void)!open(link, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* The links in its directory by which a library is found, such as libc.so.6. */
static void keep_links_to(const char *library)
{
	const char *base = strrchr(library, '/') + 1;
	char dir[PATH_MAX], link[PATH_MAX], target[PATH_MAX];
	struct dirent *entry;
	ssize_t length;
	DIR *stream;

	snprintf(dir, sizeof(dir), "%.*s", (int)(base - library), library);
	stream = opendir(dir);
	while (stream && (entry = readdir(stream))) {
		if (entry->d_type != DT_LNK)
			continue;
		length = readlinkat(dirfd(stream), entry->d_name, target, sizeof(target) - 1);
		target[length < 0 ? 0 : length] = '\0';
		if (strcmp(target, base) ||
		    snprintf(link, sizeof(link), "%s%s", dir, entry->d_name) >= (int)sizeof(link))
			continue;
		keep_link(link);
	}
	if (stream)
		closedir(stream);
}

/* The dynamic linker, by the name that programs have for it. */
static int keep_interpreter(struct dl_phdr_info *program, size_t size, void *userdata)
{
	(void)size;
	(void)userdata;
	for (int i = 0; i < program->dlpi_phnum; i++)
		if (program->dlpi_phdr[i].p_type == PT_INTERP)
			keep_link((const char *)program->dlpi_addr + program->dlpi_phdr[i].p_vaddr);
	return 1; /* the first is the program itself */
}

/* Names on the way to files that are kept: reading a directory takes a disk, too. */
static void keep_ways(void)
{
	static const char *const links[] = {
		"/bin", "/lib", "/lib64", "/sbin", "/usr/lib64", "/usr/sbin",
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		keep_link(links[i]);
	dl_iterate_phdr(keep_interpreter, NULL);
}

/* The file stays open, which keeps its name in memory, too. */
static void keep(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat info;
	void *data;

	if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || !info.st_size)
		return;
	data = mmap(NULL, info.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED || mlock(data, info.st_size) < 0)
		fprintf(stderr, "cannot keep %s in memory: %m\n", file);
}

/* Files that a process has mapped: its program and its libraries. */
static void keep_mapped(long pid)
{
	char name[64], line[PATH_MAX + 128], last[PATH_MAX + 128] = "";
	const char *file;
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%ld/maps", pid);
	maps = fopen(name, "re");
	while (maps && fgets(line, sizeof(line), maps)) {
		line[strcspn(line, "\n")] = '\0';
		file = strchr(line, '/');
		/* Mappings of one file follow each other. */
		if (!file || !strcmp(file, last) || strstr(file, " (deleted)"))
			continue;
		strcpy(last, file);
		keep(file);
		keep_links_to(file);
	}
	if (maps)
		fclose(maps);
}

static long daemon_pid(void)
{
	FILE *file = fopen(RUNTIME_DIR "/multipathd.pid", "re");
	long pid = 0;

	if (file) {
		if (fscanf(file, "%ld", &pid) != 1)
			pid = 0;
		fclose(file);
	}
	return pid;
}

/* Until a signal ends the process. @ready: closed when everything is in memory */
static void stay(char **files, int ready)
{
	keep_ways();
	keep_mapped(1);
	keep_mapped(daemon_pid());
	keep("/etc/ld.so.cache");
	for (; *files; files++)
		keep(*files);
	mlockall(MCL_CURRENT);
	close(ready);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int ready[2];
	char byte;

	(void)argc;
	if (!files_are_on_map("/") && !files_are_on_map("/usr"))
		return 0;
	if (pipe2(ready, O_CLOEXEC) < 0)
		return 1;
	switch (fork()) {
	case -1:
		return 1;
	case 0:
		close(ready[0]);
		stay(argv + 1, ready[1]);
		break;
	}
	close(ready[1]);
	return read(ready[0], &byte, 1) < 0;
}
