/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * array rdac|emc DIR MEGABYTES UIO UIO - a disk array with two controllers, one of which owns the
 * LUN
 *
 * Each controller is a device of LIO's target_core_user, whose /dev/uioN this program serves (the
 * ring is described in linux/target_core_user.h). Both report the same identity and share the data,
 * which are in memory. The owner reads and writes; the other one answers INQUIRY, and takes over
 * the LUN when an initiator sends it the vendor's mode page:
 *
 * rdac: LSI, Engenio, NetApp E-Series. Pages C2, C4, C8 and C9; mode page 2C, long or short.
 *
 * emc: EMC CLARiiON. Page C0; mode page 22, long or short.
 *
 * Offsets and values are those of Linux's scsi_dh_rdac and scsi_dh_emc, sg_vpd and sg_emc_trespass.
 *
 * DIR/owner contains A or B: written after a transfer, and obeyed if something else writes it, as
 * if another host had requested the transfer. DIR/bytes changes vendor pages: lines of CONTROLLER
 * PAGE OFFSET VALUE, such as "B c9 8 31", in hexadecimal. While DIR/snapshot exists, the LUN of an
 * emc is an inactive snapshot, which refuses I/O. Transfers and changes of the control page are
 * logged to standard output.
 */
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <linux/target_core_user.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	BLOCK = 512,
	ALL_ANSWERS = 512, /* the longest answer that is not the disk's data */

	TEST_UNIT_READY = 0x00,
	REQUEST_SENSE = 0x03,
	INQUIRY = 0x12,
	MODE_SELECT_6 = 0x15,
	MODE_SENSE_6 = 0x1a,
	START_STOP = 0x1b,
	READ_CAPACITY = 0x25,
	READ_10 = 0x28,
	WRITE_10 = 0x2a,
	SYNCHRONIZE_CACHE = 0x35,
	MODE_SELECT_10 = 0x55,
	MODE_SENSE_10 = 0x5a,
	READ_16 = 0x88,
	WRITE_16 = 0x8a,
	SERVICE_ACTION_IN = 0x9e,

	CACHING_PAGE = 0x08,
	CONTROL_PAGE = 0x0a,
	TRESPASS_PAGE = 0x22,
	REDUNDANT_CONTROLLER_PAGE = 0x2c,
	TASK_ABORTED_STATUS = 0x40,

	GOOD = 0,
	CHECK_CONDITION = 2,
};

/* Sense key, additional sense code, its qualifier. */
enum {
	INVALID_OPCODE = 0x052000,
	OUT_OF_RANGE = 0x052100,
	INVALID_FIELD = 0x052400,
	NOT_THE_OWNER = 0x059401,
	MANUAL_INTERVENTION = 0x020403,
	NO_ACCESS_RIGHTS = 0x052501, /* of an inactive snapshot: vendor specific */
};

struct array {
	bool is_emc;
	char bytes_file[256], snapshot_file[256];
	int owner_fd;
	int owner; /* a controller */
	uint8_t *data;
	uint64_t blocks;
	uint8_t task_aborted_status;
};

struct controller {
	int index; /* 0 is A */
	int uio;
	struct tcmu_mailbox *ring;
};

/* A command while it is served. */
struct command {
	struct array *array;
	struct controller *controller;
	const uint8_t *cdb;
	struct iovec *iov; /* addresses, no longer offsets */
	int iovs;
	uint32_t sense; /* 0: good */
};

static char letter(int controller)
{
	return 'A' + controller;
}

static int read_owner(struct array *array)
{
	char text;

	/* Nothing is there while it is written. */
	if (pread(array->owner_fd, &text, 1, 0) == 1 && (text == 'A' || text == 'B'))
		array->owner = text - 'A';
	return array->owner;
}

static void transfer(const struct command *command, const char *how)
{
	struct array *array = command->array;
	char text = letter(command->controller->index);

	array->owner = command->controller->index;
	if (pwrite(array->owner_fd, &text, 1, 0) != 1)
		err(1, "owner");
	printf("transfer to %c: %s\n", text, how);
}

static bool is_owner(const struct command *command)
{
	return read_owner(command->array) == command->controller->index;
}

/* The whole buffer is answered: what is not ours is zero. */
static void answer(const struct command *command, const uint8_t *from, size_t size)
{
	for (int i = 0; i < command->iovs; i++) {
		size_t part = command->iov[i].iov_len < size ? command->iov[i].iov_len : size;

		memset(command->iov[i].iov_base, 0, command->iov[i].iov_len);
		memcpy(command->iov[i].iov_base, from, part);
		from += part;
		size -= part;
	}
}

static size_t take(const struct command *command, uint8_t *to, size_t size)
{
	size_t done = 0;

	for (int i = 0; i < command->iovs && done < size; i++) {
		size_t part = command->iov[i].iov_len;

		if (part > size - done)
			part = size - done;
		memcpy(to + done, command->iov[i].iov_base, part);
		done += part;
	}
	return done;
}

static void put_text(uint8_t *at, const char *text)
{
	memcpy(at, text, strlen(text));
}

/* Labels are big-endian UTF-16. */
static void put_label(uint8_t *at, const char *text)
{
	for (; *text; at += 2)
		at[1] = *text++;
}

static void make_inquiry(const struct command *command, uint8_t *data)
{
	data[2] = 5; /* SPC-3 */
	data[3] = 2;
	data[4] = 0xc0;
	data[7] = 2; /* command queueing */
	if (command->array->is_emc) {
		put_text(data + 8, "DGC     RAID 5          0429");
		put_text(data + 160, "\x0e"
				     "APM00000000001"
				     "CX3-40");
		data[99] = strlen("CX3-40");
	} else {
		put_text(data + 8, "NETAPP  INF-01-00       0820");
	}
}

static void make_pages(const struct command *command, uint8_t *data)
{
	static const uint8_t rdac[] = { 0x00, 0x80, 0x83, 0xc2, 0xc4, 0xc8, 0xc9 };
	static const uint8_t emc[] = { 0x00, 0x80, 0x83, 0xc0 };
	bool is_emc = command->array->is_emc;

	data[3] = is_emc ? sizeof(emc) : sizeof(rdac);
	memcpy(data + 4, is_emc ? emc : rdac, data[3]);
}

static void put_name(const struct command *command, uint8_t *at)
{
	put_text(at, command->array->is_emc ? "\x60\x06\x01\x60" : "\x60\x08\x0e\x50");
	put_text(at + 4, "array test 1");
}

static void make_identification(const struct command *command, uint8_t *data)
{
	data[3] = 4 + 16;
	data[4] = 1; /* binary */
	data[5] = 3; /* NAA, of the LUN */
	data[7] = 16;
	put_name(command, data + 8);
}

/* Software version: how many LUNs says which MODE SELECT is sent. */
static void make_c2(const struct command *command, uint8_t *data)
{
	(void)command;
	data[3] = 0xfb;
	put_text(data + 4, "swr4");
	data[15] = 0xff;
}

/* Subsystem, and the slot of the controller. */
static void make_c4(const struct command *command, uint8_t *data)
{
	data[3] = 0x1c;
	put_text(data + 4, "subs");
	put_text(data + 8, "array");
	data[28] = '0';
	data[29] = '1' + command->controller->index;
}

/* Names of the volume and the array, and the LUN. */
static void make_c8(const struct command *command, uint8_t *data)
{
	data[3] = 0xab;
	put_text(data + 4, "edid");
	data[11] = 16;
	put_name(command, data + 12);
	data[28] = 60;
	put_label(data + 29, "volume");
	data[89] = 16;
	put_text(data + 90, "\x60\x08\x0e\x50"
			    "the array 1 ");
	data[106] = 60;
	put_label(data + 107, "array");
}

/* Volume access control; A is preferred. */
static void make_c9(const struct command *command, uint8_t *data)
{
	data[3] = 0x2c;
	put_text(data + 4, "vac1");
	data[8] = is_owner(command) ? 0x01 : 0x00;
	data[9] = command->controller->index == 0 ? 1 : 2;
}

/* Unit path report; A is the default. */
static void make_c0(const struct command *command, uint8_t *data)
{
	data[3] = 0x7c;
	data[4] = is_owner(command) ? 2 : 1;
	data[5] = 0;
	data[8] = command->controller->index;
	put_name(command, data + 10);
	data[27] = 3; /* array and initiator types ... */
	data[28] = 4; /* ... and failover mode of Linux */
	data[30] = 4; /* communication path on */
}

static void change_bytes(const struct command *command, uint8_t *data)
{
	FILE *file = fopen(command->array->bytes_file, "r");
	unsigned page, offset, value;
	char controller;

	if (!file)
		return;
	while (fscanf(file, " %c %x %x %x", &controller, &page, &offset, &value) == 4)
		if (controller == letter(command->controller->index) && page == data[1] &&
		    offset < ALL_ANSWERS)
			data[offset] = value;
	fclose(file);
}

static void inquiry(struct command *command)
{
	static const struct {
		void (*make)(const struct command *command, uint8_t *data);
		uint8_t page;
		bool on_rdac, on_emc;
	} pages[] = {
		{ make_pages, 0x00, true, true }, { make_identification, 0x83, true, true },
		{ make_c2, 0xc2, true, false },	  { make_c4, 0xc4, true, false },
		{ make_c8, 0xc8, true, false },	  { make_c9, 0xc9, true, false },
		{ make_c0, 0xc0, false, true },
	};
	uint8_t data[ALL_ANSWERS] = { 0 };

	if (!(command->cdb[1] & 1)) {
		make_inquiry(command, data);
		answer(command, data, sizeof(data));
		return;
	}
	data[1] = command->cdb[2];
	if (data[1] == 0x80) {
		data[3] = 8;
		put_text(data + 4, "00000001");
		answer(command, data, sizeof(data));
		return;
	}
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (pages[i].page == data[1] &&
		    (command->array->is_emc ? pages[i].on_emc : pages[i].on_rdac)) {
			pages[i].make(command, data);
			change_bytes(command, data);
			answer(command, data, sizeof(data));
			return;
		}
	command->sense = INVALID_FIELD;
}

static uint8_t *put_page(uint8_t *at, uint8_t page, uint8_t length)
{
	at[0] = page;
	at[1] = length;
	return at + 2 + length;
}

static void mode_sense(struct command *command)
{
	size_t header = command->cdb[0] == MODE_SENSE_10 ? 8 : 4;
	uint8_t page = command->cdb[2] & 0x3f, data[ALL_ANSWERS] = { 0 }, *at = data + header;
	bool changeable = command->cdb[2] >> 6 == 1;

	if (page == CACHING_PAGE || page == 0x3f)
		at = put_page(at, CACHING_PAGE, 18);
	if (page == CONTROL_PAGE || page == 0x3f) {
		at[5] = changeable ? TASK_ABORTED_STATUS : command->array->task_aborted_status;
		at = put_page(at, CONTROL_PAGE, 10);
	}
	if (at == data + header) {
		command->sense = INVALID_FIELD;
		return;
	}
	if (header == 8)
		data[1] = at - data - 2;
	else
		data[0] = at - data - 1;
	answer(command, data, sizeof(data));
}

/* "Transfer specified LUNs", with forced quiescence; the LUN is number 0. */
static bool asks_transfer_rdac(const uint8_t *page, size_t size)
{
	bool is_long = page[0] & 0x40;
	const uint8_t *common = page + (is_long ? 4 : 2), *luns = common + 38;

	if (luns >= page + size || (is_long && page[1] != 1))
		return false;
	return common[33] == 2 && luns[0] == 0x81;
}

/* Trespass to the controller that is asked, with or without respect for reservations. */
static bool asks_transfer_emc(const uint8_t *page, size_t size)
{
	return size >= 4 && (page[2] & 0x7f) == 1 && page[3] == 0xff;
}

static void mode_select(struct command *command)
{
	bool is_10 = command->cdb[0] == MODE_SELECT_10;
	uint8_t data[ALL_ANSWERS] = { 0 }, *page = data + (is_10 ? 8 : 4);
	size_t size = take(command, data, sizeof(data)) - (page - data);
	const char *how = is_10 ? "long" : "short";

	command->sense = 0;
	if ((page[0] & 0x3f) == CONTROL_PAGE) {
		command->array->task_aborted_status = page[5] & TASK_ABORTED_STATUS;
		printf("control page: TAS %d\n", !!command->array->task_aborted_status);
	} else if (!command->array->is_emc && (page[0] & 0x3f) == REDUNDANT_CONTROLLER_PAGE &&
		   asks_transfer_rdac(page, size)) {
		transfer(command, how);
	} else if (command->array->is_emc && page[0] == TRESPASS_PAGE &&
		   asks_transfer_emc(page, size)) {
		transfer(command, how);
	} else {
		command->sense = INVALID_FIELD;
	}
}

static uint32_t get_be32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return be32toh(value);
}

static uint64_t get_be64(const uint8_t *at)
{
	return (uint64_t)get_be32(at) << 32 | get_be32(at + 4);
}

static void read_capacity(struct command *command, bool is_16)
{
	uint64_t last = htobe64(command->array->blocks - 1);
	uint32_t block = htobe32(BLOCK);
	uint8_t data[32] = { 0 };

	memcpy(data, (uint8_t *)&last + (is_16 ? 0 : 4), is_16 ? 8 : 4);
	memcpy(data + (is_16 ? 8 : 4), &block, sizeof(block));
	answer(command, data, sizeof(data));
}

static void read_or_write(struct command *command)
{
	const uint8_t *cdb = command->cdb;
	bool is_16 = cdb[0] == READ_16 || cdb[0] == WRITE_16;
	uint64_t first = is_16 ? get_be64(cdb + 2) : get_be32(cdb + 2);
	uint64_t blocks = is_16 ? get_be32(cdb + 10) : (uint64_t)cdb[7] << 8 | cdb[8];
	struct array *array = command->array;

	if (!is_owner(command))
		command->sense = array->is_emc ? MANUAL_INTERVENTION : NOT_THE_OWNER;
	else if (array->is_emc && access(array->snapshot_file, F_OK) == 0)
		command->sense = NO_ACCESS_RIGHTS;
	else if (first > array->blocks || blocks > array->blocks - first)
		command->sense = OUT_OF_RANGE;
	else if (cdb[0] == READ_10 || cdb[0] == READ_16)
		answer(command, array->data + first * BLOCK, blocks * BLOCK);
	else
		take(command, array->data + first * BLOCK, blocks * BLOCK);
}

static void serve(struct command *command)
{
	switch (command->cdb[0]) {
	case TEST_UNIT_READY:
		if (command->array->is_emc && !is_owner(command))
			command->sense = MANUAL_INTERVENTION;
		break;
	case REQUEST_SENSE:
		answer(command, (const uint8_t[18]){ 0x70, [7] = 10 }, 18);
		break;
	case START_STOP:
	case SYNCHRONIZE_CACHE:
		break;
	case INQUIRY:
		inquiry(command);
		break;
	case MODE_SENSE_6:
	case MODE_SENSE_10:
		mode_sense(command);
		break;
	case MODE_SELECT_6:
	case MODE_SELECT_10:
		mode_select(command);
		break;
	case READ_CAPACITY:
		read_capacity(command, false);
		break;
	case SERVICE_ACTION_IN:
		if ((command->cdb[1] & 0x1f) == 0x10)
			read_capacity(command, true);
		else
			command->sense = INVALID_FIELD;
		break;
	case READ_10:
	case READ_16:
	case WRITE_10:
	case WRITE_16:
		read_or_write(command);
		break;
	default:
		command->sense = INVALID_OPCODE;
	}
}

static void serve_entry(struct array *array, struct controller *controller,
			struct tcmu_cmd_entry *entry)
{
	uint8_t *base = (uint8_t *)controller->ring;
	struct command command = {
		.array = array,
		.controller = controller,
		.cdb = base + entry->req.cdb_off,
		.iovs = entry->req.iov_cnt,
	};
	struct iovec iov[command.iovs + 1];

	/* The answer is written where the request was. */
	memcpy(iov, entry->req.iov, command.iovs * sizeof(iov[0]));
	for (int i = 0; i < command.iovs; i++)
		iov[i].iov_base = base + (size_t)iov[i].iov_base;
	command.iov = iov;
	serve(&command);
	memset(&entry->rsp, 0, sizeof(entry->rsp));
	entry->rsp.scsi_status = command.sense ? CHECK_CONDITION : GOOD;
	if (command.sense) {
		entry->rsp.sense_buffer[0] = 0x70;
		entry->rsp.sense_buffer[2] = command.sense >> 16;
		entry->rsp.sense_buffer[7] = 10;
		entry->rsp.sense_buffer[12] = command.sense >> 8;
		entry->rsp.sense_buffer[13] = command.sense;
	}
}

static void serve_ring(struct array *array, struct controller *controller)
{
	struct tcmu_mailbox *ring = controller->ring;

	while (ring->cmd_tail != __atomic_load_n(&ring->cmd_head, __ATOMIC_ACQUIRE)) {
		struct tcmu_cmd_entry *entry =
			(void *)((char *)ring + ring->cmdr_off + ring->cmd_tail);
		uint32_t length = tcmu_hdr_get_len(entry->hdr.len_op);

		switch (tcmu_hdr_get_op(entry->hdr.len_op)) {
		case TCMU_OP_CMD:
			serve_entry(array, controller, entry);
			break;
		case TCMU_OP_PAD:
			break;
		default:
			entry->hdr.uflags |= TCMU_UFLAG_UNKNOWN_OP;
		}
		__atomic_store_n(&ring->cmd_tail, (ring->cmd_tail + length) % ring->cmdr_size,
				 __ATOMIC_RELEASE);
	}
}

static void open_controller(struct controller *controller, const char *uio)
{
	char file[128];
	unsigned long size;
	FILE *sysfs;

	snprintf(file, sizeof(file), "/sys/class/uio/%s/maps/map0/size", uio);
	sysfs = fopen(file, "r");
	if (!sysfs || fscanf(sysfs, "%lx", &size) != 1)
		err(1, "%s", file);
	fclose(sysfs);
	snprintf(file, sizeof(file), "/dev/%s", uio);
	controller->uio = open(file, O_RDWR | O_CLOEXEC);
	if (controller->uio < 0)
		err(1, "%s", file);
	controller->ring = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, controller->uio, 0);
	if (controller->ring == MAP_FAILED)
		err(1, "%s: mmap", file);
	if (controller->ring->version != TCMU_MAILBOX_VERSION)
		errx(1, "%s: unknown version of the ring", file);
}

static void open_array(struct array *array, char **argv)
{
	char file[256];

	array->is_emc = !strcmp(argv[1], "emc");
	snprintf(file, sizeof(file), "%s/owner", argv[2]);
	array->owner_fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (array->owner_fd < 0)
		err(1, "%s", file);
	snprintf(array->snapshot_file, sizeof(array->snapshot_file), "%s/snapshot", argv[2]);
	snprintf(array->bytes_file, sizeof(array->bytes_file), "%s/bytes", argv[2]);
	array->blocks = strtoull(argv[3], NULL, 10) << 11;
	array->data = calloc(array->blocks, BLOCK);
	if (!array->data)
		err(1, NULL);
}

int main(int argc, char **argv)
{
	struct controller controllers[2] = { { .index = 0 }, { .index = 1 } };
	struct array array = { 0 };
	struct pollfd polled[2];

	if (argc != 6)
		errx(2, "usage: array rdac|emc DIR MEGABYTES UIO UIO");
	setvbuf(stdout, NULL, _IOLBF, 0);
	open_array(&array, argv);
	for (int i = 0; i < 2; i++) {
		open_controller(&controllers[i], argv[4 + i]);
		polled[i] = (struct pollfd){ .fd = controllers[i].uio, .events = POLLIN };
	}
	printf("serving\n");
	for (;;) {
		if (poll(polled, 2, -1) < 0)
			err(1, "poll");
		for (int i = 0; i < 2; i++) {
			uint32_t count = 0;

			if (!(polled[i].revents & POLLIN))
				continue;
			if (read(polled[i].fd, &count, sizeof(count)) != sizeof(count))
				err(1, "read");
			serve_ring(&array, &controllers[i]);
			if (write(polled[i].fd, &count, sizeof(count)) != sizeof(count))
				err(1, "write");
		}
	}
}
