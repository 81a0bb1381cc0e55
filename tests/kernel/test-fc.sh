#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: on Fibre Channel (FCoE), timeouts are written to the remote ports, port names are shown, and links that go down and up cost no verified I/O
# lab: --rules full
. "$LAB/lib.sh"
modprobe -a fcoe tcm_fc target_core_file veth || fail "no FCoE"
fc=/sys/kernel/config/target/fc
truncate -s 32M /run/store
store=$core/fileio_0/store
# A LUN behind two ports; a pair of network devices is a link between a host's port and a target's.
modprobe target_core_mod
mkdir -p "$store"
echo "fd_dev_name=/run/store,fd_dev_size=$((32 << 20))" > "$store/control"
echo fc-lab > "$store/wwn/vpd_unit_serial"
echo 1 > "$store/enable"
link() {
	local n=$1 target=$fc/20:00:02:00:00:00:0b:0$1/tpgt_1 interface
	ip link add "a$n" type veth peer name "b$n"
	ip link set "a$n" address "02:00:00:00:0a:0$n"
	ip link set "b$n" address "02:00:00:00:0b:0$n"
	for interface in "a$n" "b$n"; do ip link set "$interface" mtu 2500 up; done
	mkdir -p "$target/lun/lun_0"
	ln -s "$store" "$target/lun/lun_0/back"
	mkdir -p "$target/acls/20:00:02:00:00:00:0a:0$n/lun_0"
	ln -s "$target/lun/lun_0" "$target/acls/20:00:02:00:00:00:0a:0$n/lun_0/m"
	echo "b$n" > /sys/module/libfcoe/parameters/create_vn2vn
	until_true "the target's port $n is online" port_online "b$n"
	echo "a$n" > /sys/module/libfcoe/parameters/create_vn2vn
	until_true "the port $n is online" port_online "a$n"
}
host_of() { grep -l "over $1\$" /sys/class/fc_host/*/symbolic_name | sed 's,.*/\(host[0-9]*\)/.*,\1,'; }
port_online() { local host; host=$(host_of "$1"); [ -n "$host" ] && [ "$(cat "/sys/class/fc_host/$host/port_state")" = Online ]; }
disk_of() { local host; host=$(host_of "a$1"); basename "/sys/class/fc_host/$host/device/"rport-*/target*/*/block/*; }
rport_of() { local host; host=$(host_of "a$1"); basename "$(dirname "$(dirname "$(ls -d "/sys/class/fc_host/$host/device/"rport-*/target*/*:0)")")"; }
tmo() { cat "/sys/class/fc_remote_ports/$(rport_of "$1")/$2"; }
link 1
link 2
until_true -t 30 "two disks" disks_are 2
udevadm settle -t 60
one=$(disk_of 1) two=$(disk_of 2)
configure() {
	config
	config_add <<- END
		overrides {
			no_path_retry ${2:-60}
			dev_loss_tmo $1
			fast_io_fail_tmo 3
			path_grouping_policy multibus
			path_checker tur
		}
	END
}
configure 77
daemon_start
ready 1 2
map=$(map_of "$one")
until_true "dev_loss_tmo" eval '[ "$(tmo 1 dev_loss_tmo)" = 77 ] && [ "$(tmo 2 dev_loss_tmo)" = 77 ]'
same "fast_io_fail_tmo" "$(tmo 1 fast_io_fail_tmo) $(tmo 2 fast_io_fail_tmo)" "3 3"
same "names" "$(multipathd show paths raw format '%d %R %r %N %n' | grep "^$one ")" \
	"$one 0x200002000000""0a01 0x2000020000000b01 0x1000020000000a01 0x1000020000000b01"
io_start fc "/dev/mapper/$map"

say "the link of a path goes down for less than dev_loss_tmo"
ip link set b1 down
until_true -t 30 "its path is failed" kernel_path "$map" "$one" F
until_true "I/O continues" io_moves "/dev/mapper/$map"
cat "/sys/class/fc_remote_ports/"*/port_state | sort | uniq -c | sed 's/^/    /'
ip link set b1 up
until_true -t 30 "the path is back" kernel_path "$map" "$one" A

say "down for longer: the disk is gone"
configure 5 fail	# with retries it would be raised to what they take
check "reconfigure" eval '[ "$(multipathd reconfigure)" = ok ]'
until_true "dev_loss_tmo is changed" eval '[ "$(tmo 1 dev_loss_tmo)" = 5 ]'
ip link set b1 down
until_true -t 40 "the path is gone" path_unknown "$one"
until_true "I/O continues" io_moves "/dev/mapper/$map"
ip link set b1 up
until_true -t 40 "the map has two paths" maps_have 1 2
until_true "the new port has the timeout" eval '[ "$(tmo 1 dev_loss_tmo)" = 5 ]'
same "and the other one" "$(tmo 1 fast_io_fail_tmo)" 3
io_stop fc
daemon_stop
