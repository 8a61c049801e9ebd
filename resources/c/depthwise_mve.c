/*
 * depthwise_mve.c - a filter of its own for every channel for Helium, sixteen channels at once.
 *
 * A product of bytes has 16 bits, and so has the sum of two, unless all four are -128. Of sixteen
 * sums every fourth is in one vector of accumulators: 0, 4, ..., then 2, 6, ..., then those from 1
 * and from 3 on, as instructions widen even and odd lanes; bias, multipliers and shifts have that
 * order too. The zero point is folded into the bias.
 *
 * Order: pixel after pixel, of each sixteen channels after the other; these are read, then
 * written.
 */
#include "template.h"
#include "mve.c"
#include "window.c"
#include "window_mve.c"
#ifdef TMS_HELIUM

typedef struct {
    tms_geometry_t geometry;
    int32_t out_zero; /* as narrow.c has it */
    int32_t low;
    int32_t high;
    int32_t raise; /* what weights exceed those that stand here by */
    const int8_t *padding; /* the input's zero point for every channel */
    const TMS_WEIGHT *weights; /* of sixteen channels: tap by tap; the last sixteen may overlap */
    const int32_t *scaling; /* of sixteen channels: biases, multipliers, shifts */
} tms_depthwise_mve_t;

/* adds the sums of products in two vectors of halves to four vectors of accumulators */
static inline void tms_mve_widen(int32x4_t acc[4], int16x8_t even, int16x8_t odd)
{
    acc[0] = vaddq_s32(acc[0], vmovlbq_s16(even));
    acc[1] = vaddq_s32(acc[1], vmovltq_s16(even));
    acc[2] = vaddq_s32(acc[2], vmovlbq_s16(odd));
    acc[3] = vaddq_s32(acc[3], vmovltq_s16(odd));
}

/* Products of sixteen channels, added to acc, for 8-bit weights; moves the taps on. */
static inline void tms_mve_sums_w8(const int8_t **taps, int32_t count, const int8_t *weights,
        int32x4_t acc[4])
{
    int32x4_t a = acc[0];
    int32x4_t b = acc[1];
    int32x4_t c = acc[2];
    int32x4_t d = acc[3];
    const int8_t *x;
    const int8_t *y;

    __asm__ volatile("wls lr, %[pairs], 2f;"
                     "1:"
                     "ldrd %[x], %[y], [%[taps]];"
                     "vldrb.8 q6, [%[x]], #16;"
                     "vldrb.8 q7, [%[w]], #16;"
                     "vmullb.s8 q4, q6, q7;"
                     "vmullt.s8 q5, q6, q7;"
                     "vldrb.8 q6, [%[y]];"
                     "vldrb.8 q7, [%[w]], #16;"
                     "vmullb.s8 q6, q6, q7;"
                     "vadd.i16 q4, q4, q6;"
                     "vldrb.8 q6, [%[y]], #16;"
                     "vmullt.s8 q6, q6, q7;"
                     "vadd.i16 q5, q5, q6;"
                     "strd %[x], %[y], [%[taps]], #8;"
                     "vmovlb.s16 q6, q4;"
                     "vadd.i32 %q[a], %q[a], q6;"
                     "vmovlt.s16 q6, q4;"
                     "vadd.i32 %q[b], %q[b], q6;"
                     "vmovlb.s16 q6, q5;"
                     "vadd.i32 %q[c], %q[c], q6;"
                     "vmovlt.s16 q6, q5;"
                     "vadd.i32 %q[d], %q[d], q6;"
                     "le lr, 1b;"
                     "2:"
                     : [a] "+w"(a), [b] "+w"(b), [c] "+w"(c), [d] "+w"(d), [x] "=&r"(x),
                       [y] "=&r"(y), [taps] "+r"(taps), [w] "+r"(weights)
                     : [pairs] "r"((uint32_t)count >> 1)
                     : "lr", "q4", "q5", "q6", "q7", "memory");
    acc[0] = a;
    acc[1] = b;
    acc[2] = c;
    acc[3] = d;
    if ((count & 1) != 0) {
        const int8x16_t values = vldrbq_s8(*taps);
        const int8x16_t held = vldrbq_s8(weights);

        *taps += 16;
        tms_mve_widen(acc, vmullbq_int_s8(values, held), vmulltq_int_s8(values, held));
    }
}

/*
 * The same for 4-bit weights: a byte holds one tap's in its lower half and the next one's in its
 * upper half. Up to 31 products have a sum of 16 bits.
 */
static inline void tms_mve_sums_w4(const int8_t **taps, int32_t count, const uint8_t *weights,
        int32x4_t acc[4])
{
    int16x8_t even = vdupq_n_s16(0);
    int16x8_t odd = vdupq_n_s16(0);

    for (int32_t left = count; left > 0; left -= 2) {
        const int8x16_t both = vldrbq_s8((const int8_t *)weights);
        const int8x16_t low = vshrq_n_s8(vshlq_n_s8(both, 4), 4);
        const int8x16_t first = vldrbq_s8(*taps);

        weights += 16;
        *taps += 16;
        taps++;
        even = vaddq_s16(even, vmullbq_int_s8(first, low));
        odd = vaddq_s16(odd, vmulltq_int_s8(first, low));
        if (left > 1) {
            const int8x16_t high = vshrq_n_s8(both, 4);
            const int8x16_t second = vldrbq_s8(*taps);

            *taps += 16;
            taps++;
            even = vaddq_s16(even, vmullbq_int_s8(second, high));
            odd = vaddq_s16(odd, vmulltq_int_s8(second, high));
        }
    }
    tms_mve_widen(acc, even, odd);
}

/* The same for 2-bit weights: a byte holds those of four taps. */
static inline void tms_mve_sums_w2(const int8_t **taps, int32_t count, const uint8_t *weights,
        int32x4_t acc[4])
{
    int16x8_t even = vdupq_n_s16(0);
    int16x8_t odd = vdupq_n_s16(0);
    int8x16_t four = vdupq_n_s8(0);

    for (int32_t i = 0; i < count; i++) {
        const int8x16_t values = vldrbq_s8(*taps);
        int8x16_t held;

        if ((i & 3) == 0) {
            four = vldrbq_s8((const int8_t *)weights);
            weights += 16;
        }
        held = vshrq_n_s8(vshlq_n_s8(four, 6), 6);
        four = vshrq_n_s8(four, 2);
        *taps += 16;
        taps++;
        even = vaddq_s16(even, vmullbq_int_s8(values, held));
        odd = vaddq_s16(odd, vmulltq_int_s8(values, held));
    }
    tms_mve_widen(acc, even, odd);
}

/* The same for 1-bit weights: a byte holds those of eight taps, 1 for -1. */
static inline void tms_mve_sums_w1(const int8_t **taps, int32_t count, const uint8_t *weights,
        int32x4_t acc[4])
{
    int16x8_t even = vdupq_n_s16(0);
    int16x8_t odd = vdupq_n_s16(0);
    int8x16_t eight = vdupq_n_s8(0);

    for (int32_t i = 0; i < count; i++) {
        const int8x16_t values = vldrbq_s8(*taps);
        int8x16_t held;

        if ((i & 7) == 0) {
            eight = vldrbq_s8((const int8_t *)weights);
            weights += 16;
        }
        held = vorrq_s8(vshrq_n_s8(vshlq_n_s8(eight, 7), 7), vdupq_n_s8(1));
        eight = vshrq_n_s8(eight, 1);
        *taps += 16;
        taps++;
        even = vaddq_s16(even, vmullbq_int_s8(values, held));
        odd = vaddq_s16(odd, vmulltq_int_s8(values, held));
    }
    tms_mve_widen(acc, even, odd);
}

/* what weights exceed those that stand here by, times the values under the window */
static inline void tms_mve_raise(const int8_t *const *taps, int32_t count, int32_t number,
        int32x4_t acc[4])
{
    int32x4_t sums[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
    int16x8_t even = vdupq_n_s16(0);
    int16x8_t odd = vdupq_n_s16(0);

    for (int32_t i = 0; i < count; i++) {
        const int8x16_t values = vldrbq_s8(taps[i]);

        even = vaddq_s16(even, vmovlbq_s8(values));
        odd = vaddq_s16(odd, vmovltq_s8(values));
    }
    tms_mve_widen(sums, even, odd);
    for (int32_t i = 0; i < 4; i++) {
        acc[i] = vmlaq_n_s32(acc[i], sums[i], number);
    }
}

/* sixteen outputs */
static inline int8x16_t tms_mve_sixteen(const int32x4_t acc[4], const int32_t *scaling,
        int32x4_t zero)
{
    const int32x4_t a =
        TMS_MVE_SCALED(acc[0], vldrwq_s32(scaling + 16), vldrwq_s32(scaling + 32), zero);
    const int32x4_t b =
        TMS_MVE_SCALED(acc[1], vldrwq_s32(scaling + 20), vldrwq_s32(scaling + 36), zero);
    const int16x8_t even = vqmovntq_s32(vqmovnbq_s32(vreinterpretq_s16_s32(a), a), b);
    const int32x4_t c =
        TMS_MVE_SCALED(acc[2], vldrwq_s32(scaling + 24), vldrwq_s32(scaling + 40), zero);
    const int32x4_t d =
        TMS_MVE_SCALED(acc[3], vldrwq_s32(scaling + 28), vldrwq_s32(scaling + 44), zero);
    const int16x8_t odd = vqmovntq_s32(vqmovnbq_s32(vreinterpretq_s16_s32(c), c), d);

    return vqmovntq_s16(vqmovnbq_s16(vreinterpretq_s8_s16(even), even), odd);
}

/* all channels of one pixel, whose taps they move on */
static TMS_LAYER void tms_depthwise_sixteens(const tms_depthwise_mve_t *layer, const int8_t **taps,
        int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t count = g->kernel_height * g->kernel_width;
    const int32_t filter = (count * (int32_t)TMS_WEIGHT_BITS + 7) / 8 * 16;
    const int32x4_t zero = vdupq_n_s32(layer->out_zero);
    const TMS_WEIGHT *weights = layer->weights;
    const int32_t *scaling = layer->scaling;
    int32_t done = 0;

    while (done < g->out_channels) {
        int32x4_t acc[4];

        if (done + 16 > g->out_channels) {
            const int32_t back = done + 16 - g->out_channels;

            for (int32_t i = 0; i < count; i++) {
                taps[i] -= back;
            }
            done -= back;
        }
        acc[0] = vldrwq_s32(scaling);
        acc[1] = vldrwq_s32(scaling + 4);
        acc[2] = vldrwq_s32(scaling + 8);
        acc[3] = vldrwq_s32(scaling + 12);
        if (TMS_RAISED != 0) {
            tms_mve_raise(taps, count, layer->raise, acc);
        }
        TMS_MVE_SUMS(taps, count, weights, acc);
        vstrbq_s8(out + done, tms_mve_sixteen(acc, scaling, zero));
        weights += filter;
        scaling += 48;
        done += 16;
    }
}

/* the layer, for filters with up to 25 taps on 16 channels and more */
static void tms_depthwise_mve(const tms_depthwise_mve_t *layer, const int8_t *in, int8_t *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t pixels = g->out_height * g->out_width;
    const int8_t *taps[26];
    tms_spot_t spot;
    int8_t *pixel = out;

    tms_spot_first(&spot, g);
    for (int32_t left = pixels; left > 0; left--) {
        tms_taps(g, &spot, in, layer->padding, taps, 1);
        tms_depthwise_sixteens(layer, taps, pixel);
        tms_spot_next(&spot, g);
        pixel += g->out_channels;
    }
    tms_mve_limit(out, pixels * g->out_channels, layer->low, layer->high);
}
#endif
