/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/hint.h"

static void a_hint_is_enough_to_fix_the_line(void **state)
{
	static const struct {
		enum mp_scope here;
		const char *name, *hint, *meant;
	} rows[] = {
		{ MP_SCOPE_TOP, "default", "; did you mean \"defaults\"?", "defaults" },
		{ MP_SCOPE_TOP, "device",
		  "; it belongs to blacklist, blacklist_exceptions, devices", "device" },
		{ MP_SCOPE_TOP, "devnode_blacklist", "; removed keyword, replaced by blacklist",
		  "blacklist" },
		{ MP_SCOPE_DEFAULTS, "udev_dir", "; removed keyword, no replacement", NULL },
		{ MP_SCOPE_DEFAULTS, "default_selector",
		  "; removed keyword, replaced by path_selector", "path_selector" },
		{ MP_SCOPE_DEFAULTS, "default_path_checker",
		  "; removed keyword, replaced by path_checker", "path_checker" },
		{ MP_SCOPE_DEFAULTS, "default_prio_callout", "; removed keyword, replaced by prio",
		  "prio" },
		{ MP_SCOPE_DEFAULTS, "default_getuid_callout",
		  "; removed keyword: use uid_attribute, which names a udev property", NULL },
		{ MP_SCOPE_DEFAULTS, "default_xyzzy", "", NULL },
		{ MP_SCOPE_DEVICE, "selector", "; removed keyword, replaced by path_selector",
		  "path_selector" },
		{ MP_SCOPE_DEFAULTS, "multipath_tool", "; removed keyword, no replacement", NULL },
		{ MP_SCOPE_TOP, "@include",
		  "; no file includes another: those in " CONFIG_DIR
		  " are read whose names end in \".conf\"",
		  NULL },
		{ MP_SCOPE_TOP, "//", "; a comment begins with \"#\"", NULL },
		{ MP_SCOPE_DEFAULTS, "failback=5;", "; write \"failback 5\", without \"=\"",
		  "failback=5;" },
		{ MP_SCOPE_DEFAULTS, "failback=5", "; write \"failback 5\", without \"=\"",
		  "failback=5" },
		{ MP_SCOPE_DEFAULTS, "failback:", "; write \"failback ...\", without \":\"",
		  "failback:" },
		{ MP_SCOPE_TOP, "find_multipaths=yes",
		  "; write \"find_multipaths yes\", without \"=\"; it belongs to defaults",
		  "find_multipaths=yes" },
		{ MP_SCOPE_BLACKLIST, "find_multipaths=yes", "", NULL },
		{ MP_SCOPE_TOP, "[blacklist]",
		  "; a section is written \"blacklist {\", and ends with a line \"}\"", NULL },
		{ MP_SCOPE_TOP, "[xyzzyxyzzy]", "", NULL },
		{ MP_SCOPE_BLACKLIST, "sda", "; write \"devnode ^sda$\"", NULL },
		{ MP_SCOPE_EXCEPTIONS, "/dev/nvme0n1", "; write \"devnode ^nvme0n1$\"", NULL },
		{ MP_SCOPE_BLACKLIST, "36001405aaaaaaaaaaaaaaaaaaaaaaaaa",
		  "; write \"wwid 36001405aaaaaaaaaaaaaaaaaaaaaaaaa\"", NULL },
		{ MP_SCOPE_DEFAULTS, "alias", "; it belongs to multipaths/multipath", "alias" },
		{ MP_SCOPE_DEFAULTS, "aliass",
		  "; did you mean \"alias\", which belongs to multipaths/multipath?", "alias" },
		{ MP_SCOPE_DEVICES, "vendor", "; it belongs to a subsection \"device {\"",
		  "vendor" },
		{ MP_SCOPE_OVERRIDES, "type", "; it belongs to a subsection \"protocol {\"",
		  "type" },
		{ MP_SCOPE_DEFAULTS, "xyzzyxyzzy", "", NULL },
		{ MP_SCOPE_DEFAULTS, "xyzzyxyzzy=1", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
		const char *meant = mp_hint_add(rows[i].here, rows[i].name, &buf);

		assert_string_equal(mp_strbuf_text(&buf), rows[i].hint);
		assert_string_equal(meant ? meant : "", rows[i].meant ? rows[i].meant : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hint_is_enough_to_fix_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
