/*
 * depthwise_conv2d.c - a filter of its own for every channel; output channel o reads
 * input channel o / (out_channels / in_channels). Padding reads as the input's zero point.
 *
 * Order: pixel after pixel, of each four channels after the other, or one; these are read,
 * then written.
 */
#include "template.h"
#include "arithmetic.c"
#include "weights.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t in_zero_point;
    int32_t out_zero_point;
    int32_t low; /* limits before the output's zero point is added */
    int32_t high;
    const TMS_WEIGHT *weights; /* kernel_height, kernel_width, out_channels */
    const TMS_BIAS *bias;
    const int32_t *multiplier;
    const int8_t *shift;
} tms_depthwise_conv2d_t;

/* The taps of a window inside the input, and the way from one to the next. */
typedef struct {
    int32_t rows;
    int32_t columns;
    int32_t in_start;
    int32_t in_row; /* from behind the last tap of a row to the first of the next */
    int32_t in_column;
    int32_t weight_start;
    int32_t weight_row;
} tms_taps_t;

static inline void tms_depthwise_taps(tms_taps_t *taps, const tms_geometry_t *g,
        const tms_window_t *window)
{
    const int32_t y = window->y + (window->top * g->dilation_y);
    const int32_t x = window->x + (window->left * g->dilation_x);

    taps->rows = window->bottom - window->top;
    taps->columns = window->right - window->left;
    taps->in_start = ((y * g->in_width) + x) * g->in_channels;
    taps->in_column = g->dilation_x * g->in_channels;
    taps->in_row = (g->dilation_y * g->in_width * g->in_channels)
                   - (taps->columns * taps->in_column);
    taps->weight_start = ((window->top * g->kernel_width) + window->left) * g->out_channels;
    taps->weight_row = (g->kernel_width - taps->columns) * g->out_channels;
}

/* one product, with the value's distance from the zero point */
static inline TMS_UACC tms_centred_product(TMS_IN value, int32_t zero_point, int32_t weight)
{
    return (TMS_UACC)((TMS_ACC)(value - zero_point) * weight);
}

/* products of one channel; at and weight are the places of its first value and weight */
static inline TMS_UACC tms_depthwise_sum(const tms_depthwise_conv2d_t *layer,
        const tms_taps_t *taps, const TMS_IN *in, int32_t at, int32_t weight)
{
    const TMS_WEIGHT *weights = layer->weights;
    const int32_t zero_point = layer->in_zero_point;
    const int32_t channels = layer->geometry.out_channels;
    const int32_t step = taps->in_column;
    TMS_UACC acc = 0u;

    for (int32_t row = taps->rows; row > 0; row--) {
        for (int32_t column = taps->columns; column > 0; column--) {
            acc += tms_centred_product(in[at], zero_point, TMS_WEIGHT_AT(weights, weight));
            at += step;
            weight += channels;
        }
        at += taps->in_row;
        weight += taps->weight_row;
    }
    return acc;
}

/* products of four neighbouring channels that read four neighbouring values */
static inline void tms_depthwise_sums(const tms_depthwise_conv2d_t *layer, const tms_taps_t *taps,
        const TMS_IN *in, int32_t at, int32_t weight, TMS_UACC acc[4])
{
    const TMS_WEIGHT *weights = layer->weights;
    const int32_t zero_point = layer->in_zero_point;
    const int32_t channels = layer->geometry.out_channels;
    const int32_t step = taps->in_column;
    TMS_UACC a = 0u;
    TMS_UACC b = 0u;
    TMS_UACC c = 0u;
    TMS_UACC d = 0u;

    for (int32_t row = taps->rows; row > 0; row--) {
        for (int32_t column = taps->columns; column > 0; column--) {
            a += tms_centred_product(in[at], zero_point, TMS_WEIGHT_AT(weights, weight));
            b += tms_centred_product(in[at + 1], zero_point, TMS_WEIGHT_AT(weights, weight + 1));
            c += tms_centred_product(in[at + 2], zero_point, TMS_WEIGHT_AT(weights, weight + 2));
            d += tms_centred_product(in[at + 3], zero_point, TMS_WEIGHT_AT(weights, weight + 3));
            at += step;
            weight += channels;
        }
        at += taps->in_row;
        weight += taps->weight_row;
    }
    acc[0] = a;
    acc[1] = b;
    acc[2] = c;
    acc[3] = d;
}

/* the output of one channel from the sum of its products */
static inline TMS_OUT tms_depthwise_result(const tms_depthwise_conv2d_t *layer, int32_t channel,
        TMS_UACC sum)
{
    const TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->bias[channel] + sum;

    return (TMS_OUT)(layer->out_zero_point
                     + TMS_REQUANTIZE(acc, layer->multiplier[channel], layer->shift[channel],
                                      layer->low, layer->high));
}

/* all channels of one pixel */
static inline void tms_depthwise_pixel(const tms_depthwise_conv2d_t *layer, const tms_taps_t *taps,
        const TMS_IN *in, TMS_OUT *out)
{
    const int32_t channels = layer->geometry.out_channels;
    const int32_t multiple = channels / layer->geometry.in_channels;
    const int32_t blocks = (multiple == 1) ? (channels - (channels % 4)) : 0;

    for (int32_t o = 0; o < blocks; o += 4) {
        TMS_UACC sums[4];

        tms_depthwise_sums(layer, taps, in, taps->in_start + o, taps->weight_start + o, sums);
        for (int32_t i = 0; i < 4; i++) {
            out[o + i] = tms_depthwise_result(layer, o + i, sums[i]);
        }
    }
    for (int32_t o = blocks; o < channels; o++) {
        const int32_t at = taps->in_start + ((multiple == 1) ? o : (o / multiple));

        out[o] = tms_depthwise_result(
            layer, o, tms_depthwise_sum(layer, taps, in, at, taps->weight_start + o));
    }
}

static void tms_depthwise_conv2d(const tms_depthwise_conv2d_t *layer, const TMS_IN *in,
        TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    tms_window_t window;
    tms_taps_t taps;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            tms_window_columns(&window, g, ox);
            tms_depthwise_taps(&taps, g, &window);
            tms_depthwise_pixel(layer, &taps, in, out);
            out += g->out_channels;
        }
    }
}
