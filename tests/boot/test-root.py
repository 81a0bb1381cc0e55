#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a system boots and reboots with its root on a map that the initramfs has made, with the name that the system gives it
# image:
# image: --packages "$packages"
# image: --hook debian
# image: --initramfs dracut
import re

from machine import Machine, check, main, same

RULES = "dm-mpath", "dm-parts", "multipath", "kpartx", "del-part-nodes"
# At a shutdown, dracut unpacks its image, which takes more than a minute here.
LIMIT = 240


def test(image, out):
    files = open(f"{image}/files").read()
    ours = "hook-debian" not in image
    for rule in RULES if ours else ():
        check(f"{rule} is in the initramfs", re.search(f"rules.d/[0-9]+-{rule}.rules$", files, re.MULTILINE))
    check("no reservation key is in the initramfs", "etc/multipath/prkeys" not in files or not ours)
    with Machine(image, out) as machine:
        machine.wait_shell()
        same("the root device", machine.run("findmnt -no SOURCE /"), "/dev/mapper/mpathk-part1")
        machine.until("the daemon serves", "multipathd show daemon | grep -q idle")
        print(machine.run("multipath -ll"))
        same("paths", machine.run("multipathd show paths raw format '%m %t %o' | sort"), "mpathk active running\nmpathk active running")
        same("maps", machine.run("multipathd show maps raw format '%n %w %N'"), "mpathk 35000c500a0b1c2d3 2")
        # From their first event in the initramfs on, so that nothing else has used them. Debian 12's hook runs no daemon.
        unclaimed = machine.run("journalctl -k -t lab -o cat | grep -v '^sd[ab] claimed=1$' || :")
        check(f"events of paths that were not claimed:\n{unclaimed}", not unclaimed or not ours)
        same("paths with events", machine.run("journalctl -k -t lab -o cat | cut -d ' ' -f 1 | sort -u"), "sda\nsdb")
        same("partitions of paths", machine.run("ls /dev | grep -c 'sd[a-z][0-9]' || :"), "0")
        same("complaints in the initramfs", machine.run("cat /run/initramfs/multipathd.log 2> /dev/null | grep -E ': (warning|error): ' || :"), "")
        same("failed units", machine.run("systemctl --failed --no-legend --plain"), "")
        same("differences", machine.run("journalctl -k | grep -c 'differs from the one in the initramfs' || :"), "0")
        machine.send("systemctl reboot")
        machine.say(f"reboots after {machine.wait_end(LIMIT, reboot=True):.0f} s")
        machine.start()
        machine.wait_shell()
        same("the root device", machine.run("findmnt -no SOURCE /"), "/dev/mapper/mpathk-part1")
        machine.until("both paths work", "[ \"$(multipathd show maps raw format '%n %w %N')\" = 'mpathk 35000c500a0b1c2d3 2' ]")
        machine.send("systemctl poweroff")
        machine.say(f"off after {machine.wait_end(LIMIT):.0f} s")


main(test)
