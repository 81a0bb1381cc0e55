/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "claims/petition.h"
#include "kernel/dm_ioctl.h"
#include "libmpathvalid/mpath_valid.h"

/* What the system says of the device, and what was asked. */
static struct {
	int dm_error, locate_error, hear_error;
	struct mp_claim_input input;
	const char *wwid, *held_wwid;
	bool has_sibling; /* the daemon knows one */
	bool configured; /* the mode was left to the configuration */
	enum mp_find_multipaths mode;
} device;

/* Replace those of kernel/dm_ioctl.c and claims/petition.c. */
int mp_dm_ioctl_probe(void)
{
	return device.dm_error;
}

void petition_fini(struct petition *petition)
{
	assert_null(petition->config);
}

int petition_locate(const char *name, dev_t *ret)
{
	assert_string_equal(name, "sdx");
	*ret = makedev(8, 16);
	return device.locate_error;
}

int petition_hear(struct petition *petition, dev_t devt, struct mp_claim_input *input)
{
	assert_int_equal(devt, makedev(8, 16));
	assert_true(petition->options->daemon_required);
	assert_false(petition->options->takes_environment);
	assert_non_null(petition->config);
	device.configured = !petition->options->mode;
	if (petition->options->mode)
		device.mode = *petition->options->mode;
	device.input.daemon_required = true;
	device.input.is_disk = input->is_disk;
	*input = device.input;
	strcpy(petition->ruling.wwid, device.wwid);
	petition->ruling.has_sibling = device.has_sibling;
	strcpy(petition->held_wwid, device.held_wwid);
	return device.hear_error;
}

static void before_init_and_after_exit_there_is_no_answer(void **state)
{
	char *wwid = (char *)"x";

	(void)state;
	assert_int_equal(mpathvalid_get_mode(), MPATH_MODE_ERROR);
	assert_int_equal(mpathvalid_is_path("sdx", MPATH_DEFAULT, &wwid, NULL, 0), MPATH_IS_ERROR);
	assert_null(wwid);
	assert_int_equal(mpathvalid_reload_config(), -1);
	assert_int_equal(mpathvalid_exit(), 0);
}

static void it_needs_device_mapper_and_values_in_range(void **state)
{
	(void)state;
	device.dm_error = -ENOENT;
	assert_int_equal(mpathvalid_init(MPATH_LOG_PRIO_NOLOG, MPATH_LOG_STDERR), -1);
	device.dm_error = 0;
	assert_int_equal(mpathvalid_init(5, MPATH_LOG_STDERR), -1);
	assert_int_equal(mpathvalid_init(-2, MPATH_LOG_STDERR), -1);
	assert_int_equal(mpathvalid_init(MPATH_LOG_PRIO_ERR, 2), -1);
	assert_int_equal(mpathvalid_get_mode(), MPATH_MODE_ERROR);
	assert_int_equal(mpathvalid_init(MPATH_LOG_PRIO_NOLOG, MPATH_LOG_STDERR), 0);
	assert_int_equal(mpathvalid_init(MPATH_LOG_PRIO_NOLOG, MPATH_LOG_STDERR), 0);
	assert_in_range(mpathvalid_get_mode(), MPATH_STRICT, MPATH_GREEDY);
	assert_int_equal(mpathvalid_reload_config(), 0);
}

static void the_claim_is_told(void **state)
{
	static const char *others[] = { "v", NULL, "w" };
	static const struct mp_claim_input disk = { .is_disk = true,
						    .daemon_reachable = true,
						    .has_wwid = true };
	struct {
		struct mp_claim_input input;
		const char *wwid, *held_wwid;
		unsigned others;
		int result;
		const char *told;
	} rows[] = {
		{ disk, "w", "", 0, MPATH_IS_NOT_VALID, NULL },
		{ disk, "w", "", 0, MPATH_IS_MAYBE_VALID, "w" },
		{ disk, "w", "", 2, MPATH_IS_MAYBE_VALID, "w" },
		{ disk, "w", "", 3, MPATH_IS_VALID, "w" },
		{ disk, "w", "", 0, MPATH_IS_VALID, "w" },
		{ disk, "w", "", 0, MPATH_IS_VALID_NO_CHECK, "w" },
		{ { .held_by_map = true, .is_disk = true },
		  "",
		  "h",
		  0,
		  MPATH_IS_VALID_NO_CHECK,
		  "h" },
		{ { .is_disk = true }, "", "", 0, MPATH_IS_NOT_VALID, NULL }, /* no daemon */
	};

	(void)state;
	rows[1].input.mode = rows[2].input.mode = rows[3].input.mode = MP_FIND_SMART;
	rows[4].input.mode = MP_FIND_GREEDY;
	rows[5].input.wwid_known = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *wwid = NULL;

		memset(&device, 0, sizeof(device));
		device.input = rows[i].input;
		device.wwid = rows[i].wwid;
		device.held_wwid = rows[i].held_wwid;
		assert_int_equal(mpathvalid_is_path("sdx", MPATH_DEFAULT, &wwid, others,
						    rows[i].others),
				 rows[i].result);
		assert_true(device.configured);
		if (rows[i].told)
			assert_string_equal(wwid, rows[i].told);
		else
			assert_null(wwid);
		free(wwid);
		assert_int_equal(mpathvalid_is_path("sdx", MPATH_DEFAULT, NULL, others,
						    rows[i].others),
				 rows[i].result);
	}
}

static void the_caller_chooses_the_mode(void **state)
{
	static const enum mp_find_multipaths modes[] = { [MPATH_STRICT] = MP_FIND_STRICT,
							 [MPATH_SMART] = MP_FIND_SMART,
							 [MPATH_GREEDY] = MP_FIND_GREEDY };

	(void)state;
	for (unsigned mode = MPATH_STRICT; mode <= MPATH_GREEDY; mode++) {
		memset(&device, 0, sizeof(device));
		device.wwid = device.held_wwid = "";
		assert_int_equal(mpathvalid_is_path("sdx", mode, NULL, NULL, 0),
				 MPATH_IS_NOT_VALID);
		assert_false(device.configured);
		assert_int_equal(device.mode, modes[mode]);
	}
}

static void what_is_no_disk_is_an_error(void **state)
{
	static const char *others[] = { "v" };

	(void)state;
	memset(&device, 0, sizeof(device));
	device.wwid = device.held_wwid = "";
	assert_int_equal(mpathvalid_is_path(NULL, 0, NULL, NULL, 0), MPATH_IS_ERROR);
	assert_int_equal(mpathvalid_is_path("/dev/sdx", 0, NULL, NULL, 0), MPATH_IS_ERROR);
	assert_int_equal(mpathvalid_is_path("sdx", MPATH_MODE_ERROR, NULL, others, 1),
			 MPATH_IS_ERROR);
	assert_int_equal(mpathvalid_is_path("sdx", 0, NULL, NULL, 1), MPATH_IS_ERROR);
	device.locate_error = -ENODEV;
	assert_int_equal(mpathvalid_is_path("sdx", 0, NULL, NULL, 0), MPATH_IS_ERROR);
	device.locate_error = 0;
	device.hear_error = -EIO;
	assert_int_equal(mpathvalid_is_path("sdx", 0, NULL, NULL, 0), MPATH_IS_ERROR);
}

static void it_is_not_initialised_again_after_exit(void **state)
{
	(void)state;
	assert_int_equal(mpathvalid_exit(), 0);
	assert_int_equal(mpathvalid_get_mode(), MPATH_MODE_ERROR);
	assert_int_equal(mpathvalid_init(MPATH_LOG_PRIO_NOLOG, MPATH_LOG_STDERR), -1);
}

/* The interface has state: in this order. */
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_init_and_after_exit_there_is_no_answer),
		cmocka_unit_test(it_needs_device_mapper_and_values_in_range),
		cmocka_unit_test(the_claim_is_told),
		cmocka_unit_test(the_caller_chooses_the_mode),
		cmocka_unit_test(what_is_no_disk_is_an_error),
		cmocka_unit_test(it_is_not_initialised_again_after_exit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
