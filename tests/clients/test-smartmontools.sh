#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: smartctl and sg3-utils reach a disk by its map as by a path, and nvme-cli finds nothing where there is no NVMe
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
ask() { conclude "$1" "$(answer "${@:2}" | grep -v '^Local Time\|^smartctl\|^Copyright\|^Temperature\|^Current Drive\|Serial' | without_numbers)"; }
config ""
san 2 1
name_maps 1
daemon_start
ready 1 2
ask "smartctl --scan" smartctl --scan
ask "smartctl of a map" smartctl -d scsi -i -H /dev/mapper/mpatha
ask "smartctl of a path" smartctl -i -H "/dev/$(paths_of_lun 0 | head -n 1)"
ask "sg_inq of a map" sg_inq -p 0x83 /dev/mapper/mpatha
ask "sg_persist of a map" sg_persist -k /dev/mapper/mpatha
pull $(paths_of_lun 0)
for path in $(paths_of_lun 0); do
	until_true "$path has failed" kernel_path mpatha "$path" F
done
ask "smartctl of a map without a path" smartctl -d scsi -i -H /dev/mapper/mpatha
ask "nvme list" nvme list
ask "nvme list-subsys of a map" nvme list-subsys /dev/mapper/mpatha
