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

/* The arguments of the gates of four units. */
typedef struct {
    int32_t taken[4];
    int32_t kept[4];
    int32_t fresh[4];
    int32_t open[4];
} tms_lstm_four_t;

static inline TMS_INLINE void tms_lstm_gates(const tms_gates_t *gates,
        const tms_gate_values_t values[2], int32_t unit, tms_lstm_four_t *four)
{
    tms_gate_arguments(gates, &values[0], &values[1], 0, unit, four->taken);
    tms_gate_arguments(gates, &values[0], &values[1], 1, unit, four->kept);
    tms_gate_arguments(gates, &values[0], &values[1], 2, unit, four->fresh);
    tms_gate_arguments(gates, &values[0], &values[1], 3, unit, four->open);
}

/* the new cell of unit i of four */
static inline int32_t tms_lstm_cell(const tms_lstm_t *layer, const tms_lstm_four_t *four, int32_t i,
        int32_t cell)
{
    const int32_t taken = tms_gate_sigmoid(&layer->gates, four->taken[i]);
    const int32_t kept = tms_gate_sigmoid(&layer->gates, four->kept[i]);
    const int32_t fresh = tms_gate_tanh(&layer->gates, four->fresh[i]);
    int32_t sum = tms_clamp16(TMS_MULTIPLY(kept * cell, layer->forget[0], layer->forget[1]));

    sum += tms_clamp16(TMS_MULTIPLY(taken * fresh, layer->update[0], layer->update[1]));
    sum = tms_clamp16(sum);
    return (layer->clip > 0) ? tms_clamp(sum, -layer->clip, layer->clip) : sum;
}

/* its output */
static inline TMS_OUT tms_lstm_output(const tms_lstm_t *layer, int32_t sum, int32_t cell)
{
    const int32_t open = tms_gate_sigmoid(&layer->gates, sum);
    const int32_t half = (int32_t)(((uint32_t)1 << layer->cell_shift) >> 1);
    const int32_t argument = tms_floor_shift((cell * layer->cell_multiplier) + half,
                                             (uint32_t)layer->cell_shift);

    return tms_hidden_value(&layer->gates, open * tms_tanh_of(argument, layer->gates.table),
                            layer->output);
}

static void tms_lstm(const tms_lstm_t *layer, const TMS_IN *in, TMS_IN *hidden, int16_t *cell,
                     TMS_OUT *out)
{
    const tms_gates_t *gates = &layer->gates;
    const int32_t units = gates->units;
    tms_gate_values_t values[2];
    tms_lstm_four_t four;

    for (int32_t unit = 0; (layer->keeps_state == 0) && (unit < units); unit++) {
        hidden[unit] = (TMS_IN)gates->hidden_zero_point;
        cell[unit] = 0;
    }
    for (int32_t step = 0; step < gates->steps; step++) {
        tms_gate_values(&values[0], &gates->input, in);
        tms_gate_values(&values[1], &gates->hidden, hidden);
        for (int32_t unit = 0; unit < units; unit++) {
            const int32_t i = unit % 4;

            if (i == 0) {
                tms_lstm_gates(gates, values, unit, &four);
            }
            cell[unit] = (int16_t)tms_lstm_cell(layer, &four, i, cell[unit]);
            out[unit] = tms_lstm_output(layer, four.open[i], cell[unit]);
        }
        (void)memcpy(hidden, out, (size_t)units);
        in += gates->input.size;
        out += units;
    }
}
