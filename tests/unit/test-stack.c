/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The work of workers with the inputs that need the deepest stack: never more than half of a
 * worker's stack.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "config/pattern.h"
#include "config/check.h"
#include "multipathd/loop/pool.h"
#include "tests/unit/painted_stack.h"

#define assert_shallow(used) assert_in_range(used, 1, pool_stack_size() / 2)

struct expression {
	const char *text, *subject;
	int result;
};

static void *expression_use(void *userdata)
{
	struct expression *expression = userdata;
	struct mp_pattern pattern;

	expression->result = mp_pattern_init(&pattern, expression->text);
	if (expression->result == 0)
		mp_pattern_matches(&pattern, expression->subject);
	mp_pattern_fini(&pattern);
	return NULL;
}

/* @count times @repeated between the others; without @repeated: @count as a number */
static char *spell(const char *before, const char *repeated, const char *after, unsigned count)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

	mp_strbuf_puts(&text, before);
	if (!repeated)
		mp_strbuf_printf(&text, "%u", count);
	for (unsigned i = 0; repeated && i < count; i++)
		mp_strbuf_puts(&text, repeated);
	mp_strbuf_puts(&text, after);
	return strdup(text.text);
}

static size_t expression_depth(const char *text, int *result)
{
	struct expression expression = {
		.text = text,
		.subject = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"
	};
	/* Larger than a worker's, to measure an excess instead of crashing. */
	size_t used = painted_stack_run(4 * pool_stack_size(), expression_use, &expression);

	*result = expression.result;
	return used;
}

/* The largest of its kind that is accepted. */
static void no_accepted_expression_needs_half_of_a_workers_stack(void **state)
{
	static const struct {
		const char *before, *repeated, *after;
	} kinds[] = {
		{ "", "a?", "" },	 { "", "a*", "" },	    { "", "a+", "" },
		{ "(a?){", NULL, "}" },	 { "(|a){", NULL, "}" },    { "(", "|", ")*" },
		{ "", "a|", "b*" },	 { "", "()", "" },	    { "", "(a*)*", "" },
		{ "a{0,", NULL, "}" },	 { "(a|b|c){", NULL, "}" }, { "(|||||){", NULL, "}" },
		{ "", "(a)\\1", "" },	 { "", "^", "x*" },	    { "", "$", "x*" },
		{ "", "(^)", "x*" },	 { "(a|b*){", NULL, "}" },  { "((a|b)|c){", NULL, "}" },
		{ "", "(.|.|.)", "x*" }, { "", "(a{1,2})", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		unsigned taken = 0, refused = 20000;
		size_t used = 0;

		while (refused - taken > 1) {
			unsigned count = taken + (refused - taken) / 2;
			_cleanup_free_ char *text =
				spell(kinds[i].before, kinds[i].repeated, kinds[i].after, count);
			int result;
			size_t depth = expression_depth(text, &result);

			assert_shallow(depth);
			if (result < 0) {
				refused = count;
			} else {
				taken = count;
				used = depth;
			}
		}
		assert_true(taken > 0);
		print_message("%s%s...%s x %u: %zu bytes\n", kinds[i].before,
			      kinds[i].repeated ? kinds[i].repeated : "N", kinds[i].after, taken,
			      used);
	}
}

static void *configuration_check(void *userdata)
{
	const struct mp_config_source source = { .file = userdata };
	_cleanup_(mp_report_fini) struct mp_report report = MP_REPORT_INIT;

	mp_hash_register_thread();
	mp_config_check(&source, NULL, &report);
	mp_hash_unregister_thread();
	return NULL;
}

static void checking_a_configuration_needs_less_than_half_of_a_workers_stack(void **state)
{
	static const struct {
		const char *before, *repeated, *after;
		unsigned count;
	} texts[] = {
		{ "blacklist {\n\tdevnode \"(a?){1000}\"\n}\n", "", "", 1 },
		{ "blacklist {\n\tdevnode \"", "a?", "\"\n}\n", 1900 },
		{ "blacklist {\n\tdevnode \"", "()", "\"\n}\n", 1000 },
		{ "blacklist {\n\tdevnode \"", "a", "\"\n}\n", 100000 },
		{ "", "defaults {\n", "", 20000 },
		{ "blacklist {\n", "device {\n", "", 20000 },
		{ "", "}\n", "", 20000 },
		{ "", "\"", "", 20001 },
		{ "devices {\n", "\tdevice {\n\t\tvendor \"a.*\"\n\t\tproduct \"(b|c)+\"\n\t}\n",
		  "}\n", 300 },
		{ "multipaths {\n", "\tmultipath {\n\t\twwid 3600\n\t\talias x\n\t}\n", "}\n",
		  2000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_free_ char *text =
			spell(texts[i].before, texts[i].repeated, texts[i].after, texts[i].count);
		_cleanup_close_ int fd = memfd_create("multipath.conf", MFD_CLOEXEC);
		char file[64];
		size_t used;

		assert_true(fd >= 0);
		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
		snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
		used = painted_stack_run(4 * pool_stack_size(), configuration_check, file);
		assert_shallow(used);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_accepted_expression_needs_half_of_a_workers_stack),
		cmocka_unit_test(checking_a_configuration_needs_less_than_half_of_a_workers_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
