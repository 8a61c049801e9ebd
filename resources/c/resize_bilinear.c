/*
 * resize_bilinear.c - an image of another size, by straight lines between neighbours. For every
 * row and column of the output there are the inputs on both sides, and how far it lies behind the
 * first: in steps of 1/2^10 where tables have 16 bits, and of 1/2^22 where they have 32.
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

/* how many bits the steps of a place have */
static inline uint32_t tms_place_bits(void)
{
    return (sizeof(TMS_TABLE) == 2u) ? 10u : 22u;
}

/* a value between two others, in steps of a place; few bits do with a product of 32 */
static inline int64_t tms_resize_between(TMS_IN first, TMS_IN second, int32_t part)
{
    const int32_t rest = (int32_t)(1u << tms_place_bits()) - part;

    if (sizeof(TMS_TABLE) == 2u) {
        return (first * rest) + (second * part);
    }
    return ((int64_t)first * rest) + ((int64_t)second * part);
}

/* all channels of one pixel, between two rows of the input */
static inline TMS_IN *tms_resize_pixel(const tms_resize_bilinear_t *layer, const TMS_TABLE *column,
                                       const TMS_IN *above, const TMS_IN *below, int32_t part,
                                       TMS_IN *out)
{
    const int32_t left = (int32_t)column[0] * layer->channels;
    const int32_t right = (int32_t)column[1] * layer->channels;
    const int32_t share = column[2];
    const int32_t rest = (int32_t)(1u << tms_place_bits()) - share;

    for (int32_t c = 0; c < layer->channels; c++) {
        const int64_t first = tms_resize_between(above[left + c], below[left + c], part);
        const int64_t second = tms_resize_between(above[right + c], below[right + c], part);
        const int64_t sum = (first * rest) + (second * share);

        *out++ = (TMS_IN)TMS_DROP(sum, 2u * tms_place_bits());
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
