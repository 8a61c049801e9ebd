/*
 * depthwise_blocks.c - a filter of its own for every channel, on four channels or more.
 *
 * Weights stand in blocks of four channels: all taps of the first four, then those of the next;
 * the last four overlap those before where the number of channels asks for it.
 * With fewer than 8 bits every block is a stream of bits, which is unpacked before it is used.
 * Taps in the padding are left out, as every value counts from the input's zero point.
 *
 * Order: rows of pixels with the same rows of taps, at most so many of them at once; of these
 * column after column, of a column four channels after the other, of these pixel after pixel
 * downwards, each of which is read before it is written (of two channels at two pixels at once).
 * Where columns wait in several rows, which takes a multiple of four channels, some channels of all
 * columns are computed before the next channels; outputs of the first columns are written when those
 * of the others have been.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "depthwise_rows.c"
#include "depthwise_taps.c"
#include "narrow.c"
#include "weights.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t in_zero_point;
    int32_t out_zero; /* twice the output's zero point, and one */
    int32_t low;
    int32_t high;
    int32_t most; /* rows of pixels at once */
    int32_t room; /* bytes for outputs that wait */
    int32_t waiting; /* columns whose outputs are written after those of all others */
    const TMS_WEIGHT *weights;
    const int32_t *scaling; /* bias, multiplier and right shift less one of every block's channels */
} tms_depthwise_blocks_t;

/* Room for the weights of four channels and outputs that wait until the others have been written. */
typedef struct {
    uint32_t words[TMS_DEPTHWISE_WORDS];
} tms_depthwise_room_t;

/* Pixels below each other whose windows have the same taps inside the input. */
typedef struct {
    int32_t pixels;
    int32_t in_next; /* from one pixel's values to those of the next */
    int32_t out_next;
    int32_t rows; /* of taps */
    int32_t columns;
    int32_t in_row; /* from one row to the next */
    int32_t in_column;
    int32_t weight_row; /* from behind the last weight of a row to the first of the next */
    int32_t zero_point;
    int32_t out_zero;
    int32_t filter; /* weights of four channels */
    int8_t *unpacked; /* room for them */
} tms_depthwise_run_t;

/* all products of four channels */
static inline TMS_INLINE void tms_depthwise_products(const tms_depthwise_run_t *run, const int8_t *in,
        const int8_t *weights, uint32_t base, uint32_t acc[4])
{
    const int32_t step = run->in_column;
    const int32_t next = run->in_row;
    const int32_t gap = run->weight_row;
    int32_t row = run->rows;

    if (run->columns == 3) {
        for (; row > 0; row--) {
            tms_depthwise_three(in, step, &weights, base, acc);
            in += next;
            weights += gap;
        }
    } else if (run->columns == 2) {
        for (; row > 0; row--) {
            tms_depthwise_two(in, step, &weights, base, acc);
            in += next;
            weights += gap;
        }
    } else {
        for (; row > 0; row--) {
            const int8_t *x = in;

            for (int32_t column = run->columns; column > 0; column--) {
                tms_depthwise_tap(x, weights, base, acc);
                x += step;
                weights += 4;
            }
            in += next;
            weights += gap;
        }
    }
}

/* four channels of the pixels from first on, one by one */
static inline void tms_depthwise_each(const tms_depthwise_run_t *run, int32_t first,
        const int8_t *in, const int8_t *weights, const int32_t *scaling, int8_t *out)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t low = (uint32_t)-run->zero_point & 0xFFFFu;
    const uint32_t base = low | (low << 16);
#else
    const uint32_t base = (uint32_t)run->zero_point;
#endif
    const int32_t zero = run->out_zero;

    in += first * run->in_next;
    out += first * run->out_next;
    for (int32_t left = run->pixels - first; left > 0; left--) {
        uint32_t acc[4];

        acc[0] = (uint32_t)scaling[0];
        acc[1] = (uint32_t)scaling[3];
        acc[2] = (uint32_t)scaling[6];
        acc[3] = (uint32_t)scaling[9];
        tms_depthwise_products(run, in, weights, base, acc);
        out[0] = tms_narrow_output(acc[0] << 1, scaling, zero);
        out[1] = tms_narrow_output(acc[1] << 1, scaling + 3, zero);
        out[2] = tms_narrow_output(acc[2] << 1, scaling + 6, zero);
        out[3] = tms_narrow_output(acc[3] << 1, scaling + 9, zero);
        in += run->in_next;
        out += run->out_next;
    }
}

/* the bias less the products of the zero point with the weights of one channel */
static inline uint32_t tms_depthwise_start(const tms_depthwise_run_t *run,
        const int8_t *weights, int32_t bias)
{
    int32_t sum = 0;

    for (int32_t row = run->rows; row > 0; row--) {
        for (int32_t column = run->columns; column > 0; column--) {
            sum += *weights;
            weights += 4;
        }
        weights += run->weight_row;
    }
    return (uint32_t)bias - (uint32_t)(run->zero_point * sum);
}

/* one channel of an even number of pixels, two at a time, the second a row of taps below the first */
static inline void tms_depthwise_below(const tms_depthwise_run_t *run, const int8_t *in,
        const int8_t *weights, const int32_t *scaling, int8_t *out)
{
    const uint32_t start = tms_depthwise_start(run, weights, scaling[0]);
    const int32_t step = run->in_column;
    const int32_t row = run->in_row;
    const int32_t columns = run->columns;
    const int32_t next = (4 * columns) + run->weight_row;
    const int32_t out_next = run->out_next;
    const int32_t multiplier = scaling[1];
    const uint32_t shift = (uint32_t)scaling[2];
    const int32_t zero = run->out_zero;

    for (int32_t left = run->pixels; left > 1; left -= 2) {
        uint32_t acc[2];

        acc[0] = start;
        acc[1] = start;
        tms_depthwise_rows(in, row, step, weights, next, columns, acc);
        *out = (int8_t)TMS_NARROW(acc[0] << 1, multiplier, zero, shift);
        out += out_next;
        *out = (int8_t)TMS_NARROW(acc[1] << 1, multiplier, zero, shift);
        out += out_next;
        in += 2 * row;
    }
}

/* Four channels of a run, as a function of its own, so that the loops have all registers. */
static TMS_LAYER void tms_depthwise_four(const tms_depthwise_run_t *run, const int8_t *in,
        const int8_t *weights, const int32_t *scaling, int8_t *out)
{
    int32_t done = 0;

#if !defined(__ARM_FEATURE_DSP) || !defined(__GNUC__)
    if ((run->in_next == run->in_row) && (run->rows == 3) && (run->columns > 0)) {
        done = run->pixels & ~1;
        for (int32_t i = 0; (i < 4) && (done > 0); i++) {
            tms_depthwise_below(run, in + i, weights + i, scaling + (3 * i), out + i);
        }
    }
#endif
    tms_depthwise_each(run, done, in, weights, scaling, out);
}

/* The weights of four channels as they are multiplied; with 8 bits they are that already. */
static inline const TMS_WEIGHT *tms_depthwise_filter_whole(const tms_depthwise_run_t *run,
        const TMS_WEIGHT *weights)
{
    (void)run;
    return weights;
}

/* The others are unpacked, eight weights after the other. */
static TMS_LAYER const int8_t *tms_depthwise_filter_packed(const tms_depthwise_run_t *run,
        const uint8_t *weights)
{
    int8_t *values = run->unpacked;

    for (int32_t left = run->filter; left > 0; left -= 8) {
        const uint32_t low = tms_eight_low(weights);
        const uint32_t high = tms_eight_high(weights);

        values[0] = (int8_t)tms_weight_of(low, high, 0u);
        values[1] = (int8_t)tms_weight_of(low, high, 1u);
        values[2] = (int8_t)tms_weight_of(low, high, 2u);
        values[3] = (int8_t)tms_weight_of(low, high, 3u);
        values[4] = (int8_t)tms_weight_of(low, high, 4u);
        values[5] = (int8_t)tms_weight_of(low, high, 5u);
        values[6] = (int8_t)tms_weight_of(low, high, 6u);
        values[7] = (int8_t)tms_weight_of(low, high, 7u);
        values += 8;
        weights += TMS_WEIGHT_BITS;
    }
    return run->unpacked;
}

/* bytes of so many weights of four channels */
static inline int32_t tms_depthwise_bytes_whole(int32_t filter)
{
    return filter;
}

static inline int32_t tms_depthwise_bytes_packed(int32_t filter)
{
    return ((filter + 7) / 8) * (int32_t)TMS_WEIGHT_BITS;
}

/* Some channels of rows of pixels with the same rows of taps: the first of each. */
typedef struct {
    const int8_t *in; /* where a window without padding begins in the first column */
    const TMS_WEIGHT *weights;
    int32_t tap; /* the first weight of four channels */
    const int32_t *scaling;
    int8_t *out;
} tms_depthwise_rows_t;

/* so many channels of the pixels of a column; x is where its windows begin */
static inline TMS_INLINE void tms_depthwise_channels(const tms_depthwise_blocks_t *layer,
        tms_depthwise_run_t *run, const tms_depthwise_rows_t *rows, int32_t x, int32_t count,
        int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t filter = TMS_DEPTHWISE_BYTES(run->filter);
    const int32_t left = tms_first_tap(x, g->dilation_x, g->kernel_width);
    const int32_t right = tms_end_tap(x, g->dilation_x, g->kernel_width, g->in_width, left);
    const int8_t *in = rows->in + ((x + (left * g->dilation_x)) * g->in_channels);
    const int32_t first = rows->tap + (4 * left);
    const TMS_WEIGHT *weights = rows->weights;
    const int32_t *scaling = rows->scaling;

    run->columns = right - left;
    run->weight_row = 4 * (g->kernel_width - run->columns);
    for (int32_t some = count; some > 0; some -= 4) {
        if (some < 4) {
            in -= 4 - some;
            out -= 4 - some;
        }
        tms_depthwise_four(run, in, TMS_DEPTHWISE_FILTER(run, weights) + first, scaling, out);
        in += 4;
        weights += filter;
        scaling += 12;
        out += 4;
    }
}

/* the number of pixels from output row oy on whose windows have the same rows of taps */
static inline int32_t tms_depthwise_pixels(const tms_geometry_t *g, const tms_window_t *window,
        int32_t oy)
{
    const int32_t reach = window->y + ((g->kernel_height - 1) * g->dilation_y);
    int32_t pixels = 1;

    if (window->y >= 0) {
        while ((oy + pixels < g->out_height) && (reach + (pixels * g->stride_y) < g->in_height)) {
            pixels++;
        }
    }
    return pixels;
}

/* copies four outputs; both places are aligned to four */
static inline void tms_depthwise_word(int8_t *to, const int8_t *from)
{
#if defined(__GNUC__)
    (void)memcpy(__builtin_assume_aligned(to, 4), __builtin_assume_aligned(from, 4), 4u);
#else
    (void)memcpy(to, from, 4u);
#endif
}

/* writes the outputs that have waited */
static inline void tms_depthwise_written(const tms_depthwise_blocks_t *layer, const int8_t *from,
        int32_t count, int32_t pixels, int8_t *out)
{
    const int32_t channels = layer->geometry.out_channels;
    const int32_t next = layer->geometry.out_width * channels;

    for (int32_t ox = layer->waiting; ox > 0; ox--) {
        for (int32_t first = 0; first < count; first += 4) {
            const int8_t *word = from + first;
            int8_t *to = out + first;

            for (int32_t left = pixels; left > 0; left--) {
                tms_depthwise_word(to, word);
                word += count;
                to += next;
            }
        }
        from += count * pixels;
        out += channels;
    }
}

/* some rows, so many channels at a time that the outputs of the first columns can wait */
static inline void tms_depthwise_over(const tms_depthwise_blocks_t *layer,
        tms_depthwise_run_t *run, const tms_depthwise_rows_t *all)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t filter = TMS_DEPTHWISE_BYTES(run->filter);
    const int32_t room = (layer->room / (layer->waiting * run->pixels * 4)) * 4;
    const int32_t out_next = run->out_next;
    tms_depthwise_rows_t rows = *all;
    int8_t *const waiting = run->unpacked + ((4 * TMS_DEPTHWISE_WORDS) - layer->room);

    for (int32_t left = g->out_channels; left > 0; left -= room) {
        const int32_t count = (left < room) ? left : room;
        int8_t *held = waiting;
        int8_t *out = rows.out;
        int32_t x = -g->pad_left;

        run->out_next = count;
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            if (ox < layer->waiting) {
                tms_depthwise_channels(layer, run, &rows, x, count, held);
                held += run->pixels * count;
            } else {
                run->out_next = out_next;
                tms_depthwise_channels(layer, run, &rows, x, count, out);
            }
            x += g->stride_x;
            out += g->out_channels;
        }
        tms_depthwise_written(layer, waiting, count, run->pixels, rows.out);
        rows.in += count;
        rows.weights += (count / 4) * filter;
        rows.scaling += 3 * count;
        rows.out += count;
    }
}

static void tms_depthwise_blocks(const tms_depthwise_blocks_t *layer, const int8_t *in,
        int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    tms_depthwise_room_t room;
    tms_depthwise_run_t run;
    tms_depthwise_rows_t rows;
    tms_window_t window;

    run.in_next = g->stride_y * g->in_width * g->in_channels;
    run.out_next = g->out_width * g->out_channels;
    run.in_row = g->dilation_y * g->in_width * g->in_channels;
    run.in_column = g->dilation_x * g->in_channels;
    run.zero_point = layer->in_zero_point;
    run.out_zero = layer->out_zero;
    run.filter = 4 * g->kernel_height * g->kernel_width;
    run.unpacked = (int8_t *)(void *)room.words;
    rows.weights = layer->weights;
    rows.scaling = layer->scaling;
    rows.out = out;
    for (int32_t oy = 0; oy < g->out_height; oy += run.pixels) {
        tms_window_rows(&window, g, oy);
        run.rows = window.bottom - window.top;
        run.pixels = tms_depthwise_pixels(g, &window, oy);
        run.pixels = (run.pixels < layer->most) ? run.pixels : layer->most;
        rows.in = in + ((window.y + (window.top * g->dilation_y)) * g->in_width * g->in_channels);
        rows.tap = 4 * window.top * g->kernel_width;
        if ((layer->waiting > 0) && (run.pixels > 1)) {
            tms_depthwise_over(layer, &run, &rows);
        } else {
            for (int32_t ox = 0; ox < g->out_width; ox++) {
                tms_depthwise_channels(layer, &run, &rows, (ox * g->stride_x) - g->pad_left,
                                       g->out_channels, rows.out + (ox * g->out_channels));
            }
        }
        rows.out += run.pixels * g->out_width * g->out_channels;
    }
    tms_limit(out, g->out_height * g->out_width * g->out_channels, layer->low, layer->high);
}
