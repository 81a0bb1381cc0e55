/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/agenda.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "multipathd/loop/slices.h"

/*
 * A ring of seconds. Entries more than one round away share a slot with those that are due, and are
 * put back when that slot comes. The timer is set to the next slot with entries.
 */
enum { SECONDS = 128 };

static const uint64_t usec_per_sec = 1000000, accuracy_usec = 50000;

struct agenda {
	sd_event *event;
	void (*due)(struct agenda_entry *entry);
	sd_event_source *timer;
	uint64_t done_sec; /* the last second that was processed */
	uint64_t armed_sec; /* 0: the timer is off */
	struct cds_list_head seconds[SECONDS];
	struct slices *calls;
	struct cds_list_head due_now; /* to be called */
};

static struct cds_list_head *entries_at(struct agenda *agenda, uint64_t sec)
{
	return &agenda->seconds[sec % SECONDS];
}

static int agenda_arm(struct agenda *agenda, uint64_t sec)
{
	int r = sd_event_source_set_time(agenda->timer, sec * usec_per_sec);

	agenda->armed_sec = sec;
	return r < 0 ? r : sd_event_source_set_enabled(agenda->timer, SD_EVENT_ONESHOT);
}

static bool agenda_on_step(void *userdata)
{
	struct agenda *agenda = userdata;
	struct agenda_entry *entry;

	if (cds_list_empty(&agenda->due_now))
		return false;
	entry = cds_list_first_entry(&agenda->due_now, struct agenda_entry, in_second);
	cds_list_del_init(&entry->in_second);
	agenda->due(entry);
	return true;
}

/* Also while entries of the seconds before wait for their call. */
static int agenda_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct agenda *agenda = userdata;
	uint64_t now, from = agenda->done_sec + 1;
	struct agenda_entry *entry, *next;
	int r;

	(void)source;
	(void)usec;
	r = sd_event_now(agenda->event, CLOCK_MONOTONIC, &now);
	if (r < 0)
		return r;
	agenda->armed_sec = 0;
	agenda->done_sec = now / usec_per_sec;
	if (agenda->done_sec >= from + SECONDS)
		from = agenda->done_sec + 1 - SECONDS;
	for (uint64_t sec = from; sec <= agenda->done_sec; sec++) {
		cds_list_for_each_entry_safe(entry, next, entries_at(agenda, sec), in_second) {
			if (entry->sec > agenda->done_sec)
				continue;
			cds_list_del(&entry->in_second);
			cds_list_add_tail(&entry->in_second, &agenda->due_now);
		}
	}
	for (uint64_t sec = agenda->done_sec + 1; sec <= agenda->done_sec + SECONDS; sec++)
		if (!cds_list_empty(entries_at(agenda, sec))) {
			r = agenda_arm(agenda, sec);
			break;
		}
	slices_run(agenda->calls);
	return r < 0 ? r : 0;
}

int agenda_new(sd_event *event, void (*due)(struct agenda_entry *entry), struct agenda **ret)
{
	struct agenda *agenda = calloc(1, sizeof(*agenda));
	uint64_t now;
	int r;

	if (!agenda)
		return -ENOMEM;
	agenda->event = sd_event_ref(event);
	agenda->due = due;
	CDS_INIT_LIST_HEAD(&agenda->due_now);
	for (size_t i = 0; i < SECONDS; i++)
		CDS_INIT_LIST_HEAD(&agenda->seconds[i]);
	r = slices_new(event, agenda_on_step, agenda, &agenda->calls);
	if (r >= 0)
		r = sd_event_now(event, CLOCK_MONOTONIC, &now);
	if (r >= 0)
		r = sd_event_add_time(event, &agenda->timer, CLOCK_MONOTONIC, 0, accuracy_usec,
				      agenda_on_timer, agenda);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(agenda->timer, true);
	if (r >= 0)
		r = sd_event_source_set_enabled(agenda->timer, SD_EVENT_OFF);
	if (r < 0) {
		agenda_free(agenda);
		return r;
	}
	agenda->done_sec = now / usec_per_sec;
	*ret = agenda;
	return 0;
}

struct agenda *agenda_free(struct agenda *agenda)
{
	if (!agenda)
		return NULL;
	slices_free(agenda->calls);
	sd_event_source_disable_unref(agenda->timer);
	sd_event_unref(agenda->event);
	free(agenda);
	return NULL;
}

void agenda_init(struct agenda_entry *entry)
{
	CDS_INIT_LIST_HEAD(&entry->in_second);
}

int agenda_set(struct agenda *agenda, struct agenda_entry *entry, uint64_t usec)
{
	entry->sec = (usec + usec_per_sec / 2) / usec_per_sec;
	if (entry->sec <= agenda->done_sec)
		entry->sec = agenda->done_sec + 1;
	agenda_clear(entry);
	cds_list_add_tail(&entry->in_second, entries_at(agenda, entry->sec));
	if (agenda->armed_sec && agenda->armed_sec <= entry->sec)
		return 0;
	return agenda_arm(agenda, entry->sec);
}

void agenda_clear(struct agenda_entry *entry)
{
	cds_list_del_init(&entry->in_second);
}
