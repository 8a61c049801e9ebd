/*
 * conv2d_mve.c - convolution for Helium, four channels of two pixels at once.
 *
 * Where taps have a multiple of 16 values, these are read in place: a whole row of a window at
 * once, or tap by tap at the border, where taps in the padding read the input's zero point from a
 * table. Otherwise the values of both windows are gathered beforehand. The zero point is folded
 * into the bias.
 *
 * Order: pairs of pixels, row by row; both are gathered before either is written, or read
 * again for every four channels.
 */
#include "template.h"
#include "dot_mve.c"
#include "mve.c"
#include "window.c"
#include "window_mve.c"
#ifdef TMS_HELIUM

typedef struct {
    tms_geometry_t geometry;
    int32_t blocks;   /* of 16 values: of a tap, or of a window where values are gathered */
    int32_t pair;     /* bytes of the weights of two channels */
    int32_t in_zero_point;
    int32_t out_zero; /* as narrow.c has it */
    int32_t low;
    int32_t high;
    const int8_t *padding; /* the input's zero point for every value of a tap */
    const TMS_WEIGHT *weights; /* of pairs of channels, an even number of pairs */
    const int32_t *scaling; /* of four channels: biases, multipliers, shifts */
} tms_conv2d_mve_t;

/* Room for the windows of two pixels with up to 64 values each, on the stack. */
typedef struct {
    uint32_t words[32];
} tms_gathered_t;

/* all channels of two pixels; next is the way from the outputs of the first to the second's */
static TMS_LAYER void tms_mve_channels(const tms_conv2d_mve_t *layer, const int8_t **runs,
        int32_t blocks, int8_t *out, int32_t next)
{
    const int32x4_t zero = vdupq_n_s32(layer->out_zero);
    const uint16x8_t places = tms_mve_places(next);
    const TMS_WEIGHT *weights = layer->weights;
    const int32_t *scaling = layer->scaling;
    const int32_t pair = layer->pair;
    const int32_t channels = layer->geometry.out_channels;
    int32x4_t raise[2] = {vdupq_n_s32(0), vdupq_n_s32(0)};

    for (int32_t left = channels + (4 * TMS_RAISED); left > 0; left -= 4) {
        int32x4_t first;
        int32x4_t second;

        TMS_MVE_DOT(weights, pair, runs, blocks, scaling, &first, &second);
        weights += 2 * pair;
        if ((TMS_RAISED != 0) && (left > channels)) {
            raise[0] = vmulq_s32(first, vldrwq_s32(scaling + 4));
            raise[1] = vmulq_s32(second, vldrwq_s32(scaling + 4));
            scaling += 12;
            continue;
        }
        if (TMS_RAISED != 0) {
            first = vaddq_s32(first, raise[0]);
            second = vaddq_s32(second, raise[1]);
        }
        vstrbq_scatter_offset_p_s16(out, places, tms_mve_pair(first, second, scaling, zero),
                                    vctp16q((uint32_t)left * 2u));
        scaling += 12;
        out += 4;
    }
}

/* sets the rows of one of two windows, which lies inside; gives their number */
static inline int32_t tms_mve_rows(const tms_geometry_t *g, const tms_spot_t *spot,
        const int8_t *in, const int8_t **runs)
{
    const int32_t row = g->in_width * g->in_channels;
    const int8_t *at = in + ((spot->y * row) + (spot->x * g->in_channels));

    for (int32_t ky = g->kernel_height; ky > 0; ky--) {
        *runs = at;
        runs += 2;
        at += g->dilation_y * row;
    }
    return g->kernel_height;
}

/* sets the runs of the windows of two pixels; gives the number of vectors in a run */
static TMS_LAYER int32_t tms_mve_runs(const tms_conv2d_mve_t *layer, const tms_spot_t spots[2],
        const int8_t *in, const int8_t **runs)
{
    const tms_geometry_t *g = &layer->geometry;

    if ((g->dilation_x == 1) && (tms_spot_inside(&spots[0], g) != 0)
        && (tms_spot_inside(&spots[1], g) != 0)) {
        const int32_t count = tms_mve_rows(g, &spots[0], in, runs);

        (void)tms_mve_rows(g, &spots[1], in, runs + 1);
        runs[2 * count] = NULL;
        return g->kernel_width * layer->blocks;
    }
    tms_taps(g, &spots[0], in, layer->padding, runs, 2);
    tms_taps(g, &spots[1], in, layer->padding, runs + 1, 2);
    runs[2 * g->kernel_height * g->kernel_width] = NULL;
    return layer->blocks;
}

/* the layer, for filters with up to 25 taps on a multiple of 16 channels */
static void tms_conv2d_mve(const tms_conv2d_mve_t *layer, const int8_t *in, int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t pixels = g->out_height * g->out_width;
    const int8_t *runs[52];
    tms_spot_t spots[2];
    int8_t *pixel = out;

    tms_spot_first(&spots[1], g);
    for (int32_t left = pixels; left > 0; left -= 2) {
        int32_t blocks;

        spots[0] = spots[1];
        if (left > 1) {
            tms_spot_next(&spots[1], g);
        }
        blocks = tms_mve_runs(layer, spots, in, runs);
        tms_spot_next(&spots[1], g);
        tms_mve_channels(layer, runs, blocks, pixel, (left > 1) ? g->out_channels : 0);
        pixel += 2 * g->out_channels;
    }
    tms_mve_limit(out, pixels * g->out_channels, layer->low, layer->high);
}

/* copies bytes */
static inline void tms_mve_copy(int8_t *to, const int8_t *from, int32_t count)
{
    __asm__ volatile("wlstp.8 lr, %[count], 2f;"
                     "1:"
                     "vldrb.8 q0, [%[from]], #16;"
                     "vstrb.8 q0, [%[to]], #16;"
                     "letp lr, 1b;"
                     "2:"
                     : [to] "+r"(to), [from] "+r"(from)
                     : [count] "r"(count)
                     : "lr", "q0", "memory");
}

/* the layer for one tap in a row of pixels, which are copied by twos; patch has room for both */
static void tms_conv2d_pixels_mve(const tms_conv2d_mve_t *layer, const int8_t *in, int8_t *out,
        uint32_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t size = 16 * layer->blocks;
    int8_t *values = (int8_t *)patch;
    const int8_t *runs[4];
    int8_t *pixel = out;

    runs[0] = values;
    runs[1] = values + size;
    runs[2] = NULL;
    for (int32_t left = g->out_width; left > 1; left -= 2) {
        tms_mve_copy(values, in, 2 * size);
        tms_mve_channels(layer, runs, layer->blocks, pixel, g->out_channels);
        in += 2 * size;
        pixel += 2 * g->out_channels;
    }
    if ((g->out_width & 1) != 0) {
        tms_mve_copy(values, in, size);
        runs[1] = values;
        tms_mve_channels(layer, runs, layer->blocks, pixel, 0);
    }
    tms_mve_limit(out, g->out_width * g->out_channels, layer->low, layer->high);
}

/* the same with its pixels on the stack, for up to 64 channels */
static void tms_conv2d_few_mve(const tms_conv2d_mve_t *layer, const int8_t *in, int8_t *out)
{
    tms_gathered_t patch;

    tms_conv2d_pixels_mve(layer, in, out, patch.words);
}

/* gathers the rows of a window without dilation in x, each in one go */
static inline void tms_mve_gather_rows(const tms_geometry_t *g, const tms_spot_t *spot,
        const int8_t *in, int8_t *patch)
{
    const int32_t depth = g->in_channels;
    const int32_t row = g->in_width * depth;
    const int32_t first = (spot->x < 0) ? -spot->x : 0;
    const int32_t behind = g->in_width - spot->x;
    const int32_t end = (g->kernel_width < behind) ? g->kernel_width : behind;
    const int8_t *at = in + ((spot->y * row) + ((spot->x + first) * depth));
    int8_t *to = patch + (first * depth);
    int32_t y = spot->y;

    for (int32_t ky = g->kernel_height; ky > 0; ky--) {
        if ((y >= 0) && (y < g->in_height) && (end > first)) {
            tms_mve_copy(to, at, (end - first) * depth);
        }
        y += g->dilation_y;
        at += g->dilation_y * row;
        to += g->kernel_width * depth;
    }
}

/* gathers any window, tap by tap */
static inline void tms_mve_gather_taps(const tms_geometry_t *g, const tms_spot_t *spot,
        const int8_t *in, int8_t *patch)
{
    for (int32_t ky = 0; ky < g->kernel_height; ky++) {
        const int32_t y = spot->y + (ky * g->dilation_y);

        for (int32_t kx = 0; kx < g->kernel_width; kx++) {
            const int32_t x = spot->x + (kx * g->dilation_x);

            if ((y >= 0) && (y < g->in_height) && (x >= 0) && (x < g->in_width)) {
                tms_mve_copy(patch, in + (((y * g->in_width) + x) * g->in_channels),
                             g->in_channels);
            }
            patch += g->in_channels;
        }
    }
}

/* gathers the values of one window */
static TMS_LAYER void tms_mve_gather(const tms_conv2d_mve_t *layer, const tms_spot_t *spot,
        const int8_t *in, int8_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;

    if (tms_spot_inside(spot, g) == 0) {
        /* behind the window stay zeros: weights of 1 bit do not fill up with those */
        (void)memset(patch, layer->in_zero_point,
                     (size_t)(g->kernel_height * g->kernel_width * g->in_channels));
    }
    if (g->dilation_x == 1) {
        tms_mve_gather_rows(g, spot, in, patch);
    } else {
        tms_mve_gather_taps(g, spot, in, patch);
    }
}

/* the layer; patch has room for two windows */
static void tms_conv2d_gathered_mve(const tms_conv2d_mve_t *layer, const int8_t *in, int8_t *out,
        uint32_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t pixels = g->out_height * g->out_width;
    const int32_t size = 16 * layer->blocks;
    int8_t *values = (int8_t *)patch;
    tms_spot_t spot;
    const int8_t *runs[4];
    int8_t *pixel = out;

    tms_spot_first(&spot, g);
    (void)memset(values, 0, (size_t)size * 2u);
    runs[0] = values;
    runs[1] = values + size;
    runs[2] = NULL;
    for (int32_t left = pixels; left > 0; left -= 2) {
        tms_mve_gather(layer, &spot, in, values);
        tms_spot_next(&spot, g);
        if (left > 1) {
            tms_mve_gather(layer, &spot, in, values + size);
            tms_spot_next(&spot, g);
            tms_mve_channels(layer, runs, layer->blocks, pixel, g->out_channels);
        } else {
            runs[1] = values;
            tms_mve_channels(layer, runs, layer->blocks, pixel, 0);
        }
        pixel += 2 * g->out_channels;
    }
    tms_mve_limit(out, pixels * g->out_channels, layer->low, layer->high);
}

/* the layer with its windows on the stack, for filters with up to 64 weights */
static void tms_conv2d_patch_mve(const tms_conv2d_mve_t *layer, const int8_t *in, int8_t *out)
{
    tms_gathered_t patch;

    tms_conv2d_gathered_mve(layer, in, out, patch.words);
}
#endif
