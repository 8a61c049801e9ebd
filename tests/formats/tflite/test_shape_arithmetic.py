"""Shapes that a file computes are constants."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.tflite.flatbuffers_encoder import Scalar, Vector
from tests.formats.tflite.lowered import read
from tests.formats.tflite.models import ModelFile
from tinyml_studio.ir import ops

GRID = {"scale": 0.05, "zero": -20}


def number(file: ModelFile, kind: str, inputs, options=None, *, shape=()):
    made = file.tensor(shape, "int32")
    file.operator(kind, inputs, [made], options)
    return made


def one_size(file: ModelFile, shape: int, axis: int) -> int:
    bounds = [file.integers([bound]) for bound in (axis, axis + 1, 1)]
    return number(file, "STRIDED_SLICE", [shape, *bounds], {4: Scalar("<i4", 1)})


def flattened(how: str) -> ModelFile:
    """``(1, 3, 4, 2)`` as ``(1, 24)``, the way that exporters write it."""
    file = ModelFile()
    x = file.tensor((1, 3, 4, 2), **GRID)
    y = file.tensor((1, 24), **GRID)
    shape = number(file, "SHAPE", [x], shape=(4,))
    batch = one_size(file, shape, 0)
    if how == "a constant":
        rest = file.tensor((), "int32", data=24)
    elif how == "a product":
        height, width = one_size(file, shape, 1), one_size(file, shape, 2)
        eight = number(file, "MUL", [width, file.tensor((), "int32", data=2)], {})
        rest = number(file, "MUL", [height, eight], {})
    else:
        bounds = [file.integers([bound]) for bound in (1, 4, 1)]
        rows = number(file, "STRIDED_SLICE", [shape, *bounds], {}, shape=(3,))
        rest = number(file, "REDUCE_PROD", [rows, file.integers([0])], {})
    if how == "a list":
        parts = [number(file, "PACK", [held], {0: Scalar("<i4", 1)}, shape=(1,))
                 for held in (batch, rest)]  # fmt: skip
        wanted = number(file, "CONCATENATION", parts, {}, shape=(2,))
    else:
        wanted = number(file, "PACK", [batch, rest], {0: Scalar("<i4", 2)}, shape=(2,))
    file.operator("RESHAPE", [x, wanted], [y])
    file.inputs, file.outputs = [x], [y]
    return file


@pytest.mark.parametrize("how", ["a constant", "a product", "all sizes", "a list"])
def test_a_computed_shape_is_a_constant(how, tmp_path):
    graph = read(flattened(how).encode(), tmp_path)
    assert [node.op for node in graph.nodes] == [ops.Reshape((24,))]


def test_a_size_that_is_not_there_is_left_as_it_stands(tmp_path):
    file = ModelFile()
    x, y = file.tensor((1, 6), **GRID), file.tensor((1, 6), **GRID)
    size = one_size(file, number(file, "SHAPE", [x], shape=(2,)), 5)
    wanted = number(file, "PACK", [size, size], {}, shape=(2,))
    file.operator("RESHAPE", [x, wanted], [y])
    file.inputs, file.outputs = [x], [y]
    graph = read(file.encode(), tmp_path)
    assert isinstance(graph.nodes[0].op, ops.Opaque)


@pytest.mark.parametrize("target", [(1, -1, 8), (-1, 3, 8)])
def test_sizes_that_a_file_leaves_open_are_those_of_its_reshape(target, tmp_path):
    file = ModelFile()
    x, y = file.tensor((1, 3, 4, 2), **GRID), file.tensor((1, 1, 8), **GRID)
    file.tensors[y].fields[7] = Vector(np.array((1, -1, 8), "<i4"))
    file.operator("RESHAPE", [x, file.integers(target)], [y])
    file.inputs, file.outputs = [x], [y]
    graph = read(file.encode(), tmp_path)
    assert [node.op for node in graph.nodes] == [ops.Reshape((3, 8))]
    assert graph.outputs[0].shape == (3, 8)


def enlarged(file: ModelFile, x: int, steps=(), *, signature=None, channels=4) -> int:
    """Twice as large, as Keras writes a transposed convolution: its size is computed from `x`."""
    shape = number(file, "SHAPE", [x], shape=(4,))
    batch, *sizes = (one_size(file, shape, axis) for axis in range(3))
    for kind, operand in (("MUL", 2), *steps):
        other = file.tensor((), "int32", data=operand)
        options = None if kind.startswith("FLOOR") else {}
        sizes = [number(file, kind, [size, other], options) for size in sizes]
    parts = [batch, *sizes, file.tensor((), "int32", data=channels)]
    wanted = number(file, "PACK", parts, {0: Scalar("<i4", 4)}, shape=(4,))
    weights = np.random.default_rng(1).normal(size=(channels, 2, 2, 4)).astype("f4")
    y = file.tensor((1, 6, 10, channels), "float32", signature=signature)
    operands = [wanted, file.tensor(weights.shape, "float32", data=weights), x]
    strides = {1: Scalar("<i4", 2), 2: Scalar("<i4", 2)}
    file.operator("TRANSPOSE_CONV", operands, [y], {0: Scalar("i1", 1), **strides})
    return y


OPEN = (-1, -1, -1, 4)


@pytest.mark.parametrize("signature", [None, OPEN])
@pytest.mark.parametrize(
    "steps",
    [
        [],
        [("ADD", 3), ("SUB", 3)],
        [("MUL", 7), ("FLOOR_DIV", 7)],
        [("MAXIMUM", 1), ("MINIMUM", 900)],
    ],
)
def test_the_shape_of_a_transposed_convolution_is_a_constant(steps, signature, tmp_path):
    file = ModelFile()
    x = file.tensor((1, 3, 5, 4), "float32")
    file.inputs, file.outputs = [x], [enlarged(file, x, steps, signature=signature)]
    graph = read(file.encode(), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["ConvTranspose"]
    assert graph.outputs[0].shape == (6, 10, 4)


def test_sizes_behind_open_ones_are_known_where_they_are_needed(tmp_path):
    file = ModelFile()
    x = file.tensor((1, 3, 5, 4), "float32", signature=(-1, 3, 5, 4))
    y = enlarged(file, enlarged(file, x, signature=OPEN), signature=OPEN)
    file.inputs, file.outputs = [x], [y]
    graph = read(file.encode(), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["ConvTranspose", "ConvTranspose"]
    assert graph.outputs[0].shape == (12, 20, 4)


def test_a_quotient_by_zero_is_no_size(tmp_path):
    file = ModelFile()
    x = file.tensor((1, 3, 5, 4), "float32")
    steps = [("FLOOR_DIV", 0)]
    file.inputs, file.outputs = [x], [enlarged(file, x, steps, signature=OPEN)]
    graph = read(file.encode(), tmp_path)
    reason = graph.by_name["transpose_conv"].op.reason
    assert reason == "the shape of its output is computed from more than sizes that are known"


def test_a_shape_that_nothing_needs_does_not_stand_in_the_way(tmp_path):
    """The output states its size; how the file computes the same is of no matter."""
    file = ModelFile()
    x = file.tensor((1, 3, 5, 4), "float32")
    file.inputs, file.outputs = [x], [enlarged(file, x, [("FLOOR_MOD", 50)])]
    graph = read(file.encode(), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["ConvTranspose"]


@pytest.mark.parametrize("places", [[1, 2], 2])
def test_sizes_are_gathered_and_cast(places, tmp_path):
    file = ModelFile()
    x = file.tensor((1, 4, 6), "float32")
    y = file.tensor((1, 24), "float32")
    shape = number(file, "SHAPE", [x], shape=(3,))
    taken = file.tensor(np.shape(places), "int32", data=places)
    held = number(file, "GATHER", [shape, taken], {}, shape=np.shape(places))
    if places == 2:
        held = number(file, "MUL", [held, file.tensor((), "int32", data=4)], {})
    else:
        held = number(file, "REDUCE_PROD", [held, file.integers([0])], {})
    wide = file.tensor((), "int64")
    file.operator("CAST", [held], [wide])
    narrow = number(file, "CAST", [wide])
    batch = file.tensor((), "int32", data=1)
    wanted = number(file, "PACK", [batch, narrow], {0: Scalar("<i4", 2)}, shape=(2,))
    file.operator("RESHAPE", [x, wanted], [y])
    file.inputs, file.outputs = [x], [y]
    assert [node.op for node in read(file.encode(), tmp_path).nodes] == [ops.Reshape((24,))]
