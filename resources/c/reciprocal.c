/*
 * reciprocal.c - reciprocals in fixed point. Q0.31 stands for a number with 31 fraction bits.
 */
#include "template.h"
#include "arithmetic.c"
#ifndef TMS_RECIPROCAL_C
#define TMS_RECIPROCAL_C

/* 1 / (1 + x) of a Q0.31 value in [0, 1), as Q0.31: three steps of Newton */
static int32_t tms_reciprocal(int32_t value)
{
    const int32_t half = (int32_t)(((uint32_t)value + 0x80000000u) >> 1);
    int32_t x = 1515870810 + tms_high_multiply(half, -1010580540);

    for (int32_t step = 0; step < 3; step++) {
        const int32_t error = 0x20000000 - tms_high_multiply(half, x);

        x += tms_shift_left(tms_high_multiply(x, error), 2u);
    }
    return tms_shift_left(x, 1u);
}

#endif
