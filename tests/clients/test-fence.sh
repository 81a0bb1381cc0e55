#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: fence_scsi and fence_mpath register, fence and unfence on maps alike, also while a path is lost
# differs: prstatus: later releases of multipath-tools print "set", too; 0.9.4 prints 1
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
iqn=iqn.2014-08.org.example:shared
sessions() {
	local number
	tcm_backstore disk0 8 e0
	mkdir -p /var/target/pr
	iscsid
	for number in 1 2 3; do
		iscsi_portal $iqn $number disk0
		iscsiadm -m node -T $iqn -p "127.0.0.$number:3260,$number" -o new > /dev/null
		iscsiadm -m node -T $iqn -p "127.0.0.$number:3260" --login > /dev/null
	done
}
udev_quick sessions
until_true "three disks" disks_are 3
# The third path is another node's.
mapfile -t paths < <(paths_of_lun 0)
other=${paths[2]}
config "reservation_key file"
config_add <<END
blacklist {
	devnode "^$other\$"
}
END
daemon_start
ready 1 2
map=/dev/mapper/mpatha
named() { without_numbers | tr -s " \n" " "; }
# as_other OPTION... - the other node does it. A command after it has been fenced answers that, and does nothing.
as_other() { sg_persist -n -o "$@" "/dev/$other" > /run/other 2>&1 || sg_persist -n -o "$@" "/dev/$other" > /run/other 2>&1 || { cat /run/other; fail "the other node: sg_persist $*"; }; }
# registered WHAT - keys (-k) or reservation (-r). The first command on each path after this node has been fenced answers that instead.
registered() {
	local try
	for try in 1 2 3; do sg_persist -n -i "$1" -d $map > /run/registered 2>&1 && break; done
	sed 's/PR generation=[^,]*, //' /run/registered | named
}
keys() { registered -k; }
reservation() { registered -r; }
states() { multipathd show paths raw format '%m %t %T' | grep -v orphan | sort | tr '\n' ' '; }
agent_ended() { ! kill -0 $agent 2> /dev/null; }
# agent WHAT NAME ACTION [OPTION]... - what it says and concludes. It starts some thirty programs, which takes 4 s on an idle
# machine and 40 s on one that 20 processes want. One of them that waited for a path would be ended by it after 20 s, and it would say so.
agent() {
	local what=$1 name=$2 action=$3 agent
	shift 3
	"/usr/sbin/fence_$name" --action="$action" --devices=$map "$@" < /dev/null > "$LAB_OUT/agent" 2>&1 &
	agent=$!
	until_true -t 180 "fence_$name has ended" agent_ended
	wait $agent
	conclude "$what" "status $?, $(sed 's/^[0-9-]* [0-9:,]* //; /^$/d' "$LAB_OUT/agent" | named)"
}
agent "fence_scsi on" scsi on --key=a
conclude "keys" "$(keys)"
conclude "reservation" "$(reservation)"
agent "fence_scsi status" scsi status --key=a
agent "fence_scsi status of another" scsi status --key=b
as_other -I -S b
conclude "keys of two nodes" "$(keys)"
conclude "states" "$(states)"
# write - what this node gets when it writes through the map
write() { dd if=/dev/zero of=$map bs=4k count=1 oflag=direct 2>&1 | sed '/records/d; s/^4096 bytes.*/written/; /^0 bytes/d; s/.*: //'; }
conclude "write" "$(write)"
agent "fence_scsi off" scsi off --key=b
conclude "keys, other fenced" "$(keys)"
as_other -I -S b
as_other -A -T 5 -K b -S a
conclude "keys, fenced" "$(keys)"
conclude "write, fenced" "$(write)"
conclude "states, fenced" "$(states)"
agent "fence_scsi monitor" scsi monitor --key=a
agent "fence_scsi on again" scsi on --key=a
conclude "keys, unfenced" "$(keys)"
as_other -I -S b
as_other -C -K b
conclude "keys, cleared" "$(keys)"

pull "${paths[0]}"
until_true "a path has failed" kernel_path mpatha "${paths[0]}" F
agent "fence_scsi on, a path lost" scsi on --key=a
plug "${paths[0]}"
until_true "it is back" kernel_path mpatha "${paths[0]}" A
conclude "keys, path back" "$(keys)"
as_other -I -S b
as_other -C -K b

say "fence_mpath"
[ "$LAB_IMPL" != ours ] || ldconfig	# Debian's library is there, too
agent "fence_mpath on" mpath on --plug=a
conclude "keys, mpath" "$(keys)"
conclude "reservation, mpath" "$(reservation)"
agent "fence_mpath status" mpath status --plug=a
conclude "prkey" "$(multipathd getprkey map mpatha 2>&1; grep -v '^#' /etc/multipath/prkeys 2>&1)"
conclude "prstatus" "$(multipathd getprstatus map mpatha 2>&1)"
as_other -I -S b
agent "fence_mpath off" mpath off --plug=b
conclude "keys, other fenced by mpath" "$(keys)"
pull "${paths[0]}"
until_true "a path has failed" kernel_path mpatha "${paths[0]}" F
plug "${paths[0]}"
until_true "it is back" kernel_path mpatha "${paths[0]}" A
conclude "keys, path back, mpath" "$(keys)"
agent "fence_mpath monitor" mpath monitor --plug=a
as_other -I -S b
as_other -C -K b
pull "${paths[0]}"
until_true "a path has failed" kernel_path mpatha "${paths[0]}" F
agent "fence_mpath on, a path lost" mpath on --plug=a
agent "fence_mpath status, a path lost" mpath status --plug=a
as_other -I -S b
agent "fence_mpath off, a path lost" mpath off --plug=b
conclude "reservation, a path lost" "$(reservation)"
plug "${paths[0]}"
until_true "it is back" kernel_path mpatha "${paths[0]}" A
conclude "keys, the lost path back" "$(keys)"
conclude "write" "$(write)"
