/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/geom_facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void a_disk_has_the_wwid_of_its_number_if_it_is_in_the_table(void **state)
{
	static const struct {
		unsigned minor;
		const char *wwid;
	} rows[] = { { 0, "3600a" }, { 16, "" }, { 32, "" } };
	struct mp_geom_facts *facts = mp_geom_facts_new(2);

	(void)state;
	assert_non_null(facts);
	facts->disks[0].devt = makedev(8, 0);
	strcpy(facts->disks[0].wwid, "3600a");
	facts->disks[1].devt = makedev(8, 16); /* it has none */
	mp_strbuf_puts(&facts->run, "failed w 8:0\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(mp_geom_facts_wwid(facts, makedev(8, rows[i].minor)),
				    rows[i].wwid);
	assert_null(mp_geom_facts_free(facts));
	assert_null(mp_geom_facts_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disk_has_the_wwid_of_its_number_if_it_is_in_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
