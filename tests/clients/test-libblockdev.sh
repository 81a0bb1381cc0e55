#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: libblockdev's mpath plugin finds the members, none else, removes maps, and turns friendly names on
# bookworm differs: as installed: Debian has no mpathconf, without which the plugin does not load; here it does
# differs: friendly names: Debian has no mpathconf, which the plugin calls for it
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
cat > /tmp/blockdev.py <<'END'
import sys, gi
version = "3.0" if "3.0" in gi.Repository.get_default().enumerate_versions("BlockDev") else "2.0"
gi.require_version("BlockDev", version)
from gi.repository import BlockDev as B, GLib
spec = B.PluginSpec()
spec.name, spec.so_name = B.Plugin.MPATH, "libbd_mpath.so." + version[0]
def call(function, *arguments):
    try:
        result = function(*arguments)
        return sorted(result) if isinstance(result, list) else result
    except GLib.GError as error:
        return "error: " + error.message.replace("\n", " ")
if not call(B.init, [spec], None):
    sys.exit("no plugin")
mode = B.MpathTechMode
what, arguments = sys.argv[1], sys.argv[2:]
if what == "members":
    print(call(B.mpath_get_mpath_members))
elif what == "member":
    for name in arguments:
        print(call(B.mpath_is_mpath_member, name))
elif what == "available":
    print(call(B.mpath_is_tech_avail, B.MpathTech.BASE, mode.QUERY | mode.MODIFY))
elif what == "friendly-available":
    print(call(B.mpath_is_tech_avail, B.MpathTech.FRIENDLY_NAMES, mode.MODIFY))
elif what == "flush":
    print(call(B.mpath_flush_mpaths))
elif what == "friendly":
    print(call(B.mpath_set_friendly_names, arguments[0] == "yes"))
END
asks() { local what=$1; shift; conclude "$what" "$(answer python3 /tmp/blockdev.py "$@" | grep -v '^$' | sed 's/.*(process:.*): \(.*\)\*\*: [^ ]* /\1/' | without_numbers)"; }

config ""
modprobe dm-multipath
asks "as installed" available
mpathconf=$(type -p mpathconf)
# Debian's users write one, if they need the plugin.
[ -n "$mpathconf" ] || { printf '#!/bin/sh\nexit 1\n' > /usr/sbin/mpathconf; chmod +x /usr/sbin/mpathconf; }
asks "available" available
asks "friendly names available" friendly-available
asks "no map" members
san 2 2
name_maps 2
asks "disks without a map" member /dev/sda sda
daemon_start
ready 2 2
path=$(paths_of_lun 0 | head -n 1)
asks "members" members
asks "a member" member "/dev/$path" "$path" "/dev/disk/by-path/../../$path"
asks "the map itself" member /dev/mapper/mpatha
asks "no device" member /dev/nothing
pull "$path"
until_true "the path has failed" kernel_path mpatha "$path" F
asks "a failed path is a member" member "/dev/$path"
plug "$path"
ready 2 2
check "a linear device on a disk of a map" dmsetup create other --table "0 8 linear /dev/mapper/mpatha 0"
asks "a linear device beside" members
dmsetup remove other
asks "flush with the daemon" flush
udevadm settle -t 60
check "no map is left" maps_are 0
for choice in no yes; do
	asks "friendly names" friendly $choice
	conclude "friendly names" "$(grep -w user_friendly_names /etc/multipath.conf)"
done
daemon_stop any
asks "flush without the daemon" flush
asks "members without the daemon" members
