/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/bindings.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/mangling.h"
#include "config/state_file.h"
#include "hostile.h"
#include "scratch_dir.h"

#define HEADER \
	"# Multipath bindings, Version : 1.0\n" \
	"# NOTE: this file is automatically maintained by the multipath program.\n" \
	"# You should not need to edit this file in normal circumstances.\n" \
	"#\n" \
	"# Format:\n" \
	"# alias wwid\n" \
	"#\n"

/* The messages, one per line: "LEVEL TEXT". */
static void collect(void *userdata, enum mp_severity severity, int level, const char *text)
{
	assert_int_equal(severity, MP_SEVERITY_WARNING);
	mp_strbuf_printf(userdata, "%d %s\n", level, text);
}

static struct mp_bindings *parse(const char *text)
{
	struct mp_bindings *bindings;

	assert_int_equal(mp_bindings_new(&bindings), 0);
	assert_true(mp_bindings_parse(bindings, "f", text, strlen(text), NULL, NULL, NULL) >= 0);
	return bindings;
}

static void assert_text(const struct mp_bindings *bindings, const char *lines)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(mp_bindings_format(bindings, &text), 0);
	assert_int_equal(strncmp(text, HEADER, strlen(HEADER)), 0);
	assert_string_equal(text + strlen(HEADER), lines);
}

/* A configuration with one multipath section: @alias for @wwid. */
static struct mp_config *configuration(const char *dir, const char *wwid, const char *alias)
{
	char path[PATH_MAX], text[512];
	const struct mp_config_source source = { .file = scratch_path(dir, "conf", path),
						 .verbosity = -1 };
	struct mp_config *config;

	snprintf(text, sizeof(text),
		 "multipaths {\n\tmultipath {\n\t\twwid %s\n\t\talias %s\n\t}\n}\n", wwid, alias);
	scratch_write(dir, "conf", text);
	assert_int_equal(mp_config_load(&source, &config), 0);
	return config;
}

static void numbers_are_letters_in_bijective_base_26(void **state)
{
	static const struct {
		unsigned number;
		const char *letters;
	} cases[] = {
		{ 1, "a" },	  { 2, "b" },	     { 26, "z" },     { 27, "aa" },
		{ 52, "az" },	  { 53, "ba" },	     { 702, "zz" },   { 703, "aaa" },
		{ 18278, "zzz" }, { 18279, "aaaa" }, { 1024, "amj" }, { 2147483647, "fxshrxw" },
	};
	static const char *const none[] = { "",	       "A",	  "a1",	      "a ",
					    "fxshrxx", "zzzzzzz", "aaaaaaaa", "\xc3\xa4" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char letters[MP_BINDINGS_NUMBER_SIZE];

		mp_bindings_format_number(cases[i].number, letters);
		assert_string_equal(letters, cases[i].letters);
		assert_int_equal(mp_bindings_parse_number(cases[i].letters), cases[i].number);
	}
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		assert_int_equal(mp_bindings_parse_number(none[i]), 0);
}

static void bindings_are_sorted_by_length_and_name(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings =
		parse("mpathaa w4\r\nmpathb w2\n zz w1 # comment\nmpatha\tw3\n# mpathc w5\n\r\n");

	(void)state;
	assert_text(bindings, "zz w1\nmpatha w3\nmpathb w2\nmpathaa w4\n");
	assert_string_equal(mp_bindings_alias(bindings, "w4"), "mpathaa");
	assert_string_equal(mp_bindings_wwid(bindings, "mpatha"), "w3");
	assert_null(mp_bindings_alias(bindings, "w5"));
	assert_null(mp_bindings_wwid(bindings, "mpathc"));
}

static void the_first_of_several_aliases_of_a_wwid_applies(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings =
		parse("v w2\nmpathz w\nmpathaa w\nmpathb w\n");

	(void)state;
	assert_string_equal(mp_bindings_alias(bindings, "w"), "mpathz");
	assert_text(bindings, "v w2\nmpathz w\nmpathb w\nmpathaa w\n");
}

static void notes_are_read_back_as_written(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("mpatha before\n"),
							*loaded = parse("");
	_cleanup_free_ char *text = NULL, *written = NULL;
	char alias[160];

	for (size_t i = 0; i < ARRAY_SIZE(hostile_words); i++) {
		struct mp_alias_request request = { .wwid = hostile_words[i],
						    .user_friendly = true,
						    .old = hostile_words[i] };
		_cleanup_free_ char *name = NULL, *other = NULL;
		bool changed;

		/* the word as a WWID, then as a name */
		snprintf(alias, sizeof(alias), "name%zu", i);
		request.old = alias;
		assert_int_equal(mp_bindings_choose(bindings, &request, &name, &changed), 0);
		assert_true(changed);
		request.old = hostile_words[i];
		request.wwid = alias;
		assert_int_equal(mp_bindings_choose(bindings, &request, &other, &changed), 0);
		assert_string_equal(other, hostile_words[i]);
		assert_int_equal(changed, mp_mangling_can_name(hostile_words[i]));
	}
	assert_int_equal(mp_bindings_format(bindings, &text), 0);
	assert_int_equal(mp_bindings_write(*state, text, &written), 0);
	assert_string_equal(written, text); /* otherwise it would be written over and over */
	assert_int_equal(mp_bindings_load(loaded, *state, false, NULL, NULL, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(hostile_words); i++) {
		snprintf(alias, sizeof(alias), "name%zu", i);
		assert_string_equal(mp_bindings_wwid(loaded, alias), hostile_words[i]);
		if (mp_mangling_can_name(hostile_words[i]))
			assert_string_equal(mp_bindings_wwid(loaded, hostile_words[i]), alias);
	}
	assert_string_equal(mp_bindings_wwid(loaded, "mpatha"), "before");
}

static void the_name_in_force_survives_writes(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("mpatha w\nmpathb v\n");
	_cleanup_free_ char *name = NULL, *text = NULL, *written = NULL, *again = NULL;
	struct mp_alias_request request = { .wwid = "w", .user_friendly = true, .old = "mpathq" };
	bool changed;

	assert_int_equal(mp_bindings_choose(bindings, &request, &name, &changed), 0);
	assert_string_equal(name, "mpathq");
	assert_int_equal(mp_bindings_format(bindings, &text), 0);
	scratch_write(*state, "bindings", "mpatha w\nmpathc u\n");
	assert_int_equal(mp_bindings_write(*state, text, &written), 0);
	assert_string_equal(strstr(written, "#\nmpath") + 2,
			    "mpathb v\nmpathc u\nmpathq w\nmpatha w\n");
	/* a program with fewer bindings does not reverse it */
	assert_int_equal(mp_bindings_write(*state, "mpatha w\n", &again), 0);
	assert_string_equal(again, written);
}

static void bad_lines_are_reported_and_skipped(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = NULL;
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT, text = MP_STRBUF_INIT;

	(void)state;
	mp_strbuf_puts(&text, HEADER "alone\na w1 extra words\na w2\na w1\nin/valid w3\nlong ");
	mp_strbuf_fill(&text, 'w', 128);
	mp_strbuf_puts(&text, "\nfits ");
	mp_strbuf_fill(&text, 'w', 127);
	assert_int_equal(mp_bindings_new(&bindings), 0);
	assert_int_equal(mp_bindings_parse(bindings, "/f", text.text, text.length, NULL, collect,
					   &told),
			 1);
	assert_string_equal(
		mp_strbuf_text(&told),
		"1 /f:8: warning: alone has no WWID, line ignored\n"
		"1 /f:9: warning: ignoring extra word extra after ALIAS WWID\n"
		"0 /f:10: warning: a is bound to w1 already, binding to w2 dropped\n"
		"2 /f:11: warning: binding of a repeated\n"
		"1 /f:12: warning: invalid device name in/valid, line ignored\n"
		"1 /f:13: warning: WWID of long is longer than 127 characters, line ignored\n");
	assert_string_equal(mp_bindings_wwid(bindings, "a"), "w1");
	assert_non_null(mp_bindings_wwid(bindings, "fits"));
	assert_null(mp_bindings_wwid(bindings, "long"));
}

static void a_file_with_header_and_without_contradictions_is_fine(void **state)
{
	static const struct {
		const char *text;
		int rewrite;
	} cases[] = {
		{ HEADER, 0 },	{ HEADER "a w\nb v", 0 }, { HEADER "b w\na w\n", 0 }, { "", 1 },
		{ "a w\n", 1 }, { "\n" HEADER, 1 },	  { HEADER "a w\na v\n", 1 },
	};
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = NULL;

	(void)state;
	assert_int_equal(mp_bindings_new(&bindings), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(mp_bindings_parse(bindings, "f", cases[i].text,
						   strlen(cases[i].text), NULL, NULL, NULL),
				 cases[i].rewrite);
}

static void loading_creates_the_file_with_its_header(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("old w\n");
	_cleanup_free_ char *text = NULL;
	char dir[PATH_MAX];

	scratch_path(*state, "state", dir);
	assert_int_equal(mp_bindings_load(bindings, dir, false, NULL, NULL, NULL), 0);
	text = scratch_read(dir, "bindings");
	assert_string_equal(text, HEADER);
	assert_int_equal(scratch_mode(*state, "state"), 0700);
	assert_int_equal(scratch_mode(dir, "bindings"), 0600);
	assert_null(mp_bindings_wwid(bindings, "old"));
}

static void loading_read_only_writes_nothing(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("");
	_cleanup_free_ char *text = NULL;

	assert_int_equal(mp_bindings_load(bindings, *state, true, NULL, NULL, NULL), 0);
	assert_false(scratch_exists(*state, "bindings"));
	scratch_write(*state, "bindings", "b w\na v\n");
	assert_int_equal(mp_bindings_load(bindings, *state, true, NULL, NULL, NULL), 0);
	text = scratch_read(*state, "bindings");
	assert_string_equal(text, "b w\na v\n");
	assert_string_equal(mp_bindings_alias(bindings, "v"), "a");
}

static void a_configured_alias_takes_precedence_over_a_binding(void **state)
{
	_cleanup_(mp_config_freep) struct mp_config *config = configuration(*state, "v", "b");
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("");
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_free_ char *text = NULL;

	scratch_write(*state, "bindings", HEADER "a w\nb w\n");
	assert_int_equal(mp_bindings_load(bindings, *state, false, config, collect, &told), 0);
	assert_non_null(strstr(
		mp_strbuf_text(&told),
		"/bindings:9: warning: b is configured as the alias of v, binding to w dropped\n"));
	text = scratch_read(*state, "bindings");
	assert_string_equal(text, HEADER "a w\n");
}

static void a_file_that_cannot_be_read_leaves_the_bindings_in_memory(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("a w\n");
	char path[PATH_MAX];

	assert_int_equal(mkdir(scratch_path(*state, "bindings", path), 0700), 0);
	assert_int_equal(mp_bindings_load(bindings, *state, false, NULL, NULL, NULL), -EISDIR);
	assert_string_equal(mp_bindings_wwid(bindings, "a"), "w");
}

static void a_name_assigned_by_another_program_meanwhile_is_respected(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings =
		parse("mpatha w1\nmpathb w2\nmpathe w5\n");
	_cleanup_free_ char *written = NULL, *text = NULL;

	scratch_write(*state, "bindings", HEADER "mpatha w1\nmpathb w4\nmpathc w3\n");
	assert_int_equal(mp_bindings_write(*state, "mpatha w1\nmpathb w2\nmpathd w6\n", &written),
			 0);
	assert_string_equal(written, HEADER "mpatha w1\nmpathb w4\nmpathc w3\nmpathd w6\n");
	text = scratch_read(*state, "bindings");
	assert_string_equal(text, written);

	/* A map that has lost its name gets another one; a name chosen after the write is kept. */
	assert_int_equal(mp_bindings_adopt(bindings, written, NULL), 0);
	assert_text(bindings, "mpatha w1\nmpathb w4\nmpathc w3\nmpathd w6\nmpathe w5\n");
	assert_null(mp_bindings_alias(bindings, "w2"));
}

static void adopted_bindings_do_not_contradict_the_configuration(void **state)
{
	_cleanup_(mp_config_freep) struct mp_config *config = configuration(*state, "v", "b");
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("a w1\n");

	assert_int_equal(mp_bindings_adopt(bindings, "b w2\nc w3\n", config), 0);
	assert_text(bindings, "a w1\nc w3\n");
}

static void many_writers_lose_nothing(void **state)
{
	enum { WRITERS = 4, EACH = 20 };
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("");

	for (int writer = 0; writer < WRITERS; writer++) {
		if (fork() != 0)
			continue;
		for (int i = 0; i < EACH; i++) {
			_cleanup_free_ char *written = NULL;
			char line[64];

			snprintf(line, sizeof(line), "alias%d-%d w%d-%d\n", writer, i, writer, i);
			if (mp_bindings_write(*state, line, &written) < 0)
				_exit(1);
		}
		_exit(0);
	}
	for (int writer = 0; writer < WRITERS; writer++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(mp_bindings_load(bindings, *state, true, NULL, NULL, NULL), 0);
	for (int i = 0; i < WRITERS * EACH; i++) {
		char alias[32];

		snprintf(alias, sizeof(alias), "alias%d-%d", i / EACH, i % EACH);
		assert_non_null(mp_bindings_wwid(bindings, alias));
	}
}

/* Writes two texts alternately, until it is killed. */
static pid_t writer_start(const char *dir, const char *one, const char *other)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;) {
			if (mp_state_file_replace(dir, "bindings", one, strlen(one)) < 0 ||
			    mp_state_file_replace(dir, "bindings", other, strlen(other)) < 0)
				_exit(1);
		}
	}
	return pid;
}

static void a_kill_at_any_moment_leaves_a_whole_file(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf one = MP_STRBUF_INIT, other = MP_STRBUF_INIT;
	_cleanup_free_ char *written = NULL;

	for (unsigned i = 0; i < 4000; i++) {
		mp_strbuf_printf(&one, "mpath%u 3600%u\n", i, i);
		mp_strbuf_printf(&other, "alias%u %u\n", i, i);
	}
	scratch_write(*state, "bindings", one.text);
	for (unsigned i = 0; i < 25; i++) {
		pid_t pid = writer_start(*state, one.text, other.text);
		_cleanup_free_ char *text = NULL;

		usleep(500 + 900 * i); /* at any moment */
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		text = scratch_read(*state, "bindings");
		assert_true(strcmp(text, one.text) == 0 || strcmp(text, other.text) == 0);
	}
	assert_int_equal(mp_bindings_write(*state, "new w\n", &written), 0);
}

/* The names that belong to other WWIDs in the kernel are the words of @userdata. */
static bool is_word(void *userdata, const char *name, const char *wwid)
{
	_cleanup_free_ char *words = strdup(userdata);
	char *rest;

	assert_non_null(wwid);
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (strcmp(word, name) == 0)
			return true;
	}
	return false;
}

static void a_name_is_chosen_by_the_first_rule_that_applies(void **state)
{
	static const struct {
		const char *bound;
		struct mp_alias_request request;
		const char *taken, *name, *then; /* bindings afterwards, NULL: unchanged */
	} cases[] = {
		/* configured, or no friendly names */
		{ "mpatha w\n",
		  { .configured = "conf", .user_friendly = true, .old = "mpatha" },
		  "",
		  "conf",
		  NULL },
		{ "mpatha w\n", { .user_friendly = false }, "", "w", NULL },
		/* the kernel's name: bound to the WWID */
		{ "mpatha w\nmpathb w\n",
		  { .user_friendly = true, .old = "mpathb" },
		  "",
		  "mpathb",
		  NULL },
		{ "mpatha w\n",
		  { .user_friendly = true, .old = "mpatha" },
		  "mpatha",
		  "mpatha",
		  NULL },
		/*
		 * or to another one: no map is renamed because of a file, and the file loses no
		 * line
		 */
		{ "mpatha v\nmpathb w\n",
		  { .user_friendly = true, .old = "mpatha" },
		  "",
		  "mpatha",
		  NULL },
		{ "mpatha v\n", { .user_friendly = true, .old = "mpatha" }, "", "mpatha", NULL },
		/* the binding, unless another device has the name */
		{ "mpathx w\n", { .user_friendly = true }, "", "mpathx", NULL },
		{ "mpathx w\n", { .user_friendly = true }, "mpathx", "w", NULL },
		/* the kernel's name is adopted; the former binding stays, after it */
		{ "", { .user_friendly = true, .old = "mpathq" }, "", "mpathq", "mpathq w\n" },
		{ "", { .user_friendly = true, .old = "other" }, "", "other", "other w\n" },
		{ "mpathx w\n",
		  { .user_friendly = true, .old = "mpathy" },
		  "",
		  "mpathy",
		  "mpathy w\nmpathx w\n" },
		/* unless it is the WWID */
		{ "", { .user_friendly = true, .old = "w" }, "", "mpatha", "mpatha w\n" },
		/* the lowest free number */
		{ "", { .user_friendly = true }, "", "mpatha", "mpatha w\n" },
		{ "mpatha 1\nmpathc 3\n",
		  { .user_friendly = true },
		  "",
		  "mpathb",
		  "mpatha 1\nmpathb w\nmpathc 3\n" },
		{ "mpatha 1\n",
		  { .user_friendly = true },
		  "mpathb mpathc",
		  "mpathd",
		  "mpatha 1\nmpathd w\n" },
		{ "mpatha 1\n",
		  { .user_friendly = true, .prefix = "disk" },
		  "",
		  "diska",
		  "diska w\nmpatha 1\n" },
		/* a prefix that leaves no room for letters */
		{ "", { .user_friendly = true, .prefix = HOSTILE_127 }, "", "w", NULL },
		/* nothing new is bound */
		{ "mpatha w\n", { .user_friendly = true, .read_only = true }, "", "mpatha", NULL },
		{ "", { .user_friendly = true, .read_only = true }, "", "w", NULL },
		{ "",
		  { .user_friendly = true, .read_only = true, .old = "mpathq" },
		  "",
		  "mpathq",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse(cases[i].bound);
		struct mp_alias_request request = cases[i].request;
		_cleanup_free_ char *name = NULL;
		bool changed;

		request.wwid = "w";
		request.prefix = request.prefix ? request.prefix : "mpath";
		request.taken = is_word;
		request.userdata = (void *)(uintptr_t)cases[i].taken;
		assert_int_equal(mp_bindings_choose(bindings, &request, &name, &changed), 0);
		if (strcmp(name, cases[i].name) != 0)
			fail_msg("case %zu: %s instead of %s", i, name, cases[i].name);
		assert_int_equal(changed, cases[i].then != NULL);
		assert_text(bindings, cases[i].then ? cases[i].then : cases[i].bound);
	}
}

static void a_name_configured_for_another_wwid_is_not_assigned(void **state)
{
	_cleanup_(mp_config_freep) struct mp_config *config = configuration(*state, "v", "mpatha");
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("");
	_cleanup_free_ char *name = NULL, *adopted = NULL;
	struct mp_alias_request request = {
		.wwid = "w", .user_friendly = true, .prefix = "mpath", .config = config
	};
	bool changed;

	assert_int_equal(mp_bindings_choose(bindings, &request, &name, &changed), 0);
	assert_string_equal(name, "mpathb");
	request.wwid = "x";
	request.old = "mpatha";
	assert_int_equal(mp_bindings_choose(bindings, &request, &adopted, &changed), 0);
	assert_string_equal(adopted, "mpathc");
}

static void thousands_of_maps_get_the_lowest_free_names_in_order(void **state)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = parse("");
	struct mp_alias_request request = { .user_friendly = true, .prefix = "mpath" };
	bool changed;

	(void)state;
	for (unsigned i = 1; i <= 4096; i++) {
		char wwid[32], expected[32] = "mpath";
		_cleanup_free_ char *name = NULL;

		snprintf(wwid, sizeof(wwid), "3600%u", i);
		mp_bindings_format_number(i, expected + 5);
		request.wwid = wwid;
		assert_int_equal(mp_bindings_choose(bindings, &request, &name, &changed), 0);
		assert_string_equal(name, expected);
		assert_true(changed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_letters_in_bijective_base_26),
		cmocka_unit_test(bindings_are_sorted_by_length_and_name),
		cmocka_unit_test(the_first_of_several_aliases_of_a_wwid_applies),
		scratch_test(notes_are_read_back_as_written),
		scratch_test(the_name_in_force_survives_writes),
		cmocka_unit_test(bad_lines_are_reported_and_skipped),
		cmocka_unit_test(a_file_with_header_and_without_contradictions_is_fine),
		scratch_test(loading_creates_the_file_with_its_header),
		scratch_test(loading_read_only_writes_nothing),
		scratch_test(a_configured_alias_takes_precedence_over_a_binding),
		scratch_test(a_file_that_cannot_be_read_leaves_the_bindings_in_memory),
		scratch_test(a_name_assigned_by_another_program_meanwhile_is_respected),
		scratch_test(adopted_bindings_do_not_contradict_the_configuration),
		scratch_test(many_writers_lose_nothing),
		scratch_test(a_kill_at_any_moment_leaves_a_whole_file),
		cmocka_unit_test(a_name_is_chosen_by_the_first_rule_that_applies),
		scratch_test(a_name_configured_for_another_wwid_is_not_assigned),
		cmocka_unit_test(thousands_of_maps_get_the_lowest_free_names_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
