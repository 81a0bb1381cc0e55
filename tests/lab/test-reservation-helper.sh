#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a helper with QEMU's capabilities that uses libmpathpersist in several threads is served whichever path is lost
. "$LAB/lib.sh"
. "$LAB/reservations.sh"
udev_quick shared_disk 2
until_true "two disks" disks_are 2
config "no_path_retry fail" "path_grouping_policy multibus" "reservation_key file"
daemon_start
ready 1 2
map=$(map_of sda) m=/dev/mapper/$(map_of sda)
mpathpersist -o -G -S 123abc "$m" || fail "not registered"
# It sends SCSI commands, and asks device-mapper what a map's paths are.
few=-all,+sys_rawio,+sys_admin
setpriv --bounding-set "$few" --inh-caps=-all python3 "$LAB/persist.py" "$m" 123abc /tmp/end > "$LAB_OUT/helper" 2>&1 &
helper=$!
served() { kill -0 $helper 2> /dev/null || fail "the helper has ended: $(tail -n 40 "$LAB_OUT/helper")"; }
io_start one "$m"
for path in sda sdb; do
	say "$path"
	pull $path
	until_true "$path is failed" path_is $path failed faulty
	served
	plug $path
	until_true "$path is back" path_is $path active ready
	served
done
echo 1 > /sys/block/sda/device/delete
until_true "sda is gone" path_unknown sda
served
echo "- - -" > /sys/class/scsi_host/host0/scan
until_true "it is back" maps_have 1 2
touch /tmp/end
wait $helper || fail "status $?: $(tail -n 40 "$LAB_OUT/helper")"
io_stop one
same "both paths are registered" "$(mpathpersist -i -k "$m" | grep -c ' 0x123abc$')" 2
same "nothing is reserved" "$(multipathd getprhold map "$map")" unset
