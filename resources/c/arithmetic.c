/*
 * arithmetic.c - fixed-point multiplication without undefined or implementation-defined steps.
 *
 * Right shifts act on unsigned values that an offset has made non-negative, left shifts on
 * unsigned ones, and every narrowing follows a clamp or a proven range.
 */
#include "template.h"
#ifndef TMS_ARITHMETIC_C
#define TMS_ARITHMETIC_C

/* The signed value of a two's complement pattern; compilers turn it into nothing. */
static inline int32_t tms_signed(uint32_t bits)
{
    return (bits <= 0x7FFFFFFFu) ? (int32_t)bits
                                 : (int32_t)(bits - 0x80000000u) + (-0x7FFFFFFF - 1);
}

/* The same for 64 bits. */
static inline int64_t tms_signed_wide(uint64_t bits)
{
    return (bits <= 0x7FFFFFFFFFFFFFFFu)
               ? (int64_t)bits
               : (int64_t)(bits - 0x8000000000000000u) + (-0x7FFFFFFFFFFFFFFF - 1);
}

/* value limited to [low, high] */
static inline int32_t tms_clamp(int32_t value, int32_t low, int32_t high)
{
    return (value < low) ? low : ((value > high) ? high : value);
}

/* A 64-bit value limited to [low, high]. */
static inline int32_t tms_clamp_wide(int64_t value, int32_t low, int32_t high)
{
    return (value < low) ? low : ((value > high) ? high : (int32_t)value);
}

/* floor(value / 2^shift) for 0 <= shift <= 31 */
static inline int32_t tms_floor_shift(int32_t value, uint32_t shift)
{
    return tms_signed((((uint32_t)value ^ 0x80000000u) >> shift) - (0x80000000u >> shift));
}

/* the same, as one instruction where the compiler states what it does with the sign */
static inline int32_t tms_shift_right(int32_t value, uint32_t shift)
{
#if defined(__GNUC__)
    return value >> shift; /* these compilers keep the sign, as they state */
#else
    return tms_floor_shift(value, shift);
#endif
}

/* floor(value / 2^shift) for 0 <= shift <= 63 */
static inline int64_t tms_floor_shift_wide(int64_t value, uint32_t shift)
{
    const uint64_t sign = (uint64_t)1 << 63;

    return tms_signed_wide((((uint64_t)value ^ sign) >> shift) - (sign >> shift));
}

/* value * 2^shift, saturated to 32 bits, for 0 <= shift <= 30 */
static inline int32_t tms_shift_left(int32_t value, uint32_t shift)
{
    const int64_t wide = (int64_t)value * (int64_t)((uint64_t)1 << shift);

    return tms_clamp_wide(wide, -0x7FFFFFFF - 1, 0x7FFFFFFF);
}

/*
 * The upper half of a product of 64 bits for cores that multiply only to 32, from products of halves;
 * the lower half of middle is the upper half of what is below.
 */
static inline TMS_INLINE uint32_t tms_product_upper(int32_t value, int32_t factor, int32_t *middle)
{
    const int32_t upper = tms_shift_right(value, 16u);
    const int32_t other = tms_shift_right(factor, 16u);
    const uint32_t lower = (uint32_t)value & 0xFFFFu;
    const uint32_t rest = (uint32_t)factor & 0xFFFFu;
    const int32_t first = (upper * (int32_t)rest) + (int32_t)((lower * rest) >> 16);

    *middle = ((int32_t)lower * other) + (int32_t)((uint32_t)first & 0xFFFFu);
    return (uint32_t)((upper * other) + tms_shift_right(first, 16u))
           + (uint32_t)tms_shift_right(*middle, 16u);
}

/* value * factor / 2^31 to nearest, ties up, from products of halves */
static TMS_LAYER int32_t tms_halves_high(int32_t value, int32_t factor)
{
    int32_t middle;
    const uint32_t upper = tms_product_upper(value, factor, &middle);

    return tms_signed((upper << 1) + (((((uint32_t)middle >> 14) & 3u) + 1u) >> 1));
}

/* value * factor / 2^31 to nearest, ties up, except for both -2^31 (no factor here is) */
static inline int32_t tms_high_multiply(int32_t value, int32_t factor)
{
#if defined(__thumb__) && !defined(__thumb2__) && defined(__GNUC__)
    return tms_halves_high(value, factor);
#else
    /* 2^62 keeps the shifted number non-negative, 2^30 rounds */
    const uint64_t product = (uint64_t)((int64_t)value * factor) + 0x4000000040000000u;

    (void)tms_halves_high;
    return tms_signed((uint32_t)(product >> 31) ^ 0x80000000u);
#endif
}

/* value / 2^shift to nearest, ties away from zero, for 0 <= shift <= 31 */
static inline int32_t tms_rounding_shift(int32_t value, uint32_t shift)
{
    const uint32_t bits = (uint32_t)value ^ 0x80000000u;
    const uint32_t mask = ((uint32_t)1 << shift) - 1u;
    const uint32_t half = (mask >> 1) + (uint32_t)(value < 0);
    const uint32_t up = (uint32_t)((bits & mask) > half);

    return tms_signed((bits >> shift) + up - (0x80000000u >> shift));
}

/* value * multiplier * 2^(shift - 31) with two roundings; -31 <= shift <= 30, positive is left */
static inline int32_t tms_multiply(int32_t value, int32_t multiplier, int32_t shift)
{
    if (shift > 0) {
        return tms_high_multiply(tms_shift_left(value, (uint32_t)shift), multiplier);
    }
    return tms_rounding_shift(tms_high_multiply(value, multiplier), (uint32_t)-shift);
}

/* value / 2^bits to nearest, ties up, for |value| <= 2^62 and 1 <= bits <= 62 */
static inline int64_t tms_drop_half_up(int64_t value, uint32_t bits)
{
    return tms_floor_shift_wide(
        tms_signed_wide((uint64_t)value + ((uint64_t)1 << (bits - 1u))), bits);
}

/* the same with ties away from zero */
static inline int64_t tms_drop_half_away(int64_t value, uint32_t bits)
{
    return tms_drop_half_up(value - ((value < 0) ? 1 : 0), bits);
}

/* the same with ties to the even integer */
static inline int64_t tms_drop_half_even(int64_t value, uint32_t bits)
{
    const int64_t odd = (int64_t)(((uint64_t)value >> bits) & 1u);

    return tms_drop_half_up(value - (1 - odd), bits);
}

/* the same towards minus infinity */
static inline int64_t tms_drop_floor(int64_t value, uint32_t bits)
{
    return tms_floor_shift_wide(value, bits);
}

/* value * multiplier * 2^(shift - 31) with one rounding; -31 <= shift <= 30, positive is left */
static inline int32_t tms_multiply_once(int32_t value, int32_t multiplier, int32_t shift)
{
    const int64_t product = (int64_t)value * multiplier;

    return tms_clamp_wide(TMS_DROP(product, (uint32_t)(31 - shift)), -0x7FFFFFFF - 1, 0x7FFFFFFF);
}

/* the integer below value / divisor, and in rest what is left; 0 < divisor <= 2^30 */
static inline int32_t tms_divide_below(int32_t value, int32_t divisor, int32_t *rest)
{
    int32_t quotient = value / divisor;

    *rest = value % divisor;
    if (*rest < 0) {
        *rest += divisor;
        quotient--;
    }
    return quotient;
}

/* value / divisor to nearest, ties up; 0 < divisor <= 2^30 */
static inline int32_t tms_divide_half_up(int32_t value, int32_t divisor)
{
    int32_t rest;
    const int32_t below = tms_divide_below(value, divisor, &rest);

    return below + (int32_t)((2 * rest) >= divisor);
}

/* the same with ties away from zero */
static inline int32_t tms_divide_half_away(int32_t value, int32_t divisor)
{
    int32_t rest;
    const int32_t below = tms_divide_below(value, divisor, &rest);

    return below + (int32_t)((2 * rest) >= (divisor + (int32_t)(below < 0)));
}

/* the same with ties to the even integer */
static inline int32_t tms_divide_half_even(int32_t value, int32_t divisor)
{
    int32_t rest;
    const int32_t below = tms_divide_below(value, divisor, &rest);

    return below + (int32_t)((2 * rest) > (divisor - (int32_t)((uint32_t)below & 1u)));
}

/* the same towards minus infinity */
static inline int32_t tms_divide_floor(int32_t value, int32_t divisor)
{
    int32_t rest;

    return tms_divide_below(value, divisor, &rest);
}

/* A 32-bit accumulator on the output's grid, limits and result before its zero point is added. */
static inline int32_t tms_requantize(uint32_t acc, int32_t multiplier, int32_t shift,
                                     int32_t low, int32_t high)
{
    return tms_clamp(TMS_MULTIPLY(tms_signed(acc), multiplier, shift), low, high);
}

/* A 64-bit accumulator times a 16-bit multiplier, with one rounding, -31 <= shift <= 14. */
static inline int64_t tms_multiply_wide(uint64_t acc, int32_t multiplier, int32_t shift)
{
    const uint32_t total = (uint32_t)(15 - shift);

    return TMS_DROP(tms_signed_wide(acc * (uint64_t)(uint32_t)multiplier), total);
}

/* A 64-bit accumulator on the output's grid. */
static inline int32_t tms_requantize_wide(uint64_t acc, int32_t multiplier, int32_t shift,
                                          int32_t low, int32_t high)
{
    return tms_clamp_wide(TMS_MULTIPLY_WIDE(acc, multiplier, shift), low, high);
}

#endif
