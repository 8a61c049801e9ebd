/*
 * fields.c - weights of fewer bits than eight in pairs, decoded as they are used.
 *
 * 16 pairs are as many words as a weight has bits. 2^(bits - 1) is added to every weight, so that none
 * has a sign; of one bit half of the sum is stored. The two of a pair stand 16 bits apart: one
 * instruction takes both from their word. From bits 0 and 16 on a word has as many pairs as fit, then
 * the bits of a rest; the rests of several words, the last one's above those before, are the pairs
 * that follow theirs. What is added to all weights is taken back from a sum of products as
 * 2^(bits - 1) times the sum of its inputs.
 */
#include "template.h"
#include "conv2d_blocks.c"
#ifndef TMS_FIELDS_C
#define TMS_FIELDS_C

/* The place in a stream of words. */
typedef struct {
    const uint8_t *weights; /* the next word; aligned to four bytes */
    uint32_t word;
    uint32_t spare; /* the rests of the words so far */
    uint32_t mask; /* the bits that a pair may have */
} tms_fields_t;

/* The place before the first weight. */
static inline TMS_INLINE tms_fields_t tms_fields_from(const uint8_t *weights)
{
    tms_fields_t fields;

    fields.weights = weights;
    fields.word = 0u;
    fields.spare = 0u;
    fields.mask = 0x00010001u * ((1u << TMS_WEIGHT_BITS) - 1u);
#if defined(__GNUC__)
    /* held in a register, the mask leaves room for a shift in its instruction */
    __asm__("" : "+r"(fields.mask));
#endif
    return fields;
}

/* whole pairs in a word, bits of its rest, and words whose rests are whole pairs */
static inline TMS_INLINE uint32_t tms_fields_whole(void)
{
    return 16u / TMS_WEIGHT_BITS;
}

static inline TMS_INLINE uint32_t tms_fields_rest(void)
{
    return 16u % TMS_WEIGHT_BITS;
}

static inline TMS_INLINE uint32_t tms_fields_words(void)
{
    return (tms_fields_rest() == 0u) ? 1u : ((TMS_WEIGHT_BITS == 6u) ? 3u : TMS_WEIGHT_BITS);
}

/* moves on to the next word, the first of those whose rests belong together or a later one */
static inline TMS_INLINE void tms_fields_next(tms_fields_t *fields, int first)
{
    const uint32_t rest = tms_fields_rest();

    fields->word = tms_word_of(fields->weights);
    fields->weights += 4;
    if (rest != 0u) {
        const uint32_t bits = fields->word & (0x00010001u * (0x10000u - (0x10000u >> rest)));

        fields->spare = (first != 0) ? bits : (bits | (fields->spare >> rest));
    }
}

/* a sum of products with weights as they are stored, as one with what was added to them */
static inline TMS_INLINE uint32_t tms_fields_sum(uint32_t sum)
{
    return (TMS_WEIGHT_BITS == 1u) ? sum << 1 : sum;
}

/* Where the bits of pair i of 16 begin. */
static inline TMS_INLINE uint32_t tms_fields_first(uint32_t i)
{
    const uint32_t whole = tms_fields_whole() * tms_fields_words();
    const uint32_t at = i % ((16u * tms_fields_words()) / TMS_WEIGHT_BITS);

    if (at < whole) {
        return (at % tms_fields_whole()) * TMS_WEIGHT_BITS;
    }
    return (16u - (tms_fields_words() * tms_fields_rest())) + ((at - whole) * TMS_WEIGHT_BITS);
}

/* The word that pair i stands in, the next to that of the pair before. */
static inline TMS_INLINE uint32_t tms_fields_word(tms_fields_t *fields, uint32_t i)
{
    const uint32_t at = i % ((16u * tms_fields_words()) / TMS_WEIGHT_BITS);

    if (at >= tms_fields_whole() * tms_fields_words()) {
        return fields->spare;
    }
    if (at % tms_fields_whole() == 0u) {
        tms_fields_next(fields, (int)(at == 0u));
    }
    return fields->word;
}

/* Both weights of pair i, 16 bits apart. */
static inline TMS_INLINE uint32_t tms_fields_pair(tms_fields_t *fields, uint32_t i)
{
    return (tms_fields_word(fields, i) >> tms_fields_first(i)) & fields->mask;
}

/* The weight whose bits begin at first. */
static inline TMS_INLINE uint32_t tms_fields_one(uint32_t word, uint32_t first)
{
    return (word >> first) & ((1u << TMS_WEIGHT_BITS) - 1u);
}

/* Keeps GCC from decoding the next weights before it has used these. */
static inline TMS_INLINE void tms_fields_settle(tms_fields_t *fields, uint32_t sums[2])
{
#if defined(__GNUC__)
    __asm__ volatile(""
                     : "+r"(sums[0]), "+r"(sums[1]), "+r"(fields->word), "+r"(fields->spare)
                     :
                     : "memory");
#else
    (void)fields;
    (void)sums;
#endif
}

#endif
