/*
 * div_float32.c - quotient of two tensors as real numbers, in float32 steps that integers compute.
 * What is divided by zero becomes the limit on its side.
 */
#include "template.h"
#include "broadcast.c"
#include "float32.c"

typedef struct {
    tms_broadcast_t loops;
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t out_zero_point;
    int32_t low;          /* limits before the output's zero point is added */
    int32_t high;
    int32_t undefined;    /* what 0 / 0 becomes, before the zero point too */
    int32_t mantissas[3]; /* of the scales of both operands and of the output */
    int32_t exponents[3];
} tms_div_float32_t;

/* a real number as an integer, which lies far beyond all limits where it does not fit */
static inline int32_t tms_div_float32_nearest(tms_real_t value)
{
    if (value.exponent >= 0) {
        return tms_real_nearest(value);
    }
    return (int32_t)TMS_DROP((int64_t)value.mantissa,
                             (uint32_t)((value.exponent < -62) ? 62 : -value.exponent));
}

/* a / b on the output's grid, both counted from their zero points, before the limits */
static TMS_LAYER int32_t tms_div_float32_value(const tms_div_float32_t *layer, int32_t a, int32_t b)
{
    const int32_t numerator = (b < 0) ? -a : a;
    const int32_t size = (b < 0) ? -b : b;
    const tms_real_t scale = {layer->mantissas[2], layer->exponents[2]};
    tms_real_t value;

    if (b == 0) {
        return (a > 0) ? 0x7FFFFFFF : ((a < 0) ? -0x7FFFFFFF : layer->undefined);
    }
    value = tms_real_quotient(tms_real((int64_t)numerator * layer->mantissas[0], layer->exponents[0]),
                              tms_real((int64_t)size * layer->mantissas[1], layer->exponents[1]));
    return tms_div_float32_nearest(tms_real_quotient(value, scale));
}

/* a row of outputs */
static inline void tms_div_float32_row(const tms_div_float32_t *layer, const TMS_IN *a,
        const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        const int32_t value =
            tms_div_float32_value(layer, *a - layer->a_zero_point, *b - layer->b_zero_point);

        *out++ = (TMS_OUT)(layer->out_zero_point + tms_clamp(value, layer->low, layer->high));
        a += layer->loops.a_strides[4];
        b += layer->loops.b_strides[4];
    }
}

static void tms_div_float32(const tms_div_float32_t *layer, const TMS_IN *a, const TMS_IN2 *b,
        TMS_OUT *out)
{
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        tms_div_float32_row(layer, a + row.a, b + row.b, out);
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
