/*
 * gather.c - positions of one or two axes by their indices: resizing to the nearest value,
 * repeating, padding by reflection. What lies behind the second axis is copied as it is.
 */
#include "template.h"

typedef struct {
    int32_t outer;
    int32_t first;            /* positions taken from the first axis */
    int32_t middle;
    int32_t second;
    int32_t inner;
    int32_t in_first;         /* positions that there are */
    int32_t in_second;
    const TMS_TABLE *first_at;
    const TMS_TABLE *second_at;
} tms_gather_t;

/* all positions of the second axis, from the row whose first value is in */
static inline TMS_IN *tms_gather_row(const tms_gather_t *layer, const TMS_IN *in, TMS_IN *out)
{
    for (int32_t i = 0; i < layer->second; i++) {
        const TMS_IN *from = in + ((int32_t)layer->second_at[i] * layer->inner);

        for (int32_t j = 0; j < layer->inner; j++) {
            *out++ = from[j];
        }
    }
    return out;
}

static void tms_gather(const tms_gather_t *layer, const TMS_IN *in, TMS_IN *out)
{
    const int32_t row = layer->in_second * layer->inner;

    for (int32_t i = 0; i < layer->outer; i++) {
        for (int32_t j = 0; j < layer->first; j++) {
            const int32_t at = (i * layer->in_first) + (int32_t)layer->first_at[j];

            for (int32_t k = 0; k < layer->middle; k++) {
                out = tms_gather_row(layer, in + (((at * layer->middle) + k) * row), out);
            }
        }
    }
}
