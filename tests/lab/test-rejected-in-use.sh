#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a blacklist that rejects every path of a map in use takes no path away from its user, nor does a restart; the map is removed once it is closed
. "$LAB/lib.sh"
san 2 2
config "no_path_retry fail"
daemon_start
ready 2 2
map=$(map_of "$(paths_of_lun 0 | head -n 1)")
until_true "a node" test -b /dev/mapper/"$map"
wwid=$(map_field "$map" %w)
io_start used /dev/mapper/"$map"
reject() {	# reject RULE
	config "no_path_retry $2"
	printf 'blacklist {\n\t%s\n}\n' "$1" | config_add
	check "it is reported" grep -q "^remove .*\<$map\>.*: the configuration excludes it" \
		<<< "$(multipathd reconfigure --dry-run)"
	multipathd reconfigure > /dev/null
	until_true "no path is the daemon's" eval '[ -z "$(multipathd show paths raw format "%d %m" | grep -w "$map")" ]'
	until_true "its removal was tried" logged "$map: map or partition in use, not removed"
	same "its paths stay: $1" "$(dmsetup table "$map" | grep -oE ' (8:[0-9]+)' | wc -l)" 2
	check "I/O continues" io_moves /dev/mapper/"$map"
}
reject 'devnode "^sd"' fail
config "no_path_retry fail"
multipathd reconfigure > /dev/null
ready 2 2
reject 'protocol ".*"' queue
config "no_path_retry fail"
multipathd reconfigure > /dev/null
ready 2 2

say "its WWID is spelled otherwise all of a sudden: one disk is one map"
path=$(paths_of_lun 0 | head -n 1)
config "no_path_retry fail" "uid_attribute ID_WWN"
multipathd reconfigure > /dev/null
until_true "the map that is not in use gets that WWID" eval 'multipathd show maps raw format %w | grep -q ^0x'
until_true "no other map is created" maps_have 2 2
same "its paths stay" "$(dmsetup table "$map" | grep -oE ' (8:[0-9]+)' | wc -l)" 2
same "and are its paths" "$(map_of "$path")" "$map"
check "it is reported" logged "$path: the configuration gives it WWID 0x.*, but map $map of the same LUN is in use: the path stays"
check "it is explained" grep -q "a path of $map (WWID $wwid) while that map is in use" <<< "$(multipath explain "$path")"
pull "$path"
until_true "it is failed" path_is "$path" failed faulty
plug "$path"
until_true "and reinstated, as any other" path_is "$path" active ready
check "I/O continues" io_moves /dev/mapper/"$map"
daemon_stop
daemon_start
until_true "after a restart, too" maps_have 2 2
same "they are its paths" "$(map_of "$path")" "$map"
config "no_path_retry fail"
multipathd reconfigure > /dev/null
until_true "all is as it was" maps_have 2 2
reject "wwid \"$wwid\"" 3

say "after a restart"
daemon_stop
daemon_start
until_true "its removal was tried" logged "$map: map or partition in use, not removed"
same "its paths stay" "$(dmsetup table "$map" | grep -oE ' (8:[0-9]+)' | wc -l)" 2
check "nothing was loaded in vain" eval '! logged "cannot reload the map"'
io_stop used
until_true "it goes when its user is done" eval '! dmsetup info "$map" > /dev/null 2>&1'
same "the other one is there" "$(multipathd show maps raw format %N)" 2

say "a path that is taken out by hand is out, and a device that is gone is let go of"
map=$(multipathd show maps raw format %n)
exec {used}< "/dev/mapper/$map"
for path in $(paths_of_lun 1); do multipathd del path "$path" > /dev/null; done
until_true "no path is left" eval '! dmsetup table "$map" | grep -q " 8:"'
