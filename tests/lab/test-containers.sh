#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: in name spaces of a container, commands end, clients reach the daemon, and the daemon does its work
. "$LAB/lib.sh"
config ""
san 2 2

say "commands in another IPC name space than udev's"
contained() { promptly 15 unshare --ipc "$@" > "$LAB_OUT/command" 2>&1 || fail "$*: status $?: $(cat "$LAB_OUT/command")"; }
contained multipath -v2
ready_nodes() { [ -b /dev/mapper/mpatha ] && [ -b /dev/mapper/mpathb ]; }
until_true "two maps have nodes" ready_nodes
printf 'label: dos\nstart=2048,size=4096\n' | sfdisk -q --no-reread --no-tell-kernel /dev/mapper/mpatha > "$LAB_OUT/sfdisk" 2>&1 ||
	fail "sfdisk: $(cat "$LAB_OUT/sfdisk")"
contained kpartx -a -s -p -part /dev/mapper/mpatha
check "a partition" dmsetup info mpatha-part1 > /dev/null
contained kpartx -d -p -part /dev/mapper/mpatha
contained multipath -r
contained multipath -f mpatha
contained multipath -F
check "no map is left" maps_are 0
same "no semaphore is left" "$(dmsetup udevcookies | grep -c '^0x')" 0

say "the daemon in a container on the host's network"
mkdir -p /run/image
mount --bind / /run/image
unshare --ipc --pid --fork --uts --mount bash -c 'for d in dev sys run etc/multipath; do mount --rbind /$d /run/image/$d; done
	mount -t proc proc /run/image/proc; exec chroot /run/image multipathd -d' > "$LAB_OUT/multipathd.log" 2>&1 &
until_true "it serves" eval 'multipathd show daemon > /dev/null 2>&1'
ready 2 2
path=$(paths_of_lun 0 | head -n 1)
pull "$path"
until_true "it finds the failed path" path_is "$path" failed faulty
plug "$path"
until_true "and that it works again" path_is "$path" active ready
echo 1 > "/sys/block/$path/device/delete"
until_true "it hears of the removed disk" path_unknown "$path"

say "a client in a container without network and devices"
reply=$(promptly 10 unshare --ipc --net --mount bash -c 'mount -t tmpfs tmpfs /dev; multipathd show maps raw format %n') || fail "show maps: $reply"
same "it reaches the daemon" "$(sort <<< "$reply" | xargs)" "mpatha mpathb"
same "it has a map removed" "$(promptly 10 unshare --ipc --net multipathd del map mpathb)" ok
until_true "one map is left" maps_are 1
multipathd shutdown > "$LAB_OUT/shutdown"
