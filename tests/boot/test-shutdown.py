#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: reboot and poweroff end although a map that queues has lost every path: one with a file system that is written to, then the root's
# image:
from machine import Machine, main

# Half a minute for paths to return; systemd gives a unit 90 seconds to stop.
LIMIT = 150


def data_is_lost(machine):
    machine.until("the second map", "[ \"$(multipathd show maps raw format '%w %N' | grep c2d4)\" = '35000c500a0b1c2d4 2' ]")
    name = machine.run("multipathd show maps raw format '%n %w' | sed -n 's/ .*c2d4$//p'")
    machine.run(f"mkfs.ext4 -q /dev/mapper/{name} && mount /dev/mapper/{name} /mnt")
    machine.pull(2)
    machine.pull(3)
    machine.until("it has no path", f"[ \"$(multipathd show maps raw format '%n %N' | grep '^{name} ')\" = '{name} 0' ]")
    machine.run(f"dmsetup table {name} | grep queue_if_no_path")
    machine.run("setsid dd if=/dev/urandom of=/mnt/file bs=1M count=1 conv=fsync > /dev/null 2>&1 &")
    machine.until("its I/O waits", "grep -q '^State:.D' /proc/$(pidof dd)/status")
    machine.send("systemctl reboot")
    machine.say(f"a file system without paths: reboots after {machine.wait_end(LIMIT, reboot=True):.0f} s")


def root_is_lost(machine):
    machine.until("both paths", "[ \"$(multipathd show maps raw format '%n %N' | grep mpathk)\" = 'mpathk 2' ]")
    machine.until("what a shutdown needs is in memory", "systemctl is-active multipathd-queueing && pgrep -x resident")
    # What nothing keeps in memory may have gone when it is needed.
    machine.run("sync; echo 3 > /proc/sys/vm/drop_caches")
    machine.pull(0)
    machine.pull(1)
    # From here on the shell reads no file that is not kept, and searches no directory.
    machine.until("no path is left", "[[ $(/usr/sbin/multipathd show maps raw format '%n %N') == *'mpathk 0'* ]]")
    machine.send("kill -s RTMIN+4 1")
    machine.say(f"root without paths: off after {machine.wait_end(LIMIT):.0f} s")


def test(image, out):
    with Machine(image, out, data=True) as machine:
        machine.wait_shell()
        data_is_lost(machine)
        machine.start()
        machine.wait_shell()
        root_is_lost(machine)


main(test)
