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

/* for all units, the output times the reset gate */
static void tms_gru_reset(const tms_gru_t *layer, const TMS_IN *in, const TMS_IN *hidden,
                          const int16_t *value, TMS_IN *gated)
{
    const tms_gates_t *gates = &layer->gates;

    for (int32_t unit = 0; unit < gates->units; unit++) {
        const int32_t reset = tms_sigmoid_of(tms_gate_argument(gates, in, hidden, 1, unit),
                                             gates->table);

        gated[unit] = (TMS_IN)tms_hidden_value(gates, reset * value[unit], layer->reset);
    }
}

/* what the step before gives to the gate "new" of a unit */
static inline int32_t tms_gru_own(const tms_gru_t *layer, const TMS_IN *in, const TMS_IN *hidden,
                                  const TMS_IN *gated, int32_t unit)
{
    const tms_gates_t *gates = &layer->gates;
    int32_t reset;

    if (layer->reset_after == 0) {
        return tms_from_hidden(gates, gated, 2, unit);
    }
    reset = tms_sigmoid_of(tms_gate_argument(gates, in, hidden, 1, unit), gates->table);
    return tms_clamp16(
        TMS_MULTIPLY(reset * tms_from_hidden(gates, hidden, 2, unit), 0x40000000, -14));
}

static void tms_gru(const tms_gru_t *layer, const TMS_IN *in, int16_t *value, TMS_IN *hidden,
                    TMS_IN *gated, TMS_OUT *out)
{
    const tms_gates_t *gates = &layer->gates;

    for (int32_t unit = 0; unit < gates->units; unit++) {
        hidden[unit] = (TMS_IN)gates->hidden_zero_point;
        value[unit] = 0;
    }
    for (int32_t step = 0; step < gates->steps; step++) {
        if (layer->reset_after == 0) {
            tms_gru_reset(layer, in, hidden, value, gated);
        }
        for (int32_t unit = 0; unit < gates->units; unit++) {
            const int32_t update = tms_sigmoid_of(tms_gate_argument(gates, in, hidden, 0, unit),
                                                  gates->table);
            const int32_t own = tms_gru_own(layer, in, hidden, gated, unit);
            const int32_t sum = tms_clamp16(tms_from_input(gates, in, 2, unit) + own);
            const int32_t fresh = tms_tanh_of(3 * sum, gates->table);
            const int32_t mixed = (fresh * (32768 - update)) + (value[unit] * update);

            value[unit] = (int16_t)tms_clamp16(tms_floor_shift(mixed + 16384, 15u));
            out[unit] = tms_hidden_value(gates, value[unit], layer->output);
        }
        (void)memcpy(hidden, out, (size_t)gates->units);
        in += gates->in_size;
        out += gates->units;
    }
}
