#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: while a change of one gmultipath map hangs in the kernel, paths of another map are failed, restored and preferred, and its I/O continues
# long: table loads must hang, and end
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict" "checker_timeout 3"
build() {
	tcm_host 1
	tcm_host 2
	tcm_backstore good 8 good
	tcm_lun 1 0 good
	tcm_lun 2 0 good
	modprobe scsi_debug add_host=2 num_tgts=1 max_luns=1 vpd_use_hostno=0 dev_size_mb=8
}
udev_quick build
until_true "4 disks" disks_are 4
good=() bad=()
for d in /sys/block/sd*; do
	read -r vendor < "$d/device/vendor"
	case $vendor in LIO*) good+=("${d##*/}");; *) bad+=("${d##*/}");; esac
done
a=${good[0]} b=${good[1]}
daemon_start
until_true "the paths are known" path_known "$a"
gm create FOO "$a" "$b"
gm create BAR "${bad[@]}"
until_true "the daemon lets I/O wait" geom_queues
# From now on scsi_debug answers no command.
echo 4 > $debug/opts
echo -1 > $debug/every_nth
dd if=/dev/mapper/BAR of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null &
reader=$!
until_true "I/O is under way" eval '[ "$(awk "{ print \$9 }" "/sys/block/$(basename "$(readlink "/dev/mapper/BAR")")/stat")" -gt 0 ]'
gm_fails "on an unresponsive device; still running" remove BAR "${bad[1]}"
say "a table load hangs"
gm fail FOO "$a"
gm_is FOO "DEGRADED $a:FAIL $b:ACTIVE"
holds 2 "it stays failed" gm_has FOO "DEGRADED $a:FAIL $b:ACTIVE"
gm restore FOO "$a"
gm prefer FOO "$a"
gm rotate FOO
gm_is FOO "OPTIMAL $a:PASSIVE $b:ACTIVE"
gm fail BAR "${bad[0]}"
pull "$a"
until_true "$a is failed" gm_path_is FOO "$a" FAIL
plug "$a"
pull "$b"
check "I/O continues by $a" geom_io
plug "$b"
check "status" gmultipath status
echo 0 > $debug/every_nth
echo 0 > $debug/opts
wait $reader
until_true "the change has come to its end" eval '! gmultipath status -s BAR | grep -q " ${bad[1]} "'
gm restore BAR "${bad[0]}"
gm_is BAR "DEGRADED ${bad[0]}:ACTIVE"
until_true "all is well" gm_state_is FOO OPTIMAL
udevadm settle -t 30
gm stop BAR
gm stop FOO
daemon_stop
