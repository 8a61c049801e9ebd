/* average_pool.c - means of windows. */
#include "template.h"
#include "common.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t low;
    int32_t high;
    int32_t buffer_bytes;
} tms_cmsis_average_pool_t;

static void tms_cmsis_average_pool_s8(const tms_cmsis_average_pool_t *layer, const int8_t *in,
                                    int8_t *out, uint32_t *buffer)
{
    const tms_geometry_t *g = &layer->geometry;
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_dims input = tms_cmsis_input(g);
    const cmsis_nn_dims filter = tms_cmsis_dims(1, g->kernel_height, g->kernel_width, 1);
    const cmsis_nn_dims output = tms_cmsis_output(g);
    cmsis_nn_pool_params params;

    params.stride = tms_cmsis_tile(g->stride_y, g->stride_x);
    params.padding = tms_cmsis_tile(g->pad_top, g->pad_left);
    params.activation = tms_cmsis_limits(layer->low, layer->high);
    TMS_FAILED(arm_avgpool_s8(&context, &params, &input, in, &filter, &output, out));
}

static void tms_cmsis_average_pool_s16(const tms_cmsis_average_pool_t *layer, const int16_t *in,
                                    int16_t *out, uint32_t *buffer)
{
    const tms_geometry_t *g = &layer->geometry;
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_dims input = tms_cmsis_input(g);
    const cmsis_nn_dims filter = tms_cmsis_dims(1, g->kernel_height, g->kernel_width, 1);
    const cmsis_nn_dims output = tms_cmsis_output(g);
    cmsis_nn_pool_params params;

    params.stride = tms_cmsis_tile(g->stride_y, g->stride_x);
    params.padding = tms_cmsis_tile(g->pad_top, g->pad_left);
    params.activation = tms_cmsis_limits(layer->low, layer->high);
    TMS_FAILED(arm_avgpool_s16(&context, &params, &input, in, &filter, &output, out));
}
