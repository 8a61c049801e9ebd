/*
 * conv2d.c - convolution over an image, with groups and dilation.
 *
 * Padding reads as the input's zero point. The zero point is folded into the bias for the whole
 * window, so that the inner product runs on the raw input; what the taps in the padding are then
 * short of is added for the windows at the border alone. Away from the border two neighbouring
 * pixels share every weight, and two channels every value.
 *
 * Order: rows of pixels, of each pairs away from the left and right border, else single
 * pixels; these are read again for every one or two channels, which are then written.
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
    const TMS_BIAS *bias; /* less in_zero_point times the sum of the channel's weights */
    const int32_t *multiplier;
    const int8_t *shift;
} tms_conv2d_t;

/* The taps of a window inside the input as segments of neighbouring values. */
typedef struct {
    int32_t rows;
    int32_t columns;
    int32_t length;
    int32_t in_start; /* elements from the start of the input, and from one segment to the next */
    int32_t in_row;
    int32_t in_column;
    int32_t weight_start; /* weights from the start of a filter, and from one segment to the next */
    int32_t weight_row;
    int32_t weight_column;
} tms_segments_t;

static inline void tms_conv2d_segments(tms_segments_t *s, const tms_conv2d_t *layer,
        const tms_window_t *window)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels / layer->groups;
    const int32_t taps = window->right - window->left;
    const int32_t y = window->y + (window->top * g->dilation_y);
    const int32_t x = window->x + (window->left * g->dilation_x);

    s->in_column = g->dilation_x * g->in_channels;
    s->weight_column = depth;
    /* neighbouring taps without a gap are one segment */
    s->columns = (s->in_column == depth) ? 1 : taps;
    s->length = (s->in_column == depth) ? (taps * depth) : depth;
    s->rows = window->bottom - window->top;
    s->in_row = g->dilation_y * g->in_width * g->in_channels;
    s->weight_row = g->kernel_width * depth;
    s->in_start = ((y * g->in_width) + x) * g->in_channels;
    s->weight_start = (window->top * s->weight_row) + (window->left * depth);
}

/*
 * Sum of the weights of the taps in the padding; first is the index of the filter's first weight.
 * Functions of their own keep the stack of each small.
 */
static int32_t tms_conv2d_outside(const tms_conv2d_t *layer, const tms_window_t *window,
        int32_t first)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels / layer->groups;
    const int32_t row = g->kernel_width * depth;
    int32_t sum = tms_weight_sum(layer->weights, first, window->top * row);

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t start = first + (ky * row);
        const int32_t end = window->right * depth;

        sum += tms_weight_sum(layer->weights, start, window->left * depth);
        sum += tms_weight_sum(layer->weights, start + end, row - end);
    }
    return sum + tms_weight_sum(layer->weights, first + (window->bottom * row),
                                (g->kernel_height - window->bottom) * row);
}

/* what one filter's accumulators start from */
static TMS_LAYER TMS_UACC tms_conv2d_start(const tms_conv2d_t *layer, const tms_window_t *window,
        int32_t channel)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t taps = (window->bottom - window->top) * (window->right - window->left);
    const int32_t depth = g->in_channels / layer->groups;
    const int32_t filter = g->kernel_height * g->kernel_width * depth;
    TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->bias[channel];

    if ((taps != g->kernel_height * g->kernel_width) && (layer->in_zero_point != 0)) {
        acc += (TMS_UACC)((TMS_ACC)layer->in_zero_point
                          * tms_conv2d_outside(layer, window, channel * filter));
    }
    return acc;
}

/* an accumulator as output */
static TMS_LAYER TMS_OUT tms_conv2d_result(const tms_conv2d_t *layer, int32_t channel, TMS_UACC acc)
{
    return (TMS_OUT)(layer->out_zero_point
                     + TMS_REQUANTIZE(acc, layer->multiplier[channel], layer->shift[channel],
                                      layer->low, layer->high));
}

/* products of one pixel with one filter; start and filter are the places of their first elements */
static TMS_LAYER TMS_UACC tms_conv2d_sum(const tms_conv2d_t *layer, const tms_segments_t *s,
        const TMS_IN *in, int32_t start, int32_t filter)
{
    TMS_UACC acc = 0u;

    for (int32_t row = 0; row < s->rows; row++) {
        for (int32_t column = 0; column < s->columns; column++) {
            const int32_t at = start + (row * s->in_row) + (column * s->in_column);

            acc += TMS_DOT(in + at, layer->weights,
                           filter + (row * s->weight_row) + (column * s->weight_column),
                           s->length);
        }
    }
    return acc;
}

/* products of two pixels with two filters: pixel 0 with both, then pixel 1 with both */
static inline void tms_conv2d_products(const tms_conv2d_t *layer, const tms_segments_t *s,
        const TMS_IN *in, int32_t start, int32_t filter, TMS_UACC acc[4])
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t next = g->stride_x * g->in_channels;
    const int32_t size = g->kernel_height * s->weight_row;

    for (int32_t row = 0; row < s->rows; row++) {
        for (int32_t column = 0; column < s->columns; column++) {
            const int32_t at = start + (row * s->in_row) + (column * s->in_column);
            const int32_t first =
                filter + (row * s->weight_row) + (column * s->weight_column);

            TMS_DOT_PAIR(in + at, in + (at + next), layer->weights, first, first + size,
                         s->length, acc);
        }
    }
}

/* The same as a function of its own: with accumulators of 64 bits that takes less stack. */
static TMS_LAYER void tms_conv2d_sums(const tms_conv2d_t *layer, const tms_segments_t *s,
        const TMS_IN *in, int32_t start, int32_t filter, TMS_UACC acc[4])
{
    tms_conv2d_products(layer, s, in, start, filter, acc);
}

/* one channel of one pixel; start is the place of its first value */
static TMS_LAYER void tms_conv2d_channel(const tms_conv2d_t *layer, const tms_window_t *window,
        const tms_segments_t *s, const TMS_IN *in, int32_t start, int32_t channel, TMS_OUT *out)
{
    const int32_t filter = channel * layer->geometry.kernel_height * s->weight_row;
    const TMS_UACC acc = tms_conv2d_start(layer, window, channel);

    out[channel] = tms_conv2d_result(
        layer, channel, acc + tms_conv2d_sum(layer, s, in, start, filter + s->weight_start));
}

/* All channels of one pixel, as a function of its own, for the stack. */
static TMS_LAYER void tms_conv2d_pixel(const tms_conv2d_t *layer, const tms_window_t *window,
        const TMS_IN *in, TMS_OUT *out)
{
    const int32_t per_group = layer->geometry.out_channels / layer->groups;
    tms_segments_t s;

    tms_conv2d_segments(&s, layer, window);
    for (int32_t group = 0; group < layer->groups; group++) {
        for (int32_t o = group * per_group; o < (group + 1) * per_group; o++) {
            tms_conv2d_channel(layer, window, &s, in, s.in_start + (group * s.weight_column), o,
                               out);
        }
    }
}

/* two channels of two pixels; start is the place of the first value */
static TMS_LAYER void tms_conv2d_four(const tms_conv2d_t *layer, const tms_window_t *window,
        const tms_segments_t *s, const TMS_IN *in, int32_t start, int32_t channel, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t filter = channel * g->kernel_height * s->weight_row;
    TMS_UACC acc[4];

    acc[0] = tms_conv2d_start(layer, window, channel);
    acc[1] = tms_conv2d_start(layer, window, channel + 1);
    acc[2] = acc[0];
    acc[3] = acc[1];
    if (sizeof(TMS_UACC) > sizeof(uint32_t)) {
        tms_conv2d_sums(layer, s, in, start, filter + s->weight_start, acc);
    } else {
        tms_conv2d_products(layer, s, in, start, filter + s->weight_start, acc);
    }
    out += channel;
    out[0] = tms_conv2d_result(layer, channel, acc[0]);
    out[1] = tms_conv2d_result(layer, channel + 1, acc[1]);
    out += g->out_channels;
    out[0] = tms_conv2d_result(layer, channel, acc[2]);
    out[1] = tms_conv2d_result(layer, channel + 1, acc[3]);
}

/* all channels of two neighbouring pixels whose windows hold the same taps */
static TMS_LAYER void tms_conv2d_pair(const tms_conv2d_t *layer, const tms_window_t *window,
        const TMS_IN *in, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t per_group = g->out_channels / layer->groups;
    tms_segments_t s;

    tms_conv2d_segments(&s, layer, window);
    for (int32_t group = 0; group < layer->groups; group++) {
        const int32_t start = s.in_start + (group * s.weight_column);
        const int32_t end = (group + 1) * per_group;
        int32_t o = end - per_group;

        for (; o + 1 < end; o += 2) {
            tms_conv2d_four(layer, window, &s, in, start, o, out);
        }
        if (o < end) {
            tms_conv2d_channel(layer, window, &s, in, start, o, out);
            tms_conv2d_channel(layer, window, &s, in, start + (g->stride_x * g->in_channels), o,
                               out + g->out_channels);
        }
    }
}

static void tms_conv2d(const tms_conv2d_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t reach = g->stride_x + ((g->kernel_width - 1) * g->dilation_x);
    tms_window_t window;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        int32_t ox = 0;

        tms_window_rows(&window, g, oy);
        while (ox < g->out_width) {
            tms_window_columns(&window, g, ox);
            if ((window.x >= 0) && (window.x + reach < g->in_width) && (ox + 1 < g->out_width)) {
                tms_conv2d_pair(layer, &window, in, out);
                out += 2 * g->out_channels;
                ox += 2;
            } else {
                tms_conv2d_pixel(layer, &window, in, out);
                out += g->out_channels;
                ox++;
            }
        }
    }
}
