/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/queueing.h"

#include "model/settings.h"

static const uint64_t usec_per_sec = 1000000;

static bool has_retries(int policy)
{
	return policy > 0;
}

static uint64_t recovery_usec(const struct mp_queueing_input *input)
{
	return ((uint64_t)input->policy * input->polling_interval_sec + 1) * usec_per_sec;
}

static bool has_deadline(const struct mp_queueing_input *input)
{
	if (has_retries(input->policy))
		return true;
	return input->limited_usec && (input->policy == MP_RETRY_QUEUE ||
				       (input->policy == MP_RETRY_UNSET && input->kernel_queues));
}

static uint64_t deadline_usec(uint64_t since_usec, const struct mp_queueing_input *input)
{
	uint64_t retries = UINT64_MAX, limit = UINT64_MAX;

	if (has_retries(input->policy))
		retries = since_usec + recovery_usec(input);
	if (input->limited_usec)
		limit = (since_usec > input->limited_usec ? since_usec : input->limited_usec) +
			input->limit_sec * usec_per_sec;
	return retries < limit ? retries : limit;
}

static void end_recovery(struct mp_queueing *queueing, uint64_t now_usec,
			 struct mp_queueing_effect *effect)
{
	if (!queueing->recovering)
		return;
	queueing->recovering = false;
	queueing->deadline_usec = 0;
	if (now_usec > queueing->since_usec)
		effect->queued_sec = (now_usec - queueing->since_usec) / usec_per_sec;
}

static void step_recovery(struct mp_queueing *queueing, const struct mp_queueing_input *input,
			  struct mp_queueing_effect *effect)
{
	if (input->active) {
		if (queueing->recovering || queueing->expired)
			effect->reason = "a path is active again";
		end_recovery(queueing, input->now_usec, effect);
		queueing->expired = false;
		return;
	}
	if (queueing->expired)
		return;
	if (!queueing->recovering) {
		if (input->pending)
			return;
		queueing->recovering = true;
		queueing->since_usec = input->now_usec;
		effect->entered_recovery = true;
		effect->reason = has_retries(input->policy) ?
					 "no path is active, I/O waits for the retries" :
					 "no path is active, I/O waits until the limit of queueing";
	}
	queueing->deadline_usec = deadline_usec(queueing->since_usec, input);
	if (input->now_usec >= queueing->deadline_usec) {
		end_recovery(queueing, input->now_usec, effect);
		queueing->expired = true;
		effect->reason = input->limited_usec ? "no path was active in time, I/O fails" :
						       "retries are used up, I/O fails";
	}
}

bool mp_queueing_wanted(const struct mp_queueing *queueing, unsigned active, bool kernel_queues)
{
	if (queueing->disabled)
		return false;
	switch (queueing->policy) {
	case MP_RETRY_UNSET:
		return kernel_queues && (active || !queueing->expired);
	case MP_RETRY_FAIL:
		return false;
	default:
		return active || !queueing->expired;
	}
}

struct mp_queueing_effect mp_queueing_step(struct mp_queueing *queueing,
					   const struct mp_queueing_input *input)
{
	struct mp_queueing_effect effect = { .change = MP_QUEUEING_KEEP };
	bool wanted, failing;

	queueing->policy = input->policy;
	if (has_deadline(input) && !queueing->disabled) {
		step_recovery(queueing, input, &effect);
	} else {
		end_recovery(queueing, input->now_usec, &effect);
		queueing->expired = false;
	}

	wanted = mp_queueing_wanted(queueing, input->active, input->kernel_queues);
	if (wanted != input->kernel_queues) {
		effect.change = wanted ? MP_QUEUEING_ON : MP_QUEUEING_OFF;
		if (!effect.reason)
			effect.reason = queueing->disabled ? "queueing is disabled" :
					wanted		   ? "no_path_retry asks for queueing" :
							     "no_path_retry forbids queueing";
	}

	/* While checks are pending the state is unknown: the last answer counts. */
	failing = !input->active && !wanted && (!input->pending || queueing->failing);
	effect.gave_up = failing && !queueing->failing;
	queueing->failing = failing;
	if (effect.gave_up && !effect.reason)
		effect.reason = "no path is active, I/O fails";
	return effect;
}

void mp_queueing_disable(struct mp_queueing *queueing)
{
	queueing->disabled = true;
}

void mp_queueing_restore(struct mp_queueing *queueing)
{
	queueing->disabled = false;
}

unsigned mp_queueing_left_sec(const struct mp_queueing *queueing, uint64_t now_usec)
{
	if (!queueing->recovering || queueing->disabled || now_usec >= queueing->deadline_usec)
		return 0;
	return (queueing->deadline_usec - now_usec + usec_per_sec - 1) / usec_per_sec;
}
