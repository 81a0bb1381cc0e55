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

#include "base/cleanup.h"
#include "config/accounts.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "config/arena.h"
#include "config/bindings.h"
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

void mp_text_quote(const char *text, struct mp_strbuf *buf)
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
	uint64_t rest = setting->number < 0 ? -(uint64_t)setting->number : (uint64_t)setting->number;

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
			tell(reader, LEVEL_NOTICE, "value \"%s\" of %s is taken for \"%s\"", text, keyword->name,
			     word->text);
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
		mp_text_quote(text, buf);
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
	mp_text_quote(setting->text, buf);
}

static int prio_args_parse(struct mp_value_reader *reader, const struct mp_keyword *keyword,
			   const char *text, struct mp_setting *ret)
{
	size_t length = strlen(text);

	if (length > PRIO_ARGS_MAX) {
		tell(reader, LEVEL_WARNING, "value of %s is cut: expected at most %d characters",
		     keyword->name, PRIO_ARGS_MAX);
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
	return mp_alias_is_usable(text) ? text_parse(reader, keyword, text, ret) : -EINVAL;
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
			     "queue_if_no_path in features is deprecated: write no_path_retry \"queue\"");
		} else if (is_word(word, length, "retain_attached_hw_handler")) {
			ret->flags |= MP_FEATURES_RETAIN;
			tell(reader, 0,
			     "retain_attached_hw_handler in features is deprecated: it is a keyword");
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
		     "\"%s\" behind the value of %s is ignored, 0%lo is used: expected octal digits", end,
		     keyword->name, mode);
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
		     "\"%s\" behind the value of %s is ignored, %llu is used: expected a number of seconds", end,
		     keyword->name, number);
	if (number > UINT_MAX)
		tell(reader, LEVEL_WARNING, "value \"%s\" of %s is out of range, \"infinity\" is used", text, keyword->name);
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
		     "\"%s\" behind the value of %s is ignored: expected \":aptpl\"",
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
const struct mp_type mp_type_text = { text_parse, text_format, "a text" };
const struct mp_type mp_type_prio_args = { prio_args_parse, text_format, "a text" };
const struct mp_type mp_type_name = { name_parse, text_format, "a name without \"/\"" };
const struct mp_type mp_type_alias = { alias_parse, text_format,
				       "a name of 1 to 127 characters without \"/\"" };
const struct mp_type mp_type_delimiter = { delimiter_parse, text_format, "a text without \"/\"" };
const struct mp_type mp_type_selector = {
	selector_parse, text_format,
	"a name, the number of its arguments, and these: \"service-time 0\""
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
					   "records TYPE:UDEV_PROPERTY with blanks between them" };
const struct mp_type mp_type_protocol = { protocol_parse, protocol_format,
					  "a protocol, like \"scsi:fcp\"" };

void mp_value_expected(const struct mp_keyword *keyword, struct mp_strbuf *buf)
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
			mp_suggestion_offer(suggestion, words->text);
}

/* The words behind the first one if that is a number. */
static const char *skip_count(const char *text)
{
	const char *rest = text, *word;
	size_t length;

	word = next_word(&rest, &length);
	return word && strspn(word, "0123456789") >= length ? rest : text;
}

/* "round-robin", "round robin 0" */
static bool suggest_selector(const struct mp_keyword *keyword, const char *text, struct mp_strbuf *buf)
{
	struct mp_suggestion suggestion;
	char name[32];

	if (strlen(text) >= sizeof(name))
		return false;
	strcpy(name, text);
	name[strcspn(name, "0123456789")] = '\0';
	for (size_t length = strlen(name); length && isspace((unsigned char)name[length - 1]); length--)
		name[length - 1] = '\0';
	suggestion = mp_suggestion_start(name);
	offer_words(&suggestion, keyword->known);
	if (suggestion.best)
		mp_strbuf_printf(buf, "; did you mean \"%s 0\"?", suggestion.best);
	return suggestion.best;
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

void mp_name_suggest(const struct mp_keyword *keyword, const char *text, struct mp_strbuf *buf)
{
	struct mp_suggestion suggestion = mp_suggestion_start(text);
	size_t digits = strspn(text, "0123456789");

	offer_words(&suggestion, keyword->words);
	offer_words(&suggestion, keyword->known);
	if (keyword->type == &mp_type_protocol)
		for (unsigned protocol = 0; protocol < MP_PROTOCOLS; protocol++)
			mp_suggestion_offer(&suggestion, mp_protocol_name(protocol));
	if (suggestion.best)
		mp_strbuf_printf(buf, "; did you mean \"%s\"?", suggestion.best);
	else if (digits && text[digits] && keyword->min != keyword->max)
		mp_strbuf_printf(buf, "; did you mean %.*s?", (int)digits, text); /* "12s" */
}

void mp_value_suggest(const struct mp_keyword *keyword, const char *text, struct mp_strbuf *buf)
{
	const struct mp_type *type = keyword->type;
	bool done = false;

	if (type == &mp_type_selector)
		done = suggest_selector(keyword, text, buf);
	else if (type == &mp_type_features || type == &mp_type_counted_words)
		done = suggest_count(text, buf);
	if (!done)
		mp_name_suggest(keyword, text, buf);
}
