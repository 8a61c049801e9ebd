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
    int32_t b_shift;
    int32_t b_zero;       /* 1 unless what is left is dropped */
    int32_t out_zero;     /* as narrow.c has it */
    int32_t low;
    int32_t high;
    int32_t out_multiplier;
    int32_t out_shift;
} tms_add_narrow_t;

static void tms_add_narrow(const tms_add_narrow_t *layer, const int8_t *a, const int8_t *b,
                           int8_t *out)
{
    const uint32_t a_base = (uint32_t)layer->a_base;
    const uint32_t b_base = (uint32_t)layer->b_base;
    const int32_t b_multiplier = layer->b_multiplier;
    const uint32_t b_shift = (uint32_t)layer->b_shift;
    const int32_t b_half = tms_signed((uint32_t)layer->b_zero << b_shift);
    const int32_t out_multiplier = layer->out_multiplier;
    const uint32_t out_shift = (uint32_t)layer->out_shift;
    const int32_t out_zero = layer->out_zero;
    const int8_t *end = a + layer->size;
    int8_t *result = out;

    while (a != end) {
        const uint32_t first = ((uint32_t)(int32_t)*a++ << 20) + a_base;
        const uint32_t second = ((uint32_t)(int32_t)*b++ << 21) + b_base;
        const int32_t high = TMS_HIGH(second, b_multiplier, b_shift) + b_half;
        const uint32_t scaled = (uint32_t)tms_shift_right(high, b_shift) & ~1u;

        *result++ = (int8_t)TMS_NARROW(first + scaled, out_multiplier, out_zero, out_shift);
    }
    tms_limit(out, layer->size, layer->low, layer->high);
}
