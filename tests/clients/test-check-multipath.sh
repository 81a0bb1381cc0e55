#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: check_multipath (monitoring-plugins-contrib) finds the same paths and the same lost path
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
config ""
san 2 2
daemon_start
ready 2 2
plugin=/usr/lib/nagios/plugins/check_multipath
conclude "all paths" "$($plugin 2>&1 | head -n 1; echo "status ${PIPESTATUS[0]}")"
pull "$(paths_of_lun 0 | head -n 1)"
until_true "a path has failed" kernel_path mpatha "$(paths_of_lun 0 | head -n 1)" F
conclude "one path lost" "$($plugin 2>&1 | head -n 1; echo "status ${PIPESTATUS[0]}")"
