#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: an installer that asks as curtin does (Debian has no package of it) finds the same maps, members and partitions, and removes them
# lab: --rules full
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
config "find_multipaths yes"
lio 2 2
tcm_backstore disk2 16 e2
tcm_lun 0 2 disk2
until_true "a disk with one path" disks_are 5
udevadm settle -t 300
name_maps 2
daemon_start
ready 2 2

# It splits the lines as the shell does words.
cat > /run/curtin.py <<'END'
import shlex, subprocess
def ask(what, form):
    out = subprocess.run(['multipathd', 'show', what, 'raw', 'format', form], capture_output=True, text=True, check=True).stdout
    return [dict(word.split('=', 1) for word in shlex.split(line)) for line in out.splitlines()]
paths = ask('paths', "device='%d' serial='%z' multipath='%m' host_wwpn='%N' target_wwnn='%n' host_wwpn='%R' target_wwpn='%r' host_adapter='%a'")
maps = ask('maps', "name=%n multipath='%w' sysfs='%d' paths='%N'")
def members(name):
    return ['/dev/' + p['device'] for p in paths if p['multipath'] == name]
for m in sorted(maps, key=lambda m: m['name']):
    print(m['name'], m['multipath'], 'paths', m['paths'], 'members', len(members(m['name'])))
for p in sorted(paths, key=lambda p: (p['multipath'], p['serial'])):
    print(' '.join('%s=%s' % (k, v) for k, v in sorted(p.items()) if k not in ('device', 'target_wwpn', 'host_adapter')))
    claimed = subprocess.run(['multipath', '-c', '/dev/' + p['device']], capture_output=True).returncode
    print('multipath -c:', claimed)
END
properties() { udevadm info --query property "$1" | grep -E '^(DM_UUID|DM_NAME|DM_PART|DM_MPATH|ID_PART_ENTRY_NUMBER)=' | sort | tr '\n' ' '; }
conclude "what it finds" "$(python3 /run/curtin.py 2>&1)"
conclude "a disk that is not in a map" "$(answer multipath -c "/dev/$(paths_of_lun 2)" | tail -n 1)"
parted -s /dev/mapper/mpatha mklabel gpt mkpart one ext4 1MiB 9MiB
udevadm settle -t 120
conclude "map" "$(properties /dev/mapper/mpatha)"
conclude "partition" "$(properties /dev/mapper/mpatha-part1)"
conclude "a partition is removed" "$(answer dmsetup remove /dev/mapper/mpatha-part1)"
udevadm settle -t 120
conclude "it is gone" "$([ -e /dev/mapper/mpatha-part1 ] || echo yes)"
conclude "a map is removed" "$(answer multipath -f mpatha)"
udevadm settle -t 120
conclude "it is gone, too" "$([ -e /dev/mapper/mpatha ] || echo yes)"
conclude "what is left" "$(python3 /run/curtin.py 2>&1)"
