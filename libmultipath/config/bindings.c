/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/bindings.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mangling.h"
#include "base/strbuf.h"
#include "config/state_file.h"

static const char file_name[] = "bindings";

/* Other programs compare this byte for byte. */
static const char header[] =
	"# Multipath bindings, Version : 1.0\n"
	"# NOTE: this file is automatically maintained by the multipath program.\n"
	"# You should not need to edit this file in normal circumstances.\n"
	"#\n"
	"# Format:\n"
	"# alias wwid\n"
	"#\n";

struct binding {
	char *alias;
	char *wwid;
	bool second; /* the WWID has another name, which counts */
};

/* The same bindings twice: by alias, and by WWID, of which the name that counts is the first. */
struct mp_bindings {
	struct binding **by_alias;
	struct binding **by_wwid;
	size_t count;
	size_t size;
	/*
	 * All numbers below are bound with this prefix: the search for a free one need not begin at
	 * 1 each time.
	 */
	char *numbered_prefix;
	unsigned first_unbound;
};

typedef int (*compare_fn)(const char *alias, const char *wwid, const struct binding *binding);

static int compare_alias(const char *alias, const char *wwid __attribute__((unused)),
			 const struct binding *binding)
{
	size_t length = strlen(alias), other = strlen(binding->alias);

	return length != other ? (length > other) - (length < other) :
				 strcmp(alias, binding->alias);
}

/* The name that counts is before all others, and an empty alias before that. */
static int compare_wwid(const char *alias, const char *wwid, const struct binding *binding)
{
	int order = strcmp(wwid, binding->wwid);

	if (order)
		return order;
	if (!*alias || !binding->second)
		return *alias ? 1 : -1;
	return compare_alias(alias, wwid, binding);
}

/* Index of the first binding that is not before (@alias, @wwid). */
static size_t place(struct binding *const *sorted, size_t count, compare_fn compare,
		    const char *alias, const char *wwid)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(alias, wwid, sorted[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct binding *binding_free(struct binding *binding)
{
	if (binding) {
		free(binding->alias);
		free(binding->wwid);
	}
	free(binding);
	return NULL;
}

int mp_bindings_new(struct mp_bindings **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

static void bindings_clear(struct mp_bindings *bindings)
{
	for (size_t i = 0; i < bindings->count; i++)
		binding_free(bindings->by_alias[i]);
	free(bindings->by_alias);
	free(bindings->by_wwid);
	free(bindings->numbered_prefix);
	*bindings = (struct mp_bindings){ 0 };
}

struct mp_bindings *mp_bindings_free(struct mp_bindings *bindings)
{
	if (bindings)
		bindings_clear(bindings);
	free(bindings);
	return NULL;
}

void mp_bindings_freep(struct mp_bindings **bindings)
{
	mp_bindings_free(*bindings);
}

const char *mp_bindings_wwid(const struct mp_bindings *bindings, const char *alias)
{
	size_t at = place(bindings->by_alias, bindings->count, compare_alias, alias, "");

	if (at == bindings->count || strcmp(bindings->by_alias[at]->alias, alias) != 0)
		return NULL;
	return bindings->by_alias[at]->wwid;
}

const char *mp_bindings_alias(const struct mp_bindings *bindings, const char *wwid)
{
	size_t at = place(bindings->by_wwid, bindings->count, compare_wwid, "", wwid);

	if (at == bindings->count || strcmp(bindings->by_wwid[at]->wwid, wwid) != 0)
		return NULL;
	return bindings->by_wwid[at]->alias;
}

static int bindings_grow(struct mp_bindings *bindings)
{
	size_t size = bindings->size ? 2 * bindings->size : 16;
	struct binding **grown;

	grown = reallocarray(bindings->by_alias, size, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	bindings->by_alias = grown;
	grown = reallocarray(bindings->by_wwid, size, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	bindings->by_wwid = grown;
	bindings->size = size;
	return 0;
}

static void insert(struct binding **sorted, size_t count, compare_fn compare,
		   struct binding *binding)
{
	size_t at = place(sorted, count, compare, binding->alias, binding->wwid);

	memmove(&sorted[at + 1], &sorted[at], (count - at) * sizeof(*sorted));
	sorted[at] = binding;
}

/* @alias is not bound yet. */
static int bindings_add(struct mp_bindings *bindings, const char *alias, const char *wwid)
{
	struct binding *binding;

	if (bindings->count == bindings->size && bindings_grow(bindings) < 0)
		return -ENOMEM;
	binding = calloc(1, sizeof(*binding));
	if (!binding)
		return -ENOMEM;
	binding->alias = strdup(alias);
	binding->wwid = strdup(wwid);
	binding->second = mp_bindings_alias(bindings, wwid) != NULL;
	if (!binding->alias || !binding->wwid) {
		binding_free(binding);
		return -ENOMEM;
	}
	insert(bindings->by_alias, bindings->count, compare_alias, binding);
	insert(bindings->by_wwid, bindings->count, compare_wwid, binding);
	bindings->count++;
	return 0;
}

static bool is_before(const struct binding *a, const struct binding *b)
{
	return a->second != b->second ? !a->second : compare_alias(a->alias, "", b) < 0;
}

/* Of the WWID's names, @alias is the one that counts from now on. */
static void bindings_prefer(struct mp_bindings *bindings, const char *alias, const char *wwid)
{
	size_t first = place(bindings->by_wwid, bindings->count, compare_wwid, "", wwid),
	       end = first;
	struct binding **sorted = bindings->by_wwid;

	for (; end < bindings->count && !strcmp(sorted[end]->wwid, wwid); end++)
		sorted[end]->second = strcmp(sorted[end]->alias, alias) != 0;
	for (size_t i = first + 1; i < end; i++)
		for (size_t k = i; k > first && is_before(sorted[k], sorted[k - 1]); k--) {
			struct binding *binding = sorted[k];

			sorted[k] = sorted[k - 1];
			sorted[k - 1] = binding;
		}
}

/* What a file is read into, and whom to tell. */
struct reading {
	struct mp_bindings bindings;
	const struct mp_config *config;
	const char *file;
	unsigned line;
	bool contradicts;
	mp_diagnostic_fn diagnostic;
	void *userdata;
};

static void __attribute__((format(printf, 3, 4)))
tell(const struct reading *reading, int level, const char *format, ...)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	va_list args;

	if (!reading->diagnostic)
		return;
	mp_strbuf_printf(&text, "%s:%u: warning: ", reading->file, reading->line);
	va_start(args, format);
	mp_strbuf_vprintf(&text, format, args);
	va_end(args);
	reading->diagnostic(reading->userdata, MP_SEVERITY_WARNING, level, mp_strbuf_text(&text));
}

static int read_binding(struct reading *reading, const char *alias, const char *wwid)
{
	const char *configured = reading->config ? mp_config_wwid_of_alias(reading->config, alias) :
						   NULL;
	const char *bound = mp_bindings_wwid(&reading->bindings, alias);

	if (strlen(wwid) >= MP_WWID_SIZE) {
		tell(reading, 1, "WWID of %s is longer than %d characters, line ignored", alias,
		     MP_WWID_SIZE - 1);
		return 0;
	}
	if (!mp_mangling_can_name(alias)) {
		tell(reading, 1, "invalid device name %s, line ignored", alias);
		return 0;
	}
	if (configured && strcmp(configured, wwid) != 0) {
		tell(reading, 0, "%s is configured as the alias of %s, binding to %s dropped",
		     alias, configured, wwid);
		reading->contradicts = true;
		return 0;
	}
	if (bound && strcmp(bound, wwid) != 0) {
		tell(reading, 0, "%s is bound to %s already, binding to %s dropped", alias, bound,
		     wwid);
		reading->contradicts = true;
		return 0;
	}
	if (bound) {
		tell(reading, 2, "binding of %s repeated", alias);
		return 0;
	}
	return bindings_add(&reading->bindings, alias, wwid);
}

static const char blanks[] = " \t\r\v\f";

/* @line is cut to pieces. */
static int read_line(struct reading *reading, char *line)
{
	char *alias, *wwid, *extra, *rest;

	line[strcspn(line, "#")] = '\0';
	alias = strtok_r(line, blanks, &rest);
	if (!alias)
		return 0;
	wwid = strtok_r(NULL, blanks, &rest);
	if (!wwid) {
		tell(reading, 1, "%s has no WWID, line ignored", alias);
		return 0;
	}
	extra = strtok_r(NULL, blanks, &rest);
	if (extra)
		tell(reading, 1, "ignoring extra word %s after ALIAS WWID", extra);
	mp_state_word_decode(alias);
	mp_state_word_decode(wwid);
	return read_binding(reading, alias, wwid);
}

int mp_bindings_parse(struct mp_bindings *bindings, const char *file, const char *text,
		      size_t length, const struct mp_config *config, mp_diagnostic_fn diagnostic,
		      void *userdata)
{
	struct reading reading = {
		.config = config, .file = file, .diagnostic = diagnostic, .userdata = userdata
	};
	bool has_header = length >= sizeof(header) - 1 &&
			  memcmp(text, header, sizeof(header) - 1) == 0;
	_cleanup_free_ char *copy = NULL;
	int r = 0;

	copy = malloc(length + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, length);
	copy[length] = '\0';

	for (char *line = copy, *next; line < copy + length && r == 0; line = next) {
		char *end = memchr(line, '\n', copy + length - line);

		if (!end)
			end = copy + length;
		*end = '\0';
		next = end + 1;
		reading.line++;
		r = read_line(&reading, line);
	}
	if (r < 0) {
		bindings_clear(&reading.bindings);
		return r;
	}
	bindings_clear(bindings);
	*bindings = reading.bindings;
	return !has_header || reading.contradicts;
}

static void put_word(struct mp_strbuf *text, const char *word, char end)
{
	char special[sizeof(blanks) + 1];

	snprintf(special, sizeof(special), "%s#", blanks);
	mp_state_word_put(text, word, special);
	mp_strbuf_putc(text, end);
}

static void put_bindings(struct mp_strbuf *text, const struct mp_bindings *bindings, bool second)
{
	for (size_t i = 0; i < bindings->count; i++) {
		if (bindings->by_alias[i]->second != second)
			continue;
		put_word(text, bindings->by_alias[i]->alias, ' ');
		put_word(text, bindings->by_alias[i]->wwid, '\n');
	}
}

int mp_bindings_format(const struct mp_bindings *bindings, char **ret)
{
	struct mp_strbuf text = MP_STRBUF_INIT;

	mp_strbuf_puts(&text, header);
	put_bindings(&text, bindings, false);
	put_bindings(&text, bindings, true);
	return mp_strbuf_take(&text, ret);
}

/* @ret: its new text, malloc'ed */
static int replace_file(const struct mp_bindings *bindings, const char *dir, char **ret)
{
	_cleanup_free_ char *text = NULL;
	int r;

	r = mp_bindings_format(bindings, &text);
	if (r == 0)
		r = mp_state_file_replace(dir, file_name, text, strlen(text));
	if (r == 0)
		*ret = TAKE_PTR(text);
	return r;
}

static bool has_second(const struct mp_bindings *bindings, size_t first)
{
	return first + 1 < bindings->count &&
	       !strcmp(bindings->by_wwid[first]->wwid, bindings->by_wwid[first + 1]->wwid);
}

/*
 * Names that @other has stay bound, unless they are given to another WWID; so does which of
 * several counts, if it says that.
 */
static int merge(struct mp_bindings *bindings, const struct mp_bindings *other)
{
	for (size_t i = 0; i < other->count; i++) {
		const struct binding *binding = other->by_wwid[i];
		const char *owner = mp_bindings_wwid(bindings, binding->alias);
		bool says = !owner || has_second(other, i);

		if (owner && strcmp(owner, binding->wwid) != 0)
			continue;
		if (!owner && bindings_add(bindings, binding->alias, binding->wwid) < 0)
			return -ENOMEM;
		if (!binding->second && says)
			bindings_prefer(bindings, binding->alias, binding->wwid);
	}
	return 0;
}

int mp_bindings_write(const char *dir, const char *text, char **ret)
{
	_cleanup_(bindings_clear) struct mp_bindings bindings = { 0 }, own = { 0 };
	_cleanup_strbuf_ struct mp_strbuf old = MP_STRBUF_INIT;
	_cleanup_close_ int fd = -1;
	int r;

	fd = mp_state_file_open(dir, file_name);
	if (fd < 0)
		return fd;
	r = mp_state_file_read(fd, &old);
	if (r < 0)
		return r;
	r = mp_bindings_parse(&bindings, file_name, mp_strbuf_text(&old), old.length, NULL, NULL,
			      NULL);
	if (r < 0)
		return r;
	r = mp_bindings_parse(&own, file_name, text, strlen(text), NULL, NULL, NULL);
	if (r < 0)
		return r;
	r = merge(&bindings, &own);
	return r < 0 ? r : replace_file(&bindings, dir, ret);
}

int mp_bindings_adopt(struct mp_bindings *bindings, const char *text,
		      const struct mp_config *config)
{
	_cleanup_(bindings_clear) struct mp_bindings adopted = { 0 };
	int r = mp_bindings_parse(&adopted, file_name, text, strlen(text), config, NULL, NULL);

	if (r >= 0)
		r = merge(&adopted, bindings);
	if (r < 0)
		return r;
	bindings_clear(bindings);
	*bindings = adopted;
	adopted = (struct mp_bindings){ 0 };
	return 0;
}

/* Read again, as others may have written since, and write what is to stand there. */
static int mend_file(struct mp_bindings *bindings, const char *dir, const struct mp_config *config)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	_cleanup_free_ char *new = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	fd = mp_state_file_open(dir, file_name);
	if (fd < 0)
		return fd;
	r = mp_state_file_read(fd, &text);
	if (r < 0)
		return r;
	r = mp_bindings_parse(bindings, file_name, mp_strbuf_text(&text), text.length, config, NULL,
			      NULL);
	return r <= 0 ? r : replace_file(bindings, dir, &new);
}

int mp_bindings_load(struct mp_bindings *bindings, const char *dir, bool read_only,
		     const struct mp_config *config, mp_diagnostic_fn diagnostic, void *userdata)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, message = MP_STRBUF_INIT;
	_cleanup_free_ char *file = NULL;
	int r;

	if (asprintf(&file, "%s/%s", dir, file_name) < 0)
		return -ENOMEM;
	r = mp_state_file_load(dir, file_name, &text);
	if (r < 0 && r != -ENOENT)
		return r;
	r = mp_bindings_parse(bindings, file, mp_strbuf_text(&text), text.length, config,
			      diagnostic, userdata);
	if (r <= 0 || read_only)
		return r < 0 ? r : 0;

	r = mend_file(bindings, dir, config);
	if (r < 0 && diagnostic) {
		mp_strbuf_printf(&message, "%s: warning: not written: %s", file, strerror(-r));
		diagnostic(userdata, MP_SEVERITY_WARNING, 0, mp_strbuf_text(&message));
	}
	return 0;
}

int mp_bindings_read(const char *dir, bool read_only, const struct mp_config *config,
		     mp_diagnostic_fn diagnostic, void *userdata, struct mp_bindings **ret)
{
	int r = mp_bindings_new(ret);

	if (r == 0)
		r = mp_bindings_load(*ret, dir, read_only, config, diagnostic, userdata);
	if (r < 0)
		*ret = mp_bindings_free(*ret);
	return r;
}

unsigned mp_bindings_parse_number(const char *letters)
{
	unsigned long long number = 0;
	size_t length = strlen(letters);

	if (length >= MP_BINDINGS_NUMBER_SIZE)
		return 0;
	for (size_t i = 0; i < length; i++) {
		if (letters[i] < 'a' || letters[i] > 'z')
			return 0;
		number = number * 26 + (letters[i] - 'a' + 1);
	}
	return number <= INT_MAX ? number : 0;
}

void mp_bindings_format_number(unsigned number, char ret[static MP_BINDINGS_NUMBER_SIZE])
{
	char letters[MP_BINDINGS_NUMBER_SIZE] = "";
	size_t i = sizeof(letters) - 1;

	for (; number && i; number = (number - 1) / 26)
		letters[--i] = 'a' + (number - 1) % 26;
	memmove(ret, letters + i, sizeof(letters) - i);
}

static bool is_taken(const struct mp_alias_request *request, const char *name)
{
	return request->taken && request->taken(request->userdata, name, request->wwid);
}

static bool is_configured_elsewhere(const struct mp_alias_request *request, const char *name)
{
	const char *wwid = request->config ? mp_config_wwid_of_alias(request->config, name) : NULL;

	return wwid && strcmp(wwid, request->wwid) != 0;
}

/* First number that is not bound with that prefix. */
static int first_unbound(struct mp_bindings *bindings, const char *prefix, unsigned *ret)
{
	if (!bindings->numbered_prefix || strcmp(bindings->numbered_prefix, prefix) != 0) {
		char *copy = strdup(prefix);

		if (!copy)
			return -ENOMEM;
		free(bindings->numbered_prefix);
		bindings->numbered_prefix = copy;
		bindings->first_unbound = 1;
	}
	*ret = bindings->first_unbound;
	return 0;
}

/*
 * Prefix and lowest number that is free; NULL in @ret if that is too long, or all have been
 * given away.
 */
static int new_name(struct mp_bindings *bindings, const struct mp_alias_request *request,
		    char **ret)
{
	bool all_bound = true;
	unsigned number;
	int r;

	*ret = NULL;
	r = first_unbound(bindings, request->prefix, &number);
	if (r < 0)
		return r;
	for (; number <= INT_MAX; number++) {
		char letters[MP_BINDINGS_NUMBER_SIZE];
		_cleanup_free_ char *name = NULL;
		bool bound;

		mp_bindings_format_number(number, letters);
		if (asprintf(&name, "%s%s", request->prefix, letters) < 0)
			return -ENOMEM;
		if (!mp_mangling_can_name(name))
			return 0;
		bound = mp_bindings_wwid(bindings, name);
		all_bound &= bound;
		if (all_bound)
			bindings->first_unbound = number + 1;
		if (bound || is_configured_elsewhere(request, name) || is_taken(request, name))
			continue;
		*ret = TAKE_PTR(name);
		return 0;
	}
	return 0;
}

/*
 * A map that exists has its name, unless that is its WWID, or the configuration's for another map.
 */
static bool keeps_name(const struct mp_alias_request *request)
{
	return request->old && strcmp(request->old, request->wwid) != 0 &&
	       !is_configured_elsewhere(request, request->old);
}

/*
 * The file learns it, to give the map the same when it is made again, unless it has given it to
 * another.
 */
static int keep_name(struct mp_bindings *bindings, const struct mp_alias_request *request,
		     char **ret, bool *changed)
{
	_cleanup_free_ char *name = strdup(request->old);
	int r;

	if (!name)
		return -ENOMEM;
	if (!request->read_only && !mp_bindings_wwid(bindings, name) &&
	    mp_mangling_can_name(name)) {
		r = bindings_add(bindings, name, request->wwid);
		if (r < 0)
			return r;
		bindings_prefer(bindings, name, request->wwid);
		*changed = true;
	}
	*ret = TAKE_PTR(name);
	return 0;
}

/* The user friendly name; NULL in @ret if the WWID is to be the name. */
static int choose_friendly(struct mp_bindings *bindings, const struct mp_alias_request *request,
			   char **ret, bool *changed)
{
	const char *bound = mp_bindings_alias(bindings, request->wwid);
	_cleanup_free_ char *name = NULL;
	int r;

	*ret = NULL;
	if (keeps_name(request))
		return keep_name(bindings, request, ret, changed);
	if (bound && is_taken(request, bound))
		return 0;
	if (bound) {
		*ret = strdup(bound);
		return *ret ? 0 : -ENOMEM;
	}
	if (request->read_only)
		return 0;

	r = new_name(bindings, request, &name);
	if (r < 0 || !name)
		return r;
	r = bindings_add(bindings, name, request->wwid);
	if (r < 0)
		return r;
	*changed = true;
	*ret = TAKE_PTR(name);
	return 0;
}

int mp_bindings_choose(struct mp_bindings *bindings, const struct mp_alias_request *request,
		       char **ret, bool *changed)
{
	char *name = NULL;
	int r;

	*changed = false;
	if (!request->configured && request->user_friendly) {
		r = choose_friendly(bindings, request, &name, changed);
		if (r < 0)
			return r;
	}
	if (!name)
		name = strdup(request->configured ? request->configured : request->wwid);
	if (!name)
		return -ENOMEM;
	*ret = name;
	return 0;
}
