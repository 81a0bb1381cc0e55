/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

#include "multipathd/commands/lists.h"

#define LIST \
	"mpatha (w) dm-0 ##,##\n" \
	"size=1.0M features='0' hwhandler='0' wp=rw\n" \
	"|-+- policy='round-robin 0' prio=0 status=undef\n" \
	"| `- #:#:#:# sda 8:0  active undef running\n" \
	"`-+- policy='round-robin 0' prio=0 status=undef\n" \
	"  `- #:#:#:# sdb 8:16 active undef running\n"

static void a_device_is_listed_by_any_of_its_names(void **state)
{
	static const struct asked_row rows[] = {
		{ "@list l 2 0", "reply 7: exit 0\n" LIST },
		{ "@list l 2 0 map:mpatha", "reply 7: exit 0\n" LIST },
		{ "@list l 2 0 map:w", "reply 7: exit 0\n" LIST },
		{ "@list l 2 0 map:dm-0", "reply 7: exit 0\n" LIST },
		{ "@list l 2 0 map:sda", "reply 7: exit 0\n" LIST },
		{ "@list l 2 0 dev:8:0", "reply 7: exit 0\n" LIST },
		{ "@list l 2 0 dev:8:32", "reply 7: exit 0\n" }, /* in no map */
		{ "@list l 2 0 map:mpathz", "reply 7: exit 0\n" },
		{ "@list l 2 0 dev:8:240", "reply 7: exit 1\n" }, /* neither a path nor a map */
	};

	(void)state;
	ASK_ROWS(rows);
}

static void a_map_that_is_not_in_the_kernel_is_not_listed(void **state)
{
	static const struct asked_row rows[] = {
		{ "@list l 2 0", "reply 7: exit 0\n" },
		{ "@list l 2 0 map:mpatha", "reply 7: exit 0\n" },
		{ "@list l 2 0 dev:8:0", "reply 7: exit 0\n" },
	};

	(void)state;
	asked.map->map.kernel.exists = false;
	ASK_ROWS(rows);
}

static void a_listing_that_is_malformed_is_refused(void **state)
{
	static const char *const texts[] = { "@list l", "@list l 2", "@list l x 0", "@list " };
	_cleanup_strbuf_ struct mp_strbuf reply = MP_STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_true(lists_asked(texts[i]));
		assert_false(lists_serve(&asked.made.daemon, texts[i], NULL, &reply));
	}
	assert_false(lists_asked("list paths"));
	assert_int_equal(reply.length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(a_device_is_listed_by_any_of_its_names),
		ASKED_TEST(a_map_that_is_not_in_the_kernel_is_not_listed),
		ASKED_TEST(a_listing_that_is_malformed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
