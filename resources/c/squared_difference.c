/*
 * squared_difference.c - square of the difference of two tensors that broadcast to the output. The
 * axes are merged into five nested loops, outermost first; an operand that repeats along an axis has
 * stride 0 there.
 */
#include "template.h"
#include "arithmetic.c"

typedef struct {
    int32_t sizes[5];
    int32_t a_strides[5];
    int32_t b_strides[5];
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t out_zero_point;
    int32_t low;            /* limits before the output's zero point is added */
    int32_t high;
    int32_t left;           /* what both operands are multiplied by before their scales meet */
    int32_t a_multiplier;
    int32_t a_shift;
    int32_t b_multiplier;
    int32_t b_shift;
    int32_t multiplier;     /* of the square */
    int32_t shift;
} tms_squared_difference_t;

/* the square of a - b on the output's grid, both counted from their zero points */
static inline int32_t tms_squared_difference_value(const tms_squared_difference_t *layer, int32_t a,
        int32_t b)
{
    const int32_t first = TMS_MULTIPLY(a * layer->left, layer->a_multiplier, layer->a_shift);
    const int32_t second = TMS_MULTIPLY(b * layer->left, layer->b_multiplier, layer->b_shift);
    const int32_t difference = first - second;

    return TMS_MULTIPLY(difference * difference, layer->multiplier, layer->shift);
}

/* the two innermost axes */
static inline TMS_OUT *tms_squared_difference_rows(const tms_squared_difference_t *layer,
        const TMS_IN *a, const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        const TMS_IN *x = a + (i * layer->a_strides[3]);
        const TMS_IN2 *y = b + (i * layer->b_strides[3]);

        for (int32_t j = 0; j < layer->sizes[4]; j++) {
            const int32_t value = tms_squared_difference_value(layer, *x - layer->a_zero_point,
                                                               *y - layer->b_zero_point);

            *out++ = (TMS_OUT)(layer->out_zero_point + tms_clamp(value, layer->low, layer->high));
            x += layer->a_strides[4];
            y += layer->b_strides[4];
        }
    }
    return out;
}

static void tms_squared_difference(const tms_squared_difference_t *layer, const TMS_IN *a,
        const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t at_a = (i * layer->a_strides[0]) + (j * layer->a_strides[1])
                                     + (k * layer->a_strides[2]);
                const int32_t at_b = (i * layer->b_strides[0]) + (j * layer->b_strides[1])
                                     + (k * layer->b_strides[2]);

                out = tms_squared_difference_rows(layer, a + at_a, b + at_b, out);
            }
        }
    }
}
