/*
 * add_narrow.c - sum of two 8-bit tensors of one shape, the first of which has the larger scale.
 *
 * The larger scale always has the multiplier 1/2, which leaves nothing to round.
 */
#include "template.h"
#include "arithmetic.c"
#include "narrow.c"

typedef struct {
    int32_t size;
    int32_t a_base;       /* the first operand, twice, is a * 2^20 + a_base */
    int32_t b_base;       /* the second, twice and before its scaling, b * 2^21 + b_base */
    int32_t b_multiplier;
    int32_t b_shift;      /* right, at least 1 */
    int32_t out_zero;     /* twice the output's zero point, and one */
    int32_t low;
    int32_t high;
    int32_t out_multiplier;
    int32_t out_shift;    /* right, less one */
} tms_add_narrow_t;

/* value * multiplier / 2^(32 + shift), rounded twice; half is 2^(shift - 1) */
static inline int32_t tms_scale_down(uint32_t value, int32_t multiplier, int32_t half,
                                     uint32_t shift)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    int32_t result;

    __asm__("smmulr %0, %1, %2;"
            "add %0, %0, %0, asr #31;"
            "add %0, %0, %3;"
            "asr %0, %0, %4"
            : "=&r"(result)
            : "r"(value), "r"(multiplier), "r"(half), "r"(shift)
            : "cc");
    return result;
#else
    const int32_t high = tms_upper_product(value, multiplier);

    return tms_shift_right(high + half - (int32_t)(high < 0), shift);
#endif
}

static void tms_add_narrow(const tms_add_narrow_t *layer, const int8_t *a, const int8_t *b,
                           int8_t *out)
{
    const uint32_t a_base = (uint32_t)layer->a_base;
    const uint32_t b_base = (uint32_t)layer->b_base;
    const int32_t b_multiplier = layer->b_multiplier;
    const uint32_t b_shift = (uint32_t)layer->b_shift;
    const int32_t half = tms_signed((uint32_t)1 << (b_shift - 1u));
    const int32_t out_multiplier = layer->out_multiplier;
    const uint32_t out_shift = (uint32_t)layer->out_shift;
    const int32_t offset = tms_narrow_offset(layer->out_zero, out_shift);
    const int8_t *end = a + layer->size;
    int8_t *result = out;

    while (a != end) {
        const uint32_t first = ((uint32_t)(int32_t)*a++ << 20) + a_base;
        const uint32_t second = ((uint32_t)(int32_t)*b++ << 21) + b_base;
        const int32_t scaled = tms_scale_down(second, b_multiplier, half, b_shift);
        const uint32_t sum = first + ((uint32_t)scaled << 1);

        *result++ = (int8_t)tms_narrow(sum, out_multiplier, offset, out_shift);
    }
    tms_limit(out, layer->size, layer->low, layer->high);
}
