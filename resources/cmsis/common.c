/* common.c - shapes as CMSIS-NN takes them. */
#include "template.h"

static cmsis_nn_dims tms_cmsis_dims(int32_t n, int32_t height, int32_t width, int32_t channels)
{
    cmsis_nn_dims dims;

    dims.n = n;
    dims.h = height;
    dims.w = width;
    dims.c = channels;
    return dims;
}

static cmsis_nn_tile tms_cmsis_tile(int32_t height, int32_t width)
{
    cmsis_nn_tile tile;

    tile.h = height;
    tile.w = width;
    return tile;
}

static cmsis_nn_activation tms_cmsis_limits(int32_t low, int32_t high)
{
    cmsis_nn_activation limits;

    limits.min = low;
    limits.max = high;
    return limits;
}

static cmsis_nn_context tms_cmsis_buffer(uint32_t *buffer, int32_t size)
{
    cmsis_nn_context context;

    context.buf = buffer;
    context.size = size;
    return context;
}

static cmsis_nn_dims tms_cmsis_input(const tms_geometry_t *g)
{
    return tms_cmsis_dims(1, g->in_height, g->in_width, g->in_channels);
}

static cmsis_nn_dims tms_cmsis_output(const tms_geometry_t *g)
{
    return tms_cmsis_dims(1, g->out_height, g->out_width, g->out_channels);
}

/* CMSIS-NN takes pointers to values that it does not change */
static cmsis_nn_per_channel_quant_params tms_cmsis_quant(const int32_t *multiplier,
                                                         const int32_t *shift)
{
    cmsis_nn_per_channel_quant_params quant;

    quant.multiplier = (int32_t *)(uintptr_t)multiplier;
    quant.shift = (int32_t *)(uintptr_t)shift;
    return quant;
}
