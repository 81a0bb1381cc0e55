/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config_text.h - the configuration in force as printed to clients.  For: commands, multipath(8).
 */
#pragma once
#include <stdbool.h>

struct inventory;
struct mp_strbuf;

/** config_text_print() - @local: sections for hardware and maps that are present only */
void config_text_print(const struct inventory *inventory, bool local, struct mp_strbuf *out);

/** config_text_force_queueing() - print queue_without_daemon as "forced", a value that no file can
 * set */
void config_text_force_queueing(struct mp_strbuf *text);

/** config_text_hide_keys() - remove reservation keys: only root sees them, as with getprkey */
void config_text_hide_keys(struct mp_strbuf *text);
