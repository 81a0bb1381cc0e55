/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/pool.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hash.h"

/*
 * Two halves. The pool is the loop's alone: lanes by number, deadlines, one timer. The crew is what
 * workers share with it, under one mutex that is held for some instructions only; it outlives the
 * pool while workers hang.
 *
 * A lane is on its class's list of open lanes when it has work that may start now. A worker takes
 * the first open lane of the first class that has a place, one piece of work from it, and puts the
 * lane after all others if it is still open: lanes share threads evenly.
 *
 * Work takes a place while it runs. Of POOL_THREADS places, each class has some that are kept for
 * it, the others go to the first who comes. Work that hangs gives its place back and is only
 * counted: each class has a limit on what may run and hang in it. So neither work that hangs nor a
 * burst of work ever keeps another class from starting.
 *
 * The tick is the loop's look at the crew, only while work is underway. It is what brings more
 * threads when a batch is not done by then, what finds hanging work, and the latest moment for
 * answers that a worker holds back because it expects to bring more of them at once.
 */
enum {
	TICK_USEC = 4000, /* doubles while nothing moves */
	TICK_MAX_USEC = 64000,
	HANGING_USEC = 250000,
	TRIM_USEC = 10000000,

	LANE_RUNNERS_FIRST = 2, /* one more for each answer, as long as the lane is busy */
	LANE_RUNNERS_MAX = 6,
	LANE_RUNNERS_HANGING = 2,
	/* in a class: a lane that hangs keeps one thread, and work is asked to be sparing */
	HANGING_MANY = 8,
	THREADS_IDLE = 2, /* kept for good */

	STACK_SIZE = 1024 * 1024, /* address space: what is not touched costs nothing */
	TIMEOUT_CLASSES = 64,
};

/* In the order in which they are served. POOL_THREADS_MAX is the sum of their limits. */
static const struct class_rule {
	enum pool_class class;
	unsigned kept; /* places */
	unsigned most; /* running and hanging */
} class_rules[] = {
	{ POOL_MESSAGES, 2, 8 }, { POOL_HOUSE, 2, 16 },	    { POOL_TABLES, 1, 48 },
	{ POOL_CHECKS, 1, 24 },	 { POOL_QUESTIONS, 1, 16 },
};

enum work_state { WAITING, TAKEN, EXPIRED };

struct class
{
	const struct class_rule *rule;
	struct cds_list_head open_lanes;
	unsigned running; /* with those that hang */
	unsigned hanging;
};

struct lane {
	/* the loop's */
	struct mp_hash_node by_number;
	struct cds_list_head in_lanes;
	uint64_t number;
	unsigned works; /* submitted and not done; the lane lives as long */
	enum pool_class class;

	/* from the loop to workers */
	struct __cds_wfcq_head head;
	struct cds_wfcq_tail tail;

	/* under the crew's mutex */
	struct cds_list_head in_open;
	struct cds_list_head in_hanging;
	unsigned running;
	unsigned hanging;
	unsigned runners_max;
	bool exclusive; /* what runs is alone */
};

struct worker {
	pthread_t thread;
	struct crew *crew;
	bool exists;
	bool is_idle;
	struct work *work; /* running */
	struct lane *lane;
	bool is_hanging;
	unsigned turn; /* counts work */

	/* the tick's */
	unsigned seen_turn;
	uint64_t seen_usec; /* first seen in that turn */
};

struct crew {
	pthread_mutex_t mutex;
	sem_t wake; /* one token for each worker that stops being idle */
	int answered_fd;

	/* from workers to the loop */
	struct __cds_wfcq_head head __attribute__((aligned(64)));
	struct cds_wfcq_tail tail __attribute__((aligned(64)));
	int unannounced; /* answers that the loop was not woken for */

	/* under the mutex */
	struct class classes[POOL_CLASSES] __attribute__((aligned(64)));
	struct cds_list_head hanging_lanes;
	unsigned references; /* threads, and the pool */
	unsigned threads;
	unsigned idle;
	unsigned least_idle; /* since the last trim */
	unsigned leaving; /* that many shall end */
	unsigned running;
	unsigned hanging;
	uint64_t taken; /* from lanes, ever */
	bool is_slow; /* calls take longer than a tick: answers are brought one by one */
	bool is_over; /* nothing starts any more */
	bool is_left; /* the pool is gone, and its lanes */
	struct worker workers[POOL_THREADS_MAX];
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
	uint64_t submitted; /* ever */
	unsigned underway; /* submitted and not done */
	bool is_over;
	struct mp_hash lanes_by_number;
	struct cds_list_head lanes;
	struct lane fallback; /* used by all when there is no memory for more lanes */
	/* By the timeout's magnitude: equal timeouts meet in one list, whose end is their place. */
	struct cds_list_head deadlines[TIMEOUT_CLASSES];
};

/* ThreadSanitizer does not see that liburcu's queues hand over what they carry. */
#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define HAND_OVER(work) __tsan_release(work)
#define TAKE_OVER(work) __tsan_acquire(work)
#else
#define HAND_OVER(work) ((void)(work))
#define TAKE_OVER(work) ((void)(work))
#endif

/* ---- the crew: all of it is called with the mutex held, unless it says otherwise ---- */

static unsigned crew_threads_max(const struct crew *crew)
{
	unsigned max = crew->hanging + POOL_THREADS;

	return max < POOL_THREADS_MAX ? max : POOL_THREADS_MAX;
}

/* Places that are neither taken nor kept for another class. */
static unsigned crew_free_places(const struct crew *crew)
{
	unsigned taken = 0;

	for (size_t i = 0; i < POOL_CLASSES; i++) {
		const struct class *class = &crew->classes[i];
		unsigned active = class->running - class->hanging;

		taken += active > class->rule->kept ? active : class->rule->kept;
	}
	return taken < POOL_THREADS ? POOL_THREADS - taken : 0;
}

/* Pieces of its work that may start now, as far as it has that many. */
static unsigned class_room(const struct crew *crew, const struct class *class)
{
	unsigned active = class->running - class->hanging;
	unsigned room = class->rule->most - class->running, places = crew_free_places(crew);

	if (active < class->rule->kept)
		places += class->rule->kept - active;
	return room < places ? room : places;
}

/* The first class with an open lane and a place, NULL if there is none. */
static struct class *crew_open_class(struct crew *crew)
{
	for (size_t i = 0; i < POOL_CLASSES; i++) {
		struct class *class = &crew->classes[class_rules[i].class];

		if (!cds_list_empty(&class->open_lanes) && class_room(crew, class) > 0)
			return class;
	}
	return NULL;
}

static bool lane_is_open(const struct crew *crew, struct lane *lane)
{
	struct cds_wfcq_node *node = __cds_wfcq_first_blocking(&lane->head, &lane->tail);
	unsigned max = lane->runners_max;
	struct work *first;

	if (!node || lane->exclusive)
		return false;
	first = caa_container_of(node, struct work, node);
	TAKE_OVER(first);
	if (first->exclusive)
		return lane->running == 0;
	if (lane->hanging)
		max = crew->classes[lane->class].hanging >= HANGING_MANY ? 1 : LANE_RUNNERS_HANGING;
	return lane->running < max;
}

static void crew_review_lane(struct crew *crew, struct lane *lane)
{
	if (cds_list_empty(&lane->in_open) && lane_is_open(crew, lane))
		cds_list_add_tail(&lane->in_open, &crew->classes[lane->class].open_lanes);
}

static struct work *crew_take(struct crew *crew, struct worker *worker)
{
	struct class *class = crew_open_class(crew);
	struct cds_wfcq_node *node;
	struct lane *lane;
	struct work *work;
	int waiting = WAITING;

	if (!class)
		return NULL;

	lane = cds_list_first_entry(&class->open_lanes, struct lane, in_open);
	cds_list_del_init(&lane->in_open);
	node = __cds_wfcq_dequeue_blocking(&lane->head, &lane->tail);
	work = caa_container_of(node, struct work, node);
	TAKE_OVER(work);

	/* Against the loop's expiry of it. */
	work->skipped = !__atomic_compare_exchange_n(&work->state, &waiting, TAKEN, false,
						     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	work->sparing = class->hanging >= HANGING_MANY;
	lane->running++;
	lane->exclusive = work->exclusive;
	crew_review_lane(crew, lane);

	crew->taken++;
	crew->running++;
	class->running++;
	worker->work = work;
	worker->lane = lane;
	worker->turn++;
	return work;
}

static void crew_mark_hanging(struct crew *crew, struct worker *worker)
{
	worker->is_hanging = true;
	crew->hanging++;
	crew->classes[worker->lane->class].hanging++;
	if (worker->lane->hanging++ == 0)
		cds_list_add(&worker->lane->in_hanging, &crew->hanging_lanes);
	/* It may have been open for more than it may have now. */
	if (!lane_is_open(crew, worker->lane))
		cds_list_del_init(&worker->lane->in_open);
}

static void crew_clear_hanging(struct crew *crew, struct worker *worker)
{
	struct lane *lane;

	worker->is_hanging = false;
	crew->hanging--;
	crew->classes[worker->lane->class].hanging--;
	worker->lane->runners_max = LANE_RUNNERS_FIRST;
	if (--worker->lane->hanging == 0)
		cds_list_del_init(&worker->lane->in_hanging);
	cds_list_for_each_entry(lane, &crew->hanging_lanes, in_hanging)
		crew_review_lane(crew, lane);
}

static void crew_finish(struct crew *crew, struct worker *worker)
{
	struct work *work = worker->work;
	struct lane *lane = worker->lane;

	crew->running--;
	crew->classes[lane->class].running--;
	lane->running--;
	lane->exclusive = false;
	if (worker->is_hanging)
		crew_clear_hanging(crew, worker);
	else if (lane->runners_max < LANE_RUNNERS_MAX)
		lane->runners_max++;
	crew_review_lane(crew, lane);
	worker->work = NULL;
	worker->lane = NULL;

	/* From here on the loop may free the lane and the work. */
	cds_wfcq_node_init(&work->node);
	HAND_OVER(work);
	if (!cds_wfcq_enqueue(&crew->head, &crew->tail, &work->node))
		__atomic_store_n(&crew->unannounced, 1, __ATOMIC_RELEASE);
}

static void *worker_main(void *userdata);

static bool crew_start_thread(struct crew *crew)
{
	struct worker *worker = crew->workers;
	pthread_attr_t attr;
	sigset_t all;
	int r;

	if (crew->threads >= crew_threads_max(crew))
		return false;
	while (worker->exists)
		worker++;

	sigfillset(&all);
	if (pthread_attr_init(&attr) != 0)
		return false;
	pthread_attr_setstacksize(&attr, pool_stack_size());
	pthread_attr_setsigmask_np(&attr, &all);
	*worker = (struct worker){ .crew = crew, .exists = true };
	r = pthread_create(&worker->thread, &attr, worker_main, worker);
	pthread_attr_destroy(&attr);
	if (r != 0) {
		worker->exists = false; /* the next tick tries again */
		return false;
	}
	crew->threads++;
	crew->references++;
	return true;
}

/*
 * One more worker to look at the open lanes; an idle one is to be woken with @wakes once the mutex
 * is free.
 */
static bool crew_call(struct crew *crew, unsigned *wakes)
{
	if (crew->idle == 0)
		return crew_start_thread(crew);
	crew->idle--;
	if (crew->least_idle > crew->idle)
		crew->least_idle = crew->idle;
	++*wakes;
	return true;
}

/* Without the mutex: who wakes up wants it first of all. */
static void crew_wake(struct crew *crew, unsigned wakes)
{
	while (wakes-- > 0)
		sem_post(&crew->wake);
}

/* Without the mutex. */
static void crew_free(struct crew *crew)
{
	pthread_mutex_destroy(&crew->mutex);
	sem_destroy(&crew->wake);
	close(crew->answered_fd);
	free(crew);
}

/* Unlocks. */
static void crew_unref(struct crew *crew)
{
	bool last = --crew->references == 0;

	pthread_mutex_unlock(&crew->mutex);
	if (last)
		crew_free(crew);
}

/* With or without the mutex. */
static void crew_announce(struct crew *crew)
{
	if (__atomic_exchange_n(&crew->unannounced, 0, __ATOMIC_ACQ_REL))
		eventfd_write(crew->answered_fd, 1);
}

static bool worker_shall_leave(struct crew *crew)
{
	if (crew->leaving == 0)
		return crew->threads > crew_threads_max(crew);
	crew->leaving--;
	return true;
}

/* A worker stays until there are too many, or until the pool is freed. */
static void *worker_main(void *userdata)
{
	struct worker *worker = userdata;
	struct crew *crew = worker->crew;
	struct work *work;
	bool announce, leave = false;
	unsigned wakes;

	pthread_setname_np(pthread_self(), "multipathd/pool");
	rcu_register_thread();
	pthread_mutex_lock(&crew->mutex);
	while (!crew->is_over) {
		wakes = 0;
		work = crew_take(crew, worker);
		if (!work) {
			leave = worker_shall_leave(crew);
			worker->is_idle = !leave;
			crew->idle += !leave;
		} else if (crew->is_slow && crew_open_class(crew)) {
			crew_call(crew, &wakes);
		}
		announce = !work || crew->is_slow;
		pthread_mutex_unlock(&crew->mutex);
		crew_wake(crew, wakes);

		if (announce)
			crew_announce(crew);

		if (work) {
			if (!work->skipped)
				work->run(work);
		} else if (!leave) {
			while (sem_wait(&crew->wake) < 0)
				;
		}

		pthread_mutex_lock(&crew->mutex);
		if (leave)
			break;
		worker->is_idle = false;
		if (work && !crew->is_left)
			crew_finish(crew, worker);
	}
	crew_announce(crew);
	/* Nobody joins a thread that leaves on its own or was left behind. */
	if (worker->exists) {
		worker->exists = false;
		pthread_detach(worker->thread);
	}
	crew->threads--;
	rcu_unregister_thread();
	crew_unref(crew);
	return NULL;
}

static int crew_new(struct crew **ret)
{
	struct crew *crew = aligned_alloc(64, (sizeof(*crew) + 63) / 64 * 64);

	if (!crew)
		return -ENOMEM;
	memset(crew, 0, sizeof(*crew));
	crew->answered_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (crew->answered_fd < 0) {
		free(crew);
		return -errno;
	}
	pthread_mutex_init(&crew->mutex, NULL);
	sem_init(&crew->wake, 0, 0);
	__cds_wfcq_init(&crew->head, &crew->tail);
	for (size_t i = 0; i < POOL_CLASSES; i++) {
		struct class *class = &crew->classes[class_rules[i].class];

		class->rule = &class_rules[i];
		CDS_INIT_LIST_HEAD(&class->open_lanes);
	}
	CDS_INIT_LIST_HEAD(&crew->hanging_lanes);
	crew->references = 1;
	*ret = crew;
	return 0;
}

/* ---- the pool: the loop's thread only ---- */

static void lane_init(struct lane *lane, uint64_t number)
{
	*lane = (struct lane){
		.number = number,
		.class = number < POOL_NAMED_LANES ? POOL_HOUSE :
						     (enum pool_class)(number >> POOL_CLASS_SHIFT),
		.runners_max = LANE_RUNNERS_FIRST,
	};
	__cds_wfcq_init(&lane->head, &lane->tail);
	CDS_INIT_LIST_HEAD(&lane->in_open);
	CDS_INIT_LIST_HEAD(&lane->in_hanging);
}

static bool lane_match(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct lane, by_number)->number == *(const uint64_t *)key;
}

static struct lane *pool_lane(struct pool *pool, uint64_t number)
{
	uint64_t hash = mp_hash_number(number);
	struct mp_hash_node *node = mp_hash_find(&pool->lanes_by_number, hash, lane_match, &number);
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

/* One question a turn of the loop: not every machine answers it without a system call. */
static uint64_t pool_now(struct pool *pool)
{
	struct timespec now;

	if (pool->now_usec == 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		pool->now_usec = (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	}
	return pool->now_usec;
}

static void pool_add_deadline(struct pool *pool, struct work *work)
{
	struct cds_list_head *list, *before;

	CDS_INIT_LIST_HEAD(&work->in_deadlines);
	if (work->timeout_usec == 0)
		return;
	work->deadline_usec = pool_now(pool) + work->timeout_usec;
	list = &pool->deadlines[63 - __builtin_clzll(work->timeout_usec)];
	before = list->prev;
	while (before != list &&
	       caa_container_of(before, struct work, in_deadlines)->deadline_usec >
		       work->deadline_usec)
		before = before->prev;
	cds_list_add(&work->in_deadlines, before);
}

/* 0: none */
static uint64_t pool_first_deadline(struct pool *pool)
{
	uint64_t first = 0, deadline;

	for (size_t i = 0; i < TIMEOUT_CLASSES; i++) {
		if (cds_list_empty(&pool->deadlines[i]))
			continue;
		deadline = cds_list_first_entry(&pool->deadlines[i], struct work, in_deadlines)
				   ->deadline_usec;
		if (first == 0 || deadline < first)
			first = deadline;
	}
	return first;
}

static void pool_expire(struct pool *pool, uint64_t now_usec)
{
	int waiting;

	for (size_t i = 0; i < TIMEOUT_CLASSES; i++) {
		while (!cds_list_empty(&pool->deadlines[i])) {
			struct work *work = cds_list_first_entry(&pool->deadlines[i], struct work,
								 in_deadlines);

			if (work->deadline_usec > now_usec)
				break;
			cds_list_del_init(&work->in_deadlines);
			waiting = WAITING;
			__atomic_compare_exchange_n(&work->state, &waiting, EXPIRED, false,
						    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
			if (work->expired)
				work->expired(work);
		}
	}
}

static void pool_done(struct pool *pool, struct work *work)
{
	struct lane *lane = work->in_lane;

	pool->underway--;
	cds_list_del_init(&work->in_deadlines);
	if (--lane->works == 0)
		pool_drop_lane(pool, lane);
	work->done(work);
}

static bool pool_collect(struct pool *pool)
{
	struct __cds_wfcq_head head;
	struct cds_wfcq_tail tail;
	struct cds_wfcq_node *node;
	bool any = false;

	__cds_wfcq_init(&head, &tail);
	__cds_wfcq_splice_blocking(&head, &tail, &pool->crew->head, &pool->crew->tail);
	while ((node = __cds_wfcq_dequeue_blocking(&head, &tail))) {
		struct work *work = caa_container_of(node, struct work, node);

		TAKE_OVER(work);
		pool_done(pool, work);
		any = true;
	}
	return any;
}

static bool worker_look(struct crew *crew, struct worker *worker, uint64_t now_usec)
{
	if (!worker->exists || !worker->work || worker->is_hanging)
		return false;
	if (worker->seen_turn != worker->turn) {
		worker->seen_turn = worker->turn;
		worker->seen_usec = now_usec;
		return false;
	}
	if (now_usec - worker->seen_usec >= HANGING_USEC)
		crew_mark_hanging(crew, worker);
	return true;
}

/* Workers that the class could use at once. */
static unsigned class_wants(const struct crew *crew, const struct class *class)
{
	unsigned room = class_room(crew, class), wanted = 0;
	struct cds_list_head *open;

	cds_list_for_each(open, &class->open_lanes)
	{
		if (wanted == room)
			break;
		wanted++;
	}
	return wanted;
}

/* The loop's look at the crew; returns whether something moved. */
static bool pool_look(struct pool *pool, uint64_t now_usec)
{
	struct crew *crew = pool->crew;
	unsigned wanted = 0, wakes = 0;
	bool moved = false;

	pthread_mutex_lock(&crew->mutex);
	for (size_t i = 0; i < POOL_THREADS_MAX; i++) {
		if (worker_look(crew, &crew->workers[i], now_usec))
			crew->is_slow = true;
	}
	for (size_t i = 0; i < POOL_CLASSES; i++)
		wanted += class_wants(crew, &crew->classes[i]);
	while (wanted-- > 0 && crew_call(crew, &wakes))
		moved = true;
	pthread_mutex_unlock(&crew->mutex);
	crew_wake(crew, wakes);
	return moved;
}

/* Threads that were not needed for a while end. */
static void pool_trim(struct pool *pool)
{
	struct crew *crew = pool->crew;
	unsigned least, wakes = 0;

	if (pool_now(pool) < pool->trim_usec)
		return;
	pool->trim_usec = pool_now(pool) + TRIM_USEC;

	pthread_mutex_lock(&crew->mutex);
	for (least = crew->least_idle; least > THREADS_IDLE; least--)
		wakes++;
	crew->leaving += wakes;
	crew->idle -= wakes;
	crew->least_idle = crew->idle;
	pthread_mutex_unlock(&crew->mutex);
	crew_wake(crew, wakes);
}

/* Calls a worker if one is needed. Return: whether the crew needs another look. */
static bool pool_drive(struct pool *pool)
{
	struct crew *crew = pool->crew;
	bool is_waiting, is_busy;
	unsigned wakes = 0;

	if (pool->underway == 0 && pool->tick_usec == 0)
		return false;
	pthread_mutex_lock(&crew->mutex);
	is_waiting = crew_open_class(crew);
	is_busy = crew->threads > crew->idle + crew->hanging;
	if (is_waiting && (!is_busy || crew->is_slow))
		crew_call(crew, &wakes);
	if (!is_waiting && !is_busy)
		crew->is_slow = false;
	pthread_mutex_unlock(&crew->mutex);
	crew_wake(crew, wakes);
	return is_waiting || is_busy;
}

static int pool_arm(struct pool *pool)
{
	uint64_t next = pool_first_deadline(pool);
	int r;

	if (pool->tick_usec && (next == 0 || pool->tick_usec < next))
		next = pool->tick_usec;
	if (next == pool->armed_usec)
		return 0;
	pool->armed_usec = next;
	if (next == 0)
		return sd_event_source_set_enabled(pool->timer, SD_EVENT_OFF);
	r = sd_event_source_set_time(pool->timer, next);
	return r < 0 ? r : sd_event_source_set_enabled(pool->timer, SD_EVENT_ONESHOT);
}

/* Before the loop sleeps: what was submitted in this turn is a batch. */
static int pool_on_prepare(sd_event_source *source, void *userdata)
{
	struct pool *pool = userdata;

	(void)source;
	if (!pool_drive(pool)) {
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

	(void)source;
	(void)fd;
	(void)revents;
	pool_collect(pool);
	if (pool->underway == 0)
		pool_trim(pool);
	return 0;
}

static int pool_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct pool *pool = userdata;
	uint64_t now = pool_now(pool);
	bool moved;

	(void)source;
	(void)usec;
	pool->armed_usec = 0;
	moved = pool_collect(pool);
	pool_expire(pool, now);
	if (pool->tick_usec && pool->tick_usec <= now) {
		moved |= pool_look(pool, now);
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
	for (size_t i = 0; i < TIMEOUT_CLASSES; i++)
		CDS_INIT_LIST_HEAD(&pool->deadlines[i]);
	CDS_INIT_LIST_HEAD(&pool->lanes);
	lane_init(&pool->fallback, 0);

	r = mp_hash_init(&pool->lanes_by_number);
	if (r == 0)
		r = crew_new(&pool->crew);
	/* By edge: its count is never read. */
	if (r == 0)
		r = sd_event_add_io(event, &pool->answered, pool->crew->answered_fd,
				    EPOLLIN | EPOLLET, pool_on_answered, pool);
	if (r >= 0)
		r = sd_event_source_set_prepare(pool->answered, pool_on_prepare);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(pool->answered, true);
	if (r >= 0)
		r = sd_event_add_time(event, &pool->timer, CLOCK_MONOTONIC, 0, 1000, pool_on_timer,
				      pool);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(pool->timer, true);
	if (r >= 0)
		r = sd_event_source_set_enabled(pool->timer, SD_EVENT_OFF);
	if (r < 0) {
		pool_free(pool);
		return r;
	}
	*ret = pool;
	return 0;
}

/* Idle workers end now, the others when their work returns. */
static void pool_dismiss(struct pool *pool)
{
	struct crew *crew = pool->crew;
	pthread_t idle[POOL_THREADS_MAX];
	size_t count = 0;
	unsigned wakes;

	pthread_mutex_lock(&crew->mutex);
	crew->is_over = true;
	for (size_t i = 0; i < POOL_THREADS_MAX; i++) {
		struct worker *worker = &crew->workers[i];

		if (!worker->exists || !worker->is_idle)
			continue;
		worker->exists = false;
		idle[count++] = worker->thread;
	}
	wakes = crew->idle;
	crew->idle = 0;
	pthread_mutex_unlock(&crew->mutex);
	crew_wake(crew, wakes);

	for (size_t i = 0; i < count; i++)
		pthread_join(idle[i], NULL);
}

/* What does not hang gets a moment: a map is not left suspended because of it. */
static void pool_take_leave(struct pool *pool)
{
	struct crew *crew = pool->crew;
	struct pollfd answered = { .fd = crew->answered_fd, .events = POLLIN };
	uint64_t end_usec, answers;

	pool->now_usec = 0;
	end_usec = pool_now(pool) + HANGING_USEC;
	while (!crew->is_left) {
		eventfd_read(crew->answered_fd, &answers);
		pool->now_usec = 0;
		pthread_mutex_lock(&crew->mutex);
		crew->is_left = crew->running == crew->hanging || pool_now(pool) >= end_usec;
		pthread_mutex_unlock(&crew->mutex);
		if (!crew->is_left)
			poll(&answered, 1, (end_usec - pool->now_usec) / 1000 + 1);
	}
}

/* Answers that are ready come back, and what waits as skipped. */
static void pool_return_work(struct pool *pool)
{
	struct crew *crew = pool->crew;
	struct cds_wfcq_node *node;
	struct __cds_wfcq_head head;
	struct cds_wfcq_tail tail;
	struct lane *lane;

	__cds_wfcq_init(&head, &tail);
	__cds_wfcq_splice_blocking(&head, &tail, &crew->head, &crew->tail);
	__cds_wfcq_splice_blocking(&head, &tail, &pool->fallback.head, &pool->fallback.tail);
	cds_list_for_each_entry(lane, &pool->lanes, in_lanes)
		__cds_wfcq_splice_blocking(&head, &tail, &lane->head, &lane->tail);

	while ((node = __cds_wfcq_dequeue_blocking(&head, &tail))) {
		struct work *work = caa_container_of(node, struct work, node);

		TAKE_OVER(work);
		if (work->state != TAKEN)
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
		pool_dismiss(pool);
		pool_take_leave(pool);
		pool_return_work(pool);
		pthread_mutex_lock(&pool->crew->mutex);
		crew_unref(pool->crew);
	}
	cds_list_for_each_entry_safe(lane, next, &pool->lanes, in_lanes)
		pool_drop_lane(pool, lane);
	mp_hash_fini(&pool->lanes_by_number);
	free(pool);
	return NULL;
}

void pool_submit(struct pool *pool, struct work *work)
{
	struct crew *crew = pool->crew;
	struct lane *lane;

	if (pool->is_over)
		return;
	work->skipped = false;
	work->state = WAITING;
	pool_add_deadline(pool, work);
	lane = pool_lane(pool, work->lane);
	lane->works++;
	work->in_lane = lane;
	pool->submitted++;
	pool->underway++;

	cds_wfcq_node_init(&work->node);
	HAND_OVER(work);
	/* Whoever takes the last piece but one reviews the lane; the first one is up to us. */
	if (cds_wfcq_enqueue(&lane->head, &lane->tail, &work->node))
		return;
	pthread_mutex_lock(&crew->mutex);
	crew_review_lane(crew, lane);
	pthread_mutex_unlock(&crew->mutex);
}

bool pool_has_begun(const struct work *work)
{
	return __atomic_load_n(&work->state, __ATOMIC_RELAXED) == TAKEN;
}

bool pool_lacks_places(const struct pool *pool, const struct work *work)
{
	bool lacks;

	pthread_mutex_lock(&pool->crew->mutex);
	lacks = __atomic_load_n(&work->state, __ATOMIC_RELAXED) != TAKEN &&
		!cds_list_empty(&work->in_lane->in_open);
	pthread_mutex_unlock(&pool->crew->mutex);
	return lacks;
}

bool pool_awaits_turn(const struct pool *pool, const struct work *work)
{
	const struct lane *lane = work->in_lane;
	bool awaits;

	pthread_mutex_lock(&pool->crew->mutex);
	awaits = !pool_has_begun(work) && !pool->crew->classes[lane->class].hanging;
	pthread_mutex_unlock(&pool->crew->mutex);
	return awaits;
}

uint64_t pool_cpu_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

size_t pool_stack_size(void)
{
	/* What the thread library puts there itself, thread-local data with it, comes on top. */
	return STACK_SIZE + (size_t)PTHREAD_STACK_MIN;
}

void pool_get_stats(const struct pool *pool, struct pool_stats *ret)
{
	struct crew *crew = pool->crew;

	pthread_mutex_lock(&crew->mutex);
	*ret = (struct pool_stats){
		.threads = crew->threads,
		.running = crew->running,
		.waiting = pool->submitted - crew->taken,
		.hanging = crew->hanging,
	};
	pthread_mutex_unlock(&crew->mutex);
}

bool pool_is_idle(const struct pool *pool)
{
	return pool->underway == 0;
}
