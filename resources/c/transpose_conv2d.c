/*
 * transpose_conv2d.c - transposed convolution, with groups and dilation.
 *
 * Every output gathers the inputs that reach it: tap k of input i reaches output
 * i * stride + k * dilation - pad. Where an output has no input, its bias is left.
 */
#include "template.h"
#include "arithmetic.c"
#include "weights.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t groups;
    int32_t in_zero_point;
    int32_t out_zero_point;
    int32_t low; /* limits before the output's zero point is added */
    int32_t high;
    const TMS_WEIGHT *weights; /* out_channels, kernel_height, kernel_width, in_channels / groups */
    const TMS_BIAS *bias;
    const int32_t *multiplier;
    const int8_t *shift;
} tms_transpose_conv2d_t;

/* the input that reaches an output through a tap at distance from its origin; -1 for none */
static inline int32_t tms_reaching(int32_t distance, int32_t stride, int32_t extent)
{
    int32_t from = -1;

    if ((distance >= 0) && ((distance % stride) == 0) && ((distance / stride) < extent)) {
        from = distance / stride;
    }
    return from;
}

/* products of one tap with all channels of a group */
static inline TMS_UACC tms_tap_sum(const tms_transpose_conv2d_t *layer, const TMS_IN *in,
        int32_t weight, int32_t depth)
{
    const TMS_WEIGHT *weights = layer->weights;
    const int32_t zero_point = layer->in_zero_point;
    TMS_UACC sum = 0u;

    for (int32_t i = 0; i < depth; i++) {
        sum += (TMS_UACC)((TMS_ACC)(in[i] - zero_point) * TMS_WEIGHT_AT(weights, weight + i));
    }
    return sum;
}

/* the accumulator of channel o at row y and column x, both counted from the uncut result */
static inline TMS_UACC tms_gathered(const tms_transpose_conv2d_t *layer, const TMS_IN *in,
        int32_t y, int32_t x, int32_t o)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels / layer->groups;
    const int32_t first = (o / (g->out_channels / layer->groups)) * depth;
    TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->bias[o];

    for (int32_t ky = 0; ky < g->kernel_height; ky++) {
        const int32_t row = tms_reaching(y - (ky * g->dilation_y), g->stride_y, g->in_height);

        if (row < 0) {
            continue;
        }
        for (int32_t kx = 0; kx < g->kernel_width; kx++) {
            const int32_t column =
                tms_reaching(x - (kx * g->dilation_x), g->stride_x, g->in_width);
            const int32_t tap = (((o * g->kernel_height) + ky) * g->kernel_width) + kx;

            if (column >= 0) {
                const int32_t at = (((row * g->in_width) + column) * g->in_channels) + first;

                acc += tms_tap_sum(layer, in + at, tap * depth, depth);
            }
        }
    }
    return acc;
}

static void tms_transpose_conv2d(const tms_transpose_conv2d_t *layer, const TMS_IN *in,
        TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            for (int32_t o = 0; o < g->out_channels; o++) {
                const TMS_UACC acc =
                    tms_gathered(layer, in, oy + g->pad_top, ox + g->pad_left, o);

                *out++ = (TMS_OUT)(layer->out_zero_point
                                   + TMS_REQUANTIZE(acc, layer->multiplier[o], layer->shift[o],
                                                    layer->low, layer->high));
            }
        }
    }
}
