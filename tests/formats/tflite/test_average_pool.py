"""Averages of unsigned values: ties go up in LiteRT's kernel, away from 0 in that for int8."""

import zlib

import numpy as np
import pytest

from tests.formats.tflite.case_builders import IN, Case, int32
from tests.formats.tflite.lowered import lowered
from tests.formats.tflite.models import Scalar
from tinyml_studio.arith.profile import LITERT, TFLM, Arithmetic
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.simulate.run import run

OPTIONS = {0: Scalar("i1", 0), 1: int32(2), 2: int32(1), 3: int32(3), 4: int32(2)}
IMAGE = (np.arange(120) ** 2 * 7 // 3 % 256).reshape(1, 6, 5, 4)
CRC_OF_LITERT = 3037813892
"""CRC-32 of what LiteRT 2.3.0 with `BUILTIN_REF` makes of `IMAGE`."""


def averaged(folder, profile: Arithmetic, bits="uint8"):
    case = Case(kind=bits)
    data = case.end("AVERAGE_POOL_2D", [case.x], (1, 6, 3, 4), OPTIONS, **IN).encode()
    graph, program = lowered(data, folder, profile)
    (item,) = program.instructions
    trace = run(program, ((IMAGE - 128).astype(np.int8),))
    return item.rounding, trace.values[graph.outputs[0].tensor].astype(int) + 128


def test_unsigned_values_have_the_integers_of_litert(tmp_path):
    rounding, found = averaged(tmp_path, LITERT)
    assert rounding is Rounding.HALF_UP
    assert zlib.crc32(found.astype(np.uint8).tobytes()) == CRC_OF_LITERT


@pytest.mark.parametrize(("profile", "bits"), [(TFLM, "uint8"), (LITERT, "int8")])
def test_signed_values_and_other_arithmetics_take_ties_away_from_zero(tmp_path, profile, bits):
    rounding, found = averaged(tmp_path, profile, bits)
    _, up = averaged(tmp_path, LITERT)
    assert rounding is Rounding.HALF_AWAY
    assert set((up - found).ravel().tolist()) == {0, 1}
