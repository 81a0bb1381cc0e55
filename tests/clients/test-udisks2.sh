#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: udisks2 hides the paths and shows the maps, one drive for each, as paths and maps come and go
# lab: --systemd --rules full
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
cat > /tmp/udisks.py <<'END'
# What udisks shows of disks and maps, without what differs between two boots.
import re, subprocess, sys
text = subprocess.run(["udisksctl", "dump"], capture_output=True, text=True).stdout
objects, name, interface = {}, None, None
for line in text.splitlines():
    if line.startswith("/org"):
        name = line.strip().rstrip(":")
        objects[name] = {}
    elif re.match(r"  org\.", line):
        interface = line.strip().rstrip(":").rsplit(".", 1)[1]
        objects[name][interface] = {}
    elif re.match(r"    \S", line) and ":" in line:
        key, value = line.strip().split(":", 1)
        key = key.strip()
        objects[name][interface][key] = value.strip()
    elif line.startswith("     ") and interface:
        objects[name][interface][key] += " " + line.strip()
lines = []
for name, interfaces in objects.items():
    block = interfaces.get("Block")
    if block and re.search(r"/(sd|dm_2d)", name):
        what = "map " + block["PreferredDevice"] if "/dm_2d" in name else "path"
        lines.append("%s: %s" % (what, " ".join("%s=%s" % (k, block.get(k)) for k in
            ("Id", "IdUsage", "IdType", "IdLabel", "HintIgnore", "HintSystem", "HintAuto", "HintPartitionable", "ReadOnly", "Size", "Drive"))
            + " interfaces=" + ",".join(sorted(interfaces))))
    drive = interfaces.get("Drive")
    if drive and drive.get("Vendor") == "LIO-ORG":
        lines.append("drive: " + " ".join("%s=%s" % (k, drive.get(k)) for k in
            ("Id", "Model", "Serial", "WWN", "Vendor", "ConnectionBus", "Removable", "MediaAvailable")))
print("\n".join(sorted(lines)))
END
shown() { python3 /tmp/udisks.py; }
# settled - udisks has taken in the events: twice the same
settled() { local before; before=$(shown); pause 0.5; [ "$before" = "$(shown)" ]; }
shows() { udevadm settle -t 120; until_true "udisks rests" settled; conclude "$1" "$(shown)"; }
paths_hidden() { ! shown | grep -q '^path:.*HintIgnore=false'; }

config ""
systemctl stop multipathd.socket multipathd 2> /dev/null
lio 2 2
name_maps 2
check "dbus" systemctl start dbus
check "udisks" systemctl start udisks2
shows "disks without maps"
systemctl start multipathd
ready 2 2
shows "maps"
mkfs.ext4 -q -L data /dev/mapper/mpatha
until_true "udisks sees the file system" eval 'shown | grep -q "IdLabel=data"'
shows "a file system on a map"
conclude "mount of a map" "$(answer udisksctl mount --no-user-interaction -b /dev/mapper/mpatha | without_numbers)"
conclude "mount of a path" "$(answer udisksctl mount --no-user-interaction -b "/dev/$(paths_of_lun 0 | head -n 1)" | without_numbers | sed 's/:[0-9.]*: /: /')"
conclude "unmount of a map" "$(answer udisksctl unmount --no-user-interaction -b /dev/mapper/mpatha | without_numbers)"
path=$(paths_of_lun 0 | head -n 1)
pull "$path"
until_true "the path has failed" kernel_path mpatha "$path" F
shows "a path lost"
plug "$path"
ready 2 2
echo 1 > "/sys/block/$path/device/delete"
until_true "the path is gone" path_unknown "$path"
shows "a path removed"
check "flush" multipath -f mpathb
until_true "a map is left" maps_are 1
shows "a map removed"
