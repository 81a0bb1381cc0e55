/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/pool.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/hash.h"
#include "multipathd/loop/crew.h"
#include "multipathd/loop/deadlines.h"
#include "multipathd/loop/lane.h"
#include "multipathd/loop/slices.h"
#include "multipathd/loop/timers.h"
#include "multipathd/loop/works.h"

/*
 * The tick is the loop's look at the crew, only while work is underway. It adds
 * threads when a batch is not done by then, finds hanging work, and is the latest moment for
 * answers that a worker holds back to deliver several at once.
 */
enum {
	TICK_USEC = 4000, /* doubles while nothing moves */
	TICK_MAX_USEC = 64000,
	TRIM_USEC = 10000000,
};

struct pool {
	struct crew *crew;
	sd_event_source *answered;
	sd_event_source *timer;
	uint64_t armed_usec; /* 0: the timer is off */
	uint64_t tick_usec; /* next look; 0: none */
	uint64_t tick_interval_usec;
	uint64_t trim_usec;
	uint64_t now_usec; /* of this turn of the loop; 0: not yet asked for */
	unsigned underway; /* submitted and not done */
	struct works collected; /* answers that have not had their turn */
	bool is_over;
	struct mp_hash lanes_by_number;
	struct cds_list_head lanes;
	struct lane fallback; /* used by all when there is no memory for more lanes */
	struct deadlines deadlines;
};

static bool pool_match_lane(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct lane, by_number)->number == *(const uint64_t *)key;
}

static struct lane *pool_lane(struct pool *pool, uint64_t number)
{
	uint64_t hash = mp_hash_number(number);
	struct mp_hash_node *node =
		mp_hash_find(&pool->lanes_by_number, hash, pool_match_lane, &number);
	struct lane *lane;

	if (node)
		return caa_container_of(node, struct lane, by_number);
	lane = malloc(sizeof(*lane));
	if (!lane)
		return &pool->fallback;
	lane_init(lane, number);
	mp_hash_add(&pool->lanes_by_number, &lane->by_number, hash);
	cds_list_add(&lane->in_lanes, &pool->lanes);
	return lane;
}

static void pool_drop_lane(struct pool *pool, struct lane *lane)
{
	if (lane == &pool->fallback)
		return;
	mp_hash_remove(&pool->lanes_by_number, &lane->by_number);
	cds_list_del(&lane->in_lanes);
	free(lane);
}

/* Read once a turn of the loop: on some machines it takes a system call. */
static uint64_t pool_now(struct pool *pool)
{
	if (pool->now_usec == 0)
		pool->now_usec = timers_now_usec();
	return pool->now_usec;
}

static void pool_expire(struct pool *pool, uint64_t now_usec)
{
	struct work *work;

	while ((work = deadlines_take(&pool->deadlines, now_usec))) {
		int waiting = WORK_WAITING;

		__atomic_compare_exchange_n(&work->state, &waiting, WORK_EXPIRED, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
		if (work->expired)
			work->expired(work);
	}
}

static void pool_done(struct pool *pool, struct work *work)
{
	struct lane *lane = work->in_lane;

	pool->underway--;
	deadlines_remove(work);
	if (--lane->count == 0)
		pool_drop_lane(pool, lane);
	work->done(work);
}

/* As many answers as a slice has room for. Return: true if there was one. */
static bool pool_collect(struct pool *pool, bool *ret_more)
{
	struct slice slice = slice_begin();
	struct work *work;
	bool any = false;

	crew_collect(pool->crew, &pool->collected);
	while ((work = works_take(&pool->collected))) {
		pool_done(pool, work);
		any = true;
		if (slice_is_over(&slice))
			break;
	}
	*ret_more = works_first(&pool->collected);
	/* Edge-triggered: the others are announced again. */
	if (*ret_more)
		eventfd_write(crew_answered_fd(pool->crew), 1);
	return any;
}

/* Ends threads that were not needed for a while. */
static void pool_trim(struct pool *pool)
{
	if (pool_now(pool) < pool->trim_usec)
		return;
	pool->trim_usec = pool_now(pool) + TRIM_USEC;
	crew_trim(pool->crew);
}

static int pool_arm(struct pool *pool)
{
	uint64_t next = deadlines_first(&pool->deadlines);

	if (pool->tick_usec && (next == 0 || pool->tick_usec < next))
		next = pool->tick_usec;
	if (next == pool->armed_usec)
		return 0;
	pool->armed_usec = next;
	return timers_arm(pool->timer, next);
}

/* Before the loop sleeps: what was submitted in this turn is a batch. */
static int pool_on_prepare(sd_event_source *source, void *userdata)
{
	struct pool *pool = userdata;
	bool needs_look = (pool->underway > 0 || pool->tick_usec > 0) && crew_drive(pool->crew);

	(void)source;
	if (!needs_look) {
		pool->tick_usec = 0;
	} else if (pool->tick_usec == 0) {
		pool->tick_interval_usec = TICK_USEC;
		pool->tick_usec = pool_now(pool) + TICK_USEC;
	}
	pool->now_usec = 0;
	return pool_arm(pool);
}

static int pool_on_answered(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct pool *pool = userdata;
	bool more;

	(void)source;
	(void)fd;
	(void)revents;
	pool_collect(pool, &more);
	if (pool->underway == 0)
		pool_trim(pool);
	return 0;
}

static int pool_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct pool *pool = userdata;
	uint64_t now = pool_now(pool);
	bool moved, more;

	(void)source;
	(void)usec;
	pool->armed_usec = 0;
	moved = pool_collect(pool, &more);
	if (more)
		return 0; /* answered work is not late: look again in the next turn */
	pool_expire(pool, now);
	if (pool->tick_usec && pool->tick_usec <= now) {
		moved |= crew_look(pool->crew, now);
		if (moved)
			pool->tick_interval_usec = TICK_USEC;
		else if (pool->tick_interval_usec < TICK_MAX_USEC)
			pool->tick_interval_usec *= 2;
		pool->tick_usec = now + pool->tick_interval_usec;
	}
	return 0;
}

int pool_new(sd_event *event, struct pool **ret)
{
	struct pool *pool = calloc(1, sizeof(*pool));
	int r;

	if (!pool)
		return -ENOMEM;
	deadlines_init(&pool->deadlines);
	CDS_INIT_LIST_HEAD(&pool->lanes);
	lane_init(&pool->fallback, 0);
	works_init(&pool->collected);

	r = mp_hash_init(&pool->lanes_by_number);
	if (r == 0)
		r = crew_new(&pool->crew);
	if (r == 0)
		r = sd_event_add_io(event, &pool->answered, crew_answered_fd(pool->crew),
				    EPOLLIN | EPOLLET, pool_on_answered, pool);
	if (r >= 0)
		r = sd_event_source_set_prepare(pool->answered, pool_on_prepare);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(pool->answered, true);
	if (r >= 0)
		r = timers_add(event, &pool->timer, 1000, pool_on_timer, pool);
	if (r < 0) {
		pool_free(pool);
		return r;
	}
	*ret = pool;
	return 0;
}

/* Returns answers that are ready, and waiting work as skipped. */
static void pool_return_work(struct pool *pool)
{
	struct works works;
	struct work *work;
	struct lane *lane;

	works_init(&works);
	works_move(&works, &pool->collected);
	crew_collect(pool->crew, &works);
	works_move(&works, &pool->fallback.works);
	cds_list_for_each_entry(lane, &pool->lanes, in_lanes)
		works_move(&works, &lane->works);

	while ((work = works_take(&works))) {
		if (!work_has_begun(work))
			work->skipped = true;
		pool_done(pool, work);
	}
}

struct pool *pool_free(struct pool *pool)
{
	struct lane *lane, *next;

	if (!pool)
		return NULL;
	pool->is_over = true;
	sd_event_source_disable_unref(pool->answered);
	sd_event_source_disable_unref(pool->timer);
	if (pool->crew) {
		crew_end(pool->crew);
		pool_return_work(pool);
		crew_leave(pool->crew);
	}
	cds_list_for_each_entry_safe(lane, next, &pool->lanes, in_lanes)
		pool_drop_lane(pool, lane);
	mp_hash_fini(&pool->lanes_by_number);
	free(pool);
	return NULL;
}

void pool_submit(struct pool *pool, struct work *work)
{
	struct lane *lane;

	if (pool->is_over)
		return;
	work->skipped = false;
	work->state = WORK_WAITING;
	deadlines_add(&pool->deadlines, work, work->timeout_usec ? pool_now(pool) : 0);
	lane = pool_lane(pool, work->lane);
	lane->count++;
	work->in_lane = lane;
	pool->underway++;
	/* A worker that takes the last piece but one reviews the lane; the first piece is up to us.
	 */
	if (works_add(&lane->works, work))
		crew_review(pool->crew, lane);
}

bool pool_has_begun(const struct work *work)
{
	return work_has_begun(work);
}

bool pool_lacks_places(const struct pool *pool, const struct work *work)
{
	return crew_lacks_places(pool->crew, work);
}

bool pool_awaits_turn(const struct pool *pool, const struct work *work)
{
	return crew_awaits_turn(pool->crew, work);
}

uint64_t pool_cpu_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

size_t pool_stack_size(void)
{
	return crew_stack_size();
}

bool pool_is_idle(const struct pool *pool)
{
	return pool->underway == 0;
}
