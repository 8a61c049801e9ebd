/* The harness on this computer: the C library's files, no counters. */
#include "harness.h"

#include <stdio.h>

static FILE *input;
static FILE *output;

int harness_open(void)
{
    input = fopen("inputs", "rb");
    output = fopen("results", "wb");
    return (input == NULL) || (output == NULL);
}

int harness_read(void *data, uint32_t size)
{
    return fread(data, 1, size, input) != size;
}

int harness_write(const void *data, uint32_t size)
{
    return fwrite(data, 1, size, output) != size;
}

int harness_close(void)
{
    return (fclose(input) != 0) | (fclose(output) != 0);
}

void harness_start(void)
{
}

void harness_stop(uint64_t *ticks, uint32_t *stack)
{
    *ticks = 0;
    *stack = 0;
}

uint64_t harness_lap(void)
{
    return 0;
}
