/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include <errno.h>

#include "base/cleanup.h"
#include "multipathd/commands/call.h"
#include "multipathd/commands/commands.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/jobs/registrants.h"
#include "multipathd/loop/server.h"

enum { KEY = 0x123abc };

/* A daemon of its sets alone, and one map, "mpatha", of two paths. */
struct served {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *paths[2];
	const struct details *details; /* of the next call; NULL: nothing was read */
};

/* What registrants_read() was asked for. */
static struct {
	unsigned count;
	const struct daemon_map *only;
} reading;

/* Replaces that of jobs/registrants.c. */
int registrants_read(struct daemon *daemon, const struct daemon_map *only,
		     const struct request *request, serve_fn then)
{
	(void)daemon;
	(void)request;
	(void)then;
	reading.count++;
	reading.only = only;
	return 0;
}

static int served_setup(void **state)
{
	static struct served served;

	memset(&served, 0, sizeof(served));
	memset(&reading, 0, sizeof(reading));
	made_init(&served.made, "");
	served.map = made_map(&served.made, "wwid-a");
	made_exists(served.map, "mpatha");
	for (int i = 0; i < 2; i++)
		served.paths[i] = made_path(&served.made, 'a' + i, served.map);
	*state = &served;
	return 0;
}

static int served_teardown(void **state)
{
	struct served *served = *state;

	made_fini(&served->made);
	return 0;
}

/* Return: what the client gets, until the next call. */
static const char *ask(struct served *served, const char *text)
{
	static char reply[1024];
	const struct request request = { .id = 1, .is_root = true, .text = text };
	struct command_line line;
	struct command_call call = { .daemon = &served->made.daemon,
				     .request = &request,
				     .details = served->details };
	size_t count;
	const struct command *table = commands_table(&count);

	assert_int_equal(grammar_parse(table, count, text, &line), GRAMMAR_OK);
	call.command = line.command;
	call.arguments = line.arguments;
	line.command->handler(&call);
	assert_false(call.postponed);
	snprintf(reply, sizeof(reply), "%s",
		 call.deferred	   ? "later" :
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
		"unsetprstatus map mpathb pathlist sda",
		"show map mpathb reservations",
		"show map mpathb reservations json",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(ask(*state, texts[i]), "device not found");
}

static void arrays_are_asked_before_reservations_are_shown(void **state)
{
	struct served *served = *state;

	assert_string_equal(ask(served, "show reservations"), "later");
	assert_int_equal(reading.count, 1);
	assert_null(reading.only);
	assert_string_equal(ask(served, "show map mpatha reservations json"), "later");
	assert_int_equal(reading.count, 2);
	assert_ptr_equal(reading.only, served->map);
}

/* The second line of the table, as the array has answered. */
static const char *show(struct served *served, const struct registrants *answer)
{
	const struct details details = { .registrants = answer, .registrant_count = 1 };
	const char *text;

	served->details = &details;
	text = ask(served, "show reservations");
	served->details = NULL;
	return strchrnul(text, '\n') + 1;
}

static struct registrants answered(int error, size_t own_count, uint64_t holder, uint8_t type)
{
	return (struct registrants){ .wwid = "wwid-a",
				     .key = { .key = KEY },
				     .error = error,
				     .count = own_count + 1,
				     .own_count = own_count,
				     .holder = { .held = type != 0, .key = holder, .type = type } };
}

static void what_the_array_says_counts_more_than_what_was_known(void **state)
{
	enum { UNKNOWN = RESERVATION_UNKNOWN, UNSET = RESERVATION_UNSET, SET = RESERVATION_SET };
	static const struct {
		int registered, held; /* enum reservation_flag */
		bool lost;
		int error;
		size_t own_count;
		uint64_t holder;
		uint8_t type;
		const char
			*text; /* from the state on; registered since second 60, held since 120 */
	} rows[] = {
		{ SET, UNSET, false, 0, 2, 0, 0, "registered 2/2 1970-01-01T00:01:00Z 3 none -" },
		{ SET, SET, false, 0, 2, KEY, 5,
		  "holder 2/2 1970-01-01T00:02:00Z 3 0x123abc WE-RO" },
		/* not by this host's mpathpersist */
		{ SET, UNKNOWN, false, 0, 2, KEY, 1, "holder 2/2 - 3 0x123abc WE" },
		{ SET, SET, false, 0, 2, 0, 7, "holder 2/2 1970-01-01T00:02:00Z 3 all WE-AR" },
		/* another host has preempted the reservation, or the registration as well */
		{ SET, SET, false, 0, 2, 1, 3, "registered 2/2 1970-01-01T00:01:00Z 3 0x1 EA" },
		{ SET, SET, false, 0, 0, 1, 6, "lost 0/2 - 1 0x1 EA-RO" },
		{ UNSET, UNSET, true, 0, 0, 1, 6, "lost 0/2 1970-01-01T00:01:00Z 1 0x1 EA-RO" },
		{ UNSET, UNSET, false, 0, 0, 0, 0,
		  "unregistered 0/2 1970-01-01T00:01:00Z 1 none -" },
		{ UNSET, UNSET, false, 0, 2, 0, 0, "untracked 2/2 - 3 none -" },
		{ UNKNOWN, UNKNOWN, false, 0, 2, 0, 0, "unknown 2/2 - 3 none -" },
		/* no answer */
		{ SET, SET, false, -ETIMEDOUT, 0, 0, 0,
		  "holder 2/2 1970-01-01T00:02:00Z - no-answer -" },
		{ SET, UNSET, false, -ENODEV, 0, 0, 0,
		  "registered 2/2 1970-01-01T00:01:00Z - no-path -" },
		{ UNSET, UNSET, true, -EIO, 0, 0, 0, "lost 2/2 1970-01-01T00:01:00Z - error -" },
		{ UNKNOWN, UNKNOWN, false, -EIO, 0, 0, 0, "unknown 2/2 - - error -" },
	};
	struct served *served = *state;

	for (int i = 0; i < 2; i++)
		served->paths[i]->registered_key = KEY;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct registrants answer =
			answered(rows[i].error, rows[i].own_count, rows[i].holder, rows[i].type);
		_cleanup_strbuf_ struct mp_strbuf expected = MP_STRBUF_INIT;
		char words[8][32];

		served->map->reservation = (struct reservation){ .registered = rows[i].registered,
								 .held = rows[i].held,
								 .lost = rows[i].lost,
								 .registered_since = 60,
								 .held_since = 120 };
		assert_int_equal(sscanf(show(served, &answer),
					"%31s %31s %31s %31s %31s %31s %31s %31s", words[0],
					words[1], words[2], words[3], words[4], words[5], words[6],
					words[7]),
				 8);
		assert_string_equal(words[0], "mpatha");
		assert_string_equal(words[1], "0x123abc");
		for (int word = 2; word < 8; word++)
			mp_strbuf_printf(&expected, "%s%s", word == 2 ? "" : " ", words[word]);
		assert_string_equal(mp_strbuf_text(&expected), rows[i].text);
	}
}

static void paths_that_another_key_was_registered_on_do_not_count(void **state)
{
	struct registrants answer = answered(0, 1, 0, 0);
	struct served *served = *state;

	served->map->reservation.registered = RESERVATION_SET;
	served->paths[0]->registered_key = KEY;
	served->paths[1]->registered_key = KEY + 1;
	assert_non_null(strstr(show(served, &answer), " 1/2 "));
	answer.key.key = 0;
	served->paths[1]->registered_key = 0;
	assert_non_null(strstr(show(served, &answer), "mpatha none no-key 0/2 "));
}

static void a_map_that_is_gone_meanwhile_is_left_out(void **state)
{
	const struct registrants answer = { .wwid = "wwid-b" };
	const struct details details = { .registrants = &answer, .registrant_count = 1 };
	struct served *served = *state;

	served->details = &details;
	assert_string_equal(ask(served, "show reservations"), "ok\n");
	assert_non_null(strstr(ask(served, "show reservations json"), "\"reservations\":["));
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
		cmocka_unit_test_setup_teardown(arrays_are_asked_before_reservations_are_shown,
						served_setup, served_teardown),
		cmocka_unit_test_setup_teardown(what_the_array_says_counts_more_than_what_was_known,
						served_setup, served_teardown),
		cmocka_unit_test_setup_teardown(
			paths_that_another_key_was_registered_on_do_not_count, served_setup,
			served_teardown),
		cmocka_unit_test_setup_teardown(a_map_that_is_gone_meanwhile_is_left_out,
						served_setup, served_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
