#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: grub-probe finds the same devices, drives and abstractions on maps, partitions and LVM; grub-install installs on a map
# lab: --rules full
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
export LVM_SUPPRESS_FD_WARNINGS=1
config
udev_quick lio 2 2 48
name_maps
daemon_start
ready 2 2
boot=mpatha data=mpathb
# probe WHAT ARGUMENT... - all that it can be asked
probe() {
	local what=$1 target
	shift
	for target in device disk fs fs_uuid drive partmap abstraction compatibility_hint hints_string; do
		conclude "$target of $what" "$(grub-probe -t $target "$@" 2>&1 | without_numbers | tr '\n' ' ')"
	done
}
parted -s "/dev/mapper/$boot" mklabel gpt mkpart bios 1MiB 2MiB set 1 bios_grub on mkpart boot ext4 2MiB 100%
udevadm settle -t 120
mkfs.ext4 -q -U 11111111-2222-3333-4444-555555555555 "/dev/mapper/$boot-part2"
mkfs.ext4 -q -U 11111111-2222-3333-4444-555555555556 "/dev/mapper/$data"
udevadm settle -t 120
mkdir -p /run/boot /run/data
mount "/dev/mapper/$boot-part2" /run/boot
mount "/dev/mapper/$data" /run/data
probe "a partition" /run/boot
probe "the partition's device" -d "/dev/mapper/$boot-part2"
probe "a map" /run/data
conclude "disk of the map" "$(grub-probe -t disk -d "/dev/mapper/$boot" 2>&1 | without_numbers)"
conclude "drive of a path" "$(grub-probe -t drive -d "/dev/$(paths_of_lun 0 | head -n 1)" 2>&1 | without_numbers)"
conclude "device map" "$(grub-mkdevicemap -m - 2>&1 | sed 's/.*\t//' | without_numbers | sort | tr '\n' ' ')"
conclude "install" "$(grub-install --target=i386-pc --boot-directory=/run/boot "/dev/mapper/$boot" 2>&1 | without_numbers | tr '\n' ' '; cmp -s -n 3 <(head -c 3 "/dev/mapper/$boot") <(printf '\xeb\x63\x90') && echo "boot code written")"
conclude "prefix" "$(find /run/boot/grub -name core.img | wc -l) $(strings -a /run/boot/grub/i386-pc/core.img 2> /dev/null | grep -c mpath)"
umount /run/data

pull $(paths_of_lun 0 | head -n 1)
until_true "a path has failed" kernel_path "$boot" "$(paths_of_lun 0 | head -n 1)" F
conclude "a path lost" "$(grub-probe -t drive /run/boot 2>&1 | without_numbers)"

wipefs -q -a "/dev/mapper/$data"
pvcreate -q "/dev/mapper/$data" && vgcreate -q group "/dev/mapper/$data" && lvcreate -q -y -Wn -Zn -L 16M -n volume group
mkfs.ext4 -q -U 11111111-2222-3333-4444-555555555557 /dev/group/volume
udevadm settle -t 120
mount /dev/group/volume /run/data
for target in device disk fs abstraction partmap; do
	conclude "$target of a logical volume" "$(grub-probe -t $target /run/data 2>&1 | without_numbers | tr '\n' ' ')"
done
