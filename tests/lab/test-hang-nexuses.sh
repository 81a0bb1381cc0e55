#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: while 64 I_T nexuses swallow commands, healthy paths are checked, fail and return, a table is loaded and a name is saved; the number of threads stays bounded
# lab: --urgent
# long: 64 hosts
. "$LAB/lib.sh"
config "no_path_retry queue" "checker_timeout 12" "user_friendly_names yes"
build() {
	local i
	tcm_host 1
	tcm_host 2
	for i in {0..3}; do
		tcm_backstore "good$i" 8 "good$i"
		tcm_lun 1 "$i" "good$i"
		tcm_lun 2 "$i" "good$i"
	done
	modprobe scsi_debug add_host=64 num_tgts=1 max_luns=1 vpd_use_hostno=0 dev_size_mb=8
}
udev_quick build
until_true -t 60 "72 disks" disks_are 72
daemon_start
paths_ready() { [ "$(multipathd show paths raw format '%T %t' | grep -c '^ready active$')" -eq 72 ]; }
until_true -t 60 "all paths are ready" paths_ready
# A map is not renamed before udev has processed it, and udev is about to hang with the disks.
udevadm settle -t 60
map=$(multipathd show maps raw format '%n %v' | awk '/LIO-ORG/ { print $1; exit }')
path=$(multipathd show paths raw format '%d %m' | awk -v m="$map" '$2 == m { print $1; exit }')
say "$(grep -h VmRSS "/proc/$daemon_pid/status") with all paths ready"
# From now on scsi_debug answers no command.
echo 4 > $debug/opts
echo -1 > $debug/every_nth
ailing() { [ "$(multipathd show paths raw format '%s %T' | grep scsi_debug | grep -vc ready)" -eq 64 ]; }
until_true -t 60 "all of them are seen to hang" ailing
threads=(/proc/"$daemon_pid"/task/*)
say "${#threads[@]} threads, $(grep -h VmRSS "/proc/$daemon_pid/status")"
check "threads are bounded" test ${#threads[@]} -le 48

healthy_failed() { multipathd show paths raw format '%s %T' | grep LIO-ORG | grep -qv ready; }
pull "$path"
until_true -t 8 "a healthy map's path is failed" path_is "$path" failed faulty
plug "$path"
until_true -t 8 "and comes back" path_is "$path" active ready
same "a table is loaded" "$(promptly 5 multipathd reload map "$map")" ok
sed -i 's/user_friendly_names yes/user_friendly_names no/' /etc/multipath.conf
wwid=$(multipathd show maps raw format '%n %w' | awk -v m="$map" '$1 == m { print $2 }')
rename() { multipathd reconfigure >/dev/null; dmsetup info -c --noheadings -o name "$wwid" >/dev/null 2>&1; }
until_true -t 10 "a reconfiguration renames it" rename
! healthy_failed || fail "no healthy path is failed for want of an answer"

echo 0 > $debug/every_nth
echo 0 > $debug/opts
say "the hang is over"
until_true -t 60 "all paths are ready again" paths_ready
until_true -t 30 "surplus threads end" eval '[ "$(ls "/proc/$daemon_pid/task" | wc -l)" -le 17 ]'
daemon_stop
