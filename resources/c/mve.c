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

/* With two roundings, where shift is negative for one to the left, see tms_narrow_left. */
static inline int32x4_t tms_mve_scaled_left(int32x4_t acc, int32x4_t multiplier, int32x4_t shift,
                                            int32x4_t zero)
{
    const int32x4_t none = vdupq_n_s32(0);
    const int32x4_t left = vmvnq_s32(shift);
    const int32x4_t right = vminq_s32(left, none);
    const int32x4_t high = vqrdmulhq_s32(vshlq_s32(acc, vmaxq_s32(left, none)), multiplier);
    const int32x4_t away = vqaddq_s32(high, vshrq_n_s32(vandq_s32(high, right), 31));

    return vqaddq_s32(vrshlq_s32(away, right), vshrq_n_s32(zero, 1));
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

#endif
#endif
