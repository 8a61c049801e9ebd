/*
 * fully_connected_blocks.c - weighted sums of rows of inputs, four outputs at once.
 *
 * Weights stand in blocks of four inputs and four outputs, as `dense_runs.c` says; with 4 bits as in
 * two blocks of `conv2d_blocks.c`. The input's zero point is folded into the bias. Zeros behind the
 * last outputs make four complete.
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

/* 4-bit weights have no excess. */
static inline uint32_t tms_dense_excess_w4(const int8_t *in, int32_t blocks)
{
    (void)in;
    (void)blocks;
    return 0;
}

static inline void tms_dense_start_w4(uint32_t acc[4], uint32_t excess)
{
    (void)acc;
    (void)excess;
}

/* Products of four inputs with four outputs, added to acc; moves on to the next inputs. */
static inline TMS_INLINE void tms_dense_block_w4(const int8_t **in, const uint8_t **weights,
        uint32_t acc[4])
{
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
    const uint32_t mask = 0xF0F0F0F0u;
    uint32_t x;
    uint32_t xx;
    uint32_t w;
    uint32_t t;
    uint32_t u;

    __asm__ volatile("ldr %[x], [%[in]], #4;"
                     "sxtb16 %[xx], %[x], ror #8;"
                     "sxtb16 %[x], %[x];"
                     "ldr %[w], [%[weights]], #4;"
                     "and %[t], %[mask], %[w], lsl #4;"
                     "and %[w], %[w], %[mask];"
                     "sxtb16 %[u], %[t];"
                     "smlad %[a], %[x], %[u], %[a];"
                     "sxtb16 %[t], %[t], ror #8;"
                     "smlad %[b], %[x], %[t], %[b];"
                     "sxtb16 %[t], %[w];"
                     "smlad %[a], %[xx], %[t], %[a];"
                     "sxtb16 %[t], %[w], ror #8;"
                     "smlad %[b], %[xx], %[t], %[b];"
                     "ldr %[w], [%[weights]], #4;"
                     "and %[t], %[mask], %[w], lsl #4;"
                     "and %[w], %[w], %[mask];"
                     "sxtb16 %[u], %[t];"
                     "smlad %[c], %[x], %[u], %[c];"
                     "sxtb16 %[t], %[t], ror #8;"
                     "smlad %[d], %[x], %[t], %[d];"
                     "sxtb16 %[t], %[w];"
                     "smlad %[c], %[xx], %[t], %[c];"
                     "sxtb16 %[t], %[w], ror #8;"
                     "smlad %[d], %[xx], %[t], %[d]"
                     : [a] "+r"(acc[0]), [b] "+r"(acc[1]), [c] "+r"(acc[2]), [d] "+r"(acc[3]),
                       [in] "+r"(*in), [weights] "+r"(*weights), [x] "=&r"(x), [xx] "=&r"(xx),
                       [w] "=&r"(w), [t] "=&r"(t), [u] "=&r"(u)
                     : [mask] "r"(mask)
                     : "memory");
#else
    const int8_t *x = *in;
    const uint32_t v = tms_word_of(*weights);
    const uint32_t w = tms_word_of(*weights + 4);

    acc[0] += (uint32_t)(x[0] * tms_weight_in(v, 0u));
    acc[1] += (uint32_t)(x[0] * tms_weight_in(v, 8u));
    acc[2] += (uint32_t)(x[0] * tms_weight_in(w, 0u));
    acc[3] += (uint32_t)(x[0] * tms_weight_in(w, 8u));
    tms_settle(acc);
    acc[0] += (uint32_t)(x[1] * tms_weight_in(v, 4u));
    acc[1] += (uint32_t)(x[1] * tms_weight_in(v, 12u));
    acc[2] += (uint32_t)(x[1] * tms_weight_in(w, 4u));
    acc[3] += (uint32_t)(x[1] * tms_weight_in(w, 12u));
    tms_settle(acc);
    acc[0] += (uint32_t)(x[2] * tms_weight_in(v, 16u));
    acc[1] += (uint32_t)(x[2] * tms_weight_in(v, 24u));
    acc[2] += (uint32_t)(x[2] * tms_weight_in(w, 16u));
    acc[3] += (uint32_t)(x[2] * tms_weight_in(w, 24u));
    tms_settle(acc);
    acc[0] += (uint32_t)(x[3] * tms_weight_in(v, 20u));
    acc[1] += (uint32_t)(x[3] * tms_weight_in(v, 28u));
    acc[2] += (uint32_t)(x[3] * tms_weight_in(w, 20u));
    acc[3] += (uint32_t)(x[3] * tms_weight_in(w, 28u));
    tms_settle(acc);
    *in = x + 4;
    *weights += 8;
#endif
}

/* The sums of four outputs; moves on behind their weights. */
static inline void tms_dense_sums_w4(const int8_t *in, int32_t blocks, const uint8_t **weights,
        uint32_t acc[4])
{
    const uint8_t *w = *weights;
    const int8_t *end = in + (4 * (blocks & ~1));
    uint32_t sums[4];

    sums[0] = acc[0];
    sums[1] = acc[1];
    sums[2] = acc[2];
    sums[3] = acc[3];
    while (in != end) {
        tms_dense_block_w4(&in, &w, sums);
        tms_dense_block_w4(&in, &w, sums);
    }
    if ((blocks & 1) != 0) {
        tms_dense_block_w4(&in, &w, sums);
    }
    acc[0] = sums[0];
    acc[1] = sums[1];
    acc[2] = sums[2];
    acc[3] = sums[3];
    *weights = w;
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

        for (int32_t left = layer->out_size; left > 0; left -= 4) {
            uint32_t acc[4];

            acc[0] = TMS_START(scaling[0]);
            acc[1] = TMS_START(scaling[3]);
            acc[2] = TMS_START(scaling[6]);
            acc[3] = TMS_START(scaling[9]);
            TMS_DENSE_START(acc, excess);
            TMS_DENSE_SUMS(in, blocks, &weights, acc);
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
