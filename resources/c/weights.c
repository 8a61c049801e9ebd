/*
 * weights.c - weights of 1 to 9 bits, read from flash as they are used.
 *
 * With 8 bits they stand as they are, with 9 bits in 16. Else value i takes the bits
 * [i * b, (i + 1) * b) of a stream that starts at the lowest bit of the first byte: two's complement,
 * and with one bit 1 stands for +1 and 0 for -1. The products are summed modulo 2^32 (2^64): the sum
 * itself fits, as the bound on the accumulator says.
 */
#include "template.h"
#include "arithmetic.c"
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

/* bytes as one number, the first one lowest */
static inline uint32_t tms_bytes_of(const uint8_t *bytes, uint32_t count)
{
    uint32_t word = bytes[0];

    for (uint32_t i = 1u; i < count; i++) {
        word |= (uint32_t)bytes[i] << (8u * i);
    }
    return word;
}

/* Eight weights that begin with a byte: the first four bytes, or as many as there are. */
static inline uint32_t tms_eight_low(const uint8_t *weights)
{
    return tms_bytes_of(weights, (TMS_WEIGHT_BITS < 4u) ? TMS_WEIGHT_BITS : 4u);
}

/* the last four of their bytes */
static inline uint32_t tms_eight_high(const uint8_t *weights)
{
    return (TMS_WEIGHT_BITS <= 4u) ? 0u : tms_bytes_of(weights + (TMS_WEIGHT_BITS - 4u), 4u);
}

/* weight i of the eight */
static inline TMS_INLINE int32_t tms_weight_of(uint32_t low, uint32_t high, uint32_t i)
{
    const uint32_t end = (i + 1u) * TMS_WEIGHT_BITS;
    const uint32_t top = (end <= 32u) ? (low << (32u - end))
                                      : (high << ((8u * TMS_WEIGHT_BITS) - end));

    if (TMS_WEIGHT_BITS == 1u) {
        return (int32_t)((top >> 31) << 1) - 1;
    }
    return tms_shift_right(tms_signed(top), 32u - TMS_WEIGHT_BITS);
}

/* Keeps GCC from loading all values at once, for which there are no registers. */
static inline TMS_INLINE void tms_ordered(TMS_UACC *sum)
{
#if defined(__GNUC__)
    __asm__ volatile("" : "+r"(*sum) : : "memory");
#else
    (void)sum;
#endif
}

/* Adds the product with weight i of the eight. */
static inline TMS_INLINE void tms_add_weight(const TMS_IN *values, uint32_t low, uint32_t high,
        uint32_t i, TMS_UACC *sum)
{
    *sum += tms_product(values[i], tms_weight_of(low, high, i));
    tms_ordered(sum);
}

/*
 * Widths without a kernel of their own: eight weights at a time from where they begin with a byte.
 * Accumulators of 64 bits leave no registers for that.
 */
static inline TMS_UACC tms_dot_packed(const TMS_IN *values, const TMS_WEIGHT *weights,
                                      int32_t first, int32_t count)
{
    const int32_t end = first + count;
    const uint8_t *w;
    TMS_UACC sum = 0u;

    for (; (first < end) && ((((uint32_t)first * TMS_WEIGHT_BITS) & 7u) != 0u); first++) {
        sum += tms_product(*values++, TMS_WEIGHT_AT(weights, first));
    }
    w = (const uint8_t *)weights + (((uint32_t)first * TMS_WEIGHT_BITS) >> 3);
    for (; (sizeof sum == sizeof(uint32_t)) && (end - first >= 8); first += 8) {
        const uint32_t low = tms_eight_low(w);
        const uint32_t high = tms_eight_high(w);

        tms_add_weight(values, low, high, 0u, &sum);
        tms_add_weight(values, low, high, 1u, &sum);
        tms_add_weight(values, low, high, 2u, &sum);
        tms_add_weight(values, low, high, 3u, &sum);
        tms_add_weight(values, low, high, 4u, &sum);
        tms_add_weight(values, low, high, 5u, &sum);
        tms_add_weight(values, low, high, 6u, &sum);
        tms_add_weight(values, low, high, 7u, &sum);
        values += 8;
        w += TMS_WEIGHT_BITS;
    }
    for (; first < end; first++) {
        sum += tms_product(*values++, TMS_WEIGHT_AT(weights, first));
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

/* one weight of both filters */
static inline TMS_INLINE void tms_pair_product(const TMS_IN *a, const TMS_IN *b, int32_t v,
        int32_t w, TMS_UACC acc[4])
{
    acc[0] += tms_product(*a, v);
    acc[1] += tms_product(*a, w);
    acc[2] += tms_product(*b, v);
    acc[3] += tms_product(*b, w);
}

/* Eight weights of both filters, which begin with bytes. */
static inline void tms_pair_eight(const TMS_IN *a, const TMS_IN *b, const uint8_t *v,
        const uint8_t *w, TMS_UACC acc[4])
{
    const uint32_t vl = tms_eight_low(v);
    const uint32_t vh = tms_eight_high(v);
    const uint32_t wl = tms_eight_low(w);
    const uint32_t wh = tms_eight_high(w);

    tms_pair_product(a, b, tms_weight_of(vl, vh, 0u), tms_weight_of(wl, wh, 0u), acc);
    tms_pair_product(a + 1, b + 1, tms_weight_of(vl, vh, 1u), tms_weight_of(wl, wh, 1u), acc);
    tms_pair_product(a + 2, b + 2, tms_weight_of(vl, vh, 2u), tms_weight_of(wl, wh, 2u), acc);
    tms_pair_product(a + 3, b + 3, tms_weight_of(vl, vh, 3u), tms_weight_of(wl, wh, 3u), acc);
    tms_pair_product(a + 4, b + 4, tms_weight_of(vl, vh, 4u), tms_weight_of(wl, wh, 4u), acc);
    tms_pair_product(a + 5, b + 5, tms_weight_of(vl, vh, 5u), tms_weight_of(wl, wh, 5u), acc);
    tms_pair_product(a + 6, b + 6, tms_weight_of(vl, vh, 6u), tms_weight_of(wl, wh, 6u), acc);
    tms_pair_product(a + 7, b + 7, tms_weight_of(vl, vh, 7u), tms_weight_of(wl, wh, 7u), acc);
}

/* The same for fewer bits: two filters whose pieces begin with bytes are unpacked once. */
static TMS_LAYER void tms_dot_pair_packed(const TMS_IN *a, const TMS_IN *b, const TMS_WEIGHT *weights,
        int32_t first, int32_t second, int32_t count, TMS_UACC acc[4])
{
    const uint32_t start = (uint32_t)first * TMS_WEIGHT_BITS;
    const uint32_t other = (uint32_t)second * TMS_WEIGHT_BITS;

    if ((sizeof *acc == sizeof(uint32_t)) && (((start | other) & 7u) == 0u)) {
        const uint8_t *v = (const uint8_t *)weights + (start >> 3);
        const uint8_t *w = (const uint8_t *)weights + (other >> 3);

        for (; count >= 8; count -= 8) {
            tms_pair_eight(a, b, v, w, acc);
            a += 8;
            b += 8;
            v += TMS_WEIGHT_BITS;
            w += TMS_WEIGHT_BITS;
            first += 8;
            second += 8;
        }
    }
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
