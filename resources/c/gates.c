/* gates.c - what LSTM and GRU share: the products of every gate, in steps of 2^-12. */
#include "template.h"
#include "arithmetic.c"
#include "weights.c"
#include "sigmoid.c"
#ifndef TMS_GATES_C
#define TMS_GATES_C

typedef struct {
    int32_t steps;
    int32_t in_size;
    int32_t units;
    int32_t hidden_zero_point;
    const TMS_WEIGHT *input_weights;  /* gates x units x in_size */
    const TMS_WEIGHT *hidden_weights; /* gates x units x units */
    const int32_t *input_bias;        /* less the zero point times the sum of the weights */
    const int32_t *hidden_bias;       /* likewise */
    int32_t input_multiplier[4];      /* one for every gate, as the other three */
    int32_t input_shift[4];
    int32_t hidden_multiplier[4];
    int32_t hidden_shift[4];
    const uint16_t *table;            /* of the sigmoid */
} tms_gates_t;

static inline int32_t tms_clamp16(int32_t value)
{
    return tms_clamp(value, -32768, 32767);
}

/* what the input of a step gives to a gate of a unit */
static inline int32_t tms_from_input(const tms_gates_t *layer, const TMS_IN *in, int32_t gate,
                                     int32_t unit)
{
    const int32_t row = (gate * layer->units) + unit;
    TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->input_bias[row];

    acc += TMS_DOT(in, layer->input_weights, row * layer->in_size, layer->in_size);
    return TMS_REQUANTIZE(acc, layer->input_multiplier[gate], layer->input_shift[gate], -32768,
                          32767);
}

/* what the output of the step before gives to it */
static inline int32_t tms_from_hidden(const tms_gates_t *layer, const TMS_IN *hidden, int32_t gate,
                                      int32_t unit)
{
    const int32_t row = (gate * layer->units) + unit;
    TMS_UACC acc = (TMS_UACC)(TMS_ACC)layer->hidden_bias[row];

    acc += TMS_DOT(hidden, layer->hidden_weights, row * layer->units, layer->units);
    return TMS_REQUANTIZE(acc, layer->hidden_multiplier[gate], layer->hidden_shift[gate], -32768,
                          32767);
}

/* both together, the argument of the gate's function */
static inline int32_t tms_gate_argument(const tms_gates_t *layer, const TMS_IN *in,
                                        const TMS_IN *hidden, int32_t gate, int32_t unit)
{
    return 3 * tms_clamp16(tms_from_input(layer, in, gate, unit)
                           + tms_from_hidden(layer, hidden, gate, unit));
}

/* a product on the grid of the output */
static inline TMS_OUT tms_hidden_value(const tms_gates_t *layer, int32_t product,
                                       const int32_t factor[2])
{
    const int32_t value = TMS_MULTIPLY(product, factor[0], factor[1]);

    return (TMS_OUT)tms_clamp(layer->hidden_zero_point + value, -128, 127);
}

#endif
