/*
 * leading_zeros.c - leading zero bits of a number.
 */
#include "template.h"
#ifndef TMS_LEADING_ZEROS_C
#define TMS_LEADING_ZEROS_C

/* leading zero bits of a number that is not 0 */
static uint32_t tms_leading_zeros(uint32_t value)
{
#if (defined(__ARM_FEATURE_CLZ) || defined(__riscv_zbb)) && defined(__GNUC__)
    return (uint32_t)__builtin_clz(value);
#else
    uint32_t count = 0u;

    for (uint32_t step = 16u; step != 0u; step >>= 1) {
        if ((value >> (32u - step)) == 0u) {
            value <<= step;
            count += step;
        }
    }
    return count;
#endif
}

#endif
