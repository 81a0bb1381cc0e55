/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/types.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mangling.h"
#include "config/accounts.h"
#include "base/node.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "config/arena.h"
#include "model/protocol.h"

enum { LEVEL_WARNING = 1, LEVEL_NOTICE = 2, PRIO_ARGS_MAX = 254, KEY_DIGITS_MAX = 16 };

static void __attribute__((format(printf, 3, 4)))
tell(struct mp_value_reader *reader, int level, const char *format, ...)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	va_list args;

	va_start(args, format);
	mp_strbuf_vprintf(&buf, format, args);
	va_end(args);
	reader->tell(reader, level, mp_strbuf_text(&buf));
}

void mp_type_quote(const char *text, struct mp_strbuf *buf)
{
	mp_strbuf_putc(buf, '"');
	for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
		mp_strbuf_add(buf, text, quote + 1 - text);
		mp_strbuf_putc(buf, '"');
	}
	mp_strbuf_puts(buf, text);
	mp_strbuf_putc(buf, '"');
}

static int set_text(struct mp_value_reader *reader, const char *text, size_t length,
		    struct mp_setting *ret)
{
	ret->text = mp_arena_text(reader->arena, text, length);
	return ret->text ? 0 : -ENOMEM;
}

/* Decimal, with blanks around it, clamped to 64 bits. */
static int parse_number(const char *text, int64_t *ret)
{
	char *end;
	int64_t number = strtoll(text, &end, 10);

	if (end == text)
		return -EINVAL;
	while (isspace((unsigned char)*end))
		end++;
	if (*end)
		return -EINVAL;
	*ret = number;
	return 0;
}

static int number_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			const char *text, struct mp_setting *ret)
{
	int64_t number;
	int r = parse_number(text, &number);

	if (r < 0)
		return r;
	ret->number = number < keyword->min ? keyword->min :
		      number > keyword->max ? keyword->max :
					      number;
	if (ret->number != number)
		tell(reader, LEVEL_WARNING,
		     "value \"%s\" of %s is out of range, %lld is used: expected %lld to %lld",
		     text, keyword->name, (long long)ret->number, (long long)keyword->min,
		     (long long)keyword->max);
	return 0;
}

static void number_format(const struct mp_keyword *keyword, const struct mp_setting *setting,
			  struct mp_strbuf *buf)
{
	char text[24], *digit = text + sizeof(text);
	uint64_t rest = setting->number < 0 ? -(uint64_t)setting->number :
					      (uint64_t)setting->number;

	(void)keyword;
	do
		*--digit = '0' + rest % 10;
	while (rest /= 10);
	if (setting->number < 0)
		*--digit = '-';
	mp_strbuf_add(buf, digit, text + sizeof(text) - digit);
}

static const struct mp_word *find_word(const struct mp_word *words, const char *text)
{
	for (; words && words->text; words++)
		if (strcmp(words->text, text) == 0)
			return words;
	return NULL;
}

static const char *word_text(const struct mp_keyword *keyword, int64_t number)
{
	for (const struct mp_word *word = keyword->words; word->text; word++)
		if (word->number == number)
			return word->text;
	return NULL;
}

static int word_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		      const char *text, struct mp_setting *ret)
{
	const struct mp_word *word = find_word(keyword->words, text);

	if (!word) {
		word = find_word(keyword->old_words, text);
		if (!word)
			return -EINVAL;
		tell(reader, LEVEL_NOTICE, "value \"%s\" of %s is deprecated: write \"%s\"", text,
		     keyword->name, word_text(keyword, word->number));
	}
	ret->number = word->number;
	return 0;
}

static int word_prefix_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			     const char *text, struct mp_setting *ret)
{
	for (const struct mp_word *word = keyword->words; word->text; word++) {
		size_t length = strlen(word->text);

		if (strncmp(word->text, text, length) != 0)
			continue;
		if (text[length])
			tell(reader, LEVEL_NOTICE, "value \"%s\" of %s is treated as \"%s\"", text,
			     keyword->name, word->text);
		ret->number = word->number;
		return 0;
	}
	return -EINVAL;
}

static int word_or_number_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
				const char *text, struct mp_setting *ret)
{
	int r = word_parse(reader, keyword, text, ret);

	return r == -EINVAL ? number_parse(reader, keyword, text, ret) : r;
}

static void word_format(const struct mp_keyword *keyword, const struct mp_setting *setting,
			struct mp_strbuf *buf)
{
	const char *text = word_text(keyword, setting->number);

	if (text)
		mp_type_quote(text, buf);
	else
		number_format(keyword, setting, buf);
}

static void plain_word_format(const struct mp_keyword *keyword, const struct mp_setting *setting,
			      struct mp_strbuf *buf)
{
	const char *text = word_text(keyword, setting->number);

	if (text)
		mp_strbuf_puts(buf, text);
	else
		number_format(keyword, setting, buf);
}

static int text_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		      const char *text, struct mp_setting *ret)
{
	(void)keyword;
	return set_text(reader, text, strlen(text), ret);
}

static void text_format(const struct mp_keyword *keyword, const struct mp_setting *setting,
			struct mp_strbuf *buf)
{
	(void)keyword;
	mp_type_quote(setting->text, buf);
}

static int prio_args_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			   const char *text, struct mp_setting *ret)
{
	size_t length = strlen(text);

	if (length > PRIO_ARGS_MAX) {
		tell(reader, LEVEL_WARNING,
		     "value of %s is truncated: expected at most %d characters", keyword->name,
		     PRIO_ARGS_MAX);
		length = PRIO_ARGS_MAX;
	}
	return set_text(reader, text, length, ret);
}

static int name_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		      const char *text, struct mp_setting *ret)
{
	if (strchr(text, '/'))
		return -EINVAL;
	return text_parse(reader, keyword, text, ret);
}

static int alias_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		       const char *text, struct mp_setting *ret)
{
	return mp_mangling_can_name(text) ? text_parse(reader, keyword, text, ret) : -EINVAL;
}

/* "/UNSET/" is how an unset one may have been printed. */
static int delimiter_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			   const char *text, struct mp_setting *ret)
{
	if (strcmp(text, "/UNSET/") == 0)
		return 1;
	return name_parse(reader, keyword, text, ret);
}

/* Next word at *text, which moves behind it; NULL at the end. */
static const char *next_word(const char **text, size_t *length)
{
	const char *start = *text + strspn(*text, " \t");

	*length = strcspn(start, " \t");
	*text = start + *length;
	return *length ? start : NULL;
}

static unsigned long count_words(const char *text)
{
	unsigned long count = 0;
	size_t length;

	while (next_word(&text, &length))
		count++;
	return count;
}

/* Is the first word the number of the words behind it? */
static bool is_counted(const char *text)
{
	size_t length;
	const char *word = next_word(&text, &length);
	unsigned long count;
	char *end;

	if (!word || !isdigit((unsigned char)*word))
		return false;
	count = strtoul(word, &end, 10);
	return end == word + length && count == count_words(text);
}

static int counted_words_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			       const char *text, struct mp_setting *ret)
{
	return is_counted(text) ? text_parse(reader, keyword, text, ret) : -EINVAL;
}

static int selector_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			  const char *text, struct mp_setting *ret)
{
	const char *rest = text;
	size_t length;

	if (!next_word(&rest, &length) || !is_counted(rest))
		return -EINVAL;
	return text_parse(reader, keyword, text, ret);
}

static bool is_word(const char *word, size_t length, const char *text)
{
	return strlen(text) == length && memcmp(word, text, length) == 0;
}

static int features_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			  const char *text, struct mp_setting *ret)
{
	_cleanup_strbuf_ struct mp_strbuf words = MP_STRBUF_INIT, both = MP_STRBUF_INIT;
	const char *rest = text, *word;
	unsigned long count = 0;
	size_t length;

	if (!is_counted(text))
		return -EINVAL;
	next_word(&rest, &length);
	while ((word = next_word(&rest, &length))) {
		if (is_word(word, length, "queue_if_no_path")) {
			ret->flags |= MP_FEATURES_QUEUE;
			tell(reader, 0,
			     "queue_if_no_path in features is deprecated: use no_path_retry \"queue\"");
		} else if (is_word(word, length, "retain_attached_hw_handler")) {
			ret->flags |= MP_FEATURES_RETAIN;
			tell(reader, 0,
			     "retain_attached_hw_handler in features is deprecated: use the keyword");
		} else {
			mp_strbuf_putc(&words, ' ');
			mp_strbuf_add(&words, word, length);
			count++;
		}
	}
	if (!ret->flags)
		return text_parse(reader, keyword, text, ret);

	mp_strbuf_add(&both, text, strlen(text) + 1);
	mp_strbuf_printf(&both, "%lu", count);
	mp_strbuf_add(&both, mp_strbuf_text(&words), words.length);
	return words.error || both.error ? -ENOMEM : set_text(reader, both.text, both.length, ret);
}

static int mode_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		      const char *text, struct mp_setting *ret)
{
	char *end;
	unsigned long mode;

	text += strspn(text, " \t");
	if (*text == '-')
		return -EINVAL;
	mode = strtoul(text, &end, 8);
	if (end == text || mode > (unsigned long)keyword->max)
		return -EINVAL;
	end += strspn(end, " \t");
	if (*end)
		tell(reader, LEVEL_WARNING,
		     "\"%s\" after the value of %s is ignored, 0%lo is used: expected octal digits",
		     end, keyword->name, mode);
	ret->number = mode;
	return 0;
}

static void octal_format(const struct mp_keyword *keyword, const struct mp_setting *setting,
			 struct mp_strbuf *buf)
{
	(void)keyword;
	mp_strbuf_printf(buf, "0%llo", (unsigned long long)setting->number);
}

/* Octal with a leading 0, as we print it; else decimal. */
static int parse_id(const char *text, int64_t *ret)
{
	int64_t id;

	if (text[0] == '0' && text[1] && strspn(text, "01234567") == strlen(text)) {
		id = strtoll(text, NULL, 8);
		if (id > UINT_MAX)
			return -EINVAL;
		*ret = id;
		return 0;
	}
	if (parse_number(text, &id) < 0 || id < 0 || id > UINT_MAX)
		return -EINVAL;
	*ret = id;
	return 0;
}

static int user_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		      const char *text, struct mp_setting *ret)
{
	int r = mp_account_user(text, &ret->number);

	(void)reader, (void)keyword;
	return r == -ENOENT ? parse_id(text, &ret->number) : r;
}

static int group_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		       const char *text, struct mp_setting *ret)
{
	int r = mp_account_group(text, &ret->number);

	(void)reader, (void)keyword;
	return r == -ENOENT ? parse_id(text, &ret->number) : r;
}

/* What a process may have at most: fs.nr_open. */
static int64_t fds_limit(void)
{
	_cleanup_close_ int fd = open("/proc/sys/fs/nr_open", O_RDONLY | O_CLOEXEC);
	char text[32] = "";
	int64_t limit;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 || parse_number(text, &limit) < 0 ||
	    limit <= 0 || limit > INT_MAX)
		return 4096;
	return limit;
}

static int fds_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		     const char *text, struct mp_setting *ret)
{
	struct mp_keyword bounds = *keyword;
	int r;

	if (word_parse(reader, keyword, text, ret) == 0)
		return 0;
	bounds.max = fds_limit();
	r = number_parse(reader, &bounds, text, ret);
	if (r == 0 && ret->number == bounds.max)
		ret->number = keyword->words->number;
	return r;
}

static int loss_timeout_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			      const char *text, struct mp_setting *ret)
{
	unsigned long long number;
	char *end;

	if (word_parse(reader, keyword, text, ret) == 0) {
		ret->number = UINT_MAX;
		return 0;
	}
	text += strspn(text, " \t");
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	number = strtoull(text, &end, 10);
	end += strspn(end, " \t");
	if (*end)
		tell(reader, LEVEL_WARNING,
		     "\"%s\" after the value of %s is ignored, %llu is used: expected a number of seconds",
		     end, keyword->name, number);
	if (number > UINT_MAX)
		tell(reader, LEVEL_WARNING,
		     "value \"%s\" of %s is out of range, \"infinity\" is used", text,
		     keyword->name);
	ret->number = number > UINT_MAX ? UINT_MAX : number;
	return 0;
}

static void loss_timeout_format(const struct mp_keyword *keyword, const struct mp_setting *setting,
				struct mp_strbuf *buf)
{
	if (setting->number == UINT_MAX)
		mp_strbuf_puts(buf, "\"infinity\"");
	else
		number_format(keyword, setting, buf);
}

static int reservation_key_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
				 const char *text, struct mp_setting *ret)
{
	const char *digits = text;
	size_t length;

	if (strcmp(text, "file") == 0) {
		ret->number = 0;
		ret->flags = MP_RESERVATION_KEY_FILE;
		return 0;
	}
	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		digits += 2;
	length = strspn(digits, "0123456789abcdefABCDEF");
	if (length < 1 || length > KEY_DIGITS_MAX || (digits[length] && digits[length] != ':'))
		return -EBADMSG;
	ret->number = (int64_t)strtoull(digits, NULL, 16);
	if (strcmp(digits + length, ":aptpl") == 0)
		ret->flags = MP_RESERVATION_KEY_APTPL;
	else if (digits[length])
		tell(reader, LEVEL_WARNING,
		     "\"%s\" after the value of %s is ignored: expected \":aptpl\"",
		     digits + length, keyword->name);
	return 0;
}

static void reservation_key_format(const struct mp_keyword *keyword,
				   const struct mp_setting *setting, struct mp_strbuf *buf)
{
	(void)keyword;
	if (setting->flags & MP_RESERVATION_KEY_FILE)
		mp_strbuf_puts(buf, "\"file\"");
	else
		mp_strbuf_printf(buf, "0x%llx%s", (unsigned long long)setting->number,
				 setting->flags & MP_RESERVATION_KEY_APTPL ? ":aptpl" : "");
}

static int uid_attrs_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			   const char *text, struct mp_setting *ret)
{
	_cleanup_strbuf_ struct mp_strbuf valid = MP_STRBUF_INIT;
	const char *rest = text, *word;
	size_t length;

	while ((word = next_word(&rest, &length))) {
		if (!memchr(word, ':', length)) {
			tell(reader, LEVEL_WARNING,
			     "\"%.*s\" in %s is ignored: expected TYPE:UDEV_PROPERTY", (int)length,
			     word, keyword->name);
			continue;
		}
		if (valid.length)
			mp_strbuf_putc(&valid, ' ');
		mp_strbuf_add(&valid, word, length);
	}
	if (valid.error)
		return valid.error;
	return valid.length ? set_text(reader, valid.text, valid.length, ret) : -EINVAL;
}

/* One record is printed as ever; several need quotes, or they could not be read again. */
static void uid_attrs_format(const struct mp_keyword *keyword, const struct mp_setting *setting,
			     struct mp_strbuf *buf)
{
	const char *p = setting->text;

	while (isgraph((unsigned char)*p) && !strchr("#!{}\"", *p))
		p++;
	if (*p)
		text_format(keyword, setting, buf);
	else
		mp_strbuf_puts(buf, setting->text);
}

static int protocol_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			  const char *text, struct mp_setting *ret)
{
	enum mp_protocol protocol;

	(void)reader, (void)keyword;
	if (mp_protocol_parse(text, &protocol) < 0)
		return -EINVAL;
	ret->number = protocol;
	return 0;
}

static void protocol_format(const struct mp_keyword *keyword, const struct mp_setting *setting,
			    struct mp_strbuf *buf)
{
	(void)keyword;
	mp_strbuf_printf(buf, "\"%s\"", mp_protocol_name(setting->number));
}

const struct mp_type mp_type_number = { number_parse, number_format, NULL };
const struct mp_type mp_type_word = { word_parse, word_format, NULL };
const struct mp_type mp_type_word_prefix = { word_prefix_parse, word_format, NULL };
const struct mp_type mp_type_word_or_number = { word_or_number_parse, word_format, NULL };
const struct mp_type mp_type_plain_word_or_number = { word_or_number_parse, plain_word_format,
						      NULL };
const struct mp_type mp_type_text = { text_parse, text_format, "text" };
const struct mp_type mp_type_prio_args = { prio_args_parse, text_format, "text" };
const struct mp_type mp_type_name = { name_parse, text_format, "a name without \"/\"" };
const struct mp_type mp_type_alias = { alias_parse, text_format,
				       "a name of 1 to 127 characters without \"/\"" };
const struct mp_type mp_type_delimiter = { delimiter_parse, text_format, "text without \"/\"" };
const struct mp_type mp_type_selector = {
	selector_parse, text_format,
	"a name, the number of its arguments, and the arguments: \"service-time 0\""
};
const struct mp_type mp_type_counted_words = { counted_words_parse, text_format,
					       "a number and as many words: \"1 alua\"" };
const struct mp_type mp_type_features = { features_parse, text_format,
					  "a number and as many words: \"2 pg_init_retries 50\"" };
const struct mp_type mp_type_mode = { mode_parse, octal_format, "an octal number from 0 to 0777" };
const struct mp_type mp_type_user = { user_parse, octal_format, "a user's name or number" };
const struct mp_type mp_type_group = { group_parse, octal_format, "a group's name or number" };
const struct mp_type mp_type_fds = { fds_parse, word_format, NULL };
const struct mp_type mp_type_loss_timeout = { loss_timeout_parse, loss_timeout_format,
					      "\"infinity\" or a number of seconds" };
const struct mp_type mp_type_reservation_key = { reservation_key_parse, reservation_key_format,
						 "\"file\" or up to 16 hexadecimal digits" };
const struct mp_type mp_type_uid_attrs = { uid_attrs_parse, uid_attrs_format,
					   "records TYPE:UDEV_PROPERTY separated by blanks" };
const struct mp_type mp_type_protocol = { protocol_parse, protocol_format,
					  "a protocol such as \"scsi:fcp\"" };

void mp_type_expected(const struct mp_keyword *keyword, struct mp_strbuf *buf)
{
	const char *separator = "";

	if (keyword->type->expected) {
		mp_strbuf_puts(buf, keyword->type->expected);
		return;
	}
	for (const struct mp_word *word = keyword->words; word && word->text; word++) {
		mp_strbuf_printf(buf, "%s\"%s\"", separator, word->text);
		separator = ", ";
	}
	if (keyword->min != keyword->max)
		mp_strbuf_printf(buf, "%sa number from %lld to %lld", keyword->words ? " or " : "",
				 (long long)keyword->min, (long long)keyword->max);
}

static void offer_words(struct mp_suggestion *suggestion, const struct mp_word *words)
{
	for (; words && words->text; words++)
		if (words->text[1]) /* not "0" and "1" */
			mp_suggest_offer(suggestion, words->text);
}

/* The words behind the first one if that is a number. */
static const char *skip_count(const char *text)
{
	const char *rest = text, *word;
	size_t length;

	word = next_word(&rest, &length);
	return word && strspn(word, "0123456789") >= length ? rest : text;
}

/* "round-robin", "round robin 0", "historical-service-time 2 5" */
static bool suggest_selector(const struct mp_keyword *keyword, const char *text,
			     struct mp_strbuf *buf)
{
	struct mp_suggestion suggestion;
	const char *arguments = skip_count(text + strcspn(text, "0123456789"));
	const struct mp_word *selector;
	char name[32];

	if (strlen(text) >= sizeof(name))
		return false;
	strcpy(name, text);
	name[strcspn(name, "0123456789")] = '\0';
	for (size_t length = strlen(name); length && isspace((unsigned char)name[length - 1]);
	     length--)
		name[length - 1] = '\0';
	suggestion = mp_suggest_start(name);
	offer_words(&suggestion, keyword->known);
	if (!suggestion.best)
		return false;
	selector = find_word(keyword->known, suggestion.best);
	arguments += strspn(arguments, " \t");
	if (selector->number && *arguments)
		mp_strbuf_printf(buf, "; did you mean \"%s %lu %s\"?", suggestion.best,
				 count_words(arguments), arguments);
	else
		mp_strbuf_printf(buf, "; did you mean \"%s 0\"?", suggestion.best);
	return true;
}

/* Is only the number of words missing or wrong? */
static bool suggest_count(const char *text, struct mp_strbuf *buf)
{
	const char *words = skip_count(text);
	unsigned long count = count_words(words);

	words += strspn(words, " \t");
	if (count)
		mp_strbuf_printf(buf, "; did you mean \"%lu %s\"?", count, words);
	return count;
}

/* A name with its directory. */
static bool suggest_alias(const char *text, struct mp_strbuf *buf)
{
	static const char dir[] = MP_NODE_MAPPER;
	const char *name = text + strlen(dir);

	if (strncmp(text, dir, strlen(dir)) != 0 || strchr(name, '/') ||
	    !mp_mangling_can_name(name))
		return false;
	mp_strbuf_printf(buf, "; did you mean \"%s\"?", name);
	return true;
}

static bool is_one_of(const char *const *words, const char *text)
{
	for (; *words; words++)
		if (strcasecmp(*words, text) == 0)
			return true;
	return false;
}

/*
 * What one writes for yes and no elsewhere. Return: is it one of these? It is then, whatever it
 * resembles.
 */
static bool suggest_answer(const struct mp_keyword *keyword, const char *text,
			   struct mp_strbuf *buf)
{
	static const char *const answers[][8] = {
		{ "yes", "on", "true", "enable", "enabled", "y", NULL },
		{ "no", "off", "false", "disable", "disabled", "n", NULL },
	};

	for (size_t i = 0; keyword->words && i < ARRAY_SIZE(answers); i++) {
		if (!is_one_of(answers[i], text))
			continue;
		for (const char *const *word = answers[i]; *word; word++) {
			const struct mp_word *found = find_word(keyword->words, *word);

			if (!found)
				found = find_word(keyword->old_words, *word);
			if (!found)
				continue;
			mp_strbuf_printf(buf, "; did you mean \"%s\"?",
					 word_text(keyword, found->number));
			break;
		}
		return true;
	}
	return false;
}

/* Names of units, and how many of the keyword's own each is; divided by @divisor. */
static const struct unit_name {
	enum mp_unit unit;
	const char *names[5];
	int64_t factor, divisor;
} unit_names[] = {
	{ MP_UNIT_SECONDS, { "s", "sec", "secs", "second", "seconds" }, 1, 1 },
	{ MP_UNIT_SECONDS, { "m", "min", "mins", "minute", "minutes" }, 60, 1 },
	{ MP_UNIT_SECONDS, { "h", "hour", "hours" }, 3600, 1 },
	{ MP_UNIT_SECONDS, { "d", "day", "days" }, 86400, 1 },
	{ MP_UNIT_SECONDS, { "ms", "msec", "msecs" }, 1, 1000 },
	{ MP_UNIT_MILLISECONDS, { "ms", "msec", "msecs" }, 1, 1 },
	{ MP_UNIT_MILLISECONDS, { "s", "sec", "secs", "second", "seconds" }, 1000, 1 },
	{ MP_UNIT_MILLISECONDS, { "m", "min", "mins", "minute", "minutes" }, 60000, 1 },
	{ MP_UNIT_KIB, { "k", "kb", "kib" }, 1, 1 },
	{ MP_UNIT_KIB, { "m", "mb", "mib" }, 1024, 1 },
	{ MP_UNIT_KIB, { "g", "gb", "gib" }, 1024 * 1024, 1 },
	{ MP_UNIT_KIB, { "b", "byte", "bytes" }, 1, 1024 },
};

static const struct unit_name *find_unit(enum mp_unit unit, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_names); i++)
		for (size_t k = 0; k < ARRAY_SIZE(unit_names[i].names) && unit_names[i].names[k];
		     k++)
			if (unit_names[i].unit == unit &&
			    strcasecmp(unit_names[i].names[k], name) == 0)
				return &unit_names[i];
	return NULL;
}

/*
 * "0x10", "1e3", "5min", "10;". Return: 0 and the number in the keyword's unit, -EINVAL if nobody
 * can tell.
 */
static int parse_foreign_number(const struct mp_keyword *keyword, const char *text, int64_t *ret)
{
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const struct unit_name *unit;
	int64_t number;
	char *rest;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	number = strtoll(text, &rest, is_hex ? 16 : 10);
	if (errno)
		return -errno;
	if (!is_hex && (*rest == 'e' || *rest == 'E') && isdigit((unsigned char)rest[1]))
		for (long zeros = strtol(rest + 1, &rest, 10); number && zeros > 0; zeros--)
			if (__builtin_mul_overflow(number, 10, &number))
				return -ERANGE;
	rest += strspn(rest, " \t");
	unit = find_unit(keyword->unit, rest);
	if (unit) {
		if (number % unit->divisor ||
		    __builtin_mul_overflow(number / unit->divisor, unit->factor, &number))
			return -ERANGE;
	} else if (*rest && strcmp(rest, ";") != 0 && strcmp(rest, ",") != 0) {
		return -EINVAL;
	}
	*ret = number;
	return 0;
}

static void suggest_number(const struct mp_keyword *keyword, const char *text,
			   struct mp_strbuf *buf)
{
	int64_t number;

	if (keyword->min == keyword->max)
		return;
	if (parse_foreign_number(keyword, text, &number) == 0 && number >= keyword->min &&
	    number <= keyword->max)
		mp_strbuf_printf(buf, "; did you mean %lld?", (long long)number);
	else if (keyword->unit == MP_UNIT_CHECKS && isdigit((unsigned char)*text) &&
		 find_unit(MP_UNIT_SECONDS, text + strspn(text, "0123456789")))
		mp_strbuf_puts(buf, "; it counts checks, it is not a time");
}

/* The text without the single quotes around it, in @copy if it has any. */
static const char *unquoted(const char *text, char *copy, size_t size)
{
	size_t length = strlen(text);

	if (length < 2 || text[0] != '\'' || text[length - 1] != '\'' || length - 2 >= size)
		return text;
	memcpy(copy, text + 1, length - 2);
	copy[length - 2] = '\0';
	return copy;
}

void mp_type_suggest_selector(const struct mp_keyword *keyword, const char *text,
			      struct mp_strbuf *buf)
{
	struct mp_suggestion suggestion = mp_suggest_start(text);
	const struct mp_word *best, *rival;

	if (suggest_answer(keyword, text, buf))
		return;
	offer_words(&suggestion, keyword->words);
	offer_words(&suggestion, keyword->known);
	if (keyword->type == &mp_type_protocol)
		for (unsigned protocol = 0; protocol < MP_PROTOCOLS; protocol++)
			mp_suggest_offer(&suggestion, mp_protocol_name(protocol));
	/* Between two words that mean different things nobody can choose. */
	best = suggestion.rival ? find_word(keyword->words, suggestion.best) : NULL;
	rival = best ? find_word(keyword->words, suggestion.rival) : NULL;
	if (suggestion.best && (!rival || best->number == rival->number))
		mp_strbuf_printf(buf, "; did you mean \"%s\"?", suggestion.best);
	else
		suggest_number(keyword, text, buf);
}

void mp_type_suggest(const struct mp_keyword *keyword, const char *text, struct mp_strbuf *buf)
{
	const struct mp_type *type = keyword->type;
	char copy[64];
	bool done = false;

	text = unquoted(text, copy, sizeof(copy));
	if (type == &mp_type_selector)
		done = suggest_selector(keyword, text, buf);
	else if (type == &mp_type_features || type == &mp_type_counted_words)
		done = suggest_count(text, buf);
	else if (type == &mp_type_alias)
		done = suggest_alias(text, buf);
	if (!done)
		mp_type_suggest_selector(keyword, text, buf);
}
