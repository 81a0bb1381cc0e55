/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "base/cleanup.h"
#include "base/props.h"
#include "base/strbuf.h"
#include "kernel/claimant.h"
#include "multipathd/commands/rulings.h"

/* The command of multipath -u for that disk. */
static void format(const char *name, const char *wwid, struct mp_strbuf *command)
{
	_cleanup_(mp_claimant_fini) struct mp_claimant claimant = MP_CLAIMANT_INIT;

	strcpy(claimant.identity.name, name);
	claimant.identity.protocol = MP_PROTOCOL_SCSI_FCP;
	claimant.has_props = true;
	assert_int_equal(mp_props_add(&claimant.props, "DEVTYPE", "disk"), 0);
	assert_int_equal(mp_props_add(&claimant.props, "SCSI_IDENT_SERIAL", "x"), 0);
	if (*wwid)
		assert_int_equal(mp_props_add(&claimant.props, "ID_SERIAL", wwid), 0);
	mp_claimant_format(&claimant, command);
}

static void a_ruling_has_the_configuration_and_the_siblings(void **state)
{
	static const struct {
		const char *name, *wwid;
		bool has_sibling, blacklisted;
	} rows[] = {
		{ "sdb", "3600a", true, false }, /* sda is known */
		{ "sda", "3600a", false, false }, /* no other than itself */
		{ "sdb", "3600b", false, false }, /* a map without paths */
		{ "sdb", "3600c", false, true },  { "sdb", "", false, false },
	};
	_cleanup_made_ struct made made;

	(void)state;
	made_init(&made, "blacklist {\nwwid 3600c\n}\n");
	made_path(&made, 'a', made_map(&made, "3600a"));
	made_map(&made, "3600b");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT, reply = MP_STRBUF_INIT;
		struct mp_ruling ruling;

		format(rows[i].name, rows[i].wwid, &command);
		assert_true(rulings_serve(&made.daemon, mp_strbuf_text(&command), &reply));
		assert_int_equal(mp_claimant_parse_ruling(mp_strbuf_text(&reply), &ruling), 0);
		assert_string_equal(ruling.wwid, rows[i].wwid);
		assert_int_equal(ruling.has_sibling, rows[i].has_sibling);
		assert_int_equal(ruling.blacklisted, rows[i].blacklisted);
	}
}

static void a_malformed_command_gets_no_ruling(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf reply = MP_STRBUF_INIT;
	_cleanup_made_ struct made made;

	(void)state;
	made_init(&made, "");
	assert_false(rulings_serve(&made.daemon, MP_CLAIMANT_WORD "nonsense", &reply));
	assert_string_equal(mp_strbuf_text(&reply), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ruling_has_the_configuration_and_the_siblings),
		cmocka_unit_test(a_malformed_command_gets_no_ruling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
