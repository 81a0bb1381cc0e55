/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/probe.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/mounts.h"
#include "kernel/sysfs.h"
#include "kernel/udevdb.h"
#include "kernel/vpd.h"
#include "model/geom.h"
#include "model/settings.h"

enum { PAGE_SIZE = 4096, FILE_USUAL = 8 << 10, FILE_LONGEST = 16 << 20 };

const struct mp_roots mp_roots_system = {
	.sys = "/sys",
	.run_udev = "/run/udev",
	.dev = "/dev",
	.proc = "/proc",
};

/* ---- names and places */

static void dirp_close(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define _cleanup_dir_ _cleanup_(dirp_close)

static DIR *open_dir(const char *root, const char *dir, const char *below)
{
	char file[MP_SYSFS_FILE_SIZE];

	if ((size_t)snprintf(file, sizeof(file), "%s/%s/%s", root, dir, below) >= sizeof(file)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return opendir(file);
}

static const char *base_name(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash ? slash + 1 : dir;
}

static size_t parent_length(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash ? slash - dir : 0;
}

/* A partition is named after the disk that its directory is in: sda/sda1, nvme0n1/nvme0n1p1. */
static bool is_partition_name(const char *disk, size_t disk_length, const char *name)
{
	if (strncmp(name, disk, disk_length))
		return false;
	name += disk_length;
	if (*name == 'p')
		name++;
	return *name && strspn(name, "0123456789") == strlen(name);
}

static bool is_partition(const char *dir)
{
	size_t length = parent_length(dir), start = length;

	while (start && dir[start - 1] != '/')
		start--;
	return length && is_partition_name(dir + start, length - start, dir + length + 1);
}

/* Links in sysfs are relative to their own place: "../../devices/...". */
static const char *skip_parents(const char *target)
{
	while (!strncmp(target, "../", 3))
		target += 3;
	return target;
}

/* Return: 0 and the resolved directory of a whole disk, -ENODEV. */
static int read_disk_link(int dir_fd, const char *link, char *dir, size_t size)
{
	char target[MP_PROBE_DIR_SIZE];
	ssize_t length = readlinkat(dir_fd, link, target, sizeof(target));
	const char *resolved;

	if (length < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	if ((size_t)length >= sizeof(target))
		return -ENAMETOOLONG;
	target[length] = '\0';
	resolved = skip_parents(target);
	if (strlen(resolved) >= size)
		return -ENAMETOOLONG;
	strcpy(dir, resolved);
	return is_partition(dir) ? -ENODEV : 0;
}

static int parse_devt(const char *text, dev_t *ret)
{
	unsigned major_number, minor_number;
	int used;

	if (sscanf(text, "%u:%u%n", &major_number, &minor_number, &used) != 2 || text[used])
		return -EBADMSG;
	*ret = makedev(major_number, minor_number);
	return 0;
}

static int compare_devt(const void *a, const void *b)
{
	dev_t left = *(const dev_t *)a, right = *(const dev_t *)b;

	return left < right ? -1 : left > right;
}

/* Device numbers in sys/dev/block, in order. */
static int list_devts(DIR *block, dev_t **ret, size_t *count)
{
	_cleanup_free_ dev_t *devts = NULL;
	size_t used = 0, room = 0;
	struct dirent *entry;

	while ((entry = readdir(block))) {
		dev_t devt;

		if (parse_devt(entry->d_name, &devt) < 0)
			continue;
		if (used == room) {
			dev_t *grown =
				realloc(devts, (room = room ? 2 * room : 256) * sizeof(*devts));

			if (!grown)
				return -ENOMEM;
			devts = grown;
		}
		devts[used++] = devt;
	}
	if (used)
		qsort(devts, used, sizeof(*devts), compare_devt);
	*ret = TAKE_PTR(devts);
	*count = used;
	return 0;
}

int mp_probe_list(const struct mp_roots *roots, dev_t **ret, size_t *count)
{
	_cleanup_dir_ DIR *block = open_dir(roots->sys, "dev", "block");

	return block ? list_devts(block, ret, count) : -errno;
}

int mp_probe_enumerate(const struct mp_roots *roots, mp_probe_found_fn found, void *userdata)
{
	_cleanup_dir_ DIR *block = open_dir(roots->sys, "dev", "block");
	_cleanup_free_ dev_t *devts = NULL;
	size_t count;
	int r;

	if (!block)
		return -errno;
	r = list_devts(block, &devts, &count);
	if (r < 0)
		return r;

	for (size_t i = 0; i < count; i++) {
		char dir[MP_PROBE_DIR_SIZE], link[32];

		snprintf(link, sizeof(link), "%u:%u", major(devts[i]), minor(devts[i]));
		r = read_disk_link(dirfd(block), link, dir, sizeof(dir));
		if (r < 0)
			continue;
		r = found(userdata, devts[i], base_name(dir), dir);
		if (r < 0)
			return r;
	}
	return 0;
}

int mp_probe_locate_name(const struct mp_roots *roots, const char *name, dev_t *devt, char *dir,
			 size_t size)
{
	char link[MP_SYSFS_FILE_SIZE], text[32], *slash;
	ssize_t length;
	int r;

	if (!*name || (size_t)snprintf(link, sizeof(link), "%s/class/block/%s", roots->sys, name) >=
			      sizeof(link))
		return -ENODEV;
	/* cciss/c0d0 in /dev is cciss!c0d0 in sysfs. */
	for (slash = link + strlen(link) - strlen(name); (slash = strchr(slash, '/'));)
		*slash = '!';
	r = read_disk_link(AT_FDCWD, link, dir, size);
	if (r < 0)
		return r;
	length = mp_sysfs_read(roots->sys, dir, "dev", text, sizeof(text));
	if (length < 0)
		return -ENODEV;
	return parse_devt(text, devt);
}

int mp_probe_locate_devt(const struct mp_roots *roots, dev_t devt, char *name, size_t name_size,
			 char *dir, size_t size)
{
	char link[MP_SYSFS_FILE_SIZE];
	int r;

	if ((size_t)snprintf(link, sizeof(link), "%s/dev/block/%u:%u", roots->sys, major(devt),
			     minor(devt)) >= sizeof(link))
		return -ENAMETOOLONG;
	r = read_disk_link(AT_FDCWD, link, dir, size);
	if (r < 0)
		return r;
	if (strlen(base_name(dir)) >= name_size)
		return -ENAMETOOLONG;
	strcpy(name, base_name(dir));
	return 0;
}

void mp_probe_node(const char *name, char *node, size_t size)
{
	static const char dev[] = "/dev/";
	size_t length = strnlen(name, size - sizeof(dev));

	/* For each check: snprintf() would cost a twentieth of it. */
	memcpy(node, dev, strlen(dev));
	memcpy(node + strlen(dev), name, length);
	node[strlen(dev) + length] = '\0';
	for (char *c = node; (c = strchr(c, '!'));)
		*c = '/';
}

int mp_probe_open(const char *node, dev_t devt, int flags)
{
	_cleanup_close_ int fd = open(node, flags | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISBLK(st.st_mode) && st.st_rdev == devt ? TAKE_FD(fd) : -ENXIO;
}

/* ---- what a device's place in sysfs tells */

/* One directory of a device's path; the path up to its end leads to it. */
struct component {
	const char *name;
	size_t length;
};

static bool component_next(const char **at, struct component *ret)
{
	while (**at == '/')
		(*at)++;
	if (!**at)
		return false;
	*ret = (struct component){ *at, strcspn(*at, "/") };
	*at += ret->length;
	return true;
}

static bool component_is(const struct component *component, const char *name)
{
	return component->length == strlen(name) &&
	       !memcmp(component->name, name, component->length);
}

/* Return: true if it is @prefix and at least one digit behind. */
static bool component_has_number(const struct component *component, const char *prefix)
{
	size_t length = strlen(prefix);

	return component->length > length && !memcmp(component->name, prefix, length) &&
	       isdigit((unsigned char)component->name[length]);
}

/* PCI function 0000:3b:00.1, CCW device 0.0.1900 */
static bool is_bus_id(const struct component *component)
{
	unsigned a, b, c, d;
	char text[32];
	int used = 0;

	if (component->length >= sizeof(text))
		return false;
	memcpy(text, component->name, component->length);
	text[component->length] = '\0';
	return (sscanf(text, "%x:%2x:%2x.%1x%n", &a, &b, &c, &d, &used) == 4 && !text[used]) ||
	       (sscanf(text, "%x.%1x.%4x%n", &a, &b, &c, &used) == 3 && !text[used]);
}

static bool is_ccw_id(const char *name, size_t length)
{
	struct component component = { name, length };

	return is_bus_id(&component) && !memchr(name, ':', length);
}

/*
 * A SCSI disk's directory, read from left to right. Lengths are of the prefix that leads to the
 * component, 0 if there is none.
 */
struct scsi_place {
	struct component bus; /* of the host: the last PCI or CCW id before it */
	struct component host, nexus; /* rport-, session, end_device- */
	size_t host_end, nexus_end;
	size_t device_end; /* H:C:T:L */
	enum mp_protocol protocol;
	struct mp_address address;
};

static void place_take(struct scsi_place *place, const char *dir, const struct component *component)
{
	size_t end = component->name + component->length - dir;

	if (component_has_number(component, "host")) {
		place->host = *component;
		place->host_end = end;
		return;
	}
	if (!place->host_end) {
		if (is_bus_id(component))
			place->bus = *component;
		else if (component_has_number(component, "usb"))
			place->protocol = MP_PROTOCOL_SCSI_USB;
		else if (component_has_number(component, "ata"))
			place->protocol = MP_PROTOCOL_SCSI_ATA;
		else if (component_has_number(component, "fw"))
			place->protocol = MP_PROTOCOL_SCSI_SBP;
		return;
	}
	if (component_has_number(component, "rport-"))
		place->protocol = MP_PROTOCOL_SCSI_FCP;
	else if (component_has_number(component, "session"))
		place->protocol = MP_PROTOCOL_SCSI_ISCSI;
	else if (component_has_number(component, "end_device-"))
		place->protocol = MP_PROTOCOL_SCSI_SAS;
	else
		return;
	place->nexus = *component;
	place->nexus_end = end;
}

/* Return: false if @dir is not of a SCSI disk. */
static bool scsi_place_find(const char *dir, struct scsi_place *ret)
{
	struct component component, last = { 0 };
	const char *at = dir;
	unsigned long long lun;
	int used = 0;

	*ret = (struct scsi_place){ .protocol = MP_PROTOCOL_SCSI_UNSPEC };
	while (component_next(&at, &component)) {
		if (component_is(&component, "block") && last.length) {
			char text[64];

			if (last.length >= sizeof(text))
				return false;
			memcpy(text, last.name, last.length);
			text[last.length] = '\0';
			if (sscanf(text, "%d:%d:%d:%llu%n", &ret->address.host,
				   &ret->address.channel, &ret->address.target, &lun, &used) != 4 ||
			    text[used])
				return false;
			ret->address.lun = lun;
			ret->device_end = last.name + last.length - dir;
			return true;
		}
		place_take(ret, dir, &component);
		last = component;
	}
	return false;
}

/* <first @length bytes of @dir>/<class>/<name>; "" if that is too long */
static void class_dir(const char *dir, size_t length, const char *class, const char *name,
		      size_t name_length, char ret[static MP_PROBE_DIR_SIZE])
{
	if (snprintf(ret, MP_PROBE_DIR_SIZE, "%.*s/%s/%.*s", (int)length, dir, class,
		     (int)name_length, name) >= MP_PROBE_DIR_SIZE)
		ret[0] = '\0';
}

void mp_probe_scsi_dirs(const char *dir, struct mp_probe_scsi_dirs *ret)
{
	size_t device_start;
	struct scsi_place place;
	const char *class = NULL;

	*ret = (struct mp_probe_scsi_dirs){ .protocol = MP_PROTOCOL_UNDEF };
	if (!scsi_place_find(dir, &place))
		return;
	ret->protocol = place.protocol;
	for (device_start = place.device_end; device_start && dir[device_start - 1] != '/';
	     device_start--)
		;
	class_dir(dir, place.device_end, "scsi_disk", dir + device_start,
		  place.device_end - device_start, ret->disk);
	if (place.host_end)
		class_dir(dir, place.host_end, "scsi_host", place.host.name, place.host.length,
			  ret->host);
	if (place.protocol == MP_PROTOCOL_SCSI_FCP)
		class = "fc_remote_ports";
	else if (place.protocol == MP_PROTOCOL_SCSI_ISCSI)
		class = "iscsi_session";
	else if (place.protocol == MP_PROTOCOL_SCSI_SAS)
		class = "sas_end_device";
	if (class && place.nexus_end)
		class_dir(dir, place.nexus_end, class, place.nexus.name, place.nexus.length,
			  ret->nexus);
}

/* ---- reading attributes */

/* The directory that @length bytes of @dir name, as a text of its own. */
struct place {
	char dir[MP_PROBE_DIR_SIZE];
};

static struct place place_prefix(const char *dir, size_t length)
{
	struct place place;

	snprintf(place.dir, sizeof(place.dir), "%.*s", (int)length, dir);
	return place;
}

/* class attribute of a transport object: <dir>/<class>/<object>/<attribute>; "" if it is missing */
static void read_class(const struct mp_roots *roots, const char *dir, size_t length,
		       const char *class, const struct component *object, const char *attribute,
		       char *text, size_t size)
{
	struct place place;

	snprintf(place.dir, sizeof(place.dir), "%.*s/%s/%.*s", (int)length, dir, class,
		 (int)object->length, object->name);
	if (mp_sysfs_read(roots->sys, place.dir, attribute, text, size) < 0)
		text[0] = '\0';
}

static bool class_exists(const struct mp_roots *roots, const char *dir, size_t length,
			 const char *class)
{
	char file[MP_SYSFS_FILE_SIZE];

	snprintf(file, sizeof(file), "%s/%.*s/%s", roots->sys, (int)length, dir, class);
	return access(file, F_OK) == 0;
}

static void read_scsi_transport(const struct mp_roots *roots, const char *dir,
				struct scsi_place *place, struct mp_identity *ret,
				struct mp_identity_room *room)
{
	/*
	 * SRP and parallel SCSI show themselves by the host's class alone; the host is a child of
	 * its PCI function then.
	 */
	if (place->protocol == MP_PROTOCOL_SCSI_UNSPEC && place->bus.name &&
	    place->bus.name + place->bus.length + 1 == place->host.name) {
		if (class_exists(roots, dir, place->host_end, "srp_host"))
			place->protocol = MP_PROTOCOL_SCSI_SRP;
		else if (class_exists(roots, dir, place->host_end, "spi_host"))
			place->protocol = MP_PROTOCOL_SCSI_SPI;
	}
	ret->protocol = place->protocol;

	switch (place->protocol) {
	case MP_PROTOCOL_SCSI_FCP:
		read_class(roots, dir, place->host_end, "fc_host", &place->host, "node_name",
			   room->host_wwnn, sizeof(room->host_wwnn));
		read_class(roots, dir, place->host_end, "fc_host", &place->host, "port_name",
			   room->host_wwpn, sizeof(room->host_wwpn));
		read_class(roots, dir, place->nexus_end, "fc_remote_ports", &place->nexus,
			   "node_name", room->target_wwnn, sizeof(room->target_wwnn));
		read_class(roots, dir, place->nexus_end, "fc_remote_ports", &place->nexus,
			   "port_name", room->target_wwpn, sizeof(room->target_wwpn));
		break;
	case MP_PROTOCOL_SCSI_ISCSI:
		read_class(roots, dir, place->nexus_end, "iscsi_session", &place->nexus,
			   "targetname", room->target_wwnn, sizeof(room->target_wwnn));
		read_class(roots, dir, place->host_end, "iscsi_host", &place->host, "ipaddress",
			   room->adapter, sizeof(room->adapter));
		return;
	case MP_PROTOCOL_SCSI_SAS:
		read_class(roots, dir, place->nexus_end, "sas_device", &place->nexus, "sas_address",
			   room->target_wwnn, sizeof(room->target_wwnn));
		break;
	case MP_PROTOCOL_SCSI_SRP:
		break;
	default:
		return; /* no adapter to tell paths apart by */
	}
	if (place->bus.name)
		snprintf(room->adapter, sizeof(room->adapter), "%.*s", (int)place->bus.length,
			 place->bus.name);
}

/* Kernels before 3.15 have no inquiry attribute. */
static int read_inquiry_texts(const struct mp_roots *roots, const char *dir,
			      struct mp_identity *ret)
{
	ssize_t length = mp_sysfs_read(roots->sys, dir, "vendor", ret->vendor, sizeof(ret->vendor));

	if (length < 0)
		return length;
	if (mp_sysfs_read(roots->sys, dir, "model", ret->product, sizeof(ret->product)) < 0)
		ret->product[0] = '\0';
	if (mp_sysfs_read(roots->sys, dir, "rev", ret->revision, sizeof(ret->revision)) < 0)
		ret->revision[0] = '\0';
	return 0;
}

static void read_handler(const struct mp_roots *roots, const char *device, struct mp_identity *ret)
{
	ssize_t length =
		mp_sysfs_read(roots->sys, device, "dh_state", ret->handler, sizeof(ret->handler));

	if (length < 0 || !strcmp(ret->handler, "detached"))
		ret->handler[0] = '\0';
}

static int read_scsi(const struct mp_roots *roots, const char *dir, struct scsi_place *place,
		     struct mp_identity *ret, struct mp_identity_room *room)
{
	struct place device = place_prefix(dir, place->device_end);
	uint8_t page[PAGE_SIZE];
	struct mp_inquiry inquiry;
	ssize_t length;
	int r;

	ret->address = place->address;
	length = mp_sysfs_read_bytes(roots->sys, device.dir, "inquiry", page, sizeof(page));
	if (length >= 0 && mp_inquiry_parse(page, length, &inquiry) == 0) {
		snprintf(ret->vendor, sizeof(ret->vendor), "%s", inquiry.vendor);
		snprintf(ret->product, sizeof(ret->product), "%s", inquiry.product);
		snprintf(ret->revision, sizeof(ret->revision), "%s", inquiry.revision);
		ret->tpgs = inquiry.tpgs;
	} else {
		r = read_inquiry_texts(roots, device.dir, ret);
		if (r < 0)
			return r;
	}
	read_handler(roots, device.dir, ret);
	read_scsi_transport(roots, dir, place, ret, room);
	return 0;
}

static enum mp_protocol nvme_protocol(const char *transport)
{
	static const struct {
		const char *name;
		enum mp_protocol protocol;
	} transports[] = {
		{ "pcie", MP_PROTOCOL_NVME_PCIE }, { "rdma", MP_PROTOCOL_NVME_RDMA },
		{ "fc", MP_PROTOCOL_NVME_FC },	   { "tcp", MP_PROTOCOL_NVME_TCP },
		{ "loop", MP_PROTOCOL_NVME_LOOP }, { "apple-nvme", MP_PROTOCOL_NVME_APPLE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(transports); i++)
		if (!strcmp(transport, transports[i].name))
			return transports[i].protocol;
	return MP_PROTOCOL_NVME_UNSPEC;
}

/* .../nvme/nvme0/nvme0n1: the controller's directory is the namespace's parent. */
static int read_nvme(const struct mp_roots *roots, const char *name, const char *dir,
		     struct mp_identity *ret, struct mp_identity_room *room)
{
	struct place controller = place_prefix(dir, parent_length(dir));
	uint64_t number = 0;
	char transport[32];
	int instance, nspace, used = 0;
	ssize_t length;

	if (sscanf(name, "nvme%dc%*dn%*d%n", &instance, &used) == 1 && used && !name[used])
		return -EPERM;
	if (sscanf(name, "nvme%dn%d", &instance, &nspace) != 2)
		return -EOPNOTSUPP;
	/* A child of the subsystem instead: the kernel joins its controllers itself. */
	if (!strncmp(base_name(controller.dir), "nvme-subsys", strlen("nvme-subsys")))
		return -EOPNOTSUPP;

	length = mp_sysfs_read(roots->sys, controller.dir, "model", ret->product,
			       sizeof(ret->product));
	if (length < 0)
		return length;
	strcpy(ret->vendor, "NVME");
	if (mp_sysfs_read(roots->sys, controller.dir, "firmware_rev", ret->revision,
			  sizeof(ret->revision)) < 0)
		ret->revision[0] = '\0';
	if (mp_sysfs_read(roots->sys, controller.dir, "serial", room->serial,
			  sizeof(room->serial)) < 0)
		room->serial[0] = '\0';
	if (mp_sysfs_read(roots->sys, controller.dir, "transport", transport, sizeof(transport)) <
	    0)
		transport[0] = '\0';
	ret->protocol = nvme_protocol(transport);

	ret->address = (struct mp_address){ .host = instance, .target = nspace };
	if (mp_sysfs_read_number(roots->sys, controller.dir, "cntlid", &number) == 0)
		ret->address.channel = number;
	if (mp_sysfs_read_number(roots->sys, dir, "nsid", &number) == 0)
		ret->address.lun = number;
	return 0;
}

/* .../0.0.1900/block/dasda */
static int read_dasd(const struct mp_roots *roots, const char *dir, size_t device_length,
		     struct mp_identity *ret)
{
	struct place device = place_prefix(dir, device_length);
	unsigned a, b, c;
	char discipline[8];
	ssize_t length;

	length =
		mp_sysfs_read(roots->sys, device.dir, "discipline", discipline, sizeof(discipline));
	if (length < 0)
		return length;
	ret->protocol = MP_PROTOCOL_CCW;
	strcpy(ret->vendor, "IBM");
	snprintf(ret->product, sizeof(ret->product), "S/390 DASD %s", discipline);
	if (sscanf(base_name(device.dir), "%x.%x.%x", &a, &b, &c) == 3)
		ret->address = (struct mp_address){ .host = a, .channel = b, .target = c };
	return 0;
}

/* .../cciss0/c0d0/block/cciss!c0d0 */
static int read_cciss(const struct mp_roots *roots, const char *name, const char *dir,
		      size_t device_length, struct mp_identity *ret)
{
	struct place device = place_prefix(dir, device_length);
	int controller, disk;
	int r;

	if (sscanf(name, "cciss!c%dd%d", &controller, &disk) != 2)
		return -EOPNOTSUPP;
	r = read_inquiry_texts(roots, device.dir, ret);
	if (r < 0)
		return r;
	ret->protocol = MP_PROTOCOL_CCISS;
	ret->address = (struct mp_address){ .host = controller, .target = disk };
	return 0;
}

/* Where the device directory of .../DEVICE/block/NAME ends; 0 if @dir does not look like that. */
static size_t device_end(const char *dir)
{
	size_t length = parent_length(dir);
	const char block[] = "/block";
	const size_t block_length = sizeof(block) - 1;

	return length > block_length && !strncmp(dir + length - block_length, block, block_length) ?
		       length - block_length :
		       0;
}

static int read_state(const struct mp_roots *roots, const char *dir, enum mp_protocol protocol,
		      char *text, size_t size)
{
	size_t end = mp_protocol_is_nvme(protocol) ? parent_length(dir) : device_end(dir);
	struct place device = place_prefix(dir, end);

	return mp_sysfs_read(roots->sys, device.dir, "state", text, size);
}

static enum mp_path_state scsi_state(const char *text)
{
	static const struct {
		const char *text;
		enum mp_path_state state;
	} states[] = {
		{ "running", MP_PATH_UP },
		{ "offline", MP_PATH_DOWN },
		{ "blocked", MP_PATH_PENDING },
		{ "quiesce", MP_PATH_PENDING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!strncmp(text, states[i].text, strlen(states[i].text)))
			return states[i].state;
	return MP_PATH_DOWN;
}

static enum mp_path_state nvme_state(const char *text)
{
	if (!strcmp(text, "live"))
		return MP_PATH_UP;
	if (!strcmp(text, "new") || !strncmp(text, "deleting", strlen("deleting")))
		return MP_PATH_PENDING;
	return MP_PATH_DOWN;
}

enum mp_path_state mp_probe_state(const struct mp_roots *roots, const char *dir,
				  enum mp_protocol protocol)
{
	char text[32];
	int r;

	if (!mp_protocol_is_scsi(protocol) && !mp_protocol_is_nvme(protocol))
		return MP_PATH_UP;
	r = read_state(roots, dir, protocol, text, sizeof(text));
	if (r < 0)
		return r == -ENOENT || r == -ENXIO || r == -ENODEV || r == -ENOTDIR ?
			       MP_PATH_REMOVED :
			       MP_PATH_DOWN;
	return mp_protocol_is_nvme(protocol) ? nvme_state(text) : scsi_state(text);
}

static int read_kind(const struct mp_roots *roots, const char *name, const char *dir,
		     struct mp_identity *ret, struct mp_identity_room *room)
{
	size_t device = device_end(dir), start = device;
	struct scsi_place place;

	if (!strncmp(name, "nvme", 4))
		return read_nvme(roots, name, dir, ret, room);
	/*
	 * Where in sysfs a host is says nothing of what it leads to: those of FCoE are below
	 * devices/virtual/net.
	 */
	if (!device)
		return -EOPNOTSUPP;
	if (!strncmp(name, "cciss!", 6))
		return read_cciss(roots, name, dir, device, ret);
	while (start && dir[start - 1] != '/')
		start--;
	if (!strncmp(name, "dasd", 4) && is_ccw_id(dir + start, device - start))
		return read_dasd(roots, dir, device, ret);
	/* sr, st and the like have H:C:T:L too, but are no disks */
	if (!strncmp(name, "sr", 2) || !scsi_place_find(dir, &place))
		return -EOPNOTSUPP;
	return read_scsi(roots, dir, &place, ret, room);
}

int mp_probe_identity(const struct mp_roots *roots, dev_t devt, const char *name, const char *dir,
		      struct mp_identity *ret, struct mp_identity_room *room)
{
	struct mp_identity_room unused;
	bool forgets = !room;
	int r;

	if (forgets)
		room = &unused;
	*room = (struct mp_identity_room){ 0 };
	*ret = (struct mp_identity){
		.devt = devt,
		.tpg = -1,
		.address.host = -1,
		.serial = room->serial,
		.vpd_data = room->vpd_data,
		.host_wwnn = room->host_wwnn,
		.host_wwpn = room->host_wwpn,
		.target_wwnn = room->target_wwnn,
		.target_wwpn = room->target_wwpn,
		.adapter = room->adapter,
	};
	r = (size_t)snprintf(ret->name, sizeof(ret->name), "%s", name) < sizeof(ret->name) ?
		    0 :
		    -ENAMETOOLONG;
	if (r == 0)
		r = read_kind(roots, name, dir, ret, room);
	if (r == 0)
		r = mp_sysfs_read_number(roots->sys, dir, "size", &ret->size_sectors);
	if (forgets)
		mp_path_identity_forget_texts(ret);
	return r == -ENOENT || r == -ENXIO || r == -ENOTDIR ? -ENODEV : r;
}

bool mp_probe_read_only(const struct mp_roots *roots, const char *dir, bool otherwise)
{
	uint64_t number;

	return mp_sysfs_read_number(roots->sys, dir, "ro", &number) == 0 ? number : otherwise;
}

void mp_probe_refresh(const struct mp_roots *roots, const char *dir, struct mp_identity *identity)
{
	struct place device = place_prefix(dir, device_end(dir));

	mp_sysfs_read_number(roots->sys, dir, "size", &identity->size_sectors);
	identity->read_only = mp_probe_read_only(roots, dir, identity->read_only);
	if (mp_protocol_is_scsi(identity->protocol))
		read_handler(roots, device.dir, identity);
}

void mp_probe_listed(const struct mp_roots *roots, const char *dir, struct mp_identity *identity,
		     struct mp_identity_room *room)
{
	struct place device = place_prefix(dir, device_end(dir));
	uint8_t page[PAGE_SIZE];
	uint64_t number;
	ssize_t length;

	if (mp_sysfs_read_number(roots->sys, dir, "queue/max_sectors_kb", &number) == 0)
		identity->max_sectors_kb = number;
	if (!mp_protocol_is_scsi(identity->protocol) || *identity->serial)
		return;
	length = mp_sysfs_read_bytes(roots->sys, device.dir, "vpd_pg80", page, sizeof(page));
	if (length >= 0 && mp_vpd_serial(page, length, room->serial, sizeof(room->serial)) == 0)
		identity->serial = room->serial;
}

void mp_probe_details(const struct mp_roots *roots, const char *dir, struct mp_identity *identity,
		      struct mp_identity_room *room)
{
	struct place device = place_prefix(dir, device_end(dir));
	uint8_t page[PAGE_SIZE];
	uint64_t number;
	ssize_t length;
	int tpg;

	mp_probe_listed(roots, dir, identity, room);
	if (mp_sysfs_read_number(roots->sys, dir, "ro", &number) == 0)
		identity->read_only = number;
	identity->offline = mp_probe_state(roots, dir, identity->protocol) != MP_PATH_UP;
	if (!mp_protocol_is_scsi(identity->protocol))
		return;
	if (mp_sysfs_read_number(roots->sys, device.dir, "timeout", &number) == 0)
		identity->timeout_sec = number;
	if (identity->tpgs == MP_TPGS_NONE)
		return;
	length = mp_sysfs_read_bytes(roots->sys, device.dir, "vpd_pg83", page, sizeof(page));
	tpg = length < 0 ? -1 : mp_vpd_tpg(page, length);
	identity->tpg = tpg < 0 ? -1 : tpg;
}

unsigned mp_probe_max_sectors_kb(const struct mp_roots *roots, dev_t devt)
{
	uint64_t number;
	char dir[32];

	snprintf(dir, sizeof(dir), "dev/block/%u:%u", major(devt), minor(devt));
	return mp_sysfs_read_number(roots->sys, dir, "queue/max_sectors_kb", &number) == 0 ?
		       number :
		       0;
}

/* ---- files that are no attributes */

/*
 * What a read that yields less than was asked for means: files in /proc come in pieces, others have
 * ended.
 */
enum ending { ENDS_WITH_NOTHING, ENDS_WHEN_SHORT };

/* A file of any length, whole. Return: 0, -EFBIG beyond FILE_LONGEST, negative errno. */
static int read_file(const char *file, enum ending ending, char **ret)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_close_ int fd = open(file, O_RDONLY | O_CLOEXEC);
	size_t used = 0, room = FILE_USUAL;
	ssize_t count;

	if (fd < 0)
		return -errno;
	do {
		char *grown = room < FILE_LONGEST ? realloc(text, room *= 2) : NULL;

		if (!grown)
			return room < FILE_LONGEST ? -ENOMEM : -EFBIG;
		text = grown;
		while ((count = read(fd, text + used, room - used - 1)) > 0) {
			used += count;
			if (ending == ENDS_WHEN_SHORT)
				break;
		}
		if (count < 0)
			return -errno;
	} while (used == room - 1);
	text[used] = '\0';
	*ret = TAKE_PTR(text);
	return 0;
}

/* ---- udev's database */

static int read_record(const struct mp_roots *roots, dev_t devt, char **ret)
{
	char file[MP_SYSFS_FILE_SIZE];

	snprintf(file, sizeof(file), "%s/data/b%u:%u", roots->run_udev, major(devt), minor(devt));
	return read_file(file, ENDS_WHEN_SHORT, ret); /* udev replaces it as a whole */
}

int mp_probe_record(const struct mp_roots *roots, dev_t devt, struct mp_props *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = read_record(roots, devt, &text);

	if (r < 0)
		return r;
	r = mp_udevdb_parse(text, ret);
	if (r < 0)
		mp_props_fini(ret);
	return r;
}

/* What udev does not record, because it can be told from the device's place and number. */
static int add_kernel_props(dev_t devt, const char *dir, struct mp_props *ret)
{
	char node[MP_NAME_SIZE + 8], path[MP_PROBE_DIR_SIZE + 1], number[2][16];
	const struct {
		const char *name, *value;
	} props[] = {
		{ "DEVNAME", node },	  { "DEVPATH", path },	  { "DEVTYPE", "disk" },
		{ "SUBSYSTEM", "block" }, { "MAJOR", number[0] }, { "MINOR", number[1] },
	};
	int r = 0;

	mp_probe_node(base_name(dir), node, sizeof(node));
	snprintf(path, sizeof(path), "/%s", dir);
	snprintf(number[0], sizeof(number[0]), "%u", major(devt));
	snprintf(number[1], sizeof(number[1]), "%u", minor(devt));
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(props); i++)
		r = mp_props_add(ret, props[i].name, props[i].value);
	return r;
}

int mp_probe_props(const struct mp_roots *roots, dev_t devt, const char *dir, bool uevent,
		   struct mp_props *ret)
{
	_cleanup_free_ char *text = NULL;
	char stated[PAGE_SIZE];
	int r = read_record(roots, devt, &text);

	if (r < 0)
		return r;
	r = add_kernel_props(devt, dir, ret);
	if (r == 0 && uevent &&
	    mp_sysfs_read(roots->sys, dir, "uevent", stated, sizeof(stated)) > 0)
		r = mp_udevdb_parse_uevent(stated, ret);
	if (r == 0)
		r = mp_udevdb_parse(text, ret);
	if (r < 0)
		mp_props_fini(ret);
	return r;
}

void mp_probe_apply_props(struct mp_identity *identity, const struct mp_props *props)
{
	const char *claimed = mp_props_get(props, "DM_MULTIPATH_DEVICE_PATH");
	const char *until = mp_props_get(props, "FIND_MULTIPATHS_WAIT_UNTIL");
	const char *cancelled = mp_props_get(props, "FIND_MULTIPATHS_WAIT_CANCELLED");

	identity->claimed = claimed && !strcmp(claimed, "1");
	identity->wait_may_run = until && *until && strcmp(until, "0") &&
				 !(cancelled && !strcmp(cancelled, "1"));
}

/* ---- WWID */

/*
 * Old kernels leave the padding of model and serial number in nvme.VVVV-SERIAL-MODEL-NSID. Return:
 * length without zero bytes.
 */
static size_t hex_length(const char *hex, size_t length)
{
	while (length >= 2 && !memcmp(hex + length - 2, "00", 2))
		length -= 2;
	return length;
}

/* Return: true if @value is such a text and fits without the padding. */
static bool shorten_nvme(const char *value, char *wwid)
{
	const char *serial = strchr(value, '-'), *model = serial ? strchr(serial + 1, '-') : NULL;
	const char *nsid = model ? strchr(model + 1, '-') : NULL;
	char text[512];
	int length;

	if (strncmp(value, "nvme.", strlen("nvme.")) || !nsid || strchr(nsid + 1, '-'))
		return false;
	length = snprintf(text, sizeof(text), "%.*s-%.*s-%.*s%s", (int)(serial - value), value,
			  (int)hex_length(serial + 1, model - serial - 1), serial + 1,
			  (int)hex_length(model + 1, nsid - model - 1), model + 1, nsid);
	if (length >= MP_WWID_SIZE)
		return false;
	strcpy(wwid, text);
	return true;
}

static void take_wwid(const char *value, char *wwid)
{
	size_t length = strlen(value);

	while (length && strchr(" \t\n", value[length - 1]))
		length--;
	if (length >= MP_WWID_SIZE && shorten_nvme(value, wwid))
		return;
	snprintf(wwid, MP_WWID_SIZE, "%.*s", (int)length, value);
}

/* May the device's own data stand in for this property? */
bool mp_probe_has_fallback(enum mp_protocol protocol, const char *attribute)
{
	const char *usual = mp_protocol_is_scsi(protocol) ? "ID_SERIAL" :
			    mp_protocol_is_nvme(protocol) ? "ID_WWN" :
			    protocol == MP_PROTOCOL_CCW	  ? "ID_UID" :
							    NULL;

	return usual && (!attribute || !*attribute || !strcmp(attribute, usual));
}

/* @known: of several names of the LUN this one, if it has it; NULL: the best one */
static int read_page_wwid(const struct mp_roots *roots, enum mp_protocol protocol, const char *dir,
			  const char *known, char *wwid)
{
	struct place device = place_prefix(dir, device_end(dir));
	uint8_t page[PAGE_SIZE];
	char text[512], *dot;
	ssize_t length;

	if (mp_protocol_is_scsi(protocol)) {
		length =
			mp_sysfs_read_bytes(roots->sys, device.dir, "vpd_pg83", page, sizeof(page));
		return length < 0 || mp_vpd_wwid(page, length, known, wwid, MP_WWID_SIZE) < 0 ?
			       -ENOENT :
			       0;
	}
	if (mp_protocol_is_nvme(protocol)) {
		length = mp_sysfs_read(roots->sys, dir, "wwid", text, sizeof(text));
	} else {
		length = mp_sysfs_read(roots->sys, device.dir, "uid", text, sizeof(text));
		dot = length > 0 ? text - 1 : NULL;
		for (int dots = 0; dot && dots < 4; dots++)
			dot = strchr(dot + 1, '.');
		if (dot)
			*dot = '\0';
	}
	if (length <= 0)
		return -ENOENT;
	take_wwid(text, wwid);
	return *wwid ? 0 : -ENOENT;
}

int mp_probe_page_wwid(const struct mp_roots *roots, enum mp_protocol protocol, const char *dir,
		       char *wwid)
{
	return read_page_wwid(roots, protocol, dir, NULL, wwid);
}

int mp_probe_page_names(const struct mp_roots *roots, enum mp_protocol protocol, const char *dir,
			const char *wwid)
{
	char told[MP_WWID_SIZE];
	int r = read_page_wwid(roots, protocol, dir, wwid, told);

	return r < 0 ? r : !strcmp(told, wwid);
}

int mp_probe_props_wwid(const struct mp_identity *identity, const char *uid_attribute,
			const struct mp_props *props, bool fallback, char *wwid)
{
	const char *attribute = uid_attribute ? uid_attribute : "";
	const char *value;

	wwid[0] = '\0';
	if (props && *attribute) {
		value = mp_props_get(props, attribute);
		if (value)
			take_wwid(value, wwid);
		if (*wwid)
			return 0;
	}
	/* Not even a database says that udev is not done with it. */
	if (*attribute && !fallback)
		return -ENODATA;
	if (!mp_probe_has_fallback(identity->protocol, attribute))
		return *attribute ? -ENODATA : -ENOENT;
	return 1;
}

int mp_probe_wwid(const struct mp_roots *roots, const struct mp_identity *identity, const char *dir,
		  const struct mp_path_settings *settings, const struct mp_props *props,
		  bool fallback, char *wwid)
{
	int r = mp_probe_props_wwid(identity, settings->uid_attribute, props, fallback, wwid);

	return r > 0 ? mp_probe_page_wwid(roots, identity->protocol, dir, wwid) : r;
}

/* ---- writing */

int mp_probe_write(const struct mp_roots *roots, const char *dir, const char *attribute,
		   const char *value)
{
	return mp_sysfs_write(roots->sys, dir, attribute, value);
}

/*
 * Calls @each for every partition's directory name. Return: what @each returned if not 0, else 0.
 */
static int for_each_partition(const struct mp_roots *roots, const char *dir,
			      int (*each)(const struct mp_roots *roots, const char *dir,
					  const char *name, void *data),
			      void *data)
{
	_cleanup_dir_ DIR *disk = open_dir(roots->sys, dir, "");
	const char *name = base_name(dir);
	struct dirent *entry;
	int r = 0;

	if (!disk)
		return -errno;
	while (r == 0 && (entry = readdir(disk)))
		if (is_partition_name(name, strlen(name), entry->d_name))
			r = each(roots, dir, entry->d_name, data);
	return r;
}

static int trigger_partition(const struct mp_roots *roots, const char *dir, const char *name,
			     void *action)
{
	char attribute[MP_NAME_SIZE + 16];

	snprintf(attribute, sizeof(attribute), "%.32s/uevent", name);
	mp_sysfs_write(roots->sys, dir, attribute, action);
	return 0;
}

int mp_probe_trigger(const struct mp_roots *roots, const char *dir, const char *action)
{
	int r = mp_sysfs_write(roots->sys, dir, "uevent", action);

	if (r < 0)
		return r;
	for_each_partition(roots, dir, trigger_partition, (void *)action);
	return 0;
}

/* ---- users */

static bool has_holders(const struct mp_roots *roots, const char *dir, const char *below)
{
	_cleanup_dir_ DIR *holders = open_dir(roots->sys, dir, below);
	struct dirent *entry;

	while (holders && (entry = readdir(holders)))
		if (entry->d_name[0] != '.')
			return true;
	return false;
}

/* Return: malloc'ed text, NULL. */
static char *read_proc(const struct mp_roots *roots, const char *name)
{
	char file[MP_SYSFS_FILE_SIZE], *text = NULL;

	snprintf(file, sizeof(file), "%s/%s", roots->proc ? roots->proc : "/proc", name);
	read_file(file, ENDS_WITH_NOTHING, &text);
	return text;
}

/* What one look at mounts and swaps tells; asked about the disk and each of its partitions. */
struct users {
	char *mounts, *swaps;
};

static void users_fini(struct users *users)
{
	free(users->mounts);
	free(users->swaps);
}

static int partition_in_use(const struct mp_roots *roots, const char *dir, const char *name,
			    void *data)
{
	const struct users *users = data;
	char attribute[MP_NAME_SIZE + 16], devt[32];

	snprintf(attribute, sizeof(attribute), "%.32s/holders", name);
	if (has_holders(roots, dir, attribute) || mp_mounts_have_swap(users->swaps, name))
		return 1;
	snprintf(attribute, sizeof(attribute), "%.32s/dev", name);
	return mp_sysfs_read(roots->sys, dir, attribute, devt, sizeof(devt)) > 0 &&
	       mp_mounts_have(users->mounts, devt, name);
}

bool mp_probe_in_use(const struct mp_roots *roots, const char *dir, dev_t devt)
{
	_cleanup_(users_fini) struct users users = { 0 };
	char number[32];

	if (has_holders(roots, dir, "holders"))
		return true;
	users.mounts = read_proc(roots, "self/mountinfo");
	users.swaps = read_proc(roots, "swaps");
	snprintf(number, sizeof(number), "%u:%u", major(devt), minor(devt));
	return mp_mounts_have(users.mounts, number, base_name(dir)) ||
	       mp_mounts_have_swap(users.swaps, base_name(dir)) ||
	       for_each_partition(roots, dir, partition_in_use, &users) > 0;
}

int mp_probe_map_holder(const struct mp_roots *roots, const char *dir, char *uuid, size_t size)
{
	_cleanup_dir_ DIR *holders = open_dir(roots->sys, dir, "holders");
	struct dirent *entry;

	if (!holders)
		return -errno;
	while ((entry = readdir(holders))) {
		char attribute[sizeof(entry->d_name) + 32];

		if (strncmp(entry->d_name, "dm-", 3))
			continue;
		snprintf(attribute, sizeof(attribute), "holders/%s/dm/uuid", entry->d_name);
		if (mp_sysfs_read(roots->sys, dir, attribute, uuid, size) > 0 &&
		    (!strncmp(uuid, "mpath-", 6) ||
		     !strncmp(uuid, MP_GEOM_WRITES, strlen(MP_GEOM_WRITES))))
			return 1;
	}
	return 0;
}
