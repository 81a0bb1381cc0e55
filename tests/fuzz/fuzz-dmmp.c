/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libdmmp/context.h"
#include "libdmmp/maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void log_nothing(struct dmmp_context *ctx, int priority, const char *file, int line,
			const char *func_name, const char *format, va_list args)
{
	(void)ctx;
	(void)priority;
	(void)file;
	(void)line;
	(void)func_name;
	(void)format;
	(void)args;
}

/* Whatever a daemon replies, maps are complete or there are none. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dmmp_context *ctx = dmmp_context_new();
	struct dmmp_path_group **groups;
	char *text = malloc(size + 1);
	struct dmmp_mpath **maps;
	uint32_t count, group_count;
	int code;

	if (!ctx || !text)
		abort();
	dmmp_context_log_func_set(ctx, log_nothing);
	memcpy(text, data, size);
	text[size] = '\0';
	code = maps_decode(ctx, text, &maps, &count);
	if ((code != DMMP_OK || !count) != !maps)
		abort();
	for (uint32_t i = 0; i < count; i++) {
		if (!*dmmp_mpath_wwid_get(maps[i]) || !*dmmp_mpath_name_get(maps[i]))
			abort();
		dmmp_path_group_array_get(maps[i], &groups, &group_count);
		for (uint32_t j = 0; j < group_count; j++)
			if (!*dmmp_path_group_selector_get(groups[j]))
				abort();
	}
	dmmp_mpath_array_free(maps, count);
	dmmp_context_free(ctx);
	free(text);
	return 0;
}
