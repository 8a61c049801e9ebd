/*
 * prelu.c - leaky Relu whose slope is a tensor that broadcasts to the output. The axes are merged
 * into five nested loops, outermost first; a slope that repeats along an axis has stride 0 there.
 */
#include "template.h"
#include "arithmetic.c"

typedef struct {
    int32_t sizes[5];
    int32_t in_strides[5];
    int32_t slope_strides[5];
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

/* the two innermost axes */
static inline TMS_OUT *tms_prelu_rows(const tms_prelu_t *layer, const TMS_IN *in,
                                      const TMS_IN2 *slope, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        const TMS_IN *x = in + (i * layer->in_strides[3]);
        const TMS_IN2 *s = slope + (i * layer->slope_strides[3]);

        for (int32_t j = 0; j < layer->sizes[4]; j++) {
            *out++ = (TMS_OUT)tms_prelu_value(layer, *x, *s);
            x += layer->in_strides[4];
            s += layer->slope_strides[4];
        }
    }
    return out;
}

static void tms_prelu(const tms_prelu_t *layer, const TMS_IN *in, const TMS_IN2 *slope,
                      TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t from = (i * layer->in_strides[0]) + (j * layer->in_strides[1])
                                     + (k * layer->in_strides[2]);
                const int32_t at = (i * layer->slope_strides[0]) + (j * layer->slope_strides[1])
                                   + (k * layer->slope_strides[2]);

                out = tms_prelu_rows(layer, in + from, slope + at, out);
            }
        }
    }
}
