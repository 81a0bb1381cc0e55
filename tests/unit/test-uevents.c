/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "base/cleanup.h"
#include "base/props.h"
#include "multipathd/events/uevents.h"

enum { NO_WWID = 1, NOT_INITIALIZED = 2, WRONG_LUN = 4, NAMED = 8 };

static void only_a_change_of_identity_size_or_protection_is_news(void **state)
{
	static const struct {
		unsigned facts; /* of the path */
		const char *wwid; /* in the event; NULL: the property is missing */
		const char *name, *value; /* another property of the event */
		bool is_news;
	} rows[] = {
		{ 0, "3600a", NULL, NULL, false },
		{ 0, "3600a", "DEVNAME", "/dev/sda", false },
		{ 0, "3600b", NULL, NULL, true },
		{ 0, NULL, NULL, NULL, true },
		{ 0, "3600a", "RESIZE", "1", true },
		{ 0, "3600a", "DISK_RO", "1", true },
		{ NO_WWID, "3600a", NULL, NULL, true },
		{ NOT_INITIALIZED, "3600a", NULL, NULL, true },
		{ WRONG_LUN, "3600a", NULL, NULL, true },
		/* the WWID is from page 0x83, and udev has another name from it */
		{ NAMED, "3600a", "ID_SERIAL", "3600n", false },
		{ NAMED, "3600a", "ID_SERIAL", "3600m", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
		_cleanup_made_ struct made made;
		struct daemon_path *path;

		made_init(&made, "");
		path = made_path(&made, 'a', made_map(&made, "3600a"));
		path->settings.uid_attribute = rows[i].facts & NO_WWID ? "" : "ID_UID";
		path->path.wrong_wwid = rows[i].facts & WRONG_LUN;
		if (rows[i].facts & NOT_INITIALIZED)
			path->path.init = MP_INIT_MISSING_UDEV;
		if (rows[i].facts & NAMED)
			path->named = strdup("3600n");
		if (rows[i].wwid)
			assert_int_equal(mp_props_add(&props, "ID_UID", rows[i].wwid), 0);
		if (rows[i].name)
			assert_int_equal(mp_props_add(&props, rows[i].name, rows[i].value), 0);
		assert_int_equal(uevents_is_news(path, &props), rows[i].is_news);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_change_of_identity_size_or_protection_is_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
