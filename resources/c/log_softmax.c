/*
 * log_softmax.c - logarithm of the softmax over the last axis, in fixed point. Qm.n stands for a
 * number with m integer and n fraction bits.
 */
#include "template.h"
#include "softmax.c"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t multiplier;     /* of a difference to Q5.26 */
    int32_t shift;
    int32_t diff_min;       /* smaller differences count as zero in the sum */
    int32_t drop;           /* from Q5.26 to steps of the output */
    int32_t out_zero_point;
    int32_t low;            /* limits before the output's zero point is added */
    int32_t high;
} tms_log_softmax_t;

/*
 * Log of a Q12.19 value of 1 or more, as Q5.26: a quotient of polynomials around 2^-1/4. Functions of
 * their own keep the stack of each small.
 */
static TMS_LAYER int32_t tms_log(int32_t value)
{
    const int32_t sqrt_half = 1518500250;
    const int32_t fourth_root = 1805811301;
    const int32_t half = tms_high_multiply(value, sqrt_half);
    const uint32_t zeros = tms_leading_zeros((uint32_t)value);
    const uint32_t half_zeros = tms_leading_zeros((uint32_t)half);
    const int32_t scaled = tms_shift_left(value, zeros - 1u);
    const int32_t first = tms_shift_left(tms_high_multiply(scaled, sqrt_half), 1u);
    const int32_t second = tms_shift_left(value, half_zeros - 1u);
    const int32_t first_power = ((12 - (int32_t)zeros) * 0x2000000) + 0x800000;
    const int32_t second_power = ((13 - (int32_t)half_zeros) * 0x2000000) - 0x800000;
    const int32_t power = (first_power > second_power) ? first_power : second_power;
    const int32_t rest = (first < second) ? first : second;
    const int32_t middle = (int32_t)(((int64_t)rest + fourth_root + 1) / 2);
    const int32_t twice = (rest - fourth_root) * 2;
    const int32_t square = tms_high_multiply(twice, twice);
    const int32_t numerator = tms_high_multiply(twice, rest)
                              + tms_high_multiply(tms_high_multiply(twice, square), 117049297);
    const int32_t sum = 1057819769 + twice + tms_high_multiply(square, 127690142);
    const int32_t share =
        tms_reciprocal(tms_high_multiply(middle, sum) + tms_high_multiply(twice, 638450708));

    return tms_shift_left(tms_high_multiply(power, 1488522236)
                              + tms_high_multiply(tms_rounding_shift(numerator, 6u), share),
                          1u);
}

/* a difference to the largest value of the row, in Q5.26 */
static TMS_LAYER int32_t tms_log_softmax_scaled(const tms_log_softmax_t *layer, int32_t difference)
{
    const int32_t counted = (difference < layer->diff_min) ? layer->diff_min : difference;

    return TMS_MULTIPLY(counted, layer->multiplier, layer->shift);
}

static inline void tms_log_softmax_row(const tms_log_softmax_t *layer, const TMS_IN *in,
                                       TMS_OUT *out)
{
    int32_t largest = in[0];
    int32_t sum = 0;
    int32_t logarithm;

    for (int32_t c = 1; c < layer->depth; c++) {
        largest = (in[c] > largest) ? in[c] : largest;
    }
    for (int32_t c = 0; c < layer->depth; c++) {
        if ((in[c] - largest) >= layer->diff_min) {
            sum += tms_rounding_shift(tms_exp(tms_log_softmax_scaled(layer, in[c] - largest)), 12u);
        }
    }
    logarithm = tms_log(sum);
    for (int32_t c = 0; c < layer->depth; c++) {
        const int64_t distance =
            (int64_t)tms_log_softmax_scaled(layer, in[c] - largest) - logarithm;
        const int64_t steps = tms_drop_half_away(distance, (uint32_t)layer->drop);

        out[c] = (TMS_OUT)(layer->out_zero_point
                           + tms_clamp_wide(steps, layer->low, layer->high));
    }
}

static void tms_log_softmax(const tms_log_softmax_t *layer, const TMS_IN *in, TMS_OUT *out)
{
    for (int32_t row = 0; row < layer->rows; row++) {
        tms_log_softmax_row(layer, in, out);
        in += layer->depth;
        out += layer->depth;
    }
}
