/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hash.h - intrusive hash tables of one owner, on liburcu's cds_lfht.  For: every room. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <urcu.h>
#include <urcu/rculfhash.h>

/*
 * One thread owns a table: it adds, finds and removes, and may free an object as soon as it is
 * removed. That thread must be registered with mp_hash_register_thread() once. Objects embed a
 * struct mp_hash_node for each table they are in; get back with caa_container_of().
 */
struct mp_hash_node {
	struct cds_lfht_node node;
};

struct mp_hash {
	struct cds_lfht *table;
	size_t count;
};

/** mp_hash_match_fn - does the object of @node have this key? */
typedef bool (*mp_hash_match_fn)(const struct mp_hash_node *node, const void *key);

/** mp_hash_register_thread() - once per thread that owns tables, before the first table */
void mp_hash_register_thread(void);
/** mp_hash_unregister_thread() - after the last table of this thread has been freed */
void mp_hash_unregister_thread(void);

/** mp_hash_init() - an empty table. Return: 0 or -ENOMEM. */
int mp_hash_init(struct mp_hash *hash);

/**
 * mp_hash_fini() - free the table; objects that are still in it are taken out, and must still be
 * there
 */
void mp_hash_fini(struct mp_hash *hash);

/**
 * mp_hash_add() - @node is new in this table; duplicates of a key are allowed, the caller prevents
 * them
 */
void mp_hash_add(struct mp_hash *hash, struct mp_hash_node *node, uint64_t key_hash);

/** mp_hash_remove() - @node is in this table */
void mp_hash_remove(struct mp_hash *hash, struct mp_hash_node *node);

/** mp_hash_find() - first node of that key, borrowed, or NULL */
struct mp_hash_node *mp_hash_find(const struct mp_hash *hash, uint64_t key_hash,
				  mp_hash_match_fn match, const void *key);

/** mp_hash_text() - hash of a text key */
uint64_t mp_hash_text(const char *key);

/** mp_hash_number() - hash of a numeric key (id, dev_t) */
uint64_t mp_hash_number(uint64_t key);
