#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: 1,024 paths (8 hosts, 128 LUNs) form 128 maps and stay steady, with few threads and little memory
# long: 1,024 disks take udev minutes
# lab: --rules bare --mem 3G --limit 500
. "$LAB/lib.sh"
config "polling_interval 5" "max_polling_interval 20"
san 8 128
say "1,024 disks are there"
daemon_limit=200
daemon_start
ready 128 8 200
say "all maps are ready"
maps=$(multipathd show maps raw format '%n %w %2')
threads() { local t=(/proc/"$daemon_pid"/task/*); echo ${#t[@]}; }
# resident FIELD - kB of VmRSS, and of which RssAnon is the daemon's own and RssFile that of its program and libraries
resident() { awk -v f="$1:" '$1 == f { print $2 }' "/proc/$daemon_pid/status"; }
heap() { awk '/^[0-9a-f]+-/ { in_heap = /\[heap\]$/ } in_heap && /^Rss:/ { print $2 }' "/proc/$daemon_pid/smaps"; }
read -r _ < /proc/uptime
holds 25 "all paths stay good" maps_have 128 8
same "no map changed, none was loaded again" "$(multipathd show maps raw format '%n %w %2')" "$maps"
say "threads $(threads), resident $(resident VmRSS) kB: $(resident RssAnon) its own ($(heap) heap), $(resident RssFile) of files"
cp "/proc/$daemon_pid/smaps" "$LAB_OUT"
check "at most 16 threads" test "$(threads)" -le 16
check "at most 7 MB resident" test "$(resident VmRSS)" -le 7168
daemon_stop
