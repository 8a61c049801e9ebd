/* window.c - which taps of a sliding window lie inside the input. */
#include "template.h"
#ifndef TMS_WINDOW_C
#define TMS_WINDOW_C

/* The input, the output and the kernel of a layer that slides a window over an image. */
typedef struct {
    int32_t in_height;
    int32_t in_width;
    int32_t in_channels;
    int32_t out_height;
    int32_t out_width;
    int32_t out_channels;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride_y;
    int32_t stride_x;
    int32_t pad_top;
    int32_t pad_left;
    int32_t dilation_y;
    int32_t dilation_x;
} tms_geometry_t;

/* The taps [top, bottom) x [left, right) of the window whose first tap reads the input at (y, x). */
typedef struct {
    int32_t y;
    int32_t x;
    int32_t top;
    int32_t bottom;
    int32_t left;
    int32_t right;
} tms_window_t;

/* first tap at or behind 0; none is kernel */
static inline int32_t tms_first_tap(int32_t position, int32_t dilation, int32_t kernel)
{
    int32_t first = 0;

    if (position < 0) {
        first = ((dilation - 1) - position) / dilation;
    }
    return (first < kernel) ? first : kernel;
}

/* one behind the last tap in front of extent; at least first */
static inline int32_t tms_end_tap(int32_t position, int32_t dilation, int32_t kernel,
                                  int32_t extent, int32_t first)
{
    int32_t end = kernel;

    if (position + ((kernel - 1) * dilation) >= extent) {
        end = (position < extent) ? (((extent - position) + (dilation - 1)) / dilation) : 0;
    }
    return (end > first) ? end : first;
}

/* sets the rows of the window at output row oy */
static inline void tms_window_rows(tms_window_t *window, const tms_geometry_t *g, int32_t oy)
{
    window->y = (oy * g->stride_y) - g->pad_top;
    window->top = tms_first_tap(window->y, g->dilation_y, g->kernel_height);
    window->bottom =
        tms_end_tap(window->y, g->dilation_y, g->kernel_height, g->in_height, window->top);
}

/* sets the columns of the window at output column ox */
static inline void tms_window_columns(tms_window_t *window, const tms_geometry_t *g, int32_t ox)
{
    window->x = (ox * g->stride_x) - g->pad_left;
    window->left = tms_first_tap(window->x, g->dilation_x, g->kernel_width);
    window->right =
        tms_end_tap(window->x, g->dilation_x, g->kernel_width, g->in_width, window->left);
}

#endif
