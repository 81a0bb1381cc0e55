/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/parser.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/hint.h"
#include "config/lexer.h"
#include "config/report.h"
#include "config/types.h"

enum { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTICE };
enum { DEPTH_MAX = 3, STRAYS_MAX = 8 };

/* A block that is open. */
struct block {
	enum mp_scope scope;
	unsigned line, column;
	unsigned seen[MP_KEYS]; /* line of each keyword, to tell the second one; 0 none */
	unsigned seen_scopes[MP_SCOPES];
	struct mp_setting
		settings[MP_KEYS]; /* of the leaf sections; defaults and overrides have their own */
	unsigned count;
};

/* A "{" behind what is no section here. */
struct stray {
	unsigned line;
	unsigned depth; /* of the block around it */
	enum mp_scope meant; /* the section that it probably should be; MP_SCOPE_TOP: who knows */
};

struct parser {
	struct mp_value_reader reader;
	struct mp_config *config;
	struct mp_diagnostics *diagnostics;
	const char *file;
	uint16_t file_index;
	unsigned line, column;
	bool strict;
	bool rejected;
	struct mp_lexer lexer;
	struct block blocks[DEPTH_MAX];
	unsigned depth; /* index of the innermost block */
	struct stray strays[STRAYS_MAX]; /* still to be closed */
	unsigned stray_count;
	/* of a section, and of the "}" of a stray that closed it; 0 none */
	unsigned robbed_line, robber_line;
};

/* What stands in a file is not for a terminal to obey. */
static void hide_controls(struct mp_strbuf *buf)
{
	for (size_t i = 0; i < buf->length; i++)
		if ((unsigned char)buf->text[i] < ' ' || buf->text[i] == 0x7f)
			buf->text[i] = '?';
}

void mp_parser_report(struct mp_diagnostics *diagnostics, enum mp_severity severity, int level,
		      const char *file, unsigned line, unsigned column, const char *format, ...)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	va_list args;
	size_t head;

	if (!diagnostics->tell && !diagnostics->report)
		return;
	mp_strbuf_printf(&buf, "%s:", file);
	if (line)
		mp_strbuf_printf(&buf, "%u:%u:", line, column ? column : 1);
	mp_strbuf_printf(&buf, " %s: ", mp_report_severity_name(severity));
	head = buf.length;
	va_start(args, format);
	mp_strbuf_vprintf(&buf, format, args);
	va_end(args);
	hide_controls(&buf);
	if (diagnostics->report)
		mp_report_add(diagnostics->report, severity, file, line, column,
			      buf.error ? "" : buf.text + head);
	if (diagnostics->tell)
		diagnostics->tell(diagnostics->userdata, severity, level, mp_strbuf_text(&buf));
}

#define warn(parser, level, column, ...) \
	mp_parser_report((parser)->diagnostics, MP_SEVERITY_WARNING, level, (parser)->file, \
			 (parser)->line, column, __VA_ARGS__)

#define damage(parser, level, column, ...) \
	mp_parser_report((parser)->diagnostics, MP_SEVERITY_DAMAGE, level, (parser)->file, \
			 (parser)->line, column, __VA_ARGS__)

static void reader_tell(struct mp_value_reader *reader, int level, const char *text)
{
	struct parser *parser = caa_container_of(reader, struct parser, reader);

	warn(parser, level, parser->column, "%s", text);
}

static unsigned at_most(unsigned number, unsigned limit)
{
	return number < limit ? number : limit;
}

/* A value that must not be wrong: the main file is rejected, a drop-in only loses the line. */
static void reject(struct parser *parser, const char *name, unsigned column, const char *text,
		   const char *expected)
{
	if (parser->strict)
		parser->rejected = true;
	mp_parser_report(parser->diagnostics,
			 parser->strict ? MP_SEVERITY_ERROR : MP_SEVERITY_WARNING, LEVEL_ERROR,
			 parser->file, parser->line, column,
			 "value \"%s\" of %s is not valid: expected %s", text, name, expected);
}

static struct block *innermost(struct parser *parser)
{
	return &parser->blocks[parser->depth];
}

/* "in section defaults", "in section devices/device" */
static void add_scope_name(const struct parser *parser, struct mp_strbuf *buf)
{
	if (parser->depth == 0)
		mp_strbuf_puts(buf, "outside of sections");
	for (unsigned i = 1; i <= parser->depth; i++)
		mp_strbuf_printf(buf, "%s%s", i == 1 ? "in section " : "/",
				 mp_scopes[parser->blocks[i].scope].name);
}

static void block_open(struct parser *parser, enum mp_scope scope, unsigned column)
{
	struct block *block = &parser->blocks[++parser->depth];

	block->scope = scope;
	block->line = parser->line;
	block->column = column;
	block->count = 0;
	memset(block->seen, 0, sizeof(block->seen));
	memset(block->seen_scopes, 0, sizeof(block->seen_scopes));
}

static int init_rule_pattern(struct parser *parser, enum mp_key key, const char *text,
			     unsigned column, struct mp_pattern *pattern)
{
	int r = mp_pattern_init(pattern, text);
	char why[160], expected[280];

	if (r != -EINVAL)
		return r;
	mp_pattern_explain(text, why, sizeof(why));
	snprintf(expected, sizeof(expected), "an extended regular expression (%s)%s", why,
		 text[strspn(text, "!^(")] == '*' ? "; any characters are written \".*\"" : "");
	reject(parser, mp_keywords[key].name, column, text, expected);
	return r;
}

/* Return: 1 if there is no rule to add. */
static int device_rule_init(struct parser *parser, const struct mp_section *section,
			    struct mp_rule *rule)
{
	const char *vendor = mp_section_text(section, MP_KEY_RULE_VENDOR);
	const char *product = mp_section_text(section, MP_KEY_RULE_PRODUCT);
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	int r;

	if (!vendor && !product)
		return 1;
	mp_strbuf_printf(&text, "%s:%s", vendor ? vendor : "", product ? product : "");
	rule->text = text.error ? NULL :
				  mp_arena_text(&parser->config->arena, text.text, text.length);
	if (!rule->text)
		return -ENOMEM;
	r = mp_pattern_init(&rule->pattern, vendor);
	return r < 0 ? r : mp_pattern_init(&rule->product, product);
}

static int add_device_rule(struct parser *parser, const struct mp_section *section,
			   enum mp_list list)
{
	struct mp_rule rule = { .file = section->file,
				.line = section->line,
				.column = section->column };
	int r = device_rule_init(parser, section, &rule);

	if (r == 0)
		r = mp_rule_list_add(&parser->config->rules[list][MP_CRITERION_DEVICE], &rule);
	if (r == 1 && parser->diagnostics->report)
		mp_parser_report(parser->diagnostics, MP_SEVERITY_WARNING, LEVEL_NOTICE,
				 parser->file, rule.line, rule.column,
				 "device is ignored: expected a vendor or a product");
	if (r != 0) {
		mp_pattern_fini(&rule.pattern);
		mp_pattern_fini(&rule.product);
	}
	return r < 0 ? r : 0;
}

static int block_close(struct parser *parser)
{
	struct block *block = innermost(parser);
	struct mp_config *config = parser->config;
	struct mp_section section = { .count = block->count,
				      .file = parser->file_index,
				      .line = block->line,
				      .column = at_most(block->column, UINT16_MAX) };
	size_t size = block->count * sizeof(*block->settings);
	struct mp_setting *settings;

	parser->depth--;
	switch (block->scope) {
	case MP_SCOPE_BLACKLIST_DEVICE:
		section.settings = block->settings;
		return add_device_rule(parser, &section, MP_LIST_BLACKLIST);
	case MP_SCOPE_EXCEPTIONS_DEVICE:
		section.settings = block->settings;
		return add_device_rule(parser, &section, MP_LIST_EXCEPTIONS);
	case MP_SCOPE_DEVICE:
	case MP_SCOPE_PROTOCOL:
	case MP_SCOPE_MULTIPATH:
		break;
	default:
		return 0;
	}

	settings = mp_arena_alloc(&config->arena, size);
	if (!settings)
		return -ENOMEM;
	memcpy(settings, block->settings, size);
	section.settings = settings;
	return mp_section_list_add(block->scope == MP_SCOPE_DEVICE   ? &config->devices :
				   block->scope == MP_SCOPE_PROTOCOL ? &config->protocols :
								       &config->maps,
				   &section);
}

static enum mp_criterion rule_criterion(enum mp_key key)
{
	switch (key) {
	case MP_KEY_RULE_DEVNODE:
		return MP_CRITERION_DEVNODE;
	case MP_KEY_RULE_WWID:
		return MP_CRITERION_WWID;
	case MP_KEY_RULE_PROPERTY:
		return MP_CRITERION_PROPERTY;
	case MP_KEY_RULE_PROTOCOL:
		return MP_CRITERION_PROTOCOL;
	default:
		return MP_CRITERION_NONE;
	}
}

static int add_rule(struct parser *parser, enum mp_key key, const struct mp_token *name,
		    const struct mp_token *value)
{
	enum mp_list list = innermost(parser)->scope == MP_SCOPE_BLACKLIST ? MP_LIST_BLACKLIST :
									     MP_LIST_EXCEPTIONS;
	struct mp_rule rule = { .file = parser->file_index,
				.line = parser->line,
				.column = at_most(name->column, UINT16_MAX) };
	int r;

	rule.text = mp_arena_text(&parser->config->arena, value->text, strlen(value->text));
	if (!rule.text)
		return -ENOMEM;
	r = init_rule_pattern(parser, key, rule.text, value->column, &rule.pattern);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	r = mp_rule_list_add(&parser->config->rules[list][rule_criterion(key)], &rule);
	if (r < 0)
		mp_pattern_fini(&rule.pattern);
	return r;
}

/* Is the part of a device rule, or of a hardware entry's product_blacklist, an expression? */
static bool is_bad_pattern(struct parser *parser, enum mp_key key, const struct mp_token *value)
{
	struct mp_pattern pattern;
	int r;

	if (key != MP_KEY_RULE_VENDOR && key != MP_KEY_RULE_PRODUCT &&
	    key != MP_KEY_PRODUCT_BLACKLIST)
		return false;
	r = init_rule_pattern(parser, key, value->text, value->column, &pattern);
	mp_pattern_fini(&pattern);
	return r == -EINVAL;
}

/* @kept: what holds instead, NULL: nothing */
static void tell_not_valid(struct parser *parser, const struct mp_keyword *keyword,
			   const struct mp_token *value, const struct mp_setting *kept)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

	mp_type_expected(keyword, &text);
	mp_strbuf_puts(&text, "; ");
	if (kept && kept->file >= MP_ORIGIN_FILES)
		mp_strbuf_printf(&text, "the value of line %u stays", kept->line);
	else if (kept)
		mp_strbuf_puts(&text, "the built-in ");
	if (kept && kept->file < MP_ORIGIN_FILES) {
		keyword->type->format(keyword, kept, &text);
		mp_strbuf_puts(&text, " stays");
	}
	if (!kept)
		mp_strbuf_puts(&text, "the line has no effect");
	mp_type_suggest(keyword, value->text, &text);
	warn(parser, LEVEL_WARNING, value->column, "value \"%s\" of %s is not valid: expected %s",
	     value->text, keyword->name, mp_strbuf_text(&text));
}

static void tell_idle(struct parser *parser, const struct mp_keyword *keyword,
		      const struct mp_setting *setting, unsigned column)
{
	bool idle = keyword->flags & MP_KEYWORD_IDLE ? setting->number != keyword->built_in.number :
						       setting->number == keyword->idle.number;

	if (keyword->idle.text && idle)
		warn(parser, LEVEL_WARNING, column, "%s has no effect %s", keyword->name,
		     keyword->idle.text);
}

/* A word for "unset" says what it does; a number may be meant to be one. */
static void tell_unset(struct parser *parser, const struct mp_keyword *keyword,
		       const struct mp_token *value)
{
	const char *instead = "";

	if (!parser->diagnostics->report || !strpbrk(value->text, "0123456789"))
		return;
	if (keyword == &mp_keywords[MP_KEY_FAILBACK])
		instead = "; the minimum delay is 1, for no delay use \"immediate\"";
	warn(parser, LEVEL_NOTICE, value->column, "%s 0 means unset%s", keyword->name, instead);
}

/* Whose value is replaced from another block has to know: within one it was told. */
static void tell_replaced(struct parser *parser, const struct mp_setting *old,
			  const struct mp_setting *setting)
{
	const char *by = mp_section_origin_name(parser->config, setting->file);
	bool same_file = old->file == setting->file;

	if (!parser->diagnostics->report || (same_file && old->line >= innermost(parser)->line))
		return;
	mp_parser_report(parser->diagnostics, MP_SEVERITY_WARNING, LEVEL_NOTICE,
			 mp_section_origin_name(parser->config, old->file), old->line, old->column,
			 "%s has no effect because %s%s%u sets it again",
			 mp_keywords[old->key].name, same_file ? "line " : by, same_file ? "" : ":",
			 setting->line);
}

static int put_setting(struct parser *parser, enum mp_key key, const struct mp_token *name,
		       const struct mp_token *value)
{
	const struct mp_keyword *keyword = &mp_keywords[key];
	struct block *block = innermost(parser);
	struct mp_config *config = parser->config;
	struct mp_section section = { .settings = block->settings, .count = block->count };
	struct mp_setting *settings = block->settings;
	unsigned *count = &block->count;
	struct mp_setting setting = { .key = key,
				      .file = parser->file_index,
				      .line = at_most(parser->line, MP_LINE_MAX),
				      .column = at_most(name->column, MP_COLUMN_MAX) };
	const struct mp_setting *old;
	int r;

	if (block->scope == MP_SCOPE_DEFAULTS) {
		settings = config->defaults_settings;
		count = &config->defaults.count;
		section = config->defaults;
	} else if (block->scope == MP_SCOPE_OVERRIDES) {
		settings = config->overrides_settings;
		count = &config->overrides.count;
		section = config->overrides;
	}
	old = mp_section_find(&section, key);

	parser->column = value->column;
	r = keyword->type->parse(&parser->reader, keyword, value->text, &setting);
	if (r == -EINVAL) {
		tell_not_valid(parser, keyword, value,
			       old				 ? old :
			       block->scope == MP_SCOPE_DEFAULTS ? mp_config_default(config, key) :
								   NULL);
		return 0;
	}
	if (r == -EBADMSG) {
		reject(parser, keyword->name, value->column, value->text, keyword->type->expected);
		return 0;
	}
	if (r < 0)
		return r;
	if (old)
		tell_replaced(parser, old, &setting);
	if (r == 1 || (keyword->flags & MP_KEYWORD_ZERO_INHERITS && setting.number == 0)) {
		tell_unset(parser, keyword, value);
		mp_section_drop_setting(settings, count, key);
	} else {
		tell_idle(parser, keyword, &setting, value->column);
		mp_section_put_setting(settings, count, &setting);
	}
	return 0;
}

static int take_value(struct parser *parser, enum mp_key key, const struct mp_token *name,
		      const struct mp_token *value)
{
	const struct mp_keyword *keyword = &mp_keywords[key];
	enum mp_key meant = keyword->alias_of ? keyword->alias_of : key;
	struct block *block = innermost(parser);

	if (block->seen[meant] && !(keyword->flags & MP_KEYWORD_REPEATABLE))
		warn(parser, LEVEL_WARNING, name->column,
		     "%s is set again in the same section, after line %u: the last valid value applies",
		     mp_keywords[meant].name, block->seen[meant]);
	block->seen[meant] = parser->line;

	if (keyword->flags & MP_KEYWORD_IGNORED) {
		if (!parser->diagnostics->ignored_told[key] || parser->diagnostics->report)
			warn(parser, LEVEL_WARNING, name->column,
			     "%s is no longer supported and ignored: %s", keyword->name,
			     keyword->instead);
		parser->diagnostics->ignored_told[key] = true;
		return 0;
	}
	if (*value->text == '\'')
		warn(parser, LEVEL_WARNING, value->column,
		     "single quotes are part of the value: write double ones");
	if (rule_criterion(key) != MP_CRITERION_NONE)
		return add_rule(parser, key, name, value);
	if (is_bad_pattern(parser, key, value))
		return 0;
	return put_setting(parser, meant, name, value);
}

/* @at: index of what is too much */
static void tell_extra(struct parser *parser, const struct mp_line *line, unsigned at,
		       bool is_section)
{
	const struct mp_token *extra = &line->tokens[at], *before = &line->tokens[at - 1];
	const char *expected = "the end of the line";

	if (is_section && before->kind == MP_TOKEN_WORD)
		expected = "a \"{\"";
	else if (before->kind == MP_TOKEN_OPEN || extra->kind == MP_TOKEN_CLOSE)
		expected = "the end of the line; it needs a line of its own";
	else if (before->kind == MP_TOKEN_WORD && strcmp(before->text, "=") == 0)
		expected =
			"the end of the line; no \"=\" is allowed between a keyword and its value";
	else if (before->kind == MP_TOKEN_WORD)
		expected = "the end of the line; a value with blanks or braces needs quotes";
	warn(parser, LEVEL_ERROR, extra->column, "extra data \"%s\" is ignored: expected %s",
	     extra->text, expected);
}

/* What was probably not meant to separate words, or to be a comment. */
static void tell_odd_ends(struct parser *parser, const struct mp_line *line)
{
	if (line->foreign_column)
		warn(parser, LEVEL_NOTICE, line->foreign_column,
		     "a non-ASCII character is treated as a blank: write the value in double quotes: \"\"");
	if (line->cuts_word)
		warn(parser, LEVEL_NOTICE, line->comment_column,
		     "\"%c\" begins a comment here: write the value in quotes if it is a part of it",
		     line->comment_sign);
}

static void tell_valueless(struct parser *parser, const struct mp_line *line)
{
	const struct mp_token *name = &line->tokens[0];

	if (line->comment_column)
		warn(parser, LEVEL_ERROR, name->column,
		     "%s lacks a value and is ignored: \"%c\" begins a comment unless the value is in quotes",
		     name->text, line->comment_sign);
	else
		warn(parser, LEVEL_ERROR, name->column, "%s lacks a value and is ignored",
		     name->text);
}

static void enter_section(struct parser *parser, enum mp_scope scope, const struct mp_line *line)
{
	struct block *block = innermost(parser);

	if (block->seen_scopes[scope] && !mp_scopes[scope].repeatable)
		warn(parser, LEVEL_WARNING, line->tokens[0].column,
		     "section %s appears again in this file: it is merged with that of line %u",
		     mp_scopes[scope].name, block->seen_scopes[scope]);
	block->seen_scopes[scope] = parser->line;
	block_open(parser, scope, line->tokens[0].column);
}

/* Return: what it was probably meant to be, NULL if there is no guess. */
static const char *tell_unknown(struct parser *parser, const struct mp_line *line, int level)
{
	const struct mp_token *name = &line->tokens[0];
	const struct block *block = innermost(parser);
	_cleanup_strbuf_ struct mp_strbuf where = MP_STRBUF_INIT;
	enum mp_severity severity = MP_SEVERITY_WARNING;
	const char *meant = name->text;

	add_scope_name(parser, &where);
	if (name->kind == MP_TOKEN_STRING &&
	    mp_keyword_scope_find(block->scope, name->text) != MP_SCOPE_TOP) {
		mp_strbuf_puts(&where, "; write it without quotes");
	} else if (name->kind == MP_TOKEN_WORD && parser->depth &&
		   (mp_keyword_scope_find(MP_SCOPE_TOP, name->text) != MP_SCOPE_TOP ||
		    mp_keyword_scope_find(mp_scopes[block->scope].parent, name->text) !=
			    MP_SCOPE_TOP)) {
		/* A whole section is lost. */
		severity = MP_SEVERITY_DAMAGE;
		mp_strbuf_printf(&where,
				 "; is the \"}\" missing that closes the section of line %u?",
				 block->line);
	} else if (name->kind == MP_TOKEN_WORD) {
		meant = mp_hint_add(block->scope, name->text, &where);
	}
	mp_parser_report(parser->diagnostics, severity, level, parser->file, parser->line,
			 name->column, "unknown keyword \"%s\" %s", name->text,
			 mp_strbuf_text(&where));
	return meant;
}

/* A word that is known nowhere here; if a "{" follows, so is what comes next. */
static void take_unknown(struct parser *parser, const struct mp_line *line)
{
	const struct mp_token *name = &line->tokens[0];
	const struct stray *around =
		parser->stray_count ? &parser->strays[parser->stray_count - 1] : NULL;
	enum mp_scope scope = around ? around->meant : MP_SCOPE_TOP;
	const char *meant = name->text;

	/* That it is lost was told with the section that it was written in. */
	if (scope == MP_SCOPE_TOP || (mp_keyword_find(scope, meant) == MP_KEY_NONE &&
				      mp_keyword_scope_find(scope, meant) == MP_SCOPE_TOP)) {
		meant = tell_unknown(parser, line, LEVEL_WARNING);
		scope = MP_SCOPE_TOP;
	}
	if (line->tokens[1].kind == MP_TOKEN_OPEN && parser->stray_count < STRAYS_MAX)
		parser->strays[parser->stray_count++] = (struct stray){
			.line = parser->line,
			.depth = parser->depth,
			.meant = meant ? mp_keyword_scope_find(scope, meant) : MP_SCOPE_TOP,
		};
}

static void tell_unmatched(struct parser *parser, const struct mp_token *brace)
{
	if (parser->stray_count)
		damage(parser, LEVEL_ERROR, brace->column,
		       "unmatched \"}\": line %u does not open a section",
		       parser->strays[--parser->stray_count].line);
	else if (parser->robbed_line)
		damage(parser, LEVEL_ERROR, brace->column,
		       "unmatched \"}\": that of line %u closed the section of line %u already",
		       parser->robber_line, parser->robbed_line);
	else
		damage(parser, LEVEL_ERROR, brace->column,
		       "unmatched \"}\": expected one for each \"{\" that opens a section");
}

/* The brace of a stray closes the section around it. */
static void note_robbery(struct parser *parser)
{
	if (!parser->stray_count || parser->strays[parser->stray_count - 1].depth != parser->depth)
		return;
	parser->stray_count--;
	parser->robbed_line = innermost(parser)->line;
	parser->robber_line = parser->line;
}

/* Tell what the line lacks or has too much, whatever its keyword. Return: is it to be used? */
static bool check_line(struct parser *parser, const struct mp_line *line, enum mp_scope scope,
		       enum mp_key key)
{
	const struct mp_token *first = &line->tokens[0], *second = &line->tokens[1];
	unsigned used = 2;

	if (first->kind == MP_TOKEN_OPEN || first->kind == MP_TOKEN_STRING) {
		tell_unknown(parser, line, LEVEL_ERROR);
		return false;
	}
	if (first->kind == MP_TOKEN_CLOSE) {
		used = 1;
	} else if (key == MP_KEY_NONE && mp_keyword_scope_is_word(first->text)) {
		if (line->count == 1)
			warn(parser, LEVEL_ERROR, first->column,
			     "section %s lacks its \"{\": expected it on this line", first->text);
		else if (second->kind != MP_TOKEN_OPEN)
			used = 1;
	} else if (line->count == 1 && scope != MP_SCOPE_TOP) {
		warn(parser, LEVEL_ERROR, first->column,
		     "section %s lacks its \"{\" and is not opened: expected it on this line",
		     first->text);
		return false;
	} else if (line->count == 1 && key == MP_KEY_NONE) {
		tell_unknown(parser, line, LEVEL_ERROR);
		return false;
	} else if (line->count == 1) {
		tell_valueless(parser, line);
		return false;
	} else if (scope != MP_SCOPE_TOP) {
		if (second->kind != MP_TOKEN_OPEN)
			used = 1;
	} else if (second->unterminated) {
		damage(parser, LEVEL_ERROR, second->column,
		       "string is not closed: expected a '\"' on this line");
	}
	if (line->count > used)
		tell_extra(parser, line, used, scope != MP_SCOPE_TOP);
	return true;
}

static int take_line(struct parser *parser, const struct mp_line *line)
{
	const struct mp_token *name = &line->tokens[0];
	enum mp_scope scope = MP_SCOPE_TOP;
	enum mp_key key = MP_KEY_NONE;

	if (line->count == 0)
		return 0;
	if (name->kind == MP_TOKEN_WORD)
		scope = mp_keyword_scope_find(innermost(parser)->scope, name->text);
	if (name->kind == MP_TOKEN_WORD && scope == MP_SCOPE_TOP)
		key = mp_keyword_find(innermost(parser)->scope, name->text);
	tell_odd_ends(parser, line);
	if (!check_line(parser, line, scope, key))
		return 0;
	if (name->kind == MP_TOKEN_CLOSE) {
		if (parser->depth > 0) {
			note_robbery(parser);
			return block_close(parser);
		}
		tell_unmatched(parser, name);
		return 0;
	}

	if (scope != MP_SCOPE_TOP) {
		enter_section(parser, scope, line);
		return 0;
	}
	if (key == MP_KEY_NONE) {
		take_unknown(parser, line);
		return 0;
	}
	return take_value(parser, key, name, &line->tokens[1]);
}

/* What some editors begin a file with. Return: how much of it is to be skipped. */
static size_t skip_mark(struct parser *parser, const char *text, size_t length)
{
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return 3;
	if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
		parser->line = 1;
		damage(parser, LEVEL_ERROR, 1,
		       "the file is in UTF-16 and ignored as a whole: expected ASCII or UTF-8");
		return length;
	}
	return 0;
}

static int take_text(struct parser *parser, const char *text, size_t length)
{
	const char *end = text + length;

	text += skip_mark(parser, text, length);
	while (text < end) {
		const char *newline = memchr(text, '\n', end - text), *nul;
		const char *stop = newline ? newline : end;
		struct mp_line line;
		int r;

		parser->line++;
		nul = memchr(text, '\0', stop - text);
		if (nul)
			damage(parser, LEVEL_ERROR, nul - text + 1,
			       "NUL byte: the rest of the line is ignored");
		r = mp_lexer_split(&parser->lexer, text, (nul ? nul : stop) - text, &line);
		if (r == 0)
			r = take_line(parser, &line);
		if (r < 0)
			return r;
		text = stop + 1;
	}
	return 0;
}

static int remember_file(struct parser *parser)
{
	struct mp_config *config = parser->config;
	size_t index = config->file_count + MP_ORIGIN_FILES;

	if (config->file_count == config->file_size) {
		size_t size = config->file_size ? config->file_size * 2 : 4;
		const char **files = reallocarray(config->files, size, sizeof(*files));

		if (!files)
			return -ENOMEM;
		config->files = files;
		config->file_size = size;
	}
	parser->file = mp_arena_text(&config->arena, parser->file, strlen(parser->file));
	if (!parser->file)
		return -ENOMEM;
	config->files[config->file_count++] = parser->file;
	parser->file_index = index > UINT16_MAX ? UINT16_MAX : index;
	return 0;
}

int mp_parser_read_text(struct mp_config *config, const char *name, const char *text, size_t length,
			bool strict, struct mp_diagnostics *diagnostics)
{
	struct parser parser = {
		.reader = { .arena = &config->arena, .tell = reader_tell },
		.config = config,
		.diagnostics = diagnostics,
		.file = name,
		.strict = strict,
	};
	int r = remember_file(&parser);

	if (r == 0)
		r = take_text(&parser, text, length);
	if (r == 0 && parser.depth > 0)
		damage(&parser, LEVEL_WARNING, 1,
		       "section %s of line %u is not closed: expected a \"}\"",
		       mp_scopes[innermost(&parser)->scope].name, innermost(&parser)->line);
	while (r == 0 && parser.depth > 0)
		r = block_close(&parser);
	mp_lexer_fini(&parser.lexer);
	if (r == 0 && parser.rejected)
		r = -EINVAL;
	return r;
}

enum { FILE_SIZE_MAX = 256 << 20 };

static int read_all(int fd, struct mp_strbuf *buf)
{
	char block[16 * 1024];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		mp_strbuf_add(buf, block, n);
		if (buf->length > FILE_SIZE_MAX)
			return -EFBIG;
	}
	return buf->error;
}

static bool is_link(const char *file)
{
	struct stat status;

	return lstat(file, &status) == 0 && S_ISLNK(status.st_mode);
}

int mp_parser_read_file(struct mp_config *config, const char *file, bool strict,
			struct mp_diagnostics *diagnostics)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	/* A FIFO must not make us wait. */
	_cleanup_close_ int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r = fd < 0 ? -errno : read_all(fd, &text);

	if (r == -ENOENT && !is_link(file))
		return r;
	if (r == -ENOENT) {
		mp_parser_report(diagnostics, MP_SEVERITY_WARNING, LEVEL_ERROR, file, 0, 0,
				 "cannot be read: dangling symbolic link");
		return r;
	}
	if (r < 0) {
		mp_parser_report(diagnostics, strict ? MP_SEVERITY_ERROR : MP_SEVERITY_WARNING,
				 LEVEL_ERROR, file, 0, 0, "cannot be read: %s", strerror(-r));
		return r;
	}
	return mp_parser_read_text(config, file, mp_strbuf_text(&text), text.length, strict,
				   diagnostics);
}
