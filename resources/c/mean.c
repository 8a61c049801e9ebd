/*
 * mean.c - mean over axes. The axes that stay and those that are summed are merged into three
 * nested loops each, outermost first; the division is part of the multiplier,
 * or there is a divisor.
 */
#include "template.h"
#include "arithmetic.c"

typedef struct {
    int32_t kept[3];
    int32_t kept_strides[3];
    int32_t summed[3];
    int32_t summed_strides[3];
    int32_t in_offset;         /* number of summed values times the input's zero point */
    int32_t out_zero_point;
    int32_t low;               /* limits before the output's zero point is added */
    int32_t high;
    int32_t multiplier;        /* or the divisor, see TMS_SHARE */
    int32_t shift;
} tms_mean_t;

/* the sum on the output's grid; the multiplier holds the division by the number of values */
static inline int32_t tms_share_multiplied(int32_t sum, int32_t multiplier, int32_t shift)
{
    return TMS_MULTIPLY(sum, multiplier, shift);
}

/* sum * 2^(shift - 1) / divisor, rounded once */
static inline int32_t tms_share_divided(int32_t sum, int32_t divisor, int32_t shift)
{
    if (shift > 0) {
        return TMS_DIVIDE(tms_shift_left(sum, (uint32_t)(shift - 1)), divisor);
    }
    return TMS_DIVIDE(sum, tms_shift_left(divisor, (uint32_t)(1 - shift)));
}

/* the value of one output whose first input is in */
static inline int32_t tms_mean_value(const tms_mean_t *layer, const TMS_IN *in)
{
    TMS_ACC sum = 0;
    int32_t centred;

    for (int32_t i = 0; i < layer->summed[0]; i++) {
        for (int32_t j = 0; j < layer->summed[1]; j++) {
            const TMS_IN *value =
                in + ((i * layer->summed_strides[0]) + (j * layer->summed_strides[1]));

            for (int32_t k = 0; k < layer->summed[2]; k++) {
                sum += *value;
                value += layer->summed_strides[2];
            }
        }
    }
    centred = tms_clamp_wide((int64_t)sum - layer->in_offset, -0x7FFFFFFF - 1, 0x7FFFFFFF);
    return layer->out_zero_point
           + tms_clamp(TMS_SHARE(centred, layer->multiplier, layer->shift), layer->low,
                       layer->high);
}

static void tms_mean(const tms_mean_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->kept[0]; i++) {
        for (int32_t j = 0; j < layer->kept[1]; j++) {
            const TMS_IN *first = in + ((i * layer->kept_strides[0]) + (j * layer->kept_strides[1]));

            for (int32_t k = 0; k < layer->kept[2]; k++) {
                *out++ = (TMS_OUT)tms_mean_value(layer, first);
                first += layer->kept_strides[2];
            }
        }
    }
}
