#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: libvirt's pool of type mpath lists the same maps; its disk pool creates the same partition on a map, and misses it alike by a name that Debian's rules do not give it
# lab: --rules full
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
config
udev_quick lio 2 2 32
name_maps
daemon_start
ready 2 2
mkdir -p /run/libvirt /run/dbus
dbus-daemon --system --fork
libvirtd -d > "$LAB_OUT/libvirtd" 2>&1
virsh() { command virsh -q -c storage:///system "$@" 2>&1; }
serves() { virsh uri > /dev/null; }
until_true -t 60 "libvirtd serves" serves
named() { tr -s ' ' | sed 's/^ //; s/ $//' | tr '\n' ';'; }
# Volumes are named dm-0 ... in the order in which the maps were made.
volumes() { udevadm settle -t 120; virsh pool-refresh "$1" | named; virsh vol-list "$1" --details | without_numbers | sort | named; }
cat > /run/mpath.xml <<'END'
<pool type='mpath'><name>mpath</name><target><path>/dev/mapper</path></target></pool>
END
conclude "created" "$(answer virsh pool-create /run/mpath.xml | named)"
conclude "volumes" "$(volumes mpath)"
volume=$(virsh vol-list mpath | awk '$2 == "/dev/mapper/mpatha" { print $1 }')
conclude "volume" "$(virsh vol-info --pool mpath "$volume" | without_numbers | named) $(virsh vol-dumpxml --pool mpath "$volume" | sed '/<timestamps>/,$d' | without_numbers | named)"
conclude "pool" "$(virsh pool-info mpath | sed '/UUID/d' | named)"
pull $(paths_of_lun 0 | head -n 1)
until_true "a path has failed" kernel_path "mpatha" "$(paths_of_lun 0 | head -n 1)" F
conclude "volumes, a path lost" "$(volumes mpath)"
plug $(paths_of_lun 0 | head -n 1)
ready 2 2

# A disk of partitions.
cat > /run/disk.xml <<END
<pool type='disk'><name>disk</name><source><device path='/dev/mapper/mpatha'/><format type='gpt'/></source>
<target><path>/dev/mapper</path></target></pool>
END
conclude "disk pool defined" "$(answer virsh pool-define /run/disk.xml | named)"
conclude "disk pool built" "$(answer virsh pool-build disk --overwrite | named)"
conclude "disk pool started" "$(answer virsh pool-start disk | named)"
# It asks for mpatha1, where the rules of kpartx make mpatha-part1.
conclude "partition created" "$(answer virsh vol-create-as disk mpatha1 8M | named)"
conclude "partitions" "$(volumes disk)"
conclude "maps" "$(dmsetup info -c --noheadings --sort name -o name,uuid | named)"
conclude "parthelper" "$(/usr/lib/libvirt/libvirt_parthelper "/dev/mapper/mpatha" | tr '\0' '\n' | named)"
conclude "mpath pool" "$(volumes mpath)"
conclude "removed" "$(answer multipath -f mpatha) $(volumes mpath)"
conclude "no map" "$(answer multipath -F) $(volumes mpath)"
kill "$(cat /run/libvirtd.pid)"
