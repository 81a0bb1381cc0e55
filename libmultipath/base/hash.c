/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/hash.h"

#include <errno.h>

enum {
	BUCKETS_FIRST = 64,
	BUCKETS_MAX = 1 << 20,
	LOAD_MAX = 2, /* objects a bucket before the table doubles */
};

void mp_hash_register_thread(void)
{
	rcu_register_thread();
}

void mp_hash_unregister_thread(void)
{
	rcu_unregister_thread();
}

int mp_hash_init(struct mp_hash *hash)
{
	hash->count = 0;
	hash->table = cds_lfht_new(BUCKETS_FIRST, BUCKETS_FIRST, BUCKETS_MAX, 0, NULL);
	return hash->table ? 0 : -ENOMEM;
}

void mp_hash_fini(struct mp_hash *hash)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	if (!hash->table)
		return;
	rcu_read_lock();
	cds_lfht_for_each(hash->table, &iter, node)
		cds_lfht_del(hash->table, node);
	rcu_read_unlock();
	cds_lfht_destroy(hash->table, NULL);
	hash->table = NULL;
	hash->count = 0;
}

void mp_hash_add(struct mp_hash *hash, struct mp_hash_node *node, uint64_t key_hash)
{
	cds_lfht_node_init(&node->node);
	rcu_read_lock();
	cds_lfht_add(hash->table, key_hash, &node->node);
	rcu_read_unlock();

	hash->count++;
	/* Resized by its owner, not by liburcu's helper thread. */
	if (hash->count > BUCKETS_FIRST && (hash->count & (hash->count - 1)) == 0)
		cds_lfht_resize(hash->table, hash->count / LOAD_MAX * 2);
}

void mp_hash_remove(struct mp_hash *hash, struct mp_hash_node *node)
{
	rcu_read_lock();
	if (cds_lfht_del(hash->table, &node->node) == 0)
		hash->count--;
	rcu_read_unlock();
}

struct match {
	mp_hash_match_fn match;
	const void *key;
};

static int hash_match(struct cds_lfht_node *node, const void *key)
{
	const struct match *m = key;

	return m->match(caa_container_of(node, struct mp_hash_node, node), m->key);
}

struct mp_hash_node *mp_hash_find(const struct mp_hash *hash, uint64_t key_hash,
				  mp_hash_match_fn match, const void *key)
{
	const struct match m = { .match = match, .key = key };
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	rcu_read_lock();
	cds_lfht_lookup(hash->table, key_hash, hash_match, &m, &iter);
	node = cds_lfht_iter_get_node(&iter);
	rcu_read_unlock();
	return node ? caa_container_of(node, struct mp_hash_node, node) : NULL;
}

/* FNV-1a, 64 bits. */
uint64_t mp_hash_text(const char *key)
{
	uint64_t hash = 0xcbf29ce484222325u;

	while (*key)
		hash = (hash ^ (unsigned char)*key++) * 0x100000001b3u;
	return hash;
}

/* Finalizer of MurmurHash3, 64 bits. */
uint64_t mp_hash_number(uint64_t key)
{
	key = (key ^ key >> 33) * 0xff51afd7ed558ccdu;
	key = (key ^ key >> 33) * 0xc4ceb9fe1a85ec53u;
	return key ^ key >> 33;
}
