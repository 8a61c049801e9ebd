/* arg_max.c - index of the largest or the smallest value along an axis, the first of several. */
#include "template.h"

typedef struct {
    int32_t outer;
    int32_t depth; /* values to choose from */
    int32_t inner; /* from one of them to the next */
    int32_t sign;  /* 1 for the largest, -1 for the smallest */
} tms_arg_max_t;

static inline TMS_OUT tms_arg_max_index(const tms_arg_max_t *layer, const TMS_IN *in)
{
    int32_t best = *in;
    int32_t index = 0;

    for (int32_t i = 1; i < layer->depth; i++) {
        const int32_t value = in[i * layer->inner];

        if (((value - best) * layer->sign) > 0) {
            best = value;
            index = i;
        }
    }
    return (TMS_OUT)index;
}

static void tms_arg_max(const tms_arg_max_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    for (int32_t i = 0; i < layer->outer; i++) {
        for (int32_t j = 0; j < layer->inner; j++) {
            *out++ = tms_arg_max_index(layer, in + j);
        }
        in += layer->depth * layer->inner;
    }
}
