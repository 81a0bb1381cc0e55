#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: as a service: the rules claim the paths; kill -9, a hang, stop and start leave maps and I/O alone
# lab: --systemd --rules full
. "$LAB/lib.sh"
main_pid() { systemctl show -P MainPID multipathd; }
property_is() { [ "$(udevadm info -q property -n "$1" | sed -n "s/^$2=//p")" = "$3" ]; }
serves() { [[ $(multipathd show daemon 2>/dev/null) == "pid $(main_pid) idle" ]]; }
replaced() { local pid; pid=$(main_pid); [ "$pid" != 0 ] && [ "$pid" != "$old" ] && serves; }
map_queues() { dmsetup table "$1" | grep -q queue_if_no_path; }
map_fails() { ! map_queues "$1"; }
unchanged() {
	ready 2 2
	same "no table was loaded" "$(loads)" 0
	check "I/O goes on" io_moves /dev/mapper/mpatha
}

config "no_path_retry queue"
mkdir -p /run/systemd/system/multipathd.service.d
printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\nWatchdogSec=3\n' \
	> /run/systemd/system/multipathd.service.d/test.conf
systemctl daemon-reload
systemctl stop multipathd.socket multipathd 2>/dev/null
san 2 2

say "start"
check "the service starts" systemctl start multipathd
check "it is up when the maps are there" maps_are 2
ready 2 2
for path in $(paths_of_lun 0) $(paths_of_lun 1); do
	until_true "$path is claimed" property_is "$path" DM_MULTIPATH_DEVICE_PATH 1
	check "$path is a member" property_is "$path" ID_FS_TYPE mpath_member
	check "$path is nobody else's" property_is "$path" SYSTEMD_READY 0
done
for map in mpatha mpathb; do
	until_true "$map is ready" property_is "/dev/mapper/$map" MPATH_DEVICE_READY 1
	check "$map may be used" property_is "/dev/mapper/$map" SYSTEMD_READY 1
	check "$map has its link" [ -e "/dev/disk/by-id/dm-name-$map" ]
done
check "reload is reconfigure" systemctl reload multipathd
until_true "it is idle again" serves
io_start one /dev/mapper/mpatha

say "kill -9"
old=$(main_pid)
kill -KILL "$old"
until_true "systemd starts it again" replaced
unchanged

say "a loop that stands still"
old=$(main_pid)
kill -STOP "$old"
until_true -t 30 "the watchdog replaces it" replaced
unchanged

say "stop and start"
check "it stops" systemctl stop multipathd
check "maps stay" maps_are 2
check "I/O goes on" io_moves /dev/mapper/mpatha
check "without a daemon nothing queues" map_fails mpathb
check "a socket can start it" systemctl start multipathd.socket
check "a command starts it" multipathd show daemon
until_true "it serves" serves
unchanged
until_true "maps queue again" map_queues mpathb

say "shutdown"
check "queueing ends" systemctl stop multipathd-queueing
until_true "maps do not queue" map_fails mpathb
io_stop one
