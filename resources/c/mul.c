/* mul.c - product of two tensors that broadcast to the output. */
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
    int32_t multiplier;
    int32_t shift;
} tms_mul_t;

/* a row of outputs; shift is that of the layer, known to be to the left or not */
static inline TMS_INLINE void tms_mul_run(const tms_mul_t *layer, const TMS_IN *a, const TMS_IN2 *b,
                                          TMS_OUT *out, int32_t shift)
{
    const int32_t a_stride = layer->loops.a_strides[4];
    const int32_t b_stride = layer->loops.b_strides[4];
    const int32_t a_zero = layer->a_zero_point;
    const int32_t b_zero = layer->b_zero_point;
    const int32_t out_zero = layer->out_zero_point;
    const int32_t low = layer->low;
    const int32_t high = layer->high;
    const int32_t multiplier = layer->multiplier;

    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        const int32_t x = *a - a_zero;
        const int32_t y = *b - b_zero;
        int32_t value;

        if (sizeof(TMS_IN) + sizeof(TMS_IN2) < 4u) {
            value = x * y; /* less than 2^24, as one has 8 bits */
        } else {
            value = tms_clamp_wide((int64_t)x * y, -0x7FFFFFFF - 1, 0x7FFFFFFF);
        }
        value = tms_clamp(TMS_MULTIPLY(value, multiplier, shift), low, high);
        *out++ = (TMS_OUT)(out_zero + value);
        a += a_stride;
        b += b_stride;
    }
}

static void tms_mul(const tms_mul_t *layer, const TMS_IN *a, const TMS_IN2 *b, TMS_OUT *out)
{
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        if (layer->shift > 0) {
            tms_mul_run(layer, a + row.a, b + row.b, out, layer->shift);
        } else {
            tms_mul_run(layer, a + row.a, b + row.b, out, layer->shift);
        }
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
