/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/health.h"

#include "model/settings.h"

static const uint64_t usec_per_sec = 1000000;

enum mp_health_method mp_health_method(const struct mp_map_settings *settings)
{
	if (settings->marginal_groups == MP_MARGINAL_FPIN)
		return MP_HEALTH_TRUST;
	if (settings->marginal_double_failed_sec > 0 && settings->marginal_sample_sec > 0 &&
	    settings->marginal_rate_threshold > 0 && settings->marginal_recheck_gap_sec > 0)
		return MP_HEALTH_SAMPLE;
	if (settings->san_path_err_threshold && settings->san_path_err_forget_rate &&
	    settings->san_path_err_recovery_sec)
		return MP_HEALTH_COUNT;
	return MP_HEALTH_TRUST;
}

bool mp_health_forgive(struct mp_health *health)
{
	bool sampled = health->phase == MP_HEALTH_SAMPLED;

	*health = (struct mp_health){ 0 };
	return sampled;
}

static struct mp_health_verdict release(struct mp_health *health, const char *reason)
{
	return (struct mp_health_verdict){ .stop_sampling = mp_health_forgive(health),
					   .reason = reason };
}

static struct mp_health_verdict count_good(struct mp_health *health,
					   const struct mp_health_input *input)
{
	const struct mp_map_settings *settings = input->settings;
	bool was_bad = mp_path_state_is_bad(input->old);

	if (health->held) {
		if (was_bad)
			health->held_since_usec = input->now_usec;
		if (input->now_usec - health->held_since_usec >
		    settings->san_path_err_recovery_sec * usec_per_sec)
			return release(health, "it was good for san_path_err_recovery_time");
		return (struct mp_health_verdict){ 0 };
	}
	if (was_bad) {
		if (!health->failures++)
			health->forget_in = settings->san_path_err_forget_rate;
		if (health->failures <= settings->san_path_err_threshold)
			return (struct mp_health_verdict){ 0 };
		if (input->needed)
			return release(
				health,
				"it failed more often than san_path_err_threshold, but no other path works");
		health->held = true;
		health->held_since_usec = input->now_usec;
		return (struct mp_health_verdict){
			.reason = "it failed more often than san_path_err_threshold"
		};
	}
	if (mp_path_state_is_active(input->old) && health->failures && !--health->forget_in) {
		health->failures--;
		health->forget_in = settings->san_path_err_forget_rate;
	}
	return (struct mp_health_verdict){ 0 };
}

static struct mp_health_verdict note_failure(struct mp_health *health,
					     const struct mp_health_input *input)
{
	uint64_t window_usec = input->settings->marginal_double_failed_sec * usec_per_sec;

	if (health->held)
		return (struct mp_health_verdict){ 0 };
	if (health->phase == MP_HEALTH_WATCHED &&
	    input->now_usec - health->failed_usec <= window_usec) {
		health->held = true;
		health->phase = MP_HEALTH_QUEUED;
		return (struct mp_health_verdict){
			.reason = "it failed twice within marginal_path_double_failed_time"
		};
	}
	health->phase = MP_HEALTH_WATCHED;
	health->failed_usec = input->now_usec;
	return (struct mp_health_verdict){ 0 };
}

static struct mp_health_verdict sample_good(struct mp_health *health,
					    const struct mp_health_input *input)
{
	bool rested = health->phase == MP_HEALTH_RESTS &&
		      input->now_usec >= health->rest_until_usec;

	if (health->phase != MP_HEALTH_QUEUED && !rested)
		return (struct mp_health_verdict){ 0 };
	health->phase = MP_HEALTH_SAMPLED;
	return (struct mp_health_verdict){ .start_sampling = true,
					   .reason = "its errors are measured from now on" };
}

static struct mp_health_verdict take_measure(struct mp_health *health,
					     const struct mp_health_input *input)
{
	const struct mp_map_settings *settings = input->settings;
	/* Not one read could be started: there is nothing good to say about it. */
	uint64_t rate = input->ios ? (uint64_t)input->errors * 1000 / input->ios : 1000;

	if (health->phase != MP_HEALTH_SAMPLED)
		return (struct mp_health_verdict){ 0 };
	if (input->needed || rate <= (uint64_t)settings->marginal_rate_threshold) {
		*health = (struct mp_health){ 0 };
		return (struct mp_health_verdict){
			.check = true,
			.reason =
				input->needed ?
					"no other path works" :
					"its rate of errors is not above marginal_path_err_rate_threshold",
		};
	}
	health->phase = MP_HEALTH_RESTS;
	health->rest_until_usec =
		input->now_usec + settings->marginal_recheck_gap_sec * usec_per_sec;
	return (struct mp_health_verdict){
		.reason = "its rate of errors is above marginal_path_err_rate_threshold"
	};
}

struct mp_health_verdict mp_health_step(struct mp_health *health,
					const struct mp_health_input *input)
{
	enum mp_health_method method = mp_health_method(input->settings);

	/* The configuration changed while it was held by the other method. */
	if (health->held &&
	    (method == MP_HEALTH_TRUST || (method == MP_HEALTH_COUNT) != !health->phase))
		return release(health, "the configuration has changed");

	switch (input->event) {
	case MP_HEALTH_FAILED:
		if (method == MP_HEALTH_SAMPLE)
			return note_failure(health, input);
		break;
	case MP_HEALTH_GOOD:
		if (health->held && input->needed)
			return release(health, "no other path works");
		if (method == MP_HEALTH_COUNT)
			return count_good(health, input);
		if (method == MP_HEALTH_SAMPLE)
			return sample_good(health, input);
		break;
	case MP_HEALTH_MEASURED:
		return take_measure(health, input);
	}
	return (struct mp_health_verdict){ 0 };
}
