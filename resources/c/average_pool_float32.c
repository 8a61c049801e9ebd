/*
 * average_pool_float32.c - mean of the real values of every window, added one after the other in
 * float32.
 *
 * Order: pixel after pixel, of each channel after channel.
 */
#include "template.h"
#include "steps.c"
#include "window.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t in_zero_point;
    int32_t out_zero_point;
    int32_t low;
    int32_t high;
    int32_t origin; /* what the output has more in its last sum */
    int32_t scale;  /* the bits of float32 values */
    int32_t out_scale;
} tms_average_pool_float32_t;

/* sum of one channel's values in the window; in is that channel's first value */
static inline tms_real_t tms_window_sum_float32(const tms_average_pool_float32_t *layer,
        const tms_window_t *window, const TMS_IN *in)
{
    const tms_geometry_t *g = &layer->geometry;
    const tms_real_t scale = tms_step_read(layer->scale);
    tms_real_t sum = {0, 0};

    for (int32_t ky = window->top; ky < window->bottom; ky++) {
        const int32_t first = ((window->y + ky) * g->in_width) + window->x;

        for (int32_t kx = window->left; kx < window->right; kx++) {
            const int32_t centred = in[(first + kx) * g->in_channels] - layer->in_zero_point;

            sum = tms_step_sum(sum, tms_step_scaled(centred, scale));
        }
    }
    return sum;
}

/* the mean on the output's grid */
static int32_t tms_average_float32(const tms_average_pool_float32_t *layer, tms_real_t sum,
        int32_t count)
{
    const tms_real_t mean = tms_step_quotient(sum, tms_step_times(count, 1));
    const tms_real_t steps = tms_step_quotient(mean, tms_step_read(layer->out_scale));
    const tms_real_t value =
        tms_step_sum(steps, tms_step_times(layer->out_zero_point + layer->origin, 1));

    return tms_clamp(tms_step_nearest(value, layer->origin), layer->low, layer->high);
}

static void tms_average_pool_float32(const tms_average_pool_float32_t *layer, const TMS_IN *in,
        TMS_OUT *out)
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
                *out++ = (TMS_OUT)tms_average_float32(
                    layer, tms_window_sum_float32(layer, &window, in + c), count);
            }
        }
    }
}
