#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a table load that hangs, for instance on I/O in progress, delays neither a reconfigure nor other maps or their removal
# long: a table load must time out
. "$LAB/lib.sh"
config "no_path_retry queue" "checker_timeout 6"
build() {
	tcm_host 1
	tcm_host 2
	tcm_backstore good 8 good
	tcm_lun 1 0 good
	tcm_lun 2 0 good
	modprobe scsi_debug add_host=2 num_tgts=1 max_luns=2 vpd_use_hostno=0 dev_size_mb=8
}
udev_quick build
until_true "6 disks" disks_are 6
daemon_start
ready 3 2
bad=$(multipathd show maps raw format '%n %v' | awk '/Linux/ { print $1; exit }')
good=$(multipathd show maps raw format '%n %v' | awk '/LIO/ { print $1; exit }')
# From now on scsi_debug answers no command.
echo 4 > $debug/opts
echo -1 > $debug/every_nth
dd if="/dev/mapper/$bad" of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null &
until_true "I/O is under way" eval '[ "$(awk "{ print \$9 }" "/sys/block/$(basename "$(readlink "/dev/mapper/$bad")")/stat")" -gt 0 ]'
# The paths are known to be its own until their checks have had their time: the table is loaded.
config "no_path_retry queue" "checker_timeout 6" 'path_selector "round-robin 0"'
multipathd reconfigure > /dev/null
until_true "it continues without the hanging one" logged "map operations have not finished, continuing without them"
same "another map's reload" "$(multipathd reload map "$good")" ok
same "reconfigure" "$(multipathd reconfigure)" ok
idle() { [[ "$(multipathd show daemon)" != *configure* ]]; }
until_true "the reconfiguration ends" idle
# Its removal was asked for as well: it is in use, also for those that remove it again.
exec {hold}< "/dev/mapper/$bad"
multipathd remove maps > "$LAB_OUT/removed" &
removal=$!
until_true "another map is removed" eval '[ ! -e "/dev/mapper/$good" ]'
echo 0 > $debug/every_nth
echo 0 > $debug/opts
wait $removal
same "the reconfigure after it" "$(multipathd reconfigure)" ok
ready 3 2 90
new_table() { dmsetup table "$bad" | grep -q round-robin; }
until_true "the table is loaded after all" new_table
exec {hold}<&-
daemon_stop
