/*
 * logistic16.c - sigmoid and tanh of 16-bit values on a scale of 2^-15.
 *
 * One table holds sigmoid(i / 24) for i in [0, 255] on a scale of 2^-16; both functions are
 * symmetric, and tanh(x) = 2 sigmoid(2 x) - 1.
 */
#include "template.h"
#include "arithmetic.c"

/* value * multiplier / 2^shift to nearest, ties up: the table's argument before its sign is cut */
static inline int32_t tms_logistic16_argument(int32_t value, int32_t multiplier, int32_t shift)
{
    const int64_t half = (int64_t)(((uint64_t)1 << shift) >> 1);
    const int64_t scaled = ((int64_t)value * multiplier) + half;

    return tms_clamp_wide(tms_floor_shift_wide(scaled, (uint32_t)shift), -0x7FFFFFFF, 0x7FFFFFFF);
}

static void tms_sigmoid16(const int16_t *in, int16_t *out, int32_t size, const uint16_t *table,
                          int32_t multiplier, int32_t shift)
{
    for (int32_t i = 0; i < size; i++) {
        const int32_t argument = tms_logistic16_argument(in[i], multiplier, shift);
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
        out[i] = (int16_t)((result + 512u) >> 10);
    }
}

static void tms_tanh16(const int16_t *in, int16_t *out, int32_t size, const uint16_t *table,
                       int32_t multiplier, int32_t shift)
{
    for (int32_t i = 0; i < size; i++) {
        const int32_t argument = tms_logistic16_argument(in[i], multiplier, shift);
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
        out[i] = (int16_t)tms_clamp(tms_floor_shift(result, 8u), -32768, 32767);
    }
}
