/* What a bare machine adds to the harness: the semihosting trap, its counter and its stack. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

/* Ends of the stack, from the linker script. */
extern uint32_t stack_limit[];
extern uint32_t stack_top[];

/* One semihosting call; the debugger, here the emulator, answers it. */
intptr_t machine_call(intptr_t operation, const void *argument);

/* Starts the counter at zero; reads it. */
void machine_count(void);
uint64_t machine_ticks(void);

/* Ends the emulation with a status. */
void machine_exit(int status);

/* Where the core starts. */
void reset(void);

int main(void);

#endif
