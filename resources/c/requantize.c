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

static void tms_requantize_values(const tms_requantize_values_t *layer, const TMS_IN *in,
                                  TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->size; i++) {
        const int32_t value =
            TMS_MULTIPLY(in[i] - layer->in_zero_point, layer->multiplier, layer->shift);

        out[i] = (TMS_OUT)(layer->out_zero_point + tms_clamp(value, layer->low, layer->high));
    }
}
