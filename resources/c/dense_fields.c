/*
 * dense_fields.c - products of a run of inputs with few bits of four outputs.
 *
 * Pairs, as `fields.c` has them, are in turn the weights of the first two of four outputs for an input
 * and those of the others. One multiplication makes two products; so many are added up before the
 * halves are told apart as fit 16 bits.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "conv2d_patch_blocks.c"
#include "fields.c"
#ifndef TMS_DENSE_FIELDS_C
#define TMS_DENSE_FIELDS_C

/* Inputs whose products are added up before the halves are told apart. */
static inline TMS_INLINE int32_t tms_dense_together(void)
{
    return (TMS_FOLDS > 2u) ? (int32_t)(16u / TMS_FOLDS) : 8;
}

/* What is added to all weights, and to the halves of words, makes of a row. */
static inline uint32_t tms_dense_excess_fields(const int8_t *in, int32_t blocks)
{
    const uint32_t count = (uint32_t)blocks;
    const uint32_t folds = (TMS_FOLDS > 2u) ? (count * (TMS_FOLDS / 4u)) : ((count + 1u) / 2u);
    int32_t sum = 0;

    for (; blocks > 0; blocks--) {
        sum += in[0];
        sum += in[1];
        sum += in[2];
        sum += in[3];
        in += 4;
    }
    return ((uint32_t)sum << (TMS_WEIGHT_BITS - 1u)) + tms_fields_sum(folds * 0x7FFFu);
}

/* The excess taken from where it is. */
static inline void tms_dense_start_fields(uint32_t acc[4], uint32_t excess)
{
    acc[0] -= excess;
    acc[1] -= excess;
    acc[2] -= excess;
    acc[3] -= excess;
}

/* Adds up what halves have added up. */
static inline TMS_INLINE void tms_dense_fold(const uint32_t sums[2], uint32_t acc[4])
{
    tms_halves_add(sums[0], &acc[0], &acc[1]);
    tms_halves_add(sums[1], &acc[2], &acc[3]);
}

/* Adds the products of input i of eight with four outputs. */
static inline TMS_INLINE void tms_dense_value(tms_fields_t *fields, const int8_t *in, uint32_t i,
        uint32_t sums[2], uint32_t acc[4])
{
    const uint32_t value = (uint32_t)(int32_t)in[i];

    if (i % (uint32_t)tms_dense_together() == 0u) {
        sums[0] = tms_halves_seed();
        sums[1] = sums[0];
    }
    sums[0] += value * tms_fields_pair(fields, 2u * i);
    sums[1] += value * tms_fields_pair(fields, (2u * i) + 1u);
    tms_fields_settle(fields, sums);
    if ((i + 1u) % (uint32_t)tms_dense_together() == 0u) {
        tms_dense_fold(sums, acc);
    }
}

/* The sums of four outputs, of blocks that are whole units; moves on behind their weights. */
static inline void tms_dense_sums_fields(const int8_t *in, int32_t blocks,
        const uint8_t **weights, uint32_t acc[4])
{
    const int8_t *const whole = in + (4 * (blocks & ~1));
    tms_fields_t fields = tms_fields_from(*weights);
    uint32_t sums[2] = {0u, 0u};
    uint32_t held[4] = {0u, 0u, 0u, 0u};

    while (in != whole) {
        tms_dense_value(&fields, in, 0u, sums, held);
        tms_dense_value(&fields, in, 1u, sums, held);
        tms_dense_value(&fields, in, 2u, sums, held);
        tms_dense_value(&fields, in, 3u, sums, held);
        tms_dense_value(&fields, in, 4u, sums, held);
        tms_dense_value(&fields, in, 5u, sums, held);
        tms_dense_value(&fields, in, 6u, sums, held);
        tms_dense_value(&fields, in, 7u, sums, held);
        in += 8;
    }
    if ((TMS_UNIT < 16) && ((blocks & 1) != 0)) {
        tms_dense_value(&fields, in, 0u, sums, held);
        tms_dense_value(&fields, in, 1u, sums, held);
        tms_dense_value(&fields, in, 2u, sums, held);
        tms_dense_value(&fields, in, 3u, sums, held);
        if (TMS_FOLDS <= 2u) {
            tms_dense_fold(sums, held);
        }
    }
    acc[0] += tms_fields_sum(held[0] - (held[1] << 16));
    acc[1] += tms_fields_sum(held[1]);
    acc[2] += tms_fields_sum(held[2] - (held[3] << 16));
    acc[3] += tms_fields_sum(held[3]);
    *weights = fields.weights;
}

#endif
