#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: with marginal_pathgroups fpin, paths through ports that a Fibre Channel fabric reports are used last until the ports have logged in again
# lab: --rules full
# module: lab_fpin
. "$LAB/lib.sh"
if [ "$LAB_IMPL" = debian ]; then
	say "Debian's packages are built without support: only that they report it is tested"
	config "marginal_pathgroups fpin"
	daemon_start
	check "the configuration is reported" logged 'support for "fpin" is not compiled in'
	daemon_stop
	exit
fi
. "$LAB/../kernel/fc.sh"
modprobe lab_fpin || fail "the module that posts events is missing"
fc_lun
fc_link 1
fc_link 2
until_true -t 30 "two disks" disks_are 2
udevadm settle -t 60
one=$(fc_disk 1) two=$(fc_disk 2)
config "marginal_pathgroups fpin"
config_add <<- END
	overrides {
		no_path_retry 60
		path_grouping_policy multibus
		failback manual
		path_checker tur
		fast_io_fail_tmo 3
		dev_loss_tmo 120
	}
END

# post INTERFACE CODE [BYTES] - an event of its host; BYTES as printf has them
post() { local host; host=$(fc_host "$1"); { echo "${host#host} $2"; printf "${3-}"; } | dd of=/sys/kernel/debug/lab_fpin bs=64k iflag=fullblock status=none; }
rscn=5 fpin=0x501
switch='\x10\0\0\0\0\0\0\1'
port() { echo '\x20\0\2\0\0\0\x0b\'"$1"; }
link_integrity() { echo '\x16\0\0\0\0\0\0\x38\0\2\0\1\0\0\0\x30'"$switch$switch"'\0\6\0\0\0\0\0\x09\0\0\0\5\0\0\0\2'"$(port 7)$(port "$1")"; }
# congestion LINK TYPE - of a peer
congestion() { echo '\x16\0\0\0\0\0\0\x24\0\2\0\3\0\0\0\x1c'"$switch$(port "$1")"'\0\'"$2"'\0\0\0\0\0\x09\0\0\0\0'; }
# marginal_are PATHS - these are marginal, and in a group that is used last
marginal_are() {
	[ "$(multipathd show paths raw format '%d %M' | awk '$2 == "marginal" { print $1 }' | sort | tr '\n' ' ')" = "${1:+$1 }" ] &&
		case $1 in
		"$one") groups_are "$(devt "$two") | $(devt "$one")";;
		"$two") groups_are "$(devt "$one") | $(devt "$two")";;
		"") groups_are "$(devt "$one") $(devt "$two")" || groups_are "$(devt "$two") $(devt "$one")";;
		esac
}
devt() { cat "/sys/block/$1/dev"; }
groups_are() { [ "$(dmsetup table "$map" | grep -oE '8:[0-9]+|service-time' | sed 's/service-time/|/' | tr '\n' ' ')" = "| $1 " ]; }
port_is() { [ "$(cat "$(fc_port "$1")/port_state")" = "$2" ]; }

daemon_start
ready 1 2
map=$(map_of "$one")
io_start fpin "/dev/mapper/$map"
check "no path is marginal" marginal_are ""

say "a port with errors on its link"
post a2 $fpin "$(link_integrity 1)"	# not one of this host's
post a1 $fpin "$(link_integrity 1)"
until_true "its path is used last" marginal_are "$one"
until_true "the kernel has it as the port's state" port_is 1 Marginal
check "the reason is logged" logged "$(fc_host a1): fabric notification: link integrity (invalid CRC) .*: 1 path marginal"
post a1 $rscn
post a1 $fpin "$(congestion 1 3)"
until_true "oversubscription is only logged" logged "peer congestion (oversubscription) .*: 1 path affected"
check "it is still marginal" marginal_are "$one"

say "restart"
daemon_stop
daemon_start
until_true "the path is still used last" marginal_are "$one"

say "the port logs in again, and is reported before the daemon has seen that"
kill -STOP "$daemon_pid"
fc_down 1
until_true -t 30 "the port is lost" port_is 1 Blocked
fc_up 1
until_true -t 30 "the port is online" port_is 1 Online
post a1 $fpin "$(link_integrity 1)"
kill -CONT "$daemon_pid"
until_true "the kernel has it as the port's state" port_is 1 Marginal
until_true -t 30 "its path is usable" kernel_path "$map" "$one" A
holds 3 "it is used last" marginal_are "$one"

say "the port logs in again"
fc_down 1
until_true -t 30 "its path is failed" kernel_path "$map" "$one" F
fc_up 1
until_true -t 30 "the path is used as before" eval 'marginal_are "" && kernel_path "$map" "$one" A'
check "its port is online" port_is 1 Online

say "congestion, and its end"
post a2 $fpin "$(congestion 2 2)"
until_true "the path is used last" eval 'marginal_are "$two" && port_is 2 Marginal'
daemon_stop
daemon_start
until_true "the path is still used last" marginal_are "$two"
post a2 $fpin "$(congestion 2 0)"
until_true "the path is used as before" eval 'marginal_are "" && port_is 2 Online'

say "by hand"
echo Marginal > "$(fc_port 1)/port_state"
until_true "the path is used last" marginal_are "$one"
same "unsetmarginal" "$(multipathd unsetmarginal path "$one")" ok
until_true "the path is used as before" marginal_are ""
echo Online > "$(fc_port 1)/port_state"

say "messages of others"
cat > /tmp/forge.py <<- END
	import os, re, socket, struct, sys
	pid, host = int(sys.argv[1]), int(sys.argv[2])
	els = bytes.fromhex("16000000 0000001c 00020002 00000014 1000000000000001 2000020000000b02 00000001".replace(" ", ""))
	event = struct.pack("<BBHHHQQHHII", 1, 1, 0xa1b2, 0x100, 36 + len(els), 0, 0, host, len(els), 1, 0x501) + els
	message = struct.pack("<IHHII", 16 + len(event), 0x11, 0, 0, 0) + event
	s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 18)
	if len(sys.argv) > 3:
	    os.setuid(65534)
	for to in (pid, 0), (0, 1 << 3):
	    try:
	        s.sendto(message, to)
	        print("sent")
	    except PermissionError:
	        print("refused")
END
# Besides the kernel's, the daemon's is the only socket of this kind.
number=$(awk '$2 == 18 && $3 != 0 { print $3 }' /proc/net/netlink | head -n 1)
host=$(fc_host a2)
same "a user's" "$(python3 /tmp/forge.py "$number" "${host#host}" user | sort -u)" refused
same "root's" "$(python3 /tmp/forge.py "$number" "${host#host}" | sort -u)" sent
post a1 $fpin "$(link_integrity 1)"
until_true "what came after it is applied" marginal_are "$one"
echo Online > "$(fc_port 1)/port_state"
until_true "no path is marginal" marginal_are ""

say "more than its socket takes"
kill -STOP "$daemon_pid"
host=$(fc_host a1)
printf '%s %s\n%060000d' "${host#host}" $fpin 0 > /tmp/large
dropped() { awk '$2 == 18 && $9 > 0 { found = 1 } END { exit !found }' /proc/net/netlink; }
for ((i = 0; i < 1000; i++)); do
	cat /tmp/large > /sys/kernel/debug/lab_fpin
	((i % 32)) || ! dropped || break
done
check "an event is lost" dropped
kill -CONT "$daemon_pid"
until_true "it is logged" logged "Fibre Channel events lost"
post a2 $fpin "$(link_integrity 2)"
until_true "what follows is applied" marginal_are "$two"
io_stop fpin
daemon_stop
