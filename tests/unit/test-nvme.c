/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/cleanup.h"
#include "kernel/nvme.h"
#include "scratch_dir.h"

static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

static void attribute(const char *root, const char *dir, const char *name, const char *text)
{
	char file[PATH_MAX], path[PATH_MAX];

	assert_true(snprintf(file, sizeof(file), "%s/%s", dir, name) < PATH_MAX);
	scratch_path(root, file, path);
	make_parents(path);
	scratch_write(root, file, text);
}

static void link_to(const char *root, const char *name, const char *target)
{
	char path[PATH_MAX];

	scratch_path(root, name, path);
	make_parents(path);
	assert_int_equal(symlink(target, path), 0);
}

static const char subsystem[] = "devices/virtual/nvme-subsystem/nvme-subsys0";
static const char tcp[] = "devices/virtual/nvme-fabrics/ctl/nvme0";
static const char pci[] = "devices/pci0000:00/0000:00:04.0/nvme/nvme10";

/* As in Linux 6.1: heads below the subsystem, paths below their controllers. */
static void make_subsystem(const char *root)
{
	attribute(root, subsystem, "subsysnqn", "nqn.2014-08.org.example:array\n");
	attribute(root, subsystem, "model", "Example Array                           \n");
	attribute(root, subsystem, "firmware_rev", "1.0     \n");
	attribute(root, subsystem, "nvme0n1/size", "2097152\n");
	attribute(root, subsystem, "nvme0n1/wwid", "uuid.8ef20f70-f7d3-4f67-8d84-1bb16b2bfe03\n");
	attribute(root, subsystem, "nvme0n1/nsid", "7\n");
	link_to(root, "class/nvme-subsystem/nvme-subsys0",
		"../../devices/virtual/nvme-subsystem/nvme-subsys0");

	attribute(root, tcp, "state", "live\n");
	attribute(root, tcp, "transport", "tcp\n");
	attribute(root, tcp, "address", "traddr=192.0.2.1,trsvcid=4420\n");
	attribute(root, tcp, "serial", "SERIAL0             \n");
	attribute(root, tcp, "nvme0c0n1/ana_state", "optimized\n");
	attribute(root, tcp, "nvme0c0n1/size", "2097152\n");
	/* a path of another namespace */
	attribute(root, tcp, "nvme0c0n2/ana_state", "optimized\n");
	link_to(root, "devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
		"../../nvme-fabrics/ctl/nvme0");

	attribute(root, pci, "state", "connecting\n");
	attribute(root, pci, "transport", "pcie\n");
	attribute(root, pci, "address", "0000:00:04.0\n");
	attribute(root, pci, "nvme0c10n1/ana_state", "inaccessible\n");
	attribute(root, pci, "nvme0c10n1/size", "2097152\n");
	link_to(root, "devices/virtual/nvme-subsystem/nvme-subsys0/nvme10",
		"../../../pci0000:00/0000:00:04.0/nvme/nvme10");
}

static void a_namespace_is_listed_with_its_paths(void **state)
{
	const struct mp_roots roots = { .sys = *state };
	_cleanup_(mp_foreign_fini) struct mp_foreign foreign = MP_FOREIGN_INIT;
	const struct mp_foreign_map *map;
	const struct mp_foreign_path *path;

	make_subsystem(*state);
	assert_int_equal(mp_nvme_list(&roots, &foreign), 0);
	assert_int_equal(foreign.count, 1);
	map = &foreign.maps[0];
	assert_string_equal(map->name, "nqn.2014-08.org.example:array:nsid.7");
	assert_string_equal(map->disk, "nvme0n1");
	assert_string_equal(map->wwid, "uuid.8ef20f70-f7d3-4f67-8d84-1bb16b2bfe03");
	assert_string_equal(map->model, "Example Array");
	assert_string_equal(map->revision, "1.0");
	assert_string_equal(map->size, "2097152");
	assert_true(map->has_access);
	assert_true(mp_foreign_has(&foreign, "nvme0n1"));
	assert_false(mp_foreign_has(&foreign, "nvme0n2"));

	assert_int_equal(map->path_count, 2);
	path = &map->paths[0];
	assert_string_equal(path->name, "nvme0c0n1");
	assert_string_equal(path->address, "0:0:1");
	assert_string_equal(path->devt, "0:0");
	assert_string_equal(path->state, "live");
	assert_string_equal(path->access, "optimized");
	assert_string_equal(path->serial, "SERIAL0");
	assert_string_equal(path->host, "tcp:traddr=192.0.2.1,trsvcid=4420");
	assert_string_equal(path->adapter, "");
	assert_int_equal(mp_foreign_priority(path), 50);
	path = &map->paths[1];
	assert_string_equal(path->name, "nvme0c10n1");
	assert_string_equal(path->address, "0:10:1");
	assert_string_equal(path->state, "connecting");
	assert_string_equal(path->host, "pcie:0000:00:04.0");
	assert_string_equal(path->adapter, "PCI:0000:00:04.0");
	assert_int_equal(mp_foreign_priority(path), 0);
}

static void a_machine_without_native_multipathing_has_no_namespace(void **state)
{
	const struct mp_roots roots = { .sys = *state };
	_cleanup_(mp_foreign_fini) struct mp_foreign foreign = MP_FOREIGN_INIT;

	assert_int_equal(mp_nvme_list(&roots, &foreign), 0);
	assert_int_equal(foreign.count, 0);

	/* native multipathing is off: namespaces are the controllers' own */
	attribute(*state, "devices/virtual/nvme-subsystem/nvme-subsys1", "model", "Disk\n");
	attribute(*state, "devices/pci0000:00/0000:00:04.0/nvme/nvme1/nvme1n1", "size", "8\n");
	link_to(*state, "devices/virtual/nvme-subsystem/nvme-subsys1/nvme1",
		"../../../pci0000:00/0000:00:04.0/nvme/nvme1");
	link_to(*state, "class/nvme-subsystem/nvme-subsys1",
		"../../devices/virtual/nvme-subsystem/nvme-subsys1");
	assert_int_equal(mp_nvme_list(&roots, &foreign), 0);
	assert_int_equal(foreign.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_namespace_is_listed_with_its_paths),
		scratch_test(a_machine_without_native_multipathing_has_no_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
