"""Headers that call CMSIS-NN, as far as their text tells; tests/c links them with the library."""

import re
from dataclasses import replace

import numpy as np
import pytest

from tests.c.merged import info
from tests.c.small import small_program, with_instruction
from tinyml_studio.arith.profile import ONNX
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.cmsis import buffers
from tinyml_studio.emit.cmsis.buffers import Filter
from tinyml_studio.emit.cmsis.calls import own_layers
from tinyml_studio.emit.cmsis.variant import cmsis_variant
from tinyml_studio.emit.header import c_files, c_header
from tinyml_studio.errors import ExportError
from tinyml_studio.program.arena import plan_arena
from tinyml_studio.program.instructions import AveragePool2D


def pooled(**changes):
    """The small network with an average pool in the place of the mean over axes."""
    program = small_program(**changes)
    mean = program.instructions[2]
    pool = AveragePool2D(mean.layer, mean.inputs, mean.output, kernel=(3, 3), strides=(1, 1),
                         pads=((0, 0), (0, 0)), low=-128, high=127)  # fmt: skip
    shaped = replace(program.tensors["c"], shape=(1, 1, 4))
    items = (*program.instructions[:2], pool, *program.instructions[3:])
    return replace(program, instructions=items, tensors={**program.tensors, "c": shaped})


def header_of(program, *, helium=False):
    return c_header(program, info=info("net"), variant=cmsis_variant(helium=helium))


def test_every_layer_calls_the_library():
    header = header_of(pooled())
    for function in (
        "arm_convolve_wrapper_s8", "arm_depthwise_conv_wrapper_s8", "arm_avgpool_s8",
        "arm_fully_connected_s8", "arm_softmax_s8",
    ):  # fmt: skip
        assert header.count(f"{function}(") == 1, function
    assert header.count('#include "arm_nnfunctions.h"') == 1
    assert header.index("NET_IMPLEMENTED") < header.index("arm_nnfunctions.h")
    assert "tms_" not in header.lower()
    assert "net_dot" not in header


def test_it_has_the_same_interface_as_the_other_header():
    program = pooled()
    own = c_header(program, info=info("net"))
    wanted = re.findall(r"^(?:int|void|const \w+|\w+_t) \*?net_\w+\(.*\);$", own, re.MULTILINE)
    header = header_of(program)
    assert len(wanted) >= 4
    assert all(line in header for line in wanted)


def test_the_front_matter_says_what_it_needs():
    front = header_of(pooled()).split("*/")[0]
    assert "CMSIS-NN 7" in front
    assert "--format cmsis-nn -o net.h" in front
    assert "stack that cmsis-nn takes" in front


def test_weights_of_four_bits_take_the_functions_for_them():
    header = header_of(pooled(bits=4))
    for function in ("arm_convolve_wrapper_s4", "arm_depthwise_conv_wrapper_s4",
                     "arm_fully_connected_s4"):  # fmt: skip
        assert f"{function}(" in header


def test_scales_of_its_own_for_every_output():
    program = pooled()
    dense = program.instructions[3]
    shifts = np.arange(dense.shift.size, dtype=np.int32) - 8
    header = header_of(with_instruction(program, 3, shift=shifts))
    assert "arm_fully_connected_per_channel_s8(" in header


def test_working_memory_is_in_the_arena():
    program = pooled()
    arena = int(re.search(r"#define NET_ARENA_BYTES (\d+)", header_of(program))[1])
    plan = plan_arena(program)
    # two columns of 3 x 3 x 2 values, to whole words, beside input and output of the convolution
    assert plan.size < arena <= plan.size + 2 * 20 * 2 + 16
    text = header_of(program)
    assert "scratch of conv" in text
    assert "80, /* buffer_bytes */" in text


def test_helium_takes_more_and_the_other_header_refuses_it():
    program = pooled()
    sizes = [
        int(re.search(r"#define NET_ARENA_BYTES (\d+)", header_of(program, helium=held))[1])
        for held in (False, True)
    ]
    assert sizes[0] < sizes[1]
    assert "on cores with Helium: export it for such a target" in header_of(program)
    assert "export it for such a target" not in header_of(program, helium=True)


def test_header_and_source():
    variant = cmsis_variant(helium=False)
    header, source = c_files(pooled(), info=info("net"), stem="net", variant=variant)
    assert "arm_nnfunctions" not in header
    assert '#include "arm_nnfunctions.h"' in source


@pytest.mark.parametrize(
    ("program", "layer", "helium"),
    [
        (small_program(), "mean", False),
        (pooled(bits=3), "conv", False),
        (with_instruction(pooled(), 1, rounding=Rounding.HALF_EVEN), "depthwise", False),
        (
            with_instruction(pooled(bits=4), 3, shift=np.array([-5, -6, -7], np.int32)),
            "dense",
            False,
        ),
        (pooled(bits=4), "depthwise", True),
    ],
)
def test_own_kernels_compute_what_it_cannot(program, layer, helium):
    header = header_of(program, helium=helium)
    front = header.split("*/")[0]
    assert f'"{layer}"' in front.split("which kernels here compute:")[1]
    assert layer in own_layers(program, helium=helium)
    assert "arm_softmax_s8(" in header


def test_no_layer_is_named_where_the_library_computes_all():
    assert "which kernels here compute" not in header_of(pooled())


def test_another_arithmetic_is_refused():
    with pytest.raises(ExportError, match="arithmetic tflm, not onnx") as caught:
        header_of(replace(pooled(), arithmetic=ONNX))
    assert '"C header"' in caught.value.hint
    assert "--" not in caught.value.hint  # the window says it, too


SQUARE = Filter(height=3, width=3, channels=5, strides=(1, 1), dilations=(1, 1), pads=(1, 1),
                input_width=8, output_width=8)  # fmt: skip
POINT = replace(SQUARE, height=1, width=1, pads=(0, 0))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (buffers.convolution_s8(SQUARE, helium=False), 2 * 48 * 2),
        (buffers.convolution_s8(SQUARE, helium=True), 4 * 48),
        (buffers.convolution_s4(SQUARE, helium=False), 2 * 45 * 2),
        (buffers.convolution_s4(POINT, helium=True), 0),
        (buffers.convolution_s16(SQUARE, helium=False), 2 * 45 * 2),
        (buffers.convolution_s16(SQUARE, helium=True), 4 * 48 * 2),
        (buffers.depthwise_s8(SQUARE, 5, helium=False), 0),
        (buffers.depthwise_s8(replace(SQUARE, pads=(2, 2)), 5, helium=False), 5 * 9 * 2),
        (buffers.depthwise_s8(SQUARE, 5, helium=True), 4 * 124 * 9),
        (buffers.depthwise_s8(SQUARE, 10, helium=False), 0),
        (buffers.depthwise_s4(SQUARE, 5, helium=False), 5 * 9 * 2),
        (buffers.depthwise_s16(SQUARE, 5, helium=False), 5 * 9 * 2),
        (buffers.depthwise_s16(SQUARE, 5, helium=True), 4 * 5 * 9 * 2 + 8),
        (buffers.dense_s8(7, helium=True), 28),
        (buffers.average_pool(6), 24),
    ],
)
def test_buffer_sizes_are_those_of_the_library(found, expected):
    assert found == expected
