/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/admission.h"

#include <errno.h>

#include "disk-found.h"
#include "base/props.h"
#include "kernel/reading.h"
#include "multipathd/control/inspections.h"

#define WWID "3600a0b80000f1234000000000000abcd"
/* "i" identity, "c" changes, "p" properties, "u" uevent, "d" details, "w" page, "r" ro */
static void parts_format(const struct mp_reading *reading, char *text, size_t size)
{
	static const char letters[] = "icpudwr";
	size_t used = 0;

	for (size_t i = 0; letters[i]; i++)
		if (reading->parts & 1u << i)
			text[used++] = letters[i];
	snprintf(text + used, size - used, "%s%s%s%s", reading->known[0] ? " unless " : "",
		 reading->known, reading->expected[0] ? ", is it " : "", reading->expected);
}

static void what_is_read_of_a_device_depends_on_why(void **state)
{
	static const struct {
		const char *config;
		unsigned reasons;
		char letter; /* 'a': the path; 'c': no path */
		bool has_event, fails; /* udev has been asked as often as it may be */
		const char *text; /* NULL: nothing is read */
	} rows[] = {
		{ "", INSPECT_LISTED, 'c', false, false, "ip" },
		{ "", INSPECT_LISTED, 'a', false, false, "ipr unless sda, is it " WWID },
		{ "", INSPECT_LISTED | INSPECT_EVENT, 'a', true, false, "ir, is it " WWID },
		{ "", INSPECT_EVENT, 'c', true, false, "i" },
		{ "", INSPECT_EXAMINED, 'a', false, false, "ipr, is it " WWID },
		{ "", INSPECT_RESOLVED, 'a', false, false, "ipdr, is it " WWID },
		{ "", INSPECT_LATE, 'a', false, true, "ipwr, is it " WWID },
		{ "", INSPECT_TOUCHED, 'a', true, false, "c" },
		{ "", INSPECT_TOUCHED, 'c', true, false, NULL },
		{ "", INSPECT_TOUCHED | INSPECT_EVENT, 'a', true, false, "ir, is it " WWID },
		{ "blacklist {\ndevnode \"^sd[ac]$\"\n}\n", INSPECT_EVENT, 'c', true, false, NULL },
		{ "blacklist {\nproperty DISKSEQ\n}\n", INSPECT_LISTED, 'c', false, false, "ipu" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct mp_reading reading = { .has_props = rows[i].has_event };
		char text[256];
		bool reads;

		world_init(&world, rows[i].config);
		strcpy(world.map->map.wwid, WWID);
		world.path->retriggers = rows[i].fails ? 3 : 0;
		reading.devt = makedev(8, 16 * (rows[i].letter - 'a'));
		snprintf(reading.name, sizeof(reading.name), "sd%c", rows[i].letter);
		reads = admission_prepare(&world.made.daemon, &reading, rows[i].reasons);
		parts_format(&reading, text, sizeof(text));
		if (reads != !!rows[i].text || (reads && strcmp(text, rows[i].text)))
			fail_msg("row %zu: \"%s\"", i, reads ? text : "nothing");
	}
}

static void udev_is_asked_a_limited_number_of_times(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "defaults {\nretrigger_tries 2\n}\n");
	world.path->path.init = MP_INIT_MISSING_UDEV;
	admission_on_missing_udev(world.path);
	admission_on_missing_udev(world.path);
	recorded_expect("trigger change of \"\"\n"
			"trigger change of \"\"\n");
	assert_int_equal(world.path->path.init, MP_INIT_REQUESTED_UDEV);
	assert_int_equal(world.path->retriggers, 2);
}

static void
a_path_that_leads_to_another_lun_gets_no_io_of_its_map_unless_that_is_one_of_its_names(void **state)
{
	static const struct {
		const char *wwid; /* of the map */
		const char *expected;
		int named;
		bool fails;
	} rows[] = {
		{ WWID, WWID, 0, true },
		{ WWID, WWID, 1, false }, /* only which of its names is taken has changed */
		{ WWID, WWID, -ENOENT, false }, /* the device has no names of its own */
		{ WWID, "", 0, true }, /* it joined the map while it was being read */
		{ WWID, "3600a0b80000f1234000000000000abce", 1, true }, /* another map */
		{ "w", "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct mp_reading reading = { .parts = MP_READ_IDENTITY | MP_READ_PROPS,
					      .named = rows[i].named,
					      .has_props = true };

		world_init(&world, "");
		strcpy(world.map->map.wwid, rows[i].wwid);
		reading.identity = world.identity;
		reading.devt = world.identity.devt;
		strcpy(reading.name, "sda");
		strcpy(reading.dir, "sda");
		strcpy(reading.expected, rows[i].expected);
		assert_int_equal(mp_props_add(&reading.props, "ID_SERIAL", "other"), 0);
		assert_int_equal(mp_props_add(&reading.props, "ID_WWN", "other"), 0);
		assert_int_equal(admission_take(&world.made.daemon, &reading, INSPECT_EVENT), 1);
		assert_int_equal(strstr(mp_strbuf_text(&recorded.text), "fail_path") != NULL,
				 rows[i].fails);
		assert_string_equal(paths_find_name(&world.made.inventory, "sda")->path.map->wwid,
				    "other");
		mp_reading_fini(&reading);
	}
}

static void a_path_is_in_doubt_as_soon_as_an_event_has_news_of_it(void **state)
{
	static const struct {
		bool is_news, was_asked; /* by the daemon itself */
		/* for an earlier event: the disk may have been another one for a while */
		bool is_read;
		bool doubts, reads;
	} rows[] = {
		{ true, false, false, true, true },
		{ false, false, false, false, true },
		{ false, false, true, true, true },
		{ false, true, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_props props = MP_PROPS_INIT;
		_cleanup_world_ struct world world;
		struct daemon *daemon = &world.made.daemon;

		world_init(&world, "");
		assert_int_equal(inspections_new(daemon, &mp_roots_system, &admission_inspects,
						 &daemon->inspections),
				 0);
		world.path->claim_asked = rows[i].was_asked;
		if (rows[i].is_read)
			assert_int_equal(admission_ask(world.path, INSPECT_EVENT), 0);
		assert_int_equal(admission_on_event(daemon,
						    &(struct inspection_ask){
							    .devt = world.path->path.identity.devt,
							    .name = "sda",
							    .dir = "sda",
							    .props = &props },
						    rows[i].is_news),
				 0);
		assert_int_equal(mp_path_is_proven(&world.path->path), !rows[i].doubts);
		recorded_expect("");
		inspections_go(daemon->inspections);
		recorded_expect(rows[i].reads ? "work\n" : "");
		recorded_return_works();
		daemon->inspections = inspections_free(daemon->inspections);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_of_a_device_depends_on_why),
		cmocka_unit_test(udev_is_asked_a_limited_number_of_times),
		cmocka_unit_test(
			a_path_that_leads_to_another_lun_gets_no_io_of_its_map_unless_that_is_one_of_its_names),
		cmocka_unit_test(a_path_is_in_doubt_as_soon_as_an_event_has_news_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
