/*
 * div.c - quotient of two tensors that broadcast to the output. The axes are merged into five
 * nested loops, outermost first; an operand that repeats along an axis has stride 0 there. What is
 * divided by zero becomes the limit on its side.
 */
#include "template.h"
#include "reciprocal.c"

typedef struct {
    int32_t sizes[5];
    int32_t a_strides[5];
    int32_t b_strides[5];
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

/* the two innermost axes */
static inline TMS_OUT *tms_div_rows(const tms_div_t *layer, const TMS_IN *a, const TMS_IN2 *b,
                                    TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        const TMS_IN *x = a + (i * layer->a_strides[3]);
        const TMS_IN2 *y = b + (i * layer->b_strides[3]);

        for (int32_t j = 0; j < layer->sizes[4]; j++) {
            const int32_t value =
                tms_div_value(layer, *x - layer->a_zero_point, *y - layer->b_zero_point);

            *out++ = (TMS_OUT)(layer->out_zero_point + tms_clamp(value, layer->low, layer->high));
            x += layer->a_strides[4];
            y += layer->b_strides[4];
        }
    }
    return out;
}

static void tms_div(const tms_div_t *layer, const TMS_IN *a, const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t at_a = (i * layer->a_strides[0]) + (j * layer->a_strides[1])
                                     + (k * layer->a_strides[2]);
                const int32_t at_b = (i * layer->b_strides[0]) + (j * layer->b_strides[1])
                                     + (k * layer->b_strides[2]);

                out = tms_div_rows(layer, a + at_a, b + at_b, out);
            }
        }
    }
}
