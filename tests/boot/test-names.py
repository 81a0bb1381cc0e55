#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: bindings, WWIDs and configuration that differ between initramfs and system are reported at boot, and the map keeps its name
# image:
from machine import Machine, check, main, same

REPORT = """\
/etc/multipath/bindings differs from the one in the initramfs
only in the initramfs: mpathk 35000c500a0b1c2d3
only in the system: mpathz 35000c500a0b1c2d3
/etc/multipath/wwids differs from the one in the initramfs
only in the system: /another/
/etc/multipath.conf differs from the one in the initramfs
only in the system: blacklist {
only in the system: devnode "^sdz"
the next boot may give other maps or names than this system would: run "update-initramfs -u\""""


def test(image, out):
    with Machine(image, out) as machine:
        machine.wait_shell()
        same("differences", machine.run("journalctl -q -k -t multipath -o cat"), "")
        machine.run("sed -i 's/^mpathk/mpathz/' /etc/multipath/bindings; echo /another/ >> /etc/multipath/wwids; "
                    "printf 'blacklist {\\n\\tdevnode \"^sdz\"\\n}\\n' >> /etc/multipath.conf; sync")
        machine.send("systemctl reboot")
        machine.wait_end(240, reboot=True)
        machine.start()
        machine.wait_shell()
        same("what is reported", machine.run("journalctl -k -t multipath -o cat"), REPORT)
        check("it is on the console", "only in the system: mpathz" in machine.text())
        same("the root device", machine.run("findmnt -no SOURCE /"), "/dev/mapper/mpathk-part1")
        machine.until("the daemon serves the map by its name", "[ \"$(multipathd show maps raw format '%n %N')\" = 'mpathk 2' ]")
        same("the name is in the bindings", machine.run("grep -c '^mpathk 35000c500a0b1c2d3' /etc/multipath/bindings"), "1")


main(test)
