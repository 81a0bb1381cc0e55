/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* types.h - how values of multipath.conf are read and printed.  For: config. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct mp_arena;
struct mp_strbuf;
struct mp_type;

/* One value and where it was written. */
struct mp_setting {
	uint8_t key; /* enum mp_key of keywords.h; MP_KEY_NONE, which is 0, ends an array of them */
	uint8_t flags; /* of the type */
	uint16_t file; /* MP_ORIGIN_*, else index of the file */
	uint32_t line : 24, column : 8; /* of the keyword; their largest value: that or more */
	union {
		int64_t number;
		const char *text;
	};
};

enum { MP_LINE_MAX = (1 << 24) - 1, MP_COLUMN_MAX = (1 << 8) - 1 };

enum {
	MP_ORIGIN_BUILTIN,
	MP_ORIGIN_COMMAND_LINE,
	MP_ORIGIN_DERIVED,
	MP_ORIGIN_FILES /* first file */
};

/* A word that stands for a number. Of several for one number the first is printed. */
struct mp_word {
	const char *text; /* NULL ends the list */
	int number;
};

enum {
	MP_KEYWORD_REPEATABLE = 1 << 0,
	MP_KEYWORD_IGNORED = 1 << 1, /* accepted, without meaning; never printed */
	MP_KEYWORD_ZERO_INHERITS = 1 << 2, /* 0 is as if it were not there */
	MP_KEYWORD_HAS_DEFAULT = 1 << 3,
	/* no value has an effect; told for others than the built-in one, which is printed */
	MP_KEYWORD_IDLE = 1 << 4,
};

/* What a number counts. */
enum mp_unit { MP_UNIT_NONE, MP_UNIT_SECONDS, MP_UNIT_MILLISECONDS, MP_UNIT_KIB, MP_UNIT_CHECKS };

/* The settings that a value goes into. */
enum mp_home { MP_HOME_NONE, MP_HOME_PROCESS, MP_HOME_PATH, MP_HOME_MAP };

/* The member of the settings that takes a keyword's value as it is; see member.h. */
struct mp_member {
	enum mp_home home;
	bool is_text;
	uint8_t size; /* of a number; 1: bool */
	uint16_t offset;
	uint16_t has_offset; /* of the bool that says whether there is a value; 0: none */
};

struct mp_keyword {
	const char *name;
	unsigned sections; /* 1 << enum mp_scope of each that takes it */
	const struct mp_type *type;
	unsigned flags;
	unsigned alias_of; /* enum mp_key: another spelling of that keyword, never printed */
	int64_t min, max; /* numbers */
	enum mp_unit unit;
	const struct mp_word *words;
	const struct mp_word *old_words; /* still understood, never printed */
	/* names that a text may well be, prioritizers with their enum mp_args */
	const struct mp_word *known;
	const char *instead; /* obsolete: what took its place */
	struct mp_setting built_in; /* with MP_KEYWORD_HAS_DEFAULT */
	/* this value has no effect, and why: "NAME has no effect <text>"; told when it is set */
	struct mp_word idle;
	struct mp_member sets;
};

/* Does a prioritizer take prio_args? The optional ones are "exclusive_pref_bit". */
enum mp_args { MP_ARGS_NONE, MP_ARGS_OPTIONAL, MP_ARGS_NEEDED };

/* Who asks for a value to be read: memory for texts, and an ear for what is odd about it. */
struct mp_value_reader {
	struct mp_arena *arena;
	void (*tell)(struct mp_value_reader *reader, int level, const char *text);
};

struct mp_type {
	/*
	 * Return: 0 and @ret's number, text and flags; 1 if the text means "unset"; -EINVAL if the
	 * text is no such value; -EBADMSG if the file is to be rejected for it; -ENOMEM. What was
	 * read in spite of a flaw is told.
	 */
	int (*parse)(struct mp_value_reader *reader, const struct mp_keyword *keyword,
		     const char *text, struct mp_setting *ret);
	void (*format)(const struct mp_keyword *keyword, const struct mp_setting *setting,
		       struct mp_strbuf *buf);
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

/*
 * Flags of features: the words that are keywords of their own. Without them the text stands behind
 * the text's NUL.
 */
enum { MP_FEATURES_QUEUE = 1 << 0, MP_FEATURES_RETAIN = 1 << 1 };

/* Flags of reservation_key. */
enum { MP_RESERVATION_KEY_APTPL = 1 << 0, MP_RESERVATION_KEY_FILE = 1 << 1 };

/** mp_type_expected() - append what the keyword takes: "one of a, b", "a number from 1 to 5" */
void mp_type_expected(const struct mp_keyword *keyword, struct mp_strbuf *buf);

/** mp_type_suggest() - append "; did you mean X?" if there is a value that looks like @text */
void mp_type_suggest(const struct mp_keyword *keyword, const char *text, struct mp_strbuf *buf);

/** mp_type_suggest_selector() - as before, of the name of a path selector without its arguments */
void mp_type_suggest_selector(const struct mp_keyword *keyword, const char *text,
			      struct mp_strbuf *buf);

/** mp_type_quote() - append in quotes, inner quotes doubled */
void mp_type_quote(const char *text, struct mp_strbuf *buf);
