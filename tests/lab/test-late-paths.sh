#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: paths that were offline when the daemon started get their map, or are added to it, once they are up
. "$LAB/lib.sh"
config "no_path_retry fail"
san 2 2
first=($(paths_of_lun 0))
pull "${first[0]}" $(paths_of_lun 1)
daemon_start
until_true "the map of one path" maps_are 1
plug "${first[0]}" $(paths_of_lun 1)
ready 2 2
daemon_stop
