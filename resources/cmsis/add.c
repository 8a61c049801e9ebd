/* add.c - sums of two tensors. */
#include "template.h"

typedef struct {
    int32_t offset_a;
    int32_t multiplier_a;
    int32_t shift_a;
    int32_t offset_b;
    int32_t multiplier_b;
    int32_t shift_b;
    int32_t left_shift;
    int32_t output_offset;
    int32_t multiplier_out;
    int32_t shift_out;
    int32_t low;
    int32_t high;
    int32_t size;
} tms_cmsis_add_t;

static void tms_cmsis_add_s8(const tms_cmsis_add_t *layer, const int8_t *a, const int8_t *b,
                                 int8_t *out)
{
    TMS_FAILED(arm_elementwise_add_s8(a, b, layer->offset_a, layer->multiplier_a,
                                          layer->shift_a, layer->offset_b, layer->multiplier_b,
                                          layer->shift_b, layer->left_shift, out,
                                          layer->output_offset, layer->multiplier_out,
                                          layer->shift_out, layer->low, layer->high, layer->size));
}

static void tms_cmsis_add_s16(const tms_cmsis_add_t *layer, const int16_t *a, const int16_t *b,
                                 int16_t *out)
{
    TMS_FAILED(arm_elementwise_add_s16(a, b, layer->offset_a, layer->multiplier_a,
                                          layer->shift_a, layer->offset_b, layer->multiplier_b,
                                          layer->shift_b, layer->left_shift, out,
                                          layer->output_offset, layer->multiplier_out,
                                          layer->shift_out, layer->low, layer->high, layer->size));
}
