#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a path pulled while the initramfs works, and the other one while the system starts, do not stop the boot; a plugged path joins the map
# image:
from machine import Machine, main, same


def test(image, out):
    with Machine(image, out) as machine:
        machine.wait_console(r"Begin: Mounting root file system|Waiting for multipath|dracut-initqueue")
        machine.pull(0)
        machine.say("first path pulled in the initramfs")
        machine.wait_console(r"Welcome to|systemd\[1\]: Hostname set|Detected architecture")
        machine.plug(0)
        machine.say("plugged while the system starts")
        machine.wait_shell()
        same("the root device", machine.run("findmnt -no SOURCE /"), "/dev/mapper/mpathk-part1")
        machine.until("both paths work", "[ $(multipathd show paths raw format '%t %o' | grep -c '^active running') = 2 ]")
        machine.pull(1)
        machine.until("the map has one path", "[ \"$(multipathd show maps raw format '%n %N')\" = 'mpathk 1' ]")
        machine.run("dd if=/dev/mapper/mpathk-part1 of=/dev/null bs=1M count=8 iflag=direct; touch /var/written; sync")
        machine.plug(1)
        machine.until("the map has both again", "[ \"$(multipathd show maps raw format '%n %N')\" = 'mpathk 2' ]")
        same("failed units", machine.run("systemctl --failed --no-legend --plain"), "")


main(test)
