// SPDX-License-Identifier: GPL-2.0
/*
 * lab_fpin - posts events of a Fibre Channel host, as a driver does that received them from the
 * fabric: write "HOST CODE\n", and the data that belongs to the event, to debugfs' file lab_fpin.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_transport_fc.h>

static struct dentry *file;

static int post(char *text, size_t size)
{
	char *data = memchr(text, '\n', size);
	unsigned int number, code;
	struct Scsi_Host *host;

	if (!data)
		return -EINVAL;
	*data++ = '\0';
	if (sscanf(text, "%u %i", &number, &code) != 2)
		return -EINVAL;
	host = scsi_host_lookup(number);
	if (!host)
		return -ENODEV;
	fc_host_post_fc_event(host, fc_get_event_number(), code, text + size - data, data, 0);
	scsi_host_put(host);
	return 0;
}

static ssize_t on_write(struct file *from, const char __user *user, size_t size, loff_t *at)
{
	char *text = memdup_user_nul(user, size);
	int r;

	if (IS_ERR(text))
		return PTR_ERR(text);
	r = post(text, size);
	kfree(text);
	return r ? r : size;
}

static const struct file_operations operations = { .owner = THIS_MODULE, .write = on_write };

static int __init begin(void)
{
	file = debugfs_create_file("lab_fpin", 0200, NULL, NULL, &operations);
	return PTR_ERR_OR_ZERO(file);
}

static void __exit end(void)
{
	debugfs_remove(file);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Posts Fibre Channel events, for tests");
