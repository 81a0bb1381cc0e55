#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: kiwi's classes partition an image on a loop device, map the partitions with kpartx, use them, and unmap them
# trixie lacks: kiwi
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
modprobe loop
mkdir -p /run/kiwi/mnt
# By default it uses partx.
cat > /etc/kiwi.yml <<< 'mapper:
  - part_mapper: kpartx'
cat > /run/kiwi/build.py <<'END'
import glob, os, subprocess
from kiwi.storage.disk import Disk
from kiwi.storage.loop_device import LoopDevice
def output(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()
def maps():
    return sorted(os.path.basename(f) for f in glob.glob('/dev/mapper/*') if not f.endswith('control'))
def show(what, text):
    print('conclude\t%s\t%s' % (what, text), flush=True)
for table, extended in (('gpt', False), ('msdos', False), ('msdos', True)):
    name = table + (' with logical partitions' if extended else '')
    loop = LoopDevice('/run/kiwi/image', 64)
    loop.create()
    disk = Disk(table, loop, extended_layout=extended)
    disk.create_boot_partition('10')
    disk.create_root_partition('20')
    disk.create_swap_partition('5')
    if extended:
        disk.create_spare_partition('5')
        disk.create_root_readonly_partition('5')
    disk.map_partitions()
    show(name + ', maps', maps())
    show(name + ', tables', '; '.join(' '.join(l.split()[:-2] + l.split()[-1:]) for l in sorted(output('dmsetup', 'table').splitlines())))
    devices = disk.get_device()
    for partition, mapped in sorted(devices.items()):
        device = mapped.get_device()
        show('%s, %s' % (name, partition), '%s %s %s' % (device, os.path.exists(device), mapped.get_byte_size(device)))
    root = devices['root'].get_device()
    subprocess.run(['mkfs.ext4', '-q', root], check=True)
    show(name + ', file system', output('blkid', '-p', '-o', 'value', '-s', 'TYPE', root))
    # Its users map again after a change.
    disk.map_partitions()
    show(name + ', mapped again', maps())
    subprocess.run(['mount', root, '/run/kiwi/mnt'], check=True)
    devices = mapped = disk = None
    show(name + ', in use', maps())
    subprocess.run(['umount', '/run/kiwi/mnt'], check=True)
    show(name + ', unmapped', output('kpartx', '-d', loop.get_device()) + ' ' + str(maps()))
    loop = None
    show(name + ', loop devices', output('losetup', '-a'))
END
python3 -W ignore /run/kiwi/build.py > "$LAB_OUT/kiwi" 2>&1 || { cat "$LAB_OUT/kiwi"; fail "kiwi"; }
while IFS=$'\t' read -r word what text; do [ "$word" != conclude ] || conclude "$what" "$text"; done < "$LAB_OUT/kiwi"
