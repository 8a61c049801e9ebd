/*
 * conv2d_blocks.c - what the convolutions over blocks of four values have in common.
 *
 * Weights of 8 bits stand in blocks of four of a channel and four of the next; zeros behind the last
 * make filters and pairs of channels complete. Those of fewer are as `conv2d_fields.c` says.
 *
 * Weights of 9 bits that are those of 8 bits and one number for all of them (uint8 weights around a
 * zero point) have channels of ones in front: their sums, times that number, which stands in the
 * place of their multiplier, are what the accumulators of all others are raised by.
 */
#include "template.h"
#include "narrow.c"
#include "window.c"
#ifndef TMS_CONV2D_BLOCKS_C
#define TMS_CONV2D_BLOCKS_C

typedef struct {
    tms_geometry_t geometry;
    int32_t in_zero_point;
    int32_t out_zero; /* as narrow.c has it */
    int32_t low;
    int32_t high;
    const void *weights; /* blocks of pairs of channels, aligned to four bytes */
    const int32_t *scaling; /* bias, multiplier and shift of every channel */
} tms_conv2d_blocks_t;

/* accumulators of two channels at two pixels before any product */
static inline void tms_blocks_start(const int32_t *scaling, uint32_t acc[4])
{
    acc[0] = (uint32_t)scaling[0];
    acc[1] = (uint32_t)scaling[3];
    acc[2] = acc[0];
    acc[3] = acc[1];
}

/* four bytes of weights as one word; they are aligned to four bytes */
static inline uint32_t tms_word_of(const uint8_t *weights)
{
#if defined(__GNUC__) && (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
    uint32_t word;

    (void)memcpy(&word, __builtin_assume_aligned(weights, 4), sizeof word);
    return word;
#else
    return (uint32_t)weights[0] | ((uint32_t)weights[1] << 8) | ((uint32_t)weights[2] << 16)
           | ((uint32_t)weights[3] << 24);
#endif
}

/*
 * Outputs of two pixels in two channels, or only in one; scaling is that of both channels. Where
 * both pixels have one place, the first one's outputs stay.
 */
static inline void tms_blocks_results(const uint32_t acc[4], const int32_t *scaling, int32_t zero,
        int both, int8_t *first, int8_t *second)
{
    const int32_t multiplier = scaling[1];
    const uint32_t shift = (uint32_t)scaling[2];

    *second = (int8_t)TMS_NARROW(acc[2] << 1, multiplier, zero, shift);
    *first = (int8_t)TMS_NARROW(acc[0] << 1, multiplier, zero, shift);
    if (both != 0) {
        const int32_t next = scaling[4];
        const uint32_t right = (uint32_t)scaling[5];

        second[1] = (int8_t)TMS_NARROW(acc[3] << 1, next, zero, right);
        first[1] = (int8_t)TMS_NARROW(acc[1] << 1, next, zero, right);
    }
}

/* what accumulators of two pixels are raised by, from those of channels of ones */
static inline void tms_raise_from(const uint32_t acc[4], int32_t number, uint32_t raise[2])
{
    raise[0] = acc[0] * (uint32_t)number;
    raise[1] = acc[2] * (uint32_t)number;
}

static inline void tms_raise(uint32_t acc[4], const uint32_t raise[2])
{
    acc[0] += raise[0];
    acc[1] += raise[0];
    acc[2] += raise[1];
    acc[3] += raise[1];
}

/*
 * Keeps GCC from loading the values of the next products before it has added these, which takes
 * more registers than there are.
 */
static inline TMS_INLINE void tms_settle(uint32_t acc[4])
{
#if defined(__GNUC__)
    __asm__ volatile(""
                     : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3])
                     :
                     : "memory");
#else
    (void)acc;
#endif
}

/* Four products of two values and two weights, added to acc. */
static inline void tms_products(int32_t a, int32_t b, int32_t v, int32_t w, uint32_t acc[4])
{
    acc[0] += (uint32_t)(a * v);
    acc[1] += (uint32_t)(a * w);
    acc[2] += (uint32_t)(b * v);
    acc[3] += (uint32_t)(b * w);
    tms_settle(acc);
}

#endif
