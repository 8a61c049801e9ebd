/*
 * pool2d_mve.c - means and maxima of windows for Helium.
 *
 * Order: pixel after pixel, of each four channels (means) or sixteen (maxima) after the other.
 */
#include "template.h"
#include "arithmetic.c"
#include "average_pool2d.c"
#include "max_pool2d.c"
#include "window.c"
#ifdef TMS_HELIUM

/* Sums of up to four channels' values in the window; a function of its own, lest it is unrolled. */
static TMS_LAYER int32x4_t tms_window_sums(const tms_geometry_t *g, const tms_window_t *window,
        const int8_t *in, mve_pred16_t part)
{
    int32x4_t sum = vdupq_n_s32(0);

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t first = ((window->y + ky) * g->in_width) + window->x + window->left;
        const int8_t *value = in + (first * g->in_channels);

        for (int32_t kx = window->left; kx < window->right; kx++) {
            sum = vaddq_s32(sum, vldrbq_z_s32(value, part));
            value += g->in_channels;
        }
    }
    return sum;
}

static void tms_average_pool2d_mve(const tms_average_pool2d_t *layer, const int8_t *in,
        int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    tms_window_t window;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            int32_t count;

            tms_window_columns(&window, g, ox);
            count = (window.bottom - window.top) * (window.right - window.left);
            for (int32_t c = 0; c < g->out_channels; c += 4) {
                const int32_t some = (g->out_channels - c < 4) ? (g->out_channels - c) : 4;
                int32_t sums[4];

                vstrwq_s32(sums, tms_window_sums(g, &window, in + c, vctp32q((uint32_t)some)));
                for (int32_t i = 0; i < some; i++) {
                    const int32_t mean = TMS_DIVIDE(sums[i], count);

                    *out++ = (int8_t)tms_clamp(mean, layer->low, layer->high);
                }
            }
        }
    }
}

/* maxima of up to sixteen channels in the window; in is their first value */
static TMS_LAYER int8x16_t tms_window_maxima(const tms_geometry_t *g, const tms_window_t *window,
        const int8_t *in, mve_pred16_t part)
{
    int8x16_t largest = vdupq_n_s8(-128);

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t first = ((window->y + ky) * g->in_width) + window->x + window->left;
        const int8_t *value = in + (first * g->in_channels);

        for (int32_t kx = window->left; kx < window->right; kx++) {
            largest = vmaxq_s8(largest, vldrbq_z_s8(value, part));
            value += g->in_channels;
        }
    }
    return largest;
}

static void tms_max_pool2d_mve(const tms_max_pool2d_t *layer, const int8_t *in, int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int8x16_t low = vdupq_n_s8((int8_t)layer->low);
    const int8x16_t high = vdupq_n_s8((int8_t)layer->high);
    tms_window_t window;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            tms_window_columns(&window, g, ox);
            for (int32_t c = 0; c < g->out_channels; c += 16) {
                const mve_pred16_t part = vctp8q((uint32_t)(g->out_channels - c));
                const int8x16_t largest = tms_window_maxima(g, &window, in + c, part);

                vstrbq_p_s8(out + c, vminq_s8(vmaxq_s8(largest, low), high), part);
            }
            out += g->out_channels;
        }
    }
}
#endif
