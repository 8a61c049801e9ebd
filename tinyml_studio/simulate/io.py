"""Between the model's own numbers and the integers of a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.arith.profile import Arithmetic
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph, Port
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.simulate.trace import Trace


def quantize_inputs(
    program: Program, graph: Graph, batch: Sequence[NDArray[Any]]
) -> tuple[IntArray, ...]:
    """Integers for a program's inputs, in the graph's layout.

    Parameters
    ----------
    program, graph
        The integer network and the float network that it was made of.
    batch
        One array ``(N, *port.shape)`` per input, in the model's own layout. Floats are brought on
        the input's grid by a quotient in float32, to nearest, ties away from zero as in TFLite, in
        the arithmetic of ONNX Runtime to even, and clipped to the type. Integers are taken as the
        program's own, unchanged.

    Returns
    -------
    tuple of IntArray
        ``(N, *shape)`` in the carrier type, C-contiguous, one per input.

    Raises
    ------
    DataError
        If an array has another shape, holds values that are not finite, or integers that the
        input's type does not; names the input.
    """
    if len(batch) != len(graph.inputs):
        raise DataError(f"{len(batch)} inputs are given, the model has {len(graph.inputs)}")
    return tuple(
        _quantized(port, program.tensors[port.tensor], values, program.arithmetic)
        for port, values in zip(graph.inputs, batch, strict=True)
    )


def dequantize_outputs(program: Program, graph: Graph, trace: Trace) -> tuple[FloatArray, ...]:
    """A trace's outputs as real values, ``(N, *port.shape)`` in the model's own layout."""
    return dequantized(program, graph, [trace.values[port.tensor] for port in graph.outputs])


def dequantized(
    program: Program, graph: Graph, outputs: Sequence[IntArray]
) -> tuple[FloatArray, ...]:
    """Output integers ``(N, *shape)`` in the graph's layout as real values in the model's.

    The product ``scale * (q - zero_point)`` is one float32 multiplication, as C computes it.
    """
    return tuple(
        port.to_model(real_values(program.tensors[port.tensor], values))
        for port, values in zip(graph.outputs, outputs, strict=True)
    )


def on_grid(tensor: QuantizedTensor, values: NDArray[np.floating[Any]]) -> IntArray:
    """Real values on a tensor's grid: a quotient in float32, to nearest, ties away from zero.

    Source: ``AffineQuantize`` in TFLite's ``reference/quantize.h``.
    """
    # one that is too large becomes infinite, and is clipped
    with np.errstate(over="ignore"):
        steps = (values.astype(np.float32) / np.float32(tensor.scale)).astype(np.float64)
    nearest = np.trunc(steps + np.copysign(0.5, steps)) + tensor.zero_point
    clipped = np.clip(nearest, tensor.type.min, tensor.type.max)
    integers: IntArray = clipped.astype(tensor.type.carrier)
    return integers


def on_grid_float32(tensor: QuantizedTensor, values: NDArray[np.floating[Any]]) -> IntArray:
    """The same by a quotient in float32, to nearest with ties to even."""
    # one that is too large becomes infinite, and is clipped
    with np.errstate(over="ignore"):
        steps = values.astype(np.float32) / np.float32(tensor.scale)
    low, high = tensor.type.min - tensor.zero_point, tensor.type.max - tensor.zero_point
    nearest = np.rint(np.clip(steps, np.float32(low), np.float32(high))).astype(np.int32)
    integers: IntArray = (nearest + tensor.zero_point).astype(tensor.type.carrier)
    return integers


def real_values(tensor: QuantizedTensor, integers: IntArray) -> FloatArray:
    """What integers on a tensor's grid stand for, float32."""
    centred = integers.astype(np.float32) - np.float32(tensor.zero_point)
    return centred * np.float32(tensor.scale)


def _quantized(
    port: Port, tensor: QuantizedTensor, values: NDArray[Any], arithmetic: Arithmetic
) -> IntArray:
    """One input."""
    if values.shape[1:] != port.shape or values.ndim == 0:
        raise DataError(
            f"The input {port.name!r} has shape {values.shape}",
            detail=f"the model takes (N, {', '.join(map(str, port.shape))})",
        )
    turned = np.ascontiguousarray(port.to_graph(values))
    if values.dtype.kind in "iu":
        return _raw(port, tensor, turned)
    if values.dtype.kind != "f":
        raise DataError(f"The input {port.name!r} does not hold numbers but {values.dtype}")
    if not np.isfinite(turned).all():
        raise DataError(f"The input {port.name!r} holds values that are not finite")
    return (on_grid_float32 if arithmetic.is_float32 else on_grid)(tensor, turned)


def _raw(port: Port, tensor: QuantizedTensor, integers: NDArray[Any]) -> IntArray:
    """Integers of the program's own type."""
    low, high = tensor.type.min, tensor.type.max
    if integers.size and not low <= int(integers.min()) <= int(integers.max()) <= high:
        raise DataError(
            f"The input {port.name!r} holds integers from {integers.min()} to {integers.max()}",
            detail=f"its type {tensor.type} holds {low} to {high}",
        )
    return integers.astype(tensor.type.carrier)
