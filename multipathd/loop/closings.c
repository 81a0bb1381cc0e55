/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/closings.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>
#include <urcu/list.h>

#include "multipathd/loop/accounts.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/socket.h"

enum { CLOSINGS_MAX = 256 };

struct closings {
	struct pool *pool; /* NULL: none */
	uint64_t lane;
	bool ending;
	void (*on_room)(void *userdata);
	void *userdata;
	struct cds_list_head all;
	size_t count;
};

struct closing {
	struct work work;
	int fd;
	struct closings *closings; /* NULL: gone */
	/* the account that the connection counts for; NULL: none, or the closings are gone */
	struct account *account;
	struct cds_list_head in_closings;
};

int closings_new(void (*on_room)(void *userdata), void *userdata, struct closings **ret)
{
	struct closings *closings = calloc(1, sizeof(*closings));

	if (!closings)
		return -ENOMEM;
	closings->on_room = on_room;
	closings->userdata = userdata;
	CDS_INIT_LIST_HEAD(&closings->all);
	*ret = closings;
	return 0;
}

struct closings *closings_free(struct closings *closings)
{
	struct closing *closing;

	if (!closings)
		return NULL;
	cds_list_for_each_entry(closing, &closings->all, in_closings) {
		if (closing->account)
			account_close(closing->account);
		closing->account = NULL;
		closing->closings = NULL;
	}
	/* Work that ends later leaves an empty list. */
	if (!cds_list_empty(&closings->all))
		cds_list_del_init(&closings->all);
	free(closings);
	return NULL;
}

void closings_set_pool(struct closings *closings, struct pool *pool, uint64_t lane)
{
	closings->lane = lane;
	closings->pool = pool;
}

bool closings_has_pool(const struct closings *closings)
{
	return closings->pool;
}

void closings_end(struct closings *closings)
{
	closings->ending = closings->pool;
}

bool closings_are_many(const struct closings *closings)
{
	return closings->count >= CLOSINGS_MAX;
}

static void *closing_exit(void *userdata)
{
	pthread_barrier_t *meeting = userdata;

	/* if the kernel refuses, the worker holds it last, and may block */
	unshare(CLONE_FILES);
	pthread_barrier_wait(meeting); /* both hold it */
	pthread_barrier_wait(meeting); /* only this thread holds it */
	return NULL;
}

static void closing_run(struct work *work)
{
	int fd = caa_container_of(work, struct closing, work)->fd;
	pthread_barrier_t meeting;
	pthread_t leaver;

	pthread_barrier_init(&meeting, NULL, 2);
	if (pthread_create(&leaver, NULL, closing_exit, &meeting) == 0) {
		pthread_barrier_wait(&meeting);
		close(fd);
		pthread_barrier_wait(&meeting);
		pthread_join(leaver,
			     NULL); /* the kernel reports the exit before it closes anything */
	} else {
		close(fd);
	}
	pthread_barrier_destroy(&meeting);
}

static void closing_done(struct work *work)
{
	struct closing *closing = caa_container_of(work, struct closing, work);
	struct closings *closings = closing->closings;

	if (closing->account)
		account_close(closing->account);
	cds_list_del(&closing->in_closings);
	free(closing);
	if (closings && closings->count-- == CLOSINGS_MAX)
		closings->on_room(closings->userdata);
}

/* A closing still waiting for a worker when the process exits is done by the kernel. */
static void closing_start(struct closing *closing, struct closings *closings, int fd,
			  struct account *account)
{
	closing->work.run = closing_run;
	closing->work.done = closing_done;
	closing->work.lane = closings->lane;
	closing->fd = fd;
	closing->account = account;
	closing->closings = closings;
	cds_list_add(&closing->in_closings, &closings->all);
	if (++closings->count == CLOSINGS_MAX)
		closings->on_room(closings->userdata);
	pool_submit(closings->pool, &closing->work);
}

void closings_close(struct closings *closings, int fd, struct account *account, bool is_root)
{
	struct closing *closing = NULL;

	if (!is_root && (closings->pool || closings->ending) && !socket_closes_at_once(fd)) {
		if (closings->ending)
			return;
		closing = calloc(1, sizeof(*closing));
	}
	if (closing) {
		closing_start(closing, closings, fd, account);
		return;
	}
	close(fd);
	if (account)
		account_close(account);
}
