/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "fake-daemon.h"
#include "libdmmp/libdmmp.h"

#define PATH(name, state) "{\"dev\":\"" name "\",\"chk_st\":\"" state "\"}"
#define GROUP(number, priority, state, paths) \
	"{\"selector\":\"service-time 0\",\"pri\":" priority ",\"dm_st\":\"" state \
	"\",\"group\":" number ",\"paths\":[" paths "]}"
#define MAP(name, wwid, groups) \
	"{\"name\":\"" name "\",\"uuid\":\"" wwid "\",\"sysfs\":\"dm-0\",\"path_groups\":[" groups \
	"]}"
#define LISTING(maps) "{\"major_version\":0,\"minor_version\":1,\"maps\":[" maps "]}"

/* What was logged last. */
static char logged[256];

static void on_log(struct dmmp_context *ctx, int priority, const char *file, int line,
		   const char *func_name, const char *format, va_list args)
{
	(void)ctx;
	(void)priority;
	(void)file;
	(void)line;
	(void)func_name;
	vsnprintf(logged, sizeof(logged), format, args);
}

static struct dmmp_context *begin(struct fake_daemon *daemon, const struct fake_reply *replies)
{
	struct dmmp_context *ctx = dmmp_context_new();

	assert_non_null(ctx);
	dmmp_context_log_func_set(ctx, on_log);
	fake_start(daemon, replies);
	return ctx;
}

static void end(struct fake_daemon *daemon, struct dmmp_context *ctx)
{
	dmmp_context_free(ctx);
	fake_stop(daemon);
}

static void maps_with_groups_and_paths_are_listed(void **state)
{
	static const struct fake_reply replies[] = {
		{ "show maps json",
		  LISTING(MAP(
			  "mpatha", "3600",
			  GROUP("1", "50", "active",
				PATH("sda", "ready") "," PATH(
					"sdb",
					"i/o pending")) "," GROUP("2", "-1", "enabled",
								  PATH("sdc",
								       "news"))) "," MAP("mpathb",
											 "3601",
											 "")) },
		{ NULL, NULL },
	};
	struct dmmp_path_group **groups;
	struct dmmp_path **paths;
	struct fake_daemon daemon;
	struct dmmp_context *ctx = begin(&daemon, replies);
	struct dmmp_mpath **maps;
	uint32_t count;

	(void)state;
	assert_int_equal(dmmp_mpath_array_get(ctx, &maps, &count), DMMP_OK);
	assert_int_equal(count, 2);
	assert_string_equal(dmmp_mpath_name_get(maps[0]), "mpatha");
	assert_string_equal(dmmp_mpath_wwid_get(maps[0]), "3600");
	assert_string_equal(dmmp_mpath_kdev_name_get(maps[0]), "dm-0");
	dmmp_path_group_array_get(maps[1], &groups, &count);
	assert_int_equal(count, 0);
	dmmp_path_group_array_get(maps[0], &groups, &count);
	assert_int_equal(count, 2);
	assert_int_equal(dmmp_path_group_id_get(groups[1]), 2);
	assert_int_equal(dmmp_path_group_priority_get(groups[0]), 50);
	assert_int_equal(dmmp_path_group_priority_get(groups[1]), 0);
	assert_int_equal(dmmp_path_group_status_get(groups[0]), DMMP_PATH_GROUP_STATUS_ACTIVE);
	assert_int_equal(dmmp_path_group_status_get(groups[1]), DMMP_PATH_GROUP_STATUS_ENABLED);
	assert_string_equal(dmmp_path_group_selector_get(groups[0]), "service-time 0");
	dmmp_path_array_get(groups[0], &paths, &count);
	assert_int_equal(count, 2);
	assert_string_equal(dmmp_path_blk_name_get(paths[1]), "sdb");
	assert_int_equal(dmmp_path_status_get(paths[0]), DMMP_PATH_STATUS_UP);
	assert_int_equal(dmmp_path_status_get(paths[1]), DMMP_PATH_STATUS_PENDING);
	dmmp_path_array_get(groups[1], &paths, &count);
	assert_int_equal(dmmp_path_status_get(paths[0]), DMMP_PATH_STATUS_UNKNOWN);
	assert_string_equal(dmmp_last_error_msg(ctx), "");
	dmmp_mpath_array_free(maps, 2);
	end(&daemon, ctx);
}

static void a_listing_that_lacks_something_is_an_error(void **state)
{
	static const struct {
		const char *reply;
		int code;
	} rows[] = {
		{ LISTING(""), DMMP_OK },
		{ "{\"major_version\":1,\"maps\":[]}", DMMP_ERR_INCOMPATIBLE },
		{ "{\"maps\":[]}", DMMP_ERR_IPC_ERROR },
		{ "{\"major_version\":0}", DMMP_ERR_IPC_ERROR },
		{ "{\"major_version\":\"0\",\"maps\":[]}", DMMP_ERR_IPC_ERROR },
		{ "{\"major_version\":0,\"maps\":\"\"}", DMMP_ERR_IPC_ERROR },
		{ LISTING("7"), DMMP_ERR_IPC_ERROR },
		{ LISTING("{}"), DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("", "3600", "")), DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("a", "", "")), DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("a", "3600", "null")), DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("a", "3600", "{\"selector\":\"x\"}")), DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("a", "3600", GROUP("1", "\"5\"", "active", ""))),
		  DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("a", "3600", GROUP("1", "5", "", ""))), DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("a", "3600", GROUP("1", "5", "active", PATH("", "ready")))),
		  DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("a", "3600", GROUP("1", "5", "active", PATH("sda", "")))),
		  DMMP_ERR_IPC_ERROR },
		{ LISTING(MAP("a", "3600", GROUP("1", "5", "active", PATH("sda", "ready") ",[]"))),
		  DMMP_ERR_IPC_ERROR },
		{ "{", DMMP_ERR_IPC_ERROR },
		{ "null", DMMP_ERR_IPC_ERROR },
		{ "[]", DMMP_ERR_IPC_ERROR },
		{ "", DMMP_ERR_IPC_ERROR },
		{ "fail\n", DMMP_ERR_IPC_ERROR },
		{ "fail\ntimeout\n", DMMP_ERR_IPC_TIMEOUT },
		{ "fail\npermission deny: need to be root\n", DMMP_ERR_PERMISSION_DENY },
		{ NULL, DMMP_ERR_IPC_ERROR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct fake_reply replies[] = { { NULL, rows[i].reply } };
		struct fake_daemon daemon;
		struct dmmp_context *ctx = begin(&daemon, replies);
		struct dmmp_mpath **maps = (void *)"";
		uint32_t count = 7;

		logged[0] = '\0';
		assert_int_equal(dmmp_mpath_array_get(ctx, &maps, &count), rows[i].code);
		assert_null(maps);
		assert_int_equal(count, 0);
		assert_string_equal(logged, dmmp_last_error_msg(ctx));
		assert_int_equal(!*logged, rows[i].code == DMMP_OK);
		dmmp_mpath_array_free(maps, count);
		end(&daemon, ctx);
	}
}

static void commands_end_in_the_reason_of_the_daemon(void **state)
{
	static const struct {
		const char *name, *reply, *asked;
		int code;
	} rows[] = {
		{ "mpatha", "ok\n", "del map mpatha|", DMMP_OK },
		{ "a b", "ok\n", "del map \"a b\"|", DMMP_OK },
		{ "a", "fail\nmap or partition in use\n", "del map a|", DMMP_ERR_MPATH_BUSY },
		{ "a", "fail\ndevice not found\n", "del map a|", DMMP_ERR_MPATH_NOT_FOUND },
		{ "a", "fail\npermission deny: need to be root\n", "del map a|",
		  DMMP_ERR_PERMISSION_DENY },
		{ "a", "permission deny: need to be root", "del map a|", DMMP_ERR_PERMISSION_DENY },
		{ "a", "fail\ntimeout\n", "del map a|", DMMP_ERR_IPC_TIMEOUT },
		{ "a", "fail\n", "del map a|", DMMP_ERR_BUG },
		{ "a", "?", "del map a|", DMMP_ERR_BUG },
		{ "a", "", "del map a|", DMMP_ERR_IPC_ERROR },
		{ "", "ok\n", "", DMMP_ERR_INVALID_ARGUMENT },
		{ "a\"b", "ok\n", "", DMMP_ERR_INVALID_ARGUMENT },
		{ "a\nb", "ok\n", "", DMMP_ERR_INVALID_ARGUMENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct fake_reply replies[] = { { NULL, rows[i].reply } };
		struct fake_daemon daemon;
		struct dmmp_context *ctx = begin(&daemon, replies);

		assert_int_equal(dmmp_flush_mpath(ctx, rows[i].name), rows[i].code);
		assert_string_equal(daemon.log, rows[i].asked);
		end(&daemon, ctx);
	}
}

static void a_reconfiguration_is_asked_for(void **state)
{
	static const struct fake_reply replies[] = { { "reconfigure", "ok\n" }, { NULL, NULL } };
	struct fake_daemon daemon;
	struct dmmp_context *ctx = begin(&daemon, replies);

	(void)state;
	assert_int_equal(dmmp_reconfig(ctx), DMMP_OK);
	assert_string_equal(daemon.log, "reconfigure|");
	fake_stop(&daemon);
	setenv("MULTIPATH_SOCKET_NAME", "/nonexistent/socket", 1);
	assert_int_equal(dmmp_reconfig(ctx), DMMP_ERR_NO_DAEMON);
	unsetenv("MULTIPATH_SOCKET_NAME");
	dmmp_context_free(ctx);
}

static void a_context_keeps_what_is_set(void **state)
{
	struct dmmp_context *ctx = dmmp_context_new();

	(void)state;
	assert_int_equal(dmmp_context_timeout_get(ctx), 60000);
	dmmp_context_timeout_set(ctx, 0);
	assert_int_equal(dmmp_context_timeout_get(ctx), 0);
	assert_int_equal(dmmp_context_log_priority_get(ctx), DMMP_LOG_PRIORITY_WARNING);
	dmmp_context_log_priority_set(ctx, DMMP_LOG_PRIORITY_DEBUG);
	assert_int_equal(dmmp_context_log_priority_get(ctx), DMMP_LOG_PRIORITY_DEBUG);
	assert_null(dmmp_context_userdata_get(ctx));
	dmmp_context_userdata_set(ctx, ctx);
	assert_ptr_equal(dmmp_context_userdata_get(ctx), ctx);
	assert_string_equal(dmmp_last_error_msg(ctx), "");
	dmmp_context_free(ctx);
	dmmp_context_free(NULL);
	dmmp_mpath_array_free(NULL, 0);
}

static void numbers_have_texts(void **state)
{
	(void)state;
	assert_string_equal(dmmp_strerror(0), "OK");
	assert_string_equal(dmmp_strerror(10), "Permission deny");
	assert_string_equal(dmmp_strerror(11), "Invalid argument");
	assert_string_equal(dmmp_strerror(-1), "Invalid argument");
	assert_string_equal(dmmp_log_priority_str(4), "WARNING");
	assert_string_equal(dmmp_log_priority_str(5), "Invalid argument");
	assert_string_equal(dmmp_path_status_str(6), "i/o pending");
	assert_string_equal(dmmp_path_status_str(8), "Invalid argument");
	assert_string_equal(dmmp_path_group_status_str(3), "active");
	assert_string_equal(dmmp_path_group_status_str(4), "Invalid argument");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_with_groups_and_paths_are_listed),
		cmocka_unit_test(a_listing_that_lacks_something_is_an_error),
		cmocka_unit_test(commands_end_in_the_reason_of_the_daemon),
		cmocka_unit_test(a_reconfiguration_is_asked_for),
		cmocka_unit_test(a_context_keeps_what_is_set),
		cmocka_unit_test(numbers_have_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
