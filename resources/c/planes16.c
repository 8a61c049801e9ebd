/*
 * planes16.c - sixteen weights of fewer bits than eight become bytes, the four of a word together.
 *
 * Bits of a weight stand apart: the lowest four of each first where it has as many, then two, then
 * one, as its width is their sum. A byte of these planes holds the bits of two, four or eight weights;
 * sixteen weights take two bytes for each of their bits. One instruction takes the bits of four
 * weights from a word, each to a byte.
 */
#include "template.h"
#ifndef TMS_PLANES16_C
#define TMS_PLANES16_C

static inline TMS_INLINE uint32_t tms_plane_word(const uint8_t *bytes)
{
    uint32_t word;

    (void)memcpy(&word, bytes, sizeof word);
    return word;
}

/* The bytes of a word from the bits of four weights, with those above the sign as it is. */
static inline TMS_INLINE uint32_t tms_plane_signed(uint32_t word)
{
    const uint32_t sign = 1u << (TMS_WEIGHT_BITS - 1u);

    if (TMS_WEIGHT_BITS == 1u) {
        return 0xFFFFFFFFu - (word * 0xFEu);
    }
    return word | ((word & (sign * 0x01010101u)) * ((0x100u - (2u * sign)) / sign));
}

/* The words of all planes; the compiler leaves out what a width has not. */
typedef struct {
    uint32_t fours[2];
    uint32_t twos;
    uint32_t ones;
} tms_planes16_t;

static inline TMS_INLINE tms_planes16_t tms_planes_of(const uint8_t *weights)
{
    const uint8_t *plane = weights;
    tms_planes16_t planes = {{0u, 0u}, 0u, 0u};

    if ((TMS_WEIGHT_BITS & 4u) != 0u) {
        planes.fours[0] = tms_plane_word(plane);
        planes.fours[1] = tms_plane_word(plane + 4);
        plane += 8;
    }
    if ((TMS_WEIGHT_BITS & 2u) != 0u) {
        planes.twos = tms_plane_word(plane);
        plane += 4;
    }
    if ((TMS_WEIGHT_BITS & 1u) != 0u) {
        const uint32_t half = plane[0] | ((uint32_t)plane[1] << 8);

        planes.ones = half | ((half >> 4) << 16);
    }
    return planes;
}

/* Four weights of the word with a number below four. */
static inline TMS_INLINE uint32_t tms_planes_word(const tms_planes16_t *planes, uint32_t number)
{
    uint32_t word = 0u;

    if ((TMS_WEIGHT_BITS & 4u) != 0u) {
        word = (planes->fours[number / 2u] >> (4u * (number % 2u))) & 0x0F0F0F0Fu;
    }
    if ((TMS_WEIGHT_BITS & 2u) != 0u) {
        word |= ((planes->twos >> (2u * number)) & 0x03030303u) << (TMS_WEIGHT_BITS & 4u);
    }
    if ((TMS_WEIGHT_BITS & 1u) != 0u) {
        word |= ((planes->ones >> number) & 0x01010101u) << (TMS_WEIGHT_BITS & 6u);
    }
    return tms_plane_signed(word);
}

/* Sixteen weights in four words; without a loop, whose numbers compilers do not make constants. */
static inline TMS_INLINE void tms_planes16(const uint8_t *weights, uint32_t words[4])
{
    const tms_planes16_t planes = tms_planes_of(weights);

    words[0] = tms_planes_word(&planes, 0u);
    words[1] = tms_planes_word(&planes, 1u);
    words[2] = tms_planes_word(&planes, 2u);
    words[3] = tms_planes_word(&planes, 3u);
}

#endif
