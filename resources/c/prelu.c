/* prelu.c - leaky Relu whose slope is a tensor that broadcasts to the output. */
#include "template.h"
#include "arithmetic.c"
#include "broadcast.c"

typedef struct {
    tms_broadcast_t loops; /* over the input and the slope */
    int32_t in_zero_point;
    int32_t slope_zero_point;
    int32_t out_zero_point;
    int32_t low;              /* limits before the output's zero point is added */
    int32_t high;
    int32_t multiplier;       /* for values that are not negative */
    int32_t shift;
    int32_t alpha_multiplier; /* for a negative value times its slope */
    int32_t alpha_shift;
} tms_prelu_t;

/* one output */
static inline int32_t tms_prelu_value(const tms_prelu_t *layer, int32_t in, int32_t slope)
{
    const int32_t centred = in - layer->in_zero_point;
    int32_t value;

    if (centred >= 0) {
        value = TMS_MULTIPLY(centred, layer->multiplier, layer->shift);
    } else {
        value = TMS_MULTIPLY(centred * (slope - layer->slope_zero_point),
                             layer->alpha_multiplier, layer->alpha_shift);
    }
    return layer->out_zero_point + tms_clamp(value, layer->low, layer->high);
}

/* a row of outputs */
static inline void tms_prelu_row(const tms_prelu_t *layer, const TMS_IN *in, const TMS_IN2 *slope,
        TMS_OUT *out)
{
    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        *out++ = (TMS_OUT)tms_prelu_value(layer, *in, *slope);
        in += layer->loops.a_strides[4];
        slope += layer->loops.b_strides[4];
    }
}

static void tms_prelu(const tms_prelu_t *layer, const TMS_IN *in, const TMS_IN2 *slope,
        TMS_OUT *out)
{
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        tms_prelu_row(layer, in + row.a, slope + row.b, out);
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
