/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * codes.h - the result of a command as a code of mpath_persist.h.  Pure.  For: libmpathpersist.
 */
#pragma once

struct mp_scsi_result;

/* Beside MPATH_PR_...; these do not leave the library. */
enum {
	CODE_TRANSPORT = 16, /* the command did not reach the LUN: another path may do */
	CODE_AGAIN = 17, /* a unit attention: the same path may answer otherwise now */
	CODE_BUSY = 18, /* NOT READY, operation in progress: it may in a moment */
	CODE_UNSENT = 19, /* this path was sent no command */
	CODE_SHUT_OUT = 20, /* another host removed this one's key while its paths lacked theirs */
};

/** code_of_result() - Return: MPATH_PR_..., CODE_TRANSPORT, CODE_AGAIN, or CODE_BUSY */
int code_of_result(const struct mp_scsi_result *result);

/** code_of_last_try() - @code of a path that is not asked again. Return: MPATH_PR_...,
 * CODE_TRANSPORT */
int code_of_last_try(int code);

/** code_final() - for a command that is not repeated any more: an MPATH_PR_... */
int code_final(int code);
