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

/* floor(value / 2^shift) for 0 <= shift <= 31 */
static inline int32_t tms_shift_right(int32_t value, uint32_t shift)
{
#if defined(__GNUC__)
    return value >> shift; /* these compilers keep the sign, as they state */
#else
    return tms_floor_shift(value, shift);
#endif
}

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

/* the upper half of a product of 64 bits, rounded to nearest, ties up */
static inline int32_t tms_upper_product(uint32_t value, int32_t multiplier)
{
    const uint64_t product = (uint64_t)((int64_t)tms_signed(value) * multiplier);

    return tms_signed((uint32_t)(product >> 32) + ((uint32_t)product >> 31));
}

/*
 * An accumulator as output: multiplied, rounded twice, limited to eight bits. It comes doubled,
 * which makes the first rounding that of the product's upper half; shift is that of the second,
 * less one, and offset is the output's zero point and the half that rounds, both shifted:
 * (2 * zero_point + 1) << shift.
 */
static inline int32_t tms_narrow(uint32_t doubled, int32_t multiplier, int32_t offset,
                                 uint32_t shift)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    int32_t value;

    /* ties of the second rounding go away from zero: one less for negative values */
    __asm__("smmulr %0, %1, %2;"
            "add %0, %0, %0, asr #31;"
            "add %0, %0, %3;"
            "asr %0, %0, %4;"
            "ssat %0, #8, %0, asr #1"
            : "=&r"(value)
            : "r"(doubled), "r"(multiplier), "r"(offset), "r"(shift)
            : "cc");
    return value;
#else
    const int32_t high = tms_upper_product(doubled, multiplier);
    const int32_t value = high + offset - (int32_t)(high < 0);

    return tms_clamp_narrow(tms_shift_right(value, shift + 1u));
#endif
}

/* offset for tms_narrow; zero is twice the output's zero point and one */
static inline int32_t tms_narrow_offset(int32_t zero, uint32_t shift)
{
    return tms_signed((uint32_t)zero << shift);
}

/* one output; scaling holds its bias, multiplier and right shift less one */
static inline int8_t tms_narrow_output(uint32_t doubled, const int32_t *scaling, int32_t zero)
{
    const uint32_t shift = (uint32_t)scaling[2];

    return (int8_t)tms_narrow(doubled, scaling[1], tms_narrow_offset(zero, shift), shift);
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
