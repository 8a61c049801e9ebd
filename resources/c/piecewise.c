/*
 * piecewise.c - a function of one 16-bit value: lines between the entries of a table, and values of
 * their own where a line is too far from the function.
 */
#include "template.h"
#include "arithmetic.c"

typedef struct {
    int32_t size;
    uint32_t shift;          /* of a value to its line */
    const int16_t *table;    /* both ends of every line */
    const TMS_TABLE *page;   /* 0, or which of the pages has the values, counted from 1 */
    const int16_t *values;   /* pages of 2^shift */
} tms_piecewise_t;

static void tms_piecewise(const tms_piecewise_t *layer, const int16_t *in, TMS_OUT *out)
{
    const uint32_t mask = ((uint32_t)1 << layer->shift) - 1u;

    for (int32_t i = 0; i < layer->size; i++) {
        const uint32_t position = (uint32_t)((int32_t)in[i] + 32768);
        const uint32_t line = position >> layer->shift;
        const uint32_t along = position & mask;
        const int32_t page = layer->page[line];
        int32_t value;

        if (page > 0) {
            value = layer->values[((uint32_t)(page - 1) << layer->shift) + along];
        } else {
            const int32_t base = layer->table[line];
            const int32_t slope = layer->table[line + 1u] - base;
            const int32_t half = (int32_t)((mask + 1u) >> 1);

            value = base + tms_floor_shift((slope * (int32_t)along) + half, layer->shift);
        }
        out[i] = (TMS_OUT)value;
    }
}
