#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a name belongs to one LUN: neither bindings, configuration, another device nor a swap of names can give it to a second one
# long: each way in which two LUNs can want one name
. "$LAB/lib.sh"
san 2 4
names() { multipathd show maps raw format '%n %w' | sort | tr '\n' ';'; }
names_become() { [ "$(names)" = "$1" ]; }
w0=$(wwid_of_lun 0) w1=$(wwid_of_lun 1) w2=$(wwid_of_lun 2) w3=$(wwid_of_lun 3)
aliases() {	# aliases [WWID ALIAS]...
	config "no_path_retry fail" "alias_prefix lun"
	echo "multipaths {" | config_add
	while [ $# -gt 0 ]; do
		printf '\tmultipath {\n\t\twwid "%s"\n\t\talias "%s"\n\t}\n' "$1" "$2" | config_add
		shift 2
	done
	echo "}" | config_add
}
is() { printf '%s;' "$@" | tr ';' '\n' | sort | tr '\n' ';'; }

say "names that other devices have"
dmsetup create luna --table '0 8 zero'
dmsetup create first --table '0 8 zero'
printf '# Multipath bindings, Version : 1.0\nlunb %s\nlunc %s\nsecond %s\nlunb %s\n' "$w3" "not-here" "$w3" "$w2" > /etc/multipath/bindings
aliases "$w0" first "$w1" second "$w2" second
daemon_start
ready 4 2
# luna and first are devices of others, lunc is bound, lunb was bound twice: the first line counts.
# "second" is configured twice, and its binding contradicts that.
same "names" "$(names)" "$(is "$w0 $w0" "second $w1" "lund $w2" "lunb $w3")"
check "the alias that was configured twice is reported" logged "second"
check "the dropped binding is gone" eval '! grep -q "^second" /etc/multipath/bindings'
check "and the repeated one" eval '! grep -q "^lunb $w2" /etc/multipath/bindings'
check "the unused one stays" grep -qx "lunc not-here" /etc/multipath/bindings

say "a name that becomes free"
dmsetup remove first
multipathd reconfigure > /dev/null
until_true "the configured name is taken up" names_become "$(is "first $w0" "second $w1" "lund $w2" "lunb $w3")"

say "two that swap"
until_true "a node" test -b /dev/mapper/first
io_start swap /dev/mapper/first
aliases "$w1" first "$w0" second
multipathd reconfigure > /dev/null
until_true "reconfigured" daemon_serves
check "that is reported" logged "cannot be named"
holds 2 "each keeps its own" names_become "$(is "first $w0" "second $w1" "lund $w2" "lunb $w3")"
check "I/O continues" io_moves /dev/mapper/first

say "a configured alias beats a binding: the map that has the name is renamed first"
aliases "$w0" first "$w1" second "$w2" lunb
multipathd reconfigure > /dev/null
until_true "both are renamed" names_become "$(is "first $w0" "second $w1" "lunb $w2" "lune $w3")"
io_stop swap

say "the same after a restart"
daemon_stop
daemon_start
ready 4 2
same "names" "$(names)" "$(is "first $w0" "second $w1" "lunb $w2" "lune $w3")"
