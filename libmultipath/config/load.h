/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load.h - where the files of a configuration are, in their order.  For: config; programs have
 * mp_config_load().
 */
#pragma once
struct mp_config;
struct mp_diagnostics;

/**
 * mp_load_dir() - read each *.conf of a directory by name; what else is there is told
 *
 * A file that is rejected does not keep the others from being read, nor is it an error.
 * Return: 0 or -ENOMEM.
 */
int mp_load_dir(struct mp_config *config, const char *dir, struct mp_diagnostics *diagnostics);
