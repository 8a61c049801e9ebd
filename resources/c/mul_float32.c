/*
 * mul_float32.c - product of two tensors, scaled in float32. The axes are those of mul.c.
 */
#include "template.h"
#include "steps.c"

typedef struct {
    int32_t sizes[5];
    int32_t a_strides[5];
    int32_t b_strides[5];
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t out_zero_point;
    int32_t low;
    int32_t high;
    int32_t origin; /* what values and zero points have more in the sums */
    int32_t ratio;  /* the bits of a float32 value */
} tms_mul_float32_t;

/* one output */
static inline int32_t tms_mul_float32_value(const tms_mul_float32_t *layer, int32_t a, int32_t b)
{
    const tms_real_t product = tms_step_times(a - layer->a_zero_point, b - layer->b_zero_point);
    const tms_real_t scaled = tms_step_product(product, tms_step_read(layer->ratio));
    const tms_real_t value =
        tms_step_sum(scaled, tms_step_times(layer->out_zero_point + layer->origin, 1));

    return tms_clamp(tms_step_nearest(value, layer->origin), layer->low, layer->high);
}

/* the two innermost axes */
static inline TMS_OUT *tms_mul_float32_rows(const tms_mul_float32_t *layer, const TMS_IN *a,
        const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        const TMS_IN *x = a + (i * layer->a_strides[3]);
        const TMS_IN2 *y = b + (i * layer->b_strides[3]);

        for (int32_t j = 0; j < layer->sizes[4]; j++) {
            *out++ = (TMS_OUT)tms_mul_float32_value(layer, *x, *y);
            x += layer->a_strides[4];
            y += layer->b_strides[4];
        }
    }
    return out;
}

static void tms_mul_float32(const tms_mul_float32_t *layer, const TMS_IN *a, const TMS_IN2 *b,
        TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t at_a = (i * layer->a_strides[0]) + (j * layer->a_strides[1])
                                     + (k * layer->a_strides[2]);
                const int32_t at_b = (i * layer->b_strides[0]) + (j * layer->b_strides[1])
                                     + (k * layer->b_strides[2]);

                out = tms_mul_float32_rows(layer, a + at_a, b + at_b, out);
            }
        }
    }
}
