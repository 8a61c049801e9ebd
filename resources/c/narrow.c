/*
 * narrow.c - 8-bit results and pairs of 16-bit products, for the kernels that work on blocks.
 *
 * Where the core has the DSP extension, one instruction multiplies and adds two pairs of 16 bits,
 * widens two bytes, or takes the rounded high half of a product. Inline assembly, because GCC 12
 * keeps fewer values in registers around the intrinsics of the same instructions. The C beside it
 * gives the same integers.
 */
#include "template.h"
#include "arithmetic.c"
#ifndef TMS_NARROW_C
#define TMS_NARROW_C

/* value limited to eight bits */
static inline int32_t tms_clamp_narrow(int32_t value)
{
#if defined(__ARM_FEATURE_SAT) && defined(__GNUC__)
    int32_t limited;

    __asm__("ssat %0, #8, %1" : "=r"(limited) : "r"(value) : "cc");
    return limited;
#else
    return tms_clamp(value, -128, 127);
#endif
}

/* value limited to 16 bits */
static inline int32_t tms_clamp_half_word(int32_t value)
{
#if defined(__ARM_FEATURE_SAT) && defined(__GNUC__)
    int32_t limited;

    __asm__("ssat %0, #16, %1" : "=r"(limited) : "r"(value) : "cc");
    return limited;
#else
    return tms_clamp(value, -0x8000, 0x7FFF);
#endif
}

/* half of a value, downwards, limited to eight bits */
static inline int32_t tms_clamp_half(int32_t value)
{
#if defined(__ARM_FEATURE_SAT) && defined(__GNUC__)
    int32_t limited;

    __asm__("ssat %0, #8, %1, asr #1" : "=r"(limited) : "r"(value) : "cc");
    return limited;
#else
    return tms_clamp(tms_shift_right(value, 1u), -128, 127);
#endif
}

/* the upper half of a product of 64 bits, downwards */
static inline int32_t tms_upper_product(uint32_t value, int32_t multiplier)
{
    const uint64_t product = (uint64_t)((int64_t)tms_signed(value) * multiplier);

    return tms_signed((uint32_t)(product >> 32));
}

/* the upper half of a product, rounded to nearest, ties up, for cores that multiply only to 32 bits */
static TMS_LAYER int32_t tms_halves_rounded(int32_t value, int32_t multiplier)
{
    int32_t middle;
    const uint32_t upper = tms_product_upper(value, multiplier, &middle);

    return tms_signed(upper + (((uint32_t)middle >> 15) & 1u));
}

/* the same for all cores */
static inline int32_t tms_upper_rounded(uint32_t value, int32_t multiplier)
{
#if defined(__thumb__) && !defined(__thumb2__) && defined(__GNUC__)
    return tms_halves_rounded(tms_signed(value), multiplier);
#else
    const uint64_t product = (uint64_t)((int64_t)tms_signed(value) * multiplier);

    (void)tms_halves_rounded;
    return tms_signed((uint32_t)(product >> 32) + ((uint32_t)product >> 31));
#endif
}

/*
 * An accumulator becomes an output by (high + (zero << shift)) >> (shift + 1), where zero is twice
 * the output's zero point, and one unless what is left is dropped. It comes doubled; high is what
 * the rounding of the layer makes of it:
 *
 * Two roundings: the doubled accumulator's product has the first one in its upper half; ties of the
 * second one go away from zero, so a negative value is one less.
 */
static inline int32_t tms_high_twice(uint32_t doubled, int32_t multiplier, uint32_t shift)
{
    (void)shift;
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    int32_t high;

    __asm__("smmulr %0, %1, %2;"
            "add %0, %0, %0, asr #31"
            : "=&r"(high)
            : "r"(doubled), "r"(multiplier));
    return high;
#else
    const int32_t high = tms_upper_rounded(doubled, multiplier);

    return high - (int32_t)(high < 0);
#endif
}

/* One rounding, ties up, or none: both add multiples of 2^32, so the lower half has no say. */
static inline int32_t tms_high_once(uint32_t doubled, int32_t multiplier, uint32_t shift)
{
    (void)shift;
    return tms_upper_product(doubled, multiplier);
}

/* One rounding, ties away from zero: a negative product is a little less. */
static inline int32_t tms_high_away(uint32_t doubled, int32_t multiplier, uint32_t shift)
{
    const int64_t product = (int64_t)tms_signed(doubled) * multiplier;

    (void)shift;
    return tms_signed((uint32_t)((uint64_t)(product - (int64_t)(product < 0)) >> 32));
}

/* One rounding, ties up, or none, where the factor is a power of two: there is only the shift. */
static inline int32_t tms_high_shift(uint32_t doubled, int32_t multiplier, uint32_t shift)
{
    (void)multiplier;
    (void)shift;
    return tms_signed(doubled);
}

/* The same with ties to even: one less where the integer below is even. */
static inline int32_t tms_high_even(uint32_t doubled, int32_t multiplier, uint32_t shift)
{
    (void)multiplier;
    return tms_signed((doubled - 1u) + ((doubled >> (shift + 1u)) & 1u));
}

/* An accumulator, doubled, as output, limited to eight bits. */
static inline TMS_INLINE int32_t tms_narrow(uint32_t doubled, int32_t multiplier, int32_t zero,
                                 uint32_t shift)
{
    const int32_t offset = tms_signed((uint32_t)zero << shift);

    return tms_clamp_half(
        tms_shift_right(TMS_HIGH(doubled, multiplier, shift) + offset, shift));
}

/*
 * The same with two roundings, where a negative shift is one to the left: by as much as it is less
 * than -1. Then there is nothing to round twice.
 */
static inline TMS_INLINE int32_t tms_narrow_left(uint32_t doubled, int32_t multiplier, int32_t zero,
                                                 uint32_t shift)
{
    if (shift <= 0x7FFFFFFFu) {
        return tms_narrow(doubled, multiplier, zero, shift);
    }
    return tms_clamp_narrow(tms_upper_rounded(doubled << (0u - 1u - shift), multiplier)
                            + tms_shift_right(zero, 1u));
}

/* The same with any shift, positive is left, by the rounding's own multiplication. */
static inline int32_t tms_narrow_any(uint32_t doubled, int32_t multiplier, int32_t zero,
                                     uint32_t shift)
{
    const int32_t acc = tms_shift_right(tms_signed(doubled), 1u);

    return tms_clamp_narrow(
        tms_clamp_half_word(TMS_MULTIPLY(acc, multiplier, tms_signed(shift))) + zero);
}

/* one output; scaling holds its bias, multiplier and shift */
static inline int8_t tms_narrow_output(uint32_t doubled, const int32_t *scaling, int32_t zero)
{
    return (int8_t)TMS_NARROW(doubled, scaling[1], zero, (uint32_t)scaling[2]);
}

/* limits that are tighter than eight bits, for all results of a layer */
static inline void tms_limit(int8_t *values, int32_t size, int32_t low, int32_t high)
{
    if ((low > -128) || (high < 127)) {
        for (int32_t i = 0; i < size; i++) {
            values[i] = (int8_t)tms_clamp(values[i], low, high);
        }
    }
}

/* four bytes as one word */
static inline uint32_t tms_load(const int8_t *bytes)
{
    uint32_t word;

    (void)memcpy(&word, bytes, sizeof word);
    return word;
}

/* one word as two values of 16 bits */
static inline void tms_store(int16_t *values, uint32_t word)
{
    (void)memcpy(values, &word, sizeof word);
}

/* bytes 0 and 2 of a word, signed, each added to a half of base */
static inline uint32_t tms_widen_even(uint32_t base, uint32_t word)
{
    uint32_t halves;

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    __asm__("sxtab16 %0, %1, %2" : "=r"(halves) : "r"(base), "r"(word));
#else
    halves = (base + (((word & 0xFFu) ^ 0x80u) - 0x80u)) & 0xFFFFu;
    halves |= ((base >> 16) + ((((word >> 16) & 0xFFu) ^ 0x80u) - 0x80u)) << 16;
#endif
    return halves;
}

/* bytes 1 and 3 of a word, likewise */
static inline uint32_t tms_widen_odd(uint32_t base, uint32_t word)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    uint32_t halves;

    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(halves) : "r"(base), "r"(word));
    return halves;
#else
    return tms_widen_even(base, word >> 8);
#endif
}

#endif
