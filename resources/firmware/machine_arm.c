/* An Arm Cortex-M: vectors, reset, SysTick as the counter. Registers: Armv7-M and Armv8-M
   Architecture Reference Manuals, System Control Space. */
#include "machine.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_CSR REGISTER(0xE000E010u)
#define SYST_RVR REGISTER(0xE000E014u)
#define SYST_CVR REGISTER(0xE000E018u)
#define SCB_CCR REGISTER(0xE000ED14u)
#define SCB_CPACR REGISTER(0xE000ED88u)

#define SYST_ON 7u /* enabled, with interrupt, on the core's clock */
#define SYST_FULL 0xFFFFFFu
#define COPROCESSORS_10_AND_11 (0xFu << 20)
#define LOW_OVERHEAD_BRANCHES (1u << 19)
#define FAULT_STATUS 120

static volatile uint32_t rounds;

static void fault(void);
static void tick(void);

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handlers[15])(void);
} vectors = {
    stack_top,
    {reset, fault, fault, fault, fault, fault, fault, fault,
     fault, fault, fault, fault, fault, fault, tick},
};

/* The emulator has put every section in its place and cleared the rest. */
void reset(void)
{
    SCB_CPACR |= COPROCESSORS_10_AND_11;
#if defined(__ARM_ARCH_8_1M_MAIN__)
    SCB_CCR |= LOW_OVERHEAD_BRANCHES;
#endif
    __asm volatile("dsb\n\tisb" ::: "memory");
    machine_exit(main());
}

static void fault(void)
{
    machine_exit(FAULT_STATUS);
}

static void tick(void)
{
    rounds = rounds + 1u;
}

intptr_t machine_call(intptr_t operation, const void *argument)
{
    register intptr_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;

    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void machine_count(void)
{
    SYST_CSR = 0;
    SYST_RVR = SYST_FULL;
    SYST_CVR = 0;
    rounds = 0;
    SYST_CSR = SYST_ON;
}

uint64_t machine_ticks(void)
{
    const uint32_t left = SYST_CVR;

    SYST_CSR = 0;
    /* the first tick only loads the counter */
    return ((uint64_t)rounds * (SYST_FULL + 1u)) + ((left == 0u) ? 0u : (SYST_FULL - left));
}
