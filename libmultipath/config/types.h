/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* types.h - how values of multipath.conf are read and printed.  For: config. */
#pragma once
#include "config/keywords.h"

struct mp_arena;
struct mp_strbuf;

/* Who asks for a value to be read: memory for texts, and an ear for what is odd about it. */
struct mp_value_reader {
	struct mp_arena *arena;
	void (*tell)(struct mp_value_reader *reader, int level, const char *text);
};

struct mp_type {
	/*
	 * Return: 0 and @ret's number, text and flags; 1 if the text means "unset"; -EINVAL if the text is no such value; -EBADMSG if the file is to be
	 * rejected for it; -ENOMEM. What was read in spite of a flaw is told.
	 */
	int (*parse)(struct mp_value_reader *reader, const struct mp_keyword *keyword, const char *text,
		     struct mp_setting *ret);
	void (*format)(const struct mp_keyword *keyword, const struct mp_setting *setting, struct mp_strbuf *buf);
	const char *expected; /* for messages; NULL: told by words or range of the keyword */
};

extern const struct mp_type mp_type_number;
extern const struct mp_type mp_type_word;
extern const struct mp_type mp_type_word_prefix; /* what follows the word is ignored */
extern const struct mp_type mp_type_word_or_number; /* words, else a number within the bounds */
extern const struct mp_type mp_type_plain_word_or_number; /* as before, printed without quotes */
extern const struct mp_type mp_type_text;
extern const struct mp_type mp_type_prio_args;
extern const struct mp_type mp_type_name; /* without slash */
extern const struct mp_type mp_type_alias; /* that a device can have */
extern const struct mp_type mp_type_delimiter;
extern const struct mp_type mp_type_selector;
extern const struct mp_type mp_type_counted_words;
extern const struct mp_type mp_type_features;
extern const struct mp_type mp_type_mode;
extern const struct mp_type mp_type_user;
extern const struct mp_type mp_type_group;
extern const struct mp_type mp_type_fds;
extern const struct mp_type mp_type_loss_timeout;
extern const struct mp_type mp_type_reservation_key;
extern const struct mp_type mp_type_uid_attrs;
extern const struct mp_type mp_type_protocol;

/* Flags of features: the words that are keywords of their own. Without them the text stands behind the text's NUL. */
enum { MP_FEATURES_QUEUE = 1 << 0, MP_FEATURES_RETAIN = 1 << 1 };

/* Flags of reservation_key. */
enum { MP_RESERVATION_KEY_APTPL = 1 << 0, MP_RESERVATION_KEY_FILE = 1 << 1 };

/** mp_value_expected() - append what the keyword takes: "one of a, b", "a number from 1 to 5" */
void mp_value_expected(const struct mp_keyword *keyword, struct mp_strbuf *buf);

/** mp_value_suggest() - append "; did you mean X?" if there is a value that looks like @text */
void mp_value_suggest(const struct mp_keyword *keyword, const char *text, struct mp_strbuf *buf);

/** mp_name_suggest() - as before, of the name of a path selector without its arguments */
void mp_name_suggest(const struct mp_keyword *keyword, const char *text, struct mp_strbuf *buf);

/** mp_text_quote() - append in quotes, inner quotes doubled */
void mp_text_quote(const char *text, struct mp_strbuf *buf);
