/* add_float32.c - sum or difference of two tensors with fused multiply-adds in float32. */
#include "template.h"
#include "broadcast.c"
#include "steps.c"

typedef struct {
    tms_broadcast_t loops;
    int32_t low;
    int32_t high;
    int32_t origin; /* what values and zero points have more in the sums */
    int32_t a_ratio; /* the bits of float32 values */
    int32_t b_ratio; /* negative for a difference */
    int32_t offset;  /* what the zero points add up to */
} tms_add_float32_t;

/* one output */
static inline int32_t tms_add_float32_value(const tms_add_float32_t *layer, int32_t a, int32_t b)
{
    const tms_real_t inner = tms_step_fused(b + layer->origin, tms_step_read(layer->b_ratio),
                                            tms_step_read(layer->offset));
    const tms_real_t sum =
        tms_step_fused(a + layer->origin, tms_step_read(layer->a_ratio), inner);

    return tms_clamp(tms_step_nearest(sum, layer->origin), layer->low, layer->high);
}

/* a row of outputs */
static inline void tms_add_float32_row(const tms_add_float32_t *layer, const TMS_IN *a,
        const TMS_IN2 *b, TMS_OUT *out)
{
    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        *out++ = (TMS_OUT)tms_add_float32_value(layer, *a, *b);
        a += layer->loops.a_strides[4];
        b += layer->loops.b_strides[4];
    }
}

static void tms_add_float32(const tms_add_float32_t *layer, const TMS_IN *a, const TMS_IN2 *b,
        TMS_OUT *out)
{
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        tms_add_float32_row(layer, a + row.a, b + row.b, out);
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
