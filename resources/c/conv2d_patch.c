/*
 * conv2d_patch.c - convolution with the values under two windows gathered beforehand.
 *
 * The values under the windows of two pixels are gathered in a patch, where padding is the input's
 * zero point. Every pair of channels then runs over them: four products for two values and two
 * weights.
 *
 * Order: pairs of pixels, row by row; both are gathered before either is written.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "conv2d_fields.c"
#include "conv2d_patch_blocks.c"
#include "narrow.c"
#include "window.c"

/* Room for the patches of two pixels with up to 64 values each, on the stack. */
typedef struct {
    uint32_t words[64];
} tms_patch_t;

/* The place of a pixel. */
typedef struct {
    int32_t y;
    int32_t x;
} tms_place_t;

/* One of two windows. */
typedef struct {
    tms_window_t window;
    int32_t pixel;
    int32_t next; /* from its values to those of the other, which are gathered with it; else 0 */
} tms_patch_half_t;

/* moves on to the next pixel */
static inline void tms_place_next(tms_place_t *place, int32_t width)
{
    place->x++;
    if (place->x == width) {
        place->x = 0;
        place->y++;
    }
}

/* Puts the value of one pixel at one tap into the patch. */
static inline void tms_patch_put(uint32_t *patch, int32_t place, int32_t pixel, int32_t value)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t tap = (uint32_t)place;
    const int16_t half = (int16_t)value;
    uint32_t *word = patch + ((tap & ~3u) + ((tap & 1u) * 2u) + (uint32_t)pixel);

    (void)memcpy((uint8_t *)word + (tap & 2u), &half, sizeof half);
#else
    patch[place] += (uint32_t)value << ((uint32_t)pixel * 16u);
#endif
}

/* Puts values of one pixel that follow each other into the patch from place first on. */
static inline void tms_patch_copy(uint32_t *patch, int32_t first, int32_t pixel, const int8_t *in,
        int32_t count, int32_t zero_point)
{
    const int32_t end = first + count;
    int32_t i = first;

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    (void)zero_point;
    for (; (i < end) && ((i & 3) != 0); i++) {
        tms_patch_put(patch, i, pixel, *in++);
    }
    for (; i + 4 <= end; i += 4) {
        uint32_t *block = patch + (i + pixel);
        const uint32_t word = tms_load(in);

        block[0] = tms_widen_even(0u, word);
        block[2] = tms_widen_odd(0u, word);
        in += 4;
    }
    for (; i < end; i++) {
        tms_patch_put(patch, i, pixel, *in++);
    }
#else
    for (; i < end; i++) {
        tms_patch_put(patch, i, pixel, *in++ - zero_point);
    }
#endif
}

/* Puts the values of two pixels that follow each other into the patch. */
static inline void tms_patch_both(uint32_t *patch, const int8_t *a, const int8_t *b,
        int32_t count)
{
    for (; count >= 4; count -= 4) {
        patch[0] = (uint32_t)a[0] + ((uint32_t)b[0] << 16);
        patch[1] = (uint32_t)a[1] + ((uint32_t)b[1] << 16);
        patch[2] = (uint32_t)a[2] + ((uint32_t)b[2] << 16);
        patch[3] = (uint32_t)a[3] + ((uint32_t)b[3] << 16);
        patch += 4;
        a += 4;
        b += 4;
    }
    for (; count > 0; count--) {
        *patch++ = (uint32_t)*a++ + ((uint32_t)*b++ << 16);
    }
}

/* fills the patch with the input's zero point */
static inline void tms_patch_fill(uint32_t *patch, int32_t words, int32_t zero_point)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t low = (uint32_t)zero_point & 0xFFFFu;
    const uint32_t word = low | (low << 16);
#else
    const uint32_t word = (uint32_t)zero_point + ((uint32_t)zero_point << 16);
#endif

    for (int32_t i = 0; i < words; i++) {
        patch[i] = word;
    }
}

/* blocks of the patch, with those that make the last weights complete */
static inline int32_t tms_patch_size(const tms_geometry_t *g)
{
    const int32_t size = g->kernel_height * g->kernel_width * g->in_channels;

    return ((size + (TMS_UNIT - 1)) / TMS_UNIT) * (TMS_UNIT / 4);
}

/* from the values of a window to those of the second place's; 0 where that holds other taps */
static inline int32_t tms_patch_next(const tms_window_t *window, const tms_geometry_t *g,
        const tms_place_t places[2])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    (void)window;
    (void)g;
    (void)places;
    return 0; /* each has words of its own */
#else
    const int32_t right = (places[1].x - places[0].x) * g->stride_x;
    const int32_t reach = window->x + ((g->kernel_width - 1) * g->dilation_x);
    const int inside = (window->x >= 0) && (reach + right < g->in_width);

    return ((places[1].y != places[0].y) || (inside == 0)) ? 0 : right * g->in_channels;
#endif
}

/* gathers the values of two windows that lie inside the input; 0 where one does not */
static TMS_LAYER int tms_patch_inner(const tms_conv2d_blocks_t *layer, const tms_place_t places[2],
        const int8_t *in, uint32_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t depth = g->in_channels;
    const int32_t height = g->in_height - ((g->kernel_height - 1) * g->dilation_y);
    const int32_t width = g->in_width - ((g->kernel_width - 1) * g->dilation_x);
    const int32_t y = (places[0].y * g->stride_y) - g->pad_top;
    const int32_t x = (places[0].x * g->stride_x) - g->pad_left;
    const int32_t down = (places[1].y - places[0].y) * g->stride_y;
    const int32_t right = (places[1].x - places[0].x) * g->stride_x;
    const int32_t row = g->dilation_y * g->in_width * depth;
    const int32_t next = ((down * g->in_width) + right) * depth;
    const int32_t count = g->kernel_width * depth;
    const int inside = (y >= 0) && (y + down < height) && (x >= 0) && (x < width)
                       && (x + right >= 0) && (x + right < width);

    if ((inside == 0) || (g->dilation_x != 1)) {
        return 0;
    }
    in += ((y * g->in_width) + x) * depth;
    for (int32_t ky = 0; ky < g->kernel_height; ky++) {
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
        tms_patch_copy(patch, ky * count, 0, in, count, 0);
        tms_patch_copy(patch, ky * count, 1, in + next, count, 0);
#else
        tms_patch_both(patch, in, in + next, count);
        patch += count;
#endif
        in += row;
    }
    return 1;
}

/* the window of a pixel; functions of their own keep the stack of each small */
static TMS_LAYER void tms_patch_window(tms_window_t *window, const tms_geometry_t *g,
        const tms_place_t *place)
{
    tms_window_rows(window, g, place->y);
    tms_window_columns(window, g, place->x);
}

/* gathers the values of a window inside the input */
static TMS_LAYER void tms_patch_taps(const tms_conv2d_blocks_t *layer,
        const tms_patch_half_t *half, const int8_t *in, uint32_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;
    const tms_window_t *window = &half->window;
    const int32_t depth = g->in_channels;
    /* neighbouring taps are copied in one go */
    const int32_t run = (g->dilation_x == 1) ? (window->right - window->left) : 1;

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t row = (window->y + (ky * g->dilation_y)) * g->in_width;

        for (int32_t kx = window->left; kx < window->right; kx += run) {
            const int8_t *from = in + ((row + window->x + (kx * g->dilation_x)) * depth);
            const int32_t first = ((ky * g->kernel_width) + kx) * depth;

            if (half->next != 0) {
                tms_patch_both(patch + first, from, from + half->next, run * depth);
            } else {
                tms_patch_copy(patch, first, half->pixel, from, run * depth,
                               layer->in_zero_point);
            }
        }
    }
}

/* gathers the values of two windows, of which one or both reach into the padding */
static TMS_LAYER void tms_patch_gather(const tms_conv2d_blocks_t *layer,
        const tms_place_t places[2], const int8_t *in, uint32_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;
    tms_patch_half_t half;

    tms_patch_fill(patch, 4 * tms_patch_size(g), layer->in_zero_point);
    half.pixel = 0;
    tms_patch_window(&half.window, g, &places[0]);
    half.next = tms_patch_next(&half.window, g, places);
    tms_patch_taps(layer, &half, in, patch);
    if (half.next == 0) {
        half.pixel = 1;
        tms_patch_window(&half.window, g, &places[1]);
        tms_patch_taps(layer, &half, in, patch);
    }
}

/* what the accumulators of two pixels are raised by; moves on behind the channels of ones */
static inline void tms_patch_raise_whole(const uint32_t *patch, int32_t blocks,
        const TMS_WEIGHT **weights, const int32_t **scaling, uint32_t raise[2])
{
    uint32_t acc[4];

    tms_blocks_start(*scaling, acc);
    TMS_PATCH_PRODUCTS(patch, blocks, weights, acc);
    tms_raise_from(acc, (*scaling)[1], raise);
    *scaling += 6;
}

/* all channels of two pixels from their patches */
static TMS_LAYER void tms_patch_channels(const tms_conv2d_blocks_t *layer, const uint32_t *patch,
        int8_t *first, int8_t *second)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t blocks = tms_patch_size(g);
    const int32_t zero = layer->out_zero;
    const TMS_WEIGHT *weights = (const TMS_WEIGHT *)layer->weights;
    const int32_t *scaling = layer->scaling;
    uint32_t raise[2] = {0u, 0u};

    if (TMS_RAISED != 0) {
        TMS_PATCH_RAISE(patch, blocks, &weights, &scaling, raise);
    }
    for (int32_t left = g->out_channels; left > 0; left -= 2) {
        uint32_t acc[4];

        tms_blocks_start(scaling, acc);
        if (TMS_RAISED != 0) {
            tms_raise(acc, raise);
        }
        TMS_PATCH_PRODUCTS(patch, blocks, &weights, acc);
        tms_blocks_results(acc, scaling, zero, left > 1, first, second);
        scaling += 6;
        first += 2;
        second += 2;
    }
}

/* the layer; patch has room for two pixels */
static void tms_conv2d_gathered(const tms_conv2d_blocks_t *layer, const int8_t *in, int8_t *out,
        uint32_t *patch)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t pixels = g->out_height * g->out_width;
    int8_t *first = out;
    tms_place_t places[2];

    places[1].y = 0;
    places[1].x = 0;
    tms_patch_fill(patch, 4 * tms_patch_size(g), layer->in_zero_point);
    for (int32_t left = pixels; left > 0; left -= 2) {
        const int32_t next = (left > 1) ? g->out_channels : 0;

        places[0] = places[1];
        /* the last of an odd number of pixels has itself for company */
        if (left > 1) {
            tms_place_next(&places[1], g->out_width);
        }
        if (tms_patch_inner(layer, places, in, patch) == 0) {
            tms_patch_gather(layer, places, in, patch);
        }
        tms_patch_channels(layer, patch, first, first + next);
        tms_place_next(&places[1], g->out_width);
        first += 2 * g->out_channels;
    }
    tms_limit(out, pixels * g->out_channels, layer->low, layer->high);
}

/* the layer with its patch on the stack, for filters with up to 64 weights */
static void tms_conv2d_patch(const tms_conv2d_blocks_t *layer, const int8_t *in, int8_t *out)
{
    tms_patch_t patch;

    tms_conv2d_gathered(layer, in, out, patch.words);
}
