/*
 * fully_connected_real.c - fully connected layers whose sums are multiplied by a real factor in
 * binary64, computed in integers: the product, rounded to 53 significant bits, becomes the
 * nearest integer, ties away from zero.
 */
#include "template.h"
#include "arithmetic.c"
#include "float32.c"
#include "weights.c"

typedef struct {
    int32_t rows;
    int32_t in_size;
    int32_t out_size;
    int32_t out_zero_point;
    int32_t low;               /* limits before the output's zero point is added */
    int32_t high;
    const TMS_WEIGHT *weights; /* out_size x in_size */
    const TMS_BIAS *bias;      /* less the input's zero point times the sum of the weights */
    const int64_t *factor;     /* 53 bits */
    const int8_t *shift;       /* of the product to the right, 22 to 102 */
} tms_fully_connected_real_t;

/*
 * value * factor / 2^shift of magnitudes, at most 2^16 + 1: more than any output holds. A function of
 * its own, for the stack.
 */
static TMS_LAYER int32_t tms_double_steps(uint64_t value, uint64_t factor, uint32_t shift)
{
    /* 128 bits of the product of 48 and of 53 */
    const uint64_t least = (value & 0xFFFFFFFFu) * (factor & 0xFFFFFFFFu);
    const uint64_t middle = ((value >> 32) * (factor & 0xFFFFFFFFu))
                            + ((value & 0xFFFFFFFFu) * (factor >> 32)) + (least >> 32);
    uint64_t lower = (middle << 32) | (least & 0xFFFFFFFFu);
    uint64_t upper = ((value >> 32) * (factor >> 32)) + (middle >> 32);
    const uint32_t length = (upper != 0u) ? (64u + tms_bit_length(upper)) : tms_bit_length(lower);
    uint64_t before = lower;

    /* a product half a unit of 53 bits below a tie is rounded to the tie */
    if (length > 53u) {
        lower += (uint64_t)1 << (length - 54u);
        upper += (uint64_t)(lower < before);
    }
    if (shift > 64u) {
        upper += (uint64_t)1 << (shift - 65u);
        upper >>= shift - 64u;
        return (int32_t)((upper > 0x10001u) ? 0x10001u : upper);
    }
    before = lower;
    lower += (uint64_t)1 << (shift - 1u);
    upper += (uint64_t)(lower < before);
    if (shift == 64u) {
        return (int32_t)((upper > 0x10001u) ? 0x10001u : upper);
    }
    if ((upper >> shift) != 0u) {
        return 0x10001;
    }
    lower = (upper << (64u - shift)) | (lower >> shift);
    return (int32_t)((lower > 0x10001u) ? 0x10001u : lower);
}

static inline int32_t tms_double_product(uint64_t sum, int64_t factor, int32_t shift)
{
    const int64_t value = tms_signed_wide(sum);

    if (value < 0) {
        return -tms_double_steps((uint64_t)-value, (uint64_t)factor, (uint32_t)shift);
    }
    return tms_double_steps((uint64_t)value, (uint64_t)factor, (uint32_t)shift);
}

static void tms_fully_connected_real(const tms_fully_connected_real_t *layer, const TMS_IN *in,
                                     TMS_OUT *out)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        for (int32_t o = 0; o < layer->out_size; o++) {
            TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->bias[o];

            acc += TMS_DOT(in, layer->weights, o * layer->in_size, layer->in_size);
            *out++ = (TMS_OUT)(layer->out_zero_point
                               + tms_clamp(tms_double_product((uint64_t)acc, layer->factor[o],
                                                            layer->shift[o]),
                                           layer->low, layer->high));
        }
        in += layer->in_size;
    }
}
