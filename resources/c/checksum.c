/*
 * checksum.c - a number that differs when any one value differs: the values as coefficients of a
 * polynomial modulo 2^32.
 */
#include "template.h"

static uint32_t tms_checksum(const TMS_IN *values, int32_t size)
{
    uint32_t sum = 0x811C9DC5u;

    for (int32_t i = 0; i < size; i++) {
        const int32_t value = values[i];

        sum = (sum * 0x01000193u) + (uint32_t)value;
    }
    return sum;
}
