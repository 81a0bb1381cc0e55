/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/mpath_persist.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "config/config.h"
#include "kernel/dm_ioctl.h"
#include "libmpathpersist/actions.h"
#include "libmpathpersist/attempts.h"
#include "libmpathpersist/looks.h"
#include "libmpathpersist/parameters.h"
#include "libmpathpersist/responses.h"
#include "libmpathpersist/targets.h"

enum { VERBOSITY_DEFAULT = LOG_LEVEL_ERROR };

/*
 * The interface has state of the process: this and the next two are all of it. Each call looks at
 * the configuration, the map and its paths itself, so that several threads share nothing.
 */
unsigned int mpath_mx_alloc_len;

/* The configuration cannot be initialised again once it was ended. */
static atomic_bool ended;

/* Of mpath_persistent_reserve_init_vecs(), for calls that have no argument for it. */
static atomic_int vecs_verbosity = VERBOSITY_DEFAULT;

/* Where the interface has a configuration; what it points to is not looked at. */
static char handle;

static int check_config(void)
{
	const struct mp_config_source source = { .file = CONFIG_FILE,
						 .dir = CONFIG_DIR,
						 .verbosity = -1 };
	_cleanup_(mp_config_freep) struct mp_config *config = NULL;

	return mp_config_load(&source, &config);
}

int libmpathpersist_init(void)
{
	return atomic_load(&ended) || check_config() < 0;
}

int libmpathpersist_exit(void)
{
	atomic_store(&ended, true);
	return 0;
}

struct config *mpath_lib_init(void)
{
	return libmpathpersist_init() ? NULL : (struct config *)&handle;
}

int mpath_lib_exit(struct config *conf)
{
	(void)conf;
	return libmpathpersist_exit();
}

int mpath_persistent_reserve_init_vecs(int verbose)
{
	atomic_store(&vecs_verbosity, verbose);
	return mp_dm_ioctl_probe() < 0 ? MPATH_PR_DMMP_ERROR : 0;
}

void mpath_persistent_reserve_free_vecs(void)
{
	atomic_store(&vecs_verbosity, VERBOSITY_DEFAULT);
}

/* With what is known of its paths. As target_open(). */
static int open_target(int fd, enum target_use use, int noisy, int verbose, struct target *ret)
{
	int code = target_open(fd, use, verbose, ret);

	ret->dumps = noisy;
	if (code == MPATH_PR_SUCCESS)
		looks_take(ret);
	return code;
}

static int reserve_in(struct target *target, int action, struct prin_resp *resp)
{
	unsigned wanted = mpath_mx_alloc_len;
	size_t size = wanted && wanted < MPATH_MAX_PARAM_LEN ? wanted : MPATH_MAX_PARAM_LEN;
	_cleanup_free_ uint8_t *data = calloc(1, MPATH_MAX_PARAM_LEN);
	int code;

	if (!data)
		return MPATH_PR_OTHER;
	code = attempt_in(target, (enum mp_reserving_in)action, data, &size);
	return code == MPATH_PR_SUCCESS ? response_take(action, data, size, resp) : code;
}

int mpath_persistent_reserve_in(int fd, int rq_servact, struct prin_resp *resp, int noisy,
				int verbose)
{
	struct target target;
	int code;

	if (rq_servact < MPATH_PRIN_RKEY_SA || rq_servact > MPATH_PRIN_RFSTAT_SA || !resp)
		return MPATH_PR_SYNTAX_ERROR;
	code = open_target(fd, TARGET_READS, noisy, verbose, &target);
	if (code == MPATH_PR_SUCCESS)
		code = reserve_in(&target, rq_servact, resp);
	target_close(&target);
	return code;
}

static int reserve_out(struct target *target, int action, uint8_t scope_type,
		       const struct mp_reservation_parameters *parameters)
{
	switch (action) {
	case MPATH_PROUT_REG_SA:
	case MPATH_PROUT_REG_IGN_SA:
		return action_register(target, action == MPATH_PROUT_REG_IGN_SA, parameters);
	case MPATH_PROUT_RES_SA:
		return action_reserve(target, scope_type, parameters);
	case MPATH_PROUT_REL_SA:
		return action_release(target, scope_type, parameters);
	case MPATH_PROUT_CLEAR_SA:
		return action_clear(target, parameters);
	case MPATH_PROUT_PREE_SA:
	case MPATH_PROUT_PREE_AB_SA:
		return action_preempt(target, action == MPATH_PROUT_PREE_AB_SA, scope_type,
				      parameters);
	default:
		return MPATH_PR_OTHER;
	}
}

int mpath_persistent_reserve_out(int fd, int rq_servact, int rq_scope, unsigned int rq_type,
				 struct prout_param_descriptor *paramp, int noisy, int verbose)
{
	struct parameters parameters;
	struct target target;
	int code;

	if (!paramp || parameters_take(paramp, &parameters) != MPATH_PR_SUCCESS)
		return MPATH_PR_SYNTAX_ERROR;
	code = open_target(fd, TARGET_CHANGES, noisy, verbose, &target);
	if (code == MPATH_PR_SUCCESS)
		code = reserve_out(&target, rq_servact,
				   (rq_scope << 4 & MPATH_PR_SCOPE_MASK) |
					   (rq_type & MPATH_PR_TYPE_MASK),
				   &parameters.list);
	target_close(&target);
	return code;
}

int mpath_persistent_reserve_in__(int fd, int rq_servact, struct prin_resp *resp, int noisy)
{
	return mpath_persistent_reserve_in(fd, rq_servact, resp, noisy,
					   atomic_load(&vecs_verbosity));
}

int mpath_persistent_reserve_out__(int fd, int rq_servact, int rq_scope, unsigned int rq_type,
				   struct prout_param_descriptor *paramp, int noisy)
{
	return mpath_persistent_reserve_out(fd, rq_servact, rq_scope, rq_type, paramp, noisy,
					    atomic_load(&vecs_verbosity));
}

int __mpath_persistent_reserve_in(int fd, int rq_servact, struct prin_resp *resp, int noisy)
	__attribute__((weak, alias("mpath_persistent_reserve_in__")));
int __mpath_persistent_reserve_out(int fd, int rq_servact, int rq_scope, unsigned int rq_type,
				   struct prout_param_descriptor *paramp, int noisy)
	__attribute__((weak, alias("mpath_persistent_reserve_out__")));
