# SPDX-License-Identifier: LGPL-2.1-or-later
# array.sh - an array with two controllers, A and B, of which one owns the LUN: see array.c. A path to each, $one and $two.
array=/run/array
array_program=/run/array-program

# array_build - the program that answers for it
array_build() { gcc -O1 -o "$array_program" "$LAB_ROOT/tests/kernel/array.c" || fail "array.c does not build"; }

array_controller() {
	local store=$core/user_0/$1
	mkdir -p "$store"
	echo "dev_config=array/$1,dev_size=$((16 << 20)),hw_block_size=512,max_data_area_mb=8" > "$store/control"
	echo 1 > "$store/enable"
}
array_uio() { local name; name=$(grep -l "array/$1" /sys/class/uio/*/name) && basename "${name%/name}"; }

array_serve() {
	local n
	mkdir -p "$array"
	printf A > "$array/owner"
	: > "$array/log"
	modprobe -a target_core_mod target_core_user tcm_loop || fail "no target_core_user"
	array_controller A
	array_controller B
	"$array_program" "$1" "$array" 16 "$(array_uio A)" "$(array_uio B)" >> "$array/log" 2>&1 &
	array_pid=$!
	until_true "the array serves" grep -q serving "$array/log"
	for n in 1 2; do tcm_host $n; done
}
array_map_lun() { tcm_lun 1 0 A; tcm_lun 2 0 B; }
# array_disks - map the LUN to both hosts
array_disks() {
	udev_quick array_map_lun
	until_true "the disks are there" disks_are 2
	one=$(basename "/sys/class/scsi_device/$(tcm_hctl 1):0/device/block/"*)
	two=$(basename "/sys/class/scsi_device/$(tcm_hctl 2):0/device/block/"*)
}
# array_start rdac|emc - and see its two disks
array_start() { array_build; array_serve "$1"; array_disks; }

# array_bytes ["CONTROLLER PAGE OFFSET VALUE"]... - change vendor pages, instead of earlier changes
array_bytes() { printf '%s\n' "$@" > "$array/bytes.new"; mv "$array/bytes.new" "$array/bytes"; }
array_owner_is() { [ "$(cat "$array/owner")" = "$1" ]; }
# array_transfers CONTROLLER [long|short] - how often an initiator had the LUN transferred to it
array_transfers() { grep -c "^transfer to $1: ${2-}" "$array/log"; }

# concluded PATH CHECKER-STATE PRIORITY-PATTERN - what the daemon makes of a path
concluded() {
	[[ $(multipathd show paths raw format '%d %T %p' 2>/dev/null | awk -v p="$1" '$1 == p { print $2, $3 }') == "$2 "$3 ]]
}
# conclude MESSAGE STATE-ONE PRIORITY-ONE STATE-TWO PRIORITY-TWO
conclude() {
	until_true "$1: A is $2 with priority $3" concluded "$one" "$2" "$3"
	until_true "$1: B is $4 with priority $5" concluded "$two" "$4" "$5"
	say "$1"
}

# array_map - wait for the map, $map: paths have states before it is there
array_map() { until_true "the map is usable" array_has_map; }
array_has_map() { map=$(map_of "$one"); [ -b "/dev/mapper/$map" ]; }
handlers_are() { [ "$(cat /sys/block/sd*/device/dh_state | xargs)" = "$1 $1" ]; }
table_has() { dmsetup table "$map" | grep -q " $1 "; }
# configure VENDOR-OF-ARRAY [SETTING]... - the built-in settings of the array, but for these
configure() {
	local vendor=NETAPP product=INF-01-00
	[ "$1" = rdac ] || { vendor=DGC product='RAID 5'; }
	shift
	config
	{
		printf 'devices {\n\tdevice {\n\t\tvendor %s\n\t\tproduct "%s"\n' "$vendor" "$product"
		printf '\t\t%s\n' "$@"
		printf '\t}\n}\n'
	} | config_add
}
reconfigure() { configure "$@"; multipathd reconfigure > /dev/null; until_true "reconfigured" daemon_serves; }
