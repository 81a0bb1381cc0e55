#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: poweroff and reboot end although every path of the root disk is gone and its map queues
# image:
from machine import Machine, main


def test(image, out):
    for action in ("poweroff", "reboot"):
        with Machine(image, out) as machine:
            machine.wait_shell()
            machine.until("the map queues", "multipathd show maps raw format '%n %Q' | grep -q 'mpathk on'")
            # What is read from disk now will not be later.
            machine.run("dd if=/dev/urandom of=/var/dirty bs=1M count=4; systemctl --version")
            machine.send(f"sleep 5; systemctl {action}")
            machine.pull(0)
            machine.pull(1)
            machine.say(f"{action}: ended after {machine.wait_end(180):.0f} s")


main(test)
