/* requantize.c - the same values on another grid, limited to [low, high]. */
#include "template.h"
#include "arithmetic.c"

typedef struct {
    int32_t size;
    int32_t in_zero_point;
    int32_t out_zero_point;
    int32_t low;            /* limits before the output's zero point is added */
    int32_t high;
    int32_t multiplier;
    int32_t shift;
} tms_requantize_values_t;

/* all values; shift is that of the layer, known to be to the left or not */
static inline TMS_INLINE void tms_requantize_run(const tms_requantize_values_t *layer,
        const TMS_IN *in, TMS_OUT *out, int32_t shift)
{
    const int32_t in_zero = layer->in_zero_point;
    const int32_t out_zero = layer->out_zero_point;
    const int32_t low = layer->low;
    const int32_t high = layer->high;
    const int32_t multiplier = layer->multiplier;

    for (int32_t left = layer->size; left > 0; left--) {
        const int32_t value = TMS_MULTIPLY(*in++ - in_zero, multiplier, shift);

        *out++ = (TMS_OUT)(out_zero + tms_clamp(value, low, high));
    }
}

static void tms_requantize_values(const tms_requantize_values_t *layer, const TMS_IN *in,
                                  TMS_OUT *out)
{
    const int32_t shift = layer->shift;

    if (shift > 0) {
        tms_requantize_run(layer, in, out, shift);
    } else {
        tms_requantize_run(layer, in, out, shift);
    }
}
