/*
 * conv2d16.c - convolution of 16-bit values with weights of up to 8 bits, four channels at once.
 *
 * Weights stand in blocks: four of a channel, in the order 0, 2, 1, 3 in which one instruction of
 * the DSP extension widens pairs, then four of each of the next three; for Helium eight in their
 * own order. Weights of fewer bits stand as `fields16.c` says. The input's zero point is 0: taps in the
 * padding add nothing.
 *
 * Order: pixel after pixel, which is read again for every four channels, or gathered once.
 */
#include "template.h"
#include "narrow16.c"
#include "fields16.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t block; /* weights of a channel that stand together */
    int32_t headroom; /* bits by which accumulators are shifted left */
    int32_t out_zero; /* twice the output's zero point, and one */
    int32_t low;
    int32_t high;
    const TMS_WEIGHT *weights; /* of four channels, aligned to four bytes */
    const int32_t *scaling; /* bias, multiplier and right shift of every channel */
} tms_conv2d16_t;

/* Neighbouring values under a window: so many runs, all of so many blocks. */
typedef struct {
    int32_t rows;
    int32_t columns;
    int32_t blocks;
    int32_t in_row; /* values from one run to the next */
    int32_t in_column;
    int32_t weight_row; /* bytes of weights likewise */
    int32_t weight_column;
} tms_runs16_t;

/* Room for the values under a window, on the stack. */
typedef union {
    uint32_t words[32]; /* for the alignment */
    int16_t values[64];
} tms_patch16_t;

/* the sum of four products with one channel */
static inline uint32_t tms_four16(const int16_t *in, const int8_t *weights)
{
    return (uint32_t)(in[0] * weights[0]) + (uint32_t)(in[1] * weights[2])
           + (uint32_t)(in[2] * weights[1]) + (uint32_t)(in[3] * weights[3]);
}

/* Products of a run of blocks with four channels, added to acc, for 8-bit weights. */
static inline void tms_run16_w8(const int16_t *in, const int8_t *weights, int32_t blocks,
        uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    uint32_t a;
    uint32_t b;
    uint32_t t;
    uint32_t v;
    uint32_t w;

    for (; blocks > 0; blocks--) {
        __asm__ volatile("ldrd %[a], %[b], [%[x]], #8;"
                         "ldrd %[v], %[w], [%[weights]], #8;"
                         "sxtb16 %[t], %[v];"
                         "smlad %[p], %[a], %[t], %[p];"
                         "sxtb16 %[v], %[v], ror #8;"
                         "smlad %[p], %[b], %[v], %[p];"
                         "sxtb16 %[t], %[w];"
                         "smlad %[q], %[a], %[t], %[q];"
                         "sxtb16 %[w], %[w], ror #8;"
                         "smlad %[q], %[b], %[w], %[q];"
                         "ldrd %[v], %[w], [%[weights]], #8;"
                         "sxtb16 %[t], %[v];"
                         "smlad %[r], %[a], %[t], %[r];"
                         "sxtb16 %[v], %[v], ror #8;"
                         "smlad %[r], %[b], %[v], %[r];"
                         "sxtb16 %[t], %[w];"
                         "smlad %[s], %[a], %[t], %[s];"
                         "sxtb16 %[w], %[w], ror #8;"
                         "smlad %[s], %[b], %[w], %[s]"
                         : [p] "+r"(acc[0]), [q] "+r"(acc[1]), [r] "+r"(acc[2]), [s] "+r"(acc[3]),
                           [x] "+r"(in), [weights] "+r"(weights), [a] "=&r"(a), [b] "=&r"(b),
                           [t] "=&r"(t), [v] "=&r"(v), [w] "=&r"(w)
                         :
                         : "memory");
    }
#else
    for (; blocks > 0; blocks--) {
        acc[0] += tms_four16(in, weights);
        acc[1] += tms_four16(in, weights + 4);
        acc[2] += tms_four16(in, weights + 8);
        acc[3] += tms_four16(in, weights + 12);
        in += 4;
        weights += 16;
    }
#endif
}

/* Four channels of one pixel, as a function of its own, so that the loops have all registers. */
static TMS_LAYER void tms_sums16(const tms_runs16_t *runs, const int16_t *in,
        const TMS_WEIGHT *weights, uint32_t acc[4])
{
    uint32_t sums[4];

    sums[0] = acc[0];
    sums[1] = acc[1];
    sums[2] = acc[2];
    sums[3] = acc[3];
    for (int32_t row = runs->rows; row > 0; row--) {
        const int16_t *x = in;
        const TMS_WEIGHT *w = weights;

        for (int32_t column = runs->columns; column > 0; column--) {
            TMS_RUN16(x, w, runs->blocks, sums);
            x += runs->in_column;
            w += runs->weight_column;
        }
        in += runs->in_row;
        weights += runs->weight_row;
    }
    acc[0] = sums[0];
    acc[1] = sums[1];
    acc[2] = sums[2];
    acc[3] = sums[3];
}

/* what accumulators begin with beside the bias: nothing, or less what was added to all weights */
static inline uint32_t tms_raise16_whole(const tms_runs16_t *runs, const int16_t *in, int32_t block)
{
    (void)runs;
    (void)in;
    (void)block;
    return 0u;
}

static TMS_LAYER uint32_t tms_raise16_fields(const tms_runs16_t *runs, const int16_t *in,
        int32_t block)
{
    const int32_t length = runs->blocks * block;
    uint32_t sum = 0u;

    for (int32_t row = runs->rows; row > 0; row--) {
        for (int32_t column = 0; column < runs->columns; column++) {
            const int16_t *x = in + (column * runs->in_column);

            for (const int16_t *const end = x + length; x != end; x += 4) {
                sum += (uint32_t)(x[0] + x[1] + x[2] + x[3]);
            }
        }
        in += runs->in_row;
    }
    return 0u - (sum << (TMS_WEIGHT_BITS - 1u));
}

/* all channels of one pixel; four have filter bytes of weights, of which first are skipped */
static inline void tms_channels16(const tms_conv2d16_t *layer, const tms_runs16_t *runs,
        const int16_t *in, int32_t filter, int32_t first, TMS_OUT *out)
{
    const TMS_WEIGHT *weights = layer->weights + first;
    const int32_t *scaling = layer->scaling;
    const uint32_t headroom = (uint32_t)layer->headroom;
    const uint32_t raise = TMS_RAISE16(runs, in, layer->block);

    for (int32_t left = layer->geometry.out_channels; left > 0; left -= 4) {
        const int32_t some = (left < 4) ? left : 4;
        uint32_t acc[4];

        acc[0] = (uint32_t)scaling[0] + raise;
        acc[1] = (uint32_t)scaling[3] + raise;
        acc[2] = (uint32_t)scaling[6] + raise;
        acc[3] = (uint32_t)scaling[9] + raise;
        tms_sums16(runs, in, weights, acc);
        for (int32_t i = 0; i < some; i++) {
            *out++ = (TMS_OUT)tms_narrow16(acc[i] << headroom, scaling, layer->out_zero,
                                           layer->low, layer->high);
            scaling += 3;
        }
        weights += filter;
    }
}

/* the layer, for whole blocks of channels */
static void tms_conv2d16(const tms_conv2d16_t *layer, const int16_t *in, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t tap = (g->in_channels / 4) * 2 * (int32_t)TMS_WEIGHT_BITS;
    const int32_t filter = g->kernel_height * g->kernel_width * tap;
    tms_window_t window;
    tms_runs16_t runs;

    runs.in_row = g->dilation_y * g->in_width * g->in_channels;
    runs.in_column = g->dilation_x * g->in_channels;
    runs.weight_row = g->kernel_width * tap;
    runs.weight_column = tap;
    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        runs.rows = window.bottom - window.top;
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            const int32_t y = window.y + (window.top * g->dilation_y);
            int32_t taps;
            int32_t x;

            tms_window_columns(&window, g, ox);
            x = window.x + (window.left * g->dilation_x);
            taps = window.right - window.left;
            /* neighbouring taps are one run */
            runs.columns = (g->dilation_x == 1) ? (int32_t)(taps > 0) : taps;
            runs.blocks = (g->in_channels / layer->block) * ((g->dilation_x == 1) ? taps : 1);
            TMS_CHANNELS16(layer, &runs, in + (((y * g->in_width) + x) * g->in_channels), filter,
                           ((window.top * g->kernel_width) + window.left) * tap, out);
            out += g->out_channels;
        }
    }
}

/* gathers the values of one window; those in the padding are 0 */
static TMS_LAYER void tms_gather16(const tms_geometry_t *g, const tms_window_t *window,
        const int16_t *in, int16_t *patch)
{
    for (int32_t ky = 0; ky < g->kernel_height; ky++) {
        const int32_t row = (window->y + (ky * g->dilation_y)) * g->in_width;
        const int inside = (ky >= window->top) && (ky < window->bottom);

        for (int32_t kx = 0; kx < g->kernel_width; kx++) {
            const int tap = (inside != 0) && (kx >= window->left) && (kx < window->right);
            const int32_t at = (row + window->x + (kx * g->dilation_x)) * g->in_channels;

            for (int32_t i = 0; i < g->in_channels; i++) {
                *patch = 0;
                if (tap != 0) {
                    *patch = in[at + i];
                }
                patch++;
            }
        }
    }
}

/* the layer for filters with up to 64 weights, whose windows are gathered on the stack */
static void tms_conv2d16_patch(const tms_conv2d16_t *layer, const int16_t *in, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t size = g->kernel_height * g->kernel_width * g->in_channels;
    const int32_t bytes = (layer->block / 4) * 2 * (int32_t)TMS_WEIGHT_BITS;
    tms_patch16_t patch;
    tms_window_t window;
    tms_runs16_t runs;

    (void)memset(&patch, 0, sizeof patch);
    (void)memset(&runs, 0, sizeof runs);
    runs.rows = 1;
    runs.columns = 1;
    runs.blocks = ((size + layer->block) - 1) / layer->block;
    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            tms_window_columns(&window, g, ox);
            tms_gather16(g, &window, in, patch.values);
            TMS_CHANNELS16(layer, &runs, patch.values, bytes * runs.blocks, 0, out);
            out += g->out_channels;
        }
    }
}
