/* add.c - sum or difference of two tensors that broadcast to the output. */
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
    int32_t gain;           /* 2^left_shift */
    int32_t a_multiplier;
    int32_t a_shift;
    int32_t b_multiplier;
    int32_t b_shift;
    int32_t b_sign;         /* -1 for a difference */
    int32_t out_multiplier;
    int32_t out_shift;
} tms_add_t;

/* The right or left shifts of the operands and of the sum. */
typedef struct {
    int32_t a;
    int32_t b;
    int32_t out;
} tms_add_shifts_t;

/* a row of outputs; the shifts are those of the layer, known to be to the right or not */
static inline TMS_INLINE void tms_add_run(const tms_add_t *layer, const TMS_IN *a, const TMS_IN2 *b,
                                          TMS_OUT *out, tms_add_shifts_t shifts)
{
    const int32_t a_stride = layer->loops.a_strides[4];
    const int32_t b_stride = layer->loops.b_strides[4];
    const int32_t a_zero = layer->a_zero_point;
    const int32_t b_zero = layer->b_zero_point;
    const int32_t gain = layer->gain;
    const int32_t a_multiplier = layer->a_multiplier;
    const int32_t b_multiplier = layer->b_multiplier;
    const int32_t b_sign = layer->b_sign;
    const int32_t out_multiplier = layer->out_multiplier;

    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        const int32_t x = TMS_MULTIPLY((*a - a_zero) * gain, a_multiplier, shifts.a);
        const int32_t y = TMS_MULTIPLY((*b - b_zero) * gain, b_multiplier, shifts.b);
        const int32_t sum =
            tms_clamp_wide((int64_t)x + ((int64_t)y * b_sign), -0x7FFFFFFF - 1, 0x7FFFFFFF);
        const int32_t value = TMS_MULTIPLY(sum, out_multiplier, shifts.out);

        *out++ = (TMS_OUT)(layer->out_zero_point + tms_clamp(value, layer->low, layer->high));
        a += a_stride;
        b += b_stride;
    }
}

static void tms_add(const tms_add_t *layer, const TMS_IN *a, const TMS_IN2 *b, TMS_OUT *out)
{
    const tms_add_shifts_t shifts = {layer->a_shift, layer->b_shift, layer->out_shift};
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        if ((shifts.a <= 0) && (shifts.b <= 0) && (shifts.out <= 0)) {
            tms_add_run(layer, a + row.a, b + row.b, out, shifts);
        } else {
            tms_add_run(layer, a + row.a, b + row.b, out, shifts);
        }
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
