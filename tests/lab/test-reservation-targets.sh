#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: registrations survive a target's loss of power with APTPL and end without it, all ports of a host are registered, and a path with an old key lets no fenced host write
# long: targets lose their power
. "$LAB/lib.sh"
. "$LAB/reservations.sh"

disk() { local d=(/sys/class/scsi_device/"$1":0:"$2":0/device/block/*); echo "${d##*/}"; }	# disk HOST PORT
# world - keys at the array, what the daemon knows, and the reservation
world() { echo "$(keys) $(notes) $(holder)"; }
world_is() { [ "$(world)" = "$1" ]; }
writes() { dd if=/dev/zero of="/dev/${1:-mapper/$map}" bs=4k count=1 oflag=direct status=none 2> /dev/null; }
# Host 0 has two ports, 1 and 2.
second_port() {
	local port=$fabric/naa.5001405000000000/tpgt_2
	mkdir -p "$port/lun/lun_0"
	grep -qs . "$port/nexus" || printf naa.6001405000000000 > "$port/nexus"
	ln -s "$core"/*/disk "$port/lun/lun_0/link"
}
connect() {
	local host
	for host in 0 1 2; do tcm_lun $host 0 disk; done
	second_port
}
san() {
	local host
	tcm_backstore disk 8 reservation-1
	for host in 0 1 2; do tcm_host $host; done
	connect
}
# power_off; power_on [REGISTRATION]... - as LIO's tools write them to a new unit, from what it has kept
power_off() {
	local host
	rm "$fabric/naa.5001405000000000/tpgt_2/lun/lun_0/link"
	rmdir "$fabric/naa.5001405000000000/tpgt_2/lun/lun_0"
	for host in 0 1 2; do tcm_unlun $host 0; done
	rmdir "$core/rd_mcp_0/disk"
	until_true "no disk is left" disks_are 0
	until_true "no map is left" maps_are 0
}
power_on() {
	tcm_backstore disk 8 reservation-1
	local registration
	for registration; do printf %s "$registration" > "$core/rd_mcp_0/disk/pr/res_aptpl_metadata" || fail "LIO refuses $registration"; done
	udev_quick connect
	until_true "all disks" disks_are 4
	other=$(disk 2 1)
}

udev_quick san
until_true "all disks" disks_are 4
config "no_path_retry fail" "path_grouping_policy multibus" "reservation_key file" "all_tg_pt yes"
belongs_to_other "$(disk 2 1)"	# the third path that is connected
daemon_start
ready 1 3
map=$(map_of "$(disk 0 1)")
wanted="a,a,a 0xa,set,unknown "

say "two ports of one host"
mpp -o -G -S a "/dev/mapper/$map"
same "all paths are registered" "$(world)" "$wanted"
mpp -o -R -K a -T 6 "/dev/mapper/$map"
for path in "$(disk 0 1)" "$(disk 0 2)" "$(disk 1 1)"; do check "$path is let through" writes "$path"; done
check "the other host is not" eval '! writes "$(disk 2 1)"'
lose "$(disk 0 2)"
mpp -o -G -K a -S b "/dev/mapper/$map"
plug "$(disk 0 2)"
ready 1 3
same "the port that was down, too" "$(world)" "b,b,b 0xb,set,set b Exclusive Access, registrants only"
mpp -o -C -K b "/dev/mapper/$map"

say "a loss of power with APTPL"
mpp -o -G -Z -S a "/dev/mapper/$map"
mpp -o -R -K a -T 5 "/dev/mapper/$map"
same "registered" "$(world)" "a,a,a 0xa:aptpl,set,set a Write Exclusive, registrants only"
mapfile -t kept < <(awk '/PR_REG_START/ { line = ""; next } /PR_REG_END/ { print line; next } { line = line (line == "" ? "" : ",") $0 }' /var/target/pr/aptpl_reservation-1)
same "LIO has kept them" "${#kept[@]}" 3
power_off
power_on "${kept[@]}"
ready 1 3
until_true "they are there again" world_is "a,a,a 0xa:aptpl,set,set a Write Exclusive, registrants only"
check "the map is let through" writes
check "the other host is not" eval '! writes "$(disk 2 1)"'
say "without what was kept"
power_off
power_on
ready 1 3
until_true "nothing is registered" world_is " 0xa:aptpl,unset,unset "
check "the map is used" writes
mpp -o -I -S a "/dev/mapper/$map"
same "without APTPL" "$(world)" "a,a,a 0xa,set,unset "

say "an old key of a path that was down, of a host that is fenced"
lose "$(disk 0 1)"
mpp -o -G -K a -S b "/dev/mapper/$map"
same "it has the old key" "$(keys)" "a,b,b"
other -o -I -S f
other -o -P -K f -S b -T 5
other -o -R -K f -T 5
plug "$(disk 0 1)"
ready 1 3
until_true "nothing is registered" world_is "f 0xb,unset,unset f Write Exclusive, registrants only"
check "the map is not let through" eval '! writes'
restart() { daemon_stop; daemon_start; }
remake() {
	local wwid
	wwid=$(map_field "$map" %w)
	multipathd del map "$map" > /dev/null
	until_true "the map is gone" maps_are 0
	multipathd add map "$wwid" > /dev/null
	until_true "the map is there" maps_are 1
}
for meanwhile in restart remake; do
	say "the same, with $meanwhile meanwhile"
	mpp -o -I -S a "/dev/mapper/$map"
	same "it is registered again" "$(keys)" "a,a,a,f"
	lose "$(disk 0 1)"
	mpp -o -G -K a -S b "/dev/mapper/$map"
	other -o -P -K f -S b -T 5
	same "it has the old key" "$(keys)" "a,f"
	$meanwhile
	until_true "the daemon knows" eval '[ "$(notes)" = 0xb,unset,unset ]'
	plug "$(disk 0 1)"
	ready 1 3
	until_true "nothing is registered" world_is "f 0xb,unset,unset f Write Exclusive, registrants only"
	for path in "$(disk 0 1)" "$(disk 0 2)" "$(disk 1 1)"; do check "$path is not let through" eval '! writes "$path"'; done
done
