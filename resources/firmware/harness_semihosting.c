/* The harness on a bare machine: files through semihosting, stack by painting.
   Semihosting for AArch32 and AArch64 (Arm 2.0) numbers the operations; RISC-V uses the same. */
#include "harness.h"
#include "machine.h"

#define SYS_OPEN 0x01
#define SYS_CLOSE 0x02
#define SYS_WRITE 0x05
#define SYS_READ 0x06
#define SYS_EXIT_EXTENDED 0x20

#define READ_BINARY 1
#define WRITE_BINARY 5
#define APPLICATION_EXIT 0x20026
#define PAINT 0xC5A35C3Au

static intptr_t input;
static intptr_t output;
static uint32_t *caller_stack;

static intptr_t open_file(const char *name, intptr_t length, intptr_t mode)
{
    const intptr_t block[3] = {(intptr_t)name, mode, length};

    return machine_call(SYS_OPEN, block);
}

int harness_open(void)
{
    input = open_file("inputs", 6, READ_BINARY);
    output = open_file("results", 7, WRITE_BINARY);
    return (input < 0) || (output < 0);
}

/* both answer the number of bytes that are left over */
int harness_read(void *data, uint32_t size)
{
    const intptr_t block[3] = {input, (intptr_t)data, (intptr_t)size};

    return machine_call(SYS_READ, block) != 0;
}

int harness_write(const void *data, uint32_t size)
{
    const intptr_t block[3] = {output, (intptr_t)data, (intptr_t)size};

    return machine_call(SYS_WRITE, block) != 0;
}

int harness_close(void)
{
    const intptr_t first[1] = {input};
    const intptr_t second[1] = {output};

    return (machine_call(SYS_CLOSE, first) != 0) | (machine_call(SYS_CLOSE, second) != 0);
}

void machine_exit(int status)
{
    const intptr_t block[2] = {APPLICATION_EXIT, status};

    (void)machine_call(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}

/* The canonical frame address is the caller's stack pointer at the call, and so the one at which
   the inference starts too. What lies between it and this function's own frame stays unpainted:
   a stack below that size reads as that size. */
__attribute__((noinline)) void harness_start(void)
{
    volatile uint32_t *end = (volatile uint32_t *)__builtin_frame_address(0) - 16;

    caller_stack = (uint32_t *)__builtin_dwarf_cfa();
    for (volatile uint32_t *word = stack_limit; word < end; word++) {
        *word = PAINT;
    }
    machine_count();
}

__attribute__((noinline)) void harness_stop(uint64_t *ticks, uint32_t *stack)
{
    const volatile uint32_t *word = stack_limit;

    *ticks = machine_ticks();
    while ((word < caller_stack) && (*word == PAINT)) {
        word++;
    }
    *stack = (uint32_t)((uintptr_t)caller_stack - (uintptr_t)word);
}

uint64_t harness_lap(void)
{
    const uint64_t ticks = machine_ticks();

    machine_count();
    return ticks;
}
