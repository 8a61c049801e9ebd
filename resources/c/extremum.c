/*
 * extremum.c - the larger or the smaller of two values of one grid. The axes are merged into
 * five nested loops, outermost first; an operand that repeats along an axis has stride 0 there.
 */
#include "template.h"

typedef struct {
    int32_t sizes[5];
    int32_t a_strides[5];
    int32_t b_strides[5];
    int32_t sign; /* 1 for the larger, -1 for the smaller */
} tms_extremum_t;

/* the two innermost axes */
static inline TMS_IN *tms_extremum_rows(const tms_extremum_t *layer, const TMS_IN *a,
                                        const TMS_IN *b, TMS_IN *out)
{
    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        const TMS_IN *x = a + (i * layer->a_strides[3]);
        const TMS_IN *y = b + (i * layer->b_strides[3]);

        for (int32_t j = 0; j < layer->sizes[4]; j++) {
            *out++ = (((*x - *y) * layer->sign) > 0) ? *x : *y;
            x += layer->a_strides[4];
            y += layer->b_strides[4];
        }
    }
    return out;
}

static void tms_extremum(const tms_extremum_t *layer, const TMS_IN *a, const TMS_IN *b,
                         TMS_IN *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t at_a = (i * layer->a_strides[0]) + (j * layer->a_strides[1])
                                     + (k * layer->a_strides[2]);
                const int32_t at_b = (i * layer->b_strides[0]) + (j * layer->b_strides[1])
                                     + (k * layer->b_strides[2]);

                out = tms_extremum_rows(layer, a + at_a, b + at_b, out);
            }
        }
    }
}
