"""Parts of a header for cores with Helium, for the others, and for all."""

import re

from tests.c.merged import info
from tests.c.small import small_program
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.guard import Guard
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.kernels import Kernels
from tinyml_studio.emit.library import library


def sides(header: str) -> tuple[str, str, str]:
    """What all cores see, only those with Helium, only the others."""
    helium = "".join(re.findall(r"#ifdef NET_HELIUM\n(.*?)#(?:else|endif)", header, re.DOTALL))
    others = "".join(re.findall(r"#ifndef NET_HELIUM\n(.*?)#endif", header, re.DOTALL))
    return header, helium, others


def test_a_function_that_both_need_is_for_all():
    kernels = Kernels(library(), "net")
    kernels.name("tms_spot_first", Binding(), Guard.HELIUM)
    kernels.name("tms_window_rows", Binding(), Guard.OTHERS)
    _, helium, others = sides(kernels.text())
    assert "net_spot_first(" in helium
    assert "net_window_rows(" in others
    assert "net_geometry_t;" not in helium + others
    assert "net_geometry_t;" in kernels.text()


def test_a_core_has_the_weights_of_one_kernel_only():
    header, helium, others = sides(c_header(small_program(), info=info()))
    names = re.findall(r"static const int8_t (net_000\w*_weights\w*)\[", header)
    assert len(names) == 2
    assert sorted(f"{name}[" in helium for name in names) == [False, True]
    assert sorted(f"{name}[" in others for name in names) == [False, True]


def test_flash_counts_one_kernel_s_constants():
    header = c_header(small_program(), info=info())
    stated = int(re.search(r"#define NET_WEIGHT_BYTES (\d+)", header)[1])
    _, helium, _ = sides(header)
    plain = header
    for text in re.findall(r"#ifdef NET_HELIUM\n(?:.*?)#(?:else|endif)", header, re.DOTALL):
        plain = plain.replace(text, "")
    sizes = re.findall(r"static const int8_t net_\w*_weights\w*\[(\d+)\]", plain)
    assert stated == sum(map(int, sizes))
    assert "_weights" in helium
