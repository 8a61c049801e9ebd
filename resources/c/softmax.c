/*
 * softmax.c - softmax over the last axis of 4- or 8-bit values, in fixed point.
 *
 * Q5.26 stands for a number with 5 integer and 26 fraction bits. Differences to the largest value
 * of a row are exponentiated twice, once for the sum and once for the result, so that no row needs
 * a buffer.
 */
#include "template.h"
#include "leading_zeros.c"
#include "reciprocal.c"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t multiplier; /* of a difference to Q5.26 */
    int32_t shift;
    int32_t diff_min;   /* smaller differences count as zero */
    int32_t bits;       /* of the output */
} tms_softmax_t;

/* exp of a Q0.31 value in [-1/4, 0), as Q0.31: a Taylor polynomial around -1/8 */
static int32_t tms_exp_near_zero(int32_t value)
{
    const int32_t exp_eighth = 1895147668;
    const int32_t third = 715827883;
    const int32_t x = value + 0x10000000;
    const int32_t x2 = tms_high_multiply(x, x);
    const int32_t x3 = tms_high_multiply(x2, x);
    const int32_t x4_quarter = tms_rounding_shift(tms_high_multiply(x2, x2), 2u);
    const int32_t tail = tms_rounding_shift(tms_high_multiply(x4_quarter + x3, third) + x2, 1u);

    return exp_eighth + tms_high_multiply(exp_eighth, x + tail);
}

/* exp of a Q5.26 value in [-32, 0], as Q0.31 */
static TMS_LAYER int32_t tms_exp(int32_t value)
{
    /* exp(-1/4), exp(-1/2), exp(-1) ... exp(-16) */
    static const int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308,
                                       39332535,   720401,     242};
    const int32_t quarter = 0x1000000;
    const int32_t in_quarter = (int32_t)((uint32_t)value & 0xFFFFFFu) - quarter;
    const uint32_t remainder = (uint32_t)in_quarter - (uint32_t)value;
    int32_t result;

    if (value == 0) {
        return 0x7FFFFFFF;
    }
    result = tms_exp_near_zero(in_quarter * 32);
    for (uint32_t i = 0u; i < 7u; i++) {
        if ((remainder & ((uint32_t)quarter << i)) != 0u) {
            result = tms_high_multiply(result, factors[i]);
        }
    }
    return result;
}

/* exp of the difference of a value to the largest of its row */
static inline int32_t tms_softmax_exp(const tms_softmax_t *layer, int32_t difference)
{
    return tms_exp(TMS_MULTIPLY(difference, layer->multiplier, layer->shift));
}

/* sum of a row's exponentials in Q12.19 */
static inline uint32_t tms_softmax_sum(const tms_softmax_t *layer, const TMS_IN *in, int32_t largest)
{
    uint32_t sum = 0u;

    for (int32_t c = 0; c < layer->depth; c++) {
        const int32_t difference = in[c] - largest;

        if (difference >= layer->diff_min) {
            sum += (uint32_t)tms_rounding_shift(tms_softmax_exp(layer, difference), 12u);
        }
    }
    return sum;
}

static inline void tms_softmax_row(const tms_softmax_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    const int32_t low = -(int32_t)((uint32_t)1 << (layer->bits - 1));
    int32_t largest = in[0];
    uint32_t sum;
    uint32_t headroom;
    uint32_t exponent;
    int32_t scale;

    for (int32_t c = 1; c < layer->depth; c++) {
        largest = (in[c] > largest) ? in[c] : largest;
    }
    sum = tms_softmax_sum(layer, in, largest);
    headroom = tms_leading_zeros(sum);
    exponent = (12u + 31u) - headroom - (uint32_t)layer->bits;
    scale = tms_reciprocal((int32_t)((sum << headroom) - 0x80000000u));
    for (int32_t c = 0; c < layer->depth; c++) {
        const int32_t difference = in[c] - largest;
        int32_t value = low;

        /* beyond 2^-31 every share rounds to zero */
        if ((difference >= layer->diff_min) && (exponent <= 31u)) {
            const int32_t share = tms_high_multiply(scale, tms_softmax_exp(layer, difference));

            value = tms_clamp(tms_rounding_shift(share, exponent) + low, low, -1 - low);
        }
        out[c] = (TMS_OUT)value;
    }
}

static void tms_softmax(const tms_softmax_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        tms_softmax_row(layer, in, out);
        in += layer->depth;
        out += layer->depth;
    }
}
