/* depthwise_taps.c - one to three products in a row for each of four neighbouring channels. */
#include "template.h"
#include "conv2d_blocks.c"
#include "narrow.c"
#ifndef TMS_DEPTHWISE_TAPS_C
#define TMS_DEPTHWISE_TAPS_C

/*
 * One product for each of four channels; base is the zero point, for the DSP extension negative
 * and in both halves.
 */
static inline void tms_depthwise_tap(const int8_t *in, const int8_t *weights,
        uint32_t base, uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t x = tms_load(in);
    const uint32_t w = tms_load(weights);
    uint32_t t;
    uint32_t u;

    __asm__ volatile("sxtab16 %[t], %[base], %[x];"
                     "sxtb16 %[u], %[w];"
                     "smlabb %[a], %[t], %[u], %[a];"
                     "smlatt %[c], %[t], %[u], %[c];"
                     "sxtab16 %[t], %[base], %[x], ror #8;"
                     "sxtb16 %[u], %[w], ror #8;"
                     "smlabb %[b], %[t], %[u], %[b];"
                     "smlatt %[d], %[t], %[u], %[d]"
                     : [a] "+r"(acc[0]), [b] "+r"(acc[1]), [c] "+r"(acc[2]), [d] "+r"(acc[3]),
                       [t] "=&r"(t), [u] "=&r"(u)
                     : [x] "r"(x), [w] "r"(w), [base] "r"(base));
#else
    const int32_t zero_point = (int32_t)base;

    acc[0] += (uint32_t)((in[0] - zero_point) * weights[0]);
    acc[1] += (uint32_t)((in[1] - zero_point) * weights[1]);
    acc[2] += (uint32_t)((in[2] - zero_point) * weights[2]);
    acc[3] += (uint32_t)((in[3] - zero_point) * weights[3]);
    tms_settle(acc);
#endif
}

/* two products in a row for each of four channels; moves on to the next weights */
static inline TMS_INLINE void tms_depthwise_two(const int8_t *in, int32_t step,
        const int8_t **weights, uint32_t base, uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && defined(__GNUC__)
    uint32_t x;
    uint32_t w;
    uint32_t t;
    uint32_t u;

    __asm__ volatile("ldr %[x], [%[in]];"
                     "ldr %[w], [%[weights]], #4;"
                     "sxtab16 %[t], %[base], %[x];"
                     "sxtb16 %[u], %[w];"
                     "smlabb %[a], %[t], %[u], %[a];"
                     "smlatt %[c], %[t], %[u], %[c];"
                     "sxtab16 %[t], %[base], %[x], ror #8;"
                     "sxtb16 %[u], %[w], ror #8;"
                     "smlabb %[b], %[t], %[u], %[b];"
                     "smlatt %[d], %[t], %[u], %[d];"
                     "ldr %[x], [%[in], %[step]];"
                     "ldr %[w], [%[weights]], #4;"
                     "sxtab16 %[t], %[base], %[x];"
                     "sxtb16 %[u], %[w];"
                     "smlabb %[a], %[t], %[u], %[a];"
                     "smlatt %[c], %[t], %[u], %[c];"
                     "sxtab16 %[t], %[base], %[x], ror #8;"
                     "sxtb16 %[u], %[w], ror #8;"
                     "smlabb %[b], %[t], %[u], %[b];"
                     "smlatt %[d], %[t], %[u], %[d]"
                     : [a] "+r"(acc[0]), [b] "+r"(acc[1]), [c] "+r"(acc[2]), [d] "+r"(acc[3]),
                       [weights] "+r"(*weights), [x] "=&r"(x), [w] "=&r"(w), [t] "=&r"(t),
                       [u] "=&r"(u)
                     : [in] "r"(in), [step] "r"(step), [base] "r"(base)
                     : "memory");
#else
    const int8_t *w = *weights;

    tms_depthwise_tap(in, w, base, acc);
    tms_depthwise_tap(in + step, w + 4, base, acc);
    *weights = w + 8;
#endif
}

/* three products in a row for each of four channels; moves on to the next weights */
static inline TMS_INLINE void tms_depthwise_three(const int8_t *in, int32_t step,
        const int8_t **weights, uint32_t base, uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && defined(__GNUC__)
    uint32_t x;
    uint32_t w;
    uint32_t t;
    uint32_t u;

    __asm__ volatile("ldr %[x], [%[in]];"
                     "ldr %[w], [%[weights]], #4;"
                     "sxtab16 %[t], %[base], %[x];"
                     "sxtb16 %[u], %[w];"
                     "smlabb %[a], %[t], %[u], %[a];"
                     "smlatt %[c], %[t], %[u], %[c];"
                     "sxtab16 %[t], %[base], %[x], ror #8;"
                     "sxtb16 %[u], %[w], ror #8;"
                     "smlabb %[b], %[t], %[u], %[b];"
                     "smlatt %[d], %[t], %[u], %[d];"
                     "ldr %[x], [%[in], %[step]];"
                     "ldr %[w], [%[weights]], #4;"
                     "sxtab16 %[t], %[base], %[x];"
                     "sxtb16 %[u], %[w];"
                     "smlabb %[a], %[t], %[u], %[a];"
                     "smlatt %[c], %[t], %[u], %[c];"
                     "sxtab16 %[t], %[base], %[x], ror #8;"
                     "sxtb16 %[u], %[w], ror #8;"
                     "smlabb %[b], %[t], %[u], %[b];"
                     "smlatt %[d], %[t], %[u], %[d];"
                     "ldr %[x], [%[in], %[step], lsl #1];"
                     "ldr %[w], [%[weights]], #4;"
                     "sxtab16 %[t], %[base], %[x];"
                     "sxtb16 %[u], %[w];"
                     "smlabb %[a], %[t], %[u], %[a];"
                     "smlatt %[c], %[t], %[u], %[c];"
                     "sxtab16 %[t], %[base], %[x], ror #8;"
                     "sxtb16 %[u], %[w], ror #8;"
                     "smlabb %[b], %[t], %[u], %[b];"
                     "smlatt %[d], %[t], %[u], %[d]"
                     : [a] "+r"(acc[0]), [b] "+r"(acc[1]), [c] "+r"(acc[2]), [d] "+r"(acc[3]),
                       [weights] "+r"(*weights), [x] "=&r"(x), [w] "=&r"(w), [t] "=&r"(t),
                       [u] "=&r"(u)
                     : [in] "r"(in), [step] "r"(step), [base] "r"(base)
                     : "memory");
#else
    const int8_t *w = *weights;

    tms_depthwise_tap(in, w, base, acc);
    tms_depthwise_tap(in + step, w + 4, base, acc);
    tms_depthwise_tap(in + (2 * step), w + 8, base, acc);
    *weights = w + 12;
#endif
}

#endif
