/* dot_mve.c - products of two windows with four channels for Helium, for weights of every width. */
#include "template.h"
#ifndef TMS_DOT_MVE_C
#define TMS_DOT_MVE_C
#ifdef TMS_HELIUM

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
