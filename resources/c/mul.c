/*
 * mul.c - product of two tensors that broadcast to the output. The axes are merged into
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
    int32_t multiplier;
    int32_t shift;
} tms_mul_t;

/* a row of outputs; shift is that of the layer, known to be to the left or not */
static inline TMS_INLINE void tms_mul_run(const tms_mul_t *layer, const TMS_IN *a, const TMS_IN2 *b,
                                          TMS_OUT *out, int32_t shift)
{
    const int32_t a_stride = layer->a_strides[4];
    const int32_t b_stride = layer->b_strides[4];
    const int32_t a_zero = layer->a_zero_point;
    const int32_t b_zero = layer->b_zero_point;
    const int32_t out_zero = layer->out_zero_point;
    const int32_t low = layer->low;
    const int32_t high = layer->high;
    const int32_t multiplier = layer->multiplier;

    for (int32_t left = layer->sizes[4]; left > 0; left--) {
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

/* the two innermost axes */
static inline TMS_OUT *tms_mul_rows(const tms_mul_t *layer, const TMS_IN *a, const TMS_IN2 *b,
                                    TMS_OUT *out)
{
    const int32_t shift = layer->shift;

    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        if (shift > 0) {
            tms_mul_run(layer, a, b, out, shift);
        } else {
            tms_mul_run(layer, a, b, out, shift);
        }
        a += layer->a_strides[3];
        b += layer->b_strides[3];
        out += layer->sizes[4];
    }
    return out;
}

static void tms_mul(const tms_mul_t *layer, const TMS_IN *a, const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t at_a = (i * layer->a_strides[0]) + (j * layer->a_strides[1])
                                     + (k * layer->a_strides[2]);
                const int32_t at_b = (i * layer->b_strides[0]) + (j * layer->b_strides[1])
                                     + (k * layer->b_strides[2]);

                out = tms_mul_rows(layer, a + at_a, b + at_b, out);
            }
        }
    }
}
