/* requantize_float32.c - 16-bit values on another grid by float32 values; also a leaky Relu. */
#include "template.h"
#include "float32.c"

typedef struct {
    int32_t size;
    int32_t in_zero_point;
    int32_t out_zero_point;
    int32_t low;        /* limits before the output's zero point is added */
    int32_t high;
    tms_real_t scale;
    tms_real_t slope;   /* of negative values */
    tms_real_t out_scale;
} tms_requantize_float32_t;

static void tms_requantize_float32(const tms_requantize_float32_t *layer, const TMS_IN *in,
        TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->size; i++) {
        tms_real_t value = tms_real((int64_t)(in[i] - layer->in_zero_point) * layer->scale.mantissa,
                                    layer->scale.exponent);

        if (value.mantissa < 0) {
            value = tms_real_product(value, layer->slope);
        }
        out[i] = (TMS_OUT)(layer->out_zero_point
                           + tms_clamp(tms_real_nearest(tms_real_quotient(value, layer->out_scale)),
                                       layer->low, layer->high));
    }
}
