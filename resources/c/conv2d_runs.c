/*
 * conv2d_runs.c - products of bytes that follow each other at two places with two channels.
 *
 * Those with weights of few bits are in `conv2d_fields.c`.
 */
#include "template.h"
#include "conv2d_blocks.c"
#ifndef TMS_CONV2D_RUNS_C
#define TMS_CONV2D_RUNS_C

/* Products of four values at two places with two channels, added to acc as for a patch. */
static inline void tms_rows_block(const int8_t **a, const int8_t **b, const int8_t **weights,
        uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    uint32_t x;
    uint32_t xx;
    uint32_t y;
    uint32_t yy;
    uint32_t t;
    uint32_t w;

    __asm__ volatile("ldr %[x], [%[a]], #4;"
                     "ldr %[y], [%[b]], #4;"
                     "sxtb16 %[xx], %[x], ror #8;"
                     "sxtb16 %[x], %[x];"
                     "sxtb16 %[yy], %[y], ror #8;"
                     "sxtb16 %[y], %[y]"
                     : [a] "+r"(*a), [b] "+r"(*b), [x] "=&r"(x), [xx] "=&r"(xx), [y] "=&r"(y),
                       [yy] "=&r"(yy)
                     :
                     : "memory");
    __asm__ volatile("ldr %[w], [%[weights]], #4;"
                     "sxtb16 %[t], %[w];"
                     "smlad %[av], %[x], %[t], %[av];"
                     "smlad %[bv], %[y], %[t], %[bv];"
                     "sxtb16 %[w], %[w], ror #8;"
                     "smlad %[av], %[xx], %[w], %[av];"
                     "smlad %[bv], %[yy], %[w], %[bv];"
                     "ldr %[w], [%[weights]], #4;"
                     "sxtb16 %[t], %[w];"
                     "smlad %[aw], %[x], %[t], %[aw];"
                     "smlad %[bw], %[y], %[t], %[bw];"
                     "sxtb16 %[w], %[w], ror #8;"
                     "smlad %[aw], %[xx], %[w], %[aw];"
                     "smlad %[bw], %[yy], %[w], %[bw]"
                     : [av] "+r"(acc[0]), [aw] "+r"(acc[1]), [bv] "+r"(acc[2]), [bw] "+r"(acc[3]),
                       [weights] "+r"(*weights), [t] "=&r"(t), [w] "=&r"(w)
                     : [x] "r"(x), [xx] "r"(xx), [y] "r"(y), [yy] "r"(yy)
                     : "memory");
#else
    const int8_t *v = *weights;
    const int8_t *p = *a;
    const int8_t *q = *b;

    tms_products(p[0], q[0], v[0], v[4], acc);
    tms_products(p[1], q[1], v[1], v[5], acc);
    tms_products(p[2], q[2], v[2], v[6], acc);
    tms_products(p[3], q[3], v[3], v[7], acc);
    *a = p + 4;
    *b = q + 4;
    *weights = v + 8;
#endif
}

/* Products of a run of blocks. */
static inline void tms_rows_products_whole(const int8_t *a, const int8_t *b, const TMS_WEIGHT *weights,
        int32_t blocks, uint32_t acc[4])
{
    const int8_t *end = a + (4 * (blocks & ~1));
    uint32_t sums[4];

    sums[0] = acc[0];
    sums[1] = acc[1];
    sums[2] = acc[2];
    sums[3] = acc[3];
    while (a != end) {
        tms_rows_block(&a, &b, &weights, sums);
        tms_rows_block(&a, &b, &weights, sums);
    }
    if ((blocks & 1) != 0) {
        tms_rows_block(&a, &b, &weights, sums);
    }
    acc[0] = sums[0];
    acc[1] = sums[1];
    acc[2] = sums[2];
    acc[3] = sums[3];
}

#endif
