#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: reboot and poweroff end although maps that queue have lost every path: with a file system that is written to, a volume group, swap; the root's
# image:
from machine import Machine, main, same

# Half a minute for paths to return; systemd gives a unit 90 seconds to stop.
LIMIT = 150
DATA, VOLUMES, SWAP = 1, 2, 3
PATHS = "multipathd show maps raw format '%w %n %N'"


def map_of(machine, disk):
    """Its name, once it has two paths."""
    wwid = f"3{0x5000c500a0b1c2d3 + disk:x}"
    machine.until(f"the map of disk {disk}", f"{PATHS} | grep -q '^{wwid} .* 2$'")
    return machine.run(f"{PATHS} | sed -n 's/^{wwid} \\(.*\\) 2$/\\1/p'")


def lose(machine, disk, name):
    machine.pull(2 * disk)
    machine.pull(2 * disk + 1)
    machine.until(f"{name} has no path", f"{PATHS} | grep -q ' {name} 0$'")
    machine.run(f"dmsetup table {name} | grep queue_if_no_path")


def write_to(machine, directory):
    machine.run(f"setsid dd if=/dev/urandom of={directory}/file bs=1M count=1 conv=fsync > /dev/null 2>&1 & echo $! > /run/writer")
    machine.until("its I/O waits", "grep -q '^State:.D' /proc/$(cat /run/writer)/status")


def data_is_lost(machine):
    name = map_of(machine, DATA)
    machine.run(f"mkfs.ext4 -q /dev/mapper/{name} && mount /dev/mapper/{name} /mnt")
    lose(machine, DATA, name)
    write_to(machine, "/mnt")


def volume_is_mounted(machine):
    name = map_of(machine, VOLUMES)
    machine.run(f"[ -e /dev/labdata/volume ] || {{ vgcreate -qq labdata /dev/mapper/{name} && lvcreate -qq -l 100%FREE -n volume labdata && "
                "mkfs.ext4 -q /dev/labdata/volume; }")
    # After a reboot, LVM has found it in the initramfs, which does not know the disk.
    same("below the volume", machine.run("cat /sys/$(udevadm info -q path /dev/labdata/volume)/slaves/*/dm/name"), name)
    machine.run("mkdir -p /run/volume && mount /dev/labdata/volume /run/volume")
    return name


def swap_is_used(machine):
    """Pages of a service are there, and must be read again when swap is turned off."""
    name = map_of(machine, SWAP)
    machine.run(f"mkswap -q /dev/mapper/{name} > /dev/null && swapon /dev/mapper/{name}")
    machine.run("systemd-run -q --unit=lab-swapped sh -c 'dd if=/dev/urandom of=/dev/shm/swapped bs=1M count=24 && exec sleep infinity'")
    machine.until("its pages are written", "[ \"$(stat -c %s /dev/shm/swapped)\" = $((24 << 20)) ] && pgrep -x sleep")
    machine.until("they are in swap", "echo 32M > /sys/fs/cgroup/system.slice/lab-swapped.service/memory.reclaim; "
                  "awk 'NR == 2 { exit $4 < 8192 }' /proc/swaps")
    return name


def volumes_and_swap_are_lost(machine):
    volumes, swap = volume_is_mounted(machine), swap_is_used(machine)
    lose(machine, VOLUMES, volumes)
    lose(machine, SWAP, swap)
    write_to(machine, "/run/volume")


def root_is_lost(machine):
    map_of(machine, 0)
    machine.until("what a shutdown needs is in memory", "systemctl is-active multipathd-queueing && pgrep -x resident")
    # What nothing keeps in memory may have gone when it is needed.
    machine.run("sync; echo 3 > /proc/sys/vm/drop_caches")
    machine.pull(0)
    machine.pull(1)
    # From here on the shell reads no file that is not kept, and searches no directory.
    machine.until("no path is left", "[[ $(/usr/sbin/multipathd show maps raw format '%n %N') == *'mpathk 0'* ]]")


def ends(machine, what, reboot=False):
    machine.say(f"{what} without paths: {'reboots' if reboot else 'off'} after {machine.wait_end(LIMIT, reboot):.0f} s")


def test(image, out):
    with Machine(image, out, disks=3) as machine:
        machine.wait_shell()
        volumes_and_swap_are_lost(machine)
        data_is_lost(machine)
        machine.send("systemctl reboot")
        ends(machine, "a volume group, swap and a file system", reboot=True)
        machine.start()
        machine.wait_shell()
        volumes_and_swap_are_lost(machine)
        machine.send("systemctl poweroff")
        ends(machine, "a volume group and swap")
        machine.start()
        machine.wait_shell()
        root_is_lost(machine)
        machine.send("kill -s RTMIN+4 1")
        ends(machine, "root")


main(test)
