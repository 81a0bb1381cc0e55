#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: blacklists by node, WWID, device and protocol, and their exceptions, keep paths out and let them in, at start and at reconfigure
. "$LAB/lib.sh"
# A property that sorts before ID_WWN, and stands behind it in udev's database.
mkdir -p /run/udev/rules.d
echo 'SUBSYSTEM=="block", KERNEL=="sd*[!0-9]", ENV{ID_SCSI_SERIAL}="x"' > /run/udev/rules.d/56-serial.rules
san 2 3
wwid() { udevadm info -q property -n "$1" | sed -n 's/^ID_SERIAL=//p'; }
maps_of() { multipathd show maps raw format '%w' | grep -vx ok | sort | tr '\n' ' '; }
w0=$(wwid "$(paths_of_lun 0 | head -n 1)") w1=$(wwid "$(paths_of_lun 1 | head -n 1)") w2=$(wwid "$(paths_of_lun 2 | head -n 1)")
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
