/* What the comparison program needs of the machine it runs on: two files and two counters. */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdint.h>

/* Opens `inputs` for reading and `results` for writing; 0 on success. */
int harness_open(void);

/* Reads or writes `size` bytes; 0 when all of them were. */
int harness_read(void *data, uint32_t size);
int harness_write(const void *data, uint32_t size);

/* Closes both; 0 when everything is written. */
int harness_close(void);

/* Around one inference: ticks of the machine's counter, bytes of stack below the caller. */
void harness_start(void);
void harness_stop(uint64_t *ticks, uint32_t *stack);

/* Ticks since harness_start or the last lap. */
uint64_t harness_lap(void);

#endif
