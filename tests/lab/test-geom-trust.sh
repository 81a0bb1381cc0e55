#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a labeled disk belongs to gmultipath at boot regardless of find_multipaths, a copy of its label on another disk is ignored, and a path that leads to another LUN is removed
# long: the host starts three times
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths yes" "recheck_wwid yes"
san 2 2
# scsi_debug's LUNs have one content: what is written to one shows on all, as on a copy made by the array.
read -r -d '' a b < <(paths_of_lun 1 | tr '\n' ' ')
read -r -d '' x y < <(paths_of_lun 0 | tr '\n' ' ')
wwid=$(udevadm info -q property -n "$a" | sed -n "s/^ID_SERIAL=//p")
reboot() { daemon_stop; udevadm settle -t 30; until_true "stopped" gmultipath stop FOO; rm -r /run/multipath; maps_remove; }

say "a disk that multipathd has is in use; given back, it can be labeled"
daemon_start
ready 2 2
gm_fails "in use by dm-" label FOO "$a" "$b"
udevadm settle -t 30
multipath -f "$(map_of "$a")"
multipath -f "$(map_of "$x")"
gm label FOO "$a" "$b"
gm_is FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
check "what the disk says that it is is noted" grep -q "^known .* FOO [^ ]*\$" /etc/multipath/geom

say "boot: the labeled disk first, and not its copy"
reboot
check "udev takes it for a path before there is a map" multipath -c "/dev/$a"
multipath >/dev/null 2>&1
check "multipath makes no map of it" eval '! dmsetup info -c --noheadings -o uuid | grep -q "mpath-$wwid"'
maps_remove
daemon_start
gm_becomes FOO "OPTIMAL $a:ACTIVE $b:PASSIVE"
until_true "the copy is reported" logged "has the label of FOO, but is another disk"
check "it is what it was before" eval 'dmsetup info -c --noheadings -o uuid | grep -q "^mpath-[^G]"'
same "two maps" "$(multipath -ll | grep -c ' dm-')" 2

udevadm settle -t 30
gm stop FOO
check "multipathd says why it makes no other map" eval 'multipath explain "$a" | grep -q "it has a gmultipath label"'
gm load

say "the copy alone is ignored, unless load is forced"
multipath -f "$(map_of "$x")"
reboot
pull "$a" "$b"
daemon_start
until_true "the copy is reported" logged "ignored; .gmultipath load. may accept it"
holds 1 "no map" eval '[ -z "$(gm_status FOO)" ]'
until_true "the copy's own map is gone" eval 'udevadm settle -t 30; multipath -f "$(map_of "$x")" || [ "$(map_of "$x")" = "[orphan]" ]'
gm load
gm_is FOO "OPTIMAL $x:ACTIVE $y:PASSIVE"
plug "$a" "$b"
until_true "its former disk is multipathd's" eval 'map=$(map_of "$a"); [ -b "/dev/mapper/$map" ]'
udevadm settle -t 30
until_true "destroyed" gmultipath destroy FOO
daemon_stop

say "clear erases no map's label, and a copy's without forgetting the disk that it was copied from"
until_true "no map is left" maps_removed
gm label FOO "$a" "$b"
gm remove FOO "$b"
gm_fails "its label is that of FOO" clear "$b"
gm_fails "$b: it leads to the LUN of FOO" label -f BAR "$b"
check "the label is left" eval '! is_clear "$a"'
gm add FOO "$b"
known=$(grep "^known .* FOO " /etc/multipath/geom) || fail "FOO is known"
gm clear "$x"
check "the copy's label is erased" is_clear "$x"
same "its original is known" "$(grep "^known .* FOO " /etc/multipath/geom)" "$known"
