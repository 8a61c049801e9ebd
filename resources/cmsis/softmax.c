/* softmax.c - softmax over rows. */
#include "template.h"

typedef struct {
    int32_t rows;
    int32_t columns;
    int32_t multiplier;
    int32_t shift;
    int32_t diff_min;
} tms_cmsis_softmax_t;

static void tms_cmsis_softmax_s8(const tms_cmsis_softmax_t *layer, const int8_t *in, int8_t *out)
{
    arm_softmax_s8(in, layer->rows, layer->columns, layer->multiplier, layer->shift,
                   layer->diff_min, out);
}
