/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Features that were formatted once do not change when formatted again, with any mode and with
 * queueing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/features.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = size ? strndup((const char *)data + 1, size - 1) : NULL;
	_cleanup_free_ char *once = NULL, *twice = NULL;
	enum mp_queue_mode mode;
	bool queue;

	if (!text)
		return 0;
	mode = data[0] % 3;
	queue = data[0] & 0x80;
	if (mp_features_make(text, mode, queue, &once) < 0 ||
	    mp_features_make(once, mode, queue, &twice) < 0)
		return 0;
	if (strcmp(once, twice) || !mp_features_equal(once, twice))
		abort();
	if (mode == MP_QUEUE_MODE_BIO && mp_features_mode(once) != MP_QUEUE_MODE_BIO)
		abort();
	return 0;
}
