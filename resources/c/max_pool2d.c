/*
 * max_pool2d.c - largest value of every window; padding never wins.
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
} tms_max_pool2d_t;

/* largest value of one channel in the window; in is that channel's first value */
static inline int32_t tms_window_maximum(const tms_geometry_t *g, const tms_window_t *window,
                                         const TMS_IN *in)
{
    int32_t largest = -32768;

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t first = ((window->y + ky) * g->in_width) + window->x;

        for (int32_t kx = window->left; kx < window->right; kx++) {
            const int32_t value = in[(first + kx) * g->in_channels];

            largest = (value > largest) ? value : largest;
        }
    }
    return largest;
}

static void tms_max_pool2d(const tms_max_pool2d_t *layer, const TMS_IN *in, TMS_IN *out)
{
    const tms_geometry_t *g = &layer->geometry;
    tms_window_t window;

    for (int32_t oy = 0; oy < g->out_height; oy++) {
        tms_window_rows(&window, g, oy);
        for (int32_t ox = 0; ox < g->out_width; ox++) {
            tms_window_columns(&window, g, ox);
            for (int32_t c = 0; c < g->out_channels; c++) {
                const int32_t largest = tms_window_maximum(g, &window, in + c);

                *out++ = (TMS_IN)tms_clamp(largest, layer->low, layer->high);
            }
        }
    }
}
