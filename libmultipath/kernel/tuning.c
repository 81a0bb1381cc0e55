/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/tuning.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/sysfs.h"

enum {
	LOSS_MAX_SEC = 600, /* the kernel's, for a remote port whose I/O is not failed earlier */
	SPARE_SEC = 5,
};

/* ---- what is wanted */

/* Seconds that a device must stay for its map: 0 none. */
static unsigned loss_min_sec(const struct mp_map_settings *map)
{
	uint64_t sec;

	if (map->no_path_retry == MP_RETRY_QUEUE)
		return UINT_MAX;
	if (map->no_path_retry <= 0)
		return 0;
	sec = (uint64_t)map->no_path_retry * map->polling_interval_sec;
	sec += sec / 60 + SPARE_SEC;
	return sec < UINT_MAX ? sec : UINT_MAX;
}

static void fit_timeouts(struct mp_tuning *tuning, unsigned min)
{
	if (min && (!tuning->has_dev_loss || tuning->dev_loss_sec < min)) {
		if (tuning->has_dev_loss)
			tuning->notes |= MP_TUNING_LOSS_RAISED;
		tuning->has_dev_loss = true;
		tuning->dev_loss_sec = min;
	}
	if (tuning->has_dev_loss && tuning->has_fast_io_fail && tuning->fast_io_fail_sec > 0 &&
	    (unsigned)tuning->fast_io_fail_sec >= tuning->dev_loss_sec) {
		tuning->notes |= MP_TUNING_FAIL_DROPPED;
		tuning->fast_io_fail_sec = -1;
	}
}

static void fit_transport(struct mp_tuning *tuning, enum mp_protocol protocol, bool asks_for_loss)
{
	bool fails = tuning->has_fast_io_fail && tuning->fast_io_fail_sec > 0;

	switch (protocol) {
	case MP_PROTOCOL_SCSI_FCP:
		/* Off: the kernel refuses more. 0: as the other implementation has it. */
		if (!fails && tuning->has_dev_loss && tuning->dev_loss_sec > LOSS_MAX_SEC &&
		    (!tuning->queues || tuning->fast_io_fail_sec < 0)) {
			tuning->notes |= MP_TUNING_LOSS_LIMITED;
			tuning->dev_loss_sec = LOSS_MAX_SEC;
		}
		return;
	case MP_PROTOCOL_SCSI_ISCSI:
		if (tuning->has_fast_io_fail && !fails)
			tuning->notes |= MP_TUNING_FAIL_IMPOSSIBLE;
		tuning->has_fast_io_fail = fails;
		if (asks_for_loss)
			tuning->notes |= MP_TUNING_LOSS_IGNORED;
		tuning->has_dev_loss = false;
		break;
	case MP_PROTOCOL_SCSI_SAS:
		tuning->has_fast_io_fail = false;
		break;
	default:
		if (asks_for_loss)
			tuning->notes |= MP_TUNING_NO_TRANSPORT;
		tuning->has_fast_io_fail = false;
		tuning->has_dev_loss = false;
		break;
	}
	tuning->notes &= ~(unsigned)MP_TUNING_FAIL_DROPPED;
	if (!tuning->has_dev_loss)
		tuning->notes &= ~(unsigned)MP_TUNING_LOSS_RAISED;
}

struct mp_tuning mp_tuning_make(enum mp_protocol protocol, const struct mp_path_settings *path,
				const struct mp_map_settings *map, bool member)
{
	struct mp_tuning tuning = {
		.has_fast_io_fail = path->has_fast_io_fail,
		.has_dev_loss = path->has_dev_loss,
		.queues = map->no_path_retry == MP_RETRY_QUEUE,
		.fast_io_fail_sec = path->fast_io_fail_sec,
		.dev_loss_sec = path->dev_loss_sec,
		.max_sectors_kb = member ? 0 : map->max_sectors_kb,
	};

	if (mp_protocol_is_scsi(protocol)) {
		tuning.has_eh_deadline = path->has_eh_deadline;
		tuning.eh_deadline_sec = path->eh_deadline_sec;
		tuning.has_max_retries = path->has_max_retries;
		tuning.max_retries = path->max_retries;
	} else if (path->has_eh_deadline || path->has_max_retries) {
		tuning.notes |= MP_TUNING_NO_TRANSPORT;
	}
	/* iSCSI sessions have no such time that fast_io_fail_tmo would have to fit into. */
	if (protocol == MP_PROTOCOL_SCSI_FCP || protocol == MP_PROTOCOL_SCSI_SAS)
		fit_timeouts(&tuning, loss_min_sec(map));
	fit_transport(&tuning, protocol, path->has_dev_loss);
	if (!tuning.has_fast_io_fail)
		tuning.fast_io_fail_sec = 0;
	if (!tuning.has_dev_loss)
		tuning.dev_loss_sec = 0;
	return tuning;
}

bool mp_tuning_is_empty(const struct mp_tuning *tuning)
{
	return !tuning->has_fast_io_fail && !tuning->has_dev_loss && !tuning->has_eh_deadline &&
	       !tuning->has_max_retries && !tuning->max_sectors_kb && !tuning->notes;
}

bool mp_tuning_covers(const struct mp_tuning *done, const struct mp_tuning *wanted)
{
	return done->has_fast_io_fail == wanted->has_fast_io_fail &&
	       done->fast_io_fail_sec == wanted->fast_io_fail_sec &&
	       done->has_dev_loss == wanted->has_dev_loss &&
	       done->dev_loss_sec == wanted->dev_loss_sec &&
	       done->has_eh_deadline == wanted->has_eh_deadline &&
	       done->eh_deadline_sec == wanted->eh_deadline_sec &&
	       done->has_max_retries == wanted->has_max_retries &&
	       done->max_retries == wanted->max_retries && done->notes == wanted->notes &&
	       (!wanted->max_sectors_kb || done->max_sectors_kb == wanted->max_sectors_kb);
}

const char *mp_tuning_note(unsigned i, int *level)
{
	static const struct {
		int level;
		const char *text;
	} notes[MP_TUNING_NOTES] = {
		{ 2, "dev_loss_tmo is raised to what no_path_retry takes" },
		{ 3, "fast_io_fail_tmo is not below dev_loss_tmo: it is turned off" },
		{ 2, "dev_loss_tmo is limited to 600 seconds, because fast_io_fail_tmo is off" },
		{ 3, "fast_io_fail_tmo cannot be off or 0 with iSCSI" },
		{ 3, "dev_loss_tmo has no meaning with iSCSI" },
		{ 3, "its transport does not support these timeouts: ignored" },
	};

	*level = notes[i].level;
	return notes[i].text;
}

/* ---- what differs */

/* Text of @attribute in @dir, "" if there is none. */
static void read_text(const struct mp_roots *roots, const char *dir, const char *attribute,
		      char *text, size_t size)
{
	if (!*dir || mp_sysfs_read(roots->sys, dir, attribute, text, size) < 0)
		text[0] = '\0';
}

static void plan_value(struct mp_tuning_plan *plan, const char *dir, const char *attribute,
		       const char *value)
{
	struct mp_tuning_write *write = &plan->writes[plan->count++];

	*write = (struct mp_tuning_write){ .attribute = attribute };
	strcpy(write->dir, dir);
	snprintf(write->value, sizeof(write->value), "%s", value);
}

static void plan_difference(const struct mp_roots *roots, struct mp_tuning_plan *plan,
			    const char *dir, const char *attribute, const char *value)
{
	char current[32];

	read_text(roots, dir, attribute, current, sizeof(current));
	if (*current && strcmp(current, value))
		plan_value(plan, dir, attribute, value);
}

/* @off: the attribute's word for -1 */
static void plan_number(const struct mp_roots *roots, struct mp_tuning_plan *plan, const char *dir,
			const char *attribute, long long number, const char *off)
{
	char value[16];

	if (number < 0)
		snprintf(value, sizeof(value), "%s", off);
	else
		snprintf(value, sizeof(value), "%lld", number);
	plan_difference(roots, plan, dir, attribute, value);
}

/* The kernel never lets fast_io_fail_tmo reach dev_loss_tmo: room is made first. */
static void plan_remote_port(const struct mp_roots *roots, struct mp_tuning_plan *plan,
			     const char *port, const struct mp_tuning *tuning)
{
	unsigned long long current_loss;
	char current[32], raised[16] = "", wanted[16];
	bool fails = tuning->has_fast_io_fail && tuning->fast_io_fail_sec > 0;

	read_text(roots, port, "dev_loss_tmo", current, sizeof(current));
	if (!*current)
		return;
	current_loss = strtoull(current, NULL, 10);
	if (fails && (unsigned)tuning->fast_io_fail_sec >= current_loss) {
		snprintf(raised, sizeof(raised), "%u", (unsigned)tuning->fast_io_fail_sec + 1);
		plan_value(plan, port, "dev_loss_tmo", raised);
	}
	if (tuning->has_fast_io_fail)
		plan_number(roots, plan, port, "fast_io_fail_tmo", tuning->fast_io_fail_sec, "off");
	if (!tuning->has_dev_loss)
		return;
	snprintf(wanted, sizeof(wanted), "%u", tuning->dev_loss_sec);
	if (strcmp(*raised ? raised : current, wanted))
		plan_value(plan, port, "dev_loss_tmo", wanted);
}

void mp_tuning_compare(const struct mp_roots *roots, const char *dir,
		       const struct mp_tuning *tuning, struct mp_tuning_plan *ret)
{
	struct mp_probe_scsi_dirs dirs;

	ret->count = 0;
	ret->notes = tuning->notes;
	mp_probe_scsi_dirs(dir, &dirs);
	if (tuning->has_eh_deadline)
		plan_number(roots, ret, dirs.host, "eh_deadline", tuning->eh_deadline_sec, "off");
	if (tuning->has_max_retries)
		plan_number(roots, ret, dirs.disk, "max_retries", tuning->max_retries, "-1");
	if (dirs.protocol == MP_PROTOCOL_SCSI_FCP &&
	    (tuning->has_fast_io_fail || tuning->has_dev_loss))
		plan_remote_port(roots, ret, dirs.nexus, tuning);
	if (dirs.protocol == MP_PROTOCOL_SCSI_ISCSI && tuning->has_fast_io_fail)
		plan_number(roots, ret, dirs.nexus, "recovery_tmo", tuning->fast_io_fail_sec,
			    "off");
	if (dirs.protocol == MP_PROTOCOL_SCSI_SAS && tuning->has_dev_loss)
		plan_number(roots, ret, dirs.nexus, "I_T_nexus_loss_timeout", tuning->dev_loss_sec,
			    "off");
	if (tuning->max_sectors_kb)
		plan_number(roots, ret, dir, "queue/max_sectors_kb", tuning->max_sectors_kb, "0");
}

/* ---- writing */

unsigned mp_tuning_apply(const struct mp_roots *roots, struct mp_tuning_plan *plan)
{
	unsigned failures = 0;

	for (size_t i = 0; i < plan->count; i++) {
		struct mp_tuning_write *write = &plan->writes[i];

		write->error =
			mp_sysfs_write(roots->sys, write->dir, write->attribute, write->value);
		failures += write->error < 0;
	}
	return failures;
}
