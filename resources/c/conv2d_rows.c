/*
 * conv2d_rows.c - convolution on a multiple of four channels, of as many as stand together where
 * weights have few bits, straight from the input.
 *
 * The taps of a row of the window are neighbours in memory, one run of blocks. Two pixels share
 * every weight: neighbours in a row where both windows hold the same taps, at the left and right
 * border neighbours in a column. The input's zero point is folded into the bias for the whole
 * window; what the taps in the padding are then short of is added for the windows at the border.
 *
 * Order: rows of pixels downwards, or two rows at once where pairs at the border need both: first
 * their left border, then each row's pairs to the right, then their right border. A pair of pixels
 * is read for every two channels, then these are written.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "conv2d_fields.c"
#include "conv2d_runs.c"
#include "narrow.c"
#include "window.c"

/* Two pixels: the taps of their windows inside the input as runs of values. */
typedef struct {
    tms_window_t window;
    int32_t in_next; /* from the first pixel's values to those of the second */
    int32_t out_next;
    int32_t missing; /* taps in the padding */
    int32_t columns; /* runs in a row */
    int32_t blocks; /* in a run */
    int32_t in_row; /* from one run to the next */
    int32_t in_column;
    int32_t weight_row;
    int32_t weight_column;
    int32_t weight_start;
} tms_rows_pair_t;

/* Products of the zero point with the weights of taps in the padding, for two channels. */
static void tms_rows_padding_whole(int32_t zero_point, const TMS_WEIGHT *weights, int32_t blocks,
        uint32_t acc[4])
{
    int8_t values[4];

    for (int32_t i = 0; i < 4; i++) {
        values[i] = (int8_t)zero_point;
    }
    for (; blocks > 0; blocks--) {
        const int8_t *a = values;
        const int8_t *b = values;

        tms_rows_block(&a, &b, &weights, acc);
    }
}

/* The same with few bits. */
static void tms_rows_padding_fields(int32_t zero_point, const TMS_WEIGHT *weights, int32_t blocks,
        uint32_t acc[4])
{
    int8_t values[TMS_UNIT];

    for (int32_t i = 0; i < TMS_UNIT; i++) {
        values[i] = (int8_t)zero_point;
    }
    for (; blocks > 0; blocks -= TMS_UNIT / 4) {
        TMS_ROWS_PRODUCTS(values, values, weights, TMS_UNIT / 4, acc);
        weights += (TMS_UNIT / 4) * (int32_t)TMS_WEIGHT_BITS;
    }
}

/* what is constant for all channels of a pair; gives the place of its first value */
static int32_t tms_rows_runs(tms_rows_pair_t *pair, const tms_conv2d_blocks_t *layer)
{
    const tms_geometry_t *g = &layer->geometry;
    const tms_window_t *window = &pair->window;
    const int32_t taps = window->right - window->left;
    const int32_t tap = (g->in_channels / 4) * (int32_t)TMS_WEIGHT_BITS;
    const int32_t y = window->y + (window->top * g->dilation_y);
    const int32_t x = window->x + (window->left * g->dilation_x);

    pair->missing = (g->kernel_height * g->kernel_width)
                    - (taps * (window->bottom - window->top));
    pair->columns = (g->dilation_x == 1) ? (int32_t)(taps > 0) : taps;
    pair->blocks = (g->in_channels / 4) * ((g->dilation_x == 1) ? taps : 1);
    pair->in_column = g->dilation_x * g->in_channels;
    pair->in_row = g->dilation_y * g->in_width * g->in_channels;
    pair->weight_column = tap;
    pair->weight_row = g->kernel_width * tap;
    pair->weight_start = (window->top * pair->weight_row) + (window->left * tap);
    return ((y * g->in_width) + x) * g->in_channels;
}

/* what the taps in the padding contribute to two channels */
static void tms_rows_outside(const tms_conv2d_blocks_t *layer, const tms_rows_pair_t *pair,
        const TMS_WEIGHT *weights, uint32_t acc[4])
{
    const tms_geometry_t *g = &layer->geometry;
    const tms_window_t *window = &pair->window;
    const int32_t tap = g->in_channels / 4; /* blocks */
    const int32_t zero_point = layer->in_zero_point;

    for (int32_t ky = 0; ky < g->kernel_height; ky++) {
        const int inside = (ky >= window->top) && (ky < window->bottom);
        const int32_t left = (inside != 0) ? window->left : g->kernel_width;

        TMS_ROWS_PADDING(zero_point, weights, left * tap, acc);
        if (inside != 0) {
            TMS_ROWS_PADDING(zero_point, weights + (window->right * pair->weight_column),
                             (g->kernel_width - window->right) * tap, acc);
        }
        weights += pair->weight_row;
    }
}

/* the sums of two channels at two pixels */
static inline void tms_rows_sums(const tms_conv2d_blocks_t *layer, const tms_rows_pair_t *pair,
        const int8_t *in, const TMS_WEIGHT *weights, uint32_t acc[4])
{
    const int32_t rows = pair->window.bottom - pair->window.top;

    if ((pair->missing > 0) && (layer->in_zero_point != 0)) {
        tms_rows_outside(layer, pair, weights, acc);
    }
    for (int32_t row = 0; row < rows; row++) {
        const int8_t *a = in + (row * pair->in_row);
        const TMS_WEIGHT *w = weights + (pair->weight_start + (row * pair->weight_row));

        for (int32_t column = 0; column < pair->columns; column++) {
            TMS_ROWS_PRODUCTS(a, a + pair->in_next, w, pair->blocks, acc);
            a += pair->in_column;
            w += pair->weight_column;
        }
    }
}

/* what the accumulators of two pixels are raised by; moves on behind the channels of ones */
static inline void tms_rows_raise_whole(const tms_conv2d_blocks_t *layer,
        const tms_rows_pair_t *pair, const int8_t *in, const TMS_WEIGHT **weights,
        const int32_t **scaling, uint32_t raise[2])
{
    uint32_t acc[4];

    tms_blocks_start(*scaling, acc);
    tms_rows_sums(layer, pair, in, *weights, acc);
    tms_raise_from(acc, (*scaling)[1], raise);
    *weights += layer->geometry.kernel_height * pair->weight_row;
    *scaling += 6;
}

/* The same without such channels: less what is added to all weights of few bits. */
static inline void tms_rows_raise_fields(const tms_conv2d_blocks_t *layer,
        const tms_rows_pair_t *pair, const int8_t *in, const TMS_WEIGHT **weights,
        const int32_t **scaling, uint32_t raise[2])
{
    const int32_t rows = pair->window.bottom - pair->window.top;
    const int32_t padding = pair->missing * layer->geometry.in_channels * layer->in_zero_point;

    (void)weights;
    (void)scaling;
    raise[0] = 0u - ((uint32_t)padding << (TMS_WEIGHT_BITS - 1u));
    raise[1] = raise[0];
    for (int32_t row = 0; row < rows; row++) {
        const int8_t *a = in + (row * pair->in_row);

        for (int32_t column = 0; column < pair->columns; column++) {
            tms_fields_raise(a, a + pair->in_next, 4 * pair->blocks, raise);
            a += pair->in_column;
        }
    }
}

/* all channels of two pixels */
static void tms_rows_channels(const tms_conv2d_blocks_t *layer, tms_rows_pair_t *pair,
        const int8_t *in, int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const TMS_WEIGHT *weights = (const TMS_WEIGHT *)layer->weights;
    const int32_t *scaling = layer->scaling;
    const int32_t start = tms_rows_runs(pair, layer);
    uint32_t raise[2] = {0u, 0u};

    if (pair->missing < g->kernel_height * g->kernel_width) {
        in += start;
    }
    if (TMS_RAISED != 0) {
        TMS_ROWS_RAISE(layer, pair, in, &weights, &scaling, raise);
    }
    for (int32_t left = g->out_channels; left > 0; left -= 2) {
        uint32_t acc[4];

        tms_blocks_start(scaling, acc);
        if (TMS_RAISED != 0) {
            tms_raise(acc, raise);
        }
        tms_rows_sums(layer, pair, in, weights, acc);
        tms_blocks_results(acc, scaling, layer->out_zero, left > 1, out, out + pair->out_next);
        weights += g->kernel_height * pair->weight_row;
        scaling += 6;
        out += 2;
    }
}

/* the columns from first on whose windows lie inside the input, an even number; gives the end */
static inline int32_t tms_rows_inner(const tms_geometry_t *g, int32_t first)
{
    const int32_t reach = ((g->kernel_width - 1) * g->dilation_x) - g->pad_left;
    int32_t end = g->out_width;

    while ((end > first) && (((end - 1) * g->stride_x) + reach >= g->in_width)) {
        end--;
    }
    return first + ((end - first) & ~1);
}

/* 2 where the windows of two rows of pixels hold the same rows of taps, else 1 */
static inline int32_t tms_rows_alike(const tms_geometry_t *g, const tms_window_t *window,
        int32_t oy)
{
    const int32_t reach = g->stride_y + ((g->kernel_height - 1) * g->dilation_y);
    const int alike = (window->y >= 0) && (window->y + reach < g->in_height)
                      && (oy + 1 < g->out_height);

    return (alike != 0) ? 2 : 1;
}

/* the columns [from, to) of one row of pixels, or of two at once; out is the row's first pixel */
static void tms_rows_border(const tms_conv2d_blocks_t *layer, tms_rows_pair_t *pair, int32_t rows,
        int32_t from, int32_t to, const int8_t *in, int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;

    pair->in_next = (rows - 1) * g->stride_y * g->in_width * g->in_channels;
    pair->out_next = (rows - 1) * g->out_width * g->out_channels;
    for (int32_t ox = from; ox < to; ox++) {
        tms_window_columns(&pair->window, g, ox);
        tms_rows_channels(layer, pair, in, out + (ox * g->out_channels));
    }
}

static void tms_conv2d_rows(const tms_conv2d_blocks_t *layer, const int8_t *in, int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t first = tms_first_tap(-g->pad_left, g->stride_x, g->out_width);
    const int32_t end = tms_rows_inner(g, first);
    int8_t *row = out;
    tms_rows_pair_t pair;
    int32_t rows;

    for (int32_t oy = 0; oy < g->out_height; oy += rows) {
        int8_t *const top = row;

        tms_window_rows(&pair.window, g, oy);
        rows = tms_rows_alike(g, &pair.window, oy);
        tms_rows_border(layer, &pair, rows, 0, first, in, top);
        pair.in_next = g->stride_x * g->in_channels;
        pair.out_next = g->out_channels;
        for (int32_t i = 0; i < rows; i++) {
            tms_window_rows(&pair.window, g, oy + i);
            for (int32_t ox = first; ox < end; ox += 2) {
                tms_window_columns(&pair.window, g, ox);
                tms_rows_channels(layer, &pair, in, row + (ox * g->out_channels));
            }
            row += g->out_width * g->out_channels;
        }
        tms_window_rows(&pair.window, g, oy);
        tms_rows_border(layer, &pair, rows, end, g->out_width, in, top);
    }
    tms_limit(out, g->out_height * g->out_width * g->out_channels, layer->low, layer->high);
}
