/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * disk-id DEVNODE - the identity of a disk as scsi_id --export prints it, for the guest's minimal
 * udev rules. Static, because starting dynamic programs is what makes udev slow there.
 */
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

static int inquiry(int fd, int page, uint8_t *data, uint16_t size)
{
	uint8_t cdb[6] = { 0x12, page >= 0, page >= 0 ? page : 0, size >> 8, size & 0xff, 0 };
	uint8_t sense[32];
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = sizeof(cdb),
		.cmdp = cdb,
		.dxfer_len = size,
		.dxferp = data,
		.mx_sb_len = sizeof(sense),
		.sbp = sense,
		.timeout = 10000,
	};

	return ioctl(fd, SG_IO, &io) || (io.info & SG_INFO_OK_MASK) != SG_INFO_OK ? -1 : 0;
}

int main(int argc, char **argv)
{
	uint8_t data[252] = { 0 };
	int fd, end, i, j;

	fd = argc == 2 ? open(argv[1], O_RDONLY | O_NONBLOCK) : -1;
	if (fd < 0 || inquiry(fd, 0x83, data, sizeof(data)))
		return 1;
	end = 4 + (data[2] << 8 | data[3]);
	if (end > (int)sizeof(data))
		end = sizeof(data);
	for (i = 4; i + 4 <= end && i + 4 + data[i + 3] <= end; i += 4 + data[i + 3]) {
		if ((data[i + 1] & 0x3f) != 0x03) /* the logical unit's NAA name */
			continue;
		printf("ID_SCSI=1\nID_BUS=scsi\nID_SERIAL=3");
		for (j = 0; j < data[i + 3]; j++)
			printf("%02x", data[i + 4 + j]);
		printf("\nID_WWN=0x");
		for (j = 0; j < data[i + 3] && j < 8; j++)
			printf("%02x", data[i + 4 + j]);
		printf("\n");
		return 0;
	}
	return 1;
}
