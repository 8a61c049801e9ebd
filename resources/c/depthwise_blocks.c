/*
 * depthwise_blocks.c - a filter of its own for every channel, on a multiple of four channels.
 *
 * Weights stand in blocks of four channels: all taps of the first four, then those of the next.
 * With 4 bits two blocks lie in the lower and upper halves of the same bytes.
 * Taps in the padding are left out, as every value counts from the input's zero point.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "narrow.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t in_zero_point;
    int32_t out_zero; /* twice the output's zero point, and one */
    int32_t low;
    int32_t high;
    int32_t halves; /* 1 where two blocks of channels share the bytes of their weights */
    const TMS_WEIGHT *weights;
    const int32_t *scaling; /* bias, multiplier and right shift less one of every channel */
} tms_depthwise_blocks_t;

/* The taps of a window inside the input. */
typedef struct {
    int32_t rows;
    int32_t columns;
    int32_t in_row; /* from one row to the next */
    int32_t in_column;
    int32_t weight_row; /* from behind the last weight of a row to the first of the next */
    int32_t zero_point;
    int32_t out_zero;
    uint32_t upper; /* what takes 4-bit weights to the upper half of their byte */
} tms_blocks_taps_t;

/*
 * One product for each of four channels; base is the zero point, for the DSP extension negative
 * and in both halves.
 */
static inline void tms_depthwise_tap_w8(const int8_t *in, const int8_t *weights,
        uint32_t base, uint32_t upper, uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t x = tms_load(in);
    const uint32_t w = tms_load(weights);
    uint32_t t;
    uint32_t u;

    (void)upper;
    __asm__ volatile("sxtab16 %[t], %[base], %[x];"
                     "sxtb16 %[u], %[w];"
                     "smlabb %[a], %[t], %[u], %[a];"
                     "smlatt %[c], %[t], %[u], %[c];"
                     "sxtab16 %[t], %[base], %[x], ror #8;"
                     "sxtb16 %[u], %[w], ror #8;"
                     "smlabb %[b], %[t], %[u], %[b];"
                     "smlatt %[d], %[t], %[u], %[d]"
                     : [a] "+r"(acc[0]), [b] "+r"(acc[1]), [c] "+r"(acc[2]), [d] "+r"(acc[3]),
                       [t] "=&r"(t), [u] "=&r"(u)
                     : [x] "r"(x), [w] "r"(w), [base] "r"(base));
#else
    const int32_t zero_point = (int32_t)base;

    (void)upper;
    acc[0] += (uint32_t)((in[0] - zero_point) * weights[0]);
    acc[1] += (uint32_t)((in[1] - zero_point) * weights[1]);
    acc[2] += (uint32_t)((in[2] - zero_point) * weights[2]);
    acc[3] += (uint32_t)((in[3] - zero_point) * weights[3]);
    tms_settle(acc);
#endif
}

/* The same for 4-bit weights; shifted left by upper they stand in upper halves of bytes. */
static inline void tms_depthwise_tap_w4(const int8_t *in, const uint8_t *weights,
        uint32_t base, uint32_t upper, uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t x = tms_load(in);
    uint32_t w = tms_load((const int8_t *)weights);
    uint32_t t;
    uint32_t u;

    __asm__ volatile("lsl %[w], %[w], %[upper];"
                     "and %[w], %[w], #0xF0F0F0F0;"
                     "sxtab16 %[t], %[base], %[x];"
                     "sxtb16 %[u], %[w];"
                     "smlabb %[a], %[t], %[u], %[a];"
                     "smlatt %[c], %[t], %[u], %[c];"
                     "sxtab16 %[t], %[base], %[x], ror #8;"
                     "sxtb16 %[u], %[w], ror #8;"
                     "smlabb %[b], %[t], %[u], %[b];"
                     "smlatt %[d], %[t], %[u], %[d]"
                     : [a] "+r"(acc[0]), [b] "+r"(acc[1]), [c] "+r"(acc[2]), [d] "+r"(acc[3]),
                       [w] "+&r"(w), [t] "=&r"(t), [u] "=&r"(u)
                     : [x] "r"(x), [base] "r"(base), [upper] "r"(upper));
#else
    const int32_t zero_point = (int32_t)base;
    const uint32_t at = 4u - upper;

    acc[0] += (uint32_t)((in[0] - zero_point) * tms_weight_in(weights[0], at));
    acc[1] += (uint32_t)((in[1] - zero_point) * tms_weight_in(weights[1], at));
    acc[2] += (uint32_t)((in[2] - zero_point) * tms_weight_in(weights[2], at));
    acc[3] += (uint32_t)((in[3] - zero_point) * tms_weight_in(weights[3], at));
    tms_settle(acc);
#endif
}

/* three products in a row for each of four channels; moves on to the next weights */
static inline void tms_depthwise_three(const int8_t *in, int32_t step, const TMS_WEIGHT **weights,
        uint32_t base, uint32_t upper, uint32_t acc[4])
{
    const TMS_WEIGHT *w = *weights;

    TMS_DEPTHWISE_TAP(in, w, base, upper, acc);
    TMS_DEPTHWISE_TAP(in + step, w + 4, base, upper, acc);
    TMS_DEPTHWISE_TAP(in + (2 * step), w + 8, base, upper, acc);
    *weights = w + 12;
}

/* all products of four channels, where three taps are a whole row of the kernel */
static inline void tms_depthwise_whole(const tms_blocks_taps_t *taps, const int8_t *in,
        const TMS_WEIGHT *weights, uint32_t base, uint32_t acc[4])
{
    const int32_t step = taps->in_column;
    const int32_t next = taps->in_row;

    for (int32_t row = taps->rows; row > 0; row--) {
        tms_depthwise_three(in, step, &weights, base, taps->upper, acc);
        in += next;
    }
}

/* all products of four channels */
static inline void tms_depthwise_part(const tms_blocks_taps_t *taps, const int8_t *in,
        const TMS_WEIGHT *weights, uint32_t base, uint32_t acc[4])
{
    const int32_t step = taps->in_column;
    const uint32_t upper = taps->upper;

    for (int32_t row = taps->rows; row > 0; row--) {
        const int8_t *x = in;

        for (int32_t column = taps->columns; column > 0; column--) {
            TMS_DEPTHWISE_TAP(x, weights, base, upper, acc);
            x += step;
            weights += 4;
        }
        in += taps->in_row;
        weights += taps->weight_row;
    }
}

/* Four channels of one pixel, as a function of its own, so that the loops have all registers. */
static TMS_LAYER void tms_depthwise_four(const tms_blocks_taps_t *taps, const int8_t *in,
        const TMS_WEIGHT *weights, const int32_t *scaling, int8_t *out)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t low = (uint32_t)-taps->zero_point & 0xFFFFu;
    const uint32_t base = low | (low << 16);
#else
    const uint32_t base = (uint32_t)taps->zero_point;
#endif
    const int32_t zero = taps->out_zero;
    uint32_t acc[4];

    acc[0] = TMS_START(scaling[0]);
    acc[1] = TMS_START(scaling[3]);
    acc[2] = TMS_START(scaling[6]);
    acc[3] = TMS_START(scaling[9]);
    if ((taps->columns == 3) && (taps->weight_row == 0)) {
        tms_depthwise_whole(taps, in, weights, base, acc);
    } else {
        tms_depthwise_part(taps, in, weights, base, acc);
    }
    out[0] = tms_narrow_output(TMS_DOUBLED(acc[0]), scaling, zero);
    out[1] = tms_narrow_output(TMS_DOUBLED(acc[1]), scaling + 3, zero);
    out[2] = tms_narrow_output(TMS_DOUBLED(acc[2]), scaling + 6, zero);
    out[3] = tms_narrow_output(TMS_DOUBLED(acc[3]), scaling + 9, zero);
}

/* all channels of one pixel; in and weights are the first of its taps */
static inline void tms_depthwise_channels(const tms_depthwise_blocks_t *layer,
        tms_blocks_taps_t *taps, const int8_t *in, const TMS_WEIGHT *weights, int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t filter = 4 * g->kernel_height * g->kernel_width;
    const int32_t *scaling = layer->scaling;

    taps->upper = 4u;
    for (int32_t left = g->out_channels; left > 0; left -= 4) {
        tms_depthwise_four(taps, in, weights, scaling, out);
        in += 4;
        if ((layer->halves == 0) || (taps->upper == 0u)) {
            weights += filter;
        }
        taps->upper ^= 4u;
        scaling += 12;
        out += 4;
    }
}

static void tms_depthwise_blocks(const tms_depthwise_blocks_t *layer, const int8_t *in,
        int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t size = g->out_height * g->out_width * g->out_channels;
    int8_t *pixel = out;
    tms_window_t window;
    tms_blocks_taps_t taps;

    taps.in_row = g->dilation_y * g->in_width * g->in_channels;
    taps.in_column = g->dilation_x * g->in_channels;
    taps.zero_point = layer->in_zero_point;
    taps.out_zero = layer->out_zero;
    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        taps.rows = window.bottom - window.top;
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            const int32_t y = window.y + (window.top * g->dilation_y);
            int32_t x;

            tms_window_columns(&window, g, ox);
            x = window.x + (window.left * g->dilation_x);
            taps.columns = window.right - window.left;
            taps.weight_row = 4 * (g->kernel_width - taps.columns);
            tms_depthwise_channels(
                layer, &taps, in + (((y * g->in_width) + x) * g->in_channels),
                layer->weights + (4 * ((window.top * g->kernel_width) + window.left)), pixel);
            pixel += g->out_channels;
        }
    }
    tms_limit(out, size, layer->low, layer->high);
}
