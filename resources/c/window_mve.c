/* window_mve.c - where the taps of a window lie, for the kernels for Helium. */
#include "template.h"
#include "window.c"
#ifndef TMS_WINDOW_MVE_C
#define TMS_WINDOW_MVE_C
#ifdef TMS_HELIUM

/* An output pixel: where its window begins in the input, and the pixels up to the row's end. */
typedef struct {
    int32_t y;
    int32_t x;
    int32_t left;
} tms_spot_t;

/* the first pixel */
static inline void tms_spot_first(tms_spot_t *spot, const tms_geometry_t *g)
{
    spot->y = -g->pad_top;
    spot->x = -g->pad_left;
    spot->left = g->out_width;
}

/* goes on to the next pixel */
static inline void tms_spot_next(tms_spot_t *spot, const tms_geometry_t *g)
{
    spot->x += g->stride_x;
    spot->left--;
    if (spot->left == 0) {
        spot->x = -g->pad_left;
        spot->y += g->stride_y;
        spot->left = g->out_width;
    }
}

/* whether a window lies inside the input */
static inline int tms_spot_inside(const tms_spot_t *spot, const tms_geometry_t *g)
{
    return (spot->y >= 0) && (spot->x >= 0)
           && (spot->y + ((g->kernel_height - 1) * g->dilation_y) < g->in_height)
           && (spot->x + ((g->kernel_width - 1) * g->dilation_x) < g->in_width);
}

/* stores the taps of a window that lies inside, step places apart; at is the first one */
static inline void tms_taps_inside(const tms_geometry_t *g, const int8_t *at, const int8_t **taps,
        int32_t step)
{
    const int32_t column = g->dilation_x * g->in_channels;
    const int32_t row =
        (g->dilation_y * g->in_width * g->in_channels) - (g->kernel_width * column);

    for (int32_t ky = g->kernel_height; ky > 0; ky--) {
        for (int32_t kx = g->kernel_width; kx > 0; kx--) {
            *taps = at;
            taps += step;
            at += column;
        }
        at += row;
    }
}

/* The same for any window; taps in the padding read the input's zero point from a table. */
static TMS_LAYER void tms_taps(const tms_geometry_t *g, const tms_spot_t *spot, const int8_t *in,
        const int8_t *padding, const int8_t **taps, int32_t step)
{
    const int32_t row = g->in_width * g->in_channels;

    if (tms_spot_inside(spot, g) != 0) {
        tms_taps_inside(g, in + ((spot->y * row) + (spot->x * g->in_channels)), taps, step);
        return;
    }
    for (int32_t ky = 0; ky < g->kernel_height; ky++) {
        const int32_t y = spot->y + (ky * g->dilation_y);
        const int inside = (y >= 0) && (y < g->in_height);
        int32_t x = spot->x;

        for (int32_t kx = 0; kx < g->kernel_width; kx++) {
            *taps = padding;
            if ((inside != 0) && (x >= 0) && (x < g->in_width)) {
                *taps = in + ((y * row) + (x * g->in_channels));
            }
            taps += step;
            x += g->dilation_x;
        }
    }
}
#endif
#endif
