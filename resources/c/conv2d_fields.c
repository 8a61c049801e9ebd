/*
 * conv2d_fields.c - products of values at two pixels with weights of few bits of two channels.
 *
 * Pairs, as `fields.c` has them, go through blocks of four values: the first channel's weights for
 * values 0 and 2, the second one's for these, then the same for values 1 and 3. With the DSP extension
 * that is the order of a patch. Everywhere else so many products are added up before the halves are
 * told apart as fit 16 bits.
 *
 * Behind the last value of a window a patch has the zero point, and the weights 0, or -1 of one bit.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "conv2d_patch_blocks.c"
#include "fields.c"
#ifndef TMS_CONV2D_FIELDS_C
#define TMS_CONV2D_FIELDS_C

/* Adds the products of two values with the pair of a word that begins at first. */
static inline TMS_INLINE void tms_patch_pair(uint32_t a, uint32_t b, uint32_t word,
        uint32_t first, uint32_t *sum)
{
#if defined(__thumb__) && !defined(__thumb2__) && defined(__OPTIMIZE__) && defined(__GNUC__) \
    && !defined(__clang__)
    uint32_t held = *sum;
    uint32_t weight;

    __asm__(".syntax unified;"
            "lsls %[w], %[word], %[low];"
            "lsrs %[w], %[w], %[bits];"
            "muls %[w], %[a], %[w];"
            "add %[sum], %[w];"
            "lsls %[w], %[word], %[high];"
            "lsrs %[w], %[w], %[bits];"
            "muls %[w], %[b], %[w];"
            "add %[sum], %[w]"
            : [sum] "+r"(held), [w] "=&l"(weight)
            : [word] "l"(word), [a] "l"(a), [b] "l"(b), [low] "i"(32u - TMS_WEIGHT_BITS - first),
              [high] "i"(16u - TMS_WEIGHT_BITS - first), [bits] "i"(32u - TMS_WEIGHT_BITS)
            : "cc");
    *sum = held;
#else
    *sum += a * tms_fields_one(word, first);
    *sum += b * tms_fields_one(word, first + 16u);
#endif
}

/* Adds the products of two values of each pixel with the next pairs of both channels. */
static inline TMS_INLINE void tms_patch_pairs(tms_fields_t *fields, uint32_t first,
        const uint32_t *values, uint32_t sums[2], uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t a = values[0];
    const uint32_t b = values[1];
    uint32_t w = tms_fields_pair(fields, first);

    (void)sums;
    __asm__ volatile("smlad %[av], %[a], %[w], %[av];"
                     "smlad %[bv], %[b], %[w], %[bv]"
                     : [av] "+r"(acc[0]), [bv] "+r"(acc[2])
                     : [a] "r"(a), [b] "r"(b), [w] "r"(w));
    w = tms_fields_pair(fields, first + 1u);
    __asm__ volatile("smlad %[aw], %[a], %[w], %[aw];"
                     "smlad %[bw], %[b], %[w], %[bw]"
                     : [aw] "+r"(acc[1]), [bw] "+r"(acc[3])
                     : [a] "r"(a), [b] "r"(b), [w] "r"(w));
#else
    const uint32_t a = values[0];
    const uint32_t b = values[2];

    for (uint32_t i = 0u; i < 2u; i++) {
        const uint32_t at = tms_fields_first(first + i);
        const uint32_t word = tms_fields_word(fields, first + i);

        tms_patch_pair(a, b, word, at, &sums[i]);
        tms_fields_settle(fields, sums);
    }
    (void)acc;
#endif
}

/* Adds what halves have added up to acc, and starts anew. */
static inline TMS_INLINE void tms_patch_fold(uint32_t sums[2], uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    (void)sums;
    (void)acc;
#else
    tms_halves_add(sums[0], &acc[0], &acc[2]);
    tms_halves_add(sums[1], &acc[1], &acc[3]);
    sums[0] = tms_halves_seed();
    sums[1] = sums[0];
    tms_settle(acc);
#endif
}

/* The same for a block, and what is to be added up before the next. */
static inline TMS_INLINE void tms_patch_four(tms_fields_t *fields, uint32_t block,
        const uint32_t *values, uint32_t sums[2], uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t *others = values + 2;
#else
    const uint32_t *others = values + 1;
#endif

    tms_patch_pairs(fields, 4u * block, values, sums, acc);
    if (TMS_FOLDS == 8u) {
        tms_patch_fold(sums, acc);
    }
    tms_patch_pairs(fields, (4u * block) + 2u, others, sums, acc);
    if ((block + 1u) % ((TMS_FOLDS == 8u) ? 1u : (4u / TMS_FOLDS)) == 0u) {
        tms_patch_fold(sums, acc);
    }
}

/* What is to be added up behind fewer than four blocks. */
static inline TMS_INLINE void tms_patch_rest(uint32_t sums[2], uint32_t acc[4])
{
    if (TMS_FOLDS == 1u) {
        tms_patch_fold(sums, acc);
    }
}

/* Sums before the products of so many blocks; those of one bit are doubled in the end. */
static inline void tms_patch_begin(const uint32_t acc[4], int32_t blocks, uint32_t sums[2],
        uint32_t held[4])
{
    const int whole = TMS_WEIGHT_BITS > 1u;

    held[0] = (whole != 0) ? acc[0] : 0u;
    held[1] = (whole != 0) ? acc[1] : 0u;
    held[2] = (whole != 0) ? acc[2] : 0u;
    held[3] = (whole != 0) ? acc[3] : 0u;
    tms_patch_start(blocks, held);
    sums[0] = tms_halves_seed();
    sums[1] = sums[0];
}

/* The accumulators then. */
static inline void tms_patch_end(uint32_t held[4], uint32_t acc[4])
{
    const int whole = TMS_WEIGHT_BITS > 1u;

    tms_patch_finish(held);
    acc[0] = (whole != 0) ? held[0] : (acc[0] + (held[0] << 1));
    acc[1] = (whole != 0) ? held[1] : (acc[1] + (held[1] << 1));
    acc[2] = (whole != 0) ? held[2] : (acc[2] + (held[2] << 1));
    acc[3] = (whole != 0) ? held[3] : (acc[3] + (held[3] << 1));
}

/* Adds the products of so many blocks, which are whole units; moves on behind their weights. */
static inline void tms_patch_products_fields(const uint32_t *patch, int32_t blocks,
        const uint8_t **weights, uint32_t acc[4])
{
    const uint32_t *const whole = patch + (4 * (blocks & ~3));
    tms_fields_t fields = tms_fields_from(*weights);
    uint32_t sums[2];
    uint32_t held[4];

    tms_patch_begin(acc, blocks, sums, held);
    while (patch != whole) {
        tms_patch_four(&fields, 0u, patch, sums, held);
        tms_patch_four(&fields, 1u, patch + 4, sums, held);
        tms_patch_four(&fields, 2u, patch + 8, sums, held);
        tms_patch_four(&fields, 3u, patch + 12, sums, held);
        patch += 16;
    }
    if ((TMS_UNIT < 16) && ((blocks & 2) != 0)) {
        tms_patch_four(&fields, 0u, patch, sums, held);
        tms_patch_four(&fields, 1u, patch + 4, sums, held);
        tms_patch_rest(sums, held);
        patch += 8;
    }
    if ((TMS_UNIT < 8) && ((blocks & 1) != 0)) {
        tms_patch_four(&fields, 0u, patch, sums, held);
        tms_patch_rest(sums, held);
    }
    tms_patch_end(held, acc);
    *weights = fields.weights;
}

/* Four values of two pixels, as a patch has them. */
static inline TMS_INLINE void tms_rows_widen(const int8_t *a, const int8_t *b, uint32_t values[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t first = tms_load(a);
    const uint32_t second = tms_load(b);

    values[0] = tms_widen_even(0u, first);
    values[1] = tms_widen_even(0u, second);
    values[2] = tms_widen_odd(0u, first);
    values[3] = tms_widen_odd(0u, second);
#else
    for (int32_t i = 0; i < 4; i++) {
        values[i] = (uint32_t)a[i] + ((uint32_t)b[i] << 16);
    }
#endif
}

/* Products of a run of so many blocks, which are whole units, straight from the input. */
static inline void tms_rows_products_fields(const int8_t *a, const int8_t *b,
        const uint8_t *weights, int32_t blocks, uint32_t acc[4])
{
    const int8_t *const whole = a + (4 * (blocks & ~3));
    tms_fields_t fields = tms_fields_from(weights);
    uint32_t sums[2];
    uint32_t held[4];
    uint32_t values[4];

    tms_patch_begin(acc, blocks, sums, held);
    while (a != whole) {
        tms_rows_widen(a, b, values);
        tms_patch_four(&fields, 0u, values, sums, held);
        tms_rows_widen(a + 4, b + 4, values);
        tms_patch_four(&fields, 1u, values, sums, held);
        tms_rows_widen(a + 8, b + 8, values);
        tms_patch_four(&fields, 2u, values, sums, held);
        tms_rows_widen(a + 12, b + 12, values);
        tms_patch_four(&fields, 3u, values, sums, held);
        a += 16;
        b += 16;
    }
    if ((TMS_UNIT < 16) && ((blocks & 2) != 0)) {
        tms_rows_widen(a, b, values);
        tms_patch_four(&fields, 0u, values, sums, held);
        tms_rows_widen(a + 4, b + 4, values);
        tms_patch_four(&fields, 1u, values, sums, held);
        tms_patch_rest(sums, held);
        a += 8;
        b += 8;
    }
    if ((TMS_UNIT < 8) && ((blocks & 1) != 0)) {
        tms_rows_widen(a, b, values);
        tms_patch_four(&fields, 0u, values, sums, held);
        tms_patch_rest(sums, held);
    }
    tms_patch_end(held, acc);
}

/* What is added to all weights makes of values that follow each other, added to what there is. */
static inline void tms_fields_raise(const int8_t *a, const int8_t *b, int32_t count,
        uint32_t raise[2])
{
    int32_t first = 0;
    int32_t second = 0;

    for (; count > 0; count--) {
        first += *a++;
        second += *b++;
    }
    raise[0] -= (uint32_t)first << (TMS_WEIGHT_BITS - 1u);
    raise[1] -= (uint32_t)second << (TMS_WEIGHT_BITS - 1u);
}

/* the second pixel's sum */
static inline uint32_t tms_patch_second(uint32_t sum)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    return sum;
#else
    return (uint32_t)tms_shift_right(tms_signed(sum), 16u);
#endif
}

/* Adds the values of a block of the patch to the sums of both pixels. */
static inline TMS_INLINE void tms_patch_values(const uint32_t *patch, uint32_t sums[2])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t ones = 0x00010001u;

    __asm__("smlad %0, %2, %6, %0;"
            "smlad %1, %3, %6, %1;"
            "smlad %0, %4, %6, %0;"
            "smlad %1, %5, %6, %1"
            : "+&r"(sums[0]), "+&r"(sums[1])
            : "r"(patch[0]), "r"(patch[1]), "r"(patch[2]), "r"(patch[3]), "r"(ones));
#else
    for (int32_t i = 0; i < 4; i++) {
        const uint32_t value = (uint32_t)tms_shift_right(tms_signed(patch[i] << 16), 16u);

        sums[0] += value;
        sums[1] += patch[i] - value; /* upper half */
    }
#endif
}

/* What the accumulators of two pixels are raised by: less what is added to all weights. */
static inline void tms_patch_raise_fields(const uint32_t *patch, int32_t blocks,
        const TMS_WEIGHT **weights, const int32_t **scaling, uint32_t raise[2])
{
    const int32_t most = 63; /* so many sums fit upper halves */
    const uint32_t bits = TMS_WEIGHT_BITS - 1u;

    (void)weights;
    (void)scaling;
    raise[0] = 0u;
    raise[1] = 0u;
    while (blocks > 0) {
        uint32_t sums[2] = {0u, 0u};

        for (int32_t left = (blocks < most) ? blocks : most; left > 0; left--) {
            tms_patch_values(patch, sums);
            patch += 4;
        }
        blocks -= most;
        raise[0] -= sums[0] << bits;
        raise[1] -= tms_patch_second(sums[1]) << bits;
    }
}

#endif
