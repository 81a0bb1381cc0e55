#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: resize map adopts the new size of a grown disk under I/O, and refuses while the paths differ; a reconfigure adopts what has grown by then, but not what grows afterwards
. "$LAB/lib.sh"
config "no_path_retry fail"
san 2 2
daemon_start
ready 2 2
map=$(map_of sda)
mapfile -t paths < <(paths_of_lun 0)
size() { local dm s; dm=$(readlink -f "/dev/mapper/$map"); read -r s < "/sys/block/${dm##*/}/size"; echo "$s"; }
old=$(size)
io_start resize "/dev/mapper/$map"
same "nothing to do is fine" "$(multipathd resize map "$map")" ok
echo 1 > $debug/virtual_gb
echo 1 > "/sys/block/${paths[0]}/device/rescan"
until_true "a path has grown" eval 'read -r s < "/sys/block/${paths[0]}/size" && [ "$s" -gt "$old" ]'
reply=$(multipathd resize map "$map")
check "paths of two sizes: refused" test "${reply%%$'\n'*}" = fail -o "$reply" = fail
same "the map keeps its size" "$(size)" "$old"
echo 1 > "/sys/block/${paths[1]}/device/rescan"
until_true "both have grown" eval 'read -r s < "/sys/block/${paths[1]}/size" && [ "$s" -gt "$old" ]'
same "resize" "$(multipathd resize map "$map")" ok
same "the map is 1 GiB" "$(size)" 2097152
check "I/O continues" io_moves "/dev/mapper/$map"
multipathd reconfigure
echo 2 > $debug/virtual_gb
for path in "${paths[@]}"; do echo 1 > "/sys/block/$path/device/rescan"; done
for path in "${paths[@]}"; do until_true "$path has grown again" logged "$path now has 4194304 sectors"; done
ready 2 2
same "the map keeps its size until asked" "$(size)" 2097152
check "reconfigure would resize it" grep -q "^resize $map" <(multipathd reconfigure --dry-run)
same "reconfigure" "$(multipathd reconfigure)" ok
until_true "the map is 2 GiB" eval '[ "$(size)" = 4194304 ]'
check "I/O continues still" io_moves "/dev/mapper/$map"
io_stop resize
ready 2 2
