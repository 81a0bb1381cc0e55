/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "mpathpersist/command_line.h"
#include "mpathpersist/batch.h"
#include "mpathpersist/report.h"

/* Parse a line of words, and return what was printed to stderr. */
static int parse(const char *line, bool in_batch_file, struct command_line *ret, char *printed,
		 size_t size)
{
	static char copy[256]; /* the arguments borrow from it */
	char *argv[BATCH_WORDS + 1];
	FILE *stream = tmpfile();
	int saved = dup(STDERR_FILENO), r;
	size_t length;

	assert_non_null(stream);
	snprintf(copy, sizeof(copy), "%s", line);
	fflush(stderr);
	dup2(fileno(stream), STDERR_FILENO);
	r = command_line_parse(batch_split(copy, argv), argv, in_batch_file, ret);
	if (r == 0)
		r = command_line_check(ret);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(stream);
	length = fread(printed, 1, size - 1, stream);
	printed[length] = '\0';
	fclose(stream);
	return r;
}

static void what_makes_no_command_is_told(void **state)
{
	static const struct {
		const char *line, *printed;
	} rows[] = {
		{ "-k m", "choose either '--in' or '--out' \n" },
		{ "-i -o -k m", "choose either '--in' or '--out' \n" },
		{ "-i m", " No service action given for Persistent Reserve IN\n" },
		{ "-i -k -r m", " Too many service actions given; choose one only\n" },
		{ "-i -G m", " When a service action for Persistent Reserve Out is chosen the\n"
			     " '--out' option must be given \n" },
		{ "-o m", " For Persistent Reserve Out only one appropriate\n"
			  " service action must be chosen \n" },
		{ "-o -k m", " For Persistent Reserve Out only one appropriate\n"
			     " service action must be chosen \n" },
		{ "-o -G -R m", " For Persistent Reserve Out only one appropriate\n"
				" service action must be chosen \n" },
		{ "-i -k", "No device name given \n" },
		{ "-i -k m extra more",
		  "Unexpected extra argument: extra\nUnexpected extra argument: more\n" },
		{ "-i -k -d m m", "Unexpected extra argument: m\n" },
		{ "-o -G -K xyz m", "bad argument to '--param-rk'\n" },
		{ "-o -G -S 12345678901234567 m", "bad argument to '--param-sark'\n" },
		{ "-o -R -T zz m", "bad argument to '--prout-type'\n" },
		{ "-o -R -T 1ff m", "bad argument to '--prout-type'\n" },
		{ "-i -k -l zz m", "bad argument to '--alloc-length'\n" },
		{ "-i -k -l 9000 m", "'--alloc-length' argument exceeds maximum limit(8192)\n" },
		{ "-i -k -v x m", "bad argument to '--verbose'\n" },
		{ "-o -G -S 1 -X foo,1 m", "bad argument to '--transport-id'\n" },
		{ "-q m",
		  "mpathpersist: invalid option -- 'q'\nunrecognised switch code 0x3f ??\n" },
		{ "-f a -f b", "ERROR: -f option can be used at most once\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct command_line arguments;
		char printed[512];

		assert_int_equal(parse(rows[i].line, false, &arguments, printed, sizeof(printed)),
				 -EINVAL);
		assert_string_equal(printed, rows[i].printed);
	}
}

static void options_are_taken(void **state)
{
	struct command_line arguments;
	char printed[512];

	(void)state;
	assert_int_equal(parse("mpathpersist -oCK 0x123ABC /dev/mapper/a", false, &arguments,
			       printed, sizeof(printed)),
			 0);
	assert_string_equal(printed, "");
	assert_true(arguments.out && arguments.key == 0x123abc);
	assert_int_equal(arguments.action, MPATH_PROUT_CLEAR_SA);
	assert_string_equal(arguments.device, "/dev/mapper/a");

	assert_int_equal(parse("--out --preempt --param-rk=1 --param-sark=ffffffffffffffff "
			       "--prout-type 5 --param-aptpl --param-alltgpt --device a",
			       true, &arguments, printed, sizeof(printed)),
			 0);
	assert_true(arguments.service_action_key == UINT64_MAX && arguments.type == 5);
	assert_true(arguments.through_power_loss && arguments.all_target_ports);

	assert_int_equal(parse("-o -G -S 1 -X fcp,0102030405060708 -X iqn.x a", false, &arguments,
			       printed, sizeof(printed)),
			 0);
	assert_int_equal(arguments.port_count, 2);

	assert_int_equal(parse("-f a", false, &arguments, printed, sizeof(printed)), -EINVAL);
	assert_false(arguments.is_command);
	assert_string_equal(arguments.batch_file, "a");
	assert_int_equal(parse("-f a -i -k m", true, &arguments, printed, sizeof(printed)),
			 -EINVAL);
	assert_string_equal(printed, "ERROR: -f option not allowed in batch file\n");
}

static void a_line_of_a_batch_file_is_split_at_blanks(void **state)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{ "", "mpathpersist" },
		{ " \t\n", "mpathpersist" },
		{ "# -i -k a", "mpathpersist" },
		{ "-i -k a # c", "mpathpersist|-i|-k|a" },
		{ "mpathpersist\t-i  -k a#c\n", "mpathpersist|-i|-k|a#c" },
		{ "-i mpathpersist", "mpathpersist|-i|mpathpersist" },
	};
	char longest[2 * BATCH_WORDS + 1];
	char *argv[BATCH_WORDS + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[64], words[64] = "";
		int count;

		snprintf(line, sizeof(line), "%s", rows[i].line);
		count = batch_split(line, argv);
		for (int word = 0; word < count; word++) {
			strcat(words, word ? "|" : "");
			strcat(words, argv[word]);
		}
		assert_string_equal(words, rows[i].words);
		assert_null(argv[count]);
	}
	for (size_t i = 0; i < 2 * BATCH_WORDS; i++)
		longest[i] = i % 2 ? ' ' : 'a';
	longest[2 * BATCH_WORDS] = '\0';
	assert_int_equal(batch_split(longest, argv), -E2BIG);
}

static void assert_report(int action, const struct prin_resp *response, const char *expected)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

	report_response(&text, action, response);
	assert_string_equal(mp_strbuf_text(&text), expected);
}

static void keys_are_printed(void **state)
{
	struct prin_resp response = { 0 };
	struct prin_readdescr *keys = &response.prin_descriptor.prin_readkeys;

	(void)state;
	keys->prgeneration = 0x1f;
	assert_report(MPATH_PRIN_RKEY_SA, &response,
		      "  PR generation=0x1f, \t0 registered reservation key.\n");
	keys->key_list[6] = 0x12;
	keys->key_list[8] = 0xff;
	keys->additional_length = 8;
	assert_report(MPATH_PRIN_RKEY_SA, &response,
		      "  PR generation=0x1f, \t1 registered reservation key follows:\n"
		      "    0x1200\n");
	keys->additional_length = 16;
	assert_report(MPATH_PRIN_RKEY_SA, &response,
		      "  PR generation=0x1f, \t2 registered reservation keys follow:\n"
		      "    0x1200\n    0xff00000000000000\n");
}

static void the_holder_is_printed(void **state)
{
	struct prin_resp response = { 0 };
	struct prin_resvdescr *holder = &response.prin_descriptor.prin_readresv;

	(void)state;
	assert_report(MPATH_PRIN_RRES_SA, &response,
		      "  PR generation=0x0, there is NO reservation held \n");
	holder->additional_length = 16;
	holder->key[7] = 0xab;
	holder->scope_type = 5;
	assert_report(MPATH_PRIN_RRES_SA, &response,
		      "  PR generation=0x0, Reservation follows:\n   Key = 0xab\n"
		      "  scope = LU_SCOPE, type = Write Exclusive, registrants only\n");
	holder->scope_type = 4;
	assert_report(MPATH_PRIN_RRES_SA, &response,
		      "  PR generation=0x0, Reservation follows:\n   Key = 0xab\n"
		      "  scope = LU_SCOPE, type = obsolete [4]\n");
}

static void capabilities_are_printed(void **state)
{
	struct prin_resp response = { 0 };
	struct prin_capdescr *capabilities = &response.prin_descriptor.prin_readcap;

	(void)state;
	capabilities->flags[0] = 0x1d;
	assert_report(MPATH_PRIN_RCAP_SA, &response,
		      "Report capabilities response:\n"
		      "  Compatible Reservation Handling(CRH): 1\n"
		      "  Specify Initiator Ports Capable(SIP_C): 1\n"
		      "  All Target Ports Capable(ATP_C): 1\n"
		      "  Persist Through Power Loss Capable(PTPL_C): 1\n"
		      "  Type Mask Valid(TMV): 0\n"
		      "  Allow Commands: 0\n"
		      "  Persist Through Power Loss Active(PTPL_A): 0\n");
	capabilities->flags[0] = 0;
	capabilities->flags[1] = 0xa1;
	capabilities->pr_type_mask = 0x2201;
	assert_report(MPATH_PRIN_RCAP_SA, &response,
		      "Report capabilities response:\n"
		      "  Compatible Reservation Handling(CRH): 0\n"
		      "  Specify Initiator Ports Capable(SIP_C): 0\n"
		      "  All Target Ports Capable(ATP_C): 0\n"
		      "  Persist Through Power Loss Capable(PTPL_C): 0\n"
		      "  Type Mask Valid(TMV): 1\n"
		      "  Allow Commands: 1\n"
		      "  Persist Through Power Loss Active(PTPL_A): 1\n"
		      "    Support indicated in Type mask:\n"
		      "      Write Exclusive, all registrants: 0\n"
		      "      Exclusive Access, registrants only: 0\n"
		      "      Write Exclusive, registrants only: 1\n"
		      "      Exclusive Access: 0\n"
		      "      Write Exclusive: 1\n"
		      "      Exclusive Access, all registrants: 1\n");
}

static void registrants_are_printed(void **state)
{
	struct prin_fulldescr rows[] = {
		{ .key = { [7] = 0xab },
		  .flag = 1,
		  .scope_type = 5,
		  .rtpi = 1,
		  .trnptid = { .protocol_id = MPATH_PROTOCOL_ID_SAS,
			       .sas_address = { 0x60, 1, 0x40, 0x50, 0, 0, 0, 0xf1 } } },
		{ .flag = 2,
		  .trnptid = { .protocol_id = MPATH_PROTOCOL_ID_ISCSI,
			       .iscsi_name = "iqn.\033\xc2\x9bx" } },
		{ .flag = 0,
		  .rtpi = 0x12,
		  .trnptid = { .protocol_id = MPATH_PROTOCOL_ID_ISCSI,
			       .format_code = MPATH_WWUI_PORT_IDENTIFIER,
			       .iscsi_name = "iqn.x,i,0x1" } },
		{ .flag = 2, .trnptid = { .protocol_id = 4 } },
		{ .flag = 2, .trnptid = { .n_port_name = { 1 } } },
	};
	_cleanup_free_ struct prin_resp *response =
		calloc(1, sizeof(*response) + MPATH_MX_TIDS * sizeof(struct prin_fulldescr *));

	(void)state;
	response->prin_descriptor.prin_readfd.prgeneration = 2;
	response->prin_descriptor.prin_readfd.number_of_descriptor = ARRAY_SIZE(rows);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		response->prin_descriptor.prin_readfd.descriptors[i] = &rows[i];
	assert_report(MPATH_PRIN_RFSTAT_SA, response,
		      "  PR generation=0x2 \n"
		      "   Key = 0xab\n"
		      "      All target ports bit clear\n"
		      "      Relative port address: 0x1\n"
		      "      << Reservation holder >>\n"
		      "      scope: LU_SCOPE,  type: Write Exclusive, registrants only\n"
		      "   SAS         60 01 40 50 00 00 00 f1\n"
		      "   Key = 0x0\n"
		      "      All target ports bit set\n"
		      "      not reservation holder\n"
		      "   iSCSI name: iqn.???x\n"
		      "   Key = 0x0\n"
		      "      All target ports bit clear\n"
		      "      Relative port address: 0x12\n"
		      "      not reservation holder\n"
		      "   iSCSI world wide unique port id: iqn.x,i,0x1\n"
		      "   Key = 0x0\n"
		      "      All target ports bit set\n"
		      "      not reservation holder\n"
		      "   Key = 0x0\n"
		      "      All target ports bit set\n"
		      "      not reservation holder\n"
		      "   FCP-2         01 00 00 00 00 00 00 00\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_makes_no_command_is_told),
		cmocka_unit_test(options_are_taken),
		cmocka_unit_test(a_line_of_a_batch_file_is_split_at_blanks),
		cmocka_unit_test(keys_are_printed),
		cmocka_unit_test(the_holder_is_printed),
		cmocka_unit_test(capabilities_are_printed),
		cmocka_unit_test(registrants_are_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
