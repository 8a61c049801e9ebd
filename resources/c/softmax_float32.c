/*
 * softmax_float32.c - softmax over the last axis with exponentials from tables of float32 values.
 *
 * The exponential of a distance d to the row's largest value is coarse[d >> fine_bits] times
 * fine[d % 2^fine_bits]. It is computed twice, once for the sum and once for the result, so that
 * no row needs a buffer.
 */
#include "template.h"
#include "float32.c"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t out_zero_point;
    int32_t low;            /* limits before the output's zero point is added */
    int32_t high;
    int32_t fine_bits;
    tms_real_t steps;       /* of the output from 0 to 1 */
    const uint32_t *coarse; /* float32 values, not negative, as their bits */
    const uint32_t *fine;
} tms_softmax_float32_t;

/* the value of the bits of a float32 that is not negative */
static inline tms_real_t tms_real_of_bits(uint32_t bits)
{
    const uint32_t exponent = bits >> 23;
    tms_real_t result;

    result.mantissa = (int32_t)((bits & 0x7FFFFFu) | ((exponent != 0u) ? 0x800000u : 0u));
    result.exponent = (int32_t)((exponent != 0u) ? exponent : 1u) - 150;
    return result;
}

/* exp of minus a distance */
static inline tms_real_t tms_softmax_float32_exp(const tms_softmax_float32_t *layer,
        uint32_t distance)
{
    const uint32_t bits = (uint32_t)layer->fine_bits;

    return tms_real_product(tms_real_of_bits(layer->coarse[distance >> bits]),
                            tms_real_of_bits(layer->fine[distance & (((uint32_t)1 << bits) - 1u)]));
}

/* the nearest integer to value * steps / sum, ties to even, saturated to 32 bits; none negative */
static inline int32_t tms_softmax_float32_share(tms_real_t value, tms_real_t steps, tms_real_t sum)
{
    const uint64_t product = (uint64_t)value.mantissa * (uint64_t)steps.mantissa;
    const uint32_t shift = 62u - tms_bit_length(product);
    const int32_t drop = (int32_t)shift + sum.exponent - value.exponent - steps.exponent;
    int64_t share = tms_odd_quotient(product, shift, sum.mantissa);

    if (drop > 62) {
        return 0;
    }
    if (drop > 0) {
        share = tms_drop_half_even(share, (uint32_t)drop);
    }
    return (share > INT32_MAX) ? INT32_MAX : (int32_t)share;
}

static inline void tms_softmax_float32_row(const tms_softmax_float32_t *layer, const TMS_IN *in,
        TMS_OUT *out)
{
    tms_real_t sum = {0, 0};
    int32_t largest = in[0];

    for (int32_t c = 1; c < layer->depth; c++) {
        largest = (in[c] > largest) ? in[c] : largest;
    }
    for (int32_t c = 0; c < layer->depth; c++) {
        const tms_real_t value = tms_softmax_float32_exp(layer, (uint32_t)(largest - in[c]));

        sum = tms_real_sum(sum.mantissa, sum.exponent, value.mantissa, value.exponent);
    }
    for (int32_t c = 0; c < layer->depth; c++) {
        const tms_real_t value = tms_softmax_float32_exp(layer, (uint32_t)(largest - in[c]));
        const int32_t share = tms_softmax_float32_share(value, layer->steps, sum);

        out[c] = (TMS_OUT)(layer->out_zero_point + tms_clamp(share, layer->low, layer->high));
    }
}

static void tms_softmax_float32(const tms_softmax_float32_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        tms_softmax_float32_row(layer, in, out);
        in += layer->depth;
        out += layer->depth;
    }
}
