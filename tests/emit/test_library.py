import re

import pytest

from tinyml_studio.arith.inttype import INT8, INT16, IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.kernels import Kernels
from tinyml_studio.emit.library import library

CONV = Binding(input=INT8, output=INT16, weights=IntType(3), bias=IntType(32))


def test_instances_are_named_by_the_types_that_they_use():
    kernels = Kernels(library(), "net")
    assert kernels.name("tms_conv2d", CONV) == "net_conv2d_s8_s16_w3_b32"
    assert kernels.name("tms_conv2d_t", CONV) == "net_conv2d_w3_b32_t"
    assert kernels.name("tms_multiply", CONV) == "net_multiply"


def test_a_kernel_brings_what_it_calls_first_and_nothing_else():
    kernels = Kernels(library(), "net")
    kernels.name("tms_lookup", Binding(output=INT8))
    assert re.findall(r"\bnet_\w+(?=\()", kernels.text()) == ["net_lookup_s8"]
    kernels.name("tms_conv2d", CONV)
    text = kernels.text()
    assert text.index("net_dot_packed_s8_w3(") < text.index("net_conv2d_sum_s8_w3_b32(")
    assert "net_dot_w4" not in text


def test_no_word_and_no_foreign_prefix_is_left():
    kernels = Kernels(library(), "net")
    kernels.name("tms_conv2d", CONV)
    assert not re.search(r"TMS_|tms_", kernels.text())


def test_an_instance_is_written_once():
    kernels = Kernels(library(), "net")
    for output in (INT8, INT8, INT16):
        kernels.name("tms_requantize_values", Binding(input=INT8, output=output))
    assert kernels.text().count("static inline int32_t net_multiply(") == 1
    assert kernels.text().count("void net_requantize_values_s8_s8(") == 1


def test_a_missing_type_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="binds no weights"):
        Kernels(library(), "net").name("tms_conv2d", Binding(input=INT8, output=INT8))


def test_members_of_a_structure():
    assert library().items["tms_mean_t"].fields[:2] == ("kept", "kept_strides")
