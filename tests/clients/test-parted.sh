#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: parted, sfdisk, lsblk, blkid, findmnt and mdadm see the same maps, partitions and paths, and partitions appear and go alike
# lab: --rules full
# differs: last of a GPT deleted: kpartx of multipath-tools keeps the map of the partition, for which sfdisk refuses to write
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
config
hosts() {
	local host
	tcm_backstore disk0 32 e0
	for host in 1 2; do
		tcm_host $host
		tcm_lun $host 0 disk0
	done
}
udev_quick hosts
until_true "two disks" disks_are 2
daemon_start
ready 1 2
mapfile -t paths < <(paths_of_lun 0)

# What is where, without device numbers. Paths have names that differ between boots.
maps() {
	local name
	for name in $(dmsetup info -c --noheadings --sort name -o name); do
		echo "$name $(dmsetup info -c --noheadings -o uuid "$name") $(dmsetup table "$name" | sed 's/^\([0-9]* [0-9]* [a-z]*\).* \([0-9]*\)$/\1 \2/; s/multipath .*/multipath/');"
	done
}
links() { (cd /dev/disk && find . -lname '*/dm-*' | sed 's,partuuid/.*,partuuid/UUID,' | sort | tr '\n' ' '); }
# see WHAT - all that these programs show
see() {
	udevadm settle -t 120
	conclude "maps, $1" "$(maps | tr '\n' ' ')"
	conclude "parted, $1" "$(parted -s -m /dev/mapper/$map unit s print 2>&1 | tr '\n' ' ')"
	conclude "lsblk, $1" "$(lsblk -n -r -o NAME,TYPE,FSTYPE,SIZE,MOUNTPOINT "/dev/${paths[0]}" 2>&1 | sed "s/^${paths[0]} /path /" | tr '\n' ';')"
	conclude "links, $1" "$(links)"
	conclude "blkid, $1" "$(blkid -c /dev/null -o value -s TYPE "/dev/${paths[0]}") $(blkid -c /dev/null -o device | sed "s/^.dev.sd.*/path/" | sort | uniq -c | tr -s ' \n' ' ')"
}
map=mpatha
see "empty"
parted -s /dev/mapper/mpatha mklabel gpt mkpart one ext4 1MiB 9MiB mkpart two 9MiB 20MiB mkpart three 20MiB 25MiB 2>&1 | sed 's/^/    /'
udevadm settle -t 120
mkfs.ext4 -q -U 11111111-2222-3333-4444-555555555555 /dev/mapper/mpatha-part1
mkdir -p /run/one
mount /dev/mapper/mpatha-part1 /run/one
see "three partitions"
conclude "findmnt" "$(findmnt -n -o SOURCE,FSTYPE,UUID /run/one)"
conclude "parted, resize one in use" "$(answer parted -s /dev/mapper/mpatha resizepart 1 8MiB)"
conclude "parted, remove" "$(answer parted -s /dev/mapper/mpatha rm 2)"
see "one removed"
umount /run/one
conclude "sfdisk" "$(answer sfdisk -q --no-reread --append /dev/mapper/mpatha <<< 'start=53248, size=2048')"
conclude "partprobe" "$(answer partprobe /dev/mapper/mpatha)"
see "one added"
conclude "partx" "$(partx -o NR,START,SECTORS -g /dev/mapper/mpatha 2>&1 | tr -s ' \n' ' ')"
conclude "mdadm" "$(mdadm --examine "/dev/${paths[0]}" 2>&1 | sed "s/${paths[0]}/path/" | tr '\n' ' ') $(mdadm --examine --scan 2>&1)"
conclude "a path cannot be used" "$(mkfs.ext4 -q "/dev/${paths[0]}" 2>&1 | sed "s/${paths[0]}/path/" | tr '\n' ' ')"

pull "${paths[0]}"
until_true "a path has failed" kernel_path mpatha "${paths[0]}" F
conclude "a path lost" "$(parted -s -m /dev/mapper/mpatha unit s print 2>&1 | head -n 2 | tr '\n' ' ')"
plug "${paths[0]}"
until_true "it is back" kernel_path mpatha "${paths[0]}" A

wwid=$(multipathd show maps raw format %w)
config "user_friendly_names no"
config_add <<END
multipaths {
	multipath {
		wwid $wwid
		alias disk7
	}
}
END
multipathd reconfigure > /dev/null
until_true "it is renamed" [ -e /dev/mapper/disk7 ]
map=disk7
see "a name that ends in a digit"
config "user_friendly_names no"
multipathd reconfigure > /dev/null
until_true "it has its WWID as name" [ -e "/dev/mapper/$wwid" ]
map=$wwid
udevadm settle -t 120
conclude "mklabel" "$(parted -s "/dev/mapper/$wwid" mklabel msdos mkpart primary 2048s 4095s mkpart extended 4096s 100% mkpart logical 6144s 8191s 2>&1; echo "status $?")"
see "dos, named by WWID"
# None is left.
conclude "parted, remove all" "$(answer parted -s "/dev/mapper/$wwid" rm 5 rm 2 rm 1)"
udevadm settle -t 120
conclude "maps, all removed" "$(maps | tr '\n' ' ')"
sfdisk -q --no-reread --no-tell-kernel "/dev/mapper/$wwid" <<< $'label: gpt\nstart=2048, size=2048' 2>&1 | sed 's/^/    /'
udevadm settle -t 120
conclude "maps, one of a GPT" "$(maps | tr '\n' ' ')"
sfdisk -q --no-reread --no-tell-kernel --delete "/dev/mapper/$wwid" 2>&1 | sed 's/^/    /'
udevadm settle -t 120
conclude "last of a GPT deleted" "$(maps | tr '\n' ' ')"
conclude "last of a GPT deleted" "$(answer sfdisk -q "/dev/mapper/$wwid" <<< 'label: gpt' | head -n 1)"
