/* mul.c - products of two tensors. */
#include "template.h"

typedef struct {
    int32_t offset_a;
    int32_t offset_b;
    int32_t output_offset;
    int32_t multiplier;
    int32_t shift;
    int32_t low;
    int32_t high;
    int32_t size;
} tms_cmsis_mul_t;

static void tms_cmsis_mul_s8(const tms_cmsis_mul_t *layer, const int8_t *a, const int8_t *b,
                                 int8_t *out)
{
    TMS_FAILED(arm_elementwise_mul_s8(a, b, layer->offset_a, layer->offset_b, out,
                                          layer->output_offset, layer->multiplier, layer->shift,
                                          layer->low, layer->high, layer->size));
}

static void tms_cmsis_mul_s16(const tms_cmsis_mul_t *layer, const int16_t *a, const int16_t *b,
                                 int16_t *out)
{
    TMS_FAILED(arm_elementwise_mul_s16(a, b, layer->offset_a, layer->offset_b, out,
                                          layer->output_offset, layer->multiplier, layer->shift,
                                          layer->low, layer->high, layer->size));
}
