/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parameters.h - a caller's parameters of PERSISTENT RESERVE OUT.  Pure.  For: libmpathpersist,
 * tests.
 */
#pragma once
#include "kernel/reservation.h"

struct prout_param_descriptor;

/* They borrow from themselves: not to be copied. */
struct parameters {
	struct mp_reservation_parameters list;
	struct mp_transport_id ports[MP_RESERVATION_PORTS];
};

/** parameters_take() - Return: MPATH_PR_SUCCESS, MPATH_PR_SYNTAX_ERROR */
int parameters_take(const struct prout_param_descriptor *descriptor, struct parameters *ret);
