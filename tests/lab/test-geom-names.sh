#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: unsuitable map names are refused, a label with such a name makes a map whose actual name is reported, and the only path cannot be failed
# unit: gmultipath alone: no daemon runs
# long: every unsuitable name
. "$LAB/lib.sh"
. "$LAB/geom.sh"
san 2 1
read -r -d '' a b < <(paths_of_lun 0 | tr '\n' ' ')
# by_hand NAME [VERSION [SECTORS]] - a label as FreeBSD writes it
by_hand() {
	python3 - "/dev/$a" "$@" <<-'END'
	import os, struct, sys
	disk, name, version, more = sys.argv[1], os.fsencode(sys.argv[2]), *[int(n) for n in (sys.argv[3:] + [1, 0])[:2]]
	size = os.stat(disk) and os.lseek(os.open(disk, os.O_RDONLY), 0, 2)
	label = b"GEOM::MULTIPATH\0" + b"11111111-2222-3333-4444-555555555555".ljust(40, b"\0") + name.ljust(16, b"\0")
	label += struct.pack("<IIQB", version, 512, size + more * 512, 0)
	with open(disk, "r+b", buffering=0) as f:
	    f.seek(size - 512)
	    f.write(label.ljust(512, b"\0"))
	    os.fsync(f)
	END
}

say "what libdevmapper would read as escaped"
for name in 'a\x41' 'a\b' '\'; do
	gm_fails "backslashes" create "$name" "$a"
	gm_fails "backslashes" label "$name" "$a"
done
check "nothing is created" no_dm

say "labels of FreeBSD's with names that no map can have"
while read -r want name; do
	by_hand "$(printf "$name")"
	before=$(label_of "$a")
	gm load
	check "it is said" grep -q "a name that is not valid for a map: the map is named $want\$" "$LAB_OUT/gm.err"
	gm_is "$want" "OPTIMAL $a:ACTIVE $b:PASSIVE"
	check "a link" [ -b "/dev/multipath/$want" ]
	gm configure -A "$want"
	gm configure -P "$want"
	same "the label keeps its name" "$(label_of "$a")" "$before"
	same "its disk is known" "$(awk '/^known/ { print NF }' /etc/multipath/geom)" 4
	gm destroy "$want"
	check "erased" is_clear "$a"
done <<'END'
my_disk my disk
_ni \303\274ni
_hidden .hidden
a_x41 a\\x41
a_b___ a/b\033\n_
END
by_hand 'a#b'
gm load
same "its disk is known" "$(awk '/^known/ { print NF }' /etc/multipath/geom)" 4
gm destroy 'a#b'

say "labels that are not followed are reported"
by_hand FOO 2
gm load
check "its version" grep -q "$a: its label has an unsupported version" "$LAB_OUT/gm.err"
by_hand FOO 1 8
gm load
check "its size" grep -q "$a: its label was written for a disk of another size" "$LAB_OUT/gm.err"
by_hand ""
gm load
check "its name" grep -q "$a: its label is damaged" "$LAB_OUT/gm.err"
gm clear "$a"
check "no map" no_dm

say "the only path is not failed"
gm create FOO "$a"
gm fail FOO "$a"
check "it is said" grep -q "$a is the only good path of FOO: not failed" "$LAB_OUT/gm.err"
gm_is FOO "DEGRADED $a:ACTIVE"
check "I/O goes" geom_io
gm add FOO "$b"
gm fail FOO "$b"
gm fail FOO "$a"
gm_is FOO "DEGRADED $a:FAIL $b:ACTIVE"
gm stop FOO

say "a path whose label cannot be read, added by the operator"
modprobe loop
loop one 8M
loop other 8M
gm label FOO "$one"
gm_fails "does not show the label of FOO" add FOO "$other"
gm add -f FOO "$other"
gm_is FOO "OPTIMAL $one:ACTIVE $other:PASSIVE"
check "nothing is written to it" is_clear "$other"
gm destroy FOO
check "erased" is_clear "$one"
