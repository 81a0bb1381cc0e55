#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# proves: Active/Read: I/O goes around errors on one path, others are restored when the last fails, and what fails everywhere ends in an error
. "$LAB/lib.sh"
. "$LAB/geom.sh"
geom_errors -R
