/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config-loaded.h - configurations from texts, with the messages about them.  For: tests of the
 * configuration.
 */
#pragma once
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "config/config.h"

/* A directory for multipath.conf and conf.d/, and the messages of the last load. */
struct loaded {
	char dir[64];
	struct mp_config *config; /* NULL if it was rejected */
	struct mp_strbuf told; /* "LEVEL TEXT\n", without the directory */
	struct mp_config_source source;
	char file[128], drop_ins[128];
};

static void loaded_on_told(void *userdata, enum mp_severity severity, int level, const char *text)
{
	struct loaded *loaded = userdata;
	size_t length = strlen(loaded->dir);

	if (strncmp(text, loaded->dir, length) == 0)
		text += length + 1;
	mp_strbuf_printf(&loaded->told, "%s%d %s\n", severity == MP_SEVERITY_ERROR ? "!" : "",
			 level, text);
}

static void loaded_write(struct loaded *loaded, const char *name, const char *text, size_t length)
{
	char file[256];
	FILE *stream;

	snprintf(file, sizeof(file), "%s/%s", loaded->dir, name);
	stream = fopen(file, "w");
	assert(stream && fwrite(text, 1, length, stream) == length);
	fclose(stream);
}

static void loaded_init(struct loaded *loaded)
{
	mp_hash_register_thread();
	*loaded = (struct loaded){ .told = MP_STRBUF_INIT };
	strcpy(loaded->dir, "/tmp/multipath-test-XXXXXX");
	assert(mkdtemp(loaded->dir));
	snprintf(loaded->file, sizeof(loaded->file), "%s/multipath.conf", loaded->dir);
	snprintf(loaded->drop_ins, sizeof(loaded->drop_ins), "%s/conf.d", loaded->dir);
	assert(mkdir(loaded->drop_ins, 0700) == 0);
	loaded->source = (struct mp_config_source){
		.file = loaded->file,
		.dir = loaded->drop_ins,
		.sysfs = loaded->dir,
		.verbosity = -1,
		.diagnostic = loaded_on_told,
		.userdata = loaded,
	};
}

static int loaded_load(struct loaded *loaded)
{
	loaded->config = mp_config_free(loaded->config);
	mp_strbuf_clear(&loaded->told);
	return mp_config_load(&loaded->source, &loaded->config);
}

static inline int loaded_text(struct loaded *loaded, const char *text)
{
	loaded_write(loaded, "multipath.conf", text, strlen(text));
	return loaded_load(loaded);
}

static inline const char *loaded_told(const struct loaded *loaded)
{
	return mp_strbuf_text(&loaded->told);
}

static void loaded_fini(struct loaded *loaded)
{
	char command[128];

	mp_config_free(loaded->config);
	mp_strbuf_fini(&loaded->told);
	snprintf(command, sizeof(command), "rm -rf %s", loaded->dir);
	assert(system(command) == 0);
	mp_hash_unregister_thread();
}

#define _cleanup_loaded_ _cleanup_(loaded_fini)
