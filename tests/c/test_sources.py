"""The C files of resources/c compile as they stand."""

import re
from collections import Counter

import pytest

from tests.c.compilers import WARNINGS, compile_c
from tinyml_studio.emit.binding import PART_OF_WORD
from tinyml_studio.emit.library import library
from tinyml_studio.paths import resource

SOURCES = sorted(resource("c").glob("*.c"))
COMPILERS = {
    "gcc": ["gcc", "-std=c99"],
    "clang": ["clang", "-std=c99"],
    "arm": ["arm-none-eabi-gcc", "-std=c99", "-mcpu=cortex-m0plus"],
}


@pytest.mark.parametrize("compiler", COMPILERS)
def test_sources_compile_with_their_own_definitions(compiler, tmp_path):
    flags = [*WARNINGS, "-Wno-unused-function", "-fsyntax-only"]
    compile_c(tmp_path, *COMPILERS[compiler], *flags, *SOURCES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_source_is_plain_text(path):
    text = path.read_bytes().decode("ascii")
    assert "\t" not in text
    assert "\r" not in text
    assert text.endswith(("}\n", "#endif\n"))


def test_no_name_of_a_function_or_type_stands_twice():
    text = "\n".join(path.read_text() for path in SOURCES)
    names = Counter(re.findall(r"^(?:static [^(=]*?\b|\} )(tms_\w+)[(;]", text, re.MULTILINE))
    assert len(names) == len(library().items)
    assert [name for name, count in names.items() if count > 1] == []


def test_library_knows_every_function_and_type():
    text = "".join(path.read_text() for path in SOURCES)
    found = library().items
    assert len(found) == text.count("\n}\n") + text.count("\ntypedef ")
    assert {"tms_conv2d", "tms_conv2d_t", "tms_dot_packed", "tms_exp"} <= set(found)


def test_template_defines_every_word():
    text = resource("c", "template.h").read_text()
    assert all(f"#define {word} " in text for word in PART_OF_WORD)
