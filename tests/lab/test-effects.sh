#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: settings for hosts, disks, queues, nodes and other dm devices reach the kernel
. "$LAB/lib.sh"
value() { cat /sys/block/"$1"/"$2"; }
host_value() { local d; d=$(readlink -f "/sys/block/$1/device/../../scsi_host"/host*); cat "$d/$2"; }
disk_value() { cat "/sys/block/$1/device/scsi_disk"/*/"$2"; }
is_deferred() { dmsetup info $map | grep -q DEFERRED; }
is_kept() { dmsetup info $map | grep -q 'State: *ACTIVE$'; }
is() { [ "$("$1" "$2" "$3" 2>/dev/null)" = "$4" ]; }
configure() {
	config "no_path_retry fail" "max_retries $1" "deferred_remove yes" "reassign_maps yes" "mode 0640" "gid 6" \
		"skip_kpartx yes" "retain_attached_hw_handler no" "force_sync yes"
	config_add <<-END
	overrides {
		eh_deadline 77
		protocol {
			type "scsi:unspec"
			eh_deadline $2
		}
	}
	multipaths {
		multipath {
			wwid $wwid
			alias tuned
			max_sectors_kb $3
		}
	}
	END
}
san 2 2
mapfile -t paths < <(paths_of_lun 0)
wwid=$(udevadm info --query=property --property=ID_SERIAL --value "/sys/block/${paths[0]}")
mapfile -t others < <(paths_of_lun 1)
kilobytes=$(value "${others[0]}" queue/max_sectors_kb)
configure 3 20 64

# Another program's map on a path, before ours exists; and a process about to format the other LUN.
dmsetup create user --table "0 2048 linear /dev/${paths[0]} 0"
exec {lock}< "/dev/${others[0]}"
flock -x $lock

daemon_start
until_true "a map of the LUN that is free" maps_have 1 2
map=tuned
same "it has its name" "$(map_of "${paths[0]}")" $map
for path in "${paths[@]}"; do
	same "$path: eh_deadline of its protocol" "$(host_value "$path" eh_deadline)" 20
	same "$path: max_retries" "$(disk_value "$path" max_retries)" 3
	same "$path: max_sectors_kb" "$(value "$path" queue/max_sectors_kb)" 64
done
same "the map inherits the limit" "$(map_field $map %k)" 64
same "the other LUN keeps its own" "$(value "${others[0]}" queue/max_sectors_kb)" "$kilobytes"
same "only one map: a path of the other LUN is locked" "$(dmsetup ls --target multipath | wc -l)" 1
check "and that is said" logged "another program has locked a path"
flock -u $lock
ready 2 2

dm=$(readlink -f /dev/mapper/$map)
dm=${dm##*/}
until_true "mode and gid of the node" eval '[ "$(stat -c "%a %g" "/dev/$dm")" = "640 6" ]'
same "udev is told to leave partitions alone" \
	"$(udevadm info --query=property --property=DM_SUBSYSTEM_UDEV_FLAG1 --value "/dev/$dm")" 1
read -r dev < "/sys/block/$dm/dev"
until_true "the other device uses the map now" eval 'dmsetup table user | grep -q "linear $dev 0"'
check "keywords without effect are reported" logged "force_sync has no effect"
check "keywords without effect are reported" logged "retain_attached_hw_handler has no effect"

# Again, with other values: limits of queues stay, since the paths are in use.
configure off off 128
multipathd reconfigure >/dev/null
until_true "eh_deadline is off" is host_value "${paths[0]}" eh_deadline off
until_true "max_retries is off" is disk_value "${paths[0]}" max_retries -1
same "max_sectors_kb of members stays" "$(value "${paths[0]}" queue/max_sectors_kb)" 64
loads=$(loads)
configure off off 64
multipathd reconfigure >/dev/null
same "no map was loaded for that" "$(loads)" "$loads"
same "written only where it differs" "$(grep -c 'eh_deadline set to off' "$logfile")" 2

# The last path goes while the map is in use: it goes later, and stays if a path returns before.
hosts=()
for path in "${paths[@]}"; do
	hctl=$(readlink -f "/sys/block/$path/device")
	hosts+=("${hctl##*/}")
	echo 1 > "/sys/block/$path/device/delete"
done
until_true "its removal is deferred" is_deferred
for hctl in "${hosts[@]}"; do
	IFS=: read -r host channel target lun <<< "$hctl"
	echo "$channel $target $lun" > "/sys/class/scsi_host/host$host/scan"
done
until_true "it has its paths again" maps_have 2 2
until_true "its removal is canceled" is_kept
dmsetup remove user
check "it stays when its user goes" dmsetup info $map
for path in $(paths_of_lun 0); do
	same "$path: max_sectors_kb of a path that joins" "$(value "$path" queue/max_sectors_kb)" 64
done
daemon_stop
