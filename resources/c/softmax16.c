/*
 * softmax16.c - softmax over the last axis of 16-bit values, with tables of exp(x) for x in
 * [-10, 0] and 1 / (1 + x) for x in [0, 1] on a scale of 2^-15.
 */
#include "template.h"
#include "arithmetic.c"
#include "interpolate.c"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t multiplier; /* of a difference to the table's argument */
    int32_t shift;
    int32_t bits;       /* of the output */
    const TMS_TABLE *exp_table;
    const TMS_TABLE *reciprocal_table;
} tms_softmax16_t;

/* exp of the difference of a value to the largest of its row; what the multiplication would shift
   beyond 32 bits lies below the table */
static inline int32_t tms_softmax16_exp(const tms_softmax16_t *layer, int32_t difference)
{
    const uint32_t left = (layer->shift > 0) ? (uint32_t)layer->shift : 0u;
    const int32_t within = tms_clamp(difference, -(int32_t)(0x7FFFFFFFu >> left), 0);
    const int32_t scaled = TMS_MULTIPLY(within, layer->multiplier, layer->shift);

    return tms_between(layer->exp_table, tms_clamp(scaled, -65535, 0) + 32767);
}

/* a result on a scale of 2^-15, on the output's grid */
static inline int32_t tms_softmax16_narrow(const tms_softmax16_t *layer, int32_t result)
{
    const int32_t low = -(int32_t)((uint32_t)1 << (layer->bits - 1));
    const uint32_t drop = (uint32_t)(15 - layer->bits);

    if (layer->bits == 16) {
        return result;
    }
    return tms_clamp((int32_t)(((uint32_t)result + (((uint32_t)1 << drop) >> 1)) >> drop) + low,
                     low, -1 - low);
}

static inline void tms_softmax16_row(const tms_softmax16_t *layer, const int16_t *in, TMS_OUT *out)
{
    int32_t largest = in[0];
    uint32_t sum = 0u;
    uint32_t headroom = 0u;
    uint32_t normal;
    uint32_t drop;
    int32_t scale;

    for (int32_t c = 1; c < layer->depth; c++) {
        largest = (in[c] > largest) ? in[c] : largest;
    }
    for (int32_t c = 0; c < layer->depth; c++) {
        sum += (uint32_t)tms_softmax16_exp(layer, in[c] - largest);
    }
    for (uint32_t bits = sum; bits < 0x80000000u; bits <<= 1) {
        headroom++;
    }
    /* the sum as 1 + x in Q2.30, then in Q2.16, whose x the table takes from -2^15 on */
    normal = sum << (headroom - 1u);
    scale = tms_clamp((int32_t)((normal + 0x2000u) >> 14) - 0x18000, -32768, 32767);
    scale = tms_between(layer->reciprocal_table, scale);
    drop = 31u - headroom;
    for (int32_t c = 0; c < layer->depth; c++) {
        const uint64_t share =
            (uint64_t)(uint32_t)tms_softmax16_exp(layer, in[c] - largest) * (uint32_t)scale;
        const uint64_t half = ((uint64_t)1 << drop) >> 1;
        const int32_t result = tms_clamp_wide((int64_t)((share + half) >> drop), 0, 32767);

        out[c] = (TMS_OUT)tms_softmax16_narrow(layer, result);
    }
}

static void tms_softmax16(const tms_softmax16_t *layer, const int16_t *in, TMS_OUT *out)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        tms_softmax16_row(layer, in, out);
        in += layer->depth;
        out += layer->depth;
    }
}
