/*
 * depthwise_conv2d.c - a filter of its own for every channel; output channel o reads
 * input channel o / (out_channels / in_channels). Padding reads as the input's zero point.
 */
#include "template.h"
#include "arithmetic.c"
#include "weights.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t in_zero_point;
    int32_t out_zero_point;
    int32_t low;               /* limits before the output's zero point is added */
    int32_t high;
    const TMS_WEIGHT *weights; /* kernel_height x kernel_width x out_channels */
    const TMS_BIAS *bias;
    const int32_t *multiplier;
    const int8_t *shift;
} tms_depthwise_conv2d_t;

/* products of one channel's taps inside the input; in is that channel's first value */
static inline TMS_UACC tms_depthwise_products(const tms_depthwise_conv2d_t *layer,
                                              const tms_window_t *window, const TMS_IN *in,
                                              int32_t channel)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t step = g->dilation_x * g->in_channels;
    const int32_t zero_point = layer->in_zero_point;
    const int32_t channels = g->out_channels;
    TMS_UACC acc = 0u;

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t y = window->y + (ky * g->dilation_y);
        const int32_t column = window->x + (window->left * g->dilation_x);
        const TMS_IN *value = in + (((y * g->in_width) + column) * g->in_channels);
        int32_t weight = (((ky * g->kernel_width) + window->left) * channels) + channel;

        for (int32_t kx = window->left; kx < window->right; kx++) {
            acc += (TMS_UACC)((TMS_ACC)(*value - zero_point)
                              * TMS_WEIGHT_AT(layer->weights, weight));
            value += step;
            weight += channels;
        }
    }
    return acc;
}

static void tms_depthwise_conv2d(const tms_depthwise_conv2d_t *layer, const TMS_IN *in,
                                 TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t multiple = g->out_channels / g->in_channels;
    tms_window_t window;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            tms_window_columns(&window, g, ox);
            for (int32_t o = 0; o < g->out_channels; o++) {
                const int32_t source = (multiple == 1) ? o : (o / multiple);
                TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->bias[o];

                acc += tms_depthwise_products(layer, &window, in + source, o);
                *out++ = (TMS_OUT)(layer->out_zero_point
                                   + TMS_REQUANTIZE(acc, layer->multiplier[o], layer->shift[o],
                                                    layer->low, layer->high));
            }
        }
    }
}
