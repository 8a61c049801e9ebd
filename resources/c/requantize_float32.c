/* requantize_float32.c - 16-bit values on another grid by float32 values; also a leaky Relu. */
#include "template.h"
#include "steps.c"

typedef struct {
    int32_t size;
    int32_t in_zero_point;
    int32_t out_zero_point;
    int32_t low;        /* limits before the output's zero point is added */
    int32_t high;
    int32_t scale;      /* the bits of float32 values */
    int32_t slope;      /* of negative values */
    int32_t out_scale;
} tms_requantize_float32_t;

static void tms_requantize_float32(const tms_requantize_float32_t *layer, const TMS_IN *in,
        TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->size; i++) {
        const int32_t centred = in[i] - layer->in_zero_point;
        tms_real_t value = tms_step_scaled(centred, tms_step_read(layer->scale));

        if (centred < 0) {
            value = tms_step_product(value, tms_step_read(layer->slope));
        }
        value = tms_step_quotient(value, tms_step_read(layer->out_scale));
        out[i] = (TMS_OUT)(layer->out_zero_point
                           + tms_clamp(tms_step_nearest(value, 0), layer->low, layer->high));
    }
}
