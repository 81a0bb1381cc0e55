#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: multipathd lists and monitors gmultipath maps, and does not undo the administrator's commands
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict" "failback immediate" "no_path_retry fail"
san 3 2
read -r -d '' a b c < <(paths_of_lun 0 | tr '\n' ' ')
daemon_start
until_true "the paths are known" path_known "$c"

say "create, and what others show"
gm create FOO "$a" "$b" "$c"
check "a link" [ -b /dev/multipath/FOO ]
multipath -ll FOO | tee "$LAB_OUT/ll"
same "one map" "$(multipath -ll | grep -c dm-)" 1
same "three groups" "$(grep -c policy= "$LAB_OUT/ll")" 3
same "udev calls it ready" "$(udevadm info -q property /dev/mapper/FOO | grep MPATH_DEVICE_READY)" MPATH_DEVICE_READY=1
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE $c:PASSIVE"
path_is "$a" active ready || fail "the daemon does not watch $a"
table=$(dmsetup table FOO; dmsetup table FOO.write | sed 's/queue_if_no_path//')

say "by hand: stays failed though it is checked; no failback"
gm fail FOO "$a"
gm_is FOO "DEGRADED $a:FAIL $b:ACTIVE $c:PASSIVE"
holds 3 "$a stays failed" gm_has FOO "DEGRADED $a:FAIL $b:ACTIVE $c:PASSIVE"
gm restore FOO "$a"
gm prefer FOO "$c"
holds 3 "$c stays active" gm_has FOO "OPTIMAL $a:PASSIVE $b:PASSIVE $c:ACTIVE"

say "a path fails and comes back: the daemon sees it, the active one stays"
io_start one /dev/mapper/FOO
pull "$c"
gm_becomes FOO "DEGRADED $a:ACTIVE $b:PASSIVE $c:FAIL"
until_true "the checker says it" path_is "$c" failed faulty
plug "$c"
gm_becomes FOO "OPTIMAL $a:ACTIVE $b:PASSIVE $c:PASSIVE"
holds 2 "no failback" gm_has FOO "OPTIMAL $a:ACTIVE $b:PASSIVE $c:PASSIVE"
check "I/O continues" io_moves /dev/mapper/FOO

say "reconfigure and restart change nothing"
gm fail FOO "$b"
multipathd reconfigure > /dev/null
until_true "reconfigured" daemon_serves
daemon_stop
gm_is FOO "DEGRADED $a:ACTIVE $b:FAIL $c:PASSIVE"
check "I/O continues without it" io_moves /dev/mapper/FOO
gm restore FOO "$b"
gm fail FOO "$c"
daemon_start
until_true "taken up" path_is "$a" active ready
holds 2 "what was failed without the daemon stays failed" gm_has FOO "DEGRADED $a:ACTIVE $b:PASSIVE $c:FAIL"
gm restore FOO "$c"

say "configure under I/O"
gm configure -R FOO
gm_is FOO "OPTIMAL $a:ACTIVE $b:READ $c:READ"
until_true "one map is shown" test "$(multipath -ll | grep -c dm-)" = 1
pull "$a"
gm_becomes FOO "DEGRADED $a:FAIL $b:ACTIVE $c:READ"
check "I/O continues" io_moves /dev/mapper/FOO
plug "$a"
gm_becomes FOO "OPTIMAL $a:READ $b:ACTIVE $c:READ"
gm configure -A FOO
gm configure -P FOO
io_stop one
gm prefer FOO "$a"
same "the table is as it was" "$(dmsetup table FOO; dmsetup table FOO.write | sed 's/queue_if_no_path//')" "$table"

say "the last path of a map takes it along"
gm remove FOO "$c"
gm remove FOO "$b"
gm remove FOO "$a"
check "the map is gone" no_dm
until_true "its paths are in no map" test "$(map_of "$a")" = "[orphan]"
holds 1 "and no map is made of them" no_dm
daemon_stop
