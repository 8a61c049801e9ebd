"""Models whose buffers of a stream are resource variables."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.formats.tflite.case_builders import weights
from tests.formats.tflite.flatbuffers_encoder import Scalar, Table
from tests.formats.tflite.models import ModelFile

GRID = {"scale": 0.05, "zero": -20}
SHAPE = (1, 5, 1, 4)  # of what is kept


@dataclass
class StreamFile(ModelFile):
    """A model with a graph behind it that gives its variables their first values."""

    first: list[tuple[str, int]] = field(default_factory=list)

    def variable(self, name: str) -> int:
        """A handle."""
        handle = self.tensor((), "resource")
        self.operator("VAR_HANDLE", [], [handle], {0: "", 1: name})
        return handle

    @property
    def root(self) -> Table:
        other = ModelFile(buffers=self.buffers, codes=self.codes)
        for name, value in self.first:
            handle = other.tensor((), "resource")
            other.operator("VAR_HANDLE", [], [handle], {0: "", 1: name})
            held = np.full(SHAPE, value)
            other.operator("ASSIGN_VARIABLE", [handle, other.tensor(SHAPE, data=held, **GRID)], [])
        held = Table({0: other.tensors, 3: other.operators, 4: "first"})
        made = super().root
        made.fields[2] = [*made.fields[2], held]
        return made


def stream(*, whole=False, fresh=2, zero=GRID["zero"], step=-1, swapped=False, twice=False):
    """A convolution over a buffer of which the end is kept.

    With `whole` the variable holds all of the buffer, and is cut where it is read.
    """
    file = StreamFile(first=[("kept", zero)])
    file.operator("CALL_ONCE", [], [], {0: Scalar("<i4", 1)})
    handle = file.variable("kept")
    x = file.tensor((1, fresh, 1, 4), **GRID)
    state = file.tensor(SHAPE, **GRID)
    file.operator("READ_VARIABLE", [handle], [state])
    past = _end(file, state, SHAPE[1] - fresh) if whole else state
    length = SHAPE[1] + (0 if whole else fresh)
    line = file.tensor((1, length, 1, 4), **GRID)
    joined = [x, past] if swapped else [past, x]
    file.operator("CONCATENATION", joined, [line], {0: Scalar("<i4", 1), 1: Scalar("i1", 0)})
    value = line if whole else _end(file, line, SHAPE[1], step=step)
    file.operator("ASSIGN_VARIABLE", [handle, value], [])
    if twice:
        file.operator("ASSIGN_VARIABLE", [handle, value], [])
    weight = file.tensor((6, length, 1, 4), data=weights(6, length, 1, 4), scale=0.01)
    y = file.tensor((1, 1, 1, 6), scale=0.2, zero=7)
    options = {0: Scalar("i1", 1), **{number: Scalar("<i4", 1) for number in (1, 2, 4, 5)}}
    bias = file.tensor((6,), "int32", data=np.arange(6) * 90 - 200, scale=0.0005)
    file.operator("CONV_2D", [line, weight, bias], [y], options)
    file.inputs, file.outputs = [x], [y]
    return file


def _end(file: StreamFile, source: int, count: int, *, step: int = -1) -> int:
    """The last positions, as exporters write it: from -count on, all else by masks."""
    made = file.tensor((1, count, 1, 4), **GRID)
    begin = (0, -count if step < 0 else 0, 0, 0)
    end = (0, 0 if step < 0 else count, 0, 0)
    operands = [source, *(file.integers(held) for held in (begin, end, (1, 1, 1, 1)))]
    masks = {0: Scalar("<i4", 13), 1: Scalar("<i4", 15 if step < 0 else 13)}
    file.operator("STRIDED_SLICE", operands, [made], masks)
    return made
