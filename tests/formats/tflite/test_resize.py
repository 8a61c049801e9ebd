"""Images of unsigned values of another size: LiteRT's steps in float32, and whose they are."""

import zlib

import numpy as np
import pytest

from tests.formats.tflite.case_builders import resize
from tests.formats.tflite.lowered import lowered
from tinyml_studio.arith.profile import LITERT, TFLM
from tinyml_studio.program.instructions import ResizeBilinear, ResizeBilinearFloat32
from tinyml_studio.simulate.run import run

WAYS = {
    "as it is": ({"size": (13, 4)}, 2960857791),
    "corners": ({"size": (10, 4), "corners": 1}, 2701733589),
    "half pixels": ({"size": (9, 11), "half": 1}, 521142465),
}
"""The last is the CRC-32 of what LiteRT 2.3.0 with `BUILTIN_REF` makes of `IMAGE`."""
IMAGE = ((np.arange(120) * 97 + 11) % 256).reshape(1, 6, 5, 4)


def resized(way, folder, profile, bits="uint8"):
    graph, program = lowered(resize("RESIZE_BILINEAR", bits=bits, **way).encode(), folder, profile)
    (item,) = program.instructions
    trace = run(program, ((IMAGE - 128).astype(np.int8),))
    return item, trace.values[graph.outputs[0].tensor].astype(int) + 128


@pytest.mark.parametrize("name", WAYS)
def test_unsigned_values_have_the_integers_of_litert(name, tmp_path):
    way, expected = WAYS[name]
    item, found = resized(way, tmp_path, LITERT)
    assert isinstance(item, ResizeBilinearFloat32)
    assert zlib.crc32(found.astype(np.uint8).tobytes()) == expected


@pytest.mark.parametrize("name", WAYS)
def test_signed_values_and_other_arithmetics_keep_to_steps_of_a_1024th(name, tmp_path):
    way, _ = WAYS[name]
    unsigned, found = resized(way, tmp_path, TFLM)
    signed, same = resized(way, tmp_path, LITERT, "int8")
    assert isinstance(unsigned, ResizeBilinear)
    assert isinstance(signed, ResizeBilinear)
    np.testing.assert_array_equal(found, same)
    _, in_float32 = resized(way, tmp_path, LITERT)
    assert np.abs(found - in_float32).max() == 1
