/* A RISC-V hart in machine mode: reset, the counter of retired instructions. Registers: RISC-V
   Privileged Architecture; semihosting: RISC-V Semihosting 1.0. */
#include "machine.h"

#define FAULT_STATUS 120

static uint64_t start;

__attribute__((used)) static void fault(void)
{
    machine_exit(FAULT_STATUS);
}

__attribute__((used)) static void enter(void)
{
    machine_exit(main());
}

__attribute__((naked, section(".vectors"), used)) void reset(void)
{
    __asm volatile(".option push\n\t"
                   ".option arch, +zicsr\n\t"
                   "la sp, stack_top\n\t"
                   "la t0, 1f\n\t"
                   "csrw mtvec, t0\n\t"
                   "li t0, 0x2000\n\t" /* mstatus.FS: registers of the FPU may be used */
                   "csrs mstatus, t0\n\t"
                   "call enter\n\t"
                   ".balign 4\n"
                   "1:\n\t"
                   "la sp, stack_top\n\t"
                   "call fault\n\t"
                   ".option pop");
}

/* the three instructions are the mark of a semihosting call and may not be compressed */
__attribute__((naked, noinline, aligned(16))) intptr_t machine_call(intptr_t operation,
                                                                     const void *argument)
{
    (void)operation;
    (void)argument;
    __asm volatile(".option push\n\t"
                   ".option norvc\n\t"
                   "slli zero, zero, 0x1f\n\t"
                   "ebreak\n\t"
                   "srai zero, zero, 7\n\t"
                   "ret\n\t"
                   ".option pop");
}

static uint64_t retired(void)
{
    uint32_t high;
    uint32_t low;
    uint32_t again;

    do {
        __asm volatile(".option push\n\t"
                       ".option arch, +zicsr\n\t"
                       "csrr %0, minstreth\n\t"
                       "csrr %1, minstret\n\t"
                       "csrr %2, minstreth\n\t"
                       ".option pop"
                       : "=r"(high), "=r"(low), "=r"(again));
    } while (high != again);
    return ((uint64_t)high << 32) | low;
}

void machine_count(void)
{
    start = retired();
}

uint64_t machine_ticks(void)
{
    return retired() - start;
}
