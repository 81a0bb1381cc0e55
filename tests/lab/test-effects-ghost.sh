#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: ghost_delay keeps udev from probing a new map with only ghost paths until a path is up or the delay is over
# long: delays must expire
. "$LAB/lib.sh"
configure() {
	config "no_path_retry fail" "ghost_delay $1"
	config_add <<-END
	overrides {
		path_checker tur
	}
	END
}
access() { echo "$1" > "$core/rd_mcp_0/disk/alua/default_tg_pt_gp/alua_access_state"; }
map_is_ready() {
	local dm
	dm=$(readlink -f "/dev/mapper/$map")
	[ "$(udevadm info --query=property --property=MPATH_DEVICE_READY --value "/dev/${dm##*/}")" = "$1" ]
}
begin() {
	configure "$1"
	access 2	# standby
	daemon_start
	until_true "the map of the passive path" path_is sda active ghost
	map=$(map_of sda)
	udevadm settle -t 60
}
end() {
	daemon_stop
	maps_remove
}
disk() { tcm_backstore disk 8 effects-ghost; tcm_host 1; tcm_lun 1 0 disk; }
udev_quick disk
until_true "the disk is there" disks_are 1
begin 600
until_true "udev has not taken it" map_is_ready 0
access 0
until_true "the path is up" path_is sda active ready
until_true "udev takes it" map_is_ready 1
check "because of the path" logged "ghost_delay ends: a path is up"
end

now start
begin 3
until_true "udev has not taken it" map_is_ready 0
until_true "the time is over" logged "ghost_delay ends: no path came up in time"
access 0	# whoever reads it now waits for this
until_true "udev takes it" map_is_ready 1
faults=$(map_field "$map" %0)
now stop
check "a path that answers, but fails I/O, comes and goes with its checks, once a second" test "$faults" -le $(((stop - start) / 1000000))
end
