"""The comment at the head of a header: what it is, where it comes from, how to use it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from tinyml_studio.emit.c_text import block_comment, comment_text
from tinyml_studio.emit.info import HeaderInfo
from tinyml_studio.emit.state import has_state
from tinyml_studio.program.program import Program
from tinyml_studio.version import __version__

STACK_BYTES = 512
"""Bytes of stack that no layer exceeds, the functions that call it included."""

_MAX_SCHEME = 2000


@dataclass(frozen=True, slots=True)
class Style:
    """How the export is made.

    Parameters
    ----------
    stem
        The name of header and source file where there are two, else empty.
    form
        What the command line calls a header that calls another library, else empty.
    notes
        Lines about that library.
    """

    stem: str
    form: str
    notes: tuple[str, ...]


def front_matter(
    program: Program,
    info: HeaderInfo,
    prefix: str,
    *,
    weights: int,
    constants: int,
    arena: int,
    style: Style,
) -> str:
    """The comment; it holds no date and no path, so that two exports are equal."""
    target, stem = comment_text(info.target), style.stem
    lines = [
        f'{stem or prefix}.h - integer inference of "{comment_text(info.model_name)}"',
        f"Written by TinyML Studio {__version__}. Do not edit; write it again with",
        f"    tinyml-studio export PROJECT.tmls --target {target} --name {prefix}"
        + (f" --format {style.form}" if style.form else "")
        + (f" --split -o {stem}.h" if stem else f" -o {prefix}.h"),
        "",
        f"model       {comment_text(info.model_name)}",
        f"sha256      {comment_text(info.model_sha256)}",
        *_wrapped("scheme", info.scheme_text),
        f"target      {target}",
        *_wrapped("removed", info.removed),
        f"arithmetic  {program.arithmetic.name}: {comment_text(program.arithmetic.title)}",
        f"flash       {weights} bytes of weights, {constants} bytes of other constants, and code",
        *_memory(arena, style),
        "",
        *style.notes,
        *([""] if style.notes else []),
        *_how_to_use(program, prefix, stem),
    ]
    return block_comment(lines)


def _memory(arena: int, style: Style) -> list[str]:
    """What it takes of RAM; the stack is known of the header's own kernels only."""
    if style.form:
        return [f"RAM         {arena} bytes of arena, and the stack that {style.form} takes"]
    return [
        f"RAM         {arena} bytes of arena and at most {STACK_BYTES} bytes of stack",
        "            (GCC 12 with -O2, -O3 or -Os, any Cortex-M or RV32)",
    ]


def _how_to_use(program: Program, prefix: str, stem: str) -> list[str]:
    """What a program writes, and which macros there are."""
    name = prefix.upper()
    return [
        *_how_to_include(prefix, stem),
        "",
        f"    static uint8_t arena[{name}_ARENA_BYTES] {name}_ALIGN;",
        "",
        f"Write one sample to {prefix}_input(arena), call {prefix}_invoke(arena) and read",
        f"{prefix}_output(arena). Tensors are channels last (NHWC).",
        *_reset_lines(program, prefix),
        f"{name}_FLOAT_HELPERS adds conversions from and to float,",
        f"{name}_SELF_TEST a test with stored samples; {name}_LAYER_DONE(layer) is called after",
        "each layer where it is defined, to profile.",
        f"{name}_WEIGHTS and {name}_CONST, defined before the implementation, are attributes of",
        'weights and of other constants: __attribute__((section(".qspi"))) moves them there.',
        "C99 or C++, stdint.h and string.h only (arm_mve.h where there is Helium), no heap.",
    ]


def _how_to_include(prefix: str, stem: str) -> list[str]:
    """Where the definitions are."""
    if stem:
        return [
            f"Compile {stem}.c and include {stem}.h where it is used; macros that are named below",
            "are defined for both, on the compiler's command line:",
            "",
            f'    #include "{stem}.h"',
        ]
    return [
        "In exactly one source file:",
        "",
        f"    #define {prefix.upper()}_IMPLEMENTATION",
        f'    #include "{prefix}.h"',
    ]


def _reset_lines(program: Program, prefix: str) -> list[str]:
    """When to reset the state, where there is one."""
    if not has_state(program):
        return []
    return [
        f"The network keeps a state: call {prefix}_reset(arena) once before the first run,",
        "and again wherever a sample does not follow the one before.",
    ]


def _wrapped(key: str, text: str) -> list[str]:
    """A key and its text on as many lines as that needs; nothing for an empty text."""
    lines = textwrap.wrap(comment_text(text, limit=_MAX_SCHEME), 80)
    return [f"{'' if place else key:12}{line}" for place, line in enumerate(lines)]
