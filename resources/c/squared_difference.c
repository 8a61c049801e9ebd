/* squared_difference.c - square of the difference of two tensors that broadcast to the output. */
#include "template.h"
#include "arithmetic.c"
#include "broadcast.c"

typedef struct {
    tms_broadcast_t loops;
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

/* a row of outputs */
static inline void tms_squared_difference_row(const tms_squared_difference_t *layer, const TMS_IN *a,
        const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        const int32_t value =
            tms_squared_difference_value(layer, *a - layer->a_zero_point, *b - layer->b_zero_point);

        *out++ = (TMS_OUT)(layer->out_zero_point + tms_clamp(value, layer->low, layer->high));
        a += layer->loops.a_strides[4];
        b += layer->loops.b_strides[4];
    }
}

static void tms_squared_difference(const tms_squared_difference_t *layer, const TMS_IN *a,
        const TMS_IN2 *b, TMS_OUT *out)
{
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        tms_squared_difference_row(layer, a + row.a, b + row.b, out);
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
