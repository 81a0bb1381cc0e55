#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: augeas' lens for multipath.conf reads what is printed as far as with Debian's, and what it writes is read
# differs: multipath -t, keywords of defaults that the lens refuses: it knows no keyword and value later than 0.4.9; 0.14.3 has more of them than 0.9.4
# differs: multipath -t, without them: 0.14.3 has no bindings_file and wwids_file, and prints the daemon's retrigger_tries and force_sync here
# differs: what is written, after one reconfigure: 0.9.4 only renames a map whose alias and table have changed; its table changes with the next reconfigure
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
# tree WHAT FILE [MATCH] - what the lens makes of FILE: nodes that match, or where it gives up
tree() {
	local at
	augtool --noautoload --transform "Multipath.lns incl $2" <<-END > "$LAB_OUT/tree" 2>&1
	load
	print /augeas/files$2/error
	print /files$2
	END
	at=$(sed -n 's|^/augeas/files.*/error/line = "\(.*\)"|\1|p' "$LAB_OUT/tree")
	if [ -n "$at" ]; then
		conclude "$1" "gives up at \"$(sed -n "${at}p" "$2" | tr -s ' \t' ' ')\", $(sed -n 's|^/augeas/files.*/error/message = "\(.*\)"|\1|p' "$LAB_OUT/tree")"
	else
		conclude "$1" "$(sed "s|^/files$2||" "$LAB_OUT/tree" | grep "${3:-.}")"
	fi
}
# lens_error FILE - the line at which the lens gives up
lens_error() { augtool --noautoload --transform "Multipath.lns incl $1" <<< "load
print /augeas/files$1/error/line" | sed -n 's/.*= "\(.*\)"/\1/p'; }
# refused WHAT FILE - the keywords of FILE's first section that the lens refuses, each tried in a file of its own, and
# what it makes of the others
refused() {
	local line n=0 words=
	mkdir /tmp/words
	while read -r line; do
		printf 'defaults {\n\t%s\n}\n' "$line" > "/tmp/words/$((n++))"
	done < <(sed -n '/^defaults/,/^}/ { /[{}]/d; p }' "$2")
	augtool --noautoload --transform "Multipath.lns incl /tmp/words/*" <<< "load
		match /augeas/files/tmp/words/*/error/line" | sed -n 's|^/augeas/files\(.*\)/error/line = .*|\1|p' | sort -t / -k 4n > "$LAB_OUT/refused"
	while read -r line; do
		words+=" $(awk 'NR == 2 { print $1 }' "$line")"
		rm "$line"
	done < "$LAB_OUT/refused"
	conclude "$1, keywords of defaults that the lens refuses" "$words"
	{ echo "defaults {"; sed '/[{}]/d' $(ls -v /tmp/words/*); echo "}"; } > /tmp/section.conf
	tree "$1, without them" /tmp/section.conf
}

config "no_path_retry 5"
san 2 1
name_maps 1
wwid=$(wwid_of_lun 0)
tree "a hand-written file" /etc/multipath.conf
multipath -t > /tmp/printed.conf
tree "multipath -t" /tmp/printed.conf
refused "multipath -t" /tmp/printed.conf
daemon_start
ready 1 2
multipathd show config > /tmp/shown.conf
tree "show config" /tmp/shown.conf

# Debian has no mpathconf.
if [ "$LAB_IMPL" = ours ]; then
	mv /etc/multipath.conf /tmp/hand-written.conf
	check "mpathconf" mpathconf --enable --with_module n --user_friendly_names y
	same "the lens reads what mpathconf --enable writes" "$(lens_error /etc/multipath.conf)" ""
	check "mpathconf" mpathconf --disable --option no_path_retry:queue --with_module n
	check "mpathconf" mpathconf --allow "/dev/$(paths_of_lun 0 | head -n 1)" --outfile /tmp/allow.conf
	for file in /etc/multipath.conf /tmp/allow.conf; do
		cat "$file"
		same "the lens reads $file" "$(lens_error "$file")" ""
	done
	mv /tmp/hand-written.conf /etc/multipath.conf
fi

# What augeas writes is read, and applies.
augtool --noautoload --transform "Multipath.lns incl /etc/multipath.conf" <<-END > "$LAB_OUT/write" 2>&1
load
set /files/etc/multipath.conf/defaults/no_path_retry queue
set /files/etc/multipath.conf/defaults/path_selector "queue-length 0"
set /files/etc/multipath.conf/multipaths/multipath/wwid $wwid
set /files/etc/multipath.conf/multipaths/multipath/alias "written"
set /files/etc/multipath.conf/blacklist/device/vendor "ACME"
set /files/etc/multipath.conf/blacklist/device/product "Disk 1"
set /files/etc/multipath.conf/blacklist/devnode "^hd[a-z]"
save
END
conclude "what is written" "$(cat "$LAB_OUT/write"; cat /etc/multipath.conf)"
conclude "what is written, read" "$(multipath -t 2>&1 | awk '/^defaults/ { d = 1 } /^}/ { if (d) d = 0 } d && /no_path_retry|path_selector/; /ACME|Disk 1|\^hd\[a-z\]|written/')"
selector() { dmsetup table written | grep -o 'queue-length\|service-time' | sort -u; }
check "reconfigure" multipathd reconfigure
until_true "the map has its name" [ -e /dev/mapper/written ]
ready 1 2
conclude "what is written, after one reconfigure" "$(selector)"
check "reconfigure" multipathd reconfigure
until_true "the map has its selector" eval '[ "$(selector)" = queue-length ]'
ready 1 2
conclude "what is written, the table" "$(dmsetup table written | sed -E 's/[0-9]+:[0-9]+/N:N/g; s/(N:N [0-9]) [0-9]+/\1/g')"
