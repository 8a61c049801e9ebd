/*
 * steps.c - float32 values as a core has them: their bits where it has the instructions, in
 * inline assembly for the reason that float32.c gives, else a mantissa and an exponent.
 */
#include "template.h"
#include "float32.c"
#ifndef TMS_STEPS_C
#define TMS_STEPS_C

/* a constant, from its bits */
static inline tms_real_t tms_step_read(int32_t bits)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    const tms_real_t value = {bits, 0};

    return value;
#else
    const uint32_t exponent = ((uint32_t)bits >> 23) & 0xFFu;
    const int32_t mantissa =
        (int32_t)(((uint32_t)bits & 0x7FFFFFu) | ((exponent != 0u) ? 0x800000u : 0u));
    tms_real_t value;

    value.mantissa = (bits < 0) ? -mantissa : mantissa;
    value.exponent = (int32_t)((exponent != 0u) ? exponent : 1u) - 150;
    return value;
#endif
}

/* the product of two integers of up to 24 bits */
static inline tms_real_t tms_step_times(int32_t a, int32_t b)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    tms_real_t value = {0, 0};

    __asm__("vmov s14, s15, %1, %2;"
            "vcvt.f32.s32 s14, s14;"
            "vcvt.f32.s32 s15, s15;"
            "vmul.f32 s14, s14, s15;"
            "vmov %0, s14"
            : "=r"(value.mantissa)
            : "r"(a), "r"(b)
            : "s14", "s15");
    return value;
#else
    return tms_real((int64_t)a * b, 0);
#endif
}

/* an integer of up to 24 bits times a factor */
static inline tms_real_t tms_step_scaled(int32_t integer, tms_real_t factor)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    tms_real_t value = {0, 0};

    __asm__("vmov s14, s15, %1, %2;"
            "vcvt.f32.s32 s14, s14;"
            "vmul.f32 s14, s14, s15;"
            "vmov %0, s14"
            : "=r"(value.mantissa)
            : "r"(integer), "r"(factor.mantissa)
            : "s14", "s15");
    return value;
#else
    return tms_real((int64_t)integer * factor.mantissa, factor.exponent);
#endif
}

/* the same and another value, rounded once */
static inline tms_real_t tms_step_fused(int32_t integer, tms_real_t factor, tms_real_t other)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    tms_real_t value = {0, 0};

    __asm__("vmov s14, s15, %1, %2;"
            "vmov s13, %3;"
            "vcvt.f32.s32 s14, s14;"
            "vfma.f32 s13, s14, s15;"
            "vmov %0, s13"
            : "=r"(value.mantissa)
            : "r"(integer), "r"(factor.mantissa), "r"(other.mantissa)
            : "s13", "s14", "s15");
    return value;
#else
    return tms_real_sum((int64_t)integer * factor.mantissa, factor.exponent, other.mantissa,
                        other.exponent);
#endif
}

static inline tms_real_t tms_step_sum(tms_real_t a, tms_real_t b)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    tms_real_t value = {0, 0};

    __asm__("vmov s14, s15, %1, %2;"
            "vadd.f32 s14, s14, s15;"
            "vmov %0, s14"
            : "=r"(value.mantissa)
            : "r"(a.mantissa), "r"(b.mantissa)
            : "s14", "s15");
    return value;
#else
    return tms_real_sum(a.mantissa, a.exponent, b.mantissa, b.exponent);
#endif
}

static inline tms_real_t tms_step_product(tms_real_t a, tms_real_t b)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    tms_real_t value = {0, 0};

    __asm__("vmov s14, s15, %1, %2;"
            "vmul.f32 s14, s14, s15;"
            "vmov %0, s14"
            : "=r"(value.mantissa)
            : "r"(a.mantissa), "r"(b.mantissa)
            : "s14", "s15");
    return value;
#else
    return tms_real_product(a, b);
#endif
}

/* a / b for b > 0 */
static inline tms_real_t tms_step_quotient(tms_real_t a, tms_real_t b)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    tms_real_t value = {0, 0};

    __asm__("vmov s14, s15, %1, %2;"
            "vdiv.f32 s14, s14, s15;"
            "vmov %0, s14"
            : "=r"(value.mantissa)
            : "r"(a.mantissa), "r"(b.mantissa)
            : "s14", "s15");
    return value;
#else
    return tms_real_quotient(a, b);
#endif
}

/* the nearest integer, ties to even, less another one; limited to 24 bits */
static inline int32_t tms_step_nearest(tms_real_t value, int32_t origin)
{
    int32_t nearest;

#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    __asm__("vmov s14, %1;"
            "vcvtr.s32.f32 s14, s14;"
            "vmov %0, s14;"
            "ssat %0, #24, %0"
            : "=r"(nearest)
            : "r"(value.mantissa)
            : "s14", "cc");
#else
    nearest = tms_clamp(tms_real_nearest(value), -0x800000, 0x7FFFFF);
#endif
    return nearest - origin;
}

/* a value from 0 to 2^23 without its fraction */
static inline int32_t tms_step_truncated(tms_real_t value)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    int32_t whole;

    __asm__("vmov s14, %1;"
            "vcvt.s32.f32 s14, s14;"
            "vmov %0, s14"
            : "=r"(whole)
            : "r"(value.mantissa)
            : "s14");
    return whole;
#else
    if (value.exponent >= 0) {
        return tms_shift_left(value.mantissa, (uint32_t)value.exponent);
    }
    return (value.exponent < -31) ? 0 : tms_floor_shift(value.mantissa, (uint32_t)-value.exponent);
#endif
}

#endif
