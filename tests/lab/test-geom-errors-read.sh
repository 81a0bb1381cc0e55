#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: Active/Read: after errors on one path I/O continues on others, which are restored when the last one fails, and a request that fails everywhere ends with an error
# long: errors must be waited for on each path
. "$LAB/lib.sh"
. "$LAB/geom.sh"
geom_errors -R
