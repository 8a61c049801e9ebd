/*
 * narrow16_mve.c - layers with 16-bit inputs and 8-bit weights for Helium, four channels at once.
 *
 * VMULH is the upper half of a product without rounding: with the multiplier in the upper half of
 * its word, the floor that narrow16.c takes.
 */
#include "template.h"
#include "conv2d16.c"
#include "depthwise16.c"
#ifdef TMS_HELIUM

/* up to four outputs, as tms_narrow16; scaling has a vector each of multipliers and right shifts */
static inline void tms_mve_narrow16(int32x4_t acc, const int32_t *scaling, int32_t zero,
        int32_t low, int32_t high, TMS_OUT *out, int32_t count)
{
    const int32x4_t shift = vldrwq_s32(scaling + 4);
    const int32x4_t upper = vmulhq_s32(acc, vldrwq_s32(scaling));
    const int32x4_t sum = vaddq_s32(upper, vshlq_s32(vdupq_n_s32(zero), shift));
    const int32x4_t value = vshlq_s32(sum, vmvnq_s32(shift));

    TMS_MVE_STORE(out, vminq_s32(vmaxq_s32(value, vdupq_n_s32(low)), vdupq_n_s32(high)),
                  vctp32q((uint32_t)count));
}

/* sums of the products of four channels; a block is eight weights of each */
static inline int32x4_t tms_mve_sums16(const tms_runs16_t *runs, const int16_t *in,
        const int8_t *weights)
{
    int32_t a = 0;
    int32_t b = 0;
    int32_t c = 0;
    int32_t d = 0;
    int32x4_t sums;

    for (int32_t row = runs->rows; row > 0; row--) {
        const int16_t *next = in;
        const int8_t *first = weights;

        for (int32_t column = runs->columns; column > 0; column--) {
            const int16_t *x = next;
            const int8_t *w = first;

            __asm__ volatile("wls lr, %[blocks], 2f;"
                             "1:"
                             "vldrh.16 q0, [%[x]], #16;"
                             "vldrb.s16 q1, [%[w]], #8;"
                             "vldrb.s16 q2, [%[w]], #8;"
                             "vmladava.s16 %[a], q0, q1;"
                             "vldrb.s16 q1, [%[w]], #8;"
                             "vmladava.s16 %[b], q0, q2;"
                             "vldrb.s16 q2, [%[w]], #8;"
                             "vmladava.s16 %[c], q0, q1;"
                             "vmladava.s16 %[d], q0, q2;"
                             "le lr, 1b;"
                             "2:"
                             : [a] "+Te"(a), [b] "+Te"(b), [c] "+Te"(c), [d] "+Te"(d),
                               [x] "+r"(x), [w] "+l"(w)
                             : [blocks] "r"(runs->blocks)
                             : "lr", "q0", "q1", "q2", "memory");
            next += runs->in_column;
            first += runs->weight_column;
        }
        in += runs->in_row;
        weights += runs->weight_row;
    }
    sums = vdupq_n_s32(a);
    sums = vsetq_lane_s32(b, sums, 1);
    sums = vsetq_lane_s32(c, sums, 2);
    return vsetq_lane_s32(d, sums, 3);
}

/* all channels of one pixel, as tms_channels16 does it */
static TMS_LAYER void tms_channels16_mve(const tms_conv2d16_t *layer, const tms_runs16_t *runs,
        const int16_t *in, int32_t filter, int32_t first, TMS_OUT *out)
{
    const int8_t *weights = layer->weights + first;
    const int32_t *scaling = layer->scaling;

    for (int32_t left = layer->geometry.out_channels; left > 0; left -= 4) {
        const int32x4_t sums = tms_mve_sums16(runs, in, weights);
        const int32x4_t acc = vaddq_s32(sums, vldrwq_s32(scaling));

        tms_mve_narrow16(vshlq_r_s32(acc, layer->headroom), scaling + 4, layer->out_zero,
                         layer->low, layer->high, out, left);
        weights += filter;
        scaling += 12;
        out += 4;
    }
}

/* all channels of one pixel, as tms_depthwise_pixel16 does it */
static TMS_LAYER void tms_depthwise_pixel16_mve(const tms_depthwise16_t *layer,
        const tms_taps16_t *taps, const int16_t *in, int32_t first, TMS_OUT *out)
{
    const tms_geometry_t *g = &layer->geometry;
    const int32_t step = taps->in_column;
    const int32_t *scaling = layer->scaling;
    const int8_t *weights = layer->weights + first;

    for (int32_t left = g->out_channels; left > 0; left -= 4) {
        int32x4_t acc = vldrwq_s32(scaling);
        const int16_t *x = in;
        const int8_t *w = weights;

        for (int32_t row = taps->rows; row > 0; row--) {
            for (int32_t column = taps->columns; column > 0; column--) {
                acc = vaddq_s32(acc, vmulq_s32(vldrhq_s32(x), vldrbq_s32(w)));
                x += step;
                w += 4;
            }
            x += taps->in_row;
            w += taps->weight_row;
        }
        tms_mve_narrow16(vshlq_r_s32(acc, layer->headroom), scaling + 4, layer->out_zero,
                         layer->low, layer->high, out, left);
        scaling += 12;
        in += 4;
        weights += 4 * g->kernel_height * g->kernel_width;
        out += 4;
    }
}
#endif
