"""Add in C."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, Int64Array
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.broadcast_call import broadcast_call, centred
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, Value
from tinyml_studio.emit.forms import Form, fits_shifts, form_of, shift_words, zero_word
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import Program

_HALF = Multiplier(1 << 30, 0)
_BOUND = 1 << 29  # of what is multiplied: an operand by 2^20, the sum of two


def add(item: Add, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_add``, or of the kernel for 8-bit operands of one shape."""
    if is_narrow(item, program):
        return (_narrow_call(item, program),)
    values: dict[str, Value] = {
        **centred(item, program),
        "gain": 1 << item.left_shift,
        "a_multiplier": item.multiplier_a.mantissa,
        "a_shift": item.multiplier_a.shift,
        "b_multiplier": item.multiplier_b.mantissa,
        "b_shift": item.multiplier_b.shift,
        "b_sign": -1 if item.subtract else 1,
        "out_multiplier": item.multiplier_out.mantissa,
        "out_shift": item.multiplier_out.shift,
    }
    return (broadcast_call("tms_add", item, program, values),)


def is_narrow(item: Add, program: Program) -> bool:
    """Whether ``tms_add_narrow`` can have the layer."""
    tensors = [program.tensors[name] for name in (*item.inputs, item.output)]
    halves = [scale == _HALF for scale in (item.multiplier_a, item.multiplier_b)]
    if {tensor.type.carrier for tensor in tensors} != {INT8.carrier} or sum(halves) != 1:
        return False
    form = narrow_form(item)
    return (
        len({tensor.shape for tensor in tensors}) == 1
        and (item.left_shift, item.subtract) == (20, False)
        and form is not None
        and all(
            fits_shifts(form, _word(form, multiplier), bound=_BOUND, zero=zero)
            for multiplier, zero in (
                (by_scale(item)[1], 1),
                (item.multiplier_out, zero_word(form, item.rounding, tensors[2].zero_point)),
            )
        )
    )


def narrow_form(item: Add) -> Form | None:
    """How ``tms_add_narrow`` multiplies; None where it has no way."""
    scales = (by_scale(item)[1], item.multiplier_out)
    mantissa, shift = (np.array(part) for part in zip(*scales, strict=True))
    form = form_of(item.rounding, mantissa, shift)
    return None if form in (Form.FLOAT32, Form.ANY, Form.LEFT) else form


def narrow_values(item: Add, program: Program) -> dict[str, Value]:
    """The members that ``tms_add_narrow_t`` and ``tms_add_mve_t`` share, but for the operands'."""
    output, form = program.tensors[item.output], narrow_form(item) or Form.TWICE
    second = by_scale(item)[1]
    return {
        "size": output.size,
        "b_multiplier": second.mantissa,
        "b_shift": int(_word(form, second)),
        "b_zero": zero_word(form, item.rounding, 0),
        "out_zero": zero_word(form, item.rounding, output.zero_point),
        "low": item.low,
        "high": item.high,
        "out_multiplier": item.multiplier_out.mantissa,
        "out_shift": int(_word(form, item.multiplier_out)),
    }


def _word(form: Form, multiplier: Multiplier) -> Int64Array:
    return shift_words(form, np.array(multiplier.mantissa), np.array(multiplier.shift))


def by_scale(item: Add) -> tuple[tuple[str, ...], Multiplier]:
    """The operands, the one with the larger scale first, and the multiplier of the second."""
    if item.multiplier_b == _HALF:
        return (item.inputs[1], item.inputs[0]), item.multiplier_a
    return item.inputs, item.multiplier_b


def _narrow_call(item: Add, program: Program) -> KernelCall:
    """A call whose first operand is the one with the larger scale."""
    a, b = (program.tensors[name] for name in by_scale(item)[0])
    layer = Parameters(
        "tms_add_narrow_t",
        {
            "a_base": -a.zero_point * (1 << 20),
            "b_base": -b.zero_point * (1 << 21),
            **narrow_values(item, program),
        },
    )
    arguments = (layer, Operand(a.name), Operand(b.name), Result(item.output))
    binding = Binding(form=narrow_form(item) or Form.TWICE)
    return KernelCall("tms_add_narrow", binding, arguments)
