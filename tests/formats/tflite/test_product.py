"""Products along axes and squares of differences, and what they are refused for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.tflite.case_builders import OUT, Case
from tests.formats.tflite.difference_cases import squared
from tests.formats.tflite.flatbuffers_encoder import Scalar
from tests.formats.tflite.lowered import lowered, read
from tests.formats.tflite.product_cases import multiplied
from tinyml_studio.arith.profile import ONNX, POW2_FLOOR, TFLM
from tinyml_studio.errors import SchemeError
from tinyml_studio.simulate.run import run


def test_every_factor_has_its_root_of_the_whole_one(tmp_path):
    _, program = lowered(multiplied(axes=(1, 2)).encode(), tmp_path)
    (item,) = program.instructions
    source, output = (float(np.float32(scale)) for scale in (0.02, 0.07))
    mantissa, shift = item.multiplier
    assert mantissa * 2.0 ** (shift - 31) == pytest.approx(source / output ** (1 / 18), rel=1e-9)


def test_products_beyond_32_bits_are_limited(tmp_path):
    case = Case((1, 4), "int16", scale=1.0)
    operands = [case.x, case.file.integers((1,))]
    file = case.end("REDUCE_PROD", operands, (1, 1), {0: Scalar("u1", 1)}, scale=0.5)
    graph, program = lowered(file.encode(), tmp_path)
    batch = np.array([[32767, 32767, 32767, 32767], [-32768, 32767, 32767, 32767]], np.int16)
    found = run(program, (batch,)).values[graph.outputs[0].tensor]
    assert found.tolist() == [[32767], [-32768]]


@pytest.mark.parametrize("profile", [POW2_FLOOR, ONNX], ids=lambda held: held.name)
def test_engines_without_its_integers_are_named(profile, tmp_path):
    with pytest.raises(SchemeError) as caught:
        lowered(multiplied().encode(), tmp_path, profile)
    assert f"the arithmetic {profile.name} has no integers" in str(caught.value.detail)


def test_unsigned_integers_are_refused(tmp_path):
    op = read(multiplied("uint8").encode(), tmp_path).nodes[0].op
    assert "signed integers alone" in op.reason


def test_an_output_of_far_too_fine_steps_is_refused(tmp_path):
    case = Case((1, 1, 4), scale=10.0)
    operands = [case.x, case.file.integers((1,))]
    file = case.end("REDUCE_PROD", operands, (1, 1, 4), {0: Scalar("u1", 1)}, scale=0.07)
    with pytest.raises(SchemeError) as caught:
        lowered(file.encode(), tmp_path, TFLM)
    assert "is multiplied by 143" in str(caught.value.detail)


def test_the_grids_are_those_of_the_file(tmp_path):
    _, program = lowered(multiplied().encode(), tmp_path)
    tensor = program.tensors[program.outputs[0]]
    assert (tensor.scale, tensor.zero_point) == (float(np.float32(OUT["scale"])), OUT["zero"])


def test_squared_differences_of_16_bits_have_no_shift_to_the_left(tmp_path):
    _, program = lowered(squared("int16", scale=90.0).encode(), tmp_path)
    (item,) = program.instructions
    assert (item.left_shift, item.multiplier_a) == (0, (1 << 30, 0))
    factor = item.multiplier_out.mantissa * 2.0 ** (item.multiplier_out.shift - 31)
    assert factor == pytest.approx(np.float32(0.05) ** 2 * 4 / 90, rel=1e-6)


def test_squared_differences_of_unsigned_integers_are_refused(tmp_path):
    op = read(squared("uint8").encode(), tmp_path).nodes[0].op
    assert "unsigned integers" in op.reason


def test_a_square_that_32_bits_do_not_hold_is_refused(tmp_path):
    with pytest.raises(SchemeError) as caught:
        lowered(squared(scale=1e-8).encode(), tmp_path)
    assert "could overflow" in str(caught.value)
