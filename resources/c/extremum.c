/* extremum.c - the larger or the smaller of two values of one grid. */
#include "template.h"
#include "broadcast.c"

typedef struct {
    tms_broadcast_t loops;
    int32_t sign; /* 1 for the larger, -1 for the smaller */
} tms_extremum_t;

/* a row of outputs */
static inline void tms_extremum_row(const tms_extremum_t *layer, const TMS_IN *a, const TMS_IN *b,
        TMS_IN *out)
{
    for (int32_t left = layer->loops.sizes[4]; left > 0; left--) {
        *out++ = (((*a - *b) * layer->sign) > 0) ? *a : *b;
        a += layer->loops.a_strides[4];
        b += layer->loops.b_strides[4];
    }
}

static void tms_extremum(const tms_extremum_t *layer, const TMS_IN *a, const TMS_IN *b, TMS_IN *out)
{
    tms_row_t row = {0, 0, {0, 0, 0, 0}};

    do {
        tms_extremum_row(layer, a + row.a, b + row.b, out);
        out += layer->loops.sizes[4];
    } while (tms_row_next(&layer->loops, &row) != 0);
}
