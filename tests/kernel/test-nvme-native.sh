#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: NVMe disks that the kernel's own multipath combines are listed as foreign, with the ANA states of their paths, and get no map
# lab: --rules full
. "$LAB/lib.sh"
modprobe nvme_core multipath=Y
. "${BASH_SOURCE[0]%/*}/nvme.sh"
nvme_target
portal 1
portal 2
udevadm settle
disk=$(basename /sys/class/nvme-subsystem/*/nvme*n1)
path_of() { basename "$(controller "$1")"/nvme*c*n1; }
one=$(path_of 1) two=$(path_of 2)
read -r model < "$(echo /sys/class/nvme-subsystem/*/model)"
read -r firmware < "$(echo /sys/class/nvme-subsystem/*/firmware_rev)"
kind=NVMe,$model,$firmware
# address PATH - subsystem, controller, namespace
address() { local n=${1#nvme}; n=${n/c/:}; echo "${n/n/:}"; }
# trim: columns are as wide as their widest value
trim() { sed -E 's/ +/ /g; s/ $//'; }
# tree PRIO STATE CONTROLLER-STATE PRIO STATE CONTROLLER-STATE - of both paths
tree() {
	cat <<-TREE
	uuid.$uuid [nvme]:$disk $kind
	size=131072 features='n/a' hwhandler='ANA' wp=rw
	|-+- policy='n/a' prio=$1 status=$2
	| \`- $(address "$one") $one 0:0 n/a $2 $3
	\`-+- policy='n/a' prio=$4 status=$5
	\`- $(address "$two") $two 0:0 n/a $5 $6
	TREE
}
says() { eval "$1" 2> /dev/null | trim; }
# both_say as tree - multipath and the daemon; what they say instead is in $LAB_OUT
both_say() {
	tree "$@" | trim > "$LAB_OUT/wanted"
	{ multipath -ll | sed 's/^ *//' | trim; } > "$LAB_OUT/multipath" 2> /dev/null
	{ multipathd show topology | sed 's/^ *//' | trim; } > "$LAB_OUT/topology" 2> /dev/null
	cmp -s "$LAB_OUT/wanted" "$LAB_OUT/multipath" && cmp -s "$LAB_OUT/wanted" "$LAB_OUT/topology"
}
shown() { { multipath -ll; multipathd show maps; multipathd list paths; multipathd show topology; } 2>&1 | tee -a "$LAB_OUT/shown" | sed 's/^/    /'; }
config "no_path_retry queue"
daemon_start
same "not shown unless asked for" "$(multipath -ll 2> /dev/null)" ""
check "shown when asked for" eval 'multipath -ll -e 2> /dev/null | grep -q "\[nvme\]:$disk"'
daemon_stop
config "no_path_retry queue" 'enable_foreign ".*"'
daemon_start
shown
until_true "the namespace is listed" both_say 50 optimized live 50 optimized live
same "as a map" "$(says "multipathd show maps")" "$(printf 'name sysfs uuid\n%s:nsid.1 %s uuid.%s' $nqn "$disk" $uuid)"
same "as paths" "$(says "multipathd list paths")" "$(cat <<PATHS
hcil dev dev_t pri dm_st chk_st dev_st next_check
$(address "$one") $one 0:0 50 n/a optimized live n/a
$(address "$two") $two 0:0 50 n/a optimized live n/a
PATHS
)"
ana 1 inaccessible
until_true "one path is inaccessible" both_say 0 inaccessible live 50 optimized live
ana 1 non-optimized
until_true "one path is non-optimized" both_say 10 non-optimized live 50 optimized live
shown
ana 1 optimized
until_true "both are optimized" both_say 50 optimized live 50 optimized live
down 1
until_true "a controller without a connection is shown" both_say 50 optimized connecting 50 optimized live
same "one path is alive" "$(multipathd show maps raw format %N)" 1
shown
up 1
until_true "it is back" both_say 50 optimized live 50 optimized live
check "there is no map" maps_are 0
same "the disks are no paths of ours" "$(multipathd show paths raw format %d | sort)" "$(printf '%s\n' "$one" "$two" | sort)"
daemon_stop
