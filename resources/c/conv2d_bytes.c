/*
 * conv2d_bytes.c - convolution with the bytes under windows gathered beforehand.
 *
 * For filters that a patch of words on the stack has no room for. There is room for the windows of
 * two pixels with up to 112 values each, or else of one with up to 240. Padding is the input's zero
 * point. Every pair of channels then runs over them.
 *
 * Order: pairs of pixels, row by row, which are gathered before either is written; or pixels.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "conv2d_fields.c"
#include "conv2d_runs.c"
#include "narrow.c"
#include "window.c"

/* Room for the bytes under one or two windows, on the stack. */
typedef struct {
    uint32_t words[60];
} tms_bytes_t;

/* bytes of a window, with those that make the last weights complete */
static inline int32_t tms_bytes_size(const tms_geometry_t *g)
{
    const int32_t size = g->kernel_height * g->kernel_width * g->in_channels;

    return ((size + (TMS_UNIT - 1)) / TMS_UNIT) * TMS_UNIT;
}

/* Copies bytes that follow each other. */
static inline void tms_bytes_copy(int8_t *out, const int8_t *in, int32_t count)
{
    for (; count >= 4; count -= 4) {
        (void)memcpy(out, in, 4);
        in += 4;
        out += 4;
    }
    for (; count > 0; count--) {
        *out++ = *in++;
    }
}

/* gathers the values under a window */
static TMS_LAYER void tms_bytes_gather(const tms_conv2d_blocks_t *layer,
        const tms_window_t *window, const int8_t *in, int8_t *bytes)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels;
    const int32_t taps = (window->bottom - window->top) * (window->right - window->left);
    /* neighbouring taps are copied in one go */
    const int32_t run = (g->dilation_x == 1) ? (window->right - window->left) : 1;

    if (taps != g->kernel_height * g->kernel_width) {
        (void)memset(bytes, layer->in_zero_point, (size_t)tms_bytes_size(g));
    }
    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t row = (window->y + (ky * g->dilation_y)) * g->in_width;

        for (int32_t kx = window->left; kx < window->right; kx += run) {
            tms_bytes_copy(bytes + (((ky * g->kernel_width) + kx) * depth),
                           in + ((row + window->x + (kx * g->dilation_x)) * depth), run * depth);
        }
    }
}

/* what the accumulators of two pixels are raised by; moves on behind the channels of ones */
static inline void tms_bytes_raise_whole(const int8_t *a, const int8_t *b, int32_t blocks,
        const TMS_WEIGHT **weights, const int32_t **scaling, uint32_t raise[2])
{
    uint32_t acc[4];

    tms_blocks_start(*scaling, acc);
    TMS_ROWS_PRODUCTS(a, b, *weights, blocks, acc);
    tms_raise_from(acc, (*scaling)[1], raise);
    *weights += blocks * (int32_t)TMS_WEIGHT_BITS;
    *scaling += 6;
}

/* The same without such channels: less what is added to all weights of few bits. */
static inline void tms_bytes_raise_fields(const int8_t *a, const int8_t *b, int32_t blocks,
        const TMS_WEIGHT **weights, const int32_t **scaling, uint32_t raise[2])
{
    (void)weights;
    (void)scaling;
    tms_fields_raise(a, b, 4 * blocks, raise);
}

/* all channels of two pixels from their bytes, or of one that is both */
static TMS_LAYER void tms_bytes_channels(const tms_conv2d_blocks_t *layer, const int8_t *a,
        const int8_t *b, int8_t *first, int8_t *second)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t blocks = tms_bytes_size(g) / 4;
    const int32_t zero = layer->out_zero;
    const TMS_WEIGHT *weights = (const TMS_WEIGHT *)layer->weights;
    const int32_t *scaling = layer->scaling;
    uint32_t raise[2] = {0u, 0u};

    if (TMS_RAISED != 0) {
        TMS_BYTES_RAISE(a, b, blocks, &weights, &scaling, raise);
    }
    for (int32_t left = g->out_channels; left > 0; left -= 2) {
        uint32_t acc[4];

        tms_blocks_start(scaling, acc);
        if (TMS_RAISED != 0) {
            tms_raise(acc, raise);
        }
        TMS_ROWS_PRODUCTS(a, b, weights, blocks, acc);
        tms_blocks_results(acc, scaling, zero, left > 1, first, second);
        weights += blocks * (int32_t)TMS_WEIGHT_BITS;
        scaling += 6;
        first += 2;
        second += 2;
    }
}

/* the layer; filters have up to 240 weights */
static void tms_conv2d_bytes(const tms_conv2d_blocks_t *layer, const int8_t *in, int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t size = tms_bytes_size(g);
    const int32_t together = (size <= 112) ? 2 : 1;
    int8_t *pixel = out;
    int32_t held = 0;
    tms_window_t window;
    tms_bytes_t room;
    int8_t *const bytes = (int8_t *)room.words;

    (void)memset(bytes, layer->in_zero_point, sizeof room);
    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            tms_window_columns(&window, g, ox);
            tms_bytes_gather(layer, &window, in, bytes + (held * size));
            held++;
            if (held == together) {
                tms_bytes_channels(layer, bytes, bytes + ((held - 1) * size), pixel,
                                   pixel + ((held - 1) * g->out_channels));
                pixel += held * g->out_channels;
                held = 0;
            }
        }
    }
    /* the last of an odd number of pixels has itself for company */
    if (held != 0) {
        tms_bytes_channels(layer, bytes, bytes, pixel, pixel);
    }
    tms_limit(out, g->out_height * g->out_width * g->out_channels, layer->low, layer->high);
}
