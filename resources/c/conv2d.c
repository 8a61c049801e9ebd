/*
 * conv2d.c - convolution over an image, with groups and dilation.
 *
 * Padding reads as the input's zero point. The zero point is folded into the bias for the whole
 * window, so that the inner product runs on the raw input; what the taps in the padding are then
 * short of is added for the windows at the border alone.
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
    int32_t low;               /* limits before the output's zero point is added */
    int32_t high;
    const TMS_WEIGHT *weights; /* out_channels x kernel_height x kernel_width x in_channels / groups */
    const TMS_BIAS *bias;      /* less in_zero_point times the sum of the channel's weights */
    const int32_t *multiplier;
    const int8_t *shift;
} tms_conv2d_t;

/* products of the taps inside the input; first is the index of the filter's first weight */
static inline TMS_UACC tms_conv2d_products(const tms_conv2d_t *layer, const tms_window_t *window,
                                           const TMS_IN *in, int32_t first)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels / layer->groups;
    const int32_t step = g->dilation_x * g->in_channels;
    /* neighbouring taps without a gap are one long product */
    const int32_t run = (step == depth) ? (window->right - window->left) : 1;
    TMS_UACC acc = 0u;

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t y = window->y + (ky * g->dilation_y);
        const int32_t row = ((y * g->in_width) + window->x) * g->in_channels;
        const int32_t filter = first + (ky * g->kernel_width * depth);

        for (int32_t kx = window->left; kx < window->right; kx += run) {
            acc += TMS_DOT(in + (row + (kx * step)), layer->weights, filter + (kx * depth),
                           run * depth);
        }
    }
    return acc;
}

/* sum of the weights of the taps in the padding */
static TMS_UACC tms_conv2d_outside(const tms_conv2d_t *layer, const tms_window_t *window,
                                   int32_t first)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels / layer->groups;
    const int32_t row = g->kernel_width * depth;
    TMS_UACC sum = tms_weight_sum(layer->weights, first, window->top * row);

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t start = first + (ky * row);
        const int32_t end = window->right * depth;

        sum += tms_weight_sum(layer->weights, start, window->left * depth);
        sum += tms_weight_sum(layer->weights, start + end, row - end);
    }
    return sum + tms_weight_sum(layer->weights, first + (window->bottom * row),
                                (g->kernel_height - window->bottom) * row);
}

/* all channels of one output position */
static inline void tms_conv2d_pixel(const tms_conv2d_t *layer, const tms_window_t *window,
                                    const TMS_IN *in, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels / layer->groups;
    const int32_t filter = g->kernel_height * g->kernel_width * depth;
    const int32_t per_group = g->out_channels / layer->groups;
    const int32_t taps = (window->bottom - window->top) * (window->right - window->left);
    const int32_t clipped = (taps * depth) - filter;

    for (int32_t o = 0; o < g->out_channels; o++) {
        const int32_t group = (layer->groups == 1) ? 0 : (o / per_group);
        TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->bias[o];

        acc += tms_conv2d_products(layer, window, in + (group * depth), o * filter);
        if (clipped != 0) {
            acc += (TMS_UACC)(TMS_ACC)layer->in_zero_point
                   * tms_conv2d_outside(layer, window, o * filter);
        }
        out[o] = (TMS_OUT)(layer->out_zero_point
                           + TMS_REQUANTIZE(acc, layer->multiplier[o], layer->shift[o], layer->low,
                                            layer->high));
    }
}

static void tms_conv2d(const tms_conv2d_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    tms_window_t window;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            tms_window_columns(&window, g, ox);
            tms_conv2d_pixel(layer, &window, in, out);
            out += g->out_channels;
        }
    }
}
