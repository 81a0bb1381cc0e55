#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: gmultipath refuses wrong, missing and unsuitable arguments in the same way when multipathd runs the verb
# long: each verb with each bad argument
. "$LAB/lib.sh"
. "$LAB/geom.sh"
config "find_multipaths strict"
daemon_start
geom_arguments
daemon_stop
