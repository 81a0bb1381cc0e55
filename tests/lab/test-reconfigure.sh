#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a broken configuration is rejected at reconfigure, with file and line, and the old one and every map are kept; a start uses what it can read, and says so; a file that hangs delays nothing but the reconfigure
. "$LAB/lib.sh"
config "no_path_retry fail" "uxsock_timeout 60000"
san 2 4
daemon_start
ready 4 2
shown=$(multipathd show config)
cp /etc/multipath.conf /tmp/good.conf
printf 'defaults {\n\tno_path_retry queue\n\tpath_grouping_policy "nonsense\n}\nblacklist {\n' > /etc/multipath.conf
reply=$(multipathd reconfigure)
say "it says: $reply"
check "the reply names the line" grep -q '/etc/multipath.conf:[0-9]' <<< "$reply"
pause 2
same "the old configuration stays" "$(multipathd show config)" "$shown"
check "every map lives" maps_have 4 2
# Braces that match by chance: without the blacklist there would be other maps.
printf 'defaults {\n\tno_path_retry queue\n\nblacklist {\n\tdevnode "^sdq"\n}\n' > /etc/multipath.conf
check "a section that is lost is an error" grep -q 'multipath.conf:4:1: error: unknown keyword "blacklist"' <<< "$(multipathd reconfigure)"
same "the old configuration stays" "$(multipathd show config)" "$shown"
# The signal says so in the log.
kill -HUP "$daemon_pid"
until_true "the log names the line" logged '/etc/multipath.conf:[0-9]'
check "every map lives" maps_have 4 2
# And a good one takes effect.
sed 's/no_path_retry fail/no_path_retry queue/' /tmp/good.conf > /etc/multipath.conf
same "reconfigure works" "$(multipathd reconfigure)" ok
until_true "the maps queue now" eval '[ "$(dmsetup table --target multipath | grep -c queue_if_no_path)" = 4 ]'
check "every map lives" maps_have 4 2
# A start takes of a damaged file what there is, and says so.
daemon_stop
printf 'defaults {\n\tfind_multipaths greedy\n\tno_path_retry fail\n\tnonsense "word\n}\n' > /etc/multipath.conf
chgrp 100 /etc/multipath.conf
chmod 664 /etc/multipath.conf
echo precious > /tmp/victim
ln -s /tmp/victim /run/multipathd.pid
daemon_start
same "a link in place of the pid file is ignored" "$(cat /tmp/victim)" precious
check "it is replaced" [ -f /run/multipathd.pid -a ! -L /run/multipathd.pid ]
same "who else may change the configuration is logged once" "$(grep -c 'multipath.conf: writable by users other than root (owner 0, group 100, mode 0664)' "$logfile")" 1
chmod 644 /etc/multipath.conf
check "every map lives" maps_have 4 2
same "half a file renames none" "$(multipathd show maps raw format %n | sort | tr '\n' ' ')" "mpatha mpathb mpathc mpathd "
check "it is reported to be incomplete" \
	grep -q '^config: incomplete since 2[-0-9: ]*: /etc/multipath.conf:4:[0-9]*: error: ' <<< "$(multipathd show status verbose)"
# Commands that ask it say so, too, from its memory.
mv /etc/multipath.conf /tmp/damaged.conf
for command in "multipath -v2 -ll" "multipath -ll" "multipath -v1 -l"; do
	$command > /tmp/out 2> /tmp/err
	check "$command: standard error names the line" grep -q '| /etc/multipath.conf:4:' /tmp/err
	check "$command: standard output does not" eval '! grep -q multipath.conf /tmp/out && grep -q mpatha /tmp/out'
done
cp /tmp/good.conf /etc/multipath.conf
same "reconfigure works" "$(multipathd reconfigure)" ok
same "nothing is wrong any more" "$(multipath -v3 -ll 2>&1 > /dev/null)" ""
until_true "it is in force" eval 'multipathd show status verbose | grep -q "^config: in force since"'

say "a file that hangs"
rm -f /etc/multipath/prkeys
mkfifo /etc/multipath/prkeys	# to open it waits for someone who writes
multipathd reconfigure > /tmp/reply &
client=$!
reads() { [[ "$(multipathd show daemon)" == "pid "*" idle (pending reconfigure)" ]]; }
until_true "the file is being read" reads
holds 2 "the daemon serves" reads
path=$(paths_of_lun 0 | head -n 1)
pull "$path"
until_true "paths are checked" path_is "$path" failed faulty
plug "$path"
until_true "and come back" path_is "$path" active ready
same "the reconfigure waits for the file" "$(cat /tmp/reply)" ""
: > /etc/multipath/prkeys
wait $client
same "it is answered when the file was read" "$(cat /tmp/reply)" ok
until_true "it is done" daemon_serves
multipathd reconfigure > /tmp/reply 2>&1 &
until_true "the file is being read" reads
holds 1 "the daemon serves" reads
daemon_stop	# it does not wait for the file
rm /etc/multipath/prkeys
daemon_start
check "every map lives" maps_have 4 2
