/* depthwise.c - depthwise convolutions. */
#include "template.h"
#include "common.c"

typedef struct {
    tms_geometry_t geometry;
    int32_t channel_multiplier;
    int32_t input_offset;
    int32_t output_offset;
    int32_t low;
    int32_t high;
    const int8_t *weights;
    const TMS_BIAS *bias;
    const int32_t *multiplier;
    const int32_t *shift;
    int32_t buffer_bytes;
} tms_cmsis_depthwise_t;

static cmsis_nn_dw_conv_params tms_cmsis_depthwise_params(const tms_cmsis_depthwise_t *layer)
{
    const tms_geometry_t *g = &layer->geometry;
    cmsis_nn_dw_conv_params params;

    params.input_offset = layer->input_offset;
    params.output_offset = layer->output_offset;
    params.ch_mult = layer->channel_multiplier;
    params.stride = tms_cmsis_tile(g->stride_y, g->stride_x);
    params.padding = tms_cmsis_tile(g->pad_top, g->pad_left);
    params.dilation = tms_cmsis_tile(g->dilation_y, g->dilation_x);
    params.activation = tms_cmsis_limits(layer->low, layer->high);
    return params;
}

static void tms_cmsis_depthwise_s8(const tms_cmsis_depthwise_t *layer, const int8_t *in, int8_t *out,
                        uint32_t *buffer)
{
    const tms_geometry_t *g = &layer->geometry;
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_dw_conv_params params = tms_cmsis_depthwise_params(layer);
    const cmsis_nn_per_channel_quant_params quant =
        tms_cmsis_quant(layer->multiplier, layer->shift);
    const cmsis_nn_dims input = tms_cmsis_input(g);
    const cmsis_nn_dims filter = tms_cmsis_dims(1, g->kernel_height, g->kernel_width, g->out_channels);
    const cmsis_nn_dims bias = tms_cmsis_dims(1, 1, 1, g->out_channels);
    const cmsis_nn_dims output = tms_cmsis_output(g);

    TMS_FAILED(arm_depthwise_conv_wrapper_s8(&context, &params, &quant, &input, in, &filter, layer->weights,
                            &bias, layer->bias, &output, out));
}

static void tms_cmsis_depthwise_s4(const tms_cmsis_depthwise_t *layer, const int8_t *in, int8_t *out,
                        uint32_t *buffer)
{
    const tms_geometry_t *g = &layer->geometry;
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_dw_conv_params params = tms_cmsis_depthwise_params(layer);
    const cmsis_nn_per_channel_quant_params quant =
        tms_cmsis_quant(layer->multiplier, layer->shift);
    const cmsis_nn_dims input = tms_cmsis_input(g);
    const cmsis_nn_dims filter = tms_cmsis_dims(1, g->kernel_height, g->kernel_width, g->out_channels);
    const cmsis_nn_dims bias = tms_cmsis_dims(1, 1, 1, g->out_channels);
    const cmsis_nn_dims output = tms_cmsis_output(g);

    TMS_FAILED(arm_depthwise_conv_wrapper_s4(&context, &params, &quant, &input, in, &filter, layer->weights,
                            &bias, layer->bias, &output, out));
}

static void tms_cmsis_depthwise_s16(const tms_cmsis_depthwise_t *layer, const int16_t *in, int16_t *out,
                        uint32_t *buffer)
{
    const tms_geometry_t *g = &layer->geometry;
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_dw_conv_params params = tms_cmsis_depthwise_params(layer);
    const cmsis_nn_per_channel_quant_params quant =
        tms_cmsis_quant(layer->multiplier, layer->shift);
    const cmsis_nn_dims input = tms_cmsis_input(g);
    const cmsis_nn_dims filter = tms_cmsis_dims(1, g->kernel_height, g->kernel_width, g->out_channels);
    const cmsis_nn_dims bias = tms_cmsis_dims(1, 1, 1, g->out_channels);
    const cmsis_nn_dims output = tms_cmsis_output(g);

    TMS_FAILED(arm_depthwise_conv_wrapper_s16(&context, &params, &quant, &input, in, &filter, layer->weights,
                            &bias, layer->bias, &output, out));
}
