/*
 * fully_connected_blocks.c - weighted sums of rows of inputs, four outputs at once.
 *
 * Weights stand in blocks of four inputs and four outputs, with 8 bits as `dense_runs.c` says. With 4
 * bits a block is two words, the first for inputs 0 and 2: half a word holds an input's weights with
 * all four outputs, where 8 is added to all but the last. One multiplication makes the products with
 * as many of the four as are left in the half; from the sums of these, what a shorter one has is
 * taken. The input's zero point is folded into the bias. Zeros behind the last outputs make four
 * complete.
 *
 * Order: row after row, which is read again for every four outputs.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "dense_runs.c"
#include "narrow.c"

typedef struct {
    int32_t rows;
    int32_t in_size; /* a multiple of four */
    int32_t out_size;
    int32_t out_zero; /* as TMS_NARROW has it */
    int32_t low;
    int32_t high;
    const TMS_WEIGHT *weights; /* aligned to four bytes */
    const int32_t *scaling; /* bias, multiplier and shift of every output */
} tms_fully_connected_blocks_t;

/* What the 8 that is added to weights makes of a row: 8 times the sum of its values. */
static inline uint32_t tms_dense_excess_w4(const int8_t *in, int32_t blocks)
{
    int32_t sum = 0;

    for (; blocks > 0; blocks--) {
        sum += in[0];
        sum += in[1];
        sum += in[2];
        sum += in[3];
        in += 4;
    }
    return TMS_START(tms_signed((uint32_t)sum << 3));
}

static inline void tms_dense_start_w4(uint32_t acc[4], uint32_t excess)
{
    acc[0] -= excess;
    acc[1] -= excess;
    acc[2] -= excess;
}

/* the four bits of a word from first on, without a sign */
static inline uint32_t tms_dense_bits(uint32_t word, uint32_t first)
{
    return (word << (28u - first)) >> 28;
}

/* the weights of one input in the half of a word from first on, multiplied with its value */
static inline void tms_dense_value_w4(int32_t value, uint32_t word, uint32_t first,
        uint32_t sums[4])
{
    sums[0] += (uint32_t)value * tms_dense_bits(word, first);
    sums[1] += (uint32_t)value * tms_dense_bits(word, first + 4u);
    sums[2] += (uint32_t)value * tms_dense_bits(word, first + 8u);
    sums[3] += (uint32_t)(value * tms_weight_in(word, first + 12u));
    tms_settle(sums);
}

/* Products of four inputs with four outputs, still to be taken apart; moves on behind them. */
static inline TMS_INLINE void tms_dense_block_w4(const int8_t **in, const uint8_t **weights,
        uint32_t sums[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t mask = 0x0FFF0FFFu;
    uint32_t x;
    uint32_t xx;
    uint32_t v;
    uint32_t w;
    uint32_t t;

    __asm__ volatile("ldr %[x], [%[in]], #4;"
                     "ldrd %[v], %[w], [%[weights]], #8;"
                     "sxtb16 %[xx], %[x], ror #8;"
                     "sxtb16 %[x], %[x];"
                     "and %[t], %[v], #0x000F000F;"
                     "smlad %[a], %[x], %[t], %[a];"
                     "uxtb16 %[t], %[v];"
                     "smlad %[b], %[x], %[t], %[b];"
                     "and %[t], %[v], %[mask];"
                     "smlad %[c], %[x], %[t], %[c];"
                     "smlad %[d], %[x], %[v], %[d];"
                     "and %[t], %[w], #0x000F000F;"
                     "smlad %[a], %[xx], %[t], %[a];"
                     "uxtb16 %[t], %[w];"
                     "smlad %[b], %[xx], %[t], %[b];"
                     "and %[t], %[w], %[mask];"
                     "smlad %[c], %[xx], %[t], %[c];"
                     "smlad %[d], %[xx], %[w], %[d]"
                     : [a] "+r"(sums[0]), [b] "+r"(sums[1]), [c] "+r"(sums[2]), [d] "+r"(sums[3]),
                       [in] "+r"(*in), [weights] "+r"(*weights), [x] "=&r"(x), [xx] "=&r"(xx),
                       [v] "=&r"(v), [w] "=&r"(w), [t] "=&r"(t)
                     : [mask] "r"(mask)
                     : "memory");
#else
    const int8_t *x = *in;
    const uint32_t v = tms_word_of(*weights);
    const uint32_t w = tms_word_of(*weights + 4);

    tms_dense_value_w4(x[0], v, 0u, sums);
    tms_dense_value_w4(x[1], w, 0u, sums);
    tms_dense_value_w4(x[2], v, 16u, sums);
    tms_dense_value_w4(x[3], w, 16u, sums);
    *in = x + 4;
    *weights += 8;
#endif
}

/* Products of so many blocks, still to be taken apart; moves on behind them. */
static inline void tms_dense_run_w4(const int8_t **in, int32_t blocks, const uint8_t **weights,
        uint32_t acc[4])
{
    const uint8_t *w = *weights;
    const int8_t *x = *in;
    const int8_t *end = x + (4 * (blocks & ~1));
    uint32_t sums[4];

    sums[0] = acc[0];
    sums[1] = acc[1];
    sums[2] = acc[2];
    sums[3] = acc[3];
    while (x != end) {
        tms_dense_block_w4(&x, &w, sums);
        tms_dense_block_w4(&x, &w, sums);
    }
    if ((blocks & 1) != 0) {
        tms_dense_block_w4(&x, &w, sums);
    }
    acc[0] = sums[0];
    acc[1] = sums[1];
    acc[2] = sums[2];
    acc[3] = sums[3];
    *in = x;
    *weights = w;
}

/* The sums of four outputs, with the DSP extension in runs; moves on behind their weights. */
static inline void tms_dense_sums_w4(const int8_t *in, int32_t blocks, const uint8_t **weights,
        uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    for (int32_t left = blocks; left > 0; left -= 64) {
        uint32_t sums[4];

        sums[0] = 0;
        sums[1] = 0;
        sums[2] = 0;
        sums[3] = 0;
        tms_dense_run_w4(&in, (left < 64) ? left : 64, weights, sums);
        /* what each has more than the one before is 16, 256 and 4096 times its own, all 16-fold */
        acc[0] += sums[0] << 4;
        acc[1] += sums[1] - sums[0];
        acc[2] += (uint32_t)tms_shift_right(tms_signed(sums[2] - sums[1]), 4u);
        acc[3] += (uint32_t)tms_shift_right(tms_signed(sums[3] - sums[2]), 8u);
    }
#else
    tms_dense_run_w4(&in, blocks, weights, acc);
#endif
}

static void tms_fully_connected_blocks(const tms_fully_connected_blocks_t *layer, const int8_t *in,
        int8_t *out)
{
    const int32_t blocks = layer->in_size / 4;
    const int32_t zero = layer->out_zero;
    int8_t *result = out;

    for (int32_t row = 0; row < layer->rows; row++) {
        const TMS_WEIGHT *weights = layer->weights;
        const int32_t *scaling = layer->scaling;
        const uint32_t excess = TMS_DENSE_EXCESS(in, blocks);

        uint32_t raise[2] = {0u, 0u};

        for (int32_t left = layer->out_size + (4 * TMS_RAISED); left > 0; left -= 4) {
            uint32_t acc[4];

            acc[0] = TMS_START(scaling[0]);
            acc[1] = TMS_START(scaling[3]);
            acc[2] = TMS_START(scaling[6]);
            acc[3] = TMS_START(scaling[9]);
            TMS_DENSE_START(acc, excess);
            TMS_DENSE_SUMS(in, blocks, &weights, acc);
            if ((TMS_RAISED != 0) && (left > layer->out_size)) {
                tms_raise_from(acc, scaling[1], raise);
                scaling += 12;
                continue;
            }
            if (TMS_RAISED != 0) {
                tms_raise(acc, raise);
            }
            if (left >= 4) {
                result[0] = tms_narrow_output(TMS_DOUBLED(acc[0]), scaling, zero);
                result[1] = tms_narrow_output(TMS_DOUBLED(acc[1]), scaling + 3, zero);
                result[2] = tms_narrow_output(TMS_DOUBLED(acc[2]), scaling + 6, zero);
                result[3] = tms_narrow_output(TMS_DOUBLED(acc[3]), scaling + 9, zero);
            } else {
                for (int32_t i = 0; i < left; i++) {
                    result[i] = tms_narrow_output(TMS_DOUBLED(acc[i]), scaling + (3 * i), zero);
                }
            }
            result += (left < 4) ? left : 4;
            scaling += 12;
        }
        in += layer->in_size;
    }
    tms_limit(out, layer->rows * layer->out_size, layer->low, layer->high);
}
