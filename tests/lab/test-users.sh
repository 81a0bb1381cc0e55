#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: a user other than root, whatever they do with the socket, delays neither root's commands nor maps
# long: every way to crowd the socket
. "$LAB/lib.sh"
config "no_path_retry queue"
san 2 8
daemon_start
ready 8 2
map=mpatha
read -r -a paths <<< "$(paths_of_lun 0 | tr '\n' ' ')"
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$daemon_pid/status"; }
fds() { local f=(/proc/"$daemon_pid"/fd/*); echo ${#f[@]}; }
before=$(fds)

# begin WHAT - of client.py
begin() {
	say "$1"
	rm -f "$LAB_OUT/user"
	python3 "$LAB/client.py" user "$1" > "$LAB_OUT/user" 2>&1 &
	user=$!
	until_true -t 60 "the user has begun" grep -q ready "$LAB_OUT/user"
}
end() {
	kill -KILL $user
	wait $user 2>/dev/null
	until_true "his connections are closed" eval '[ "$(fds)" -le $((before + 2)) ]'
}
# works - root's commands and the daemon's own work go on
works() {
	local reply a b
	now a
	reply=$(promptly 10 multipathd show daemon) || fail "show daemon: $reply"
	now b
	say "show daemon: $(((b - a) / 1000)) ms"
	same "reload map" "$(promptly 10 multipathd reload map $map)" ok
	pull "${paths[0]}"
	until_true "a path fails in the kernel" kernel_path $map "${paths[0]}" F
	plug "${paths[0]}"
	until_true "and is back" kernel_path $map "${paths[0]}" A
}

begin flood
works
now a
echo 1 > "/sys/block/${paths[1]}/device/delete"
until_true -t 5 "a path that is gone leaves the table" eval '! dmsetup table '$map' | grep -q " 2 1 .* 2 1 "'
now b
say "a path that is gone left its table within $(((b - a) / 1000)) ms"
end

begin crowd
works
end

begin storm
works
chrt -r -p 1 $$	# others want the CPU, too: what is measured is the daemon
now a
for ((i = 0; i < 10; i++)); do
	promptly 10 multipathd show daemon > /dev/null || fail "show daemon"
done
now b
chrt -o -p 0 $$
say "show daemon, ten times: $(((b - a) / 1000)) ms"
check "root does not stand in line with users" test $((b - a)) -lt $((10000000 * LAB_SLOW))
end
same "root's socket is root's" "$(stat -c '%U %a' /run/multipathd.root.socket)" "root 600"

begin deaf
works
[ "$(rss)" -lt 40000 ] || fail "$(rss) kB are kept for a user who does not read"
say "$(rss) kB"
end

begin descriptors
works
kill -KILL $user
wait $user 2>/dev/null
until_true "they are closed when their peers are gone" eval '[ "$(fds)" -le $((before + 2)) ]'
works
daemon_stop
