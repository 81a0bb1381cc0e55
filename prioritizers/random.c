/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* random: 1 to 10, for tests of group changes. */
#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

#include "prioritizers/prioritizers.h"

static int random_priority(struct mp_prioritization *prioritization)
{
	uint8_t byte;

	(void)prioritization;
	return getrandom(&byte, sizeof(byte), GRND_NONBLOCK) == sizeof(byte) ? 1 + byte % 10 :
									       -EAGAIN;
}

const struct mp_prioritizer mp_prioritizer_random = { .name = "random",
						      .priority = random_priority };
