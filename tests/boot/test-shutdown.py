#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: poweroff and reboot end although every path of a map is gone that queues, and a process waits for its I/O
# image:
from machine import Machine, main


def test(image, out):
    for action in ("poweroff", "reboot"):
        with Machine(image, out, data=True) as machine:
            machine.wait_shell()
            machine.until("the second map", "[ \"$(multipathd show maps raw format '%w %N' | grep c2d4)\" = '35000c500a0b1c2d4 2' ]")
            name = machine.run("multipathd show maps raw format '%n %w' | sed -n 's/ .*c2d4$//p'")
            machine.pull(2)
            machine.pull(3)
            machine.until("it has no path", f"[ \"$(multipathd show maps raw format '%n %N' | grep '^{name} ')\" = '{name} 0' ]")
            machine.run(f"dmsetup table {name} | grep queue_if_no_path")
            machine.run(f"setsid dd if=/dev/urandom of=/dev/mapper/{name} bs=1M count=1 > /dev/null 2>&1 &")
            machine.until("its I/O waits", "grep -q '^State:.D' /proc/$(pidof dd)/status")
            machine.send(f"systemctl {action}")
            machine.say(f"{action}: ended after {machine.wait_end(180):.0f} s")


main(test)
