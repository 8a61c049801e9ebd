/*
 * fully_connected.c - every output is a weighted sum of a whole row of inputs.
 *
 * Order: row after row, which is read again for every output.
 */
#include "template.h"
#include "arithmetic.c"
#include "weights.c"

typedef struct {
    int32_t rows;
    int32_t in_size;
    int32_t out_size;
    int32_t out_zero_point;
    int32_t low;               /* limits before the output's zero point is added */
    int32_t high;
    const TMS_WEIGHT *weights; /* out_size x in_size */
    const TMS_BIAS *bias;      /* less the input's zero point times the sum of the weights */
    const int32_t *multiplier;
    const int8_t *shift;
} tms_fully_connected_t;

static void tms_fully_connected(const tms_fully_connected_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        for (int32_t o = 0; o < layer->out_size; o++) {
            TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->bias[o];

            acc += TMS_DOT(in, layer->weights, o * layer->in_size, layer->in_size);
            *out++ = (TMS_OUT)(layer->out_zero_point
                               + TMS_REQUANTIZE(acc, layer->multiplier[o], layer->shift[o],
                                                layer->low, layer->high));
        }
        in += layer->in_size;
    }
}
