/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/removals.h"

#include "pool-recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "gmultipath/changes.h"
#include "kernel/dm.h"
#include "kernel/dm_list.h"
#include "kernel/udev_queue.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

/* What the kernel has. */
static struct kernel {
	const char *uuids[3]; /* of its maps */
	unsigned in_use[3]; /* removals of the first ones that fail with -EBUSY */
	int error; /* of the removals after that */
} kernel;

static struct mp_strbuf said; /* one line for each thing done */

int mp_dm_list(struct mp_dm_listed **ret, size_t *count)
{
	struct mp_dm_listed *list = calloc(ARRAY_SIZE(kernel.uuids), sizeof(*list));

	assert_non_null(list);
	*ret = list;
	*count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(kernel.uuids); i++)
		if (kernel.uuids[i])
			list[(*count)++].uuid = strdup(kernel.uuids[i]);
	return 0;
}

void mp_dm_list_free(struct mp_dm_listed *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].uuid);
	free(list);
}

int changes_remove_any(const char *wwid, const struct mp_dm_removal *removal)
{
	unsigned *in_use = &kernel.in_use[*wwid - 'a'];

	assert_true(removal->only_unused && !removal->awaits_udev);
	mp_strbuf_printf(&said, "remove %s\n", wwid);
	if (!*in_use)
		return kernel.error;
	--*in_use;
	return -EBUSY;
}

void mp_udev_queue_wait(unsigned limit_msec)
{
	assert_int_equal(limit_msec, MP_UDEV_QUEUE_MSEC);
	mp_strbuf_puts(&said, "wait for udev\n");
}

void daemon_reply(struct daemon *daemon, uint64_t request, const char *reply)
{
	(void)daemon;
	mp_strbuf_printf(&said, "reply %u: %s", (unsigned)request, reply);
}

void looks_want(struct daemon *daemon)
{
	(void)daemon;
	mp_strbuf_puts(&said, "look\n");
}

static void expect_removals(const char *expected)
{
	struct daemon daemon = { 0 };
	struct daemon_map map = { 0 };

	CDS_INIT_LIST_HEAD(&daemon.inventory.maps);
	cds_list_add(&map.map.in_all, &daemon.inventory.maps);
	assert_int_equal(removals_start(&daemon, 7), 0);
	assert_true(map.removing);
	assert_int_equal(daemon.operations, 1);
	while (submitted.count)
		submitted_run();
	assert_string_equal(mp_strbuf_text(&said), expected);
	mp_strbuf_fini(&said);
	assert_false(map.removing);
	assert_int_equal(daemon.operations, 0);
}

static void the_answer_comes_when_all_maps_are_removed(void **state)
{
	(void)state;
	kernel = (struct kernel){ 0 };
	expect_removals("reply 7: ok\nlook\n");
	kernel = (struct kernel){ .uuids = { "mpath-a", "LVM-x", "mpath-b" } };
	expect_removals("remove a\nremove b\nreply 7: ok\nlook\n");
	kernel = (struct kernel){ .uuids = { "mpath-a" }, .error = -EIO };
	expect_removals("remove a\nreply 7: fail\nlook\n");
	kernel = (struct kernel){ .uuids = { "mpath-a" }, .error = -ENODEV };
	expect_removals("remove a\nreply 7: ok\nlook\n");
}

static void what_is_in_use_is_removed_again_once_udev_is_idle(void **state)
{
	(void)state;
	kernel = (struct kernel){ .uuids = { "mpath-a", "mpath-b" }, .in_use = { 1 } };
	expect_removals("remove a\nremove b\nwait for udev\nremove a\nreply 7: ok\nlook\n");
	kernel = (struct kernel){ .uuids = { "mpath-a", "mpath-b" }, .in_use = { 1, 2 } };
	expect_removals("remove a\nremove b\nwait for udev\nremove a\nremove b\n"
			"reply 7: fail\nmap or partition in use\nlook\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_comes_when_all_maps_are_removed),
		cmocka_unit_test(what_is_in_use_is_removed_again_once_udev_is_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
