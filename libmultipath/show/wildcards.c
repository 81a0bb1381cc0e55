/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wildcards.c - foreign.c has the same letters for native NVMe maps. */
#include "show/wildcards.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

#pragma GCC diagnostic ignored "-Wunused-parameter" /* all rows have one signature */

enum { DIGITS_MAX = 20, PROGRESS_CELLS = 10, USEC_PER_SEC = 1000000 };

/*
 * Listings render thousands of cells for one request: what is frequent is written backwards into a
 * small buffer, and added at once.
 */
static char *put_number(char *end, uint64_t number)
{
	do
		*--end = '0' + number % 10;
	while (number /= 10);
	return end;
}

static char *put_signed(char *end, int64_t number)
{
	end = put_number(end, number < 0 ? -(uint64_t)number : (uint64_t)number);
	if (number < 0)
		*--end = '-';
	return end;
}

static void show_number(struct mp_strbuf *out, uint64_t number)
{
	char digits[DIGITS_MAX], *end = digits + sizeof(digits), *start = put_number(end, number);

	mp_strbuf_add(out, start, end - start);
}

static void show_signed(struct mp_strbuf *out, int64_t number)
{
	char digits[DIGITS_MAX], *end = digits + sizeof(digits), *start = put_signed(end, number);

	mp_strbuf_add(out, start, end - start);
}

/* "0x" and all 16 digits. */
static void show_hex(struct mp_strbuf *out, uint64_t number)
{
	char text[2 + 16] = "0x";

	for (size_t i = sizeof(text); i-- > 2; number >>= 4)
		text[i] = "0123456789abcdef"[number & 0xf];
	mp_strbuf_add(out, text, sizeof(text));
}

static void show_text(struct mp_strbuf *out, const char *text, const char *otherwise)
{
	mp_strbuf_puts(out, text && *text ? text : otherwise);
}

static void show_size(struct mp_strbuf *out, uint64_t sectors)
{
	static const char units[] = "KMGTP";
	double size = sectors / 2.0;
	size_t unit = 0;

	while (size >= 1024 && unit + 2 < sizeof(units)) {
		size /= 1024;
		unit++;
	}
	mp_strbuf_printf(out, size < 10 ? "%.1f%c" : "%.0f%c", size, units[unit]);
}

static void show_kilobytes(struct mp_strbuf *out, unsigned kilobytes)
{
	if (kilobytes)
		show_number(out, kilobytes);
	else
		mp_strbuf_puts(out, "n/a");
}

/* "XXXX...... 2/5" */
static void show_progress(struct mp_strbuf *out, unsigned current, unsigned total)
{
	char text[PROGRESS_CELLS + 2 + 2 * DIGITS_MAX], *end = text + sizeof(text), *start;
	size_t full = total ? (uint64_t)current * PROGRESS_CELLS / total : 0;

	start = put_number(end, total);
	*--start = '/';
	start = put_number(start, current);
	*--start = ' ';
	start -= PROGRESS_CELLS;
	memset(start, 'X', full);
	memset(start + full, '.', PROGRESS_CELLS - full);
	mp_strbuf_add(out, start, end - start);
}

/* Seconds until @due, rounded up, as part of an interval of @total_sec. */
static unsigned seconds_left(uint64_t due_usec, uint64_t now_usec, unsigned total_sec)
{
	uint64_t left;

	if (due_usec <= now_usec)
		return 0;
	left = (due_usec - now_usec + USEC_PER_SEC - 1) / USEC_PER_SEC;
	return left < total_sec ? left : total_sec;
}

/* First path of the map that has a non-empty text at that offset of its identity, or NULL. */
static const char *first_text(const struct mp_map *map, size_t offset)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->paths, in_map) {
		const char *text = (const char *)&path->identity + offset;

		if (*text)
			return text;
	}
	return NULL;
}

static void map_name(const struct mp_show_context *context, const struct mp_map *map,
		     struct mp_strbuf *out)
{
	mp_strbuf_puts(out, map->name);
}

static void map_wwid(const struct mp_show_context *context, const struct mp_map *map,
		     struct mp_strbuf *out)
{
	mp_strbuf_puts(out, map->wwid);
}

static void map_kernel_name(const struct mp_show_context *context, const struct mp_map *map,
			    struct mp_strbuf *out)
{
	if (!map->kernel.exists) {
		mp_strbuf_puts(out, "undef");
		return;
	}
	mp_strbuf_puts(out, "dm-");
	show_number(out, map->kernel.minor);
}

static void map_failback(const struct mp_show_context *context, const struct mp_map *map,
			 struct mp_strbuf *out)
{
	int policy = map->settings.failback;

	if (policy == MP_FAILBACK_IMMEDIATE) {
		mp_strbuf_puts(out, "immediate");
	} else if (policy == MP_FAILBACK_FOLLOWOVER) {
		mp_strbuf_puts(out, "followover");
	} else if (policy == MP_FAILBACK_MANUAL) {
		mp_strbuf_puts(out, "manual");
	} else if (policy <= 0) {
		mp_strbuf_puts(out, "undef");
	} else if (map->failback_usec) {
		unsigned left =
			seconds_left(map->failback_usec, context->now_usec, map->failback_sec);

		show_progress(out, left, map->failback_sec);
	} else {
		mp_strbuf_puts(out, "deferred:");
		show_number(out, policy);
	}
}

static void map_queueing(const struct mp_show_context *context, const struct mp_map *map,
			 struct mp_strbuf *out)
{
	const struct mp_queueing *queueing = &map->queueing;
	int policy = map->settings.no_path_retry;

	if (policy == MP_RETRY_UNSET) {
		mp_strbuf_putc(out, '-');
	} else if (policy == MP_RETRY_FAIL || queueing->disabled) {
		mp_strbuf_puts(out, "off");
	} else if (policy == MP_RETRY_QUEUE && !queueing->recovering && !queueing->expired) {
		mp_strbuf_puts(out, "on");
	} else if (queueing->recovering) {
		show_number(out, mp_queueing_left_sec(queueing, context->now_usec));
		mp_strbuf_puts(out, " sec");
	} else if (!queueing->expired && mp_map_active_paths(map)) {
		show_number(out, policy);
		mp_strbuf_puts(out, " chk");
	} else {
		mp_strbuf_puts(out, "off");
	}
}

static void map_active_paths(const struct mp_show_context *context, const struct mp_map *map,
			     struct mp_strbuf *out)
{
	show_number(out, mp_map_active_paths(map));
}

static void map_write_protection(const struct mp_show_context *context, const struct mp_map *map,
				 struct mp_strbuf *out)
{
	mp_strbuf_puts(out, !map->kernel.exists ? "undef" : map->kernel.read_only ? "ro" : "rw");
}

static void map_dm_state(const struct mp_show_context *context, const struct mp_map *map,
			 struct mp_strbuf *out)
{
	mp_strbuf_puts(out, !map->kernel.exists	  ? "undef" :
			    map->kernel.suspended ? "suspend" :
						    "active");
}

static void map_size(const struct mp_show_context *context, const struct mp_map *map,
		     struct mp_strbuf *out)
{
	const struct mp_path *path = mp_map_first_path(map);
	uint64_t sectors = map->kernel.table.size_sectors;

	/* Before its creation a map is as large as its paths. */
	if (!sectors && path)
		sectors = path->identity.size_sectors;
	show_size(out, sectors);
}

static void map_features(const struct mp_show_context *context, const struct mp_map *map,
			 struct mp_strbuf *out)
{
	const char *features = map->kernel.table.features;

	show_text(out, features ? features : map->settings.features, "");
}

static void map_handler(const struct mp_show_context *context, const struct mp_map *map,
			struct mp_strbuf *out)
{
	const char *handler = map->kernel.table.handler;

	show_text(out, handler ? handler : map->settings.handler, "");
}

static void map_action(const struct mp_show_context *context, const struct mp_map *map,
		       struct mp_strbuf *out)
{
	static const char *const words[] = {
		[MP_ACTION_NONE] = "",	       [MP_ACTION_REJECT] = "reject",
		[MP_ACTION_RENAME] = "rename", [MP_ACTION_RELOAD] = "reload",
		[MP_ACTION_CREATE] = "create", [MP_ACTION_SWITCH] = "switchpg",
		[MP_ACTION_DRY_RUN] = "",
	};

	mp_strbuf_puts(out, words[map->action]);
}

static void map_failures(const struct mp_show_context *context, const struct mp_map *map,
			 struct mp_strbuf *out)
{
	show_number(out, map->stats.failures);
}

static void map_path_faults(const struct mp_show_context *context, const struct mp_map *map,
			    struct mp_strbuf *out)
{
	show_number(out, map->stats.path_faults);
}

static void map_switches(const struct mp_show_context *context, const struct mp_map *map,
			 struct mp_strbuf *out)
{
	show_number(out, map->stats.switches);
}

static void map_loads(const struct mp_show_context *context, const struct mp_map *map,
		      struct mp_strbuf *out)
{
	show_number(out, map->stats.loads);
}

static void map_queue_sec(const struct mp_show_context *context, const struct mp_map *map,
			  struct mp_strbuf *out)
{
	show_number(out, map->stats.queue_sec);
}

static void map_queue_timeouts(const struct mp_show_context *context, const struct mp_map *map,
			       struct mp_strbuf *out)
{
	show_number(out, map->stats.queue_timeouts);
}

static void map_vendor_product(const struct mp_show_context *context, const struct mp_map *map,
			       struct mp_strbuf *out)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->paths, in_map) {
		if (!*path->identity.vendor || !*path->identity.product)
			continue;
		mp_strbuf_puts(out, path->identity.vendor);
		mp_strbuf_putc(out, ',');
		mp_strbuf_puts(out, path->identity.product);
		return;
	}
	mp_strbuf_puts(out, "##,##");
}

static void map_vendor(const struct mp_show_context *context, const struct mp_map *map,
		       struct mp_strbuf *out)
{
	show_text(out, first_text(map, offsetof(struct mp_identity, vendor)), "##");
}

static void map_product(const struct mp_show_context *context, const struct mp_map *map,
			struct mp_strbuf *out)
{
	show_text(out, first_text(map, offsetof(struct mp_identity, product)), "##");
}

static void map_revision(const struct mp_show_context *context, const struct mp_map *map,
			 struct mp_strbuf *out)
{
	show_text(out, first_text(map, offsetof(struct mp_identity, revision)), "##");
}

static void map_vpd_data(const struct mp_show_context *context, const struct mp_map *map,
			 struct mp_strbuf *out)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->paths, in_map)
		if (*path->identity.vpd_data) {
			mp_strbuf_puts(out, path->identity.vpd_data);
			return;
		}
	mp_strbuf_puts(out, "[undef]");
}

static void map_foreign(const struct mp_show_context *context, const struct mp_map *map,
			struct mp_strbuf *out)
{
	mp_strbuf_puts(out, "--");
}

static void map_max_sectors_kb(const struct mp_show_context *context, const struct mp_map *map,
			       struct mp_strbuf *out)
{
	show_kilobytes(out, map->kernel.max_sectors_kb);
}

static void path_wwid(const struct mp_show_context *context, const struct mp_path *path,
		      struct mp_strbuf *out)
{
	mp_strbuf_puts(out, path->identity.wwid);
}

static void path_address(const struct mp_show_context *context, const struct mp_path *path,
			 struct mp_strbuf *out)
{
	const struct mp_address *address = &path->identity.address;
	char text[4 * DIGITS_MAX + 3], *end = text + sizeof(text), *start;

	if (address->host < 0) {
		mp_strbuf_puts(out, "#:#:#:#");
		return;
	}
	start = put_number(end, address->lun);
	*--start = ':';
	start = put_signed(start, address->target);
	*--start = ':';
	start = put_signed(start, address->channel);
	*--start = ':';
	start = put_number(start, address->host);
	mp_strbuf_add(out, start, end - start);
}

static void path_name(const struct mp_show_context *context, const struct mp_path *path,
		      struct mp_strbuf *out)
{
	mp_strbuf_puts(out, path->identity.name);
}

static void path_devt(const struct mp_show_context *context, const struct mp_path *path,
		      struct mp_strbuf *out)
{
	dev_t devt = path->identity.devt;
	char text[2 * DIGITS_MAX + 1], *end = text + sizeof(text), *start;

	if (!devt) {
		mp_strbuf_puts(out, "#:#");
		return;
	}
	start = put_number(end, minor(devt));
	*--start = ':';
	start = put_number(start, major(devt));
	mp_strbuf_add(out, start, end - start);
}

static void path_dm_state(const struct mp_show_context *context, const struct mp_path *path,
			  struct mp_strbuf *out)
{
	enum mp_dm_state state = path->dm_state;

	/* The kernel would have it failed, if its table had it. */
	if (path->map && mp_map_leaves_out(path->map, path))
		state = MP_DM_FAILED;
	mp_strbuf_puts(out, mp_dm_state_name(context->before_maps ? MP_DM_UNDEF : state));
}

/* Without a map neither the checker's answer nor the device's state counts. */
static bool path_is_mapped(const struct mp_show_context *context, const struct mp_path *path)
{
	return mp_path_map(path) && !context->before_maps;
}

static void path_device_state(const struct mp_show_context *context, const struct mp_path *path,
			      struct mp_strbuf *out)
{
	mp_strbuf_puts(out, !path_is_mapped(context, path) ? "unknown" :
			    path->identity.offline	   ? "offline" :
							     "running");
}

static void path_checker_state(const struct mp_show_context *context, const struct mp_path *path,
			       struct mp_strbuf *out)
{
	bool mapped = path_is_mapped(context, path);
	enum mp_path_state state = MP_PATH_UNCHECKED;

	if (mapped && !context->unchecked)
		state = path->state;
	else if (mapped && path->identity.offline)
		state = MP_PATH_DOWN; /* that much sysfs says */
	mp_strbuf_puts(out, mp_path_state_label(state));
}

static void path_identification(const struct mp_show_context *context, const struct mp_path *path,
				struct mp_strbuf *out)
{
	const struct mp_identity *identity = &path->identity;

	show_text(out, identity->vendor, "##");
	mp_strbuf_putc(out, ',');
	show_text(out, identity->product, "##");
	mp_strbuf_putc(out, ',');
	show_text(out, identity->revision, "##");
}

static void path_checker(const struct mp_show_context *context, const struct mp_path *path,
			 struct mp_strbuf *out)
{
	show_text(out, path->checker, "(null)");
}

static void path_next_check(const struct mp_show_context *context, const struct mp_path *path,
			    struct mp_strbuf *out)
{
	unsigned left;

	if (!mp_path_map(path)) {
		mp_strbuf_puts(out, "orphan");
		return;
	}
	left = seconds_left(path->next_check_usec, context->now_usec, path->interval_sec);
	show_progress(out, left, path->interval_sec);
}

static void path_priority(const struct mp_show_context *context, const struct mp_path *path,
			  struct mp_strbuf *out)
{
	bool old = path->priority_is_old && !mp_path_state_is_active(path->state);

	show_signed(out, context->unchecked ? 0 : old ? MP_PRIORITY_UNDEF : path->priority);
}

static void path_size(const struct mp_show_context *context, const struct mp_path *path,
		      struct mp_strbuf *out)
{
	show_size(out, path->identity.size_sectors);
}

static void path_serial(const struct mp_show_context *context, const struct mp_path *path,
			struct mp_strbuf *out)
{
	mp_strbuf_puts(out, path->identity.serial);
}

static void path_marginal(const struct mp_show_context *context, const struct mp_path *path,
			  struct mp_strbuf *out)
{
	mp_strbuf_puts(out, path->marginal ? "marginal" : "normal");
}

static void path_map(const struct mp_show_context *context, const struct mp_path *path,
		     struct mp_strbuf *out)
{
	if (mp_path_map(path))
		show_text(out, path->map->name, "[unknown]");
	else
		mp_strbuf_puts(out, path->identity.offline ? "[offline]" : "[orphan]");
}

/* Every FC host has these names: without one the path's host was not found. */
static void show_host_port(struct mp_strbuf *out, const struct mp_path *path, const char *name)
{
	bool is_fc = path->identity.protocol == MP_PROTOCOL_SCSI_FCP;

	show_text(out, name, is_fc ? "[unknown]" : "[undef]");
}

static void path_host_wwnn(const struct mp_show_context *context, const struct mp_path *path,
			   struct mp_strbuf *out)
{
	show_host_port(out, path, path->identity.host_wwnn);
}

static void path_target_wwnn(const struct mp_show_context *context, const struct mp_path *path,
			     struct mp_strbuf *out)
{
	show_text(out, path->identity.target_wwnn, "[undef]");
}

static void path_host_wwpn(const struct mp_show_context *context, const struct mp_path *path,
			   struct mp_strbuf *out)
{
	show_host_port(out, path, path->identity.host_wwpn);
}

static void path_target_wwpn(const struct mp_show_context *context, const struct mp_path *path,
			     struct mp_strbuf *out)
{
	show_text(out, path->identity.target_wwpn, "[undef]");
}

static void path_adapter(const struct mp_show_context *context, const struct mp_path *path,
			 struct mp_strbuf *out)
{
	show_text(out, path->identity.adapter, "[undef]");
}

static void path_foreign(const struct mp_show_context *context, const struct mp_path *path,
			 struct mp_strbuf *out)
{
	mp_strbuf_puts(out, "--");
}

static void path_vpd_data(const struct mp_show_context *context, const struct mp_path *path,
			  struct mp_strbuf *out)
{
	show_text(out, path->identity.vpd_data, "[undef]");
}

static void path_failures(const struct mp_show_context *context, const struct mp_path *path,
			  struct mp_strbuf *out)
{
	show_number(out, path->dm_failures);
}

static void path_protocol(const struct mp_show_context *context, const struct mp_path *path,
			  struct mp_strbuf *out)
{
	mp_strbuf_puts(out, mp_protocol_name(path->identity.protocol));
}

static void path_init_state(const struct mp_show_context *context, const struct mp_path *path,
			    struct mp_strbuf *out)
{
	mp_strbuf_puts(out, mp_init_state_name(path->init));
}

static void path_lun_hex(const struct mp_show_context *context, const struct mp_path *path,
			 struct mp_strbuf *out)
{
	const struct mp_address *address = &path->identity.address;
	uint64_t lun = address->lun, sam = 0;

	if (address->host < 0) {
		mp_strbuf_puts(out, "0xffffffffffffffff");
		return;
	}
	/*
	 * The kernel's number has the first 16-bit level in its lowest bits, SAM's 8 bytes begin
	 * with it.
	 */
	for (int level = 0; level < 4; level++, lun >>= 16)
		sam = sam << 16 | (lun & 0xffff);
	show_hex(out, sam);
}

static void path_tpg(const struct mp_show_context *context, const struct mp_path *path,
		     struct mp_strbuf *out)
{
	if (path->identity.tpg < 0)
		mp_strbuf_puts(out, "[undef]");
	else
		mp_strbuf_printf(out, "0x%04x", path->identity.tpg);
}

static void path_max_sectors_kb(const struct mp_show_context *context, const struct mp_path *path,
				struct mp_strbuf *out)
{
	show_kilobytes(out, path->identity.max_sectors_kb);
}

static void group_selector(const struct mp_show_context *context, const struct mp_group *group,
			   struct mp_strbuf *out)
{
	show_text(out, group->selector, "");
}

static void group_priority(const struct mp_show_context *context, const struct mp_group *group,
			   struct mp_strbuf *out)
{
	show_signed(out, context->unchecked ? 0 : group->priority);
}

static void group_dm_state(const struct mp_show_context *context, const struct mp_group *group,
			   struct mp_strbuf *out)
{
	mp_strbuf_puts(out, mp_group_state_name(group->state));
}

static void group_marginal(const struct mp_show_context *context, const struct mp_group *group,
			   struct mp_strbuf *out)
{
	mp_strbuf_puts(out, group->marginal ? "marginal" : "normal");
}

/* In the order of `show wildcards`. */
static const struct mp_map_wildcard map_wildcards[] = {
	{ 'n', "name", map_name },
	{ 'w', "uuid", map_wwid },
	{ 'd', "sysfs", map_kernel_name },
	{ 'F', "failback", map_failback },
	{ 'Q', "queueing", map_queueing },
	{ 'N', "paths", map_active_paths },
	{ 'r', "write_prot", map_write_protection },
	{ 't', "dm-st", map_dm_state },
	{ 'S', "size", map_size },
	{ 'f', "features", map_features },
	{ 'x', "failures", map_failures },
	{ 'h', "hwhandler", map_handler },
	{ 'A', "action", map_action },
	{ '0', "path_faults", map_path_faults },
	{ '1', "switch_grp", map_switches },
	{ '2', "map_loads", map_loads },
	{ '3', "total_q_time", map_queue_sec },
	{ '4', "q_timeouts", map_queue_timeouts },
	{ 's', "vend/prod", map_vendor_product },
	{ 'v', "vend", map_vendor },
	{ 'p', "prod", map_product },
	{ 'e', "rev", map_revision },
	{ 'G', "foreign", map_foreign },
	{ 'g', "vpd page data", map_vpd_data },
	{ 'k', "max_sectors_kb", map_max_sectors_kb },
};

static const struct mp_path_wildcard path_wildcards[] = {
	{ 'w', "uuid", path_wwid },
	{ 'i', "hcil", path_address },
	{ 'd', "dev", path_name },
	{ 'D', "dev_t", path_devt },
	{ 't', "dm_st", path_dm_state },
	{ 'o', "dev_st", path_device_state },
	{ 'T', "chk_st", path_checker_state },
	{ 's', "vend/prod/rev", path_identification },
	{ 'c', "checker", path_checker },
	{ 'C', "next_check", path_next_check },
	{ 'p', "pri", path_priority },
	{ 'S', "size", path_size },
	{ 'z', "serial", path_serial },
	{ 'M', "marginal_st", path_marginal },
	{ 'm', "multipath", path_map },
	{ 'N', "host WWNN", path_host_wwnn },
	{ 'n', "target WWNN", path_target_wwnn },
	{ 'R', "host WWPN", path_host_wwpn },
	{ 'r', "target WWPN", path_target_wwpn },
	{ 'a', "host adapter", path_adapter },
	{ 'G', "foreign", path_foreign },
	{ 'g', "vpd page data", path_vpd_data },
	{ '0', "failures", path_failures },
	{ 'P', "protocol", path_protocol },
	{ 'I', "init_st", path_init_state },
	{ 'L', "LUN hex", path_lun_hex },
	{ 'A', "TPG", path_tpg },
	{ 'k', "max_sectors_kb", path_max_sectors_kb },
};

/* Of topologies and JSON; no command takes them, so they are not listed. */
static const struct mp_group_wildcard group_wildcards[] = {
	{ 's', "selector", group_selector },
	{ 'p', "pri", group_priority },
	{ 't', "dm_st", group_dm_state },
	{ 'M', "marginal_st", group_marginal },
};

const struct mp_map_wildcard *mp_wildcard_find_map(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(map_wildcards); i++) {
		if (map_wildcards[i].letter == letter)
			return &map_wildcards[i];
	}
	return NULL;
}

const struct mp_path_wildcard *mp_wildcard_find_path(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(path_wildcards); i++) {
		if (path_wildcards[i].letter == letter)
			return &path_wildcards[i];
	}
	return NULL;
}

const struct mp_group_wildcard *mp_wildcard_find_group(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(group_wildcards); i++) {
		if (group_wildcards[i].letter == letter)
			return &group_wildcards[i];
	}
	return NULL;
}

void mp_show_wildcards(struct mp_strbuf *out)
{
	mp_strbuf_puts(out, "multipath format wildcards:\n");
	for (size_t i = 0; i < ARRAY_SIZE(map_wildcards); i++)
		mp_strbuf_printf(out, "%%%c  %s\n", map_wildcards[i].letter,
				 map_wildcards[i].header);
	mp_strbuf_puts(out, "\npath format wildcards:\n");
	for (size_t i = 0; i < ARRAY_SIZE(path_wildcards); i++)
		mp_strbuf_printf(out, "%%%c  %s\n", path_wildcards[i].letter,
				 path_wildcards[i].header);
}
