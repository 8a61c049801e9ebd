/*
 * gru.c - gated recurrent unit over the steps of a sample, with a value of 16 bits for each unit.
 *
 * The gates are update, reset and new, in this order. The value has steps of 2^-15; the output is
 * the value on the output's own grid, and the recurrent products read that.
 */
#include "template.h"
#include "arithmetic.c"
#include "gates.c"

typedef struct {
    tms_gates_t gates;
    int32_t output[2];   /* multiplier and shift of a value on its way to the output */
    int32_t reset[2];    /* the same of a value times the reset gate */
    int32_t reset_after; /* the reset gate acts on the products, not on what they are made of */
} tms_gru_t;

/* What a step multiplies: its input, the output before, and that times the reset gate. */
typedef struct {
    tms_gate_values_t in;
    tms_gate_values_t hidden;
    tms_gate_values_t gated;
} tms_gru_values_t;

/* for all units, the output times the reset gate */
static inline TMS_INLINE void tms_gru_reset(const tms_gru_t *layer,
        const tms_gru_values_t *values, const int16_t *value, int32_t sums[4], TMS_IN *gated)
{
    const tms_gates_t *gates = &layer->gates;

    for (int32_t unit = 0; unit < gates->units; unit++) {
        int32_t reset;

        if (unit % 4 == 0) {
            tms_gate_arguments(gates, &values->in, &values->hidden, 1, unit, sums);
        }
        reset = tms_gate_sigmoid(gates, sums[unit % 4]);
        gated[unit] = (TMS_IN)tms_hidden_value(gates, reset * value[unit], layer->reset);
    }
}

/* The arguments of the gates of four units; the last is what the step before gives to "new". */
typedef struct {
    int32_t update[4];
    int32_t reset[4];
    int32_t fresh[4];
    int32_t own[4];
} tms_gru_four_t;

static inline TMS_INLINE void tms_gru_gates(const tms_gru_t *layer,
        const tms_gru_values_t *values, int32_t unit, tms_gru_four_t *four)
{
    const tms_gates_t *gates = &layer->gates;

    tms_gate_arguments(gates, &values->in, &values->hidden, 0, unit, four->update);
    tms_gate_four(gates, &values->in, 2, unit, four->fresh);
    if (layer->reset_after == 0) {
        tms_gate_four(gates, &values->gated, 2, unit, four->own);
    } else {
        tms_gate_arguments(gates, &values->in, &values->hidden, 1, unit, four->reset);
        tms_gate_four(gates, &values->hidden, 2, unit, four->own);
    }
}

/* the gate "new" of unit i of four */
static inline int32_t tms_gru_fresh(const tms_gru_t *layer, const tms_gru_four_t *four, int32_t i)
{
    int32_t own = four->own[i];

    if (layer->reset_after != 0) {
        const int32_t reset = tms_gate_sigmoid(&layer->gates, four->reset[i]);

        own = tms_clamp16(TMS_MULTIPLY(reset * own, 0x40000000, -14));
    }
    return tms_gate_tanh(&layer->gates, four->fresh[i] + own);
}

static void tms_gru(const tms_gru_t *layer, const TMS_IN *in, int16_t *value, TMS_IN *hidden,
                    TMS_IN *gated, TMS_OUT *out)
{
    const tms_gates_t *gates = &layer->gates;
    const int32_t units = gates->units;
    tms_gru_values_t values;
    tms_gru_four_t four;

    for (int32_t unit = 0; unit < units; unit++) {
        hidden[unit] = (TMS_IN)gates->hidden_zero_point;
        value[unit] = 0;
    }
    for (int32_t step = 0; step < gates->steps; step++) {
        tms_gate_values(&values.in, &gates->input, in);
        tms_gate_values(&values.hidden, &gates->hidden, hidden);
        if (layer->reset_after == 0) {
            tms_gru_reset(layer, &values, value, four.reset, gated);
            tms_gate_values(&values.gated, &gates->hidden, gated);
        }
        for (int32_t unit = 0; unit < units; unit++) {
            const int32_t i = unit % 4;
            int32_t update;
            int32_t mixed;

            if (i == 0) {
                tms_gru_gates(layer, &values, unit, &four);
            }
            update = tms_gate_sigmoid(gates, four.update[i]);
            mixed = (tms_gru_fresh(layer, &four, i) * (32768 - update)) + (value[unit] * update);
            value[unit] = (int16_t)tms_clamp16(tms_floor_shift(mixed + 16384, 15u));
            out[unit] = tms_hidden_value(gates, value[unit], layer->output);
        }
        (void)memcpy(hidden, out, (size_t)units);
        in += gates->input.size;
        out += units;
    }
}
