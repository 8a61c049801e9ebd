/* fully_connected.c - fully connected layers. */
#include "template.h"
#include "common.c"

typedef struct {
    int32_t rows;
    int32_t inputs;
    int32_t outputs;
    int32_t input_offset;
    int32_t output_offset;
    int32_t low;
    int32_t high;
    const int8_t *weights;
    const TMS_BIAS *bias;
    const int32_t *multiplier;
    const int32_t *shift;
    int32_t buffer_bytes;
} tms_cmsis_dense_t;

static cmsis_nn_fc_params tms_cmsis_dense_params(const tms_cmsis_dense_t *layer)
{
    cmsis_nn_fc_params params;

    params.input_offset = layer->input_offset;
    params.filter_offset = 0;
    params.output_offset = layer->output_offset;
    params.activation = tms_cmsis_limits(layer->low, layer->high);
    return params;
}

static cmsis_nn_per_tensor_quant_params tms_cmsis_dense_quant(const tms_cmsis_dense_t *layer)
{
    cmsis_nn_per_tensor_quant_params quant;

    quant.multiplier = layer->multiplier[0];
    quant.shift = layer->shift[0];
    return quant;
}

/* the sums of the weights, which CMSIS-NN wants to have in its buffer on cores with Helium */
static void tms_cmsis_dense_sums(const tms_cmsis_dense_t *layer, uint32_t *buffer)
{
#if defined(ARM_MATH_MVEI)
    TMS_FAILED(arm_vector_sum_s8((int32_t *)buffer, layer->inputs, layer->outputs, layer->weights,
                                 layer->input_offset, 0, layer->bias));
#else
    (void)layer;
    (void)buffer;
#endif
}

static void tms_cmsis_dense_s8(const tms_cmsis_dense_t *layer, const int8_t *in, int8_t *out,
                                 uint32_t *buffer)
{
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_fc_params params = tms_cmsis_dense_params(layer);
    const cmsis_nn_per_tensor_quant_params quant = tms_cmsis_dense_quant(layer);
    const cmsis_nn_dims input = tms_cmsis_dims(layer->rows, 1, 1, layer->inputs);
    const cmsis_nn_dims filter = tms_cmsis_dims(layer->inputs, 1, 1, layer->outputs);
    const cmsis_nn_dims bias = tms_cmsis_dims(1, 1, 1, layer->outputs);
    const cmsis_nn_dims output = tms_cmsis_dims(layer->rows, 1, 1, layer->outputs);

    tms_cmsis_dense_sums(layer, buffer);
    TMS_FAILED(arm_fully_connected_s8(&context, &params, &quant, &input, in, &filter, layer->weights,
               &bias, layer->bias, &output, out));
}

static void tms_cmsis_dense_channels_s8(const tms_cmsis_dense_t *layer, const int8_t *in, int8_t *out,
                                 uint32_t *buffer)
{
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_fc_params params = tms_cmsis_dense_params(layer);
    const cmsis_nn_per_channel_quant_params quant =
        tms_cmsis_quant(layer->multiplier, layer->shift);
    const cmsis_nn_dims input = tms_cmsis_dims(layer->rows, 1, 1, layer->inputs);
    const cmsis_nn_dims filter = tms_cmsis_dims(layer->inputs, 1, 1, layer->outputs);
    const cmsis_nn_dims bias = tms_cmsis_dims(1, 1, 1, layer->outputs);
    const cmsis_nn_dims output = tms_cmsis_dims(layer->rows, 1, 1, layer->outputs);

    tms_cmsis_dense_sums(layer, buffer);
    TMS_FAILED(arm_fully_connected_per_channel_s8(&context, &params, &quant, &input, in, &filter, layer->weights,
               &bias, layer->bias, &output, out));
}

static void tms_cmsis_dense_s4(const tms_cmsis_dense_t *layer, const int8_t *in, int8_t *out,
                                 uint32_t *buffer)
{
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_fc_params params = tms_cmsis_dense_params(layer);
    const cmsis_nn_per_tensor_quant_params quant = tms_cmsis_dense_quant(layer);
    const cmsis_nn_dims input = tms_cmsis_dims(layer->rows, 1, 1, layer->inputs);
    const cmsis_nn_dims filter = tms_cmsis_dims(layer->inputs, 1, 1, layer->outputs);
    const cmsis_nn_dims bias = tms_cmsis_dims(1, 1, 1, layer->outputs);
    const cmsis_nn_dims output = tms_cmsis_dims(layer->rows, 1, 1, layer->outputs);

    TMS_FAILED(arm_fully_connected_s4(&context, &params, &quant, &input, in, &filter, layer->weights,
               &bias, layer->bias, &output, out));
}

static void tms_cmsis_dense_s16(const tms_cmsis_dense_t *layer, const int16_t *in, int16_t *out,
                                 uint32_t *buffer)
{
    const cmsis_nn_context context = tms_cmsis_buffer(buffer, layer->buffer_bytes);
    const cmsis_nn_fc_params params = tms_cmsis_dense_params(layer);
    const cmsis_nn_per_tensor_quant_params quant = tms_cmsis_dense_quant(layer);
    const cmsis_nn_dims input = tms_cmsis_dims(layer->rows, 1, 1, layer->inputs);
    const cmsis_nn_dims filter = tms_cmsis_dims(layer->inputs, 1, 1, layer->outputs);
    const cmsis_nn_dims bias = tms_cmsis_dims(1, 1, 1, layer->outputs);
    const cmsis_nn_dims output = tms_cmsis_dims(layer->rows, 1, 1, layer->outputs);

    TMS_FAILED(arm_fully_connected_s16(&context, &params, &quant, &input, in, &filter, layer->weights,
               &bias, layer->bias, &output, out));
}
