"""Operands on other grids than what they are joined to: the engine's integers, and a word of it."""

import zlib

import numpy as np
import pytest

from tests.formats.tflite.case_builders import IN, concatenation
from tests.formats.tflite.lowered import lowered
from tinyml_studio.arith.profile import LITERT, ONNX, TFLM
from tinyml_studio.program.instructions import Concat
from tinyml_studio.simulate.run import run

SECOND, OUTPUT = {"scale": 0.11, "zero": -20}, {"scale": 0.13, "zero": 7}


def joined(kind, folder, profile, grids=(SECOND, OUTPUT)):
    """The network, the kinds of its instructions, both inputs and the output."""
    graph, program = lowered(concatenation(kind, *grids).encode(), folder, profile)
    draw = np.random.default_rng(3)
    batch = tuple(
        draw.integers(-100, 101, (2, *port.shape)).astype(program.tensors[port.tensor].type.carrier)
        for port in graph.inputs
    )
    output = run(program, batch).values[graph.outputs[0].tensor]
    return graph, [type(item) for item in program.instructions], batch, output


@pytest.mark.parametrize("kind", ["int8", "int16"])
@pytest.mark.parametrize("profile", [TFLM, LITERT], ids=lambda profile: profile.name)
def test_signed_integers_are_joined_as_they_are_and_inspect_says_so(kind, profile, tmp_path):
    graph, kinds, batch, output = joined(kind, tmp_path, profile)
    assert kinds == [Concat]
    np.testing.assert_array_equal(output, np.concatenate(batch, axis=-1))
    (remark,) = graph.found.remarks
    assert remark.startswith("operator 0 (CONCATENATION): operands on another grid")


def test_arithmetics_without_tflites_kernels_keep_the_real_values(tmp_path):
    _, kinds, batch, output = joined("int8", tmp_path, ONNX)
    assert kinds[-1] is Concat
    assert len(kinds) == 3
    second = (batch[1] + 20) * 0.11 / 0.13 + 7
    np.testing.assert_array_equal(output[..., 4:], np.clip(np.rint(second), -128, 127))


@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_one_grid_and_unsigned_values_have_no_remark(kind, tmp_path):
    grids = (IN, IN) if kind == "int8" else (SECOND, OUTPUT)
    graph, kinds, _, _ = joined(kind, tmp_path, TFLM, grids)
    assert not graph.found.remarks
    assert len(kinds) == (1 if kind == "int8" else 3)


def test_unsigned_values_have_the_integers_of_litert(tmp_path):
    data = concatenation("uint8", SECOND, {"scale": 0.1, "zero": 7}).encode()
    graph, program = lowered(data, tmp_path, LITERT)
    batch = tuple(
        ((np.arange(np.prod(port.shape)) * 37 + 11) % 256 - 128)
        .astype(np.int8)
        .reshape(1, *port.shape)
        for port in graph.inputs
    )
    output = run(program, batch).values[graph.outputs[0].tensor].astype(int) + 128
    # of LiteRT 2.3.0 with BUILTIN_REF; a fixed-point factor changes 36 of the 180 values
    assert zlib.crc32(output.astype(np.uint8).tobytes()) == 2741657556
