/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * floor - the minimum cost of the work, which any implementation has to pay.
 *
 * floor maps	"NAME|UUID|SECTORS|PARAMETERS" a line on stdin: bare create, load and resume ioctls
 * floor tur N	N rounds of a TEST UNIT READY to every sd disk, descriptors kept open
 *
 * Prints the CPU time of this process in microseconds (tur: for all rounds).
 */
#include <fcntl.h>
#include <glob.h>
#include <linux/dm-ioctl.h>
#include <scsi/sg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static long cpu_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000L + ts.tv_nsec / 1000;
}

static void control(int fd, unsigned long request, const char *name, const char *uuid,
		    const char *sectors, const char *parameters)
{
	struct {
		struct dm_ioctl head;
		struct dm_target_spec target;
		char parameters[8192];
	} io = { 0 };

	io.head.version[0] = DM_VERSION_MAJOR;
	io.head.data_size = sizeof(io);
	io.head.data_start = sizeof(io.head);
	snprintf(io.head.name, sizeof(io.head.name), "%s", name);
	if (uuid)
		snprintf(io.head.uuid, sizeof(io.head.uuid), "%s", uuid);
	if (parameters) {
		io.head.target_count = 1;
		io.target.length = strtoull(sectors, NULL, 10);
		io.target.next = sizeof(io.target) + sizeof(io.parameters);
		strcpy(io.target.target_type, "multipath");
		snprintf(io.parameters, sizeof(io.parameters), "%s", parameters);
	}
	if (ioctl(fd, request, &io)) {
		perror(name);
		exit(1);
	}
}

static int maps(void)
{
	char line[16384], *name, *uuid, *sectors, *parameters;
	int fd = open("/dev/mapper/control", O_RDWR);

	if (fd < 0)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		name = strtok(line, "|");
		uuid = strtok(NULL, "|");
		sectors = strtok(NULL, "|");
		parameters = strtok(NULL, "|\n");
		if (!parameters)
			return 1;
		control(fd, DM_DEV_CREATE, name, uuid, NULL, NULL);
		control(fd, DM_TABLE_LOAD, name, NULL, sectors, parameters);
		/* without the flag: resume */
		control(fd, DM_DEV_SUSPEND, name, NULL, NULL, NULL);
	}
	return 0;
}

static int tur(int rounds)
{
	uint8_t cdb[6] = { 0 }, sense[32];
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_NONE,
		.cmd_len = sizeof(cdb),
		.cmdp = cdb,
		.mx_sb_len = sizeof(sense),
		.sbp = sense,
		.timeout = 30000,
	};
	glob_t disks;
	size_t i;
	int *fds;
	long begin;

	if (glob("/dev/sd*", 0, NULL, &disks))
		return 1;
	fds = calloc(disks.gl_pathc, sizeof(*fds));
	for (i = 0; i < disks.gl_pathc; i++)
		fds[i] = open(disks.gl_pathv[i], O_RDONLY | O_NONBLOCK);
	begin = cpu_usec();
	while (rounds-- > 0)
		for (i = 0; i < disks.gl_pathc; i++)
			if (ioctl(fds[i], SG_IO, &io))
				return 1;
	printf("%ld\n", cpu_usec() - begin);
	return 0;
}

int main(int argc, char **argv)
{
	int r = 2;

	if (argc == 2 && !strcmp(argv[1], "maps"))
		r = maps();
	else if (argc == 3 && !strcmp(argv[1], "tur"))
		return tur(atoi(argv[2]));
	if (!r)
		printf("%ld\n", cpu_usec());
	return r;
}
