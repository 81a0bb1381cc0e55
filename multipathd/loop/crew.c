/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/crew.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "multipathd/loop/lane.h"
#include "multipathd/loop/places.h"
#include "multipathd/loop/timers.h"
#include "multipathd/loop/work.h"
#include "multipathd/loop/works.h"

enum {
	HANGING_USEC = 250000,
	THREADS_IDLE = 2, /* kept for good */
	STACK_SIZE = 1024 * 1024, /* address space: what is not touched costs nothing */
};

struct worker {
	pthread_t thread;
	struct crew *crew;
	bool exists;
	bool is_idle;
	struct work *work; /* running */
	struct lane *lane;
	bool is_hanging;
	unsigned work_number; /* counts work */

	/* the look's */
	unsigned seen_number;
	uint64_t seen_usec; /* first seen at that work */
};

struct crew {
	pthread_mutex_t mutex;
	sem_t wake; /* one token for each worker that stops being idle */
	int answered_fd;

	/* from workers to the loop */
	struct works answers __attribute__((aligned(64)));
	int unannounced; /* answers that the loop was not woken for */

	/* under the mutex */
	struct places places __attribute__((aligned(64)));
	struct cds_list_head open_lanes[WORK_CLASSES];
	struct cds_list_head hanging_lanes;
	unsigned references; /* threads, and the pool */
	unsigned threads;
	unsigned idle;
	unsigned least_idle; /* since the last trim */
	unsigned leaving; /* so many are to end */
	bool is_slow; /* calls take longer than a tick: answers are brought one by one */
	bool is_over; /* nothing starts any more */
	bool is_left; /* the pool is gone, and its lanes */
	struct worker workers[PLACES_THREADS_MAX];
};

/* ---- with the mutex held, unless it says otherwise ---- */

/* The first class with an open lane and a place. Return: its lanes; NULL: there is none. */
static struct cds_list_head *crew_find_open(struct crew *crew)
{
	for (unsigned i = 0; i < WORK_CLASSES; i++) {
		enum work_class class = places_served(i);

		if (!cds_list_empty(&crew->open_lanes[class]) &&
		    places_room(&crew->places, class) > 0)
			return &crew->open_lanes[class];
	}
	return NULL;
}

static bool crew_lane_is_open(struct crew *crew, struct lane *lane)
{
	return lane_is_open(lane, places_are_scarce(&crew->places, lane->class));
}

static void crew_review_lane(struct crew *crew, struct lane *lane)
{
	if (cds_list_empty(&lane->in_open) && crew_lane_is_open(crew, lane))
		cds_list_add_tail(&lane->in_open, &crew->open_lanes[lane->class]);
}

static struct work *crew_take(struct crew *crew, struct worker *worker)
{
	struct cds_list_head *open = crew_find_open(crew);
	struct lane *lane;
	struct work *work;
	int waiting = WORK_WAITING;

	if (!open)
		return NULL;

	lane = cds_list_first_entry(open, struct lane, in_open);
	cds_list_del_init(&lane->in_open);
	work = works_take(&lane->works);

	/* Races with its expiry by the loop. */
	work->skipped = !__atomic_compare_exchange_n(&work->state, &waiting, WORK_TAKEN, false,
						     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	work->sparing = places_are_scarce(&crew->places, lane->class);
	lane_begin(lane, work);
	crew_review_lane(crew, lane);
	places_take(&crew->places, lane->class);

	worker->work = work;
	worker->lane = lane;
	worker->work_number++;
	return work;
}

static void crew_mark_hanging(struct crew *crew, struct worker *worker)
{
	struct lane *lane = worker->lane;

	worker->is_hanging = true;
	places_hang(&crew->places, lane->class);
	if (lane->hanging++ == 0)
		cds_list_add(&lane->in_hanging, &crew->hanging_lanes);
	/* It may have been open for more than it may have now. */
	if (!crew_lane_is_open(crew, lane))
		cds_list_del_init(&lane->in_open);
}

/* Places may no longer be scarce. */
static void crew_review_hanging(struct crew *crew)
{
	struct lane *lane;

	cds_list_for_each_entry(lane, &crew->hanging_lanes, in_hanging)
		crew_review_lane(crew, lane);
}

static void crew_finish(struct crew *crew, struct worker *worker)
{
	bool has_hung = worker->is_hanging;
	struct work *work = worker->work;
	struct lane *lane = worker->lane;

	places_leave(&crew->places, lane->class, has_hung);
	lane_finish(lane, has_hung);
	if (has_hung && lane->hanging == 0)
		cds_list_del_init(&lane->in_hanging);
	if (has_hung)
		crew_review_hanging(crew);
	crew_review_lane(crew, lane);
	worker->is_hanging = false;
	worker->work = NULL;
	worker->lane = NULL;

	/* From here on the loop may free the lane and the work. */
	if (works_add(&crew->answers, work))
		__atomic_store_n(&crew->unannounced, 1, __ATOMIC_RELEASE);
}

static void *worker_main(void *userdata);

static bool crew_start_thread(struct crew *crew)
{
	struct worker *worker = crew->workers;
	pthread_attr_t attr;
	sigset_t all;
	int r;

	if (crew->threads >= places_threads_max(&crew->places))
		return false;
	while (worker->exists)
		worker++;

	sigfillset(&all);
	if (pthread_attr_init(&attr) != 0)
		return false;
	pthread_attr_setstacksize(&attr, crew_stack_size());
	pthread_attr_setsigmask_np(&attr, &all);
	*worker = (struct worker){ .crew = crew, .exists = true };
	r = pthread_create(&worker->thread, &attr, worker_main, worker);
	pthread_attr_destroy(&attr);
	if (r != 0) {
		worker->exists = false; /* the next look tries again */
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

/* Without the mutex: a woken worker takes it first. */
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

/* ---- a worker's thread ---- */

static bool worker_shall_leave(struct crew *crew)
{
	if (crew->leaving == 0)
		return crew->threads > places_threads_max(&crew->places);
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
		} else if (crew->is_slow && crew_find_open(crew)) {
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
	/* A thread that leaves on its own or was abandoned is never joined. */
	if (worker->exists) {
		worker->exists = false;
		pthread_detach(worker->thread);
	}
	crew->threads--;
	rcu_unregister_thread();
	crew_unref(crew);
	return NULL;
}

/* ---- the loop's calls ---- */

int crew_new(struct crew **ret)
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
	works_init(&crew->answers);
	for (size_t i = 0; i < WORK_CLASSES; i++)
		CDS_INIT_LIST_HEAD(&crew->open_lanes[i]);
	CDS_INIT_LIST_HEAD(&crew->hanging_lanes);
	crew->references = 1;
	*ret = crew;
	return 0;
}

int crew_answered_fd(const struct crew *crew)
{
	return crew->answered_fd;
}

void crew_collect(struct crew *crew, struct works *ret)
{
	works_move(ret, &crew->answers);
}

void crew_review(struct crew *crew, struct lane *lane)
{
	pthread_mutex_lock(&crew->mutex);
	crew_review_lane(crew, lane);
	pthread_mutex_unlock(&crew->mutex);
}

bool crew_drive(struct crew *crew)
{
	bool is_waiting, is_busy;
	unsigned wakes = 0;

	pthread_mutex_lock(&crew->mutex);
	is_waiting = crew_find_open(crew);
	is_busy = crew->threads > crew->idle + crew->places.hanging;
	if (is_waiting && (!is_busy || crew->is_slow))
		crew_call(crew, &wakes);
	if (!is_waiting && !is_busy)
		crew->is_slow = false;
	pthread_mutex_unlock(&crew->mutex);
	crew_wake(crew, wakes);
	return is_waiting || is_busy;
}

/* Return: true if it has run the same work since the last look. */
static bool worker_look(struct crew *crew, struct worker *worker, uint64_t now_usec)
{
	if (!worker->exists || !worker->work || worker->is_hanging)
		return false;
	if (worker->seen_number != worker->work_number) {
		worker->seen_number = worker->work_number;
		worker->seen_usec = now_usec;
		return false;
	}
	if (now_usec - worker->seen_usec >= HANGING_USEC)
		crew_mark_hanging(crew, worker);
	return true;
}

/* Workers that the class has work for now. */
static unsigned crew_wants(const struct crew *crew, enum work_class class)
{
	unsigned room = places_room(&crew->places, class), wanted = 0;
	struct cds_list_head *open;

	cds_list_for_each(open, &crew->open_lanes[class])
	{
		if (wanted == room)
			break;
		wanted++;
	}
	return wanted;
}

bool crew_look(struct crew *crew, uint64_t now_usec)
{
	unsigned wanted = 0, wakes = 0;
	bool called = false;

	pthread_mutex_lock(&crew->mutex);
	for (size_t i = 0; i < PLACES_THREADS_MAX; i++) {
		if (worker_look(crew, &crew->workers[i], now_usec))
			crew->is_slow = true;
	}
	for (int class = 0; class < WORK_CLASSES; class ++)
		wanted += crew_wants(crew, class);
	while (wanted-- > 0 && crew_call(crew, &wakes))
		called = true;
	pthread_mutex_unlock(&crew->mutex);
	crew_wake(crew, wakes);
	return called;
}

void crew_trim(struct crew *crew)
{
	unsigned least, wakes = 0;

	pthread_mutex_lock(&crew->mutex);
	for (least = crew->least_idle; least > THREADS_IDLE; least--)
		wakes++;
	crew->leaving += wakes;
	crew->idle -= wakes;
	crew->least_idle = crew->idle;
	pthread_mutex_unlock(&crew->mutex);
	crew_wake(crew, wakes);
}

bool crew_lacks_places(struct crew *crew, const struct work *work)
{
	bool lacks;

	pthread_mutex_lock(&crew->mutex);
	lacks = !work_has_begun(work) && !cds_list_empty(&work->in_lane->in_open);
	pthread_mutex_unlock(&crew->mutex);
	return lacks;
}

bool crew_awaits_turn(struct crew *crew, const struct work *work)
{
	bool awaits;

	pthread_mutex_lock(&crew->mutex);
	awaits = !work_has_begun(work) && !crew->places.hanging_of[work->in_lane->class];
	pthread_mutex_unlock(&crew->mutex);
	return awaits;
}

/* Idle workers end now, the others when their work returns. */
static void crew_dismiss(struct crew *crew)
{
	pthread_t idle[PLACES_THREADS_MAX];
	size_t count = 0;
	unsigned wakes;

	pthread_mutex_lock(&crew->mutex);
	crew->is_over = true;
	for (size_t i = 0; i < PLACES_THREADS_MAX; i++) {
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

void crew_end(struct crew *crew)
{
	struct pollfd answered = { .fd = crew->answered_fd, .events = POLLIN };
	uint64_t now_usec, end_usec, answers;

	crew_dismiss(crew);
	end_usec = timers_now_usec() + HANGING_USEC;
	while (!crew->is_left) {
		eventfd_read(crew->answered_fd, &answers);
		now_usec = timers_now_usec();
		pthread_mutex_lock(&crew->mutex);
		crew->is_left = crew->places.running == crew->places.hanging ||
				now_usec >= end_usec;
		pthread_mutex_unlock(&crew->mutex);
		if (!crew->is_left)
			poll(&answered, 1, (end_usec - now_usec) / 1000 + 1);
	}
}

void crew_leave(struct crew *crew)
{
	pthread_mutex_lock(&crew->mutex);
	crew_unref(crew);
}

size_t crew_stack_size(void)
{
	/* What the thread library puts there itself, thread-local data with it, comes on top. */
	return STACK_SIZE + (size_t)PTHREAD_STACK_MIN;
}
