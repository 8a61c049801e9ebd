/*
 * resize_bilinear.c - an image of another size, by straight lines between neighbours. For every
 * row and column of the output there are the inputs on both sides, and how far it lies behind the
 * first, in steps of 1/1024.
 */
#include "template.h"
#include "arithmetic.c"

typedef struct {
    int32_t in_width;
    int32_t channels;
    int32_t out_height;
    int32_t out_width;
    const TMS_TABLE *rows;    /* three numbers for every row of the output */
    const TMS_TABLE *columns; /* three numbers for every column */
} tms_resize_bilinear_t;

/* all channels of one pixel, between two rows of the input */
static inline TMS_IN *tms_resize_pixel(const tms_resize_bilinear_t *layer, const TMS_TABLE *column,
                                       const TMS_IN *above, const TMS_IN *below, int32_t part,
                                       TMS_IN *out)
{
    const int32_t left = (int32_t)column[0] * layer->channels;
    const int32_t right = (int32_t)column[1] * layer->channels;
    const int32_t share = column[2];

    for (int32_t c = 0; c < layer->channels; c++) {
        const int32_t first = (above[left + c] * (1024 - part)) + (below[left + c] * part);
        const int32_t second = (above[right + c] * (1024 - part)) + (below[right + c] * part);
        const int64_t sum = ((int64_t)first * (1024 - share)) + ((int64_t)second * share);

        *out++ = (TMS_IN)TMS_DROP(sum, 20u);
    }
    return out;
}

static void tms_resize_bilinear(const tms_resize_bilinear_t *layer, const TMS_IN *in, TMS_IN *out)
{
    const int32_t width = layer->in_width * layer->channels;

    for (int32_t y = 0; y < layer->out_height; y++) {
        const TMS_TABLE *row = layer->rows + (3 * y);
        const TMS_IN *above = in + ((int32_t)row[0] * width);
        const TMS_IN *below = in + ((int32_t)row[1] * width);

        for (int32_t x = 0; x < layer->out_width; x++) {
            out = tms_resize_pixel(layer, layer->columns + (3 * x), above, below, row[2], out);
        }
    }
}
