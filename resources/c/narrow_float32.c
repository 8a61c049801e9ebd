/* narrow_float32.c - 8-bit results of accumulators that are multiplied in float32. */
#include "template.h"
#include "float32.c"
#include "narrow.c"
#ifndef TMS_NARROW_FLOAT32_C
#define TMS_NARROW_FLOAT32_C

/*
 * An accumulator, doubled, as output; factor has the bits of half the factor, zero is the output's
 * zero point. A product beyond 16 bits is beyond the limits with any zero point.
 */
static inline int32_t tms_narrow_float32(uint32_t doubled, int32_t multiplier, int32_t zero,
        uint32_t factor)
{
    const int32_t nearest = tms_product_float32(tms_signed(doubled), factor);

    (void)multiplier;
    return tms_clamp_narrow(tms_clamp_half_word(nearest) + zero);
}

#endif
