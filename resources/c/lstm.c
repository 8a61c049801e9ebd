/*
 * lstm.c - long short-term memory over the steps of a sample, with a cell of 16 bits.
 *
 * The gates are input, forget, cell and output, in this order. The output of a step is written
 * beside that of the step before, which every unit still reads.
 */
#include "template.h"
#include "arithmetic.c"
#include "gates.c"

typedef struct {
    tms_gates_t gates;
    int32_t forget[2];       /* multiplier and shift, as the other two */
    int32_t update[2];
    int32_t output[2];
    int32_t cell_multiplier; /* of the argument of the cell's tanh */
    int32_t cell_shift;
    int32_t clip;            /* of the cell; 0 for none */
    int32_t keeps_state;     /* or else every sample begins at zero */
} tms_lstm_t;

/* the new cell of a unit */
static inline int32_t tms_lstm_cell(const tms_lstm_t *layer, const TMS_IN *in,
                                    const TMS_IN *hidden, int32_t cell, int32_t unit)
{
    const tms_gates_t *gates = &layer->gates;
    const int32_t taken = tms_sigmoid_of(tms_gate_argument(gates, in, hidden, 0, unit),
                                         gates->table);
    const int32_t kept = tms_sigmoid_of(tms_gate_argument(gates, in, hidden, 1, unit),
                                        gates->table);
    const int32_t fresh = tms_tanh_of(tms_gate_argument(gates, in, hidden, 2, unit),
                                      gates->table);
    int32_t sum = tms_clamp16(TMS_MULTIPLY(kept * cell, layer->forget[0], layer->forget[1]));

    sum += tms_clamp16(TMS_MULTIPLY(taken * fresh, layer->update[0], layer->update[1]));
    sum = tms_clamp16(sum);
    return (layer->clip > 0) ? tms_clamp(sum, -layer->clip, layer->clip) : sum;
}

static void tms_lstm(const tms_lstm_t *layer, const TMS_IN *in, TMS_IN *hidden, int16_t *cell,
                     TMS_OUT *out)
{
    const tms_gates_t *gates = &layer->gates;
    const int32_t half = (int32_t)(((uint32_t)1 << layer->cell_shift) >> 1);

    for (int32_t unit = 0; (layer->keeps_state == 0) && (unit < gates->units); unit++) {
        hidden[unit] = (TMS_IN)gates->hidden_zero_point;
        cell[unit] = 0;
    }
    for (int32_t step = 0; step < gates->steps; step++) {
        for (int32_t unit = 0; unit < gates->units; unit++) {
            const int32_t value = tms_lstm_cell(layer, in, hidden, cell[unit], unit);
            const int32_t open = tms_sigmoid_of(tms_gate_argument(gates, in, hidden, 3, unit),
                                                gates->table);
            const int32_t argument = tms_floor_shift((value * layer->cell_multiplier) + half,
                                                     (uint32_t)layer->cell_shift);

            cell[unit] = (int16_t)value;
            out[unit] = tms_hidden_value(gates, open * tms_tanh_of(argument, gates->table),
                                         layer->output);
        }
        (void)memcpy(hidden, out, (size_t)gates->units);
        in += gates->in_size;
        out += gates->units;
    }
}
