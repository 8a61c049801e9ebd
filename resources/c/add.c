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

/* one output */
static inline int32_t tms_add_value(const tms_add_t *layer, int32_t a, int32_t b)
{
    const int32_t a_scaled = TMS_MULTIPLY((a - layer->a_zero_point) * layer->gain,
                                          layer->a_multiplier, layer->a_shift);
    const int32_t b_scaled = TMS_MULTIPLY((b - layer->b_zero_point) * layer->gain,
                                          layer->b_multiplier, layer->b_shift);
    const int32_t sum = tms_clamp_wide((int64_t)a_scaled + ((int64_t)b_scaled * layer->b_sign),
                                       -0x7FFFFFFF - 1, 0x7FFFFFFF);

    return layer->out_zero_point
           + tms_clamp(TMS_MULTIPLY(sum, layer->out_multiplier, layer->out_shift), layer->low,
                       layer->high);
}

/* the two innermost axes */
static inline TMS_OUT *tms_add_rows(const tms_add_t *layer, const TMS_IN *a, const TMS_IN2 *b,
                                    TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        const TMS_IN *x = a + (i * layer->a_strides[3]);
        const TMS_IN2 *y = b + (i * layer->b_strides[3]);

        for (int32_t j = 0; j < layer->sizes[4]; j++) {
            *out++ = (TMS_OUT)tms_add_value(layer, *x, *y);
            x += layer->a_strides[4];
            y += layer->b_strides[4];
        }
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
