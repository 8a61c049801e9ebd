"""Weights and other constants go to the sections that firmware names."""

import re
import subprocess

import pytest

from tests.c.compilers import WARNINGS, compile_c, need
from tests.c.merged import info
from tests.c.small import small_program
from tinyml_studio.emit.header import c_header

PREFIX = "arm-none-eabi-"
FLAGS = ["-std=c99", "-O2", "-mcpu=cortex-m4", "-mthumb", *WARNINGS]
DEFINES = """#define NET_WEIGHTS __attribute__((section(".qspi")))
#define NET_CONST __attribute__((section(".tables")))
"""


def sections(folder, header, defines):
    (folder / "net.h").write_text(header)
    (folder / "net.c").write_text(f'{defines}#define NET_IMPLEMENTATION\n#include "net.h"\n')
    need(f"{PREFIX}objdump")
    compile_c(folder, f"{PREFIX}gcc", *FLAGS, "-c", "net.c")
    done = subprocess.run(
        [f"{PREFIX}objdump", "-h", "net.o"], cwd=folder, capture_output=True, text=True, check=True
    )
    rows = re.findall(r"^ *\d+ (\S+) +([0-9a-f]{8})", done.stdout, re.MULTILINE)
    return {name: int(size, 16) for name, size in rows}


@pytest.fixture(scope="module")
def header() -> str:
    return c_header(small_program(), info=info())


def test_weights_are_in_the_named_section(header, tmp_path):
    weights = int(re.search(r"#define NET_WEIGHT_BYTES (\d+)", header)[1])
    found = sections(tmp_path, header, DEFINES)
    assert found[".qspi"] == weights
    assert found[".tables"] > 0


def test_without_a_name_they_are_where_the_compiler_puts_them(header, tmp_path):
    found = sections(tmp_path, header, "")
    assert ".qspi" not in found
    assert sum(size for name, size in found.items() if name.startswith(".rodata")) > 132


def test_every_constant_has_one_of_the_attributes(header):
    lines = [line for line in header.splitlines() if line.startswith("static const")]
    assert lines
    assert all(re.search(r" NET_(WEIGHTS|CONST) = \{$", line) for line in lines)
    assert all(("_weights" in line) == ("NET_WEIGHTS" in line) for line in lines)


def test_the_front_matter_tells_of_them(header):
    front = header.split("*/")[0]
    assert "NET_WEIGHTS and NET_CONST" in front
    assert 'section(".qspi")' in front
