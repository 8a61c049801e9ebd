"""How the kernels with 8-bit results make an output of an accumulator, as `narrow.c` says."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import Rounding

_HALF = 1 << 30


class Form(StrEnum):
    """One of the ways: a function of the C, of whole numbers (``tms_high_...``) or another one.

    LEFT is TWICE with some shifts to the left, ANY for shifts that no other way has.
    """

    TWICE = "twice"
    ONCE = "once"
    AWAY = "away"
    SHIFT = "shift"
    EVEN = "even"
    FLOAT32 = "float32"
    ANY = "any"
    LEFT = "left"


_MULTIPLIED = {
    Rounding.DOUBLE: Form.TWICE,
    Rounding.HALF_UP: Form.ONCE,
    Rounding.FLOOR: Form.ONCE,
    Rounding.HALF_AWAY: Form.AWAY,
    Rounding.FLOAT32: Form.FLOAT32,
}
_SHIFTED = {
    Rounding.HALF_UP: Form.SHIFT,
    Rounding.FLOOR: Form.SHIFT,
    Rounding.HALF_EVEN: Form.EVEN,
}
# with the half that rounds, an output's zero point is less than 2^30 in front of the last shift
_MAX_WORD = 22


def form_of(rounding: Rounding, mantissa: Int64Array, shift: Int64Array) -> Form:
    """The form for a rounding and multipliers ``mantissa * 2**(shift - 31)``."""
    powers = bool((mantissa == _HALF).all())
    form = (_SHIFTED.get(rounding) if powers else None) or _MULTIPLIED.get(rounding)
    if form is None or form is Form.FLOAT32:
        return form or Form.ANY
    words = shift_words(form, mantissa, shift)
    if int(words.max()) > _MAX_WORD:
        return Form.ANY
    if int(words.min()) >= 0:
        return form
    return Form.LEFT if form is Form.TWICE else Form.ANY


def shift_words(form: Form, mantissa: Int64Array, shift: Int64Array) -> Int64Array:
    """What the kernels have as the shift of a multiplier ``mantissa * 2**(shift - 31)``."""
    if form is Form.FLOAT32:
        halves = np.ldexp(mantissa.astype(np.float32), (shift - 32).astype(np.int32))
        return halves.view(np.int32).astype(np.int64)
    if form is Form.ANY:
        return np.where(mantissa == 0, 0, shift)
    words: Int64Array = np.where(mantissa == 0, 0, -1 - shift)
    return words + 2 if form in (Form.SHIFT, Form.EVEN) else words


def zero_word(form: Form, rounding: Rounding, zero_point: int) -> int:
    """What they have as the output's zero point."""
    if form in (Form.FLOAT32, Form.ANY):
        return zero_point
    return 2 * zero_point + int(rounding is not Rounding.FLOOR)


def fits_shifts(form: Form, words: Int64Array, *, bound: int, zero: int) -> bool:
    """Whether shifts and sums keep within 32 bits; `bound` is the largest accumulator's."""
    if form is Form.FLOAT32:
        return True
    least, most = int(words.min()), int(words.max())
    if form is Form.ANY:
        return bound << max(0, most) < 1 << 31
    shifted = 2 * bound if form in (Form.SHIFT, Form.EVEN) else bound
    if form is Form.LEFT and bound << max(0, -1 - least) >= 1 << 30:
        return False
    return (
        (least >= 0 or form is Form.LEFT)
        and most <= _MAX_WORD
        and shifted + (abs(zero) << max(0, most)) < 1 << 31
    )
