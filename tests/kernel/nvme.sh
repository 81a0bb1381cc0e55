# SPDX-License-Identifier: LGPL-2.1-or-later
# nvme.sh - a subsystem of this machine, over TCP, for its own host: a port is a path.
modprobe -a nvmet-tcp nvme-tcp loop || fail "no NVMe over TCP"
nvmet=/sys/kernel/config/nvmet
nqn=nqn.2014-08.org.example:lab
subsystem=$nvmet/subsystems/$nqn
uuid=00000001-1111-4222-8333-444444444444
nvme_target() {
	truncate -s 64M /run/store
	store=$(losetup -f --show /run/store)
	mkdir "$subsystem"
	echo 1 > "$subsystem/attr_allow_any_host"
	mkdir "$subsystem/namespaces/1"
	echo "$store" > "$subsystem/namespaces/1/device_path"
	echo $uuid > "$subsystem/namespaces/1/device_uuid"
	echo 1 > "$subsystem/namespaces/1/enable"
}
# nvme_resize MEGABYTES - of the namespace; the target tells its hosts
nvme_resize() {
	truncate -s "$1M" /run/store
	losetup -c "$store"
	echo 1 > "$subsystem/namespaces/1/revalidate_size"
}
up() { ln -s "$subsystem" "$nvmet/ports/$1/subsystems/$nqn"; }
down() { rm "$nvmet/ports/$1/subsystems/$nqn"; }
# portal N - a port, and the host's controller for it
portal() {
	local port=$nvmet/ports/$1
	mkdir "$port"
	echo tcp > "$port/addr_trtype"
	echo ipv4 > "$port/addr_adrfam"
	echo 127.0.0.1 > "$port/addr_traddr"
	echo $((4420 + $1)) > "$port/addr_trsvcid"
	up "$1"
	connect "$1"
}
connect() {
	echo "transport=tcp,traddr=127.0.0.1,trsvcid=$((4420 + $1)),nqn=$nqn,ctrl_loss_tmo=600,reconnect_delay=1,fast_io_fail_tmo=1,nr_io_queues=1,duplicate_connect" \
		> /dev/nvme-fabrics || fail "no controller $1"
}
disconnect() { echo 1 > "$(controller "$1")/delete_controller"; }
# ana N STATE - of the namespace at a port
ana() { echo "$2" > "$nvmet/ports/$1/ana_groups/1/ana_state"; }
controller() { local c; for c in /sys/class/nvme/nvme*; do ! grep -qs "trsvcid=$((4420 + $1))" "$c/address" || echo "$c"; done; }
