/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * closings.h - closing connections whose peers may have attached descriptors.  For: server.
 *
 * A descriptor that a peer attached and that is never received is closed by the thread that
 * reads or closes the socket, which may take as long as the peer likes (SO_LINGER of a TCP
 * socket). So a worker closes connections that may hold one, or rather a thread that the worker
 * starts and that exits: an exiting thread does not wait for sockets, and what its exit closes is
 * what its table of descriptors alone refers to. Such work does not hang, so what waits for it can
 * be limited.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct account;
struct closings;
struct pool;

/**
 * closings_new() - without a pool until closings_set_pool()
 * @on_room:	the result of closings_are_many() has changed
 *
 * Return: 0, -ENOMEM.
 */
int closings_new(void (*on_room)(void *userdata), void *userdata, struct closings **ret);

/**
 * closings_free() - connections that a worker is closing are still closed, but count for no
 * account. Return: NULL.
 */
struct closings *closings_free(struct closings *closings);

/** closings_set_pool() - NULL: connections are closed at once, as tests may want */
void closings_set_pool(struct closings *closings, struct pool *pool, uint64_t lane);

/** closings_has_pool() - Return: true if slow closings cannot block the loop */
bool closings_has_pool(const struct closings *closings);

/**
 * closings_end() - the process is about to exit: closings that could block are left to the kernel
 * if there was a pool
 */
void closings_end(struct closings *closings);

/** closings_are_many() - Return: true if no connection should be accepted until some are closed */
bool closings_are_many(const struct closings *closings);

/**
 * closings_close() - close a connection
 * @fd:		taken
 * @account:	closed when @fd is; NULL: it has none
 * @is_root:	the peer is trusted
 */
void closings_close(struct closings *closings, int fd, struct account *account, bool is_root);
