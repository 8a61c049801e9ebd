/* stream_buffer.c - the newest values behind those before them, of which the last are kept. */
#include "template.h"

typedef struct {
    int32_t outer;
    int32_t kept;             /* values of one row that are kept from before */
    int32_t fresh;            /* values of one row that are new */
} tms_stream_buffer_t;

static void tms_stream_buffer(const tms_stream_buffer_t *layer, const TMS_IN *in, TMS_IN *state,
                              TMS_IN *out)
{
    const size_t kept = (size_t)layer->kept * sizeof *out;
    const size_t fresh = (size_t)layer->fresh * sizeof *out;

    for (int32_t i = 0; i < layer->outer; i++) {
        (void)memcpy(out, state, kept);
        (void)memcpy(out + layer->kept, in, fresh);
        (void)memcpy(state, out + layer->fresh, kept);
        in += layer->fresh;
        state += layer->kept;
        out += layer->kept + layer->fresh;
    }
}
