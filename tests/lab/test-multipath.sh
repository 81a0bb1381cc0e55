#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: multipath(8) without a daemon creates, lists, reloads and flushes maps, maintains the wwids file, and tests paths
# unit: multipath alone: no daemon runs
. "$LAB/lib.sh"
config "no_path_retry fail"
san 2 2
out=$(multipath -v2 2>/tmp/err)
until_true "two maps" maps_are 2
udevadm settle
same "it says what it created" "$(grep -c '^create: mpath' <<< "$out")" 2
check "names only at -v1" eval '[ -z "$(multipath -v1)" ]'
same "-l -v1 names them" "$(multipath -l -v1 2>/dev/null | sort | tr '\n' ' ')" "mpatha mpathb "
check "-ll shows the states" eval '[ "$(multipath -ll 2>/dev/null | grep -c "active ready *running")" = 4 ]'
check "-l does not check" eval '[ "$(multipath -l 2>/dev/null | grep -c "active undef *running")" = 4 ]'
for name in mpatha /dev/mapper/mpatha /dev/sda 8:0 "$(dmsetup info -c --noheadings -o uuid mpatha | sed s/mpath-//)"; do
	check "-ll $name" eval '[ "$(multipath -ll "$name" 2>/dev/null | grep -c "size=")" = 1 ]'
done
check "a warning that no daemon runs" grep -q 'multipathd service is not running' <<< "$(multipath -ll 2>&1 >/dev/null)"
same "both WWIDs are remembered" "$(grep -c '^/' /etc/multipath/wwids)" 2
check "-c: a path" eval "multipath -c /dev/sda > /dev/null"
check "-r reloads" eval '[ "$(multipath -r -v2 2>/dev/null | grep -c "^reload: ")" = 2 ]'
until_true "-f flushes one" eval 'multipath -f mpatha; maps_are 1'
check "-f of an unknown map is an error" eval '! multipath -f mpatha 2>/dev/null'
check "-d creates nothing" eval 'multipath -d 2>/dev/null | grep -q mpatha && maps_are 1'
multipath -v0
until_true "again" maps_are 2
udevadm settle
exec 7< /dev/mapper/mpatha
multipath -f mpatha 2>/tmp/err; status=$?
same "a map in use is not flushed" "$status" 1
check "and it says so" grep -q 'in use' /tmp/err
exec 7<&-
until_true "-F flushes all" eval 'multipath -F; maps_are 0'
multipath -w /dev/sda | grep -q "wwid '.*' removed" || fail "-w says what it removed"
same "one is left" "$(grep -c '^/' /etc/multipath/wwids)" 1
check "-a adds it" grep -q "wwid '.*' added" <<< "$(multipath -a /dev/sda)"
multipath -v0
until_true "maps again" maps_are 2
multipath -W | grep -q 'successfully reset wwids' || fail "-W says so"
same "-W keeps those of maps" "$(grep -c '^/' /etc/multipath/wwids)" 2
check "-t prints the configuration" eval 'multipath -t | grep -q "^defaults {"'
check "-T is shorter" test "$(multipath -T 2>/dev/null | wc -l)" -lt "$(multipath -t | wc -l)"
check "-h is help" eval 'multipath -h 2>&1 | grep -q Usage'
check "wrong options are errors" eval '! multipath -Z > /dev/null 2>&1'

# A kernel without device-mapper: the node leads to no driver.
mknod /tmp/control c 10 250
same "that is what is reported" "$(unshare -m sh -c 'mount --bind /tmp/control /dev/mapper/control && multipath -ll 2>&1' | sed 's/^.* | //')" \
	"device-mapper: cannot open /dev/mapper/control: No such device"

# In an image that has the front ends only.
mv /usr/lib/multipath /usr/lib/multipath.away
for program in multipath multipathd; do
	out=$($program -d 2>&1) && fail "$program: status 0 without its program"
	same "$program says once what is missing" "$out" "$program: cannot start /usr/lib/multipath/$program: No such file or directory"
done
check "a path is one all the same" eval "multipath -c /dev/sda > /dev/null"
same "udev is answered" "$(DM_MULTIPATH_DEVICE_PATH='' multipath -u sda)" 'DM_MULTIPATH_DEVICE_PATH="1"'
check "help is there" eval 'multipath -h 2>&1 | grep -q Usage'
mv /usr/lib/multipath.away /usr/lib/multipath
