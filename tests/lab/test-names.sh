#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: aliases and bindings are kept and respected, the configuration takes precedence, user_friendly_names no gives WWIDs, and a change renames live maps
# long: each change of names, with the daemon restarted
. "$LAB/lib.sh"
san 2 3
names() { multipathd show maps raw format '%n %w' | sort | tr '\n' ';'; }
names_become() { [ "$(names)" = "$1" ]; }
w0=$(wwid_of_lun 0) w1=$(wwid_of_lun 1) w2=$(wwid_of_lun 2)
printf '# Multipath bindings, Version : 1.0\nmpathx %s\n' "$w1" > /etc/multipath/bindings
config "no_path_retry fail"
config_add <<END
multipaths {
	multipath {
		wwid "$w2"
		alias "db"
	}
}
END
daemon_start
ready 3 2
same "names" "$(names)" "db $w2;mpatha $w0;mpathx $w1;"
check "the binding is written" grep -qx "mpatha $w0" /etc/multipath/bindings
check "the old one is kept" grep -qx "mpathx $w1" /etc/multipath/bindings
check "an alias of the configuration is not a binding" eval '! grep -q "$w2" /etc/multipath/bindings'
until_true "its node" test -b /dev/mapper/db
io_start name /dev/mapper/db
sed -i 's/alias "db"/alias "database"/' /etc/multipath.conf
multipathd reconfigure > /dev/null
until_true "the map is renamed" names_become "database $w2;mpatha $w0;mpathx $w1;"
until_true "its node" test -b /dev/mapper/database
check "I/O has gone on" io_moves /dev/mapper/database
sed -i 's/user_friendly_names yes/user_friendly_names no/' /etc/multipath.conf
multipathd reconfigure > /dev/null
until_true "WWIDs are names" eval '[ "$(names)" = "$(printf "%s\n" "database $w2" "$w0 $w0" "$w1 $w1" | sort | tr "\n" ";")" ]'
sed -i 's/user_friendly_names no/user_friendly_names yes/' /etc/multipath.conf
multipathd reconfigure > /dev/null
until_true "the bindings' names are back" names_become "database $w2;mpatha $w0;mpathx $w1;"
io_stop name
ready 3 2
say "names of any characters, as long as they can be"
long=$(printf 'x%.0s' {1..127})
for alias in "my disk" "$long" "a%b\\c" "caf"$'\xe9'; do
	config "no_path_retry fail"
	printf 'multipaths {\n\tmultipath {\n\t\twwid "%s"\n\t\talias "%s"\n\t}\n}\n' "$w2" "$alias" | config_add
	multipathd reconfigure > /dev/null
	until_true "the map is $alias" eval '[ "$(dmsetup info -c --noheadings --separator ";" -o name,uuid | sed -n "s/;mpath-$w2\$//p")" = "$alias" ]'
	for option in -ll "-D -ll"; do
		same "multipath $option" "$(multipath $option "$alias" 2> /dev/null | grep -c "^$(sed 's/\\/\\\\/g' <<< "$alias") ($w2) dm-")" 1
	done
	check "JSON" eval 'multipathd show maps json | python3 -m json.tool > /dev/null'
done

say "existing maps are recorded, whichever program created them"
daemon_stop
rm /etc/multipath/wwids
daemon_start
for wwid in "$w0" "$w1" "$w2"; do until_true "$wwid is in the wwids file" grep -qx "/$wwid/" /etc/multipath/wwids; done
