/*
 * add_mve.c - sum of two 8-bit tensors of one shape for Helium, eight values at once.
 *
 * The first tensor has the larger scale, whose multiplier 1/2 leaves nothing to round.
 */
#include "template.h"
#include "mve.c"
#ifdef TMS_HELIUM

typedef struct {
    int32_t size;
    int32_t a_base;       /* the first operand is a * 2^19 + a_base */
    int32_t b_base;       /* the second, before its scaling, b * 2^20 + b_base */
    int32_t b_multiplier;
    int32_t b_shift;
    int32_t b_zero;       /* 1 unless what is left is dropped */
    int32_t out_zero;     /* as narrow.c has it */
    int32_t low;
    int32_t high;
    int32_t out_multiplier;
    int32_t out_shift;
} tms_add_mve_t;

/* four sums on the output's grid */
static inline int32x4_t tms_mve_sums(const tms_add_mve_t *layer, int32x4_t a, int32x4_t b)
{
    const int32x4_t second = vaddq_n_s32(vshlq_n_s32(b, 20), layer->b_base);
    const int32x4_t scaled =
        tms_mve_scaled(second, vdupq_n_s32(layer->b_multiplier), vdupq_n_s32(layer->b_shift),
                       vdupq_n_s32(layer->b_zero));
    const int32x4_t first = vaddq_n_s32(vshlq_n_s32(a, 19), layer->a_base);

    return tms_mve_scaled(vaddq_s32(first, scaled), vdupq_n_s32(layer->out_multiplier),
                          vdupq_n_s32(layer->out_shift), vdupq_n_s32(layer->out_zero));
}

/* eight sums; they come and go as bytes in halves */
static inline int16x8_t tms_mve_eight(const tms_add_mve_t *layer, int16x8_t a, int16x8_t b)
{
    const int32x4_t even = tms_mve_sums(layer, vmovlbq_s16(a), vmovlbq_s16(b));
    const int32x4_t odd = tms_mve_sums(layer, vmovltq_s16(a), vmovltq_s16(b));

    return tms_mve_halves(even, odd);
}

static void tms_add_mve(const tms_add_mve_t *layer, const int8_t *a, const int8_t *b, int8_t *out)
{
    int8_t *result = out;
    int32_t left = layer->size;

    for (; left >= 8; left -= 8) {
        vstrbq_s16(result, tms_mve_eight(layer, vldrbq_s16(a), vldrbq_s16(b)));
        a += 8;
        b += 8;
        result += 8;
    }
    if (left > 0) {
        const mve_pred16_t part = vctp16q((uint32_t)left);
        const int16x8_t last = vldrbq_z_s16(a, part);

        vstrbq_p_s16(result, tms_mve_eight(layer, last, vldrbq_z_s16(b, part)), part);
    }
    tms_mve_limit(out, layer->size, layer->low, layer->high);
}
#endif
