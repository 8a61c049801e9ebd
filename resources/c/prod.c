/*
 * prod.c - product over axes, brought back to 32 bits after every factor. The axes that stay and
 * those that are multiplied over are merged into three nested loops each, outermost first.
 */
#include "template.h"
#include "arithmetic.c"

typedef struct {
    int32_t kept[3];
    int32_t kept_strides[3];
    int32_t multiplied[3];
    int32_t multiplied_strides[3];
    int32_t in_zero_point;
    int32_t out_zero_point;
    int32_t low;            /* limits before the output's zero point is added */
    int32_t high;
    int32_t multiplier;     /* of 16 bits, for every factor */
    int32_t shift;
} tms_prod_t;

/* a product on the scale that the next factor takes */
static inline int32_t tms_prod_scaled(const tms_prod_t *layer, int64_t product)
{
    return tms_requantize_wide((uint64_t)product, layer->multiplier, layer->shift,
                               -0x7FFFFFFF - 1, 0x7FFFFFFF);
}

/* the value of one output whose first input is in */
static inline int32_t tms_prod_value(const tms_prod_t *layer, const TMS_IN *in)
{
    int32_t result = *in - layer->in_zero_point;
    int32_t first = 1;

    for (int32_t i = 0; i < layer->multiplied[0]; i++) {
        for (int32_t j = 0; j < layer->multiplied[1]; j++) {
            const TMS_IN *value =
                in + ((i * layer->multiplied_strides[0]) + (j * layer->multiplied_strides[1]));

            for (int32_t k = first; k < layer->multiplied[2]; k++) {
                const int32_t factor = value[k * layer->multiplied_strides[2]];

                result = tms_prod_scaled(layer, (int64_t)result * (factor - layer->in_zero_point));
            }
            first = 0;
        }
    }
    return layer->out_zero_point
           + tms_clamp(tms_prod_scaled(layer, result), layer->low, layer->high);
}

static void tms_prod(const tms_prod_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->kept[0]; i++) {
        for (int32_t j = 0; j < layer->kept[1]; j++) {
            const TMS_IN *first = in + ((i * layer->kept_strides[0]) + (j * layer->kept_strides[1]));

            for (int32_t k = 0; k < layer->kept[2]; k++) {
                *out++ = (TMS_OUT)tms_prod_value(layer, first);
                first += layer->kept_strides[2];
            }
        }
    }
}
