# SPDX-License-Identifier: LGPL-2.1-or-later
# fc.sh - Fibre Channel on one machine: FCoE between pairs of network devices, with LIO's target at the other end.
# For: tests that run on Debian's kernel; after lib.sh.
modprobe -a fcoe tcm_fc target_core_file veth || fail "no FCoE"
fc=/sys/kernel/config/target/fc
fc_store=$core/fileio_0/store

# fc_lun - what all links lead to
fc_lun() {
	truncate -s 32M /run/store
	mkdir -p "$fc_store"
	echo "fd_dev_name=/run/store,fd_dev_size=$((32 << 20))" > "$fc_store/control"
	echo fc-lab > "$fc_store/wwn/vpd_unit_serial"
	echo 1 > "$fc_store/enable"
}

# fc_link N - a pair of network devices: aN is the host's port 20:00:02:00:00:00:0a:0N, bN the target's 20:00:02:00:00:00:0b:0N
fc_link() {
	local n=$1 target=$fc/20:00:02:00:00:00:0b:0$1/tpgt_1 interface
	ip link add "a$n" type veth peer name "b$n"
	ip link set "a$n" address "02:00:00:00:0a:0$n"
	ip link set "b$n" address "02:00:00:00:0b:0$n"
	for interface in "a$n" "b$n"; do ip link set "$interface" mtu 2500; done
	ip link set "a$n" up
	mkdir -p "$target/lun/lun_0"
	ln -s "$fc_store" "$target/lun/lun_0/back"
	mkdir -p "$target/acls/20:00:02:00:00:00:0a:0$n/lun_0"
	ln -s "$target/lun/lun_0" "$target/acls/20:00:02:00:00:00:0a:0$n/lun_0/m"
	# The link comes up last: the kernel dereferences a null pointer if a frame reaches a port that is being created.
	for interface in "b$n" "a$n"; do echo "$interface" > /sys/module/libfcoe/parameters/create_vn2vn; done
	ip link set "b$n" up
	for interface in "a$n" "b$n"; do until_true "the port $interface is online" fc_is_online "$interface"; done
}

# fc_host INTERFACE - its host, such as host3;  fc_is_online INTERFACE
fc_host() { grep -l "over $1\$" /sys/class/fc_host/*/symbolic_name | sed 's,.*/\(host[0-9]*\)/.*,\1,'; }
fc_is_online() { local host; host=$(fc_host "$1"); [ -n "$host" ] && [ "$(cat "/sys/class/fc_host/$host/port_state")" = Online ]; }

# fc_disk N - the disk through link N;  fc_port N: the folder of its remote port
fc_disk() { basename "/sys/class/fc_host/$(fc_host "a$1")/device/"rport-*/target*/*/block/*; }
fc_port() { echo "/sys/class/fc_remote_ports/$(basename "$(dirname "$(dirname "$(ls -d "/sys/class/fc_host/$(fc_host "a$1")/device/"rport-*/target*/*:0)")")")"; }

# fc_down N, fc_up N - take the link down, with no write in flight at that moment (fio sends the next one right afterwards), and up.
# LIO's target waits indefinitely for the data of a write that is cut short, and blocks the only worker of libfc: on a machine that
# is initiator and target in one, no port would be reported as lost.
fc_down() {
	pkill -STOP -x fio
	until_true "writes are completed" fc_writes_nothing
	ip link set "b$1" down
	pkill -CONT -x fio
}
fc_up() { ip link set "b$1" up; }
fc_writes_nothing() { awk '{ writes += $2 } END { exit writes > 0 }' /sys/block/sd*/inflight; }
