/*
 * l2_normalization.c - vectors along the last axis, brought to the length 1. Q3.28 stands for a
 * number with 3 integer and 28 fraction bits. A vector is read whole before its first result is
 * written.
 */
#include "template.h"
#include "arithmetic.c"
#include "leading_zeros.c"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t in_zero_point;
    int32_t lift;           /* bits to the left before the multiplication */
    int32_t rise;           /* bits to the left with it */
    int32_t out_zero_point;
    int32_t low;            /* limits before the output's zero point is added */
    int32_t high;
} tms_l2_normalization_t;

/*
 * 1 / sqrt(value) for 1 < value as a mantissa, by Newton's iteration from 1, and what to shift its
 * product by
 */
static TMS_LAYER int32_t tms_inverse_root(uint64_t value, int32_t *shift)
{
    const int32_t one = 0x10000000;
    uint32_t rest;
    uint32_t pairs;
    int32_t scaled;
    int32_t half;
    int32_t x = one;

    *shift = -11;
    while (value >= ((uint64_t)1 << 29)) {
        value >>= 2;
        *shift -= 1;
    }
    rest = (uint32_t)value;
    pairs = ((tms_leading_zeros(rest) - 1u) / 2u) - 1u;
    *shift += (int32_t)pairs;
    scaled = (int32_t)((rest << (2u * pairs)) >> 1);
    half = tms_rounding_shift(scaled, 1u);
    for (int32_t step = 0; step < 5; step++) {
        const int32_t cube =
            tms_shift_left(tms_high_multiply(tms_high_multiply(x, x), x), 6u);

        x = tms_shift_left(tms_high_multiply(x, one + (one / 2)) - tms_high_multiply(half, cube), 3u);
    }
    return tms_high_multiply(x, 1518500250); /* the root of a half */
}

static inline void tms_l2_normalization_row(const tms_l2_normalization_t *layer, const TMS_IN *in,
        TMS_OUT *out)
{
    uint64_t sum = 0u;
    int32_t mantissa = 0x7FFFFFFF;
    int32_t shift = 0;

    for (int32_t c = 0; c < layer->depth; c++) {
        const int32_t value = in[c] - layer->in_zero_point;
        const uint32_t size = (uint32_t)((value < 0) ? -value : value);

        sum += (uint64_t)size * size;
    }
    if (sum > 1u) {
        mantissa = tms_inverse_root(sum, &shift);
    }
    shift += layer->rise;
    for (int32_t c = 0; c < layer->depth; c++) {
        const int32_t lifted = (in[c] - layer->in_zero_point) * (int32_t)((uint32_t)1 << layer->lift);
        const int32_t value = TMS_MULTIPLY(lifted, mantissa, shift);

        out[c] = (TMS_OUT)(layer->out_zero_point + tms_clamp(value, layer->low, layer->high));
    }
}

static void tms_l2_normalization(const tms_l2_normalization_t *layer, const TMS_IN *in,
                                 TMS_OUT *out)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        tms_l2_normalization_row(layer, in, out);
        in += layer->depth;
        out += layer->depth;
    }
}
