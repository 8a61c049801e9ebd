/*
 * gates.c - what LSTM and GRU share: the products of every gate, in steps of 2^-12.
 *
 * Four units stand together as four outputs of a dense layer do.
 */
#include "template.h"
#include "arithmetic.c"
#include "dense_row.c"
#include "sigmoid.c"
#ifndef TMS_GATES_C
#define TMS_GATES_C

/* The products of all gates with the input of a step, or with the output of the step before. */
typedef struct {
    int32_t size; /* of what they are products with */
    int32_t four; /* bytes of weights of four units */
    const TMS_WEIGHT *weights; /* gates x fours of units */
    const int32_t *bias; /* the same; less the zero point times the sum of the weights */
    int32_t multiplier[4]; /* one for every gate */
    int32_t shift[4];
} tms_gate_products_t;

typedef struct {
    int32_t steps;
    int32_t units;
    int32_t hidden_zero_point;
    tms_gate_products_t input;
    tms_gate_products_t hidden;
    const uint16_t *table; /* of the sigmoid */
} tms_gates_t;

/* What a step multiplies with the weights. */
typedef struct {
    const tms_gate_products_t *products;
    int8_t rest[8];
    tms_dense_row_t row;
} tms_gate_values_t;

static inline int32_t tms_clamp16(int32_t value)
{
    return tms_clamp(value, -32768, 32767);
}

static inline void tms_gate_values(tms_gate_values_t *values, const tms_gate_products_t *products,
        const TMS_IN *from)
{
    values->products = products;
    tms_dense_row(from, products->size, values->rest, &values->row);
}

/* an accumulator of a gate in its steps; a function of its own keeps the stack small */
static TMS_LAYER int32_t tms_gate_scaled(const tms_gate_products_t *products, int32_t gate,
        uint32_t acc)
{
    return tms_requantize(acc, products->multiplier[gate], products->shift[gate], -32768, 32767);
}

/* Adds what values give to a gate of four units, the first of which is unit. */
static TMS_LAYER void tms_gate_add(const tms_gates_t *layer, const tms_gate_values_t *values,
        int32_t gate, int32_t unit, int32_t found[4])
{
    const tms_gate_products_t *products = values->products;
    const int32_t four = (gate * ((layer->units + 3) / 4)) + (unit / 4);
    const TMS_WEIGHT *weights = products->weights + (four * products->four);
    const int32_t *bias = products->bias + (4 * four);
    uint32_t acc[4];

    acc[0] = (uint32_t)bias[0];
    acc[1] = (uint32_t)bias[1];
    acc[2] = (uint32_t)bias[2];
    acc[3] = (uint32_t)bias[3];
    tms_dense_row_sums(&values->row, &weights, acc);
    for (int32_t i = 0; i < 4; i++) {
        found[i] += tms_gate_scaled(products, gate, acc[i]);
    }
}

/* the same from nothing on */
static inline TMS_INLINE void tms_gate_four(const tms_gates_t *layer,
        const tms_gate_values_t *values, int32_t gate, int32_t unit, int32_t found[4])
{
    found[0] = 0;
    found[1] = 0;
    found[2] = 0;
    found[3] = 0;
    tms_gate_add(layer, values, gate, unit, found);
}

/* the arguments of a gate's function, from the input and from the step before */
static inline TMS_INLINE void tms_gate_arguments(const tms_gates_t *layer,
        const tms_gate_values_t *in, const tms_gate_values_t *hidden, int32_t gate, int32_t unit,
        int32_t found[4])
{
    tms_gate_four(layer, in, gate, unit, found);
    tms_gate_add(layer, hidden, gate, unit, found);
}

/* a gate that is a sigmoid of its argument */
static inline int32_t tms_gate_sigmoid(const tms_gates_t *layer, int32_t sum)
{
    return tms_sigmoid_of(3 * tms_clamp16(sum), layer->table);
}

/* one that is a tanh */
static inline int32_t tms_gate_tanh(const tms_gates_t *layer, int32_t sum)
{
    return tms_tanh_of(3 * tms_clamp16(sum), layer->table);
}

/* a product on the grid of the output */
static inline TMS_OUT tms_hidden_value(const tms_gates_t *layer, int32_t product,
                                       const int32_t factor[2])
{
    const int32_t value = TMS_MULTIPLY(product, factor[0], factor[1]);

    return (TMS_OUT)tms_clamp(layer->hidden_zero_point + value, -128, 127);
}

#endif
