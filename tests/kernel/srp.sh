# SPDX-License-Identifier: LGPL-2.1-or-later
# srp.sh - SRP over RDMA in software (RoCE): a pair of interfaces is a path, initiator on aN, target on bN.
modprobe -a rdma_rxe ib_srp ib_srpt veth target_core_mod || fail "no SRP over soft RoCE"
srpt=/sys/kernel/config/target/srpt
srp_port=5555
gid() { local id; read -r id < "/sys/class/infiniband/rxe_$1/ports/1/gids/0"; echo "${id//:/}"; }
# srp_link N - both ends are this machine's: frames must leave by one and be accepted by the other
srp_link() {
	local end
	ip link add "a$1" type veth peer name "b$1"
	ip addr add "10.1.$1.1/24" dev "a$1"
	ip addr add "10.1.$1.2/24" dev "b$1"
	for end in a b; do
		echo 1 > "/proc/sys/net/ipv4/conf/$end$1/accept_local"
		echo 0 > "/proc/sys/net/ipv4/conf/$end$1/rp_filter"
		ip link set "$end$1" up
		rdma link add "rxe_$end$1" type rxe netdev "$end$1" || fail "no RDMA on $end$1"
	done
}
srp_listen() {
	mkdir -p "$srpt"
	until_true "the target knows its ports" eval 'echo $srp_port > "$srpt/discovery_auth/rdma_cm_port"' 2> /dev/null
}
# srp_group N - what the target on bN offers
srp_group() { local name; name=0x$(gid "b$1"); echo "$srpt/$name/$name"; }
# srp_target N BACKSTORE - offer it as LUN 0 on bN to the initiator on aN
srp_target() {
	local group initiator acl
	group=$(srp_group "$1") initiator=$(gid "a$1")
	acl=$group/acls/0x0000000000000000${initiator:16}
	mkdir -p "$group/lun/lun_0"
	ln -s "$(echo "$core"/*/"$2")" "$group/lun/lun_0/link"
	mkdir -p "$acl/lun_0"
	ln -s "$group/lun/lun_0" "$acl/lun_0/link"
	echo 1 > "$group/enable"
}
srp_login() {
	local guid
	read -r guid < /sys/module/ib_srpt/parameters/srpt_service_guid
	guid=${guid#0x}
	echo "id_ext=$guid,ioc_guid=$guid,src=10.1.$1.1,dest=10.1.$1.2:$srp_port" \
		> "/sys/class/infiniband_srp/srp-rxe_a$1-1/add_target" || fail "no login over a$1"
}
# srp_host N / srp_remote_port N / srp_disk N - what the login over aN made
srp_host() { local h; for h in /sys/class/srp_host/host*; do ! grep -qx "rxe_a$1" "/sys/class/scsi_host/${h##*/}/local_ib_device" || echo "${h##*/}"; done; }
srp_remote_port() { echo /sys/class/srp_remote_ports/port-"$(srp_host "$1" | tr -d a-z)":*; }
srp_disk() { local d; for d in /sys/class/scsi_device/"$(srp_host "$1" | tr -d a-z)":*/device/block/sd*; do echo "${d##*/}"; done; }
