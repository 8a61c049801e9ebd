"""BatchMatMul in C."""

from __future__ import annotations

from tinyml_studio.arith.fixed_point import reduce_multiplier
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import merged_loops, strides_of
from tinyml_studio.program.instructions import BatchMatMul
from tinyml_studio.program.program import Program

_MAX_STACKS = 3  # nested loops over matrices


def batch_matmul(item: BatchMatMul, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_batch_matmul``."""
    a, b = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    stack = output.shape[:-2]
    strides = [_stack_strides(tensor.shape, stack) for tensor in (a, b)]
    loops = merged_loops(stack, *strides, item=item, count=_MAX_STACKS)
    reduced = a.type.bits > 8 and item.rounding is not Rounding.FLOAT32
    mantissa = item.multiplier.mantissa
    layer = Parameters(
        "tms_batch_matmul_t",
        {
            "sizes": loops.sizes,
            "a_strides": loops.strides[0],
            "b_strides": loops.strides[1],
            "rows": output.shape[-2],
            "columns": output.shape[-1],
            "depth": a.shape[-2 if item.adj_x else -1],
            "a_row": 1 if item.adj_x else a.shape[-1],
            "a_step": a.shape[-1] if item.adj_x else 1,
            "b_column": b.shape[-1] if item.adj_y else 1,
            "b_step": 1 if item.adj_y else b.shape[-1],
            "a_zero_point": a.zero_point,
            "b_zero_point": b.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "multiplier": reduce_multiplier(mantissa) if reduced else mantissa,
            "shift": item.multiplier.shift,
        },
    )
    binding = Binding(input=a.type, output=output.type)
    arguments = (layer, Operand(a.name), Operand(b.name), Result(output.name))
    return (KernelCall("tms_batch_matmul", binding, arguments),)


def _stack_strides(shape: tuple[int, ...], stack: tuple[int, ...]) -> tuple[int, ...]:
    """Elements from one matrix to the next on every leading axis; 0 where it repeats."""
    full = (1,) * (len(stack) + 2 - len(shape)) + shape
    pairs = zip(full, strides_of(full), strict=True)
    return tuple(0 if extent == 1 else stride for extent, stride in pairs)[: len(stack)]
