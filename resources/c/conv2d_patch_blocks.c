/*
 * conv2d_patch_blocks.c - products of the values under two windows with two channels.
 *
 * The values stand in a patch of one word for every tap, in blocks of four words. With the DSP
 * extension a block holds values 0 and 2 of the first pixel, the same of the second, then values
 * 1 and 3 of both: the order in which one instruction widens bytes.
 *
 * Everywhere else a word is the first pixel's value and 2^16 times the second's, so that one
 * multiplication by a weight makes two products. A sum of two products lies in [-0x7F00, 0x8000]:
 * with 0x7FFF added to both halves neither borrows from the other. Upper halves are added up, and
 * whole words modulo 2^32; what the words have more than the upper halves is the first pixel's
 * accumulator.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "narrow.c"
#ifndef TMS_CONV2D_PATCH_BLOCKS_C
#define TMS_CONV2D_PATCH_BLOCKS_C

/* what is added to the halves of a word */
static inline uint32_t tms_halves_seed(void)
{
    return 0x7FFF7FFFu;
}

/* Accumulators before the products of so many blocks, from the sums so far. */
static inline void tms_patch_start(int32_t blocks, uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    (void)blocks;
    (void)acc;
#else
    const uint32_t count = (uint32_t)blocks;
    const uint32_t rest = (TMS_FOLDS == 1u) ? (((count >> 1) & 1u) + (count & 1u)) : 0u;
    const uint32_t seeds = (((count * TMS_FOLDS) / 4u) + rest) * 0x7FFFu;

    acc[2] -= seeds;
    acc[3] -= seeds;
    acc[0] += (acc[2] << 16) - seeds;
    acc[1] += (acc[3] << 16) - seeds;
#endif
}

/* The sums then: the first pixel's for both channels, then the second's. */
static inline void tms_patch_finish(uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    (void)acc;
#else
    acc[0] -= acc[2] << 16;
    acc[1] -= acc[3] << 16;
#endif
}

/* the products of a word of the patch with a weight */
static inline TMS_INLINE uint32_t tms_halves(uint32_t word, int32_t weight)
{
    return word * (uint32_t)weight;
}

/* Adds a sum of products to those of a channel. */
static inline TMS_INLINE void tms_halves_add(uint32_t sum, uint32_t *words, uint32_t *upper)
{
    *words += sum;
    *upper += sum >> 16;
}

/* Adds the products of a block of the patch with two channels; moves on to the next block. */
static inline TMS_INLINE void tms_patch_block_w8(const uint32_t **patch, const int8_t **weights,
        uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    uint32_t a;
    uint32_t b;
    uint32_t v;
    uint32_t w;
    uint32_t t;

    __asm__ volatile("ldrd %[v], %[w], [%[weights]], #8;"
                     "ldrd %[a], %[b], [%[patch]], #8;"
                     "sxtb16 %[t], %[v];"
                     "smlad %[av], %[a], %[t], %[av];"
                     "smlad %[bv], %[b], %[t], %[bv];"
                     "sxtb16 %[t], %[w];"
                     "smlad %[aw], %[a], %[t], %[aw];"
                     "smlad %[bw], %[b], %[t], %[bw];"
                     "ldrd %[a], %[b], [%[patch]], #8;"
                     "sxtb16 %[v], %[v], ror #8;"
                     "smlad %[av], %[a], %[v], %[av];"
                     "smlad %[bv], %[b], %[v], %[bv];"
                     "sxtb16 %[w], %[w], ror #8;"
                     "smlad %[aw], %[a], %[w], %[aw];"
                     "smlad %[bw], %[b], %[w], %[bw]"
                     : [av] "+r"(acc[0]), [aw] "+r"(acc[1]), [bv] "+r"(acc[2]), [bw] "+r"(acc[3]),
                       [patch] "+r"(*patch), [weights] "+r"(*weights), [a] "=&r"(a),
                       [b] "=&r"(b), [v] "=&r"(v), [w] "=&r"(w), [t] "=&r"(t)
                     :
                     : "memory");
#elif defined(__thumb2__) && defined(__GNUC__)
    const uint32_t seed = tms_halves_seed();
    uint32_t x;
    uint32_t y;
    uint32_t sum;
    uint32_t w;

    __asm__ volatile("ldrd %[x], %[y], [%[patch]], #8;"
                     "ldrsb %[w], [%[weights]], #1;"
                     "mla %[sum], %[x], %[w], %[seed];"
                     "ldrsb %[w], [%[weights]], #3;"
                     "mla %[sum], %[y], %[w], %[sum];"
                     "add %[tv], %[tv], %[sum];"
                     "add %[uv], %[uv], %[sum], lsr #16;"
                     "ldrsb %[w], [%[weights]], #1;"
                     "mla %[sum], %[x], %[w], %[seed];"
                     "ldrsb %[w], [%[weights]], #-3;"
                     "mla %[sum], %[y], %[w], %[sum];"
                     "add %[tw], %[tw], %[sum];"
                     "add %[uw], %[uw], %[sum], lsr #16;"
                     "ldrd %[x], %[y], [%[patch]], #8;"
                     "ldrsb %[w], [%[weights]], #1;"
                     "mla %[sum], %[x], %[w], %[seed];"
                     "ldrsb %[w], [%[weights]], #3;"
                     "mla %[sum], %[y], %[w], %[sum];"
                     "add %[tv], %[tv], %[sum];"
                     "add %[uv], %[uv], %[sum], lsr #16;"
                     "ldrsb %[w], [%[weights]], #1;"
                     "mla %[sum], %[x], %[w], %[seed];"
                     "ldrsb %[w], [%[weights]], #1;"
                     "mla %[sum], %[y], %[w], %[sum];"
                     "add %[tw], %[tw], %[sum];"
                     "add %[uw], %[uw], %[sum], lsr #16"
                     : [tv] "+r"(acc[0]), [tw] "+r"(acc[1]), [uv] "+r"(acc[2]), [uw] "+r"(acc[3]),
                       [patch] "+r"(*patch), [weights] "+r"(*weights), [x] "=&r"(x),
                       [y] "=&r"(y), [sum] "=&r"(sum), [w] "=&r"(w)
                     : [seed] "r"(seed)
                     : "memory");
#else
    const uint32_t seed = tms_halves_seed();
    const uint32_t *x = *patch;
    const int8_t *v = *weights;

    for (int32_t i = 0; i < 4; i += 2) {
        const uint32_t a = x[i];
        const uint32_t b = x[i + 1];

        tms_halves_add(tms_halves(a, v[i]) + tms_halves(b, v[i + 1]) + seed, &acc[0], &acc[2]);
        tms_halves_add(tms_halves(a, v[i + 4]) + tms_halves(b, v[i + 5]) + seed, &acc[1], &acc[3]);
        tms_settle(acc);
    }
    *patch = x + 4;
    *weights = v + 8;
#endif
}

/* Adds the products of so many blocks to what was begun; moves on behind their weights. */
static inline void tms_patch_sums_w8(const uint32_t *patch, int32_t blocks,
        const int8_t **weights, uint32_t acc[4])
{
#if defined(__thumb__) && !defined(__thumb2__) && defined(__OPTIMIZE__) && defined(__GNUC__)
    register const uint32_t *x __asm__("r0") = patch;
    register const int8_t *w __asm__("r1") = *weights;
    register uint32_t *sums __asm__("r2") = acc;
    register uint32_t count __asm__("r3") = (uint32_t)blocks;
    register uint32_t seed __asm__("r12") = tms_halves_seed();

    /* the loop as a whole, as it takes every register */
    __asm__ volatile(".syntax unified;"
                     "push {r2, r7};"
                     "lsls r3, r3, #4;"
                     "adds r3, r3, r0;"
                     "mov lr, r3;"
                     "ldmia r2!, {r4, r5, r6, r7};"
                     "mov r8, r4;"
                     "mov r9, r5;"
                     "mov r10, r6;"
                     "mov r11, r7;"
                     "1:"
                     "ldmia r1!, {r4, r5};"
                     "ldmia r0!, {r2, r3};"
                     "sxtb r6, r4;"
                     "muls r6, r2, r6;"
                     "lsls r7, r4, #16;"
                     "asrs r7, r7, #24;"
                     "muls r7, r3, r7;"
                     "adds r6, r6, r7;"
                     "add r6, r12;"
                     "add r8, r6;"
                     "lsrs r6, r6, #16;"
                     "add r10, r6;"
                     "sxtb r6, r5;"
                     "muls r6, r2, r6;"
                     "lsls r7, r5, #16;"
                     "asrs r7, r7, #24;"
                     "muls r7, r3, r7;"
                     "adds r6, r6, r7;"
                     "add r6, r12;"
                     "add r9, r6;"
                     "lsrs r6, r6, #16;"
                     "add r11, r6;"
                     "ldmia r0!, {r2, r3};"
                     "lsls r6, r4, #8;"
                     "asrs r6, r6, #24;"
                     "muls r6, r2, r6;"
                     "asrs r7, r4, #24;"
                     "muls r7, r3, r7;"
                     "adds r6, r6, r7;"
                     "add r6, r12;"
                     "add r8, r6;"
                     "lsrs r6, r6, #16;"
                     "add r10, r6;"
                     "lsls r6, r5, #8;"
                     "asrs r6, r6, #24;"
                     "muls r6, r2, r6;"
                     "asrs r7, r5, #24;"
                     "muls r7, r3, r7;"
                     "adds r6, r6, r7;"
                     "add r6, r12;"
                     "add r9, r6;"
                     "lsrs r6, r6, #16;"
                     "add r11, r6;"
                     "cmp r0, lr;"
                     "bne 1b;"
                     "pop {r2, r7};"
                     "mov r4, r8;"
                     "mov r5, r9;"
                     "mov r6, r10;"
                     "mov r3, r11;"
                     "stmia r2!, {r4, r5, r6};"
                     "str r3, [r2];"
                     : "+r"(x), "+r"(w), "+r"(sums), "+r"(count)
                     : "r"(seed)
                     : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "lr", "cc", "memory");
    *weights = w;
#else
    uint32_t sums[4];

    sums[0] = acc[0];
    sums[1] = acc[1];
    sums[2] = acc[2];
    sums[3] = acc[3];
    for (int32_t i = (int32_t)((uint32_t)blocks >> 1); i > 0; i--) {
        tms_patch_block_w8(&patch, weights, sums);
        tms_patch_block_w8(&patch, weights, sums);
    }
    if ((blocks & 1) != 0) {
        tms_patch_block_w8(&patch, weights, sums);
    }
    acc[0] = sums[0];
    acc[1] = sums[1];
    acc[2] = sums[2];
    acc[3] = sums[3];
#endif
}

/* Adds the products of so many blocks; moves on behind their weights. */
static inline void tms_patch_products_w8(const uint32_t *patch, int32_t blocks,
        const int8_t **weights, uint32_t acc[4])
{
    tms_patch_start(blocks, acc);
    tms_patch_sums_w8(patch, blocks, weights, acc);
    tms_patch_finish(acc);
}

#endif
