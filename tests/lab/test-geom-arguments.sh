#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: gmultipath refuses wrong, missing and unsuitable arguments, reports what it expected, and changes nothing
# long: each verb with each bad argument
# unit: gmultipath alone: no daemon runs
. "$LAB/lib.sh"
. "$LAB/geom.sh"
geom_arguments
