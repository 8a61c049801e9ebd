/* lookup.c - a function of one 4- or 8-bit value as a table that starts at the value -offset. */
#include "template.h"

static void tms_lookup(const int8_t *in, TMS_OUT *out, int32_t size, const TMS_OUT *table,
                       int32_t offset)
{
    for (int32_t i = 0; i < size; i++) {
        out[i] = table[in[i] + offset];
    }
}
