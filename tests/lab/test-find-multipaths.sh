#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: find_multipaths strict, yes, smart, greedy and no claim the disks that they should
# long: a restart for each value
. "$LAB/lib.sh"
# A disk with two paths, and one with one.
udev_quick modprobe scsi_debug add_host=2 num_tgts=1 max_luns=1 vpd_use_hostno=0 dev_size_mb=8
single() { tcm_host 1; tcm_backstore lonely 8 lonely; tcm_lun 1 0 lonely; }
udev_quick single
until_true "3 disks" disks_are 3
multi=$(udevadm info -q property -n sda | sed -n 's/^ID_SERIAL=//p')
alone=$(udevadm info -q property -n sdc | sed -n 's/^ID_SERIAL=//p')
maps_of() { multipathd show maps raw format '%w' | grep -vx ok | sort | tr '\n' ' '; }
maps_become() { [ "$(maps_of)" = "$1" ]; }
both=$(printf '%s\n' "$multi" "$alone" | sort | tr '\n' ' ')
start() {
	config "no_path_retry fail" "find_multipaths $1"
	rm -f /etc/multipath/wwids
	daemon_start
}
end() { daemon_stop; maps_remove; }
claims() { multipath -c "/dev/$1" > /dev/null; }
start yes
until_true "yes: two paths make a map" maps_become "$multi "
holds 2 "yes: one does not" maps_become "$multi "
check "yes: a path of a map is one" claims sda
check "yes: a single path is not claimed" eval '! claims sdc'
check "its WWID is remembered" grep -qx "/$multi/" /etc/multipath/wwids
check "the other's is not" eval '! grep -qx "/$alone/" /etc/multipath/wwids'
# A known WWID is enough.
end
config "no_path_retry fail" "find_multipaths yes"
multipath -a /dev/sdc > /dev/null
daemon_start
until_true "yes: a known WWID makes a map" maps_become "$both"
end
start strict
holds 3 "strict: nothing unknown makes a map" maps_become ""
check "strict: no path" eval '! claims sda'
end
config "no_path_retry fail" "find_multipaths strict"
multipath -a /dev/sda > /dev/null
daemon_start
until_true "strict: the known one" maps_become "$multi "
end
start no
until_true "no: any disk" maps_become "$both"
end
start greedy
until_true "greedy: any disk" maps_become "$both"
check "greedy: the lonely is a path" claims sdc
end
start smart
until_true "smart: two paths make a map" maps_become "$multi "
end
# Without a file the defaults are in force, and the log says so.
check "with a file the log says nothing of defaults" eval '! logged "using built-in defaults"'
rm -f /etc/multipath.conf /etc/multipath/wwids
daemon_start
[ "$LAB_IMPL" != ours ] || check "without a file: the log says so" logged '/etc/multipath.conf does not exist, using built-in defaults'
holds 1 "without a file: nothing unknown makes a map" maps_become ""
end
