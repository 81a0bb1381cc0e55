#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: killed at any system call, label, add, remove, configure and destroy leave a complete map with its label, or none after the next command
# long: killed at each system call of each verb
# unit: gmultipath alone: no daemon runs
. "$LAB/lib.sh"
. "$LAB/geom.sh"
san 3 1
read -r -d '' a b c < <(paths_of_lun 0 | tr '\n' ' ')
# killed N VERB... - killed when it begins its Nth ioctl
killed() {
	local n=$1
	shift
	strace -f -o /dev/null -e trace=ioctl -e inject=ioctl:signal=KILL:when="$n" gmultipath "$@" >/dev/null 2>&1
	local status=$?
	[ $status -eq 0 ] || killed_ones=$((killed_ones + 1))
	return $status
}
# label_agrees - a map's label is there, and has the mode of its table
label_agrees() {
	case $(gmultipath list FOO 2>/dev/null | sed -n 's/^Mode: //p') in
	"") ;;
	Active/Passive) [ "$(label_of "$a" | cut -c 177-178)" = 00 ];;
	Active/Active) [ "$(label_of "$a" | cut -c 177-178)" = 01 ];;
	Active/Read) [ "$(label_of "$a" | cut -c 177-178)" = 02 ];;
	esac
}
killed_ones=0
# done_with VERB... - is it as if the verb had come to its end?
done_with() {
	case $1 in
	label) [ -n "$(gm_status FOO)" ];;
	add) gmultipath status -s FOO | grep -q " $3 ";;
	remove) ! gmultipath status -s FOO | grep -q " $3 ";;
	configure) gmultipath list FOO | grep -q "Mode: Active/$([ "$2" = -R ] && echo Read || echo Passive)";;
	destroy) no_dm;;
	esac
}
for verb in "label -f -R FOO $a $b" "add FOO $c" "remove FOO $b" "configure -P FOO" "configure -R FOO" "destroy FOO"; do
	say "$verb"
	for ((n = 3; n < 120; n += 17)); do
		killed $n $verb && break
		check "after $verb was killed at ioctl $n" geom_whole
		check "and its label" label_agrees
		! done_with $verb || break
	done
	done_with $verb || gm $verb
done
check "some were killed ($killed_ones)" [ $killed_ones -gt 8 ]
check "nothing is left" no_dm
is_clear "$a" || gm clear "$a"
