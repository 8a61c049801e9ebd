/*
 * resize_bilinear_float32.c - an image of another size, by straight lines between neighbours, on
 * unsigned values and in float32 steps, as LiteRT's reference kernel does for uint8. For every row
 * and column of the output there are the inputs on both sides, and the bits of the share of each.
 */
#include "template.h"
#include "steps.c"
#ifndef TMS_RESIZE_BILINEAR_FLOAT32_C
#define TMS_RESIZE_BILINEAR_FLOAT32_C

typedef struct {
    int32_t in_width;
    int32_t channels;
    int32_t out_height;
    int32_t out_width;
    const int32_t *rows;    /* four numbers for every row of the output */
    const int32_t *columns; /* four numbers for every column */
} tms_resize_bilinear_float32_t;

/* an unsigned value times the share of its row, times that of its column */
static inline tms_real_t tms_resize_share(int8_t value, int32_t row_share, int32_t column_share)
{
    return tms_step_product(tms_step_scaled(value + 128, tms_step_read(row_share)),
                            tms_step_read(column_share));
}

/* one value between four others, which are added column after column */
static inline int32_t tms_resize_value(const int32_t *row, const int32_t *column,
                                       const int8_t *above, const int8_t *below, int32_t channels)
{
    const int32_t left = column[0] * channels;
    const int32_t right = column[1] * channels;
    tms_real_t sum = tms_resize_share(above[left], row[2], column[2]);

    sum = tms_step_sum(sum, tms_resize_share(below[left], row[3], column[2]));
    sum = tms_step_sum(sum, tms_resize_share(above[right], row[2], column[3]));
    sum = tms_step_sum(sum, tms_resize_share(below[right], row[3], column[3]));
    return tms_step_truncated(tms_step_sum(sum, tms_step_read(0x3F000000)));
}

static void tms_resize_bilinear_float32(const tms_resize_bilinear_float32_t *layer,
                                        const int8_t *in, int8_t *out)
{
    const int32_t width = layer->in_width * layer->channels;

    for (int32_t y = 0; y < layer->out_height; y++) {
        const int32_t *row = layer->rows + (4 * y);
        const int8_t *above = in + (row[0] * width);
        const int8_t *below = in + (row[1] * width);

        for (int32_t x = 0; x < layer->out_width; x++) {
            const int32_t *column = layer->columns + (4 * x);

            for (int32_t c = 0; c < layer->channels; c++) {
                const int32_t value =
                    tms_resize_value(row, column, above + c, below + c, layer->channels);

                *out++ = (int8_t)(tms_clamp(value, 0, 255) - 128);
            }
        }
    }
}

#endif
