/* mul_float32.c - product of two tensors, scaled in float32. */
#include "template.h"
#include "broadcast.c"
#include "steps.c"

typedef struct {
    tms_broadcast_t loops;
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

/* a row of outputs */
static inline void tms_mul_float32_row(const tms_mul_float32_t *layer, const TMS_IN *a,
        const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        *out++ = (TMS_OUT)tms_mul_float32_value(layer, *a, *b);
        a += layer->loops.a_strides[4];
        b += layer->loops.b_strides[4];
    }
}

static void tms_mul_float32(const tms_mul_float32_t *layer, const TMS_IN *a, const TMS_IN2 *b,
        TMS_OUT *out)
{
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        tms_mul_float32_row(layer, a + row.a, b + row.b, out);
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
