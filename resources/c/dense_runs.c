/*
 * dense_runs.c - products of a run of inputs with 8-bit weights of four outputs.
 *
 * A block is four inputs: the weights of inputs 0 and 2 for outputs 0 and 1 in turn, the same for
 * outputs 2 and 3, then those of inputs 1 and 3. The weights of outputs 0 and 2 are stored with
 * 128 added. So one half of a word is the weight of an even output plus 256 times that of an odd
 * one, and a product with both at once is the sum of two that can be told apart as long as each
 * has no more than 24 bits.
 */
#include "template.h"
#include "conv2d_blocks.c"
#ifndef TMS_DENSE_RUNS_C
#define TMS_DENSE_RUNS_C

/* What the 128 that is added to weights makes of a row: 128 times the sum of its values. */
static inline uint32_t tms_dense_excess_w8(const int8_t *in, int32_t blocks)
{
    int32_t sum = 0;

    for (; blocks > 0; blocks--) {
        sum += in[0];
        sum += in[1];
        sum += in[2];
        sum += in[3];
        in += 4;
    }
    return (uint32_t)sum << 7;
}

/* The excess taken from where it is. */
static inline void tms_dense_start_w8(uint32_t acc[4], uint32_t excess)
{
#if defined(__thumb2__) && !defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    acc[1] -= excess; /* there the other weights have it while they are multiplied */
    acc[3] -= excess;
#else
    acc[0] -= excess;
    acc[2] -= excess;
#endif
}

/* Products of a block, still to be taken apart; moves on behind it. */
static inline TMS_INLINE void tms_dense_block_w8(const int8_t **in, const int8_t **weights,
        uint32_t sums[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    uint32_t x;
    uint32_t xx;
    uint32_t v;
    uint32_t w;
    uint32_t t;

    __asm__ volatile("ldr %[x], [%[in]], #4;"
                     "sxtb16 %[xx], %[x], ror #8;"
                     "sxtb16 %[x], %[x];"
                     "ldrd %[v], %[w], [%[weights]], #8;"
                     "uxtb16 %[t], %[v];"
                     "smlad %[a], %[x], %[t], %[a];"
                     "smlad %[b], %[x], %[v], %[b];"
                     "uxtb16 %[t], %[w];"
                     "smlad %[c], %[x], %[t], %[c];"
                     "smlad %[d], %[x], %[w], %[d];"
                     "ldrd %[v], %[w], [%[weights]], #8;"
                     "uxtb16 %[t], %[v];"
                     "smlad %[a], %[xx], %[t], %[a];"
                     "smlad %[b], %[xx], %[v], %[b];"
                     "uxtb16 %[t], %[w];"
                     "smlad %[c], %[xx], %[t], %[c];"
                     "smlad %[d], %[xx], %[w], %[d]"
                     : [a] "+r"(sums[0]), [b] "+r"(sums[1]), [c] "+r"(sums[2]), [d] "+r"(sums[3]),
                       [in] "+r"(*in), [weights] "+r"(*weights), [x] "=&r"(x), [xx] "=&r"(xx),
                       [v] "=&r"(v), [w] "=&r"(w), [t] "=&r"(t)
                     :
                     : "memory");
#elif defined(__thumb2__) && defined(__GNUC__)
    const uint32_t mask = 0xFF0000FFu;
    uint32_t x;
    uint32_t y;
    uint32_t v;
    uint32_t w;
    uint32_t t;

    /* an odd output's weight with 128 added, and 2^24 times that of an even one */
    __asm__ volatile("ldrsb %[y], [%[in], #2];"
                     "ldrsb %[x], [%[in]], #1;"
                     "ldrd %[v], %[w], [%[weights]], #8;"
                     "eor %[v], %[v], #0x80808080;"
                     "and %[t], %[mask], %[v], ror #8;"
                     "smlal %[a], %[b], %[x], %[t];"
                     "and %[t], %[mask], %[v], ror #24;"
                     "smlal %[a], %[b], %[y], %[t];"
                     "eor %[w], %[w], #0x80808080;"
                     "and %[t], %[mask], %[w], ror #8;"
                     "smlal %[c], %[d], %[x], %[t];"
                     "and %[t], %[mask], %[w], ror #24;"
                     "smlal %[c], %[d], %[y], %[t];"
                     "ldrsb %[y], [%[in], #2];"
                     "ldrsb %[x], [%[in]], #3;"
                     "ldrd %[v], %[w], [%[weights]], #8;"
                     "eor %[v], %[v], #0x80808080;"
                     "and %[t], %[mask], %[v], ror #8;"
                     "smlal %[a], %[b], %[x], %[t];"
                     "and %[t], %[mask], %[v], ror #24;"
                     "smlal %[a], %[b], %[y], %[t];"
                     "eor %[w], %[w], #0x80808080;"
                     "and %[t], %[mask], %[w], ror #8;"
                     "smlal %[c], %[d], %[x], %[t];"
                     "and %[t], %[mask], %[w], ror #24;"
                     "smlal %[c], %[d], %[y], %[t]"
                     : [a] "+r"(sums[0]), [b] "+r"(sums[1]), [c] "+r"(sums[2]), [d] "+r"(sums[3]),
                       [in] "+r"(*in), [weights] "+r"(*weights), [x] "=&r"(x), [y] "=&r"(y),
                       [v] "=&r"(v), [w] "=&r"(w), [t] "=&r"(t)
                     : [mask] "r"(mask)
                     : "memory");
#else
    const int8_t *x = *in;
    const int8_t *w = *weights;

    sums[0] += (uint32_t)(x[0] * (uint8_t)w[0]);
    sums[1] += (uint32_t)(x[0] * w[1]);
    sums[2] += (uint32_t)(x[0] * (uint8_t)w[4]);
    sums[3] += (uint32_t)(x[0] * w[5]);
    tms_settle(sums);
    sums[0] += (uint32_t)(x[1] * (uint8_t)w[8]);
    sums[1] += (uint32_t)(x[1] * w[9]);
    sums[2] += (uint32_t)(x[1] * (uint8_t)w[12]);
    sums[3] += (uint32_t)(x[1] * w[13]);
    tms_settle(sums);
    sums[0] += (uint32_t)(x[2] * (uint8_t)w[2]);
    sums[1] += (uint32_t)(x[2] * w[3]);
    sums[2] += (uint32_t)(x[2] * (uint8_t)w[6]);
    sums[3] += (uint32_t)(x[2] * w[7]);
    tms_settle(sums);
    sums[0] += (uint32_t)(x[3] * (uint8_t)w[10]);
    sums[1] += (uint32_t)(x[3] * w[11]);
    sums[2] += (uint32_t)(x[3] * (uint8_t)w[14]);
    sums[3] += (uint32_t)(x[3] * w[15]);
    tms_settle(sums);
    *in = x + 4;
    *weights = w + 16;
#endif
}

/* Adds the products of 1 to 64 blocks to acc; moves on behind them. */
static inline void tms_dense_run_w8(const int8_t **in, int32_t blocks, const int8_t **weights,
        uint32_t acc[4])
{
    uint32_t sums[4];
#if defined(__thumb__) && !defined(__thumb2__) && defined(__OPTIMIZE__) && defined(__GNUC__)
    register const int8_t *x __asm__("r0") = *in;
    register const int8_t *w __asm__("r1") = *weights;
    register uint32_t *to __asm__("r2") = sums;
    register uint32_t count __asm__("r3") = (uint32_t)blocks;

    /* the loop as a whole, as it takes every register */
    __asm__ volatile(".syntax unified;"
                     "push {r2, r7};"
                     "lsls r2, r3, #31;"
                     "lsls r3, r3, #2;"
                     "adds r3, r3, r0;"
                     "mov lr, r3;"
                     "movs r3, #0;"
                     "mov r8, r3;"
                     "mov r9, r3;"
                     "mov r10, r3;"
                     "mov r11, r3;"
                     "cmp r2, #0;"
                     "beq 0f;"
                     "movs r2, #2;"
                     "subs r0, r0, #4;"
                     "b 2f;"
                     "0:"
                     "movs r2, #2;"
                     "1:"
                     "ldrb r5, [r0, #0];"
                     "sxtb r5, r5;"
                     "ldrsb r6, [r0, r2];"
                     "ldmia r1!, {r3, r4};"
                     "sxth r7, r3;"
                     "muls r7, r5, r7;"
                     "add r9, r7;"
                     "uxtb r7, r3;"
                     "muls r7, r5, r7;"
                     "add r8, r7;"
                     "asrs r3, r3, #16;"
                     "uxtb r7, r3;"
                     "muls r7, r6, r7;"
                     "add r8, r7;"
                     "muls r3, r6, r3;"
                     "add r9, r3;"
                     "sxth r7, r4;"
                     "muls r7, r5, r7;"
                     "add r11, r7;"
                     "uxtb r7, r4;"
                     "muls r7, r5, r7;"
                     "add r10, r7;"
                     "asrs r4, r4, #16;"
                     "uxtb r7, r4;"
                     "muls r7, r6, r7;"
                     "add r10, r7;"
                     "muls r4, r6, r4;"
                     "add r11, r4;"
                     "ldrb r5, [r0, #1];"
                     "sxtb r5, r5;"
                     "ldrb r6, [r0, #3];"
                     "sxtb r6, r6;"
                     "ldmia r1!, {r3, r4};"
                     "sxth r7, r3;"
                     "muls r7, r5, r7;"
                     "add r9, r7;"
                     "uxtb r7, r3;"
                     "muls r7, r5, r7;"
                     "add r8, r7;"
                     "asrs r3, r3, #16;"
                     "uxtb r7, r3;"
                     "muls r7, r6, r7;"
                     "add r8, r7;"
                     "muls r3, r6, r3;"
                     "add r9, r3;"
                     "sxth r7, r4;"
                     "muls r7, r5, r7;"
                     "add r11, r7;"
                     "uxtb r7, r4;"
                     "muls r7, r5, r7;"
                     "add r10, r7;"
                     "asrs r4, r4, #16;"
                     "uxtb r7, r4;"
                     "muls r7, r6, r7;"
                     "add r10, r7;"
                     "muls r4, r6, r4;"
                     "add r11, r4;"
                     "2:"
                     "ldrb r5, [r0, #4];"
                     "sxtb r5, r5;"
                     "ldrb r6, [r0, #6];"
                     "sxtb r6, r6;"
                     "ldmia r1!, {r3, r4};"
                     "sxth r7, r3;"
                     "muls r7, r5, r7;"
                     "add r9, r7;"
                     "uxtb r7, r3;"
                     "muls r7, r5, r7;"
                     "add r8, r7;"
                     "asrs r3, r3, #16;"
                     "uxtb r7, r3;"
                     "muls r7, r6, r7;"
                     "add r8, r7;"
                     "muls r3, r6, r3;"
                     "add r9, r3;"
                     "sxth r7, r4;"
                     "muls r7, r5, r7;"
                     "add r11, r7;"
                     "uxtb r7, r4;"
                     "muls r7, r5, r7;"
                     "add r10, r7;"
                     "asrs r4, r4, #16;"
                     "uxtb r7, r4;"
                     "muls r7, r6, r7;"
                     "add r10, r7;"
                     "muls r4, r6, r4;"
                     "add r11, r4;"
                     "ldrb r5, [r0, #5];"
                     "sxtb r5, r5;"
                     "ldrb r6, [r0, #7];"
                     "sxtb r6, r6;"
                     "ldmia r1!, {r3, r4};"
                     "sxth r7, r3;"
                     "muls r7, r5, r7;"
                     "add r9, r7;"
                     "uxtb r7, r3;"
                     "muls r7, r5, r7;"
                     "add r8, r7;"
                     "asrs r3, r3, #16;"
                     "uxtb r7, r3;"
                     "muls r7, r6, r7;"
                     "add r8, r7;"
                     "muls r3, r6, r3;"
                     "add r9, r3;"
                     "sxth r7, r4;"
                     "muls r7, r5, r7;"
                     "add r11, r7;"
                     "uxtb r7, r4;"
                     "muls r7, r5, r7;"
                     "add r10, r7;"
                     "asrs r4, r4, #16;"
                     "uxtb r7, r4;"
                     "muls r7, r6, r7;"
                     "add r10, r7;"
                     "muls r4, r6, r4;"
                     "add r11, r4;"
                     "adds r0, r0, #8;"
                     "cmp r0, lr;"
                     "bne 1b;"
                     "pop {r2, r7};"
                     "mov r3, r8;"
                     "mov r4, r9;"
                     "mov r5, r10;"
                     "mov r6, r11;"
                     "stmia r2!, {r3, r4, r5, r6}"
                     : "+r"(x), "+r"(w), "+r"(to), "+r"(count)
                     :
                     : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "lr", "cc", "memory");
    *in = x;
    *weights = w;
#else
    const int8_t *w = *weights;
    const int8_t *x = *in;
    const int8_t *end = x + (4 * (blocks & ~3));

    sums[0] = 0;
    sums[1] = 0;
    sums[2] = 0;
    sums[3] = 0;
    while (x != end) {
        tms_dense_block_w8(&x, &w, sums);
        tms_dense_block_w8(&x, &w, sums);
        tms_dense_block_w8(&x, &w, sums);
        tms_dense_block_w8(&x, &w, sums);
    }
    for (int32_t i = blocks & 3; i > 0; i--) {
        tms_dense_block_w8(&x, &w, sums);
    }
    *in = x;
    *weights = w;
#endif
#if defined(__thumb2__) && !defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    /* 64 bits: the lower 24 are the sum of an odd output */
    acc[0] += ((sums[1] << 8) | (sums[0] >> 24)) + ((sums[0] >> 23) & 1u);
    acc[1] += (uint32_t)tms_shift_right(tms_signed(sums[0] << 8), 8u);
    acc[2] += ((sums[3] << 8) | (sums[2] >> 24)) + ((sums[2] >> 23) & 1u);
    acc[3] += (uint32_t)tms_shift_right(tms_signed(sums[2] << 8), 8u);
#elif (defined(__ARM_FEATURE_DSP) || (defined(__thumb__) && defined(__OPTIMIZE__))) && defined(__GNUC__)
    acc[0] += sums[0];
    acc[1] += (uint32_t)tms_shift_right(tms_signed(sums[1] - sums[0]), 8u);
    acc[2] += sums[2];
    acc[3] += (uint32_t)tms_shift_right(tms_signed(sums[3] - sums[2]), 8u);
#else
    acc[0] += sums[0];
    acc[1] += sums[1];
    acc[2] += sums[2];
    acc[3] += sums[3];
#endif
}

/* The sums of four outputs, in runs; moves on behind their weights. */
static inline void tms_dense_sums_w8(const int8_t *in, int32_t blocks, const int8_t **weights,
        uint32_t acc[4])
{
    for (int32_t left = blocks; left > 0; left -= 64) {
        tms_dense_run_w8(&in, (left < 64) ? left : 64, weights, acc);
    }
}

#endif
