/*
 * dense_row.c - a row of inputs in whole units of weights, and its products with four outputs.
 *
 * Inputs behind the last whole unit become one with values that come to nothing.
 */
#include "template.h"
#include "dense_fields.c"
#include "dense_runs.c"
#ifndef TMS_DENSE_ROW_C
#define TMS_DENSE_ROW_C

/* The inputs of a row in whole units, and what is behind those. */
typedef struct {
    const int8_t *in[2];
    int32_t blocks[2];
    uint32_t excess;
} tms_dense_row_t;

/* Inputs whose weights stand together. */
static inline TMS_INLINE int32_t tms_dense_unit(void)
{
    return (TMS_UNIT > 8) ? 8 : 4;
}

/* So many inputs and what makes them a unit: 0, or where 128 is added its opposite. */
static inline void tms_dense_rest(const int8_t *in, int32_t size, int8_t rest[8])
{
    const int8_t filling = (int8_t)((TMS_WEIGHT_BITS < 8u) ? -128 : 0);

    for (int32_t i = 0; i < tms_dense_unit(); i++) {
        rest[i] = (i < size) ? in[i] : filling;
    }
}

/* The row that begins at in; rest has room for inputs behind its last whole unit. */
static inline void tms_dense_row(const int8_t *in, int32_t size, int8_t rest[8],
                                 tms_dense_row_t *row)
{
    const int32_t behind = (TMS_REST != 0) ? (size % tms_dense_unit()) : 0;

    row->in[0] = in;
    row->in[1] = rest;
    row->blocks[0] = (size - behind) / 4;
    row->blocks[1] = (behind != 0) ? (tms_dense_unit() / 4) : 0;
    row->excess = TMS_DENSE_EXCESS(in, row->blocks[0]);
    if (TMS_REST != 0) {
        tms_dense_rest(in + (size - behind), behind, rest);
        row->excess += TMS_DENSE_EXCESS(rest, row->blocks[1]);
    }
}

/* Adds the products with the weights of four outputs to acc; moves on behind these. */
static inline TMS_INLINE void tms_dense_row_sums(const tms_dense_row_t *row,
        const TMS_WEIGHT **weights, uint32_t acc[4])
{
    TMS_DENSE_START(acc, row->excess);
    for (int32_t part = 0; part <= TMS_REST; part++) {
        TMS_DENSE_SUMS(row->in[part], row->blocks[part], weights, acc);
    }
}

#endif
