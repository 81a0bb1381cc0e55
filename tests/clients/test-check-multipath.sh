#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: check_multipath (monitoring-plugins-contrib) counts the same paths, and warns of the same lost paths, maps and daemon
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
plugin=/usr/lib/nagios/plugins/check_multipath
# ask WHAT [OPTION]...
ask() { local what=$1; shift; conclude "$what" "$(answer $plugin "$@" | without_numbers)"; }
none_works() { ! dmsetup status mpatha | grep -qE '[0-9]+:[0-9]+ A '; }

config ""
modprobe dm-multipath
ask "no daemon, no map"
daemon_start
ask "no map"
daemon_stop any
san 2 2
name_maps
daemon_start
ready 2 2
ask "all paths"
ask "all paths, long listing" --ll
ask "states" --state --min-paths 2 --ok-paths 3
ask "too few paths" --short-state --min-paths 3 --ok-paths 4
ask "one map" --extraconfig "mpatha,1,2:"
ask "a map that is missing" --extraconfig "mpathx,1,2,critical:"
ask "groups, hosts and targets" --verbose --addchecks "p,1,1,sh,2,2,si,1,1"
ask "by its device" --print "D"
ask "by its wwid" --print "W"

lost=$(paths_of_lun 0 | head -n 1)
pull "$lost"
until_true "a path has failed" kernel_path mpatha "$lost" F
ask "one path lost"
ask "one path lost, long listing" --ll
ask "reload if there is a failure" --reload
ask "one path lost, after the reload"
plug "$lost"
ready 2 2
pull $(paths_of_lun 0)
until_true "all paths have failed" none_works
ask "a map without a path"
ask "a map without a path, long listing" --ll
plug $(paths_of_lun 0)
ready 2 2
ask "paths are back"

daemon_stop any
ask "daemon stopped"
ask "daemon stopped, not looked for" --mdskip --no-multipath ok
maps_remove
config "user_friendly_names no"
daemon_start
ready 2 2
ask "maps named by wwid"
daemon_stop any
maps_remove
config ""
config_add <<-END
multipaths {
	multipath {
		wwid $(wwid_of_lun 0)
		alias Data-Base_1.x+y~z
	}
}
END
daemon_start
# udev is not waited for: with Debian's multipath-tools its queue was not empty after two minutes here.
until_true -t 60 "the maps are there" maps_have 2 2
ask "odd names"
