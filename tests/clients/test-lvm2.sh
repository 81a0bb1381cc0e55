#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: LVM takes the map and refuses its paths, while there is a map and before: by holders, by the wwids file, by its devices file
# lab: --systemd --rules full
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
# LVM's answer, without what differs between two boots. Its hints of the last scan would hide what other settings show.
lvm_says() {
	local what=$1
	shift
	rm -f /run/lvm/hints
	conclude "$what" "$(answer "$@" | grep -v 'Wiping\|File descriptor' | without_numbers |
		sed -E 's/\b[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}\b/UUID/g; s/(PVID.)[A-Za-z0-9]{32}/\1PVID/g; s/pvscan\[[0-9]+\]/pvscan/' | tr -s ' ' | sort -u)"
}
# devices WHAT - what LVM considers a device for a physical volume
devices() { lvm_says "$1, devices" pvs --noheadings -a -o pv_name,vg_name; }
lv_active() { [ "$(lvs --noheadings -o lv_active vg 2> /dev/null | tr -d ' ')" = active ]; }
map_uuid_known() { udevadm info "/dev/mapper/$1" | grep -q 'ID_FS_TYPE=LVM2_member'; }

config ""
mkdir -p /etc/lvm/devices
systemctl stop multipathd.socket multipathd 2> /dev/null
lio 2 2
name_maps 2
say "paths that belong to no map, of a disk that no map ever was made of"
path=$(paths_of_lun 0 | head -n 1)
devices "no map yet"
lvm_says "no map yet, pvcreate on a path" pvcreate -t -y "/dev/$path"

say "maps"
systemctl start multipathd
ready 2 2
devices "maps"
lvm_says "pvcreate on a path" pvcreate -y "/dev/$path"
lvm_says "vgcreate on a path" vgcreate -y vgpath "/dev/$path"
lvm_says "pvcreate on a map" pvcreate -y /dev/mapper/mpatha
check "a volume group" vgcreate -y vg /dev/mapper/mpatha
check "a volume" lvcreate -q -Wn -y -n lv -l 1 vg
lvm_says "the volume's device" lvs --noheadings -o lv_name,devices vg
lvm_says "pvs of a path" pvs --noheadings "/dev/$path"
lvm_says "pvscan of a path" pvscan --cache --listvg "/dev/$path"
pull "$path"
until_true "the path has failed" kernel_path mpatha "$path" F
lvm_says "a path lost" vgs --noheadings -o vg_name,vg_attr,pv_count
plug "$path"
ready 2 2

say "the devices file"
lvm_says "lvmdevices of a path" lvm lvmdevices --devicesfile path --adddev "/dev/$path"
lvm_says "the path's entry" grep -o 'IDTYPE=.*' /etc/lvm/devices/path
lvm_says "vgs by the devices file with a path" vgs --noheadings --devicesfile path -o vg_name,pv_name
lvm_says "lvmdevices of a map" lvm lvmdevices --devicesfile lab --adddev /dev/mapper/mpatha
lvm_says "lvmdevices lists" lvm lvmdevices --devicesfile lab
lvm_says "the map's entry" grep -o 'IDTYPE=.*' /etc/lvm/devices/lab
lvm_says "vgs by the devices file" vgs --noheadings --devicesfile lab -o vg_name,pv_name
lvm_says "vgimportdevices" lvm vgimportdevices --devicesfile lab2 vg
lvm_says "vgimportdevices, its entry" grep -o 'IDTYPE=.*' /etc/lvm/devices/lab2

say "maps that are gone: the wwids file knows the disks"
systemctl stop multipathd.socket multipathd
check "it is deactivated" vgchange -q -an vg
maps_remove
devices "maps gone"
lvm_says "maps gone, pvcreate on a path" pvcreate -t -y "/dev/$(paths_of_lun 1 | head -n 1)"
lvm_says "maps gone, pvs of a path" pvs --noheadings "/dev/$path"
lvm_says "maps gone, pvscan of a path" pvscan --cache --listvg "/dev/$path"
lvm_says "maps gone, the wwids file not used" vgs --noheadings -o vg_name,pv_count --config 'devices/multipath_wwids_file=""'
lvm_says "maps gone, component detection off" vgs --noheadings -o vg_name,pv_count --config 'devices/multipath_component_detection=0'
config_add <<-END
blacklist {
	wwid $(wwid_of_lun 1)
}
END
devices "one disk blacklisted"
config ""
lvm_says "the disk's wwid is forgotten" sh -c "multipath -w /dev/$path > /dev/null; pvs --noheadings -o pv_name,vg_name 2>&1"

say "a devices file that lists a path, from before the map"
pvs_of() { pvs --noheadings "$@" -o pv_name,vg_name; }
lvm_says "lvmdevices of a path without a map" lvm lvmdevices --devicesfile old --adddev "/dev/$path"
systemctl start multipathd
ready 2 2
lvm_says "a devices file that lists a path" pvs_of --devicesfile old
lvm_says "a devices file that lists a path, checked" lvm lvmdevices --devicesfile old --check
lvm_says "a devices file that lists a path, updated" lvm lvmdevices --devicesfile old --update

say "activation by events"
until_true "the map is known as a physical volume" map_uuid_known mpatha
until_true "the volume is active" lv_active
lvm_says "activated by events" lvs --noheadings -o lv_name,lv_active,devices
check "it is deactivated" vgchange -q -an vg
config_add <<-END
multipaths {
	multipath {
		wwid $(wwid_of_lun 0)
		alias other.name
	}
}
END
check "reload" systemctl reload multipathd
until_true "the map has its other name" [ -e /dev/mapper/other.name ]
udevadm settle -t 120
lvm_says "another name, by the devices file" pvs_of --devicesfile lab
