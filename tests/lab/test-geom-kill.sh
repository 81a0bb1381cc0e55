#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: killed at any system call, create, configure and destroy leave a whole map or none once anybody comes by
. "$LAB/lib.sh"
. "$LAB/geom.sh"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
# killed N VERB... - killed when it begins its Nth ioctl
killed() {
	local n=$1
	shift
	strace -f -o /dev/null -e trace=ioctl -e inject=ioctl:signal=KILL:when="$n" gmultipath "$@" >/dev/null 2>&1
	local status=$?
	[ $status -eq 0 ] || killed_ones=$((killed_ones + 1))
	return $status
}
# whole - whatever there is, is a map that can be used, and nothing else
whole() {
	gmultipath unload	# anybody who changes something sweeps
	udevadm settle -t 30
	local maps
	maps=$(dmsetup ls 2>/dev/null | grep -v '^No devices' | cut -f 1 | sort | tr '\n' ' ')
	case $maps in
	"") return;;
	"FOO FOO.write " | "FOO FOO.read FOO.write ") dd if=/dev/mapper/FOO of=/dev/null bs=4k count=1 iflag=direct 2>/dev/null && [ "$(gm_status FOO | wc -w)" -eq 3 ] && return;;
	esac
	echo "there is: $maps, $(gm_status FOO)"
	return 1
}
killed_ones=0
for verb in "create -R FOO $a $b" "configure -P FOO" "configure -R FOO" "stop FOO"; do
	say "$verb"
	for ((n = 4; n < 80; n += 8)); do
		killed $n $verb && break
		check "after $verb was killed at ioctl $n" whole
		[[ $verb != create* ]] || ! gm_has FOO "OPTIMAL $a:ACTIVE $b:READ" || break
		[[ $verb != stop* ]] || ! no_dm || break
	done
	[[ $verb != create* ]] || [ -n "$(gm_status FOO)" ] || gm $verb
done
check "some were killed ($killed_ones)" [ $killed_ones -gt 5 ]
[ -z "$(gm_status FOO)" ] || gm stop FOO
check "nothing is left" no_dm
