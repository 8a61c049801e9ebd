/*
 * div.c - quotient of two tensors that broadcast to the output. What is divided by zero becomes the
 * limit on its side.
 */
#include "template.h"
#include "broadcast.c"
#include "leading_zeros.c"
#include "reciprocal.c"

typedef struct {
    tms_broadcast_t loops;
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t out_zero_point;
    int32_t low;            /* limits before the output's zero point is added */
    int32_t high;
    int32_t multiplier;
    int32_t shift;
} tms_div_t;

/* a / b on the output's grid, both counted from their zero points, before the limits */
static TMS_LAYER int32_t tms_div_value(const tms_div_t *layer, int32_t a, int32_t b)
{
    const int32_t numerator = (b < 0) ? -a : a;
    const uint32_t size = (uint32_t)((b < 0) ? -b : b);
    const uint32_t above = (uint32_t)((numerator < 0) ? (-1 - numerator) : numerator);
    uint32_t headroom;
    uint32_t zeros;
    int32_t inverse;
    int32_t quotient;
    int32_t shift;

    if ((b == 0) || (numerator == 0)) {
        return (numerator > 0) ? 0x7FFFFFFF : ((numerator < 0) ? -0x7FFFFFFF : 0);
    }
    headroom = tms_leading_zeros((above << 1) | 1u);
    zeros = tms_leading_zeros(size);
    inverse = tms_reciprocal((int32_t)((size << zeros) - 0x80000000u));
    quotient = tms_high_multiply(tms_signed((uint32_t)numerator << headroom), inverse);
    shift = (layer->shift + (int32_t)zeros) - (int32_t)headroom - 31;
    return (shift < -31) ? 0 : TMS_MULTIPLY(quotient, layer->multiplier, shift);
}

/* a row of outputs */
static inline void tms_div_row(const tms_div_t *layer, const TMS_IN *a, const TMS_IN2 *b,
        TMS_OUT *out)
{
    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        const int32_t value =
            tms_div_value(layer, *a - layer->a_zero_point, *b - layer->b_zero_point);

        *out++ = (TMS_OUT)(layer->out_zero_point + tms_clamp(value, layer->low, layer->high));
        a += layer->loops.a_strides[4];
        b += layer->loops.b_strides[4];
    }
}

static void tms_div(const tms_div_t *layer, const TMS_IN *a, const TMS_IN2 *b, TMS_OUT *out)
{
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        tms_div_row(layer, a + row.a, b + row.b, out);
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
