/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "base/cleanup.h"
#include "multipathd/commands/call.h"
#include "multipathd/commands/commands.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"

/* A daemon of its sets alone, and one map, "mpatha". */
struct served {
	struct daemon daemon;
	struct daemon_map *map;
	struct mp_strbuf reply;
	const char *failure;
};

static int served_setup(void **state)
{
	static struct served served;
	const struct inventory_options options = { .grouping = -1, .verbosity = -1 };

	memset(&served, 0, sizeof(served));
	mp_hash_register_thread();
	assert_int_equal(inventory_init(&served.daemon.inventory, &options, &made_kinds, NULL), 0);
	assert_int_equal(maps_new(&served.daemon.inventory, "wwid-a", &served.map), 0);
	made_exists(served.map, "mpatha");
	*state = &served;
	return 0;
}

static int served_teardown(void **state)
{
	struct served *served = *state;

	maps_free(served->map);
	inventory_fini(&served->daemon.inventory);
	mp_hash_unregister_thread();
	return 0;
}

/* Return: what the client gets, until the next call. */
static const char *ask(struct served *served, const char *text)
{
	static char reply[256];
	const struct request request = { .id = 1, .is_root = true, .text = text };
	struct command_line line;
	struct command_call call = { .daemon = &served->daemon, .request = &request };
	size_t count;
	const struct command *table = commands_table(&count);

	assert_int_equal(grammar_parse(table, count, text, &line), GRAMMAR_OK);
	call.command = line.command;
	call.arguments = line.arguments;
	line.command->handler(&call);
	assert_false(call.deferred || call.postponed);
	snprintf(reply, sizeof(reply), "%s",
		 call.failure	   ? call.failure :
		 call.reply.length ? mp_strbuf_text(&call.reply) :
				     "ok\n");
	mp_strbuf_fini(&call.reply);
	return reply;
}

static void a_hold_is_unknown_until_it_is_set_or_unset(void **state)
{
	struct served *served = *state;

	assert_string_equal(ask(served, "getprhold map mpatha"), "unknown\n");
	assert_string_equal(ask(served, "setprhold map mpatha"), "ok\n");
	assert_string_equal(ask(served, "getprhold map mpatha"), "set\n");
	assert_string_equal(ask(served, "unsetprhold map mpatha"), "ok\n");
	assert_string_equal(ask(served, "getprhold map mpatha"), "unset\n");
}

static void a_key_is_printed_as_it_was_given(void **state)
{
	struct served *served = *state;

	assert_string_equal(ask(served, "getprkey map mpatha"), "none\n");
	served->map->reservation.key.key = 0x123abc;
	assert_string_equal(ask(served, "getprkey map mpatha"), "0x123abc\n");
	served->map->reservation.key.aptpl = true;
	assert_string_equal(ask(served, "getprkey map mpatha"), "0x123abc:aptpl\n");
	assert_string_equal(ask(served, "setprkey map mpatha key nonsense"), "");
	assert_int_equal(served->map->reservation.key.key, 0x123abc);
}

static void an_unknown_map_is_not_found(void **state)
{
	static const char *const texts[] = {
		"getprstatus map mpathb",
		"setprstatus map mpathb",
		"unsetprstatus map mpathb",
		"getprkey map mpathb",
		"setprkey map mpathb key 0x1",
		"unsetprkey map mpathb",
		"getprhold map mpathb",
		"setprhold map mpathb",
		"setprstatus map mpathb pathlist sda",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(ask(*state, texts[i]), "device not found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_hold_is_unknown_until_it_is_set_or_unset,
						served_setup, served_teardown),
		cmocka_unit_test_setup_teardown(a_key_is_printed_as_it_was_given, served_setup,
						served_teardown),
		cmocka_unit_test_setup_teardown(an_unknown_map_is_not_found, served_setup,
						served_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
