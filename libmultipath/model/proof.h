/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof.h - is a device the LUN that it was found as?  Pure.  For: the daemon, tests.
 *
 * What udev's database, sysfs and the kernel's tables say of a device is as old as the moment in
 * which it was last checked. The array may have given the address to another LUN since. So a path
 * gets I/O only after the device itself was asked, after its last failure or event (struct mp_path,
 * epoch), and its answer is judged here.
 */
#pragma once
#include <stdbool.h>

struct mp_map;
struct mp_path;

enum mp_proof_verdict {
	MP_PROOF_HOLDS, /* it is what it was, or nothing can be known against it */
	MP_PROOF_WRONG, /* another LUN answers */
	MP_PROOF_MISSING, /* no answer: which is no proof */
};

struct mp_statement {
	/*
	 * 0; -ENOENT, -EBADMSG: it answered, and has no name; other negative errno: it did not
	 * answer
	 */
	int error;
	const char *told; /* the name, if error is 0 */
	const char *known; /* the name that it is to have; "" none */
	/* @known is of the same kind: told before by the device, or by udev from the same page */
	bool certain;
	const char *sibling; /* what another path of its map told; NULL: none has */
	const char *page; /* the kernel's copy of the page, as of its scan; NULL: none */
};

/**
 * mp_proof_judge() - what an answer is worth
 *
 * If @known is not certain, udev spells the name in a way of its own (uid_attribute): what the
 * device tells is then taken, unless it contradicts the other paths of the map or the kernel's
 * copy.
 */
enum mp_proof_verdict mp_proof_judge(const struct mp_statement *statement);

/**
 * mp_proof_may_stay() - a path answers its checker, but never said since the start which LUN it is,
 * and its map has I/O on it
 * @map:	its map
 *
 * Failing it would end I/O that an earlier daemon had let begin; leaving it could let I/O go
 * astray. As long as any path of the map has proven what it is, I/O has a place to go, and those
 * that have not are failed. If none has, it is most likely the array that does not answer INQUIRY,
 * and they all stay until one has failed or another one has proven.
 */
bool mp_proof_may_stay(const struct mp_path *path, const struct mp_map *map);
