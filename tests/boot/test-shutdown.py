#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: poweroff and reboot end although every path of the root disk is gone and its map queues
# image:
from machine import Machine, main


def test(image, out):
    for action in ("poweroff", "reboot"):
        with Machine(image, out) as machine:
            machine.wait_shell()
            machine.until("the map queues", "dmsetup table mpathk | grep -q queue_if_no_path")
            # The command itself is in memory; nothing else is put there, and something is to be written.
            machine.run("cat $(ldd /bin/systemctl | grep -o '/[^ ]*') /bin/systemctl > /dev/null; "
                        "dd if=/dev/urandom of=/var/dirty bs=1M count=4")
            machine.pull(0)
            machine.pull(1)
            machine.wait_console(r"Failing path|\[sdb\] Synchronizing SCSI cache")
            machine.send(f"systemctl {action}")
            machine.say(f"{action}: ended after {machine.wait_end(180):.0f} s")


main(test)
