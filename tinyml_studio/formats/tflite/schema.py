"""The parts of the TFLite schema that are read, as plain checked data.

Field numbers are those of ``schema.fbs`` (LiteRT, version 3); a union takes two of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.formats.limits import MAX_DIM, MAX_NODES, MAX_OPERANDS, MAX_RANK, MAX_TENSORS
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.flatbuffer import Table
from tinyml_studio.formats.tflite.operator_codes import OPERATOR_NAMES
from tinyml_studio.ir.ops import Pads, Shape

IDENTIFIER = b"TFL3"
VERSION = 3
_NO_INDEX = -1
WITHOUT_OUTPUT = frozenset({"CALL_ONCE", "ASSIGN_VARIABLE"})


@dataclass(frozen=True, eq=False)
class WireQuantization:
    """Quantization parameters as they stand in the file, not checked yet."""

    scale: NDArray[Any]
    zero_point: NDArray[Any]
    axis: int
    special: bool


@dataclass(frozen=True, eq=False)
class WireTensor:
    """One tensor; `data` is None when it is computed.

    `shape` includes the batch, and 1 for each of `open_axes`; a `dynamic` one has such an axis
    besides the batch. `kind` is the number of its element type. A `variable` one keeps its values
    between inferences.
    """

    index: int
    name: str
    shape: Shape
    kind: int
    data: NDArray[np.uint8] | None
    quantization: WireQuantization | None
    dynamic: bool
    refused: str = ""
    variable: bool = False
    open_axes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Blocks:
    """The dilation of a convolution that the file wrote as a move of pixels to the batch.

    Its strides count pixels of one sample there. Where the pixels were it takes every `strides`-th
    run of as many positions as there are `parts` of an axis.
    """

    dilations: Shape
    pads: Pads
    strides: Shape = (1, 1)
    parts: Shape = (1, 1)


@dataclass(frozen=True)
class Past:
    """How many positions along an axis, counted with the batch, a stream's buffer keeps."""

    axis: int
    length: int


@dataclass(frozen=True, eq=False)
class WireOperator:
    """One operator: operands are indices of tensors, -1 for one that is left out.

    `hindrance` is for moves of pixels to the batch and back, and what stands between them: why they
    cannot be read where the pixels were, empty where they are, None where no such move is known.
    """

    index: int
    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Table | None
    blocks: Blocks | None = None
    past: Past | None = None
    hindrance: str | None = None

    @property
    def place(self) -> str:
        """How errors call it."""
        return f"operator {self.index} ({self.kind})"


@dataclass(frozen=True, eq=False)
class WireGraph:
    """The main subgraph; `others` has what the file holds behind it, each without others."""

    tensors: tuple[WireTensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: tuple[WireOperator, ...]
    others: tuple[WireGraph, ...] = ()


def parse(data: bytes) -> WireGraph:
    """Read the structure; nothing is decoded yet.

    Raises
    ------
    Malformed
        If an offset, a length, an index or a number breaks the format or our limits.
    """
    if data[4:8] != IDENTIFIER:
        raise Malformed("its identifier is not TFL3")
    model = Table.root(data)
    version = model.integer(0, "<u4")
    if version != VERSION:
        raise Malformed(f"it has version {version} of the format, not {VERSION}")
    codes = [_operator_name(table) for table in model.tables(1, "operator codes", MAX_NODES)]
    subgraphs = model.tables(2, "subgraphs", MAX_OPERANDS)
    if not subgraphs:
        raise Malformed("it has no graph")
    buffers = model.tables(4, "buffers", MAX_TENSORS)
    held = [_buffer(table) for table in buffers]
    main = _graph(subgraphs[0], codes, held)
    if not main.inputs or not main.outputs:
        raise Malformed("it has no inputs or no outputs")
    if not any(operator.kind == "CALL_ONCE" for operator in main.operators):
        return main
    return replace(main, others=tuple(_graph(table, codes, held) for table in subgraphs[1:]))


def _operator_name(table: Table) -> str:
    """The larger of the two code fields counts, as in LiteRT."""
    code = max(table.integer(0, "i1"), table.integer(3, "<i4"))
    name = OPERATOR_NAMES.get(code, f"OPERATOR_{code}")
    return f"CUSTOM {table.text(1)}" if name == "CUSTOM" else name


def _buffer(table: Table) -> NDArray[np.uint8] | None:
    """Its bytes; None for the empty buffer of computed tensors."""
    if table.integer(1, "<u8") > 1:
        raise Malformed("a buffer lies outside of the flatbuffer, which is not supported")
    data = table.vector(0, "u1")
    return None if data is None or data.size == 0 else data


def _graph(table: Table, codes: list[str], buffers: list[NDArray[np.uint8] | None]) -> WireGraph:
    tensors = tuple(
        _tensor(held, index, buffers)
        for index, held in enumerate(table.tables(0, "tensors", MAX_TENSORS))
    )
    operators = tuple(
        _operator(held, index, codes, len(tensors))
        for index, held in enumerate(table.tables(3, "operators", MAX_NODES))
    )
    inputs = _indices(table, 1, len(tensors), "an input of the model")
    outputs = _indices(table, 2, len(tensors), "an output of the model")
    return WireGraph(tensors, inputs, outputs, operators)


def _tensor(table: Table, index: int, buffers: list[NDArray[np.uint8] | None]) -> WireTensor:
    buffer = table.integer(2, "<u4")
    if buffer >= max(len(buffers), 1):
        raise Malformed(f"tensor {index} names buffer {buffer}, and there are {len(buffers)}")
    shape, signature = _shape(table.vector(0, "<i4"), index), table.vector(7, "<i4")
    wanting = [] if signature is None else np.flatnonzero(signature < 0).tolist()
    refused = ""
    if table.has(6):
        refused = "it is stored sparsely"
    elif table.integer(10, "<u4"):
        refused = "its data lies in another file"
    return WireTensor(
        index=index,
        name=table.text(3),
        shape=shape,
        kind=table.integer(1, "i1"),
        data=buffers[buffer] if buffers else None,
        quantization=_quantization(table.table(4)),
        dynamic=any(wanting),
        refused=refused,
        variable=table.flag(5),
        open_axes=tuple(axis for axis in wanting if axis < len(shape)),
    )


def _shape(sizes: NDArray[Any] | None, index: int) -> Shape:
    shape = () if sizes is None else tuple(int(size) for size in sizes[: MAX_RANK + 1])
    if len(shape) > MAX_RANK or min(shape, default=1) < 0:
        raise Malformed(f"tensor {index} has the shape {shape}")
    elements = 1
    for size in shape:
        elements *= size
    if elements > MAX_DIM:
        raise Malformed(f"tensor {index} has the shape {shape}, which no array can hold")
    return shape


def _quantization(table: Table | None) -> WireQuantization | None:
    """The parameters, None where there are none."""
    if table is None:
        return None
    scale, zero_point = table.vector(2, "<f4"), table.vector(3, "<i8")
    special = table.integer(4, "u1") != 0
    if not special and (scale is None or scale.size == 0):
        return None
    return WireQuantization(
        scale=np.zeros(0, np.float32) if scale is None else scale,
        zero_point=np.zeros(0, np.int64) if zero_point is None else zero_point,
        axis=table.integer(6, "<i4"),
        special=special,
    )


def _operator(table: Table, index: int, codes: list[str], tensors: int) -> WireOperator:
    code = table.integer(0, "<u4")
    if code >= len(codes):
        raise Malformed(f"operator {index} names code {code}, and there are {len(codes)}")
    kind = codes[code]
    place = f"operator {index} ({kind})"
    outputs = _indices(table, 2, tensors, place)
    if not outputs and kind not in WITHOUT_OUTPUT:
        raise Malformed(f"{place} has no output")
    return WireOperator(
        index=index,
        kind=kind,
        inputs=_indices(table, 1, tensors, place, optional=True),
        outputs=outputs,
        options=table.table(4) if table.integer(3, "u1") else None,
    )


def _indices(
    table: Table, number: int, count: int, what: str, *, optional: bool = False
) -> tuple[int, ...]:
    """Indices of tensors, each in range."""
    found = table.vector(number, "<i4")
    if found is None:
        return ()
    if found.size > MAX_OPERANDS:
        raise Malformed(f"{what} has {found.size} operands, and at most {MAX_OPERANDS} are read")
    lowest = _NO_INDEX if optional else 0
    for index in found.tolist():
        if not lowest <= index < count:
            raise Malformed(f"{what} names tensor {index}, and there are {count}")
    return tuple(found.tolist())
