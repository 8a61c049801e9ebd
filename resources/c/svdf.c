/*
 * svdf.c - features of the newest input, weighed with those of the steps before.
 *
 * The state holds the features of the last steps, oldest first, one row for each feature.
 */
#include "template.h"
#include "arithmetic.c"
#include "dense_row.c"

typedef struct {
    int32_t in_size;
    int32_t units;
    int32_t rank;                 /* features of one output */
    int32_t steps;                /* that are kept */
    int32_t out_zero_point;
    int32_t low;                  /* limits before the output's zero point is added */
    int32_t high;
    int32_t state_zero_point;
    int32_t state_low;            /* limits of a feature before that is added */
    int32_t state_high;
    int32_t feature[2];           /* multiplier and shift, as the other one */
    int32_t output[2];
    const TMS_WEIGHT *weights;    /* of four features together, as dense_row.c has them */
    const int32_t *feature_bias;  /* minus the input's zero point times the sum of the weights */
    const TMS_IN2 *time_weights;  /* units x rank x steps */
    const int32_t *bias;
} tms_svdf_t;

/* moves the state of a feature up, adds the newest and gives the weighed sum modulo 2^32 */
static inline uint32_t tms_svdf_sum(const tms_svdf_t *layer, TMS_IN2 *state,
                                    const TMS_IN2 *weights, int32_t feature)
{
    const int32_t last = layer->steps - 1;
    const int32_t zero_point = layer->state_zero_point;
    uint32_t sum = 0u;

    for (int32_t step = 0; step < last; step++) {
        state[step] = state[step + 1];
        sum += (uint32_t)(((int32_t)state[step] - zero_point) * weights[step]);
    }
    state[last] = (TMS_IN2)(feature + zero_point);
    return sum + (uint32_t)(feature * weights[last]);
}

/* the accumulators of four features; moves on behind their weights */
static TMS_LAYER void tms_svdf_features(const tms_svdf_t *layer, const tms_dense_row_t *row,
        int32_t first, const TMS_WEIGHT **weights, uint32_t acc[4])
{
    const int32_t *bias = layer->feature_bias + first;

    acc[0] = (uint32_t)bias[0];
    acc[1] = (uint32_t)bias[1];
    acc[2] = (uint32_t)bias[2];
    acc[3] = (uint32_t)bias[3];
    tms_dense_row_sums(row, weights, acc);
}

static void tms_svdf(const tms_svdf_t *layer, const TMS_IN *in, TMS_IN2 *state, TMS_OUT *out)
{
    const TMS_WEIGHT *weights = layer->weights;
    const TMS_IN2 *time_weights = layer->time_weights;
    int32_t feature = 0;
    uint32_t acc[4];
    int8_t rest[8];
    tms_dense_row_t row;

    tms_dense_row(in, layer->in_size, rest, &row);
    for (int32_t unit = 0; unit < layer->units; unit++) {
        uint32_t sum = (uint32_t)layer->bias[unit];

        for (int32_t i = 0; i < layer->rank; i++) {
            if (feature % 4 == 0) {
                tms_svdf_features(layer, &row, feature, &weights, acc);
            }
            sum += tms_svdf_sum(layer, state, time_weights,
                                TMS_REQUANTIZE(acc[feature % 4], layer->feature[0],
                                               layer->feature[1], layer->state_low,
                                               layer->state_high));
            state += layer->steps;
            time_weights += layer->steps;
            feature++;
        }
        *out++ = (TMS_OUT)(layer->out_zero_point
                           + TMS_REQUANTIZE(sum, layer->output[0], layer->output[1], layer->low,
                                            layer->high));
    }
}
