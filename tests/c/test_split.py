"""A header and a source file: the same integers as one header, and only together."""

import subprocess

from tests.c.compilers import WARNINGS, compile_c, run_main
from tests.c.merged import info
from tests.c.small import small_program, small_values
from tinyml_studio.emit.header import c_files
from tinyml_studio.emit.info import self_test_vectors

MAIN = """#include "net.h"
static uint8_t arena[NET_ARENA_BYTES] NET_ALIGN;
int main(void) { return net_self_test(arena); }
"""


def written(folder, program, stem="net"):
    vectors = self_test_vectors(program, small_values(program), count=2)
    texts = c_files(program, info=info("net"), stem=stem, vectors=vectors)
    for suffix, text in zip(("h", "c"), texts, strict=True):
        (folder / f"{stem}.{suffix}").write_text(text, encoding="ascii")
    return texts


def test_it_needs_no_macro_and_gives_the_same_integers(tmp_path):
    header, source = written(tmp_path, small_program())
    assert "IMPLEMENTATION" not in header + source
    (tmp_path / "main.c").write_text(MAIN)
    (tmp_path / "other.c").write_text('#include "net.h"\n#include "net.h"\n')
    flags = ["-std=c99", "-DNET_SELF_TEST", "-DNET_FLOAT_HELPERS", *WARNINGS]
    run_main(tmp_path, ["main.c", "other.c", "net.c"], *flags)


def test_the_source_is_cpp_too(tmp_path):
    written(tmp_path, small_program())
    compile_c(tmp_path, "g++", "-x", "c++", "-std=c++17", *WARNINGS, "-c", "net.c")


def test_files_of_two_exports_do_not_compile(tmp_path):
    written(tmp_path, small_program())
    own = (tmp_path / "net.c").read_text()
    written(tmp_path, small_program(bits=4))
    (tmp_path / "net.c").write_text(own)
    words = ["gcc", "-c", "net.c"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "net.c and net.h are of two exports" in done.stderr


def test_the_front_matter_names_both_files():
    header, source = c_files(small_program(), info=info("net"), stem="kws-2")
    assert "--name net --split -o kws-2.h" in header
    assert '#include "kws-2.h"' in source
    assert "Compile kws-2.c and include kws-2.h" in header
