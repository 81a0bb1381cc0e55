#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: os-brick (python3-os-brick) attaches, inspects, extends and detaches iSCSI volumes over two paths alike
# lab: --rules full
# differs: resize of an unknown map: the reply is a reason, as in later releases of multipath-tools
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
iqn=iqn.2014-08.org.example:volumes
# Two volumes, each at two portals. They are loop devices, so that they can grow.
targets() {
	local lun
	modprobe loop
	for lun in 0 1; do
		truncate -s 16M "/run/disk$lun"
		losetup "/dev/loop$lun" "/run/disk$lun"
		tcm_backstore "disk$lun" 16 "b$lun" "/dev/loop$lun"
	done
	iscsi_portal $iqn 1 disk0 disk1
	iscsi_portal $iqn 2 disk0 disk1
	iscsid
}
config "user_friendly_names no" "find_multipaths yes"
targets
daemon_start

cat > /run/brick.py <<'END'
import json, os, sys
import os_brick
from os_brick import privileged
from os_brick.initiator import connector, linuxscsi
from oslo_concurrency import lockutils, processutils as putils
from oslo_config import cfg
privileged.default.set_client_mode(False)	# in this process, which is root's
os.makedirs('/run/brick', exist_ok=True)
if hasattr(os_brick, 'setup'):
    cfg.CONF([], project='brick')
    os_brick.setup(cfg.CONF)
lockutils.set_defaults(lock_path='/run/brick')
try:
    cfg.CONF.set_override('lock_path', '/run/brick', group='os_brick')
except cfg.NoSuchGroupError:
    pass
scsi = linuxscsi.LinuxSCSI('')
iscsi = connector.InitiatorConnector.factory('ISCSI', '', use_multipath=True, device_scan_attempts=5)
def volume(lun, portals=(1, 2)):
    return {'target_discovered': False, 'volume_id': 'v%d' % lun, 'access_mode': 'rw',
            'target_portals': ['127.0.0.%d:3260' % p for p in portals],
            'target_iqns': ['iqn.2014-08.org.example:volumes'] * len(portals), 'target_luns': [lun] * len(portals),
            'target_portal': '127.0.0.1:3260', 'target_iqn': 'iqn.2014-08.org.example:volumes', 'target_lun': lun}
def attach(lun):
    info = iscsi.connect_volume(volume(lun))
    with open('/run/brick/info%d' % lun, 'w') as file:
        json.dump(info, file)
    return sorted(info.items())
def detach(lun, force):
    with open('/run/brick/info%d' % lun) as file:
        iscsi.disconnect_volume(volume(lun), json.load(file), force=force)
    return 'detached'
def type_of(call):
    try:
        return call()
    except putils.ProcessExecutionError as error:
        return 'exit code %s' % error.exit_code
def found(name):
    info = scsi.find_multipath_device(name)
    if info:
        info['devices'] = sorted((d['device'], d['channel'], d['id'], d['lun']) for d in info['devices'])
    return sorted(info.items()) if info else info
# An expression a line, an answer a line: to start Python and import all this takes ten seconds here.
for line in sys.stdin:
    try:
        answer = eval(line)
    except Exception as error:
        answer = type(error).__name__ + ' ' + str(error).replace('\n', ' ')[:300]
    print(str(answer).replace('\n', ';'), flush=True)
END
coproc python3 -W ignore /run/brick.py 2> "$LAB_OUT/brick.log"
exec {ask}>&"${COPROC[1]}" {answers}<&"${COPROC[0]}"
brick() { local answer; echo "$1" >&$ask; read -r answer <&$answers || answer="no answer"; echo "$answer"; }
# udev may still be at work when the connector returns.
settled() { udevadm settle -t 120; }

conclude "running" "$(brick 'scsi.is_multipath_running(False, "")')"
conclude "attach" "$(brick 'attach(0)')"
settled
wwid=$(multipathd show maps raw format %w)
conclude "maps" "$(multipathd show maps raw format '%n %w %N')"
conclude "wwids file" "$(grep -v '^#' /etc/multipath/wwids)"
conclude "path by WWN" "$(brick "scsi.find_multipath_device_path('$wwid')")"
mapfile -t paths < <(paths_of_lun 0)
conclude "dm of paths" "$(brick "scsi.get_dm_name(scsi.find_sysfs_multipath_dm(['${paths[0]}']))")"
conclude "by name" "$(brick "found('$wwid')")"
conclude "by path" "$(brick "found('/dev/${paths[0]}')")"
conclude "by an unknown name" "$(brick "found('mpathx')")"
conclude "WWID again" "$(brick "scsi.multipath_add_wwid('$wwid')")"
conclude "another WWID" "$(brick "scsi.multipath_add_wwid('3600140500000000000000000000000aa')")"
conclude "no WWID" "$(brick "scsi.multipath_add_wwid('')")"
conclude "known path" "$(brick "scsi.multipath_add_path('/dev/${paths[0]}')")"
conclude "unknown path" "$(brick "scsi.multipath_add_path('/dev/nothing')")"

pull "${paths[1]}"
until_true "the kernel knows" kernel_path "$wwid" "${paths[1]}" F
conclude "by name, a path lost" "$(brick "found('$wwid')")"
plug "${paths[1]}"
until_true "it is back" kernel_path "$wwid" "${paths[1]}" A
pull "${paths[@]}"
until_true "no path is left" kernel_path "$wwid" "${paths[0]}" F
conclude "by name, no path left" "$(brick "found('$wwid')")"
plug "${paths[@]}"
ready 1 2

# Grown at the target, then here.
truncate -s 32M /run/disk0
losetup -c /dev/loop0
conclude "extend" "$(brick 'iscsi.extend_volume(volume(0))')"
until_true "idle" daemon_serves
conclude "size" "$(multipathd show maps raw format '%n %S') $(blockdev --getsz "/dev/mapper/$wwid")"
conclude "resize of an unknown map" "$(brick "scsi.multipath_resize_map('nothing')")"
conclude "reconfigure" "$(brick 'scsi.multipath_reconfigure()')"
until_true "idle" daemon_serves

config "user_friendly_names yes" "find_multipaths yes"
brick 'scsi.multipath_reconfigure()' > /dev/null
until_true "it has a friendly name" [ -e /dev/mapper/mpatha ]
settled
conclude "by friendly name" "$(brick "found('mpatha')")"
conclude "by WWID" "$(brick "found('$wwid')")"
conclude "path by WWN, friendly name" "$(brick "scsi.find_multipath_device_path('$wwid')")"
config "user_friendly_names no" "find_multipaths yes"
brick 'scsi.multipath_reconfigure()' > /dev/null
until_true "it has its WWID as name" [ -e "/dev/mapper/$wwid" ]
settled

conclude "second volume" "$(brick 'attach(1)')"
settled
ready 2 2
exec {held}< "/dev/mapper/$wwid"
conclude "flush of a map in use" "$(brick 'type_of(lambda: scsi._execute("multipath", "-f", "'"$wwid"'", run_as_root=True))')"
exec {held}<&-
conclude "detach" "$(brick 'detach(0, False)')"
settled
conclude "maps left" "$(multipathd show maps raw format '%n %N')"
conclude "paths left" "$(multipathd show paths raw format '%m' | sort)"
conclude "deleted path" "$(brick "scsi.multipath_del_path('/dev/$(paths_of_lun 1 | head -n 1)')") $(multipathd show maps raw format '%N')"
conclude "no such path" "$(brick "scsi.multipath_del_path('/dev/nothing')")"
conclude "deleted map" "$(brick 'scsi.multipath_del_map(scsi.find_sysfs_multipath_dm(["'"$(paths_of_lun 1 | tail -n 1)"'"]))') $(dmsetup ls --target multipath)"
conclude "reconfigure makes it" "$(brick 'scsi.multipath_reconfigure()')"
until_true "idle" daemon_serves
settled
ready 1 2
daemon_stop any
conclude "running, stopped" "$(brick 'scsi.is_multipath_running(False, "")')"
conclude "by name, stopped" "$(brick "found('$(dmsetup info -c --noheadings -o name)')")"
conclude "path added, stopped" "$(brick "scsi.multipath_add_path('/dev/$(paths_of_lun 1 | head -n 1)')")"
conclude "path deleted, stopped" "$(brick "scsi.multipath_del_path('/dev/$(paths_of_lun 1 | head -n 1)')")"
conclude "detach, stopped" "$(brick 'detach(1, False)')"
settled
conclude "all gone" "$(dmsetup ls; compgen -G '/sys/block/sd*'; grep -v '^#' /etc/multipath/wwids)"
