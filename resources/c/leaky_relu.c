/* leaky_relu.c - one slope at and above the zero point, another below it. */
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
    int32_t alpha_multiplier;
    int32_t alpha_shift;
} tms_leaky_relu_t;

static void tms_leaky_relu(const tms_leaky_relu_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->size; i++) {
        const int32_t value = in[i] - layer->in_zero_point;
        const int32_t scaled =
            (value >= 0) ? TMS_MULTIPLY(value, layer->multiplier, layer->shift)
                         : TMS_MULTIPLY(value, layer->alpha_multiplier, layer->alpha_shift);

        out[i] = (TMS_OUT)(layer->out_zero_point + tms_clamp(scaled, layer->low, layer->high));
    }
}
