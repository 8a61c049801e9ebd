/*
 * dense_fields.c - products of a run of inputs with few bits of four outputs.
 *
 * Pairs, as `fields.c` has them, go through blocks of four inputs: an output's weights for inputs 2
 * and 0, then those for inputs 3 and 1, then the next output's. To inputs 128 is added, so that no
 * product has a sign; the bias holds what that makes of an output. The DSP extension has an
 * instruction for two such products. Everywhere else the multiplication of a pair with the word of
 * inputs 0 and 2 makes their sum, which stands in the upper half. So many are added up before it is
 * taken from there as fit 16 bits; what stands below is of no use.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "fields.c"
#ifndef TMS_DENSE_FIELDS_C
#define TMS_DENSE_FIELDS_C

/* What is added to all weights makes of a row: so much times the sum of its values. */
static inline uint32_t tms_dense_excess_fields(const int8_t *in, int32_t blocks)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const int8_t *const end = in + (4 * blocks);
    uint32_t sum = 0u;

    while (in != end) {
        uint32_t word;

        /* the distances of four bytes from 0 */
        __asm__ volatile("ldr %[word], [%[in]], #4;"
                         "eor %[word], %[word], #0x80808080;"
                         "usada8 %[sum], %[word], %[zero], %[sum]"
                         : [word] "=&r"(word), [in] "+r"(in), [sum] "+r"(sum)
                         : [zero] "r"(0)
                         : "memory");
    }
    return sum << (TMS_WEIGHT_BITS - 1u);
#else
    int32_t sum = 512 * blocks;

    for (; blocks > 0; blocks--) {
        sum += in[0];
        sum += in[1];
        sum += in[2];
        sum += in[3];
        in += 4;
    }
    return (uint32_t)sum << (TMS_WEIGHT_BITS - 1u);
#endif
}

/* The excess taken from where it is. */
static inline void tms_dense_start_fields(uint32_t acc[4], uint32_t excess)
{
    acc[0] -= excess;
    acc[1] -= excess;
    acc[2] -= excess;
    acc[3] -= excess;
}

/* The words of inputs 0 and 2, and of 1 and 3, with 128 added; moves on behind them. */
static inline TMS_INLINE void tms_dense_values(const int8_t **in, uint32_t values[2])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    __asm__ volatile("ldr %[even], [%[in]], #4;"
                     "eor %[even], %[even], #0x80808080;"
                     "uxtb16 %[odd], %[even], ror #8;"
                     "uxtb16 %[even], %[even]"
                     : [even] "=&r"(values[0]), [odd] "=&r"(values[1]), [in] "+r"(*in)
                     :
                     : "memory");
#elif defined(__thumb2__) && defined(__GNUC__)
    uint32_t word;

    (void)memcpy(&word, *in, sizeof word);
    word ^= 0x80808080u;
    values[0] = word & 0x00FF00FFu;
    values[1] = (word >> 8) & 0x00FF00FFu;
    *in += 4;
#else
    const uint8_t *bytes = (const uint8_t *)*in;

    values[0] = (bytes[0] | ((uint32_t)bytes[2] << 16)) ^ 0x00800080u;
    values[1] = (bytes[1] | ((uint32_t)bytes[3] << 16)) ^ 0x00800080u;
    *in += 4;
#endif
}

/* Whether sums are what they stand for, and not in the upper halves of their words. */
static inline TMS_INLINE int tms_dense_plain(void)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    return 1;
#else
    return (int)(TMS_WEIGHT_BITS > 4u);
#endif
}

/* The word that has the products of two inputs with pair i in its upper half. */
static inline TMS_INLINE uint32_t tms_dense_product(tms_fields_t *fields, uint32_t i,
        uint32_t values)
{
#if defined(__thumb__) && !defined(__thumb2__) && defined(__OPTIMIZE__) && defined(__GNUC__) \
    && !defined(__clang__)
    const uint32_t word = tms_fields_word(fields, i);
    uint32_t product;

    __asm__ volatile(".syntax unified;"
                     "lsrs %[product], %[word], %[first];"
                     "ands %[product], %[mask];"
                     "muls %[product], %[values], %[product]"
                     : [product] "=&l"(product)
                     : [word] "l"(word), [mask] "l"(fields->mask), [values] "l"(values),
                       [first] "i"(tms_fields_first(i))
                     : "cc");
    return product;
#else
    return values * tms_fields_pair(fields, i);
#endif
}

/* Adds without more registers than the sums have. */
static inline TMS_INLINE void tms_dense_add(uint32_t *sum, uint32_t product)
{
#if defined(__thumb__) && !defined(__thumb2__) && defined(__OPTIMIZE__) && defined(__GNUC__) \
    && !defined(__clang__)
    __asm__ volatile("add %[sum], %[product]" : [sum] "+r"(*sum) : [product] "r"(product) : "cc");
#else
    *sum += product;
#endif
}

/*
 * The same for a block, whose pairs are i and the next. Of few bits the words are added as they are,
 * of more only their upper halves; those of two words of 5 and 6 bits at once.
 */
static inline TMS_INLINE void tms_dense_halves(tms_fields_t *fields, uint32_t i,
        const uint32_t values[2], uint32_t *sum)
{
    const uint32_t drop = (tms_dense_plain() != 0) ? 16u : 0u;
    uint32_t product = tms_dense_product(fields, i, values[0]);

    if ((drop == 0u) || (TMS_WEIGHT_BITS > 6u)) {
        tms_dense_add(sum, product >> drop);
        product = tms_dense_product(fields, i + 1u, values[1]);
    } else {
        product += tms_dense_product(fields, i + 1u, values[1]);
    }
    tms_dense_add(sum, product >> drop);
}

/* Adds the products of a block and an output. */
static inline TMS_INLINE void tms_dense_output(tms_fields_t *fields, uint32_t i,
        const uint32_t values[2], uint32_t *sum)
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t even = tms_fields_pair(fields, i);
    uint32_t odd;

    __asm__ volatile("smladx %[sum], %[values], %[pair], %[sum]"
                     : [sum] "+r"(*sum)
                     : [values] "r"(values[0]), [pair] "r"(even));
    odd = tms_fields_pair(fields, i + 1u);
    __asm__ volatile("smladx %[sum], %[values], %[pair], %[sum]"
                     : [sum] "+r"(*sum)
                     : [values] "r"(values[1]), [pair] "r"(odd));
#else
    tms_dense_halves(fields, i, values, sum);
#endif
#if defined(__GNUC__)
    /* not put together of its parts later: these would hold a register each */
    __asm__ volatile("" : "+r"(fields->spare));
#endif
}

/* The same for all four outputs. */
static inline TMS_INLINE void tms_dense_outputs(tms_fields_t *fields, uint32_t i,
        const uint32_t values[2], uint32_t sums[4])
{
    tms_dense_output(fields, i, values, &sums[0]);
    tms_dense_output(fields, i + 2u, values, &sums[1]);
    tms_settle(sums);
    tms_dense_output(fields, i + 4u, values, &sums[2]);
    tms_dense_output(fields, i + 6u, values, &sums[3]);
    tms_settle(sums);
}

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && defined(__GNUC__)
/* The same for weights of 4 bits, whose two words one instruction reads. */
static inline TMS_INLINE void tms_dense_nibbles(tms_fields_t *fields,
        const uint32_t values[2], uint32_t sums[4])
{
    uint32_t v;
    uint32_t w;
    uint32_t t;

    __asm__ volatile("ldrd %[v], %[w], [%[weights]], #8;"
                     "and %[t], %[mask], %[v];"
                     "smladx %[a], %[x], %[t], %[a];"
                     "and %[t], %[mask], %[v], lsr #4;"
                     "smladx %[a], %[xx], %[t], %[a];"
                     "and %[t], %[mask], %[v], lsr #8;"
                     "smladx %[b], %[x], %[t], %[b];"
                     "and %[t], %[mask], %[v], lsr #12;"
                     "smladx %[b], %[xx], %[t], %[b];"
                     "and %[t], %[mask], %[w];"
                     "smladx %[c], %[x], %[t], %[c];"
                     "and %[t], %[mask], %[w], lsr #4;"
                     "smladx %[c], %[xx], %[t], %[c];"
                     "and %[t], %[mask], %[w], lsr #8;"
                     "smladx %[d], %[x], %[t], %[d];"
                     "and %[t], %[mask], %[w], lsr #12;"
                     "smladx %[d], %[xx], %[t], %[d]"
                     : [a] "+r"(sums[0]), [b] "+r"(sums[1]), [c] "+r"(sums[2]), [d] "+r"(sums[3]),
                       [weights] "+r"(fields->weights), [v] "=&r"(v), [w] "=&r"(w), [t] "=&r"(t)
                     : [mask] "r"(fields->mask), [x] "r"(values[0]), [xx] "r"(values[1])
                     : "memory");
}
#endif

/* The same for the next block of inputs; moves on behind them. */
static inline TMS_INLINE void tms_dense_block(tms_fields_t *fields, uint32_t i, const int8_t **in,
        uint32_t sums[4])
{
    uint32_t values[2];

    tms_dense_values(in, values);
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && defined(__GNUC__)
    if (TMS_WEIGHT_BITS == 4u) {
        tms_dense_nibbles(fields, values, sums);
        return;
    }
#endif
    tms_dense_outputs(fields, i, values, sums);
}

/* Adds those of so many blocks, which are whole units; moves on behind them. */
static inline TMS_INLINE void tms_dense_run(tms_fields_t *fields, const int8_t **in,
        int32_t blocks, uint32_t sums[4])
{
    const int8_t *x = *in;
    const int8_t *const end = x + (4 * (blocks & ~1));

    while (x != end) {
        tms_dense_block(fields, 0u, &x, sums);
        tms_dense_block(fields, 8u, &x, sums);
    }
    if ((TMS_UNIT < 16) && ((blocks & 1) != 0)) {
        tms_dense_block(fields, 0u, &x, sums);
    }
    *in = x;
}

/* The same from no products on; then adds what the sums stand for to acc. */
static inline void tms_dense_part(tms_fields_t *fields, const int8_t **in, int32_t blocks,
        uint32_t acc[4])
{
    const uint32_t drop = (tms_dense_plain() != 0) ? 0u : 16u;
    uint32_t sums[4] = {0u, 0u, 0u, 0u};

    tms_dense_run(fields, in, blocks, sums);
    acc[0] += tms_fields_sum(sums[0] >> drop);
    acc[1] += tms_fields_sum(sums[1] >> drop);
    acc[2] += tms_fields_sum(sums[2] >> drop);
    acc[3] += tms_fields_sum(sums[3] >> drop);
}

/* The sums of four outputs, of blocks that are whole units; moves on behind their weights. */
static inline void tms_dense_sums_fields(const int8_t *in, int32_t blocks,
        const uint8_t **weights, uint32_t acc[4])
{
    const int32_t most = (tms_dense_plain() != 0) ? blocks : (64 >> TMS_WEIGHT_BITS);
    tms_fields_t fields = tms_fields_from(*weights);

    if ((tms_dense_plain() != 0) && (TMS_WEIGHT_BITS > 1u)) {
        uint32_t sums[4] = {acc[0], acc[1], acc[2], acc[3]};

        tms_dense_run(&fields, &in, blocks, sums);
        (void)memcpy(acc, sums, sizeof sums);
    } else {
        for (int32_t left = blocks; left > 0; left -= most) {
            tms_dense_part(&fields, &in, (left < most) ? left : most, acc);
        }
    }
    *weights = fields.weights;
}

#endif
