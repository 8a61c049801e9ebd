/*
 * depthwise_rows.c - three rows of taps of one channel at two pixels, without the DSP extension.
 *
 * Where the second pixel is one row of taps below the first, they share two rows of values and all
 * weights: 13 instructions instead of 18 for six products.
 */
#include "template.h"
#include "conv2d_blocks.c"
#include "narrow.c"
#ifndef TMS_DEPTHWISE_ROWS_C
#define TMS_DEPTHWISE_ROWS_C

/*
 * Three rows of taps, where the second pixel is one row of taps below the first; next is from one
 * row's weights to those of the next.
 */
static inline void tms_depthwise_rows(const int8_t *in, int32_t row, int32_t step,
        const int8_t *weights, int32_t next, int32_t columns, uint32_t acc[2])
{
#if defined(__thumb2__) && defined(__OPTIMIZE__) && defined(__GNUC__)
    const int32_t last = 3 * row;
    uint32_t u;
    uint32_t x;
    uint32_t y;

    __asm__ volatile("0:;"
                     "ldrsb %[u], [%[w], %[next]];"
                     "ldrsb %[y], [%[in], %[row]];"
                     "ldrsb %[x], [%[in], %[row], lsl #1];"
                     "mla %[a], %[y], %[u], %[a];"
                     "mla %[b], %[x], %[u], %[b];"
                     "ldrsb %[u], [%[w], %[next], lsl #1];"
                     "mla %[a], %[x], %[u], %[a];"
                     "ldrsb %[x], [%[in], %[last]];"
                     "mla %[b], %[x], %[u], %[b];"
                     "ldrsb %[u], [%[w]], #4;"
                     "ldrsb %[x], [%[in]];"
                     "mla %[b], %[y], %[u], %[b];"
                     "mla %[a], %[x], %[u], %[a];"
                     "add %[in], %[in], %[step];"
                     "subs %[columns], %[columns], #1;"
                     "bne 0b"
                     : [a] "+r"(acc[0]), [b] "+r"(acc[1]), [in] "+r"(in), [w] "+r"(weights),
                       [columns] "+r"(columns), [u] "=&r"(u), [x] "=&r"(x), [y] "=&r"(y)
                     : [row] "r"(row), [last] "r"(last), [next] "r"(next), [step] "r"(step)
                     : "cc", "memory");
#else
    uint32_t a = acc[0];
    uint32_t b = acc[1];

    for (; columns > 0; columns--) {
        const int32_t u = weights[0];
        const int32_t v = weights[next];
        const int32_t w = weights[2 * next];
        int32_t x = in[row];

        a += (uint32_t)(in[0] * u);
        a += (uint32_t)(x * v);
        b += (uint32_t)(x * u);
        x = in[2 * row];
        a += (uint32_t)(x * w);
        b += (uint32_t)(x * v);
        b += (uint32_t)(in[3 * row] * w);
        in += step;
        weights += 4;
    }
    acc[0] = a;
    acc[1] = b;
#endif
}

#endif
