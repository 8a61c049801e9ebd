/*
 * movement.c - concatenation, slices, padding and transposition move values without changing them:
 * five nested loops, outermost first, with the strides of both sides.
 */
#include "template.h"

typedef struct {
    int32_t sizes[5];
    int32_t in_start;
    int32_t in_strides[5];
    int32_t out_start;
    int32_t out_strides[5];
} tms_move_t;

/* the two innermost axes */
static inline void tms_move_rows(const tms_move_t *layer, const TMS_IN *in, TMS_IN *out)
{
    const int32_t in_step = layer->in_strides[4];
    const int32_t out_step = layer->out_strides[4];

    for (int32_t i = 0; i < layer->sizes[3]; i++) {
        const int32_t from = i * layer->in_strides[3];
        const int32_t to = i * layer->out_strides[3];

        for (int32_t j = 0; j < layer->sizes[4]; j++) {
            out[to + (j * out_step)] = in[from + (j * in_step)];
        }
    }
}

static void tms_move(const tms_move_t *layer, const TMS_IN *in, TMS_IN *out)
{
    for (int32_t i = 0; i < layer->sizes[0]; i++) {
        for (int32_t j = 0; j < layer->sizes[1]; j++) {
            for (int32_t k = 0; k < layer->sizes[2]; k++) {
                const int32_t from = layer->in_start + (i * layer->in_strides[0])
                                     + (j * layer->in_strides[1]) + (k * layer->in_strides[2]);
                const int32_t to = layer->out_start + (i * layer->out_strides[0])
                                   + (j * layer->out_strides[1]) + (k * layer->out_strides[2]);

                tms_move_rows(layer, in + from, out + to);
            }
        }
    }
}

/* size times the same value */
static void tms_fill(TMS_IN *out, int32_t size, int32_t value)
{
    for (int32_t i = 0; i < size; i++) {
        out[i] = (TMS_IN)value;
    }
}
