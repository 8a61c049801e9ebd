/*
 * weights.c - weights of 1 to 9 bits, read from flash as they are used.
 *
 * With 8 bits they stand as they are, with 9 bits in 16. Else value i takes the bits [i * b, (i + 1) * b) of a stream that starts at the lowest bit of the
 * first byte: two's complement, and with one bit 1 stands for +1 and 0 for -1. The products are
 * summed modulo 2^32 (2^64): the sum itself fits, as the bound on the accumulator says.
 */
#include "template.h"
#ifndef TMS_WEIGHTS_C
#define TMS_WEIGHTS_C

/* one product, in the accumulator's type */
static inline TMS_UACC tms_product(TMS_IN value, int32_t weight)
{
    return (TMS_UACC)(TMS_ACC)((int32_t)value * weight);
}

static inline int32_t tms_weight_at_whole(const TMS_WEIGHT *weights, int32_t index)
{
    return weights[index];
}

static inline int32_t tms_weight_at_w4(const uint8_t *weights, int32_t index)
{
    const uint32_t byte = weights[(uint32_t)index >> 1];

    return (int32_t)(((byte >> (((uint32_t)index & 1u) * 4u)) & 15u) ^ 8u) - 8;
}

static inline int32_t tms_weight_at_w2(const uint8_t *weights, int32_t index)
{
    const uint32_t byte = weights[(uint32_t)index >> 2];

    return (int32_t)(((byte >> (((uint32_t)index & 3u) * 2u)) & 3u) ^ 2u) - 2;
}

static inline int32_t tms_weight_at_w1(const uint8_t *weights, int32_t index)
{
    const uint32_t byte = weights[(uint32_t)index >> 3];

    return (int32_t)((byte >> ((uint32_t)index & 7u)) & 1u) * 2 - 1;
}

/* 3, 5, 6 and 7 bits: a value may straddle two bytes */
static inline int32_t tms_weight_at_packed(const uint8_t *weights, int32_t index)
{
    const uint32_t half = (uint32_t)1 << (TMS_WEIGHT_BITS - 1u);
    const uint32_t start = (uint32_t)index * TMS_WEIGHT_BITS;
    const uint8_t *byte = weights + (start >> 3);
    uint32_t bits = (uint32_t)byte[0] >> (start & 7u);

    if ((start & 7u) + TMS_WEIGHT_BITS > 8u) {
        bits |= (uint32_t)byte[1] << (8u - (start & 7u));
    }
    return (int32_t)((bits & ((half << 1) - 1u)) ^ half) - (int32_t)half;
}

/* sum of the weights [first, first + count) */
static int32_t tms_weight_sum(const TMS_WEIGHT *weights, int32_t first, int32_t count)
{
    int32_t sum = 0;

    for (int32_t i = first; i < first + count; i++) {
        sum += TMS_WEIGHT_AT(weights, i);
    }
    return sum;
}

/* sum of values[i] * weights[first + i] for i in [0, count) */
static inline TMS_UACC tms_dot_whole(const TMS_IN *values, const TMS_WEIGHT *weights,
                                     int32_t first, int32_t count)
{
    const TMS_WEIGHT *w = weights + first;
    TMS_UACC sum = 0u;

    for (; count >= 4; count -= 4) {
        sum += tms_product(values[0], w[0]);
        sum += tms_product(values[1], w[1]);
        sum += tms_product(values[2], w[2]);
        sum += tms_product(values[3], w[3]);
        values += 4;
        w += 4;
    }
    for (; count > 0; count--) {
        sum += tms_product(*values++, *w++);
    }
    return sum;
}

static inline TMS_UACC tms_dot_w4(const TMS_IN *values, const uint8_t *weights, int32_t first,
                                  int32_t count)
{
    const uint8_t *w = weights + ((uint32_t)first >> 1);
    TMS_UACC sum = 0u;

    if (((first & 1) != 0) && (count > 0)) {
        sum += tms_product(*values++, (int32_t)((uint32_t)(*w++ >> 4) ^ 8u) - 8);
        count--;
    }
    for (; count >= 2; count -= 2) {
        const uint32_t pair = *w++;

        sum += tms_product(values[0], (int32_t)((pair & 15u) ^ 8u) - 8);
        sum += tms_product(values[1], (int32_t)((pair >> 4) ^ 8u) - 8);
        values += 2;
    }
    if (count > 0) {
        sum += tms_product(*values, (int32_t)((uint32_t)(*w & 15u) ^ 8u) - 8);
    }
    return sum;
}

static inline TMS_UACC tms_dot_w2(const TMS_IN *values, const uint8_t *weights, int32_t first,
                                  int32_t count)
{
    const int32_t end = first + count;
    TMS_UACC sum = 0u;

    for (; (first < end) && ((first & 3) != 0); first++) {
        sum += tms_product(*values++, tms_weight_at_w2(weights, first));
    }
    for (; end - first >= 4; first += 4) {
        const uint32_t four = weights[(uint32_t)first >> 2];

        sum += tms_product(values[0], (int32_t)((four & 3u) ^ 2u) - 2);
        sum += tms_product(values[1], (int32_t)(((four >> 2) & 3u) ^ 2u) - 2);
        sum += tms_product(values[2], (int32_t)(((four >> 4) & 3u) ^ 2u) - 2);
        sum += tms_product(values[3], (int32_t)((four >> 6) ^ 2u) - 2);
        values += 4;
    }
    for (; first < end; first++) {
        sum += tms_product(*values++, tms_weight_at_w2(weights, first));
    }
    return sum;
}

static inline TMS_UACC tms_dot_w1(const TMS_IN *values, const uint8_t *weights, int32_t first,
                                  int32_t count)
{
    const int32_t end = first + count;
    TMS_UACC sum = 0u;

    for (; (first < end) && ((first & 7) != 0); first++) {
        sum += tms_product(*values++, tms_weight_at_w1(weights, first));
    }
    for (; end - first >= 8; first += 8) {
        uint32_t eight = weights[(uint32_t)first >> 3];

        for (int32_t i = 0; i < 8; i++) {
            sum += tms_product(values[i], (int32_t)(eight & 1u) * 2 - 1);
            eight >>= 1;
        }
        values += 8;
    }
    for (; first < end; first++) {
        sum += tms_product(*values++, tms_weight_at_w1(weights, first));
    }
    return sum;
}

/* 3, 5, 6 and 7 bits: a window over the bit stream, filled byte by byte */
static inline TMS_UACC tms_dot_packed(const TMS_IN *values, const uint8_t *weights, int32_t first,
                                      int32_t count)
{
    const uint32_t half = (uint32_t)1 << (TMS_WEIGHT_BITS - 1u);
    const uint32_t start = (uint32_t)first * TMS_WEIGHT_BITS;
    const uint8_t *w = weights + (start >> 3);
    uint32_t window = 0u;
    uint32_t held = 0u;
    TMS_UACC sum = 0u;

    if (((start & 7u) != 0u) && (count > 0)) {
        window = (uint32_t)*w++ >> (start & 7u);
        held = 8u - (start & 7u);
    }
    for (; count > 0; count--) {
        while (held < TMS_WEIGHT_BITS) {
            window |= (uint32_t)*w++ << held;
            held += 8u;
        }
        sum += tms_product(*values++,
                           (int32_t)((window & ((half << 1) - 1u)) ^ half) - (int32_t)half);
        window >>= TMS_WEIGHT_BITS;
        held -= TMS_WEIGHT_BITS;
    }
    return sum;
}

/*
 * Products of two pixels with two filters, added to acc: pixel a with the filters that begin at
 * first and second, then pixel b with both.
 */
static inline void tms_dot_pair_whole(const TMS_IN *a, const TMS_IN *b,
        const TMS_WEIGHT *weights, int32_t first, int32_t second, int32_t count, TMS_UACC acc[4])
{
    const TMS_WEIGHT *v = weights + first;
    const TMS_WEIGHT *w = weights + second;
    TMS_UACC av = acc[0];
    TMS_UACC aw = acc[1];
    TMS_UACC bv = acc[2];
    TMS_UACC bw = acc[3];

    /* not unrolled: it takes all registers of a Cortex-M as it is */
    for (; count > 0; count--) {
        const TMS_IN x = *a++;
        const TMS_IN y = *b++;

        av += tms_product(x, *v);
        aw += tms_product(x, *w);
        bv += tms_product(y, *v++);
        bw += tms_product(y, *w++);
    }
    acc[0] = av;
    acc[1] = aw;
    acc[2] = bv;
    acc[3] = bw;
}

/* The same for fewer bits. */
static TMS_LAYER void tms_dot_pair_packed(const TMS_IN *a, const TMS_IN *b, const TMS_WEIGHT *weights,
        int32_t first, int32_t second, int32_t count, TMS_UACC acc[4])
{
    for (int32_t i = 0; i < 4; i++) {
        acc[i] += TMS_DOT((i < 2) ? a : b, weights, ((i & 1) == 0) ? first : second, count);
    }
}

/* Two 4-bit filters whose pieces begin with a byte share the work of unpacking. */
static TMS_LAYER void tms_dot_pair_w4(const TMS_IN *a, const TMS_IN *b, const uint8_t *weights,
        int32_t first, int32_t second, int32_t count, TMS_UACC acc[4])
{
    TMS_UACC av = acc[0];
    TMS_UACC aw = acc[1];
    TMS_UACC bv = acc[2];
    TMS_UACC bw = acc[3];

    if (((first | second) & 1) == 0) {
        const uint8_t *v = weights + ((uint32_t)first >> 1);
        const uint8_t *w = weights + ((uint32_t)second >> 1);
        const int32_t pairs = (int32_t)((uint32_t)count >> 1);

        for (int32_t i = 0; i < pairs; i++) {
            const uint32_t two = *v++;
            const uint32_t other = *w++;
            const int32_t v0 = (int32_t)((two & 15u) ^ 8u) - 8;
            const int32_t v1 = (int32_t)((two >> 4) ^ 8u) - 8;
            const int32_t w0 = (int32_t)((other & 15u) ^ 8u) - 8;
            const int32_t w1 = (int32_t)((other >> 4) ^ 8u) - 8;

            av += tms_product(a[0], v0) + tms_product(a[1], v1);
            aw += tms_product(a[0], w0) + tms_product(a[1], w1);
            bv += tms_product(b[0], v0) + tms_product(b[1], v1);
            bw += tms_product(b[0], w0) + tms_product(b[1], w1);
            a += 2;
            b += 2;
        }
        first += 2 * pairs;
        second += 2 * pairs;
        count -= 2 * pairs;
    }
    acc[0] = av + tms_dot_w4(a, weights, first, count);
    acc[1] = aw + tms_dot_w4(a, weights, second, count);
    acc[2] = bv + tms_dot_w4(b, weights, first, count);
    acc[3] = bw + tms_dot_w4(b, weights, second, count);
}

#endif
