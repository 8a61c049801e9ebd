/*
 * mve.c - what the kernels for Helium, the vector extension of Arm cores, have in common.
 *
 * Accumulators become outputs four at once, in the ways of narrow.c: VQRDMULH and VQDMULH are the
 * upper halves of twice a product, rounded with ties up and not at all; they saturate for two
 * factors of -2^31 alone, and no multiplier is negative. VQDMLAH adds the floor of t / 2^31 to t,
 * which is the -1 for t < 0.
 */
#include "template.h"
#include "float32.c"
#include "window.c"
#ifndef TMS_MVE_C
#define TMS_MVE_C
#ifdef TMS_HELIUM

/* the upper half of a doubled product, as its rounding asks, see tms_high_twice and those after it */
static inline int32x4_t tms_mve_high_twice(int32x4_t acc, int32x4_t multiplier, int32x4_t shift)
{
    const int32x4_t high = vqrdmulhq_s32(acc, multiplier);

    (void)shift;
    return vqdmlahq_n_s32(high, high, 1);
}

static inline int32x4_t tms_mve_high_once(int32x4_t acc, int32x4_t multiplier, int32x4_t shift)
{
    (void)shift;
    return vqdmulhq_s32(acc, multiplier);
}

static inline int32x4_t tms_mve_high_away(int32x4_t acc, int32x4_t multiplier, int32x4_t shift)
{
    const int32x4_t high = vqdmulhq_s32(acc, multiplier);
    const int32x4_t lower = vshlq_n_s32(vmulq_s32(acc, multiplier), 1);
    const mve_pred16_t below = vcmpltq_n_s32(high, 0);

    (void)shift;
    return vsubq_m_n_s32(high, high, 1, vcmpeqq_m_n_s32(lower, 0, below));
}

static inline int32x4_t tms_mve_high_shift(int32x4_t acc, int32x4_t multiplier, int32x4_t shift)
{
    (void)multiplier;
    (void)shift;
    return vshlq_n_s32(acc, 1);
}

static inline int32x4_t tms_mve_high_even(int32x4_t acc, int32x4_t multiplier, int32x4_t shift)
{
    const int32x4_t below = vshlq_s32(acc, vnegq_s32(shift));

    (void)multiplier;
    return vaddq_s32(vshlq_n_s32(acc, 1),
                     vsubq_n_s32(vandq_s32(below, vdupq_n_s32(1)), 1));
}

/* four accumulators on the output's grid */
static inline int32x4_t tms_mve_scaled(int32x4_t acc, int32x4_t multiplier, int32x4_t shift,
                                       int32x4_t zero)
{
    const int32x4_t high = TMS_MVE_HIGH(acc, multiplier, shift);

    return vshlq_s32(vaddq_s32(high, vshlq_s32(zero, shift)), vmvnq_s32(shift));
}

/* The same with any shift, positive is left, by the rounding's own multiplication. */
static inline int32x4_t tms_mve_scaled_any(int32x4_t acc, int32x4_t multiplier, int32x4_t shift,
                                           int32x4_t zero)
{
    int32_t values[4];
    int32_t multipliers[4];
    int32_t shifts[4];

    vstrwq_s32(values, acc);
    vstrwq_s32(multipliers, multiplier);
    vstrwq_s32(shifts, shift);
    for (int32_t i = 0; i < 4; i++) {
        values[i] = TMS_MULTIPLY(values[i], multipliers[i], shifts[i]);
    }
    return vqaddq_s32(vldrwq_s32(values), zero);
}

/* With two roundings: ties of the second one go away from zero where there is one. */
static inline int32x4_t tms_mve_scaled_left(int32x4_t acc, int32x4_t multiplier, int32x4_t shift,
                                            int32x4_t zero)
{
    const int32x4_t none = vdupq_n_s32(0);
    const int32x4_t right = vminq_s32(shift, none);
    const int32x4_t high = vqrdmulhq_s32(vshlq_s32(acc, vmaxq_s32(shift, none)), multiplier);
    const int32x4_t away = vqaddq_s32(high, vshrq_n_s32(vandq_s32(high, right), 31));

    return vqaddq_s32(vrshlq_s32(away, right), zero);
}

/* The same in float32, where shift has the bits of half the factors. */
static inline int32x4_t tms_mve_scaled_float32(int32x4_t acc, int32x4_t multiplier,
        int32x4_t shift, int32x4_t zero)
{
    const int32x4_t doubled = vshlq_n_s32(acc, 1);

    (void)multiplier;
#if (__ARM_FEATURE_MVE & 2) != 0
    return vqaddq_s32(
        vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(doubled), vreinterpretq_f32_s32(shift))), zero);
#else
    int32_t values[4];
    uint32_t factors[4];

    vstrwq_s32(values, doubled);
    vstrwq_u32(factors, vreinterpretq_u32_s32(shift));
    for (int32_t i = 0; i < 4; i++) {
        values[i] = tms_product_float32(values[i], factors[i]);
    }
    return vqaddq_s32(vldrwq_s32(values), zero);
#endif
}

/* eight results limited to bytes, in halves: those of even in even lanes */
static inline int16x8_t tms_mve_halves(int32x4_t even, int32x4_t odd)
{
    const int16x8_t halves =
        vqmovntq_s32(vqmovnbq_s32(vreinterpretq_s16_s32(even), even), odd);

    return vreinterpretq_s16_s8(vqmovnbq_s16(vreinterpretq_s8_s16(halves), halves));
}

/* outputs of two pixels in turn, as bytes in halves */
static inline int16x8_t tms_mve_pair(int32x4_t first, int32x4_t second, const int32_t *scaling,
                                     int32x4_t zero)
{
    const int32x4_t multiplier = vldrwq_s32(scaling + 4);
    const int32x4_t shift = vldrwq_s32(scaling + 8);
    const int32x4_t a = TMS_MVE_SCALED(first, multiplier, shift, zero);
    const int32x4_t b = TMS_MVE_SCALED(second, multiplier, shift, zero);

    return tms_mve_halves(a, b);
}

/* places of the outputs of tms_mve_pair, with next from the first pixel to the second */
static inline uint16x8_t tms_mve_places(int32_t next)
{
    const uint16x8_t lanes = vidupq_n_u16(0u, 1);
    const uint16x8_t odd = vandq_u16(lanes, vdupq_n_u16(1u));

    return vmlaq_n_u16(vshrq_n_u16(lanes, 1), odd, (uint16_t)next);
}

/* limits that are tighter than eight bits, for all results of a layer */
static inline void tms_mve_limit(int8_t *values, int32_t size, int32_t low, int32_t high)
{
    if ((low > -128) || (high < 127)) {
        const int8x16_t least = vdupq_n_s8((int8_t)low);
        const int8x16_t most = vdupq_n_s8((int8_t)high);

        for (int32_t left = size; left > 0; left -= 16) {
            const mve_pred16_t part = vctp8q((uint32_t)left);
            const int8x16_t held = vldrbq_z_s8(values, part);

            vstrbq_p_s8(values, vminq_s8(vmaxq_s8(held, least), most), part);
            values += 16;
        }
    }
}

/*
 * Accumulators of four channels in two windows. Weights stand in pairs of channels, pair bytes from
 * one to the next; a pair has blocks of four of the one channel and four of the other. The values
 * of both windows come in runs of so many blocks of 16; behind the last run stands no other.
 *
 * Eight sums of products take all even registers, a pair of loads takes apart the two channels.
 */
static inline void tms_mve_dot_w8(const int8_t *weights, int32_t pair, const int8_t **runs,
        int32_t blocks, const int32_t *bias, int32x4_t *first, int32x4_t *second)
{
    register const int8_t *v __asm__("r1") = weights;
    register const int8_t *w __asm__("r3") = weights + pair;
    register const int32_t *x __asm__("r5") = bias;
    register int32_t n __asm__("r9") = blocks;
    register const int8_t **run __asm__("r11") = runs;
    int32x4_t a;
    int32x4_t b;

    /* r7, which may hold the frame, is kept in a lane meanwhile */
    __asm__ volatile("vmov.32 %q[a][0], r7;"
                     "vmov.32 %q[a][1], r9;"
                     "ldrd r0, r2, [r5];"
                     "ldrd r4, r6, [r5, #8];"
                     "mov r8, r0;"
                     "mov r10, r2;"
                     "mov r12, r4;"
                     "mov lr, r6;"
                     "1:"
                     "ldrd r5, r9, [r11], #8;"
                     "cbz r5, 3f;"
                     "vmov.32 r7, %q[a][1];"
                     "2:"
                     "vldrb.8 q2, [r5], #16;"
                     "vldrb.8 q3, [r9], #16;"
                     "vld20.32 {q0, q1}, [r1];"
                     "vld21.32 {q0, q1}, [r1]!;"
                     "vmladava.s8 r0, q0, q2;"
                     "vmladava.s8 r2, q1, q2;"
                     "vmladava.s8 r8, q0, q3;"
                     "vmladava.s8 r10, q1, q3;"
                     "vld20.32 {q0, q1}, [r3];"
                     "vld21.32 {q0, q1}, [r3]!;"
                     "vmladava.s8 r4, q0, q2;"
                     "vmladava.s8 r6, q1, q2;"
                     "vmladava.s8 r12, q0, q3;"
                     "vmladava.s8 lr, q1, q3;"
                     "subs r7, #1;"
                     "bne 2b;"
                     "b 1b;"
                     "3:"
                     "vmov.32 r7, %q[a][0];"
                     "vmov %q[a][2], %q[a][0], r0, r4;"
                     "vmov %q[a][3], %q[a][1], r2, r6;"
                     "vmov %q[b][2], %q[b][0], r8, r12;"
                     "vmov %q[b][3], %q[b][1], r10, lr"
                     : [a] "=&w"(a), [b] "=&w"(b), "+r"(v), "+r"(w), "+r"(x), "+r"(n),
                       "+r"(run)
                     :
                     : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2",
                       "q3", "cc", "memory");
    *first = a;
    *second = b;
}

/*
 * The same for 4-bit weights: a byte holds one of the first channel in its lower half and one of
 * the second in its upper half. They are multiplied in upper halves, 16-fold.
 */
static inline void tms_mve_dot_w4(const uint8_t *weights, int32_t pair, const int8_t **runs,
        int32_t blocks, const int32_t *bias, int32x4_t *first, int32x4_t *second)
{
    register const uint8_t *v __asm__("r1") = weights;
    register const uint8_t *w __asm__("r3") = weights + pair;
    register const int32_t *x __asm__("r5") = bias;
    register int32_t n __asm__("r9") = blocks;
    register const int8_t **run __asm__("r11") = runs;
    int32x4_t a;
    int32x4_t b;

    __asm__ volatile("vmov.32 %q[a][0], r7;"
                     "vmov.32 %q[a][1], r9;"
                     "vmov.i8 %q[b], #0xF0;"
                     "ldrd r0, r2, [r5];"
                     "ldrd r4, r6, [r5, #8];"
                     "lsls r0, r0, #4;"
                     "lsls r2, r2, #4;"
                     "lsls r4, r4, #4;"
                     "lsls r6, r6, #4;"
                     "mov r8, r0;"
                     "mov r10, r2;"
                     "mov r12, r4;"
                     "mov lr, r6;"
                     "1:"
                     "ldrd r5, r9, [r11], #8;"
                     "cbz r5, 3f;"
                     "vmov.32 r7, %q[a][1];"
                     "2:"
                     "vldrb.8 q2, [r5], #16;"
                     "vldrb.8 q3, [r9], #16;"
                     "vldrb.8 q1, [r1], #16;"
                     "vshl.i8 q0, q1, #4;"
                     "vand q1, q1, %q[b];"
                     "vmladava.s8 r0, q0, q2;"
                     "vmladava.s8 r2, q1, q2;"
                     "vmladava.s8 r8, q0, q3;"
                     "vmladava.s8 r10, q1, q3;"
                     "vldrb.8 q1, [r3], #16;"
                     "vshl.i8 q0, q1, #4;"
                     "vand q1, q1, %q[b];"
                     "vmladava.s8 r4, q0, q2;"
                     "vmladava.s8 r6, q1, q2;"
                     "vmladava.s8 r12, q0, q3;"
                     "vmladava.s8 lr, q1, q3;"
                     "subs r7, #1;"
                     "bne 2b;"
                     "b 1b;"
                     "3:"
                     "vmov.32 r7, %q[a][0];"
                     "vmov %q[a][2], %q[a][0], r0, r4;"
                     "vmov %q[a][3], %q[a][1], r2, r6;"
                     "vmov %q[b][2], %q[b][0], r8, r12;"
                     "vmov %q[b][3], %q[b][1], r10, lr;"
                     "vshr.s32 %q[a], %q[a], #4;"
                     "vshr.s32 %q[b], %q[b], #4"
                     : [a] "=&w"(a), [b] "=&w"(b), "+r"(v), "+r"(w), "+r"(x), "+r"(n),
                       "+r"(run)
                     :
                     : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2",
                       "q3", "cc", "memory");
    *first = a;
    *second = b;
}

/*
 * The same for 2-bit weights: a byte holds one of each of four channels. They are multiplied in
 * upper bits, 64-fold.
 */
static inline void tms_mve_dot_w2(const uint8_t *weights, int32_t pair, const int8_t **runs,
        int32_t blocks, const int32_t *bias, int32x4_t *first, int32x4_t *second)
{
    register const uint8_t *v __asm__("r1") = weights;
    register const int32_t *x __asm__("r5") = bias;
    register int32_t n __asm__("r9") = blocks;
    register const int8_t **run __asm__("r11") = runs;
    int32x4_t a;
    int32x4_t b;

    (void)pair;
    __asm__ volatile("vmov.32 %q[a][0], r7;"
                     "vmov.32 %q[a][1], r9;"
                     "vmov.i8 %q[b], #0xC0;"
                     "ldrd r0, r2, [r5];"
                     "ldrd r4, r6, [r5, #8];"
                     "lsls r0, r0, #6;"
                     "lsls r2, r2, #6;"
                     "lsls r4, r4, #6;"
                     "lsls r6, r6, #6;"
                     "mov r8, r0;"
                     "mov r10, r2;"
                     "mov r12, r4;"
                     "mov lr, r6;"
                     "1:"
                     "ldrd r5, r9, [r11], #8;"
                     "cbz r5, 3f;"
                     "vmov.32 r7, %q[a][1];"
                     "2:"
                     "vldrb.8 q2, [r5], #16;"
                     "vldrb.8 q3, [r9], #16;"
                     "vldrb.8 q1, [r1], #16;"
                     "vshl.i8 q0, q1, #6;"
                     "vmladava.s8 r0, q0, q2;"
                     "vmladava.s8 r8, q0, q3;"
                     "vshl.i8 q0, q1, #4;"
                     "vand q0, q0, %q[b];"
                     "vmladava.s8 r2, q0, q2;"
                     "vmladava.s8 r10, q0, q3;"
                     "vshl.i8 q0, q1, #2;"
                     "vand q0, q0, %q[b];"
                     "vmladava.s8 r4, q0, q2;"
                     "vmladava.s8 r12, q0, q3;"
                     "vand q0, q1, %q[b];"
                     "vmladava.s8 r6, q0, q2;"
                     "vmladava.s8 lr, q0, q3;"
                     "subs r7, #1;"
                     "bne 2b;"
                     "b 1b;"
                     "3:"
                     "vmov.32 r7, %q[a][0];"
                     "vmov %q[a][2], %q[a][0], r0, r4;"
                     "vmov %q[a][3], %q[a][1], r2, r6;"
                     "vmov %q[b][2], %q[b][0], r8, r12;"
                     "vmov %q[b][3], %q[b][1], r10, lr;"
                     "vshr.s32 %q[a], %q[a], #6;"
                     "vshr.s32 %q[b], %q[b], #6"
                     : [a] "=&w"(a), [b] "=&w"(b), "+r"(v), "+r"(x), "+r"(n), "+r"(run)
                     :
                     : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2",
                       "q3", "cc", "memory");
    *first = a;
    *second = b;
}

/*
 * The same for 1-bit weights: four bits of a byte hold one of each of four channels, 1 for -1. With
 * the bit below it set, the sign bit of a byte is that weight 64-fold.
 */
static inline void tms_mve_dot_w1(const uint8_t *weights, int32_t pair, const int8_t **runs,
        int32_t blocks, const int32_t *bias, int32x4_t *first, int32x4_t *second)
{
    register const uint8_t *v __asm__("r1") = weights;
    register const int32_t *x __asm__("r5") = bias;
    register int32_t n __asm__("r9") = blocks;
    register const int8_t **run __asm__("r11") = runs;
    int32x4_t a;
    int32x4_t b;
    int32x4_t c;

    (void)pair;
    __asm__ volatile("vmov.32 %q[a][0], r7;"
                     "vmov.32 %q[a][1], r9;"
                     "vmov.i8 %q[b], #0x80;"
                     "vmov.i8 %q[c], #0x40;"
                     "ldrd r0, r2, [r5];"
                     "ldrd r4, r6, [r5, #8];"
                     "lsls r0, r0, #6;"
                     "lsls r2, r2, #6;"
                     "lsls r4, r4, #6;"
                     "lsls r6, r6, #6;"
                     "mov r8, r0;"
                     "mov r10, r2;"
                     "mov r12, r4;"
                     "mov lr, r6;"
                     "1:"
                     "ldrd r5, r9, [r11], #8;"
                     "cbz r5, 3f;"
                     "vmov.32 r7, %q[a][1];"
                     "2:"
                     "vldrb.8 q2, [r5], #16;"
                     "vldrb.8 q3, [r9], #16;"
                     "vldrb.u16 q0, [r1], #8;"
                     "vshl.i16 q1, q0, #4;"
                     "vsli.16 q1, q0, #8;"
                     "vshl.i8 q0, q1, #3;"
                     "vand q0, q0, %q[b];"
                     "vorr q0, q0, %q[c];"
                     "vmladava.s8 r0, q0, q2;"
                     "vmladava.s8 r8, q0, q3;"
                     "vshl.i8 q0, q1, #2;"
                     "vand q0, q0, %q[b];"
                     "vorr q0, q0, %q[c];"
                     "vmladava.s8 r2, q0, q2;"
                     "vmladava.s8 r10, q0, q3;"
                     "vshl.i8 q0, q1, #1;"
                     "vand q0, q0, %q[b];"
                     "vorr q0, q0, %q[c];"
                     "vmladava.s8 r4, q0, q2;"
                     "vmladava.s8 r12, q0, q3;"
                     "vand q0, q1, %q[b];"
                     "vorr q0, q0, %q[c];"
                     "vmladava.s8 r6, q0, q2;"
                     "vmladava.s8 lr, q0, q3;"
                     "subs r7, #1;"
                     "bne 2b;"
                     "b 1b;"
                     "3:"
                     "vmov.32 r7, %q[a][0];"
                     "vmov %q[a][2], %q[a][0], r0, r4;"
                     "vmov %q[a][3], %q[a][1], r2, r6;"
                     "vmov %q[b][2], %q[b][0], r8, r12;"
                     "vmov %q[b][3], %q[b][1], r10, lr;"
                     "vshr.s32 %q[a], %q[a], #6;"
                     "vshr.s32 %q[b], %q[b], #6"
                     : [a] "=&w"(a), [b] "=&w"(b), [c] "=&w"(c), "+r"(v), "+r"(x), "+r"(n), "+r"(run)
                     :
                     : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2",
                       "q3", "cc", "memory");
    *first = a;
    *second = b;
}

#endif
#endif
