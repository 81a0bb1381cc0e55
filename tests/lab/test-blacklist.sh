#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: blacklists by node, WWID, device and protocol, and their exceptions, exclude and admit paths at startup and at a reconfigure; property rules match the same names as in multipath-tools, for events too
# long: a configuration for each rule, with the daemon restarted
. "$LAB/lib.sh"
# A property that sorts before ID_WWN, and follows it in udev's database.
mkdir -p /run/udev/rules.d
echo 'SUBSYSTEM=="block", KERNEL=="sd*[!0-9]", ENV{ID_SCSI_SERIAL}="x"' > /run/udev/rules.d/56-serial.rules
# Later: none of the names that the built-in exception lets through, and a tag and a link.
echo 'SUBSYSTEM=="block", KERNEL=="sd*[!0-9]", TEST=="/run/nameless", ENV{ID_WWN}="", TAG+="lab", SYMLINK+="lab/$kernel"' \
	> /run/udev/rules.d/57-nameless.rules
san 2 3
maps_of() { multipathd show maps raw format '%w' | grep -vx ok | sort | tr '\n' ' '; }
w0=$(wwid_of_lun 0) w1=$(wwid_of_lun 1) w2=$(wwid_of_lun 2)
again() {
	config "no_path_retry fail"
	config_add
	if [ -n "$daemon_pid" ]; then
		multipathd reconfigure > /dev/null
	else
		daemon_start
	fi
}
maps_become() { [ "$(maps_of)" = "$1" ]; }
again < /dev/null
until_true "nothing is blacklisted: all" maps_become "$w0 $w1 $w2 "
again <<END
blacklist {
	wwid "$w1"
}
END
until_true "one WWID" maps_become "$w0 $w2 "
again <<END
blacklist {
	wwid ".*"
}
blacklist_exceptions {
	wwid "$w2"
}
END
until_true "all WWIDs but one" maps_become "$w2 "
again <<END
blacklist {
	device {
		vendor "Linux"
		product "scsi_.*"
	}
}
END
until_true "the device" maps_become ""
daemon_stop
again <<END
blacklist {
	devnode "^sd[a-z]"
}
blacklist_exceptions {
	devnode "^sd[ad]$"
}
END
until_true "the node names" eval '[ "$(multipathd show paths raw format %d | grep -vx ok | sort | tr "\n" " ")" = "sda sdd " ]'
again <<END
blacklist {
	protocol "scsi:unspec"
}
END
until_true "the protocol" maps_become ""
again <<END
blacklist {
	property "^ID_SCSI_SERIAL$"
}
END
until_true "a property before that of the built-in exception" maps_become ""
again <<END
blacklist {
	property "^ID_ZZZ$"
}
END
until_true "and no such property: all again" maps_become "$w0 $w1 $w2 "
again <<END
blacklist {
	protocol "scsi:unspec"
}
END
until_true "the protocol again" maps_become ""
check "show blacklist names the rule" grep -q '(config file rule) scsi:unspec' <<< "$(multipathd show blacklist)"

# A disk has the properties that udev records, those that it makes of links, tags and the time, and those that the kernel
# states. Properties that describe an event count neither at a start nor at that event.
theirs_mount
touch /run/nameless
udevadm trigger --action=change --settle /sys/block/sda
names="DEVLINKS DEVNAME DEVPATH DEVTYPE DISKSEQ MAJOR MINOR SUBSYSTEM TAGS CURRENT_TAGS USEC_INITIALIZED ID_SERIAL
	DRIVER ACTION SEQNUM SYNTH_UUID UDEV_DATABASE_VERSION NOTHING"
daemon_stop
maps_remove
for name in $names; do
	config
	config_add <<< $'blacklist_exceptions {\n\tproperty "^'"$name"$'$"\n}'
	same "$name, asked without a daemon" "$(multipath -c /dev/sda)" "$(/run/debian/multipath -c /dev/sda)"
	multipath -c /dev/sda | grep -q '="1"' && found+=" $name"
done
same "the names that a disk has" "$found" " DEVLINKS DEVNAME DEVPATH DEVTYPE DISKSEQ MAJOR MINOR SUBSYSTEM TAGS CURRENT_TAGS\
 USEC_INITIALIZED ID_SERIAL"
daemon_options="-d -s -v4"
events() { grep -c "uevent: add sda$" "$logfile"; }
events_are() { [ "$(events)" -ge "$1" ]; }
for name in TAGS DISKSEQ "(ACTION|SEQNUM|SYNTH_UUID)"; do
	known=path_known
	[ "${name:0:1}" != "(" ] || known=path_unknown
	again <<< $'blacklist_exceptions {\n\tproperty "^'"$name"$'$"\n}'
	check "$name by reconfigure: $known" $known sda
	seen=$(events)
	udevadm trigger --action=add --settle /sys/block/sda
	until_true "the event of $name" events_are $((seen + 1))
	check "$name by an event: $known" $known sda
done
