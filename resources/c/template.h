/*
 * template.h - what stands for the types and widths of a layer in the kernels of this folder.
 *
 * The exporter copies the functions that a model needs, replaces the words TMS_... by the types of
 * the layer and the prefix tms_ by that of the model. With these definitions every file here
 * compiles as it stands; the exported header holds none of them.
 */
#ifndef TMS_TEMPLATE_H
#define TMS_TEMPLATE_H

#include <stdint.h>
#include <string.h>

/* Helium, the vector extension of Arm cores; only kernels whose names end in mve use it */
#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__)
#define TMS_HELIUM
#include <arm_mve.h>
#endif

/* the input: int8_t (4 and 8 bits) or int16_t, with the accumulator that its products need */
#ifndef TMS_IN
#define TMS_IN int8_t
#define TMS_ACC int32_t
#define TMS_UACC uint32_t
#define TMS_REQUANTIZE tms_requantize
#endif

/* a function that stays one of its own */
#define TMS_LAYER

/* a function that never becomes a call */
#define TMS_INLINE

/* how products and quotients are rounded: here TFLite's two roundings, and ties away from zero */
#ifndef TMS_MULTIPLY
#define TMS_MULTIPLY tms_multiply
#define TMS_MULTIPLY_WIDE tms_multiply_wide
#define TMS_DROP tms_drop_half_up
#define TMS_DIVIDE tms_divide_half_away
#endif

/* how an accumulator becomes an output of 8 bits, see narrow.c: here with two roundings */
#ifndef TMS_HIGH
#define TMS_HIGH tms_high_twice
#define TMS_NARROW tms_narrow
#define TMS_MVE_HIGH tms_mve_high_twice
#define TMS_MVE_SCALED tms_mve_scaled
#endif

/* whether a mean has its division in a multiplier, or a divisor (tms_share_divided) */
#ifndef TMS_SHARE
#define TMS_SHARE tms_share_multiplied
#endif

/* the second operand of a sum or product */
#ifndef TMS_IN2
#define TMS_IN2 int8_t
#endif

/* the output */
#ifndef TMS_OUT
#define TMS_OUT int8_t
#define TMS_MVE_STORE vstrbq_p_s32
#endif

/* 16-bit layers with other kernels where the core has Helium */
#ifndef TMS_CHANNELS16
#define TMS_CHANNELS16 tms_channels16
#define TMS_DEPTHWISE_PIXEL16 tms_depthwise_pixel16
#endif

/*
 * the weights: int8_t, or bytes of a bit stream of TMS_WEIGHT_BITS for each value; TMS_UNIT of a
 * filter stand together, for which halves of words are told apart TMS_FOLDS / 4 times
 */
#ifndef TMS_WEIGHT
#define TMS_WEIGHT int8_t
#define TMS_WEIGHT_BITS 8u
#define TMS_WEIGHT_AT tms_weight_at_whole
#define TMS_DOT tms_dot_whole
#define TMS_DOT_PAIR tms_dot_pair_whole
#define TMS_PATCH_PRODUCTS tms_patch_products_w8
#define TMS_PATCH_RAISE tms_patch_raise_whole
#define TMS_ROWS_PRODUCTS tms_rows_products_whole
#define TMS_ROWS_PADDING tms_rows_padding_whole
#define TMS_ROWS_RAISE tms_rows_raise_whole
#define TMS_BYTES_RAISE tms_bytes_raise_whole
#define TMS_DEPTHWISE_FILTER tms_depthwise_filter_whole
#define TMS_DEPTHWISE_BYTES tms_depthwise_bytes_whole
#define TMS_DEPTHWISE_WORDS 24
#define TMS_DENSE_EXCESS tms_dense_excess_w8
#define TMS_DENSE_START tms_dense_start_w8
#define TMS_DENSE_SUMS tms_dense_sums_w8
#define TMS_MVE_DOT tms_mve_dot_w8
#define TMS_MVE_SUMS tms_mve_sums_w8
#define TMS_MVE_PRODUCTS tms_mve_products_w8
#define TMS_UNIT 4
#define TMS_FOLDS 8u
#define TMS_RUN16 tms_run16_w8
#define TMS_RAISE16 tms_raise16_whole
#define TMS_DEPTHWISE_TAPS16 tms_depthwise_taps16_whole
#define TMS_DEPTHWISE_SIZE16 tms_depthwise_size16_whole
#endif

/* 1 where weights exceed 8 bits by a number of their layer, see conv2d_blocks.c */
#ifndef TMS_RAISED
#define TMS_RAISED 0
#endif

/* 1 where dense layers have inputs behind their last whole unit, see fully_connected_blocks.c */
#ifndef TMS_REST
#define TMS_REST 0
#endif

/* the bias: int32_t, or int64_t where a 16-bit input needs it */
#ifndef TMS_BIAS
#define TMS_BIAS int32_t
#endif

/* the entries of a table */
#ifndef TMS_TABLE
#define TMS_TABLE int16_t
#endif

#endif
