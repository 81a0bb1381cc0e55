/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "client/terminal.h"
#include "config/check.h"
#include "config/filter.h"
#include "config/permissions.h"
#include "config/wwids.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "kernel/disk.h"
#include "kernel/dm.h"
#include "kernel/dm_library.h"
#include "kernel/dm_list.h"
#include "kernel/nvme.h"
#include "libmpathcmd/mpath_cmd.h"
#include "model/grouping.h"
#include "model/order.h"
#include "multipath/arguments.h"
#include "multipath/target.h"
#include "multipathd/commands/config_text.h"
#include "multipathd/commands/explain.h"
#include "multipathd/commands/lists.h"
#include "multipathd/commands/shown.h"
#include "multipathd/control/configure.h"
#include "multipathd/control/intake.h"
#include "multipathd/control/steps.h"
#include "multipathd/jobs/details.h"
#include "multipathd/lifetime.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "show/listing.h"
#include "show/report_json.h"
#include "show/topology.h"

static void print(struct mp_strbuf *text)
{
	if (text->length && isatty(STDOUT_FILENO))
		terminal_clean(text->text, text->length);
	fputs(mp_strbuf_text(text), stdout);
}

static void on_dm_message(int level, const char *text)
{
	log_line(level, "libdevmapper: %s", text);
}

static int open_dm(void)
{
	_cleanup_strbuf_ struct mp_strbuf why = MP_STRBUF_INIT;
	struct mp_dm_versions versions;
	int r = mp_dm_open(true, on_dm_message, &versions);

	if (r < 0) {
		mp_dm_explain(r, &why);
		log_error("device-mapper: %s", mp_strbuf_text(&why));
	}
	return r;
}

static int load_config(const struct arguments *arguments, struct mp_config **ret)
{
	struct mp_config_source source = {
		.file = CONFIG_FILE,
		.dir = CONFIG_DIR,
		.verbosity = arguments->has_verbosity ? arguments->verbosity : -1,
		.ignore_wwids = arguments->ignore_wwids,
		.diagnostic = daemon_diagnostic,
	};

	return mp_config_load(&source, ret);
}

/* What the daemon's commands understand of it. */
static void device_text(const struct target *target, char *text, size_t size)
{
	*text = '\0';
	if (target->kind == TARGET_NAME)
		snprintf(text, size, "map:%s", target->name);
	else if (target->kind != TARGET_NONE)
		snprintf(text, size, "dev:%u:%u", target->major, target->minor);
}

/* The daemon's own engine, once. */

static void on_configured(struct daemon *daemon)
{
	configure_done(daemon);
	sd_event_exit(daemon->event, 0);
}

static int run_engine(struct daemon *daemon)
{
	int r;

	daemon->on_configured = on_configured;
	r = configure_start(daemon);
	return r < 0 ? r : sd_event_loop(daemon->event);
}

static int wwid_of_target(struct mp_config *config, const struct target *target, char *wwid);

static void warn_without_daemon(const struct daemon *daemon)
{
	_cleanup_free_ char *reply = NULL;
	const struct mp_map *map;
	bool exist = false;
	int fd;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		exist |= map->kernel.exists;
	if (!exist)
		return;
	fd = mpath_connect();
	if (fd >= 0 && mpath_process_cmd(fd, "show daemon", &reply, DEFAULT_REPLY_TIMEOUT) == 0 &&
	    reply && !strstr(reply, "shutdown")) {
		mpath_disconnect(fd);
		return;
	}
	if (fd >= 0)
		mpath_disconnect(fd);
	log_notice("Warning: multipath devices exist, but multipathd service is not running");
}

/*
 * Group states are shown as unknown: which group is active shows with the first I/O. So are the
 * paths of a new map; the others have the kernel's state.
 */
static void print_changed(struct daemon *daemon, int verbosity)
{
	struct mp_show_context context = { .verbosity = verbosity, .bold = isatty(STDOUT_FILENO) };
	struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
		bool exists = map->kernel.exists;
		bool is_new = map->action == MP_ACTION_CREATE ||
			      (map->action == MP_ACTION_DRY_RUN && !exists);

		if (map->action == MP_ACTION_NONE)
			continue;
		for (size_t g = 0; g < map->kernel.table.group_count; g++) {
			map->kernel.table.groups[g].state = MP_GROUP_UNDEF;
			for (size_t p = 0; is_new && p < map->kernel.table.groups[g].path_count;
			     p++)
				map->kernel.table.groups[g].paths[p].state = MP_DM_UNDEF;
		}
		map->kernel.exists = false;
		mp_map_update_groups(map);
		mp_show_topology(&context, map, NULL, &text);
		print(&text);
		map->kernel.exists = exists;
	}
}

/* -v3: the paths before any map is created. */
static void print_paths(const struct daemon *daemon)
{
	_cleanup_free_ const struct mp_path **paths =
		calloc(daemon->inventory.path_count + 1, sizeof(*paths));
	const struct mp_show_context context = { .before_maps = true };
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	const struct mp_path *path;
	size_t count = 0;

	if (!paths)
		return;
	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
		paths[count++] = path;
	mp_show_path_list(&context, paths, count, &text);
	print(&text);
}

/* Without a daemon, returning paths are not noticed: I/O must not queue forever. */
static void stop_queueing(const struct mp_map *map)
{
	if (mp_table_has_feature(&map->kernel.table, "queue_if_no_path"))
		mp_dm_message(map->wwid, mp_order_queue(false).text);
}

/* Start with the best group, even if the map was read before it was complete. */
static void begin_in_best_group(const struct mp_map *map)
{
	if (map->best_group)
		mp_dm_message(map->wwid, mp_order_switch_group(map->best_group).text);
}

static void read_again(struct mp_map *map)
{
	struct mp_kernel_map kernel = { 0 };

	if (mp_dm_read(map->wwid, &kernel) < 0)
		return;
	mp_dm_map_fini(&map->kernel);
	map->kernel = kernel;
}

/* After udev has processed them. */
static void finish_changed(struct daemon *daemon, bool keep_queueing)
{
	struct mp_map *map;

	mp_dm_wait();
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		if (!map->kernel.exists ||
		    (map->action != MP_ACTION_CREATE && map->action != MP_ACTION_RELOAD &&
		     map->action != MP_ACTION_RENAME))
			continue;
		steps_own_node(daemon_map_of(map));
		if (map->action != MP_ACTION_RENAME)
			begin_in_best_group(map);
		if (!keep_queueing)
			stop_queueing(map);
		read_again(map);
	}
}

static bool daemon_runs(void)
{
	int fd = mpath_connect();

	if (fd < 0)
		return false;
	mpath_disconnect(fd);
	return true;
}

/* A WWID with paths, but without a map. */
static bool lacks_map(const struct daemon *daemon, const char *wwid)
{
	const struct daemon_map *map = maps_find_wwid(&daemon->inventory, wwid);

	return map && !map->map.kernel.exists;
}

static int find_policy(const char *name)
{
	for (int policy = MP_GROUPING_FAILOVER; policy <= MP_GROUPING_BY_TPG; policy++)
		if (!strcmp(mp_grouping_name(policy), name))
			return policy;
	return -1;
}

static bool is_list(const struct arguments *arguments)
{
	return arguments->mode == MODE_LIST || arguments->mode == MODE_LIST_CHECKED;
}

static int with_engine(const struct arguments *arguments, const struct target *target)
{
	bool creates = arguments->mode == MODE_CREATE || arguments->mode == MODE_DRY_RUN;
	char wwid[MP_WWID_SIZE] = "", device[300];
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	struct inventory_options options = {
		.waits_for_ever = true,
		.loads_whole = true,
		.one_lane = true,
		.reports_changes = true,
		.lists_faults = !creates,
		.awaits_leftovers = true,
		.keeps_existing = !arguments->force_reload,
		.create = creates,
		.dry_run = arguments->mode == MODE_DRY_RUN,
		.check = creates || arguments->mode == MODE_LIST_CHECKED ||
			 arguments->mode == MODE_EXPLAIN,
		.force_reload = arguments->force_reload,
		.no_queueing = arguments->mode == MODE_CREATE && !arguments->keep_queueing &&
			       !daemon_runs(),
		.all_foreign = arguments->all_foreign,
		.read_only_bindings = arguments->bindings_read_only || !creates,
		.grouping = arguments->policy ? find_policy(arguments->policy) : -1,
		.verbosity = arguments->has_verbosity ? arguments->verbosity : -1,
		.ignore_wwids = arguments->ignore_wwids,
	};
	struct daemon daemon;
	int r, status = 0, verbosity;

	r = lifetime_begin(&daemon, &options, NULL);
	if (r < 0)
		return 1;
	r = intake_load(&daemon);
	if (r < 0 || open_dm() < 0) {
		lifetime_end(&daemon);
		return 1;
	}
	verbosity = daemon.inventory.process->verbosity;
	if ((creates || arguments->mode == MODE_PRINT_LOCAL_CONFIG) &&
	    target->kind != TARGET_NONE) {
		if (wwid_of_target(daemon.inventory.config, target, wwid) < 0) {
			lifetime_end(&daemon);
			return 1;
		}
		daemon.inventory.options.only_wwid = wwid;
	}
	r = run_engine(&daemon);
	if (r < 0) {
		log_error("%s", strerror(-r));
		status = 1;
	} else if (creates) {
		if (arguments->mode == MODE_CREATE)
			finish_changed(&daemon, arguments->keep_queueing || daemon_runs());
		if (verbosity >= 3)
			print_paths(&daemon);
		print_changed(&daemon, verbosity);
		if (*wwid && lacks_map(&daemon, wwid) && arguments->mode == MODE_CREATE)
			status = 1;
	} else if (arguments->mode == MODE_EXPLAIN) {
		char number[32];

		snprintf(number, sizeof(number), "%u:%u", target->major, target->minor);
		r = explain_now(&daemon, target->kind == TARGET_NAME ? target->name : number,
				arguments->json, &text);
		status = r < 0 || text.error ? 1 : 0;
		fputs(mp_strbuf_text(&text), status ? stderr : stdout);
	} else if (arguments->mode == MODE_PRINT_LOCAL_CONFIG) {
		config_text_print(&daemon.inventory, true, &text);
		print(&text);
	} else {
		const struct lists_options options = {
			.with_checks = arguments->mode == MODE_LIST_CHECKED,
			.bold = isatty(STDOUT_FILENO),
			.verbosity = verbosity,
			.device = device,
		};

		struct details details = { .foreign = MP_FOREIGN_INIT };

		if (shown_has_foreign(&daemon.inventory))
			mp_nvme_list(&mp_roots_system, &details.foreign);
		device_text(target, device, sizeof(device));
		status = lists_print(&daemon, &options, &details, &text);
		mp_foreign_fini(&details.foreign);
		print(&text);
	}
	if (r >= 0 && (arguments->mode == MODE_CREATE || (is_list(arguments) && status == 0)))
		warn_without_daemon(&daemon);
	lifetime_end(&daemon);
	return status;
}

/* WWIDs of devices */

static int wwid_of_path(struct mp_config *config, dev_t devt, char *wwid)
{
	_cleanup_disk_ struct mp_disk disk = MP_DISK_INIT;
	int r;

	r = mp_disk_locate(&disk, &mp_roots_system, devt);
	if (r < 0)
		return r;
	if (mp_filter_devnode(config, disk.name).blacklisted)
		return -EPERM;
	r = mp_disk_read(&disk, &mp_roots_system, config);
	if (r < 0)
		return r;
	memcpy(wwid, disk.identity.wwid, sizeof(disk.identity.wwid));
	return mp_disk_filter(&disk, config).blacklisted ? -EPERM : 0;
}

/* A map in the kernel. */
static int wwid_of_map(const struct target *target, char *wwid)
{
	dev_t devt = makedev(target->major, target->minor);
	struct mp_dm_listed *listed;
	size_t count;
	int r = mp_dm_list(&listed, &count);

	if (r < 0)
		return r;
	r = -ENODEV;
	for (size_t i = 0; i < count && r < 0; i++) {
		const char *owner = mp_dm_wwid(listed[i].uuid);

		if (!owner || strlen(owner) >= MP_WWID_SIZE)
			continue;
		if (listed[i].devt != devt &&
		    (target->kind != TARGET_NAME ||
		     (strcmp(listed[i].name, target->name) && strcmp(owner, target->name))))
			continue;
		strcpy(wwid, owner);
		r = 0;
	}
	mp_dm_list_free(listed, count);
	return r;
}

/*
 * Return: 0, -ENODEV if neither the configuration nor the bindings have that name, negative errno.
 */
static int wwid_of_name(struct mp_config *config, const char *name, char *wwid)
{
	const char *found = mp_config_wwid_of_alias(config, name);
	struct mp_bindings *bindings;
	int r;

	r = mp_bindings_new(&bindings);
	if (r < 0)
		return r;
	mp_bindings_load(bindings, STATE_DIR, true, config, NULL, NULL);
	if (!found)
		found = mp_bindings_wwid(bindings, name);
	r = !found ? -ENODEV : strlen(found) < MP_WWID_SIZE ? 0 : -ENAMETOOLONG;
	if (r == 0)
		strcpy(wwid, found);
	mp_bindings_free(bindings);
	return r;
}

/* A name is that of a map, an alias, the kernel's name of a device, or else a WWID. */
static int wwid_of_target(struct mp_config *config, const struct target *target, char *wwid)
{
	if (wwid_of_map(target, wwid) == 0 ||
	    (target->kind == TARGET_NAME && wwid_of_name(config, target->name, wwid) == 0))
		return 0;
	if (target_has_number(target))
		return wwid_of_path(config, makedev(target->major, target->minor), wwid);
	if (target->kind != TARGET_NAME)
		return -ENODEV;
	if (strlen(target->name) >= MP_WWID_SIZE)
		return -ENAMETOOLONG;
	strcpy(wwid, target->name);
	return 0;
}

/* The wwids file */

static int add_wwid(struct mp_config *config, const struct target *target)
{
	char wwid[MP_WWID_SIZE];

	if (target->kind == TARGET_NONE) {
		log_error("the -a option requires a device");
		return 1;
	}
	if (wwid_of_target(config, target, wwid) < 0)
		return 1;
	if (mp_wwids_file_add(STATE_DIR, wwid) < 0) {
		printf("failed adding '%s' to wwids file\n", wwid);
		return 1;
	}
	printf("wwid '%s' added\n", wwid);
	return 0;
}

static int remove_wwid(struct mp_config *config, const struct target *target)
{
	char wwid[MP_WWID_SIZE];
	int r;

	if (target->kind == TARGET_NONE) {
		log_error("the -w option requires a device");
		return 1;
	}
	if (wwid_of_target(config, target, wwid) < 0)
		return 1;
	r = mp_wwids_file_remove(STATE_DIR, wwid);
	if (r < 0) {
		log_error("cannot remove '%s' from the wwids file: %s", wwid, strerror(-r));
		return 1;
	}
	printf(r ? "wwid '%s' removed\n" : "wwid '%s' not in wwids file\n", wwid);
	return 0;
}

static int reset_wwids(void)
{
	struct mp_dm_listed *listed;
	_cleanup_free_ const char **wwids = NULL;
	size_t count, kept = 0;
	int r;

	r = mp_dm_list(&listed, &count);
	if (r < 0) {
		log_error("cannot list maps: %s", strerror(-r));
		return 1;
	}
	wwids = calloc(count + 1, sizeof(*wwids));
	for (size_t i = 0; wwids && i < count; i++)
		if (mp_dm_wwid(listed[i].uuid) && !mp_geom_is_wwid(mp_dm_wwid(listed[i].uuid)))
			wwids[kept++] = mp_dm_wwid(listed[i].uuid);
	r = wwids ? mp_wwids_file_reset(STATE_DIR, wwids, kept) : -ENOMEM;
	mp_dm_list_free(listed, count);
	if (r < 0) {
		log_error("cannot reset the wwids file: %s", strerror(-r));
		return 1;
	}
	printf("successfully reset wwids\n");
	return 0;
}

/* Flushing */

/* @removal: of one map after the other; they wait for udev once */
static int flush(const char *wwid, const char *name, int retries, struct mp_dm_removal *removal)
{
	const struct timespec second = { .tv_sec = 1 };
	int r;

	while ((r = changes_remove_any(wwid, removal)) < 0 && r != -ENODEV && retries-- > 0) {
		removal->awaits_udev &= r != -EBUSY;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &second, NULL);
	}
	removal->awaits_udev &= r != -EBUSY;
	if (r == -EBUSY)
		log_error("%s: map in use", name);
	else if (r < 0)
		log_error("%s: not flushed: %s", name, strerror(-r));
	return r < 0 ? 1 : 0;
}

static int flush_one(struct mp_config *config, const struct target *target, int retries,
		     const char *text)
{
	struct target by_wwid = { .kind = TARGET_NAME };
	struct mp_dm_removal removal = { .only_unused = true, .awaits_udev = true };
	char wwid[MP_WWID_SIZE];

	if (wwid_of_map(target, wwid) == 0)
		return flush(wwid, text, retries, &removal);
	if (target->kind != TARGET_NAME) {
		log_error("the -f option requires a map name to remove");
		return 1;
	}
	/* Its current name differs from the configured one. */
	by_wwid.name = wwid;
	if (wwid_of_name(config, target->name, wwid) == 0 && wwid_of_map(&by_wwid, wwid) == 0)
		return flush(wwid, text, retries, &removal);
	log_error("%s is not a multipath device", text);
	return 1;
}

static int flush_all(int retries)
{
	struct mp_dm_listed *listed;
	struct mp_dm_removal removal = { .only_unused = true, .awaits_udev = true };
	size_t count;
	int status = 0, r;

	r = mp_dm_list(&listed, &count);
	if (r < 0) {
		log_error("cannot list maps: %s", strerror(-r));
		return 1;
	}
	for (size_t i = 0; i < count; i++)
		if (mp_dm_wwid(listed[i].uuid) && !mp_geom_is_wwid(mp_dm_wwid(listed[i].uuid)))
			status |= flush(mp_dm_wwid(listed[i].uuid), listed[i].name, retries,
					&removal);
	mp_dm_list_free(listed, count);
	return status;
}

static int run_simple(const struct arguments *arguments, const struct target *target)
{
	_cleanup_(mp_config_freep) struct mp_config *config = NULL;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	int retries;

	if (load_config(arguments, &config) < 0) {
		log_error("fatal configuration error, aborting");
		return 1;
	}
	log_set_verbosity(mp_config_process(config)->verbosity);
	if (arguments->bindings_file)
		log_warning("option -b ignored");
	if (arguments->mode == MODE_PRINT_CONFIG) {
		mp_config_print(config, &text);
		print(&text);
		return 0;
	}
	if (open_dm() < 0)
		return 1;
	retries = arguments->has_retries ? arguments->retries :
					   (int)mp_config_process(config)->remove_retries;
	switch (arguments->mode) {
	case MODE_FLUSH:
		return flush_one(config, target, retries, arguments->device);
	case MODE_FLUSH_ALL:
		return flush_all(retries);
	case MODE_ADD_WWID:
		return add_wwid(config, target);
	case MODE_REMOVE_WWID:
		return remove_wwid(config, target);
	case MODE_RESET_WWIDS:
		return reset_wwids();
	default:
		return 1;
	}
}

static int check_config(const struct arguments *arguments)
{
	/*
	 * A single file is one about to be installed: check it without the files in the
	 * configuration directory.
	 */
	bool alone = arguments->device && strcmp(arguments->device, CONFIG_FILE) != 0;
	const struct mp_config_source source = {
		.file = alone ? arguments->device : CONFIG_FILE,
		.dir = alone ? NULL : CONFIG_DIR,
	};
	_cleanup_(mp_report_fini) struct mp_report report = MP_REPORT_INIT;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, summary = MP_STRBUF_INIT;
	int r = mp_config_check(&source, alone ? NULL : STATE_DIR, &report);

	if (r == 0 && !alone)
		mp_permissions_report(&source, STATE_DIR, &report);
	if (r == 0 && arguments->json)
		r = mp_show_report_json(&report, &text);
	else if (r == 0)
		mp_report_format(&report, &text);
	if (r < 0) {
		log_error("%s", strerror(-r));
		return 2;
	}
	print(&text);
	mp_report_summary(&report, &summary);
	if (fflush(stdout) != 0)
		return 2;
	if (!arguments->json)
		fputs(mp_strbuf_text(&summary), stderr);
	return mp_report_status(&report);
}

int main(int argc, char **argv)
{
	struct arguments arguments;
	struct target target;
	int status;

	arguments_parse(argc, argv, &arguments);
	if (arguments.error != ARGUMENTS_OK || arguments.mode == MODE_USAGE)
		return arguments_complain(&arguments);
	if (!arguments_are_for_anybody(&arguments) && getuid() != 0) {
		fprintf(stderr, "need to be root\n");
		return 1;
	}
	log_open(LOG_TO_STDERR_WITH_TIME, "multipath");
	log_set_verbosity(arguments.has_verbosity ? arguments.verbosity : LOG_LEVEL_NOTICE);

	if (arguments.mode == MODE_CHECK_CONFIG)
		return check_config(&arguments);
	target = target_resolve(arguments.device);
	if (target.kind == TARGET_INVALID) {
		log_error("'%s' is not a valid argument", arguments.device);
		return 1;
	}
	switch (arguments.mode) {
	case MODE_CREATE:
	case MODE_DRY_RUN:
	case MODE_LIST:
	case MODE_LIST_CHECKED:
	case MODE_PRINT_LOCAL_CONFIG:
	case MODE_EXPLAIN:
		status = with_engine(&arguments, &target);
		break;
	default:
		status = run_simple(&arguments, &target);
		break;
	}
	/* Wait until nodes and links are created. */
	mp_dm_close();
	return fflush(stdout) == 0 ? status : 1;
}
