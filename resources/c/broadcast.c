/*
 * broadcast.c - the way through two tensors that broadcast to the output. The axes are merged into
 * five nested loops, outermost first; an operand that repeats along an axis has stride 0 there. The
 * innermost loop is a row, which kernels go through themselves.
 */
#include "template.h"
#ifndef TMS_BROADCAST_C
#define TMS_BROADCAST_C

typedef struct {
    int32_t sizes[5];
    int32_t a_strides[5];
    int32_t b_strides[5];
} tms_broadcast_t;

/* Where a row begins in both operands, and the step of every loop around it. */
typedef struct {
    int32_t a;
    int32_t b;
    int32_t steps[4];
} tms_row_t;

/* moves on to the next row; 0 behind the last one */
static TMS_LAYER int tms_row_next(const tms_broadcast_t *loops, tms_row_t *row)
{
    for (int32_t axis = 3; axis >= 0; axis--) {
        row->a += loops->a_strides[axis];
        row->b += loops->b_strides[axis];
        row->steps[axis]++;
        if (row->steps[axis] < loops->sizes[axis]) {
            return 1;
        }
        row->a -= loops->sizes[axis] * loops->a_strides[axis];
        row->b -= loops->sizes[axis] * loops->b_strides[axis];
        row->steps[axis] = 0;
    }
    return 0;
}

#endif
