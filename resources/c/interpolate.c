/* interpolate.c - a function of one 16-bit value: 513 table entries, 128 values apart. */
#include "template.h"
#ifndef TMS_INTERPOLATE_C
#define TMS_INTERPOLATE_C
#include "arithmetic.c"

/* the function at value, on the line between two entries */
static inline int32_t tms_between(const TMS_TABLE *table, int32_t value)
{
    const uint32_t position = (uint32_t)(value + 32768);
    const uint32_t index = position >> 7;
    const int32_t base = table[index];
    const int32_t slope = table[index + 1u] - base;

    return base + tms_floor_shift((slope * (int32_t)(position & 127u)) + 64, 7u);
}

static void tms_interpolate(const int16_t *in, TMS_OUT *out, int32_t size, const TMS_TABLE *table,
                            int32_t low, int32_t high)
{
    for (int32_t i = 0; i < size; i++) {
        out[i] = (TMS_OUT)tms_clamp(tms_between(table, in[i]), low, high);
    }
}

#endif
