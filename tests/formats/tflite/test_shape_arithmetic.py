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
