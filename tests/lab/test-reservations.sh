#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: the reservation key is registered on a path that is added or comes back before the path gets I/O
. "$LAB/lib.sh"
. "$LAB/reservations.sh"
reserve() { check "$*" python3 "$LAB/reserve.py" "$@"; }
# registered N - so many paths are, with key 0x123abc
registered() { [ "$(grep -c 'Key: 0x0000000000123abc' "$pr/res_pr_registered_i_pts")" = "$1" ]; }
generation() { grep -o '[0-9]*$' "$pr/res_pr_generation" | tail -n 1; }
ok() { same "$*" "$(multipathd "$@")" ok; }
refused() { local reply; reply=$(multipathd "$@" 2>&1) && fail "$* is not refused: $reply"; }
tells() { same "$1" "$(multipathd "$1" map "$map")" "$2"; }
# shown TEXT - the map's line says that: state, paths, since when, keys, holder and type, with TIME for a time
shown() { same "show reservations" "$(multipathd show reservations | awk -v map="$map" '$1 == map' | sed 's/  */ /g; s/ 20[^ ]*Z / TIME /')" "$map $1"; }
mkdir -p /run/mute
gcc -D_GNU_SOURCE -shared -fPIC -O1 -o /run/silent.so "$LAB/silent.c" -ldl || fail "no library to preload"
daemon_wrap="env LD_PRELOAD=/run/silent.so"
udev_quick shared_disk 2
until_true "two disks" disks_are 2
pr=$core/rd_mcp_0/disk/pr
config "no_path_retry fail" "path_grouping_policy multibus" "detect_pgpolicy no" "reservation_key 0x123abc"
# Reads do not notice what the target reports: the kernel repeats them.
config_add <<< $'overrides {\n\tpath_checker tur\n}'
daemon_start
ready 1 2
map=$(map_of sda)
until_true "no key is registered" eval '[ "$(multipathd getprstatus map $map)" = unset ]'
tells getprkey 0x123abc
check "root can read the key" eval 'multipathd show config | grep -q "reservation_key 0x123abc"'
others() { setpriv --reuid 65534 --regid 65534 --clear-groups multipathd "$@"; }
check "others are shown the rest" eval 'others show config local | grep -q no_path_retry'
check "but no key" eval '! others show config | grep -q "reservation_key 0x123abc"'
tells getprhold unset
check "nothing is registered at the target" registered 0
shown "0x123abc unregistered 0/2 TIME 0 none -"
check "users other than root do not see who holds what" eval '! others show reservations'

ok setprstatus map "$map"
tells getprstatus set
check "both paths are registered" registered 2
reserve reserve /dev/sdb 123abc
ok setprhold map "$map"
tells getprhold set
shown "0x123abc holder 2/2 TIME 2 0x123abc WE-RO"
same "the same of one map" "$(multipathd show map "$map" reservations)" "$(multipathd show reservations)"
check "JSON says so, too" python3 - "$map" <<- 'EOF'
	import json, subprocess, sys
	text = subprocess.check_output(["multipathd", "show", "map", sys.argv[1], "reservations", "json"])
	row, = json.loads(text)["reservations"]
	want = dict(name=sys.argv[1], key="0x123abc", state="holder", paths=2, registered_paths=2, answer="ok", keys=2, own_keys=2,
		    reserved=True, holder="0x123abc", type=5, type_name="WE-RO")
	sys.exit({key: row[key] for key in want} != want and text.decode())
EOF
dd if=/dev/zero of="/dev/mapper/$map" bs=4k count=1 oflag=direct status=none || fail "writes are refused"
io_start one "/dev/mapper/$map"

say "a path that comes back"
before=$(generation)
lose sda
shown "0x123abc holder 1/2 TIME 2 0x123abc WE-RO"
regain sda
check "it was registered again" test "$(generation)" -gt "$before"

say "a path that joins"
echo 1 > /sys/block/sda/device/delete
until_true "sda is gone" path_unknown sda
tcm_unlun 0 0
until_true "one registration is left" registered 1
tcm_lun 0 0 disk
until_true "it is back" maps_have 1 2
check "and registered" registered 2
until_true "both are written to" io_moves /dev/sda
io_stop one

say "after a restart"
daemon_stop
daemon_start
ready 1 2
tells getprstatus set
tells getprhold set
check "both are registered" registered 2

say "a host that was shut out stays out"
reserve clear /dev/sdb 123abc
until_true "the target says so on a path without I/O" eval '[ "$(multipathd getprstatus map $map)" = unset ]'
tells getprhold unset
lose sda
regain sda
tells getprstatus unset
shown "0x123abc lost 0/2 TIME 0 none -"
check "nothing is registered" registered 0
ok setprstatus map "$map"
shown "0x123abc registered 2/2 TIME 2 none -"

say "paths that do not answer"
: > /run/mute/sda
shown "0x123abc registered 2/2 TIME 2 none -"
: > /run/mute/sdb
shown "0x123abc registered 2/2 TIME - no-answer -"
rm /run/mute/sda
shown "0x123abc registered 2/2 TIME 2 none -"
rm /run/mute/sdb
ok unsetprstatus map "$map"
tells getprstatus unset
tells getprhold unset
shown "0x123abc untracked 0/2 - 2 none -"

say "the prkeys file"
refused setprkey map "$map" key 0xnonsense
refused setprkey map "$map" key 0xabcdef:aptpl	# the map's key is the configured one
tells getprkey 0x123abc
check "it is in the file" grep -qx "0X0000000000abcdef $(map_field "$map" %w)" /etc/multipath/prkeys
config "no_path_retry fail" "reservation_key file"
ok reconfigure
until_true "the daemon serves" daemon_serves
tells getprkey 0xabcdef:aptpl
ok setprkey map "$map" key 77
tells getprkey 0x77
ok setprstatus map "$map" pathlist "8:0 8:16"
check "what is listed and not registered is not registered" test "$(grep -c 'Key: 0x0000000000000077' "$pr/res_pr_registered_i_pts")" = 0
tells getprstatus unset
reserve register /dev/sda 77
ok setprstatus map "$map" pathlist sda
check "the other path is registered" test "$(grep -c 'Key: 0x0000000000000077' "$pr/res_pr_registered_i_pts")" = 2
tells getprstatus set
ok unsetprkey map "$map"
tells getprkey none
check "it is commented out" grep -qx "#x0000000000000077 $(map_field "$map" %w)" /etc/multipath/prkeys

say "an array without reservations"
udev_quick modprobe scsi_debug add_host=1 num_tgts=1 max_luns=1 vpd_use_hostno=0 dev_size_mb=8
until_true "there is a map of one path" eval '[ "$(maps_of_paths 1)" = 1 ]'
map=$(multipathd show maps raw format '%n %v' | awk '/Linux/ { print $1 }')
shown "none no-key 0/1 - - unsupported -"
