/*
 * sigmoid.c - sigmoid and tanh of one argument from one table, results in steps of 2^-15.
 *
 * The table holds sigmoid(i / 24) for i in [0, 255] on a scale of 2^-16; both functions are
 * symmetric, and tanh(x) = 2 sigmoid(2 x) - 1. Arguments are in steps of 1 / (3 * 4096).
 */
#include "template.h"
#include "arithmetic.c"
#ifndef TMS_SIGMOID_C
#define TMS_SIGMOID_C

static inline int32_t tms_sigmoid_of(int32_t argument, const uint16_t *table)
{
    const uint32_t magnitude = (uint32_t)((argument < 0) ? -argument : argument);
    const uint32_t index = magnitude >> 9;
    uint32_t result = (uint32_t)0x7FFF << 10;

    if (index < 255u) {
        const uint32_t first = table[index];

        result = (first << 9) + ((magnitude & 511u) * ((uint32_t)table[index + 1u] - first));
    }
    if (argument < 0) {
        result = (((uint32_t)1 << 25) - result) - 1u;
    }
    return (int32_t)((result + 512u) >> 10);
}

static inline int32_t tms_tanh_of(int32_t argument, const uint16_t *table)
{
    const uint32_t magnitude = (uint32_t)((argument < 0) ? -argument : argument);
    const uint32_t index = magnitude >> 8;
    int32_t result = 0xFFFF * 256;

    if (index < 255u) {
        const uint32_t first = table[index];

        result = (int32_t)((first << 8)
                           + ((magnitude & 255u) * ((uint32_t)table[index + 1u] - first)));
    }
    result -= 0x800000;
    result = (argument < 0) ? ((128 - 1) - result) : (result + 128);
    return tms_clamp(tms_floor_shift(result, 8u), -32768, 32767);
}

#endif
