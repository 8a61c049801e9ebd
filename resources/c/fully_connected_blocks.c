/*
 * fully_connected_blocks.c - weighted sums of rows of inputs, four outputs at once.
 *
 * Weights stand in blocks of four inputs and four outputs, with 8 bits as `dense_runs.c` says,
 * with fewer as `dense_fields.c`. The input's zero point is folded into the bias. Outputs that nobody
 * reads make the last four complete; inputs behind the last whole unit of weights become one with
 * values that come to nothing.
 *
 * Order: row after row, which is read again for every four outputs.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "dense_row.c"
#include "narrow.c"

typedef struct {
    int32_t rows;
    int32_t in_size;
    int32_t out_size;
    int32_t out_zero; /* as narrow.c has it */
    int32_t low;
    int32_t high;
    const TMS_WEIGHT *weights; /* aligned to four bytes */
    const int32_t *scaling; /* bias, multiplier and shift of every output */
} tms_fully_connected_blocks_t;

/* The sums of four outputs; moves on behind their weights. */
static inline TMS_INLINE void tms_dense_four(const tms_dense_row_t *row, const int32_t *scaling,
        const TMS_WEIGHT **weights, uint32_t acc[4])
{
    acc[0] = (uint32_t)scaling[0];
    acc[1] = (uint32_t)scaling[3];
    acc[2] = (uint32_t)scaling[6];
    acc[3] = (uint32_t)scaling[9];
    tms_dense_row_sums(row, weights, acc);
}

static void tms_fully_connected_blocks(const tms_fully_connected_blocks_t *layer, const int8_t *in,
        int8_t *out)
{
    const int32_t zero = layer->out_zero;
    int8_t *result = out;

    for (int32_t y = 0; y < layer->rows; y++) {
        const TMS_WEIGHT *weights = layer->weights;
        const int32_t *scaling = layer->scaling;
        uint32_t raise[2] = {0u, 0u};
        int8_t rest[8];
        tms_dense_row_t row;

        tms_dense_row(in, layer->in_size, rest, &row);
        for (int32_t left = layer->out_size + (4 * TMS_RAISED); left > 0; left -= 4) {
            uint32_t acc[4];

            tms_dense_four(&row, scaling, &weights, acc);
            if ((TMS_RAISED != 0) && (left > layer->out_size)) {
                tms_raise_from(acc, scaling[1], raise);
                scaling += 12;
                continue;
            }
            if (TMS_RAISED != 0) {
                tms_raise(acc, raise);
            }
            if (left >= 4) {
                result[0] = tms_narrow_output(acc[0] << 1, scaling, zero);
                result[1] = tms_narrow_output(acc[1] << 1, scaling + 3, zero);
                result[2] = tms_narrow_output(acc[2] << 1, scaling + 6, zero);
                result[3] = tms_narrow_output(acc[3] << 1, scaling + 9, zero);
            } else {
                for (int32_t i = 0; i < left; i++) {
                    result[i] = tms_narrow_output(acc[i] << 1, scaling + (3 * i), zero);
                }
            }
            result += (left < 4) ? left : 4;
            scaling += 12;
        }
        in += layer->in_size;
    }
    tms_limit(out, layer->rows * layer->out_size, layer->low, layer->high);
}
