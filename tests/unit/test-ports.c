/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sysfs-recorded.h"

#include <errno.h>
#include <stdio.h>

#include "kernel/sysfs.h"
#include "multipathd/jobs/ports.h"

/* Replaced: what is written is recorded, what is read is given. */
static struct {
	const char *text; /* NULL: the attribute is missing */
	enum mp_protocol protocol;
} port;

void mp_probe_scsi_dirs(const char *dir, struct mp_probe_scsi_dirs *ret)
{
	*ret = (struct mp_probe_scsi_dirs){ .protocol = port.protocol };
	snprintf(ret->nexus, sizeof(ret->nexus), "%s-port", dir);
}

int mp_sysfs_write(const char *root, const char *dir, const char *attribute, const char *value)
{
	(void)root;
	mp_strbuf_printf(&sysfs.text, "%s/%s: %s\n", dir, attribute, value);
	return sysfs.error;
}

ssize_t mp_sysfs_read(const char *root, const char *dir, const char *attribute, char *text,
		      size_t size)
{
	(void)root;
	assert_string_equal(dir, "sda-port");
	assert_string_equal(attribute, "port_state");
	if (!port.text)
		return -ENOENT;
	snprintf(text, size, "%s", port.text);
	return strlen(text);
}

static struct {
	unsigned calls;
	struct mp_address port;
	enum port_state state;
	int error;
} answer;

static void on_written(struct daemon *daemon, const struct mp_address *written,
		       enum port_state state, int error)
{
	assert_ptr_equal(daemon, &daemon_of_tests);
	answer.calls++;
	answer.port = *written;
	answer.state = state;
	answer.error = error;
}

static void a_port_is_written_in_the_lane_of_the_path(void **state)
{
	static const struct {
		enum port_state state;
		int error;
		const char *text;
	} rows[] = {
		{ PORT_MARGINAL, 0, "sda-port/port_state: Marginal\n" },
		{ PORT_ONLINE, -EINVAL, "sda-port/port_state: Online\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char dir[] = "sda";
		struct daemon_path path;

		sysfs_path_init(&path, dir);
		path.path.identity.address.target = 5;
		answer.calls = 0;
		assert_int_equal(ports_write(&path, rows[i].state, on_written), 0);
		assert_true(submitted.works[0]->lane == lane_of_path(&path.path.identity));
		memset(&path, 0, sizeof(path)); /* the path may be gone by now */
		memset(dir, 0, sizeof(dir));
		sysfs.error = rows[i].error;
		submitted_run();
		sysfs_expect(rows[i].text);
		assert_int_equal(answer.calls, 1);
		assert_int_equal(answer.port.host, 3);
		assert_int_equal(answer.port.target, 5);
		assert_int_equal(answer.state, rows[i].state);
		assert_int_equal(answer.error, rows[i].error);
	}
}

static void nothing_is_written_if_the_pool_ends_before(void **state)
{
	char dir[] = "sda";
	struct daemon_path path;

	(void)state;
	sysfs_path_init(&path, dir);
	assert_int_equal(ports_write(&path, PORT_MARGINAL, on_written), 0);
	submitted_skip();
	sysfs_expect("");
	assert_int_equal(answer.error, -ECANCELED);
}

static void only_a_connected_port_of_fibre_channel_has_a_state(void **state)
{
	static const struct {
		enum mp_protocol protocol;
		const char *text;
		enum port_state state;
	} rows[] = {
		{ MP_PROTOCOL_SCSI_FCP, "Online", PORT_ONLINE },
		{ MP_PROTOCOL_SCSI_FCP, "Marginal", PORT_MARGINAL },
		{ MP_PROTOCOL_SCSI_FCP, "Blocked", PORT_UNKNOWN },
		{ MP_PROTOCOL_SCSI_FCP, "Not Present", PORT_UNKNOWN },
		{ MP_PROTOCOL_SCSI_FCP, "", PORT_UNKNOWN },
		{ MP_PROTOCOL_SCSI_FCP, NULL, PORT_UNKNOWN },
		{ MP_PROTOCOL_SCSI_SAS, "Online", PORT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		port.protocol = rows[i].protocol;
		port.text = rows[i].text;
		assert_int_equal(ports_read("sda"), rows[i].state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_port_is_written_in_the_lane_of_the_path,
						sysfs_setup, sysfs_teardown),
		cmocka_unit_test_setup_teardown(nothing_is_written_if_the_pool_ends_before,
						sysfs_setup, sysfs_teardown),
		cmocka_unit_test(only_a_connected_port_of_fibre_channel_has_a_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
