/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A multipath.conf: if it is accepted, its printed form is read as the same configuration. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/props.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "config/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_told(void *userdata, enum mp_severity severity, int level, const char *text)
{
	(void)userdata;
	if (severity == MP_SEVERITY_ERROR && level != 0)
		abort();
	if (!strchr(text, ':'))
		abort();
}

static int load(const void *text, size_t size, struct mp_config **ret)
{
	_cleanup_close_ int fd = memfd_create("multipath.conf", MFD_CLOEXEC);
	char file[64];
	const struct mp_config_source source = { .file = file,
						 .verbosity = -1,
						 .diagnostic = on_told };

	if (fd < 0 || write(fd, text, size) != (ssize_t)size)
		abort();
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	return mp_config_load(&source, ret);
}

static void ask(struct mp_config *config)
{
	static const struct mp_identity disks[] = {
		{ .name = "sda",
		  .wwid = "3600",
		  .vendor = "LIO-ORG",
		  .product = "disk",
		  .revision = "4.0",
		  .protocol = MP_PROTOCOL_SCSI_FCP },
		{ .name = "nvme0n1",
		  .vendor = "NVME",
		  .product = "x",
		  .protocol = MP_PROTOCOL_NVME_TCP },
	};
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;

	mp_props_add(&props, "ID_SERIAL", "3600");
	for (size_t i = 0; i < ARRAY_SIZE(disks); i++) {
		struct mp_path_settings path;
		struct mp_map_settings map;

		mp_config_path_settings(config, &disks[i], &path);
		mp_config_map_settings(config, disks[i].wwid, &disks[i], &map);
		if (!path.uid_attribute || !path.checker || !path.prioritizer || !path.prio_args ||
		    !map.selector || !map.features || !map.handler || !map.alias_prefix ||
		    !map.minio)
			abort();
		mp_filter_path(config, &disks[i], &props, path.uid_attribute);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(mp_config_freep) struct mp_config *config = NULL, *again = NULL;
	_cleanup_strbuf_ struct mp_strbuf first = MP_STRBUF_INIT, second = MP_STRBUF_INIT;

	mp_hash_register_thread();
	if (load(data, size, &config) == 0) {
		ask(config);
		mp_config_print(config, &first);
		if (load(first.text, first.length, &again) < 0)
			abort();
		mp_config_print(again, &second);
		if (strcmp(first.text, second.text) != 0)
			abort();
		config = mp_config_free(config);
		again = mp_config_free(again);
	}
	mp_hash_unregister_thread();
	return 0;
}
