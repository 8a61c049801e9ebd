/*
 * add.c - sum or difference of two tensors that broadcast to the output. The axes are merged into
 * five nested loops, outermost first; an operand that repeats along an axis has stride 0 there.
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
    const int32_t a_stride = layer->a_strides[4];
    const int32_t b_stride = layer->b_strides[4];
    const int32_t a_zero = layer->a_zero_point;
    const int32_t b_zero = layer->b_zero_point;
    const int32_t gain = layer->gain;
    const int32_t a_multiplier = layer->a_multiplier;
    const int32_t b_multiplier = layer->b_multiplier;
    const int32_t b_sign = layer->b_sign;
    const int32_t out_multiplier = layer->out_multiplier;

    for (int32_t left = layer->sizes[4]; left > 0; left--) {
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

/* the two innermost axes */
static inline TMS_OUT *tms_add_rows(const tms_add_t *layer, const TMS_IN *a, const TMS_IN2 *b,
                                    TMS_OUT *out)
{
    const tms_add_shifts_t shifts = {layer->a_shift, layer->b_shift, layer->out_shift};

    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        if ((shifts.a <= 0) && (shifts.b <= 0) && (shifts.out <= 0)) {
            tms_add_run(layer, a, b, out, shifts);
        } else {
            tms_add_run(layer, a, b, out, shifts);
        }
        a += layer->a_strides[3];
        b += layer->b_strides[3];
        out += layer->sizes[4];
    }
    return out;
}

static void tms_add(const tms_add_t *layer, const TMS_IN *a, const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t at_a = (i * layer->a_strides[0]) + (j * layer->a_strides[1])
                                     + (k * layer->a_strides[2]);
                const int32_t at_b = (i * layer->b_strides[0]) + (j * layer->b_strides[1])
                                     + (k * layer->b_strides[2]);

                out = tms_add_rows(layer, a + at_a, b + at_b, out);
            }
        }
    }
}
