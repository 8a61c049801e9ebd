"""A whole project under every arithmetic: the header follows, and the network still works."""

import re

import pytest

from tests.c.compilers import need
from tinyml_studio.app.studio import Studio
from tinyml_studio.arith.profile import ARITHMETICS


@pytest.fixture(scope="module")
def example() -> Studio:
    return Studio.open_example("digits")


@pytest.mark.parametrize(("name", "rounding"), [("litert", "away"), ("pow2", "even")])
def test_header_and_simulator_follow_the_arithmetic(example, name, rounding):
    need("gcc")
    example.set_arithmetic(name)
    header = example.header(target="cortex-m4", name="net")
    assert f"arithmetic  {name}: " in header
    assert f"net_narrow_{rounding}(" in header
    assert ("net_multiply(" in header) == (name == "litert")  # which has both
    assert example.verify(samples=8).match


def test_the_header_of_onnx_runtime_s_arithmetic_computes_float32_with_integers(example):
    need("gcc")
    example.set_arithmetic("onnx")
    header = example.header(target="cortex-m4", name="net")
    assert "arithmetic  onnx: " in header
    inference = header.split("#ifdef NET_IMPLEMENTATION")[1].split("#ifdef NET_FLOAT_HELPERS")[0]
    assert "net_multiply_float32(" in inference
    assert not re.search(r"\b(float|double)\b", inference)
    assert example.verify(samples=8).match


@pytest.mark.parametrize("name", ARITHMETICS)
def test_the_network_still_reads_digits(example, name):
    example.set_arithmetic(name)
    result = example.evaluate()
    assert result.integer_accuracy > result.float_accuracy - 0.03
