/*
 * average_pool2d.c - mean of the real values of every window.
 *
 * Order: pixel after pixel, of each channel after channel.
 */
#include "template.h"
#include "arithmetic.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t low;
    int32_t high;
} tms_average_pool2d_t;

/* sum of one channel's values in the window; in is that channel's first value */
static inline int32_t tms_window_sum(const tms_geometry_t *g, const tms_window_t *window,
                                     const TMS_IN *in)
{
    int32_t sum = 0;

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t first = ((window->y + ky) * g->in_width) + window->x;

        for (int32_t kx = window->left; kx < window->right; kx++) {
            sum += in[(first + kx) * g->in_channels];
        }
    }
    return sum;
}

static void tms_average_pool2d(const tms_average_pool2d_t *layer, const TMS_IN *in, TMS_IN *out)
{
    const tms_geometry_t *g = &layer->geometry;
    tms_window_t window;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            int32_t count;

            tms_window_columns(&window, g, ox);
            count = (window.bottom - window.top) * (window.right - window.left);
            for (int32_t c = 0; c < g->out_channels; c++) {
                const int32_t mean = TMS_DIVIDE(tms_window_sum(g, &window, in + c), count);

                *out++ = (TMS_IN)tms_clamp(mean, layer->low, layer->high);
            }
        }
    }
}
