/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/wwids.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/state_file.h"

static const char file_name[] = "wwids";

static const char header[] =
	"# Multipath wwids, Version : 1.0\n"
	"# One line for each LUN that multipath takes: /WWID/\n"
	"# A line that does not begin with a slash does not count.\n"
	"# Written by multipath(8) and multipathd(8): multipath -a adds, multipath -w removes.\n"
	"#\n";

/* Sorted, without duplicates. */
struct mp_wwids {
	char **wwids;
	size_t count;
	size_t size;
};

/* A WWID that stands in the text of a file. */
struct entry {
	const char *wwid;
	size_t length;
	size_t offset; /* of its line */
};

struct entries {
	struct entry *entries;
	size_t count;
};

static void entries_fini(struct entries *entries)
{
	free(entries->entries);
}

/* As a line and a file's name have it: without slashes. */
static int encode(const char *wwid, struct mp_strbuf *ret)
{
	if (!*wwid)
		return -EINVAL;
	mp_state_word_put(ret, wwid, "/");
	return ret->error;
}

static int entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	size_t shorter = x->length < y->length ? x->length : y->length;
	int order = memcmp(x->wwid, y->wwid, shorter);

	return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* All lines "/WWID/", sorted by WWID. One that a killed writer cut short has no second slash. */
static int entries_parse(const char *text, size_t length, struct entries *ret)
{
	const char *end = text + length;
	size_t lines = 1;

	for (const char *p = text; p < end; p++)
		lines += *p == '\n';
	ret->entries = calloc(lines, sizeof(*ret->entries));
	if (!ret->entries)
		return -ENOMEM;

	for (const char *line = text, *next; line < end; line = next) {
		const char *line_end = memchr(line, '\n', end - line);
		const char *slash;

		if (!line_end)
			line_end = end;
		next = line_end + 1;
		if (*line != '/')
			continue;
		slash = memchr(line + 1, '/', line_end - line - 1);
		if (!slash || slash == line + 1 || memchr(line + 1, '\0', slash - line - 1))
			continue;
		ret->entries[ret->count++] = (struct entry){
			.wwid = line + 1,
			.length = slash - line - 1,
			.offset = line - text,
		};
	}
	qsort(ret->entries, ret->count, sizeof(*ret->entries), entry_compare);
	return 0;
}

static const struct entry *entries_find(const struct entries *entries, const char *wwid)
{
	struct entry key = { .wwid = wwid, .length = strlen(wwid) };

	if (!entries->count)
		return NULL;
	return bsearch(&key, entries->entries, entries->count, sizeof(key), entry_compare);
}

int mp_wwids_new(struct mp_wwids **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

static void wwids_clear(struct mp_wwids *wwids)
{
	for (size_t i = 0; i < wwids->count; i++)
		free(wwids->wwids[i]);
	free(wwids->wwids);
	*wwids = (struct mp_wwids){ 0 };
}

struct mp_wwids *mp_wwids_free(struct mp_wwids *wwids)
{
	if (wwids)
		wwids_clear(wwids);
	free(wwids);
	return NULL;
}

void mp_wwids_freep(struct mp_wwids **wwids)
{
	mp_wwids_free(*wwids);
}

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The file's order is that of the encoded ones. */
static void wwids_sort(struct mp_wwids *wwids)
{
	size_t count = wwids->count;

	if (count)
		qsort(wwids->wwids, count, sizeof(*wwids->wwids), text_compare);
	wwids->count = 0;
	for (size_t i = 0; i < count; i++)
		if (wwids->count && !strcmp(wwids->wwids[wwids->count - 1], wwids->wwids[i]))
			free(wwids->wwids[i]);
		else
			wwids->wwids[wwids->count++] = wwids->wwids[i];
}

int mp_wwids_parse(struct mp_wwids *wwids, const char *text, size_t length)
{
	_cleanup_(entries_fini) struct entries entries = { 0 };
	struct mp_wwids loaded = { 0 };
	int r;

	r = entries_parse(text, length, &entries);
	if (r < 0)
		return r;
	loaded.size = entries.count;
	loaded.wwids = calloc(loaded.size + 1, sizeof(*loaded.wwids));
	if (!loaded.wwids)
		return -ENOMEM;
	for (size_t i = 0; i < entries.count; i++) {
		if (i && entry_compare(&entries.entries[i - 1], &entries.entries[i]) == 0)
			continue;
		loaded.wwids[loaded.count] =
			strndup(entries.entries[i].wwid, entries.entries[i].length);
		if (!loaded.wwids[loaded.count]) {
			wwids_clear(&loaded);
			return -ENOMEM;
		}
		mp_state_word_decode(loaded.wwids[loaded.count]);
		loaded.count++;
	}
	wwids_sort(&loaded);
	wwids_clear(wwids);
	*wwids = loaded;
	return 0;
}

int mp_wwids_load(struct mp_wwids *wwids, const char *dir)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	int r;

	r = mp_state_file_load(dir, file_name, &text);
	if (r < 0 && r != -ENOENT)
		return r;
	return mp_wwids_parse(wwids, mp_strbuf_text(&text), text.length);
}

int mp_wwids_read(const char *dir, struct mp_wwids **ret)
{
	int r = mp_wwids_new(ret);

	if (r == 0)
		r = mp_wwids_load(*ret, dir);
	if (r < 0)
		*ret = mp_wwids_free(*ret);
	return r;
}

/* Index of the WWID, or of where it belongs. */
static size_t wwids_place(const struct mp_wwids *wwids, const char *wwid, bool *ret_found)
{
	size_t low = 0, high = wwids->count;

	*ret_found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(wwids->wwids[middle], wwid);

		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool mp_wwids_has(const struct mp_wwids *wwids, const char *wwid)
{
	bool found;

	wwids_place(wwids, wwid, &found);
	return found;
}

int mp_wwids_remember(struct mp_wwids *wwids, const char *wwid)
{
	bool found;
	size_t place = wwids_place(wwids, wwid, &found);
	char *copy;

	if (found)
		return 0;
	if (wwids->count == wwids->size) {
		size_t size = wwids->size ? 2 * wwids->size : 16;
		char **grown = reallocarray(wwids->wwids, size, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		wwids->wwids = grown;
		wwids->size = size;
	}
	copy = strdup(wwid);
	if (!copy)
		return -ENOMEM;
	memmove(&wwids->wwids[place + 1], &wwids->wwids[place],
		(wwids->count - place) * sizeof(*wwids->wwids));
	wwids->wwids[place] = copy;
	wwids->count++;
	return 1;
}

/*
 * The file's text and entries. A file that cannot be written (read-only file system) is read
 * without lock: what stands in it counts.
 */
static int file_open(const char *dir, struct mp_strbuf *text, struct entries *entries)
{
	_cleanup_close_ int fd = mp_state_file_open(dir, file_name);
	int r;

	if (fd == -EROFS)
		r = mp_state_file_load(dir, file_name, text);
	else
		r = fd < 0 ? fd : mp_state_file_read(fd, text);
	if (r < 0 && r != -ENOENT)
		return r;
	r = entries_parse(mp_strbuf_text(text), text->length, entries);
	if (r < 0)
		return r;
	return fd == -EROFS ? fd : TAKE_FD(fd);
}

static void put_line(struct mp_strbuf *text, const char *wwid)
{
	mp_strbuf_putc(text, '/');
	encode(wwid, text);
	mp_strbuf_puts(text, "/\n");
}

/*
 * Lines for those that the file has not, each once, in the order of @wwids. Return: their number,
 * negative errno.
 */
static int put_missing(const struct entries *entries, const char *const *wwids, size_t count,
		       struct mp_strbuf *lines)
{
	_cleanup_free_ const char **sorted = calloc(count + 1, sizeof(*sorted));
	int added = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		sorted[i] = wwids[i];
	qsort(sorted, count, sizeof(*sorted), text_compare);
	for (size_t i = 0; i < count; i++) {
		_cleanup_strbuf_ struct mp_strbuf encoded = MP_STRBUF_INIT;
		int r = encode(sorted[i], &encoded);

		if (r < 0)
			return r;
		if ((i && strcmp(sorted[i - 1], sorted[i]) == 0) ||
		    entries_find(entries, mp_strbuf_text(&encoded)))
			continue;
		put_line(lines, sorted[i]);
		added++;
	}
	return added;
}

int mp_wwids_file_add_many(const char *dir, const char *const *wwids, size_t count)
{
	_cleanup_(entries_fini) struct entries entries = { 0 };
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, lines = MP_STRBUF_INIT;
	_cleanup_close_ int fd = -1;
	int r, added;

	fd = file_open(dir, &text, &entries);
	if (fd < 0 && fd != -EROFS)
		return fd;
	if (!text.length)
		mp_strbuf_puts(&lines, header);
	else if (text.text[text.length - 1] != '\n')
		mp_strbuf_putc(&lines, '\n');
	added = put_missing(&entries, wwids, count, &lines);
	if (added <= 0)
		return added;
	if (fd < 0)
		return fd;
	if (lines.error)
		return lines.error;
	r = mp_state_file_append(fd, lines.text, lines.length);
	return r < 0 ? r : added;
}

int mp_wwids_file_add(const char *dir, const char *wwid)
{
	return mp_wwids_file_add_many(dir, &wwid, 1);
}

int mp_wwids_file_remove(const char *dir, const char *wwid)
{
	_cleanup_(entries_fini) struct entries entries = { 0 };
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	_cleanup_strbuf_ struct mp_strbuf encoded = MP_STRBUF_INIT;
	_cleanup_close_ int fd = -1;
	int removed = 0, r = encode(wwid, &encoded);
	struct entry key = { .wwid = mp_strbuf_text(&encoded), .length = encoded.length };

	if (r < 0)
		return r == -EINVAL ? 0 : r;
	fd = file_open(dir, &text, &entries);
	if (fd < 0 && fd != -EROFS)
		return fd;
	/* Hand-edited files may have it twice. */
	for (size_t i = 0; i < entries.count; i++) {
		if (entry_compare(&entries.entries[i], &key) != 0)
			continue;
		if (fd < 0)
			return fd;
		if (pwrite(fd, "#", 1, entries.entries[i].offset) != 1)
			return -errno;
		removed = 1;
	}
	if (removed && fsync(fd) < 0)
		return -errno;
	return removed;
}

int mp_wwids_file_reset(const char *dir, const char *const *wwids, size_t count)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	_cleanup_close_ int fd = -1;
	const struct entries none = { 0 };
	int r;

	mp_strbuf_puts(&text, header);
	r = put_missing(&none, wwids, count, &text);
	if (r < 0)
		return r;
	if (text.error)
		return text.error;
	fd = mp_state_file_open(dir, file_name);
	if (fd < 0)
		return fd;
	return mp_state_file_replace(dir, file_name, text.text, text.length);
}

int mp_wwids_file_has(const char *dir, const char *wwid)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, line = MP_STRBUF_INIT;
	const char *at, *found;
	int r;

	if (!*wwid)
		return 0;
	r = mp_state_file_load(dir, file_name, &text);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (!text.length)
		return 0;
	put_line(&line, wwid);
	if (line.error)
		return line.error;
	/* What stands behind the second slash does not count. */
	for (at = text.text;; at = found + 1) {
		found = memmem(at, text.text + text.length - at, line.text, line.length - 1);
		if (!found)
			return 0;
		if (found == text.text || found[-1] == '\n')
			return 1;
	}
}

/* Marks: empty files, one for each WWID, in a directory for each kind. */

static const char failed[] = "failed_wwids", suspended[] = "suspended_wwids";

static int mark_path(const char *runtime_dir, const char *kind, const char *wwid,
		     char ret[static PATH_MAX])
{
	_cleanup_strbuf_ struct mp_strbuf name = MP_STRBUF_INIT;
	bool dots = !strcmp(wwid, ".") || !strcmp(wwid, "..");
	int length, r = encode(wwid + dots, &name);

	if (r < 0 && !(r == -EINVAL && dots))
		return r;
	length = snprintf(ret, PATH_MAX, "%s/multipath/%s/%s%s", runtime_dir, kind,
			  dots ? "\\x2e" : "", mp_strbuf_text(&name));
	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static bool mark_has(const char *runtime_dir, const char *kind, const char *wwid)
{
	char path[PATH_MAX];

	return mark_path(runtime_dir, kind, wwid, path) == 0 &&
	       faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int mark_set(const char *runtime_dir, const char *kind, const char *wwid)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX], dir[PATH_MAX];
	int r;

	r = mark_path(runtime_dir, kind, wwid, path);
	if (r < 0)
		return r;
	if (snprintf(dir, sizeof(dir), "%s/multipath/%s", runtime_dir, kind) >= (int)sizeof(dir))
		return -ENAMETOOLONG;
	r = mp_state_dir_make(dir);
	if (r < 0)
		return r;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return errno == EEXIST ? 0 : -errno;
	return 1;
}

static int mark_clear(const char *runtime_dir, const char *kind, const char *wwid)
{
	char path[PATH_MAX];
	int r;

	r = mark_path(runtime_dir, kind, wwid, path);
	if (r < 0)
		return r;
	if (unlink(path) < 0)
		return errno == ENOENT ? 0 : -errno;
	return 1;
}

bool mp_wwids_has_failed(const char *runtime_dir, const char *wwid)
{
	return mark_has(runtime_dir, failed, wwid);
}

int mp_wwids_mark_failed(const char *runtime_dir, const char *wwid)
{
	return mark_set(runtime_dir, failed, wwid);
}

int mp_wwids_clear_failed(const char *runtime_dir, const char *wwid)
{
	return mark_clear(runtime_dir, failed, wwid);
}

bool mp_wwids_has_suspended(const char *runtime_dir, const char *wwid)
{
	return mark_has(runtime_dir, suspended, wwid);
}

int mp_wwids_mark_suspended(const char *runtime_dir, const char *wwid)
{
	return mark_set(runtime_dir, suspended, wwid);
}

int mp_wwids_clear_suspended(const char *runtime_dir, const char *wwid)
{
	return mark_clear(runtime_dir, suspended, wwid);
}
