"""A header with every kernel compiles without a warning, wherever it may be compiled."""

import re
from itertools import product

import pytest

from tests.c.compilers import WARNINGS, compile_c, implementation, run_main
from tests.c.merged import merged
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions import INSTRUCTIONS, ROUNDED

COMPILERS = {
    "gcc-c99": ["gcc", "-std=c99", "-O2"],
    "gcc-c11": ["gcc", "-std=c11"],
    "gcc-gnu99": ["gcc", "-std=gnu99"],
    "clang-c99": ["clang", "-std=c99"],
    "g++-17": ["g++", "-x", "c++", "-std=c++17"],
    "clang++-17": ["clang++", "-x", "c++", "-std=c++17"],
    "cortex-m0plus": ["arm-none-eabi-gcc", "-std=c99", "-O2", "-mcpu=cortex-m0plus", "-mthumb"],
    "cortex-m4": ["arm-none-eabi-gcc", "-std=c99", "-O2", "-mcpu=cortex-m4", "-mthumb"],
    "cortex-m55": [
        *("arm-none-eabi-gcc", "-std=c99", "-O2", "-mcpu=cortex-m55", "-mthumb"),
        "-mfloat-abi=hard",
    ],
    "cortex-m55-c++": [
        *("arm-none-eabi-g++", "-x", "c++", "-std=c++17", "-Os", "-mcpu=cortex-m55", "-mthumb"),
        "-mfloat-abi=hard",
    ],
    "riscv": [
        *("riscv64-unknown-elf-gcc", "--specs=picolibc.specs", "-std=c99", "-O2"),
        *("-march=rv32imac", "-mabi=ilp32"),
    ],
}


@pytest.fixture(scope="module")
def header() -> str:
    once = [rounding for rounding in Rounding if rounding is not Rounding.DOUBLE]
    cases = [*product(INSTRUCTIONS, range(2)), *product(ROUNDED, [0], once)]
    return merged(cases).header()


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("defines", [(), ("SELF_TEST", "FLOAT_HELPERS")], ids=["plain", "all"])
def test_no_warning(compiler, defines, header, tmp_path):
    source = implementation(tmp_path, header, "net", *defines)
    compile_c(tmp_path, *COMPILERS[compiler], *WARNINGS, "-c", source, "-o", "net.o")


def test_declarations_alone_and_twice(header, tmp_path):
    (tmp_path / "net.h").write_text(header)
    (tmp_path / "user.c").write_text('#include "net.h"\n#include "net.h"\n')
    (tmp_path / "user.cpp").write_text('#include "net.h"\n#include "net.h"\n')
    compile_c(tmp_path, "gcc", "-std=c99", *WARNINGS, "-c", "user.c")
    compile_c(tmp_path, "g++", "-std=c++17", *WARNINGS, "-c", "user.cpp")


def test_cpp_program_calls_the_c_implementation(header, tmp_path):
    source = implementation(tmp_path, header, "net", "SELF_TEST")
    compile_c(tmp_path, "gcc", "-std=c99", "-c", source, "-o", "net.o")
    (tmp_path / "main.cpp").write_text(
        '#define NET_SELF_TEST\n#include "net.h"\n'
        "static uint8_t arena[NET_ARENA_BYTES] NET_ALIGN;\n"
        "int main() { return net_self_test(arena); }\n"
    )
    run_main(tmp_path, ["main.cpp", "net.o"], "-std=c++17", *WARNINGS, compiler="g++")


def test_two_headers_in_one_source_file(tmp_path):
    first, second = (merged(product(INSTRUCTIONS, [seed])) for seed in (0, 1))
    (tmp_path / "one.h").write_text(first.header("one"))
    (tmp_path / "two.h").write_text(second.header("two"))
    (tmp_path / "main.c").write_text(
        "#define ONE_IMPLEMENTATION\n#define ONE_SELF_TEST\n#define TWO_IMPLEMENTATION\n"
        '#define TWO_SELF_TEST\n#include "one.h"\n#include "two.h"\n'
        "static uint8_t a[ONE_ARENA_BYTES] ONE_ALIGN;\n"
        "static uint8_t b[TWO_ARENA_BYTES] TWO_ALIGN;\n"
        "int main(void) { return one_self_test(a) + two_self_test(b); }\n"
    )
    run_main(tmp_path, ["main.c"], "-std=c99", *WARNINGS)


def test_only_stdint_and_string_are_included_but_for_helium(header):
    lines = header.splitlines()
    included = [line for line in lines if line.startswith("#include")]
    assert included == ["#include <stdint.h>", "#include <string.h>", "#include <arm_mve.h>"]
    before = lines[lines.index("#include <arm_mve.h>") - 1]
    assert before == "#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__)"


def test_no_float_outside_the_helpers(header):
    inference = header.split("#ifdef NET_IMPLEMENTATION")[1].split("#ifdef NET_FLOAT_HELPERS")[0]
    assert not re.search(r"\b(float|double|float(16|32|64)(x\d+)?_t)\b", inference)
