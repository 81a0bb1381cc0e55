/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "checkers/checker.h"
#include "config/keywords.h"
#include "kernel/scsi.h"

/* A device that answers from a script; kernel/scsi.c is not linked. */
struct answer {
	int r; /* of the ioctl */
	struct mp_scsi_result result;
	const void *data;
	size_t size;
};

enum { ANSWERS = 8 };

static struct {
	struct answer answers[ANSWERS]; /* the last one is repeated */
	unsigned count, asked;
	uint8_t opcodes[64];
} device;

int mp_scsi_command(int fd, const uint8_t *cdb, size_t cdb_size, void *data, size_t data_size,
		    unsigned timeout_msec, struct mp_scsi_result *ret)
{
	const struct answer *answer =
		&device.answers[device.asked < device.count ? device.asked : device.count - 1];

	assert_int_equal(fd, 42);
	assert_true(cdb_size == 6 || cdb_size == 10);
	assert_true(timeout_msec > 0);
	device.opcodes[device.asked++] = cdb[0];
	*ret = answer->result;
	if (answer->size)
		memcpy(data, answer->data, answer->size < data_size ? answer->size : data_size);
	return answer->r;
}

int mp_scsi_send(int fd, const uint8_t *cdb, size_t cdb_size, const void *data, size_t data_size,
		 unsigned timeout_msec, struct mp_scsi_result *ret)
{
	assert_non_null(data);
	return mp_scsi_command(fd, cdb, cdb_size, NULL, data_size, timeout_msec, ret);
}

static void script(const struct answer *answers, unsigned count)
{
	memset(&device, 0, sizeof(device));
	memcpy(device.answers, answers, count * sizeof(*answers));
	device.count = count;
}

static struct mp_check run(const char *name, int wanted)
{
	struct mp_check check = { .fd = 42, .timeout_msec = 1000 };

	assert_int_equal(mp_checker_find(name)->check(&check), wanted);
	return check;
}

#define SENSE(key, code, qualifier) \
	{ \
		.result = {.scsi_status = 2, .sense_key = key, .asc = code, .ascq = qualifier } \
	}
#define HOST(status) \
	{ \
		.result = {.host_status = status } \
	}

struct single_case {
	const char *what;
	struct answer answer;
	enum mp_path_state state;
	unsigned tries;
};

static void tur_judges_each_answer(void **state)
{
	static const struct single_case cases[] = {
		{ "good", { 0 }, MP_PATH_UP, 1 },
		{ "no SCSI", { .r = -ENOTTY }, MP_PATH_WILD, 1 },
		{ "device gone", { .r = -ENODEV }, MP_PATH_DOWN, 1 },
		{ "reservation conflict", { .result = { .scsi_status = 0x18 } }, MP_PATH_UP, 1 },
		{ "reservation conflict, low bit",
		  { .result = { .scsi_status = 0x19 } },
		  MP_PATH_UP,
		  1 },
		{ "no connect", HOST(1), MP_PATH_DOWN, 1 },
		{ "bad target", HOST(4), MP_PATH_DOWN, 1 },
		{ "abort", HOST(5), MP_PATH_DOWN, 1 },
		{ "fail fast", HOST(15), MP_PATH_DOWN, 1 },
		{ "bus busy", HOST(2), MP_PATH_DOWN, 5 },
		{ "parity", HOST(6), MP_PATH_DOWN, 5 },
		{ "error", HOST(7), MP_PATH_DOWN, 5 },
		{ "disrupted", HOST(14), MP_PATH_DOWN, 5 },
		{ "unit attention", SENSE(6, 0x29, 0), MP_PATH_DOWN, 5 },
		{ "standby", SENSE(2, 4, 0xb), MP_PATH_GHOST, 1 },
		{ "transition", SENSE(2, 4, 0xa), MP_PATH_PENDING, 1 },
		{ "becoming ready", SENSE(2, 4, 1), MP_PATH_DOWN, 1 },
		{ "no such LUN", SENSE(5, 0x25, 0), MP_PATH_DISCONNECTED, 1 },
		{ "illegal request", SENSE(5, 0x20, 0), MP_PATH_DOWN, 1 },
		{ "hardware error", SENSE(4, 0, 0), MP_PATH_DOWN, 1 },
		{ "busy", { .result = { .scsi_status = 8 } }, MP_PATH_DOWN, 1 },
		{ "aborted again and again",
		  { .result = { .scsi_status = 0x40 } },
		  MP_PATH_DOWN,
		  5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		script(&cases[i].answer, 1);
		struct mp_check check = run("tur", cases[i].state == MP_PATH_WILD ? -ENOTTY : 0);

		if (check.state != cases[i].state || device.asked != cases[i].tries)
			fail_msg("%s: state %d after %u tries", cases[i].what, check.state,
				 device.asked);
		assert_false(check.access_changed);
		assert_string_not_equal(check.message, "");
	}
}

static void tur_continues_after_a_unit_attention(void **state)
{
	static const struct answer changed[] = { SENSE(6, 0x2a, 6), HOST(2), { 0 } };
	static const struct answer failed[] = { SENSE(6, 0x2a, 7), SENSE(2, 4, 0xb) };
	static const struct answer other[] = { SENSE(6, 0x2a, 9), { 0 } };
	static const struct answer remapped[] = { SENSE(6, 0x3f, 0x0e), { 0 } };
	static const struct answer preempted[] = { SENSE(6, 0x2a, 5), { 0 } };
	static const struct answer cleared[] = { SENSE(6, 0x2a, 3), { 0 } };
	struct mp_check check;

	(void)state;
	script(changed, 3);
	check = run("tur", 0);
	assert_int_equal(check.state, MP_PATH_UP);
	assert_int_equal(device.asked, 3);
	assert_true(check.access_changed);

	script(failed, 2);
	check = run("tur", 0);
	assert_int_equal(check.state, MP_PATH_GHOST);
	assert_true(check.access_changed);

	script(other, 2);
	check = run("tur", 0);
	assert_int_equal(check.state, MP_PATH_UP);
	assert_false(check.access_changed);
	assert_false(check.identity_changed);
	assert_false(check.registration_removed);

	script(remapped, 2);
	check = run("tur", 0);
	assert_int_equal(check.state, MP_PATH_UP);
	assert_true(check.identity_changed);

	script(preempted, 2);
	check = run("tur", 0);
	assert_int_equal(check.state, MP_PATH_UP);
	assert_true(check.registration_removed);

	script(cleared, 2);
	check = run("tur", 0);
	assert_true(check.registration_removed);
}

static void tur_is_repeated_if_another_host_aborts_it(void **state)
{
	static const struct answer answers[] = { { .result = { .scsi_status = 0x40 } }, { 0 } };

	(void)state;
	script(answers, 2);
	assert_int_equal(run("tur", 0).state, MP_PATH_UP);
}

static void all_tries_of_tur_share_one_timeout(void **state)
{
	static const struct answer slow = { .result = { .host_status = 2, .duration_msec = 400 } };
	static const struct answer hung = { .result = { .host_status = 3, .duration_msec = 1000 } };
	struct mp_check check;

	(void)state;
	script(&slow, 1);
	check = run("tur", 0);
	assert_int_equal(check.state, MP_PATH_TIMEOUT);
	assert_int_equal(device.asked, 3);
	script(&hung, 1);
	check = run("tur", 0);
	assert_int_equal(check.state, MP_PATH_TIMEOUT);
	assert_int_equal(device.asked, 1);
}

static void readsector0_tries_three_times(void **state)
{
	static const struct single_case cases[] = {
		{ "good", { 0 }, MP_PATH_UP, 1 },
		{ "out of memory", { .r = -ENOMEM }, MP_PATH_UP, 1 },
		{ "device gone", { .r = -ENODEV }, MP_PATH_DOWN, 1 },
		{ "reservation conflict", { .result = { .scsi_status = 0x18 } }, MP_PATH_UP, 1 },
		{ "unit attention", SENSE(6, 0x29, 0), MP_PATH_DOWN, 3 },
		{ "not ready", SENSE(2, 4, 3), MP_PATH_DOWN, 1 },
		{ "no connect", HOST(1), MP_PATH_DOWN, 1 },
	};
	static const struct answer interrupted[] = { { .r = -EINTR }, { .r = -EINTR }, { 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		script(&cases[i].answer, 1);
		struct mp_check check = run("readsector0", 0);

		if (check.state != cases[i].state || device.asked != cases[i].tries)
			fail_msg("%s: state %d after %u tries", cases[i].what, check.state,
				 device.asked);
	}
	script(interrupted, 3);
	assert_int_equal(run("readsector0", 0).state, MP_PATH_UP);
	assert_int_equal(device.asked, 3);
}

static void a_missing_page_means_the_same_to_each_checker(void **state)
{
	static const struct single_case cases[] = {
		{ "no SCSI", { .r = -ENOTTY }, MP_PATH_WILD, 1 },
		{ "device gone", { .r = -ENODEV }, MP_PATH_DOWN, 1 },
		{ "page unknown", SENSE(5, 0x24, 0), MP_PATH_WILD, 1 },
		{ "not ready", SENSE(2, 4, 3), MP_PATH_DOWN, 1 },
		{ "disrupted", HOST(14), MP_PATH_DOWN, 5 },
		{ "no connect", HOST(1), MP_PATH_DOWN, 1 },
	};
	static const char *const names[] = { "emc_clariion", "hp_sw" };

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			script(&cases[i].answer, 1);
			struct mp_check check =
				run(names[n], cases[i].state == MP_PATH_WILD ? -ENOTTY : 0);

			if (check.state != cases[i].state || device.asked != cases[i].tries)
				fail_msg("%s, %s: state %d after %u tries", names[n], cases[i].what,
					 check.state, device.asked);
		}
}

static void hp_sw_reports_a_device_that_is_not_ready_as_ghost(void **state)
{
	const struct answer up[] = { { 0 }, { 0 } }, passive[] = { { 0 }, SENSE(2, 4, 2) };

	(void)state;
	script(up, 2);
	assert_int_equal(run("hp_sw", 0).state, MP_PATH_UP);
	script(passive, 2);
	assert_int_equal(run("hp_sw", 0).state, MP_PATH_GHOST);
}

struct byte {
	unsigned at;
	uint8_t value;
};

static void emc_clariion_reads_the_array_page(void **state)
{
	static const struct {
		struct byte changes[2];
		enum mp_path_state state;
	} cases[] = {
		{ { { 0, 0 } }, MP_PATH_UP },
		{ { { 1, 0x83 } }, MP_PATH_DOWN },
		{ { { 9, 1 } }, MP_PATH_DOWN },
		{ { { 27, 2 } }, MP_PATH_DOWN },
		{ { { 28, 1 } }, MP_PATH_DOWN },
		{ { { 28, 6 } }, MP_PATH_UP },
		{ { { 30, 0 } }, MP_PATH_DOWN },
		{ { { 48, 1 } }, MP_PATH_SHAKY },
		{ { { 4, 0 } }, MP_PATH_DOWN },
		{ { { 4, 1 } }, MP_PATH_UP },
		{ { { 4, 1 }, { 48, 2 } }, MP_PATH_SHAKY },
	};
	struct mp_check check;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t page[128] = {
			[1] = 0xc0, [4] = 2, [27] = 3, [28] = 4, [30] = 4, [10] = 0x60
		};
		struct answer answers[2] = { { .data = page, .size = sizeof(page) }, { 0 } };

		for (size_t c = 0; c < 2; c++)
			if (cases[i].changes[c].at)
				page[cases[i].changes[c].at] = cases[i].changes[c].value;
		script(answers, 2);
		check = run("emc_clariion", 0);
		if (check.state != cases[i].state)
			fail_msg("case %zu: state %d", i, check.state);
	}

	/* Another unit behind the same descriptor; an owned unit that cannot be read. */
	uint8_t page[128] = { [1] = 0xc0, [4] = 2, [27] = 3, [28] = 4, [30] = 4, [10] = 0x60 };
	const struct answer refused[2] = { { .data = page, .size = sizeof(page) },
					   SENSE(5, 0x25, 1) };
	const struct answer good[2] = { { .data = page, .size = sizeof(page) }, { 0 } };

	script(good, 2);
	check = run("emc_clariion", 0);
	script(refused, 2);
	assert_int_equal(mp_checker_find("emc_clariion")->check(&check), 0);
	assert_int_equal(check.state, MP_PATH_DOWN);
	/* An inactive snapshot refuses I/O on the other paths, too. */
	assert_true(check.asked_lun && check.lun_refused);
	page[4] = 1;
	script(good, 2);
	check = (struct mp_check){ .fd = check.fd, .timeout_msec = 1000, .lun_refuses = true };
	assert_int_equal(mp_checker_find("emc_clariion")->check(&check), 0);
	assert_int_equal(check.state, MP_PATH_DOWN);
	assert_false(check.asked_lun);
	page[4] = 2;
	script(good, 2);
	assert_int_equal(mp_checker_find("emc_clariion")->check(&check), 0);
	assert_int_equal(check.state, MP_PATH_UP);
	assert_true(check.asked_lun && !check.lun_refused);
	page[11] = 1;
	script(good, 2);
	assert_int_equal(mp_checker_find("emc_clariion")->check(&check), 0);
	assert_int_equal(check.state, MP_PATH_DOWN);
}

static void rdac_reads_the_array_page(void **state)
{
	static const struct {
		struct byte changes[3];
		enum mp_path_state state;
	} cases[] = {
		{ { { 8, 0x01 } }, MP_PATH_UP },
		{ { { 8, 0x20 } }, MP_PATH_UP },
		{ { { 8, 0x00 } }, MP_PATH_GHOST },
		{ { { 1, 0xc9 }, { 8, 0x11 }, { 10, 0x03 } }, MP_PATH_DOWN },
		{ { { 8, 0x11 }, { 10, 0x0f } }, MP_PATH_DOWN },
		{ { { 8, 0x11 }, { 10, 0x0f }, { 12, 0x0f } }, MP_PATH_UP },
		{ { { 8, 0x01 }, { 10, 0x03 } }, MP_PATH_UP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t page[48] = { [1] = 0xc9 }, mode[20] = { [13] = 0x40 };
		struct answer answers[2] = { { .data = mode, .size = sizeof(mode) },
					     { .data = page, .size = sizeof(page) } };

		for (size_t c = 0; c < 3; c++)
			if (cases[i].changes[c].at)
				page[cases[i].changes[c].at] = cases[i].changes[c].value;
		script(answers, 2);
		struct mp_check check = run("rdac", 0);

		if (check.state != cases[i].state)
			fail_msg("case %zu: state %d", i, check.state);
		assert_int_equal(device.asked, 2);
		assert_int_equal(mp_checker_find("rdac")->check(&check), 0);
		assert_int_equal(device.asked, 3);
	}

	uint8_t lost[48] = { 0x20, 0xc9, [8] = 1 }, mode[20] = { [13] = 0x40 };
	struct answer answers[2] = { { .data = mode, .size = sizeof(mode) },
				     { .data = lost, .size = sizeof(lost) } };

	script(answers, 2);
	assert_int_equal(run("rdac", 0).state, MP_PATH_DOWN);
}

static void rdac_asks_for_reports_of_aborts(void **state)
{
	uint8_t page[48] = { [1] = 0xc9, [8] = 1 }, clear[20] = { 0 },
		changeable[20] = { [13] = 0x40 };
	const struct answer answers[] = {
		{ .data = clear, .size = sizeof(clear) },
		{ .data = changeable, .size = sizeof(changeable) },
		{ 0 },
		{ .data = page, .size = sizeof(page) },
	};
	const uint8_t opcodes[] = { 0x5a, 0x5a, 0x55, 0x12 };

	(void)state;
	script(answers, 4);
	assert_int_equal(run("rdac", 0).state, MP_PATH_UP);
	assert_memory_equal(device.opcodes, opcodes, sizeof(opcodes));
}

static void checkers_are_found_by_name(void **state)
{
	size_t count;
	const struct mp_checker *const *checkers = mp_checker_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(mp_checker_find(checkers[i]->name), checkers[i]);
		assert_true(checkers[i]->none || checkers[i]->check);
	}
	assert_null(mp_checker_find("hp_tur"));
	assert_null(mp_checker_find(""));
	assert_true(mp_checker_find("none")->none);
	assert_ptr_equal(mp_checker_find("none"), mp_checker_find("nonesense"));
}

/* The name in the row is that of the object. */
static void the_configuration_knows_the_checkers_and_no_others(void **state)
{
	const struct mp_word *known = mp_keywords[MP_KEY_PATH_CHECKER].known;
	size_t count, words = 0;
	const struct mp_checker *const *checkers = mp_checker_all(&count);

	(void)state;
	for (const struct mp_word *word = known; word->text; word++, words++)
		if (!mp_checker_find(word->text))
			fail_msg("\"%s\" is in config/checkers.inc, but no object has that name",
				 word->text);
	for (size_t i = 0; i < count; i++) {
		const struct mp_word *word = known;

		while (word->text && strcmp(word->text, checkers[i]->name))
			word++;
		if (!word->text)
			fail_msg("\"%s\" is the name of an object, but not in config/checkers.inc",
				 checkers[i]->name);
	}
	assert_int_equal(words, count);
}

static void directio_needs_a_device_that_can_be_read(void **state)
{
	struct mp_check check = { .fd = -1, .timeout_msec = 1000 };

	(void)state;
	assert_int_equal(mp_checker_find("directio")->check(&check), 0);
	assert_int_equal(check.state, MP_PATH_UNCHECKED);
	mp_check_take_read(&check, 0);
	assert_int_equal(check.state, MP_PATH_UP);
	mp_check_take_read(&check, -EIO);
	assert_int_equal(check.state, MP_PATH_DOWN);
	mp_check_take_read(&check, -EBADE);
	assert_int_equal(check.state, MP_PATH_UP);
	assert_string_equal(check.message, "path is up, reserved by another host");
}

static void cciss_tur_needs_its_driver(void **state)
{
	struct mp_check check = { .fd = -1, .timeout_msec = 1000 };

	(void)state;
	assert_int_equal(mp_checker_find("cciss_tur")->check(&check), 0);
	assert_int_equal(check.state, MP_PATH_DOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tur_judges_each_answer),
		cmocka_unit_test(tur_continues_after_a_unit_attention),
		cmocka_unit_test(tur_is_repeated_if_another_host_aborts_it),
		cmocka_unit_test(all_tries_of_tur_share_one_timeout),
		cmocka_unit_test(readsector0_tries_three_times),
		cmocka_unit_test(a_missing_page_means_the_same_to_each_checker),
		cmocka_unit_test(hp_sw_reports_a_device_that_is_not_ready_as_ghost),
		cmocka_unit_test(emc_clariion_reads_the_array_page),
		cmocka_unit_test(rdac_reads_the_array_page),
		cmocka_unit_test(rdac_asks_for_reports_of_aborts),
		cmocka_unit_test(checkers_are_found_by_name),
		cmocka_unit_test(the_configuration_knows_the_checkers_and_no_others),
		cmocka_unit_test(directio_needs_a_device_that_can_be_read),
		cmocka_unit_test(cciss_tur_needs_its_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
