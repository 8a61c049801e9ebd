"""``export --split``: a header and a source file, both or neither."""

import pytest

from tests.c.compilers import WARNINGS, compile_c


def test_header_and_source_are_written_and_compile(call, project, tmp_path):
    words = ("export", project, "--target", "m4", "--name", "net", "--split", "--json")
    done = call(*words, "-o", tmp_path / "net.h")
    assert done.status == 0
    assert done.json["source"] == str(tmp_path / "net.c")
    compile_c(tmp_path, "gcc", "-std=c99", *WARNINGS, "-c", "net.c")
    before = [(tmp_path / name).read_bytes() for name in ("net.h", "net.c")]
    call(*words, "-o", tmp_path / "net.h")
    assert [(tmp_path / name).read_bytes() for name in ("net.h", "net.c")] == before


@pytest.mark.parametrize("name", ["net.c", "net", 'n"et.h', "n et.h"])
def test_a_name_that_no_source_can_include_is_refused(call, project, tmp_path, name):
    done = call("export", project, "--target", "m4", "--split", "-o", tmp_path / name)
    assert done.status == 2
    assert "no name for a header and a source file" in done.err
    assert list(tmp_path.glob("*.[ch]")) == []


def test_a_source_that_cannot_be_written_leaves_no_header(call, project, tmp_path):
    (tmp_path / "net.c").mkdir()
    done = call("export", project, "--target", "m4", "--split", "-o", tmp_path / "net.h")
    assert done.status == 2
    assert "net.c" in done.err
    assert not (tmp_path / "net.h").exists()
