/*
 * dense_runs_w4.c - products of a run of inputs with 4-bit weights of four outputs.
 *
 * A block is four inputs in two words, the first for inputs 0 and 2: half a word holds an input's
 * weights with all four outputs, where 8 is added to all but the last. One multiplication makes the
 * products with as many of the four as are left in the half; from the sums of these, what a shorter
 * one has is taken.
 */
#include "template.h"
#include "conv2d_blocks.c"
#ifndef TMS_DENSE_RUNS_W4_C
#define TMS_DENSE_RUNS_W4_C

/* What the 8 that is added to weights makes of a row: 8 times the sum of its values. */
static inline uint32_t tms_dense_excess_w4(const int8_t *in, int32_t blocks)
{
    int32_t sum = 0;

    for (; blocks > 0; blocks--) {
        sum += in[0];
        sum += in[1];
        sum += in[2];
        sum += in[3];
        in += 4;
    }
    return (uint32_t)sum << 3;
}

static inline void tms_dense_start_w4(uint32_t acc[4], uint32_t excess)
{
    acc[0] -= excess;
    acc[1] -= excess;
    acc[2] -= excess;
}

/* the four bits of a word from first on, without a sign */
static inline uint32_t tms_dense_bits(uint32_t word, uint32_t first)
{
    return (word << (28u - first)) >> 28;
}

/* the same with one */
static inline int32_t tms_dense_signed(uint32_t word, uint32_t first)
{
    return tms_shift_right(tms_signed(word << (28u - first)), 28u);
}

/* the weights of one input in the half of a word from first on, multiplied with its value */
static inline void tms_dense_value_w4(int32_t value, uint32_t word, uint32_t first,
        uint32_t sums[4])
{
    sums[0] += (uint32_t)value * tms_dense_bits(word, first);
    sums[1] += (uint32_t)value * tms_dense_bits(word, first + 4u);
    sums[2] += (uint32_t)value * tms_dense_bits(word, first + 8u);
    sums[3] += (uint32_t)(value * tms_dense_signed(word, first + 12u));
    tms_settle(sums);
}

/* Products of four inputs with four outputs, still to be taken apart; moves on behind them. */
static inline TMS_INLINE void tms_dense_block_w4(const int8_t **in, const uint8_t **weights,
        uint32_t sums[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t mask = 0x0FFF0FFFu;
    uint32_t x;
    uint32_t xx;
    uint32_t v;
    uint32_t w;
    uint32_t t;

    __asm__ volatile("ldr %[x], [%[in]], #4;"
                     "ldrd %[v], %[w], [%[weights]], #8;"
                     "sxtb16 %[xx], %[x], ror #8;"
                     "sxtb16 %[x], %[x];"
                     "and %[t], %[v], #0x000F000F;"
                     "smlad %[a], %[x], %[t], %[a];"
                     "uxtb16 %[t], %[v];"
                     "smlad %[b], %[x], %[t], %[b];"
                     "and %[t], %[v], %[mask];"
                     "smlad %[c], %[x], %[t], %[c];"
                     "smlad %[d], %[x], %[v], %[d];"
                     "and %[t], %[w], #0x000F000F;"
                     "smlad %[a], %[xx], %[t], %[a];"
                     "uxtb16 %[t], %[w];"
                     "smlad %[b], %[xx], %[t], %[b];"
                     "and %[t], %[w], %[mask];"
                     "smlad %[c], %[xx], %[t], %[c];"
                     "smlad %[d], %[xx], %[w], %[d]"
                     : [a] "+r"(sums[0]), [b] "+r"(sums[1]), [c] "+r"(sums[2]), [d] "+r"(sums[3]),
                       [in] "+r"(*in), [weights] "+r"(*weights), [x] "=&r"(x), [xx] "=&r"(xx),
                       [v] "=&r"(v), [w] "=&r"(w), [t] "=&r"(t)
                     : [mask] "r"(mask)
                     : "memory");
#else
    const int8_t *x = *in;
    const uint32_t v = tms_word_of(*weights);
    const uint32_t w = tms_word_of(*weights + 4);

    tms_dense_value_w4(x[0], v, 0u, sums);
    tms_dense_value_w4(x[1], w, 0u, sums);
    tms_dense_value_w4(x[2], v, 16u, sums);
    tms_dense_value_w4(x[3], w, 16u, sums);
    *in = x + 4;
    *weights += 8;
#endif
}

/* Products of so many blocks, still to be taken apart; moves on behind them. */
static inline void tms_dense_run_w4(const int8_t **in, int32_t blocks, const uint8_t **weights,
        uint32_t acc[4])
{
    const uint8_t *w = *weights;
    const int8_t *x = *in;
    const int8_t *end = x + (4 * (blocks & ~1));
    uint32_t sums[4];

    sums[0] = acc[0];
    sums[1] = acc[1];
    sums[2] = acc[2];
    sums[3] = acc[3];
    while (x != end) {
        tms_dense_block_w4(&x, &w, sums);
        tms_dense_block_w4(&x, &w, sums);
    }
    if ((blocks & 1) != 0) {
        tms_dense_block_w4(&x, &w, sums);
    }
    acc[0] = sums[0];
    acc[1] = sums[1];
    acc[2] = sums[2];
    acc[3] = sums[3];
    *in = x;
    *weights = w;
}

/* The sums of four outputs, with the DSP extension in runs; moves on behind their weights. */
static inline void tms_dense_sums_w4(const int8_t *in, int32_t blocks, const uint8_t **weights,
        uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    for (int32_t left = blocks; left > 0; left -= 64) {
        uint32_t sums[4];

        sums[0] = 0;
        sums[1] = 0;
        sums[2] = 0;
        sums[3] = 0;
        tms_dense_run_w4(&in, (left < 64) ? left : 64, weights, sums);
        /* what each has more than the one before is 16, 256 and 4096 times its own */
        acc[0] += sums[0];
        acc[1] += (uint32_t)tms_shift_right(tms_signed(sums[1] - sums[0]), 4u);
        acc[2] += (uint32_t)tms_shift_right(tms_signed(sums[2] - sums[1]), 8u);
        acc[3] += (uint32_t)tms_shift_right(tms_signed(sums[3] - sums[2]), 12u);
    }
#else
    tms_dense_run_w4(&in, blocks, weights, acc);
#endif
}

#endif
