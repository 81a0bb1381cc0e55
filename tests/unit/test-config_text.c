/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "multipathd/commands/config_text.h"

static void reservation_keys_are_cut_out_and_nothing_else_is(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "", "" },
		{ "reservation_key 0x1\n", "" },
		{ "a {\n\treservation_key 0x1:aptpl\n}\n", "a {\n}\n" },
		{ "\treservation_key \"file\"\n", "\treservation_key \"file\"\n" },
		{ "a\n  reservation_key 0x1", "a\n" },
		{ "\talias \"reservation_key 0x1\"\n", "\talias \"reservation_key 0x1\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

		mp_strbuf_puts(&text, cases[i].text);
		config_text_hide_keys(&text);
		assert_string_equal(mp_strbuf_text(&text), cases[i].shown);
		assert_int_equal(text.length, strlen(cases[i].shown));
	}
}

static void forced_queueing_replaces_the_value_from_the_files(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "defaults {\n\tqueue_without_daemon \"no\"\n}\n",
		  "defaults {\n\tqueue_without_daemon \"forced\"\n}\n" },
		{ "defaults {\n\tqueue_without_daemon \"yes\"\n}\n",
		  "defaults {\n\tqueue_without_daemon \"yes\"\n}\n" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

		mp_strbuf_puts(&text, cases[i].text);
		config_text_force_queueing(&text);
		assert_string_equal(mp_strbuf_text(&text), cases[i].shown);
	}
}

static void the_local_text_has_only_maps_that_exist(void **state)
{
	_cleanup_made_ struct made made;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, one = MP_STRBUF_INIT;

	(void)state;
	made_init(&made, "");
	made_exists(made_map(&made, "wwid-a"), "mpatha");
	made_exists(made_map(&made, "wwid-b"), "mpathb");
	made_map(&made, "wwid-c");

	config_text_print(&made.inventory, true, &text);
	assert_non_null(strstr(mp_strbuf_text(&text), "mpatha"));
	assert_non_null(strstr(mp_strbuf_text(&text), "mpathb"));
	assert_null(strstr(mp_strbuf_text(&text), "wwid-c"));

	made.inventory.options.only_wwid = "wwid-b";
	config_text_print(&made.inventory, true, &one);
	assert_null(strstr(mp_strbuf_text(&one), "mpatha"));
	assert_non_null(strstr(mp_strbuf_text(&one), "mpathb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reservation_keys_are_cut_out_and_nothing_else_is),
		cmocka_unit_test(forced_queueing_replaces_the_value_from_the_files),
		cmocka_unit_test(the_local_text_has_only_maps_that_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
