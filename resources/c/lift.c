/*
 * lift.c - a tensor copied to a place above its own in the arena, both of which may overlap.
 *
 * Order: from the last bytes down to the first, sixteen at a time.
 */
#include "template.h"

/* sixteen bytes below both places, all of which are read before any is written; moves there */
static inline void tms_lift_down(uint8_t **to, const uint8_t **from)
{
#if defined(__thumb2__) && defined(__GNUC__)
    __asm__ volatile("ldmdb %[from]!, {r2, r3, r4, r5};"
                     "stmdb %[to]!, {r2, r3, r4, r5}"
                     : [from] "+r"(*from), [to] "+r"(*to)
                     :
                     : "r2", "r3", "r4", "r5", "memory");
#else
    uint32_t words[4];

    *from -= 16;
    *to -= 16;
#if defined(__GNUC__)
    (void)memcpy(words, __builtin_assume_aligned(*from, 4), sizeof words);
    (void)memcpy(__builtin_assume_aligned(*to, 4), words, sizeof words);
#else
    (void)memcpy(words, *from, sizeof words);
    (void)memcpy(*to, words, sizeof words);
#endif
#endif
}

/* copies so many bytes to a place above that may overlap; both are aligned to four */
static void tms_lift(void *copy, const void *tensor, int32_t size)
{
    uint8_t *to = (uint8_t *)copy + size;
    const uint8_t *from = (const uint8_t *)tensor + size;
    int32_t left = size;

    for (; (left & 15) != 0; left--) {
        to--;
        from--;
        *to = *from;
    }
    for (; left >= 64; left -= 64) {
        tms_lift_down(&to, &from);
        tms_lift_down(&to, &from);
        tms_lift_down(&to, &from);
        tms_lift_down(&to, &from);
    }
    for (; left > 0; left -= 16) {
        tms_lift_down(&to, &from);
    }
}
