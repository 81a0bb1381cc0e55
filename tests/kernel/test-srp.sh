#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: over SRP on soft RoCE, a link lost and back, and a remote port removed and logged in to again, cost no I/O; the remote ports' timeouts stay the kernel's
# lab: --rules full
. "$LAB/lib.sh"
. "${BASH_SOURCE[0]%/*}/srp.sh"
tcm_backstore store 64 e5e5
for i in 1 2; do srp_link $i; done
srp_listen
for i in 1 2; do srp_target $i store; srp_login $i; done
udevadm settle
one=$(srp_disk 1) two=$(srp_disk 2)
port=$(srp_remote_port 1)
port_is() { [ "$(cat "$port/state")" = "$1" ]; }
path_count_is() { [ "$(map_field "$map" %N)" = "$1" ]; }
timeouts() { cat /sys/class/srp_remote_ports/*/{fast_io_fail_tmo,dev_loss_tmo} | tr '\n' ' '; }
shown() { multipath -ll "$map" | tee -a "$LAB_OUT/shown" | sed 's/^/    /'; }
config "no_path_retry queue" "max_polling_interval 1" "fast_io_fail_tmo 7" "dev_loss_tmo 90"
before=$(timeouts)
daemon_start
ready 1 2
map=$(map_of "$one")
same "the map's WWID" "$(map_field "$map" %w)" "$(wwid_of_disk "$one")"
multipathd show paths raw format '%d %P %R %N %n' | tee -a "$LAB_OUT/shown"
shown
same "the timeouts are not ours to set" "$(timeouts)" "$before"
for p in /sys/class/srp_remote_ports/*; do
	echo 1 > "$p/reconnect_delay"
	echo 2 > "$p/fast_io_fail_tmo"
	echo 600 > "$p/dev_loss_tmo"
done
io_start srp "/dev/mapper/$map"
say "a link is lost"
ip link set b1 down
until_true "its path is failed" kernel_path "$map" "$one" F
until_true -t 30 "its remote port fails I/O" port_is fail-fast
until_true "I/O continues" io_moves "/dev/mapper/$map"
shown
ip link set b1 up
until_true "the remote port is back" port_is running
until_true "the path is back" kernel_path "$map" "$one" A
say "a target closes its connections for longer than dev_loss_tmo"
# A link alone would do, but not always: where the first to notice is a command that times out, the kernel starts no such timer.
echo 3 > "$port/dev_loss_tmo"
echo 0 > "$(srp_group 1)/enable"
until_true "the path is removed" path_unknown "$one"
until_true "from the map, too" path_count_is 1
until_true "I/O continues" io_moves "/dev/mapper/$map"
echo 1 > "$(srp_group 1)/enable"
srp_login 1
until_true "the map has its path" path_count_is 2
one=$(srp_disk 1)
until_true "it works" kernel_path "$map" "$one" A
until_true "I/O continues" io_moves "/dev/mapper/$map"
shown
io_stop srp
daemon_stop
