#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: cockpit's storage page, asked through its bridge, finds the same drives, their maps and paths, and the same warning
# lab: --systemd --rules full
# differs: the button "Start multipath": it runs mpathconf, which Debian's multipath-tools does not have
# differs: after the button: so multipathd is started here only
. "$LAB/lib.sh"
. "$LAB_ROOT/tests/clients/clients.sh"
config
systemctl stop multipathd.socket multipathd 2> /dev/null
san 2 2
# What the page computes from what udisks2 and systemd say; the page itself needs a browser.
cat > /run/cockpit.py <<'END'
import base64, json, subprocess, sys
bridge = subprocess.Popen(['cockpit-bridge'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def send(channel, message):
    data = ('%s\n%s' % (channel, json.dumps(message))).encode()
    bridge.stdin.write(b'%d\n%s' % (len(data), data))
    bridge.stdin.flush()
def receive():
    size = b''
    while not size.endswith(b'\n'):
        byte = bridge.stdout.read(1)
        if not byte:
            sys.exit('the bridge has ended')
        size += byte
    channel, data = bridge.stdout.read(int(size)).split(b'\n', 1)
    return channel.decode(), data
def control(**message):
    send('', message)
def call(channel, name, path, interface, method, *arguments):
    control(command='open', channel=channel, payload='dbus-json3', bus='system', name=name)
    send(channel, {'call': [path, interface, method, list(arguments)], 'id': '1'})
    while True:
        where, data = receive()
        if where == channel:
            answer = json.loads(data)
            if answer.get('id') == '1':
                return answer['reply'][0][0] if 'reply' in answer else answer['error']
        elif not where and json.loads(data).get('command') == 'close':
            return json.loads(data)
def spawn(*command):
    control(command='open', channel='spawn', payload='stream', spawn=list(command), err='message')
    while True:
        where, data = receive()
        if not where:
            message = json.loads(data)
            if message.get('command') == 'close' and message.get('channel') == 'spawn':
                return 'problem %s, status %s' % (message.get('problem'), message.get('exit-status'))
def text(value):
    return base64.b64decode(value).decode().strip('\0')
def storage():
    objects = call('udisks', 'org.freedesktop.UDisks2', '/org/freedesktop/UDisks2',
                   'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')
    plain = lambda d: {k: v['v'] for k, v in d.items()}
    blocks = {p: plain(i['org.freedesktop.UDisks2.Block']) for p, i in objects.items()
              if 'org.freedesktop.UDisks2.Block' in i}
    parts = {p for p, i in objects.items() if 'org.freedesktop.UDisks2.Partition' in i}
    drives = {p: plain(i['org.freedesktop.UDisks2.Drive']) for p, i in objects.items()
              if 'org.freedesktop.UDisks2.Drive' in i}
    for block in blocks.values():
        block['links'] = [text(l) for l in block['Symlinks']]
    broken = False
    for path, drive in sorted(drives.items(), key=lambda d: d[1]['Serial'] + d[1]['WWN']):
        mine = [b for p, b in blocks.items() if b['Drive'] == path and p not in parts]
        masters = [b for b in mine if any(l.startswith('/dev/disk/by-id/dm-uuid-mpath-') for l in b['links'])]
        paths = [b for b in mine if b not in masters]
        if not masters and len(paths) != 1:
            broken = True
        print('drive %s: map %s, %d paths of type %s, ignored %s' % (drive['Model'],
              [text(b['PreferredDevice']) for b in masters], len(paths), sorted({b['IdType'] for b in paths}),
              sorted({b['HintIgnore'] for b in paths})))
    unit = call('systemd', 'org.freedesktop.systemd1', '/org/freedesktop/systemd1/unit/multipathd_2eservice',
                'org.freedesktop.DBus.Properties', 'Get', 'org.freedesktop.systemd1.Unit', 'ActiveState')
    print('multipathd %s, warning %s' % (unit['v'], broken and unit['v'] != 'active'))
receive()
control(command='init', version=1, host='localhost')
storage() if len(sys.argv) == 1 else print(spawn(*sys.argv[1:]))
END
cockpit() { udevadm settle -t 120; python3 -W ignore /run/cockpit.py "$@" 2>> "$LAB_OUT/cockpit.log" | tr '\n' ';'; }
check "the service starts" systemctl start multipathd
ready 2 2
check "udisks2 starts" systemctl start udisks2
conclude "all paths" "$(cockpit)"
pull $(paths_of_lun 0 | head -n 1)
until_true "a path has failed" kernel_path mpatha "$(paths_of_lun 0 | head -n 1)" F
conclude "one path lost" "$(cockpit)"
plug $(paths_of_lun 0 | head -n 1)
ready 2 2
systemctl stop multipathd
conclude "stopped" "$(cockpit)"
maps_remove
conclude "stopped, no map" "$(cockpit)"
conclude 'the button "Start multipath"' "$(cockpit mpathconf --enable --with_multipathd y)"
[ "$LAB_IMPL" != ours ] || ready 2 2
conclude "after the button" "$(cockpit)"
