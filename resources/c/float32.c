/*
 * float32.c - ONNX Runtime's steps in float32, computed with integers.
 *
 * A value is mantissa * 2^exponent with a mantissa of 24 bits. Every step is exact and is then
 * rounded to 24 bits, ties to even, which is what float32 does; so no floating-point unit, no
 * library and no compiler option can change a result.
 */
#include "template.h"
#include "arithmetic.c"
#ifndef TMS_FLOAT32_C
#define TMS_FLOAT32_C

typedef struct {
    int32_t mantissa; /* 2^24 at most */
    int32_t exponent;
} tms_real_t;

/* bits that a number takes */
static inline uint32_t tms_bit_length(uint64_t value)
{
#if defined(__GNUC__)
    if (((value >> 32) == 0u) && (value != 0u)) {
        return 32u - (uint32_t)__builtin_clz((uint32_t)value);
    }
    return (value == 0u) ? 0u : (64u - (uint32_t)__builtin_clzll(value));
#else
    uint32_t bits = 0u;

    while (value != 0u) {
        value >>= 1;
        bits++;
    }
    return bits;
#endif
}

/* the magnitude of a number above -2^63 */
static inline uint64_t tms_magnitude(int64_t value)
{
    return (uint64_t)((value < 0) ? -value : value);
}

/* mantissa * 2^exponent rounded to 24 bits, for |mantissa| <= 2^62 */
static TMS_LAYER tms_real_t tms_real(int64_t mantissa, int32_t exponent)
{
    const uint32_t bits = tms_bit_length(tms_magnitude(mantissa));
    tms_real_t result;

    if (bits <= 24u) {
        result.mantissa = (int32_t)mantissa;
        result.exponent = exponent;
    } else {
        result.mantissa = (int32_t)tms_drop_half_even(mantissa, bits - 24u);
        result.exponent = exponent + (int32_t)(bits - 24u);
    }
    return result;
}

/* the nearest integer, ties to even, saturated to 32 bits */
static inline int32_t tms_real_nearest(tms_real_t value)
{
    if (value.exponent > 0) {
        return tms_shift_left(value.mantissa,
                              (uint32_t)((value.exponent > 30) ? 30 : value.exponent));
    }
    if (value.exponent < -62) {
        return 0;
    }
    return (value.exponent == 0)
               ? value.mantissa
               : (int32_t)tms_drop_half_even(value.mantissa, (uint32_t)-value.exponent);
}

/* value / 2^shift downwards, with the last bit set where something is lost */
static inline int64_t tms_odd_shift(int64_t value, int32_t shift)
{
    const uint32_t bits = (shift > 63) ? 63u : (uint32_t)shift;
    const uint64_t lost = (uint64_t)value & (((uint64_t)1 << bits) - 1u);

    return tms_signed_wide((uint64_t)tms_floor_shift_wide(value, bits) | (uint64_t)(lost != 0u));
}

/* first * 2^exponent + second * 2^lower, where exponent >= lower, both within +-2^42 */
static inline tms_real_t tms_real_aligned(int64_t first, int32_t exponent, int64_t second,
        int32_t lower)
{
    const int32_t gap = exponent - lower;
    const int32_t room = 60 - (int32_t)tms_bit_length(tms_magnitude(first));

    if (first == 0) {
        return tms_real(second, lower);
    }
    if (gap <= room) {
        return tms_real((first * (int64_t)((uint64_t)1 << gap)) + second, lower);
    }
    /* the second is too small for more than to say on which side of a tie the sum lies */
    return tms_real((first * (int64_t)((uint64_t)1 << room)) + tms_odd_shift(second, gap - room),
                    exponent - room);
}

/* a sum rounded once, of any order */
static TMS_LAYER tms_real_t tms_real_sum(int64_t a, int32_t a_exponent, int64_t b, int32_t b_exponent)
{
    return (a_exponent >= b_exponent) ? tms_real_aligned(a, a_exponent, b, b_exponent)
                                      : tms_real_aligned(b, b_exponent, a, a_exponent);
}

static inline tms_real_t tms_real_product(tms_real_t a, tms_real_t b)
{
    return tms_real((int64_t)a.mantissa * b.mantissa, a.exponent + b.exponent);
}

/* numerator * 2^shift / divisor downwards, with the last bit set where something is lost */
static inline int64_t tms_odd_quotient(uint64_t numerator, uint32_t shift, int32_t divisor)
{
    const uint64_t shifted = numerator << shift;
    const uint64_t rest = (uint64_t)((shifted % (uint64_t)divisor) != 0u);

    return (int64_t)((shifted / (uint64_t)divisor) | rest);
}

/* a / b for b > 0 */
static TMS_LAYER tms_real_t tms_real_quotient(tms_real_t a, tms_real_t b)
{
    const uint64_t magnitude = tms_magnitude(a.mantissa);
    const uint32_t shift = 62u - tms_bit_length(magnitude);
    const int64_t quotient = tms_odd_quotient(magnitude, shift, b.mantissa);

    return tms_real((a.mantissa < 0) ? -quotient : quotient,
                    a.exponent - b.exponent - (int32_t)shift);
}

/*
 * value * multiplier * 2^(shift - 31) with value and product rounded to 24 bits, to the nearest
 * integer; the multiplier has 24 bits above seven zeros, -48 <= shift <= 30
 */
static TMS_LAYER int32_t tms_multiply_stepwise(int64_t value, int32_t multiplier, int32_t shift)
{
    const tms_real_t acc = tms_real(value, 0);
    const int64_t product = (int64_t)acc.mantissa * (int32_t)((uint32_t)multiplier >> 7);

    return tms_real_nearest(tms_real(product, acc.exponent + shift - 24));
}

/* value / 2^bits to nearest, ties to even, for 1 <= bits <= 31 */
static inline uint32_t tms_halve_evenly(uint32_t value, uint32_t bits)
{
    const uint32_t below = value >> bits;
    const uint32_t rest = value - (below << bits);

    return below + (uint32_t)((rest + (below & 1u)) > ((uint32_t)1 << (bits - 1u)));
}

/*
 * The same for 32 bits, with little stack: the accumulator, with 24 bits from the first one on, has
 * a product of 47 or 48 bits, the lower 16 of which only say whether there are any.
 */
static inline int32_t tms_multiply_short(int32_t value, int32_t multiplier, int32_t shift)
{
    const uint32_t magnitude = (value < 0) ? (0u - (uint32_t)value) : (uint32_t)value;
    const uint32_t bits = tms_bit_length(magnitude);
    const uint32_t acc = (bits > 24u) ? tms_halve_evenly(magnitude, bits - 24u)
                                      : (magnitude << (24u - bits));
    const uint64_t product = (uint64_t)acc * ((uint32_t)multiplier >> 7);
    const uint32_t upper = (uint32_t)(product >> 16) | (uint32_t)(((uint32_t)product << 16) != 0u);
    const uint32_t drop = 7u + (upper >> 31);
    const int32_t right = 32 - (int32_t)(bits + drop) - shift;
    uint32_t result = tms_halve_evenly(upper, drop);

    if (right > 0) {
        result = (right > 25) ? 0u : tms_halve_evenly(result, (uint32_t)right);
    } else if (result != 0u) {
        result = (right < -7) ? 0x7FFFFFFFu : (result << (uint32_t)-right);
        result = (result > 0x7FFFFFFFu) ? 0x7FFFFFFFu : result;
    }
    return (value < 0) ? -(int32_t)result : (int32_t)result;
}

/*
 * The same. A product of 55 bits loses a quarter of 2^32 at most; so where its upper half is not
 * next to a tie, that alone decides.
 */
static inline int32_t tms_multiply_exactly(int32_t value, int32_t multiplier, int32_t shift)
{
    if ((((uint32_t)value + 0x1000000u) < 0x2000000u) && (shift < -2)) {
        const uint32_t right = (uint32_t)(-1 - shift);
        const uint32_t mask = ((uint32_t)1 << right) - 1u;
        const int64_t product = (int64_t)value * multiplier;
        const uint32_t upper = (uint32_t)((uint64_t)product >> 32) + ((mask >> 1) + 1u);

        if (((upper + 1u) & mask) > 1u) {
            return tms_floor_shift(tms_signed(upper), right);
        }
    }
    return tms_multiply_short(value, multiplier, shift);
}

/* The same for a factor given as the bits of a float32 value from 2^-32 on, once in a header. */
static TMS_LAYER int32_t tms_multiply_bits(int32_t value, uint32_t factor)
{
    const int32_t multiplier = (int32_t)(((factor & 0x7FFFFFu) | 0x800000u) << 7);

    return tms_multiply_exactly(value, multiplier, (int32_t)(factor >> 23) - 126);
}

/* The same for any that is not negative; with a smaller one all products are nearest to 0. */
static inline int32_t tms_product_exactly(int32_t value, uint32_t factor)
{
    return (factor < (95u << 23)) ? 0 : tms_multiply_bits(value, factor);
}

/*
 * The same with the instructions of a core that has them. Inline assembly, as nothing that a
 * compiler may do with floating-point values then changes a bit; each rounds to nearest, ties to
 * even, unless a program has set another rounding.
 */
static inline int32_t tms_product_float32(int32_t value, uint32_t factor)
{
#if defined(__thumb2__) && defined(__ARM_FP) && defined(__GNUC__)
    int32_t result;

    __asm__("vmov s14, s15, %1, %2;"
            "vcvt.f32.s32 s14, s14;"
            "vmul.f32 s14, s14, s15;"
            "vcvtr.s32.f32 s14, s14;"
            "vmov %0, s14"
            : "=r"(result)
            : "r"(value), "r"(factor)
            : "s14", "s15");
    return result;
#elif defined(__riscv_flen) && defined(__GNUC__)
    int32_t result;

    __asm__("fcvt.s.w ft0, %1, rne;"
            "fmv.w.x ft1, %2;"
            "fmul.s ft0, ft0, ft1, rne;"
            "fcvt.w.s %0, ft0, rne"
            : "=r"(result)
            : "r"(value), "r"(factor)
            : "ft0", "ft1");
    return result;
#else
    return tms_product_exactly(value, factor);
#endif
}

/* The same for a multiplier and its shift, -31 <= shift <= 30. */
static inline int32_t tms_multiply_float32(int32_t value, int32_t multiplier, int32_t shift)
{
#if ((defined(__thumb2__) && defined(__ARM_FP)) || defined(__riscv_flen)) && defined(__GNUC__)
    const uint32_t exponent = (multiplier == 0) ? 0u : (uint32_t)(125 + shift);

    return tms_product_float32(value, (exponent << 23) + ((uint32_t)multiplier >> 7));
#else
    return tms_multiply_exactly(value, multiplier, shift);
#endif
}

/* The same for 64 bits within +-2^47. */
static inline int64_t tms_multiply_wide_float32(uint64_t acc, int32_t multiplier, int32_t shift)
{
    return tms_multiply_stepwise(tms_signed_wide(acc), multiplier, shift);
}

#endif
