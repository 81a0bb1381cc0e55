#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a root file system on a logical volume is used through the map, not through a path, from the initramfs on
# image: --lvm
# image: --lvm --initramfs dracut
from machine import Machine, main, same


def test(image, out):
    with Machine(image, out) as machine:
        machine.wait_shell()
        same("the root device", machine.run("findmnt -no SOURCE /"), "/dev/mapper/labvg-root")
        same("below it", machine.run("dmsetup deps -o blkdevname labvg-root"), "1 dependencies\t: (dm-1)")
        same("which is", machine.run("dmsetup info -c --noheadings -o name /dev/dm-1"), "mpathk-part1")
        same("the physical volume", machine.run("pvs --noheadings -o pv_name 2> /dev/null").strip(), "/dev/mapper/mpathk-part1")
        same("the map", machine.run("multipathd show maps raw format '%n %N'"), "mpathk 2")


main(test)
