/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* replay FILE... - passes each file to a fuzz target, without libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		uint8_t *data = NULL;
		long size;

		if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0) {
			perror(argv[i]);
			return 1;
		}
		rewind(file);
		/* Exactly as large as the file, so that ASan detects reads past its end. */
		data = malloc(size ? size : 1);
		if (!data || fread(data, 1, size, file) != (size_t)size) {
			perror(argv[i]);
			return 1;
		}
		fclose(file);
		fprintf(stderr, "%s\n", argv[i]);
		LLVMFuzzerTestOneInput(data, size);
		free(data);
	}
	return 0;
}
