/*
 * fully_connected_mve.c - weighted sums of rows of inputs for Helium, four outputs at once.
 *
 * Weights of 4 bits stand two in a byte, one of an output below one of the next; of 2 bits four, one
 * of each of four outputs; of 1 bit those with one input, and with the input so far behind it as half
 * of them are. They are multiplied in the upper bits of bytes. Few bits have outputs of zeros behind
 * the last one.
 *
 * Order: row after row, which is read again for every four outputs.
 */
#include "template.h"
#include "mve.c"
#ifdef TMS_HELIUM

typedef struct {
    int32_t rows;
    int32_t in_size;
    int32_t out_size;
    int32_t out_zero; /* as narrow.c has it */
    int32_t low;
    int32_t high;
    const TMS_WEIGHT *weights; /* out_size x in_size, or fewer bytes */
    const int32_t *scaling; /* of four outputs: biases, multipliers, shifts */
} tms_fully_connected_mve_t;

static inline int32x4_t tms_mve_lanes(int32_t a, int32_t b, int32_t c, int32_t d)
{
    int32x4_t sums = vdupq_n_s32(a);

    sums = vsetq_lane_s32(b, sums, 1);
    sums = vsetq_lane_s32(c, sums, 2);
    return vsetq_lane_s32(d, sums, 3);
}

/* Sums of the products of a row with four rows of weights; past the last row they read it again. */
static inline int32x4_t tms_mve_products_w8(const int8_t *in, const int8_t *weights, int32_t size,
        int32_t rows)
{
    const int8_t *w0 = weights;
    const int8_t *w1 = weights + ((rows > 1) ? size : 0);
    const int8_t *w2 = weights + ((rows > 2) ? (2 * size) : 0);
    const int8_t *w3 = weights + ((rows > 3) ? (3 * size) : 0);
    int32_t a = 0;
    int32_t b = 0;
    int32_t c = 0;
    int32_t d = 0;

    /* behind the last values the loop loads and adds zeros */
    __asm__ volatile("wlstp.8 lr, %[size], 2f;"
                     "1:"
                     "vldrb.8 q0, [%[x]], #16;"
                     "vldrb.8 q1, [%[w0]], #16;"
                     "vldrb.8 q2, [%[w1]], #16;"
                     "vmladava.s8 %[a], q0, q1;"
                     "vldrb.8 q1, [%[w2]], #16;"
                     "vmladava.s8 %[b], q0, q2;"
                     "vldrb.8 q2, [%[w3]], #16;"
                     "vmladava.s8 %[c], q0, q1;"
                     "vmladava.s8 %[d], q0, q2;"
                     "letp lr, 1b;"
                     "2:"
                     : [a] "+Te"(a), [b] "+Te"(b), [c] "+Te"(c), [d] "+Te"(d), [x] "+r"(in),
                       [w0] "+r"(w0), [w1] "+r"(w1), [w2] "+r"(w2), [w3] "+r"(w3)
                     : [size] "r"(size)
                     : "lr", "q0", "q1", "q2", "memory");
    return tms_mve_lanes(a, b, c, d);
}

/* The same for weights of 4 bits, 16-fold until the end. */
static inline int32x4_t tms_mve_products_w4(const int8_t *in, const uint8_t *weights, int32_t size,
        int32_t rows)
{
    const uint8_t *v = weights;
    const uint8_t *w = weights + size;
    int32_t a = 0;
    int32_t b = 0;
    int32_t c = 0;
    int32_t d = 0;

    (void)rows;
    __asm__ volatile("vmov.i8 q3, #0xF0;"
                     "wlstp.8 lr, %[size], 2f;"
                     "1:"
                     "vldrb.8 q0, [%[x]], #16;"
                     "vldrb.8 q1, [%[v]], #16;"
                     "vshl.i8 q2, q1, #4;"
                     "vand q1, q1, q3;"
                     "vmladava.s8 %[a], q0, q2;"
                     "vldrb.8 q2, [%[w]], #16;"
                     "vmladava.s8 %[b], q0, q1;"
                     "vshl.i8 q1, q2, #4;"
                     "vand q2, q2, q3;"
                     "vmladava.s8 %[c], q0, q1;"
                     "vmladava.s8 %[d], q0, q2;"
                     "letp lr, 1b;"
                     "2:"
                     : [a] "+Te"(a), [b] "+Te"(b), [c] "+Te"(c), [d] "+Te"(d), [x] "+r"(in),
                       [v] "+r"(v), [w] "+r"(w)
                     : [size] "r"(size)
                     : "lr", "q0", "q1", "q2", "q3", "memory");
    return vshrq_n_s32(tms_mve_lanes(a, b, c, d), 4);
}

/* The same for weights of 2 bits, 64-fold until the end. */
static inline int32x4_t tms_mve_products_w2(const int8_t *in, const uint8_t *weights, int32_t size,
        int32_t rows)
{
    int32_t a = 0;
    int32_t b = 0;
    int32_t c = 0;
    int32_t d = 0;

    (void)rows;
    __asm__ volatile("vmov.i8 q3, #0xC0;"
                     "wlstp.8 lr, %[size], 2f;"
                     "1:"
                     "vldrb.8 q0, [%[x]], #16;"
                     "vldrb.8 q1, [%[w]], #16;"
                     "vshl.i8 q2, q1, #6;"
                     "vmladava.s8 %[a], q0, q2;"
                     "vshl.i8 q2, q1, #4;"
                     "vand q2, q2, q3;"
                     "vmladava.s8 %[b], q0, q2;"
                     "vshl.i8 q2, q1, #2;"
                     "vand q2, q2, q3;"
                     "vand q1, q1, q3;"
                     "vmladava.s8 %[c], q0, q2;"
                     "vmladava.s8 %[d], q0, q1;"
                     "letp lr, 1b;"
                     "2:"
                     : [a] "+Te"(a), [b] "+Te"(b), [c] "+Te"(c), [d] "+Te"(d), [x] "+r"(in),
                       [w] "+r"(weights)
                     : [size] "r"(size)
                     : "lr", "q0", "q1", "q2", "q3", "memory");
    return vshrq_n_s32(tms_mve_lanes(a, b, c, d), 6);
}

/* The same for weights of 1 bit, which is set where a weight is -1; of an even number of inputs. */
static inline int32x4_t tms_mve_products_w1(const int8_t *in, const uint8_t *weights, int32_t size,
        int32_t rows)
{
    const int8_t *y = in + (size / 2);
    int32_t a = 0;
    int32_t b = 0;
    int32_t c = 0;
    int32_t d = 0;
    int32_t sum = 0;

    (void)rows;
    __asm__ volatile("vmov.i8 q4, #0x80;"
                     "wlstp.8 lr, %[size], 2f;"
                     "1:"
                     "vldrb.8 q0, [%[x]], #16;"
                     "vldrb.8 q1, [%[w]], #16;"
                     "vaddva.s8 %[sum], q0;"
                     "vshl.i8 q2, q1, #7;"
                     "vmladava.s8 %[a], q0, q2;"
                     "vshl.i8 q2, q1, #6;"
                     "vand q2, q2, q4;"
                     "vshl.i8 q3, q1, #5;"
                     "vmladava.s8 %[b], q0, q2;"
                     "vand q3, q3, q4;"
                     "vshl.i8 q2, q1, #4;"
                     "vmladava.s8 %[c], q0, q3;"
                     "vand q2, q2, q4;"
                     "vshl.i8 q3, q1, #3;"
                     "vmladava.s8 %[d], q0, q2;"
                     "vldrb.8 q0, [%[y]], #16;"
                     "vand q3, q3, q4;"
                     "vaddva.s8 %[sum], q0;"
                     "vshl.i8 q2, q1, #2;"
                     "vmladava.s8 %[a], q0, q3;"
                     "vand q2, q2, q4;"
                     "vshl.i8 q3, q1, #1;"
                     "vmladava.s8 %[b], q0, q2;"
                     "vand q3, q3, q4;"
                     "vand q1, q1, q4;"
                     "vmladava.s8 %[c], q0, q3;"
                     "vmladava.s8 %[d], q0, q1;"
                     "letp lr, 1b;"
                     "2:"
                     : [a] "+Te"(a), [b] "+Te"(b), [c] "+Te"(c), [d] "+Te"(d), [sum] "+Te"(sum),
                       [x] "+r"(in), [y] "+r"(y), [w] "+r"(weights)
                     : [size] "r"(size / 2)
                     : "lr", "q0", "q1", "q2", "q3", "q4", "memory");
    return vaddq_s32(vdupq_n_s32(sum), vshrq_n_s32(tms_mve_lanes(a, b, c, d), 6));
}

static void tms_fully_connected_mve(const tms_fully_connected_mve_t *layer, const int8_t *in,
        int8_t *out)
{
    const int32x4_t zero = vdupq_n_s32(layer->out_zero);
    const int32_t size = layer->in_size;
    const int32_t group = (size * (int32_t)TMS_WEIGHT_BITS) / 2; /* bytes of four outputs */
    int8_t *result = out;

    for (int32_t row = 0; row < layer->rows; row++) {
        const TMS_WEIGHT *weights = layer->weights;
        const int32_t *scaling = layer->scaling;

        int32x4_t raise = vdupq_n_s32(0);

        for (int32_t left = layer->out_size + (4 * TMS_RAISED); left > 0; left -= 4) {
            const int32x4_t products = TMS_MVE_PRODUCTS(in, weights, size, left);
            const int32x4_t sums = (TMS_RAISED != 0) ? vaddq_s32(products, raise) : products;
            const int32x4_t values =
                TMS_MVE_SCALED(vaddq_s32(sums, vldrwq_s32(scaling)), vldrwq_s32(scaling + 4),
                               vldrwq_s32(scaling + 8), zero);
            const int32x4_t limited =
                vminq_s32(vmaxq_s32(values, vdupq_n_s32(-128)), vdupq_n_s32(127));

            if ((TMS_RAISED != 0) && (left > layer->out_size)) {
                raise = vmulq_s32(products, vldrwq_s32(scaling + 4));
                weights += group;
                scaling += 12;
                continue;
            }
            vstrbq_p_s32(result, limited, vctp32q((uint32_t)left));
            weights += group;
            scaling += 12;
            result += (left < 4) ? left : 4;
        }
        in += size;
    }
    tms_mve_limit(out, layer->rows * layer->out_size, layer->low, layer->high);
}
#endif
