/*
 * depthwise16.c - a filter of its own for every channel, 16-bit values and weights of up to 8 bits.
 *
 * Weights stand in blocks of four channels: all taps of the first four, then those of the next. Those
 * of fewer bits stand as `planes16.c` says, the four of a tap in a word, up to 28 taps in whole fours.
 * The input's zero point is 0: taps in the padding are left out.
 *
 * Order: pixel after pixel, of each four channels after the other; these are read, then
 * written.
 */
#include "template.h"
#include "narrow16.c"
#include "planes16.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t headroom; /* bits by which accumulators are shifted left */
    int32_t out_zero; /* twice the output's zero point, and one */
    int32_t low;
    int32_t high;
    const TMS_WEIGHT *weights; /* aligned to four bytes */
    const int32_t *scaling; /* bias, multiplier and right shift of every channel */
} tms_depthwise16_t;

/* The taps of a window inside the input. */
typedef struct {
    int32_t rows;
    int32_t columns;
    int32_t in_row; /* from behind the last tap of a row to the first of the next */
    int32_t in_column;
    int32_t weight_row; /* likewise */
} tms_taps16_t;

/* one product for each of four channels */
static inline void tms_depthwise_tap16(const int16_t *in, const int8_t *weights, uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    uint32_t x;
    uint32_t y;
    uint32_t t;
    uint32_t u;

    __asm__ volatile("ldrd %[x], %[y], [%[in]];"
                     "ldr %[u], [%[w]];"
                     "sxtb16 %[t], %[u];"
                     "sxtb16 %[u], %[u], ror #8;"
                     "smlabb %[a], %[x], %[t], %[a];"
                     "smlatb %[b], %[x], %[u], %[b];"
                     "smlabt %[c], %[y], %[t], %[c];"
                     "smlatt %[d], %[y], %[u], %[d]"
                     : [a] "+r"(acc[0]), [b] "+r"(acc[1]), [c] "+r"(acc[2]), [d] "+r"(acc[3]),
                       [x] "=&r"(x), [y] "=&r"(y), [t] "=&r"(t), [u] "=&r"(u)
                     : [in] "r"(in), [w] "r"(weights)
                     : "memory");
#else
    acc[0] += (uint32_t)(in[0] * weights[0]);
    acc[1] += (uint32_t)(in[1] * weights[1]);
    acc[2] += (uint32_t)(in[2] * weights[2]);
    acc[3] += (uint32_t)(in[3] * weights[3]);
#endif
}

/* Sums of four channels, as a function of its own, so that the loops have all registers. */
static TMS_LAYER void tms_depthwise_sums16(const tms_taps16_t *taps, const int16_t *in,
        const int8_t *weights, const int32_t *scaling, uint32_t sums[4])
{
    const int32_t step = taps->in_column;
    uint32_t acc[4];

    acc[0] = (uint32_t)scaling[0];
    acc[1] = (uint32_t)scaling[3];
    acc[2] = (uint32_t)scaling[6];
    acc[3] = (uint32_t)scaling[9];
    for (int32_t row = taps->rows; row > 0; row--) {
        for (int32_t column = taps->columns; column > 0; column--) {
            tms_depthwise_tap16(in, weights, acc);
            in += step;
            weights += 4;
        }
        in += taps->in_row;
        weights += taps->weight_row;
    }
    sums[0] = acc[0];
    sums[1] = acc[1];
    sums[2] = acc[2];
    sums[3] = acc[3];
}

/* Room for all taps of four channels, on the stack. */
typedef struct {
    uint32_t words[28];
} tms_filter16_t;

/* the taps of four channels, as bytes */
static inline const int8_t *tms_depthwise_taps16_whole(const int8_t *weights, int32_t taps,
        tms_filter16_t *filter)
{
    (void)taps;
    (void)filter;
    return weights;
}

static inline const int8_t *tms_depthwise_taps16_planes(const uint8_t *weights, int32_t taps,
        tms_filter16_t *filter)
{
    uint32_t *words = filter->words;

    for (; taps > 0; taps -= 4) {
        tms_planes16(weights, words);
        weights += 2u * TMS_WEIGHT_BITS;
        words += 4;
    }
    return (const int8_t *)(const void *)filter->words;
}

/* the bytes of so many taps of four channels */
static inline int32_t tms_depthwise_size16_whole(int32_t taps)
{
    return 4 * taps;
}

static inline int32_t tms_depthwise_size16_planes(int32_t taps)
{
    return ((taps + 3) / 4) * 2 * (int32_t)TMS_WEIGHT_BITS;
}

/* all channels of one pixel; in is the first of its taps, before which a filter has first weights */
static inline void tms_depthwise_pixel16(const tms_depthwise16_t *layer, const tms_taps16_t *taps,
        const int16_t *in, int32_t first, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t *scaling = layer->scaling;
    const uint32_t headroom = (uint32_t)layer->headroom;
    const int32_t size = g->kernel_height * g->kernel_width;
    const TMS_WEIGHT *weights = layer->weights;

    for (int32_t left = g->out_channels; left > 0; left -= 4) {
        tms_filter16_t filter;
        uint32_t sums[4];

        tms_depthwise_sums16(taps, in, TMS_DEPTHWISE_TAPS16(weights, size, &filter) + first,
                             scaling, sums);
        for (int32_t i = 0; i < 4; i++) {
            *out++ = (TMS_OUT)tms_narrow16(sums[i] << headroom, scaling, layer->out_zero,
                                           layer->low, layer->high);
            scaling += 3;
        }
        in += 4;
        weights += TMS_DEPTHWISE_SIZE16(size);
    }
}

/* the layer, for a multiple of four channels */
static void tms_depthwise16(const tms_depthwise16_t *layer, const int16_t *in, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    tms_window_t window;
    tms_taps16_t taps;

    taps.in_column = g->dilation_x * g->in_channels;
    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        taps.rows = window.bottom - window.top;
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            const int32_t y = window.y + (window.top * g->dilation_y);
            int32_t x;

            tms_window_columns(&window, g, ox);
            x = window.x + (window.left * g->dilation_x);
            taps.columns = window.right - window.left;
            taps.in_row =
                (g->dilation_y * g->in_width * g->in_channels) - (taps.columns * taps.in_column);
            taps.weight_row = 4 * (g->kernel_width - taps.columns);
            TMS_DEPTHWISE_PIXEL16(
                layer, &taps, in + (((y * g->in_width) + x) * g->in_channels),
                4 * ((window.top * g->kernel_width) + window.left), out);
            out += g->out_channels;
        }
    }
}
