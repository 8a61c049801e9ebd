"""DivFloat32 in C."""

from __future__ import annotations

from tinyml_studio.arith.float32 import Real
from tinyml_studio.emit.broadcast_call import broadcast_call, centred
from tinyml_studio.emit.call import KernelCall, Value
from tinyml_studio.program.instructions import DivFloat32
from tinyml_studio.program.program import Program


def div_float32(item: DivFloat32, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_div_float32``."""
    scales = [Real.of(scale) for scale in (item.scale_a, item.scale_b, item.out_scale)]
    values: dict[str, Value] = {
        **centred(item, program),
        "undefined": item.undefined - program.tensors[item.output].zero_point,
        "mantissas": tuple(scale.mantissa for scale in scales),
        "exponents": tuple(scale.exponent for scale in scales),
    }
    return (broadcast_call("tms_div_float32", item, program, values),)
