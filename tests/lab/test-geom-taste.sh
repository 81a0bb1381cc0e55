#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with multipathd, labeled disks form their map automatically, paths come and go, and unknown labels are ignored
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
host=$(readlink -f "/sys/block/$b/device"); host=${host##*/}; host=${host%%:*}
rescan() { echo "- - -" > "/sys/class/scsi_host/host$host/scan"; }
arrived() { b=$(paths_of_host "$host" | head -n 1); [ -n "$b" ] && gm_has FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"; }
daemon_start

say "a path departs, and joins again by its label"
gm label FOO "$a" "$b"
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
io_start one /dev/mapper/FOO
echo 1 > "/sys/block/$b/device/delete"
gm_becomes FOO "DEGRADED $a:ACTIVE"
rescan
until_true "it is back" arrived
io_stop one

say "what was stopped stays stopped, until the next boot"
check "stopped, although udev had it open" while_udev_looks "$a" /dev/mapper/FOO gmultipath stop FOO
daemon_stop
daemon_start
holds 2 "no map" no_dm
daemon_stop
rm -r /run/multipath/geom
daemon_start
gm_becomes FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"

say "a label with an unknown UUID is ignored, until load accepts it"
daemon_stop
gm stop FOO
rm -r /run/multipath/geom /etc/multipath/geom
daemon_start
holds 2 "no map" no_dm
gm load
gm_becomes FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
gm destroy FOO
check "the label is erased" is_clear "$a"
daemon_stop
