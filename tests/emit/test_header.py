import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.c.compilers import WARNINGS, compile_c, implementation, run_main
from tests.c.merged import header_of, info
from tests.c.small import small_program, small_values
from tests.emit.test_c_text import HOSTILE
from tinyml_studio.arith.inttype import INT16, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.packing import packed_size
from tinyml_studio.arith.profile import ONNX, TFLM
from tinyml_studio.emit.firmware_plan import firmware_plan
from tinyml_studio.emit.header import c_header
from tinyml_studio.program.instructions import Add, Reshape
from tinyml_studio.program.program import Program, QuantizedTensor

ROOT = Path(__file__).resolve().parents[2]


def macro(header: str, name: str) -> str:
    return re.search(rf"^#define {name} (.*)$", header, re.MULTILINE)[1]


@pytest.fixture(scope="module")
def program() -> Program:
    return small_program()


def test_macros_state_sizes_grids_and_budget(program):
    header = c_header(program, info=replace(info("kws"), macs=1234))
    assert macro(header, "KWS_INPUT_SIZE") == "60"
    assert macro(header, "KWS_INPUT_SCALE") == "0.0625f"
    assert macro(header, "KWS_INPUT_ZERO_POINT") == "(3)"
    assert macro(header, "KWS_OUTPUT_SIZE") == "3"
    assert macro(header, "KWS_OUTPUT_ZERO_POINT") == "(-128)"
    assert macro(header, "KWS_ARENA_BYTES") == str(firmware_plan(program).scratch.size)
    # the convolution's filters of 18 weights are filled up to blocks of four, three outputs to four
    assert macro(header, "KWS_WEIGHT_BYTES") == str(80 + 36 + 16)
    assert macro(header, "KWS_MACS") == "1234"


@pytest.mark.parametrize("bits", range(1, 9))
def test_weights_are_packed(bits):
    header = c_header(small_program(bits=bits), info=info())
    # 8 bits: filters of 18 weights and three outputs are filled up to fours; others: filters to
    # what words hold without a rest, nine taps to eights, four inputs to what fills words
    filters = {8: 80, 4: 80, 2: 96, 6: 96}.get(bits, 128)
    sizes = (filters, 36 if bits == 8 else 40, 16 if bits % 2 == 0 else 32)
    expected = sum(packed_size(count, IntType(bits)) for count in sizes)
    assert macro(header, "NET_WEIGHT_BYTES") == str(expected)


def test_front_matter_states_what_it_is(program):
    told = info("kws", model_name="kws.onnx", model_sha256="ab" * 32, target="stm32l4r5")
    front = c_header(program, info=told).split("*/")[0]
    for text in ("kws.onnx", "ab" * 32, "w8a8", "stm32l4r5", "tflm", "KWS_IMPLEMENTATION"):
        assert text in front


def test_self_test_needs_vectors(program):
    assert "int net_self_test(void *arena);" not in c_header(program, info=info())
    assert "int net_self_test(void *arena);" in header_of(program, small_values(program), "net")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_do_no_harm(text, tmp_path):
    program = small_program((text, f"{text} ", text.upper() + "2", f"{text}*/", f"{text}/*"))
    told = info(text, model_name=text, model_sha256=text, scheme_text=text, target=text)
    header = c_header(program, info=told)
    assert header.isascii()
    assert max(map(len, header.splitlines())) < 250
    assert "??" not in header
    assert "\\" not in header
    (tmp_path / "net.h").write_text(header)
    prefix = re.search(r"^#ifndef (\w+)_H_INCLUDED$", header, re.MULTILINE)[1]
    (tmp_path / "net.c").write_text(f'#define {prefix}_IMPLEMENTATION\n#include "net.h"\n')
    compile_c(tmp_path, "gcc", "-std=c99", *WARNINGS, "-fsyntax-only", "net.c")


def test_names_that_collide_after_cleaning_stay_apart(tmp_path):
    program = small_program(("a b", "a-b", "a_b", "A B", "a.b"))
    source = implementation(tmp_path, c_header(program, info=info()))
    compile_c(tmp_path, "gcc", "-std=c99", *WARNINGS, "-fsyntax-only", source)


def test_two_exports_are_equal_whatever_the_surroundings(tmp_path):
    code = (
        "from tests.c.small import small_program, small_values\n"
        "from tests.c.merged import header_of\n"
        "program = small_program()\n"
        "print(header_of(program, small_values(program), 'net'))\n"
    )
    texts = []
    for seed, folder, zone in (("1", ROOT, "UTC"), ("2", tmp_path, "Asia/Tokyo")):
        env = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, check=True
        )
        texts.append(done.stdout)
    assert texts[0] == texts[1]
    assert b"\r" not in texts[0]
    assert str(ROOT).encode() not in texts[0]


def test_a_reshape_is_a_view():
    tensors = {
        name: QuantizedTensor(name, shape, INT16, 0.5, 0)
        for name, shape in {"x": (2, 3), "y": (6,)}.items()
    }
    item = Reshape("flatten", ("x",), "y")
    program = Program("r", small_program().arithmetic, tensors, {}, ("x",), ("y",), (item,))
    header = c_header(program, info=info())
    assert "net_copy" not in header
    assert macro(header, "NET_ARENA_BYTES") == "12"


SUM = """#define NET_IMPLEMENTATION
#define NET_FLOAT_HELPERS
#include "net.h"
#include <stdio.h>
static uint8_t arena[NET_ARENA_BYTES] NET_ALIGN;
int main(void)
{
    const net_input_t a[NET_INPUT_SIZE] = {1, 2, 3};
    const net_input_1_t b[NET_INPUT_1_SIZE] = {10, 20, 30};
    net_output_t sum[NET_OUTPUT_SIZE];
    net_output_1_t difference[NET_OUTPUT_1_SIZE];
    const int status = net_run(a, b, sum, difference, arena);

    printf("%d %d %d %d %d", status, sum[0], sum[2], difference[0], difference[2]);
    return 0;
}
"""


def test_several_inputs_and_outputs_have_names_of_their_own(tmp_path):
    tensors = {
        name: QuantizedTensor(name, (3,), bits, 1.0, 0)
        for name, bits in {"a": IntType(8), "b": INT16, "s": INT16, "d": INT16}.items()
    }
    same = Multiplier(1 << 30, 1)
    items = tuple(
        Add(name, ("a", "b"), name, subtract=name == "d", left_shift=15, multiplier_a=same,
            multiplier_b=same, multiplier_out=Multiplier(1 << 30, -14), low=-32768, high=32767)
        for name in ("s", "d")
    )  # fmt: skip
    arithmetic = small_program().arithmetic
    program = Program("two", arithmetic, tensors, {}, ("a", "b"), ("s", "d"), items)
    (tmp_path / "net.h").write_text(c_header(program, info=info()))
    (tmp_path / "main.c").write_text(SUM)
    flags = ["-std=c99", *WARNINGS]
    assert run_main(tmp_path, ["main.c"], *flags) == "0 11 33 -9 -27"


HELPERS = """#define NET_IMPLEMENTATION
#define NET_FLOAT_HELPERS
#include "net.h"
#include <stdio.h>
int main(void)
{
    float real[NET_INPUT_SIZE];
    net_input_t integers[NET_INPUT_SIZE];
    float back[NET_OUTPUT_SIZE];

    if (fread(real, sizeof real, 1, stdin) != 1) return 1;
    net_quantize_input(real, integers);
    for (int i = 0; i < NET_INPUT_SIZE; i++) printf("%d ", integers[i]);
    net_dequantize_output(integers, back);
    for (int i = 0; i < NET_OUTPUT_SIZE; i++) printf("%.9g ", (double)back[i]);
    return 0;
}
"""


@pytest.mark.parametrize("arithmetic", [TFLM, ONNX], ids=lambda item: item.name)
def test_float_helpers_round_as_the_simulator_does(arithmetic, program, tmp_path):
    program = replace(program, arithmetic=arithmetic)
    real = np.linspace(-9.5, 9.5, 60).astype(np.float32)
    real[:8] = [0.03125, -0.03125, 0.09375, np.inf, -np.inf, np.nan, 1e30, -1e30]
    (tmp_path / "net.h").write_text(c_header(program, info=info()))
    (tmp_path / "main.c").write_text(HELPERS)
    compile_c(tmp_path, "gcc", "-std=c99", *WARNINGS, "main.c", "-o", "main")
    words = subprocess.run(
        [tmp_path / "main"], input=real.tobytes(), capture_output=True, check=True
    ).stdout.split()
    steps = real.astype(np.float64) * 16
    away = np.trunc(steps + np.copysign(0.5, steps))
    nearest = (np.rint(steps) if arithmetic is ONNX else away) + 3
    nearest[5] = 3  # no number: the zero point
    integers = np.clip(nearest, -128, 127).astype(int)
    assert [int(word) for word in words[:60]] == integers.tolist()
    assert [float(word) for word in words[60:]] == ((integers[:3] + 128) / 256).tolist()
