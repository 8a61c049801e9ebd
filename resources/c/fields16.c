/*
 * fields16.c - products of 16-bit values with weights of fewer bits than eight of four channels.
 *
 * Pairs, as `fields.c` has them, are one channel's weights for two values that follow each other: those
 * of four channels, then the same for the next two values. Weights of 1, 3, 5 and 7 bits fill words
 * with eight values of four channels, others with four. Here one bit is told as 0 or 2, so that 1
 * is what exceeds -1 and 1.
 */
#include "template.h"
#include "fields.c"

/* Both weights of pair i, 16 bits apart. */
static inline TMS_INLINE uint32_t tms_fields_pair16(tms_fields_t *fields, uint32_t i)
{
    const uint32_t first = tms_fields_first(i);
    const uint32_t word = tms_fields_word(fields, i);

    if (TMS_WEIGHT_BITS == 1u) {
        return ((first == 0u) ? (word << 1) : (word >> ((first + 31u) & 31u))) & fields->mask;
    }
    return (word >> first) & fields->mask;
}

/* Adds the products of two values with the pair of a word that begins at first. */
static inline TMS_INLINE uint32_t tms_fields_sum16(uint32_t acc, uint32_t a, uint32_t b,
        uint32_t word, uint32_t first)
{
#if defined(__thumb__) && !defined(__thumb2__) && defined(__OPTIMIZE__) && defined(__GNUC__) \
    && !defined(__clang__)
    uint32_t weight;

    __asm__(".syntax unified;"
            "lsls %[w], %[word], %[low];"
            "lsrs %[w], %[w], %[bits];"
            "muls %[w], %[a], %[w];"
            "add %[acc], %[w];"
            "lsls %[w], %[word], %[high];"
            "lsrs %[w], %[w], %[bits];"
            "muls %[w], %[b], %[w];"
            "add %[acc], %[w]"
            : [acc] "+r"(acc), [w] "=&l"(weight)
            : [word] "l"(word), [a] "l"(a), [b] "l"(b), [low] "i"(32u - TMS_WEIGHT_BITS - first),
              [high] "i"(16u - TMS_WEIGHT_BITS - first), [bits] "i"(32u - TMS_WEIGHT_BITS)
            : "cc");
    return acc;
#else
    acc += a * tms_fields_one(word, first);
    return acc + (b * tms_fields_one(word, first + 16u));
#endif
}

/* Two values, each in a word of its own but with the DSP extension. */
typedef struct {
    uint32_t both;
    uint32_t a;
    uint32_t b;
} tms_two16_t;

static inline TMS_INLINE tms_two16_t tms_two16_of(const int16_t *in)
{
    const int32_t times = (TMS_WEIGHT_BITS == 1u) ? 2 : 1;
    tms_two16_t two = {0u, 0u, 0u};

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    (void)times;
    two.both = tms_word_of((const uint8_t *)(const void *)in);
#else
    two.a = (uint32_t)(in[0] * times);
    two.b = (uint32_t)(in[1] * times);
#endif
    return two;
}

/* Adds the products of two values with pair i. */
static inline TMS_INLINE void tms_fields_add16(tms_fields_t *fields, uint32_t i, tms_two16_t two,
        uint32_t *acc)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t pair = tms_fields_pair16(fields, i);

    __asm__ volatile("smlad %[acc], %[values], %[pair], %[acc]"
                     : [acc] "+r"(*acc)
                     : [values] "r"(two.both), [pair] "r"(pair));
#else
    const uint32_t first = tms_fields_first(i);
    const uint32_t word = tms_fields_word(fields, i);

    *acc = tms_fields_sum16(*acc, two.a, two.b, word, first);
#endif
}

/* Adds the products of two values with the next four pairs, of which the first is number i. */
static inline TMS_INLINE void tms_fields_two16(tms_fields_t *fields, uint32_t i,
        const int16_t *in, uint32_t acc[4])
{
    const tms_two16_t two = tms_two16_of(in);

    tms_fields_add16(fields, i, two, &acc[0]);
    tms_fields_add16(fields, i + 1u, two, &acc[1]);
    tms_fields_add16(fields, i + 2u, two, &acc[2]);
    tms_fields_add16(fields, i + 3u, two, &acc[3]);
#if !defined(__thumb2__)
    tms_settle(acc);
#endif
}

/* Adds the products of a run of so many blocks of values. */
static inline void tms_run16_fields(const int16_t *in, const uint8_t *weights, int32_t blocks,
        uint32_t acc[4])
{
    tms_fields_t fields = tms_fields_from(weights);

    if (TMS_WEIGHT_BITS == 1u) {
        fields.mask <<= 1;
    }
    for (; blocks > 0; blocks--) {
        tms_fields_two16(&fields, 0u, in, acc);
        tms_fields_two16(&fields, 4u, in + 2, acc);
        in += 4;
        if ((TMS_WEIGHT_BITS % 2u) != 0u) {
            tms_fields_two16(&fields, 8u, in, acc);
            tms_fields_two16(&fields, 12u, in + 2, acc);
            in += 4;
        }
    }
}
