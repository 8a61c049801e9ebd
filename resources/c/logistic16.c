/* logistic16.c - sigmoid and tanh of 16-bit values on a scale of 2^-15. */
#include "template.h"
#include "arithmetic.c"
#include "sigmoid.c"

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

        out[i] = (int16_t)tms_sigmoid_of(argument, table);
    }
}

static void tms_tanh16(const int16_t *in, int16_t *out, int32_t size, const uint16_t *table,
                       int32_t multiplier, int32_t shift)
{
    for (int32_t i = 0; i < size; i++) {
        const int32_t argument = tms_logistic16_argument(in[i], multiplier, shift);

        out[i] = (int16_t)tms_tanh_of(argument, table);
    }
}
