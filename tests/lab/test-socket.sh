#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: random bytes, 1,000 connections and clients that never read do not keep the daemon from answering others
# long: 1,000 connections
. "$LAB/lib.sh"
config "no_path_retry fail"
san 2 8
daemon_start
ready 8 2
fds() { local f=(/proc/"$daemon_pid"/fd/*); echo ${#f[@]}; }
before=$(fds)
promptly 120 python3 "$LAB/client.py" abuse || fail "the daemon did not answer"
until_true "every connection is closed again" eval '[ "$(fds)" -le $((before + 2)) ]'
check "all maps are there" maps_have 8 2
daemon_stop
