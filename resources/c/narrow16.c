/*
 * narrow16.c - results of layers with 16-bit inputs whose accumulators fit 32 bits.
 *
 * Their multipliers have 15 bits. With a right shift of at least 17, the product may first lose its
 * lower 16 bits: what rounds to nearest, ties up, is a multiple of what they stand for.
 */
#include "template.h"
#include "narrow.c"
#ifndef TMS_NARROW16_C
#define TMS_NARROW16_C

/* floor(value * multiplier / 2^16) */
static inline int32_t tms_upper_product16(uint32_t value, int32_t multiplier)
{
#if defined(__ARM_FEATURE_DSP)
    const int64_t product = (int64_t)tms_signed(value) * (multiplier * 65536);

    return tms_signed((uint32_t)((uint64_t)product >> 32));
#else
    const int32_t upper = tms_shift_right(tms_signed(value), 16u);
    const uint32_t lower = (value & 0xFFFFu) * (uint32_t)multiplier;

    return (upper * multiplier) + (int32_t)(lower >> 16);
#endif
}

/*
 * An accumulator, shifted left by its headroom, as output; scaling holds its bias, multiplier and
 * right shift, to which the headroom is added and which is 17 less. Zero is twice the output's
 * zero point, and one.
 */
static inline int32_t tms_narrow16(uint32_t acc, const int32_t *scaling, int32_t zero, int32_t low,
                                   int32_t high)
{
    const uint32_t shift = (uint32_t)scaling[2];
    const int32_t value =
        tms_upper_product16(acc, scaling[1]) + tms_signed((uint32_t)zero << shift);

    return tms_clamp(tms_shift_right(value, shift + 1u), low, high);
}

#endif
