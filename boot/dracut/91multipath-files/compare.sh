#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Reports differences between the initramfs and the system, whose root file system is mounted now.
sh /usr/share/multipath/compare-images /usr/share/multipath/kept "$NEWROOT" "dracut -f" | while read -r line; do
	echo "<4>$line" > /dev/kmsg
done
