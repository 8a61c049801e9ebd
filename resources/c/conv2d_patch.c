/*
 * conv2d_patch.c - convolution with the values under two windows gathered beforehand.
 *
 * The values under the windows of two pixels are gathered in a buffer, less the input's zero
 * point and as 16 bits, so that padding is 0. Every pair of channels then runs over them: four
 * products for two values and two weights.
 *
 * The patch has blocks of four values. A block holds values 0 and 2 of the
 * first pixel, the same of the second, then values 1 and 3 of both: the order in which one
 * instruction of the DSP extension widens bytes.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "narrow.c"
#include "window.c"

/* Room for the patches of two pixels with up to 64 values each, on the stack. */
typedef union {
    uint32_t words[64]; /* for the alignment */
    int16_t values[128];
} tms_patch_t;

/* Puts values that follow each other into a pixel's patch from place first on. */
static inline void tms_patch_copy(int16_t *patch, int32_t first, const int8_t *in, int32_t count,
        int32_t zero_point)
{
    const int32_t end = first + count;
    int32_t i = first;

    if ((first & 3) == 0) {
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
        const uint32_t low = (uint32_t)-zero_point & 0xFFFFu;
        const uint32_t base = low | (low << 16);
#endif

        for (; i + 4 <= end; i += 4) {
            int16_t *block = patch + (2 * i);

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
            const uint32_t word = tms_load(in);

            tms_store(block, tms_widen_even(base, word));
            tms_store(block + 4, tms_widen_odd(base, word));
#else
            block[0] = (int16_t)(in[0] - zero_point);
            block[4] = (int16_t)(in[1] - zero_point);
            block[1] = (int16_t)(in[2] - zero_point);
            block[5] = (int16_t)(in[3] - zero_point);
#endif
            in += 4;
        }
    }
    for (; i < end; i++) {
        const uint32_t place = (((uint32_t)i & ~3u) * 2u) + (((uint32_t)i & 1u) * 4u)
                               + (((uint32_t)i & 2u) >> 1);

        patch[place] = (int16_t)(*in++ - zero_point);
    }
}

/* gathers the values of one window; patch is that of the first pixel, or two values behind it */
static TMS_LAYER void tms_patch_gather(const tms_conv2d_blocks_t *layer, const tms_window_t *window,
        const int8_t *in, int16_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels;
    const int32_t columns = window->right - window->left;
    /* neighbouring taps are copied in one go */
    const int32_t run = (g->dilation_x == 1) ? columns : 1;

    if ((window->bottom - window->top) * columns < g->kernel_height * g->kernel_width) {
        const int32_t blocks = ((g->kernel_height * g->kernel_width * depth) + 3) / 4;

        for (int32_t i = 0; i < 2 * blocks; i++) {
            patch[4 * i] = 0;
            patch[(4 * i) + 1] = 0;
        }
    }
    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t row = (window->y + (ky * g->dilation_y)) * g->in_width;

        for (int32_t kx = window->left; kx < window->right; kx += run) {
            const int32_t at = (row + window->x + (kx * g->dilation_x)) * depth;

            tms_patch_copy(patch, ((ky * g->kernel_width) + kx) * depth, in + at, run * depth,
                           layer->in_zero_point);
        }
    }
}

/* all channels of two pixels from their patches */
static TMS_LAYER void tms_patch_channels(const tms_conv2d_blocks_t *layer, const int16_t *patch,
        int8_t *first, int8_t *second)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t blocks = ((g->kernel_height * g->kernel_width * g->in_channels) + 3) / 4;
    const int32_t zero = layer->out_zero;
    const TMS_WEIGHT *weights = layer->weights;
    const int32_t *scaling = layer->scaling;

    for (int32_t left = g->out_channels; left > 0; left -= 2) {
        const int16_t *values = patch;
        uint32_t acc[4];

        acc[0] = TMS_START(scaling[0]);
        acc[1] = TMS_START(scaling[3]);
        acc[2] = acc[0];
        acc[3] = acc[1];
        for (int32_t i = (int32_t)((uint32_t)blocks >> 1); i > 0; i--) {
            TMS_PATCH_BLOCK(&values, &weights, acc);
            TMS_PATCH_BLOCK(&values, &weights, acc);
        }
        if ((blocks & 1) != 0) {
            TMS_PATCH_BLOCK(&values, &weights, acc);
        }
        tms_blocks_results(acc, scaling, zero, left > 1, first, second);
        scaling += 6;
        first += 2;
        second += 2;
    }
}

/* the layer; patch has room for two pixels, aligned to four bytes */
static void tms_conv2d_gathered(const tms_conv2d_blocks_t *layer, const int8_t *in, int8_t *out,
        int16_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t pixels = g->out_height * g->out_width;
    const int32_t size = g->kernel_height * g->kernel_width * g->in_channels;
    tms_window_t window;
    int32_t ox = 0;
    int32_t oy = 0;
    int8_t *first = out;

    (void)memset(patch, 0, (size_t)((size + 3) / 4) * 16u);
    for (int32_t pixel = 0; pixel < pixels; pixel++) {
        tms_window_rows(&window, g, oy);
        tms_window_columns(&window, g, ox);
        tms_patch_gather(layer, &window, in, patch + (2 * (pixel & 1)));
        ox++;
        if (ox == g->out_width) {
            ox = 0;
            oy++;
        }
        /* the last of an odd number of pixels has an old one for company, whose place it takes */
        if ((pixel & 1) != 0) {
            tms_patch_channels(layer, patch, first, first + g->out_channels);
            first += 2 * g->out_channels;
        } else if (pixel + 1 == pixels) {
            tms_patch_channels(layer, patch, first, first);
        }
    }
    tms_limit(out, pixels * g->out_channels, layer->low, layer->high);
}

/* the layer with its patch on the stack, for filters with up to 64 weights */
static void tms_conv2d_patch(const tms_conv2d_blocks_t *layer, const int8_t *in, int8_t *out)
{
    tms_patch_t patch;

    tms_conv2d_gathered(layer, in, out, patch.values);
}
