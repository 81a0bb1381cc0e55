/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/foreign.h"
#include "show/listing.h"
#include "show/topology.h"

static struct mp_foreign_path paths[] = {
	{ .name = "nvme0c0n1",
	  .address = "0:0:1",
	  .devt = "0:0",
	  .state = "live",
	  .access = "optimized",
	  .size = "2097152",
	  .serial = "S0",
	  .host = "tcp:traddr=192.0.2.1" },
	{ .name = "nvme0c10n1",
	  .address = "0:10:1",
	  .devt = "0:0",
	  .state = "connecting",
	  .access = "inaccessible",
	  .size = "2097152",
	  .serial = "S0",
	  .host = "pcie:0000:00:04.0",
	  .adapter = "PCI:0000:00:04.0" },
};
static struct mp_foreign_path plain_path = { .name = "nvme1c1n1",
					     .address = "1:1:1",
					     .devt = "0:0" };

static struct mp_foreign_map maps[] = {
	{ .name = "nqn:nsid.7",
	  .disk = "nvme0n1",
	  .wwid = "uuid.8ef20f70",
	  .model = "Example Array",
	  .revision = "1.0",
	  .size = "2097152",
	  .has_access = true,
	  .paths = paths,
	  .path_count = 2 },
	{ .name = "plain:nsid.1",
	  .disk = "nvme1n1",
	  .wwid = "eui.1",
	  .model = "M",
	  .revision = "2",
	  .size = "8",
	  .paths = &plain_path,
	  .path_count = 1 },
};
static const struct mp_foreign foreign = { maps, ARRAY_SIZE(maps) };

static void foreign_maps_are_shown_as_trees(void **state)
{
	struct mp_show_context context = { .verbosity = 2, .foreign = &foreign };
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	struct mp_topology_widths widths;

	(void)state;
	mp_show_foreign_topologies(&context, NULL, &out);
	assert_string_equal(mp_strbuf_text(&out),
			    "uuid.8ef20f70 [nvme]:nvme0n1 NVMe,Example Array,1.0\n"
			    "size=2097152 features='n/a' hwhandler='ANA' wp=rw\n"
			    "|-+- policy='n/a' prio=50 status=optimized\n"
			    "| `- 0:0:1  nvme0c0n1  0:0 n/a optimized    live      \n"
			    "`-+- policy='n/a' prio=0 status=inaccessible\n"
			    "  `- 0:10:1 nvme0c10n1 0:0 n/a inaccessible connecting\n"
			    "eui.1 [nvme]:nvme1n1 NVMe,M,2\n"
			    "size=8 features='n/a' hwhandler='n/a' wp=rw\n"
			    "`-+- policy='n/a' prio=n/a status=n/a\n"
			    "  `- 1:1:1 nvme1c1n1 0:0 n/a n/a n/a\n");

	/* in the daemon, columns are as wide as for all that it knows */
	mp_strbuf_clear(&out);
	mp_topology_measure(&context, NULL, 0, &widths);
	mp_show_foreign_topologies(&context, &widths, &out);
	assert_non_null(strstr(mp_strbuf_text(&out),
			       "  `- 1:1:1  nvme1c1n1  0:0 n/a n/a          n/a       \n"));

	mp_strbuf_clear(&out);
	context.verbosity = 1;
	mp_show_foreign_topologies(&context, NULL, &out);
	assert_string_equal(mp_strbuf_text(&out), "nqn:nsid.7\nplain:nsid.1\n");

	mp_strbuf_clear(&out);
	context.foreign = NULL;
	mp_show_foreign_topologies(&context, NULL, &out);
	assert_string_equal(mp_strbuf_text(&out), "");
}

static void foreign_maps_follow_in_listings(void **state)
{
	const struct mp_show_context context = { .foreign = &foreign };
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_show_maps(&context, NULL, 0, "%n %d %w %N %h", false, &out);
	assert_string_equal(mp_strbuf_text(&out),
			    "name         sysfs   uuid          paths hwhandler\n"
			    "nqn:nsid.7   nvme0n1 uuid.8ef20f70 1     ANA      \n"
			    "plain:nsid.1 nvme1n1 eui.1         0     n/a      \n");
	mp_strbuf_clear(&out);
	mp_show_paths(&context, NULL, 0, "%i %d %D %p %t %T %o %C", false, &out);
	assert_string_equal(
		mp_strbuf_text(&out),
		"hcil   dev        dev_t pri dm_st chk_st       dev_st     next_check\n"
		"0:0:1  nvme0c0n1  0:0   50  n/a   optimized    live       n/a       \n"
		"0:10:1 nvme0c10n1 0:0   0   n/a   inaccessible connecting n/a       \n"
		"1:1:1  nvme1c1n1  0:0   n/a n/a   n/a          n/a        n/a       \n");
	mp_strbuf_clear(&out);
	mp_show_path_list(&context, NULL, 0, &out);
	assert_string_equal(mp_strbuf_text(&out), "===== no paths =====\n");
}

/* Letters of the wildcards, and what they are for the first map or its second path. */
static void each_wildcard_has_a_value(void **state)
{
	const struct mp_show_context context = { .foreign = &(struct mp_foreign){ maps, 1 } };
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_show_maps(&context, NULL, 0, "%n|%w|%d|%N|%S|%v|%p|%s|%e|%r|%G|%h|%Q|%k", true, &out);
	assert_string_equal(
		mp_strbuf_text(&out),
		"nqn:nsid.7|uuid.8ef20f70|nvme0n1|1|2097152|NVMe|Example Array|NVMe,Example Array,1.0|1.0|rw|nvme|"
		"ANA|n/a|n/a\n");
	mp_strbuf_clear(&out);
	mp_show_paths(&context, NULL, 0, "%w|%d|%s|%S|%z|%m|%N|%R|%G|%a|%c", true, &out);
	assert_non_null(strstr(
		mp_strbuf_text(&out),
		"\nuuid.8ef20f70|nvme0c10n1|NVMe,Example Array,1.0|2097152|S0|nvme0n1|pcie:0000:00:04.0|"
		"pcie:0000:00:04.0|[nvme]|PCI:0000:00:04.0|n/a\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign_maps_are_shown_as_trees),
		cmocka_unit_test(foreign_maps_follow_in_listings),
		cmocka_unit_test(each_wildcard_has_a_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
