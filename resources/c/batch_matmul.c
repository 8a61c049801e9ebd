/*
 * batch_matmul.c - products of two computed matrices, or of two stacks of them; a stack that
 * repeats along an axis has stride 0 there. Rows and columns are read by strides, so that either
 * matrix may be held transposed.
 */
#include "template.h"
#include "arithmetic.c"

typedef struct {
    int32_t sizes[3]; /* of the stack */
    int32_t a_strides[3];
    int32_t b_strides[3];
    int32_t rows;
    int32_t columns;
    int32_t depth;
    int32_t a_row;    /* from one row of the first matrix to the next */
    int32_t a_step;   /* from one of its columns to the next */
    int32_t b_column;
    int32_t b_step;   /* from one row of the second matrix to the next */
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t out_zero_point;
    int32_t low;      /* limits before the output's zero point is added */
    int32_t high;
    int32_t multiplier;
    int32_t shift;
} tms_batch_matmul_t;

/* one output: a row of the first matrix times a column of the second */
static inline TMS_OUT tms_matmul_value(const tms_batch_matmul_t *layer, const TMS_IN *a,
                                       const TMS_IN *b)
{
    TMS_UACC acc = 0u;

    for (int32_t k = 0; k < layer->depth; k++) {
        acc += (TMS_UACC)((TMS_ACC)(*a - layer->a_zero_point)
                          * (TMS_ACC)(*b - layer->b_zero_point));
        a += layer->a_step;
        b += layer->b_step;
    }
    return (TMS_OUT)(layer->out_zero_point
                     + TMS_REQUANTIZE(acc, layer->multiplier, layer->shift, layer->low,
                                      layer->high));
}

/* one pair of matrices */
static inline TMS_OUT *tms_matmul_pair(const tms_batch_matmul_t *layer, const TMS_IN *a,
                                       const TMS_IN *b, TMS_OUT *out)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        const TMS_IN *column = b;

        for (int32_t i = 0; i < layer->columns; i++) {
            *out++ = tms_matmul_value(layer, a, column);
            column += layer->b_column;
        }
        a += layer->a_row;
    }
    return out;
}

static void tms_batch_matmul(const tms_batch_matmul_t *layer, const TMS_IN *a, const TMS_IN *b,
                             TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t at_a = (i * layer->a_strides[0]) + (j * layer->a_strides[1])
                                     + (k * layer->a_strides[2]);
                const int32_t at_b = (i * layer->b_strides[0]) + (j * layer->b_strides[1])
                                     + (k * layer->b_strides[2]);

                out = tms_matmul_pair(layer, a + at_a, b + at_b, out);
            }
        }
    }
}
