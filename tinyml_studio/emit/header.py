"""A program in C: one header in stb form, or a header and a source file."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.emit.c_text import prefix_of
from tinyml_studio.emit.firmware_plan import FirmwarePlan, firmware_plan
from tinyml_studio.emit.float_helpers import helper_functions, helper_prototypes
from tinyml_studio.emit.front_matter import Style, front_matter
from tinyml_studio.emit.guard import helium_head
from tinyml_studio.emit.info import HeaderInfo, SelfTestVectors
from tinyml_studio.emit.interface import (
    accessors,
    budget,
    prototypes,
    runners,
    types_and_sizes,
)
from tinyml_studio.emit.kernels import Kernels
from tinyml_studio.emit.layers import LayerWriter, Step
from tinyml_studio.emit.layout import Parts, one_file, two_files
from tinyml_studio.emit.library import library, library_of
from tinyml_studio.emit.memory import Memory
from tinyml_studio.emit.memory_plan import memory_plan
from tinyml_studio.emit.ports import ports_of
from tinyml_studio.emit.self_test import (
    self_test_data,
    self_test_functions,
    self_test_prototypes,
)
from tinyml_studio.emit.state import state_function, state_prototype
from tinyml_studio.emit.variant import Variant
from tinyml_studio.program.arena import plan_arena
from tinyml_studio.program.program import Program

# Layers that stay functions of their own share the stack instead of adding up. With noinline alone
# GCC 12 takes away some calls: where input and output have one base, it rewrites the output's
# address so that it no longer sees the function write to memory (Mean at -O1, -Os).
_ATTRIBUTES = """#if defined(__clang__)
#define {name}_LAYER __attribute__((noinline))
#elif defined(__GNUC__) && (__GNUC__ >= 8)
#define {name}_LAYER __attribute__((noipa))
#elif defined(__GNUC__)
#define {name}_LAYER __attribute__((noinline, noclone))
#else
#define {name}_LAYER
#endif

/* called after every layer with its number: define it to profile */
#ifndef {name}_LAYER_DONE
#define {name}_LAYER_DONE(layer) ((void)0)
#endif

/* the innermost products, which GCC 12 calls at -O2; weights that are read in words */
#if defined(__GNUC__)
#define {name}_INLINE __attribute__((always_inline))
#define {name}_WORDS __attribute__((aligned(4)))
#else
#define {name}_INLINE
#define {name}_WORDS
#endif

/* attributes of weights, and of all other constants, such as a section: define them before */
#ifndef {name}_WEIGHTS
#define {name}_WEIGHTS
#endif
#ifndef {name}_CONST
#define {name}_CONST
#endif
"""


def c_header(
    program: Program,
    *,
    info: HeaderInfo,
    vectors: SelfTestVectors | None = None,
    plan: FirmwarePlan | None = None,
    variant: Variant | None = None,
) -> str:
    """The text of the header; the same arguments give the same text.

    Parameters
    ----------
    program
        What to run.
    info
        What the front matter states.
    vectors
        Golden samples of the self-test; without them the header has none.
    plan
        Places in the arena; by default those of `firmware_plan`.
    variant
        Whose kernels it calls; by default its own.

    Raises
    ------
    ExportError
        If a layer cannot be written in C; names it.
    """
    plan = plan or _plan(program, variant)
    return one_file(_parts(program, info, vectors, plan, variant=variant))


def c_files(
    program: Program,
    *,
    info: HeaderInfo,
    stem: str,
    vectors: SelfTestVectors | None = None,
    variant: Variant | None = None,
) -> tuple[str, str]:
    """The texts of the header ``<stem>.h`` and of the source file ``<stem>.c``.

    `stem` is a harmless file name; everything else is as for `c_header`.
    """
    plan = _plan(program, variant)
    return two_files(_parts(program, info, vectors, plan, stem=stem, variant=variant), stem)


def _plan(program: Program, variant: Variant | None) -> FirmwarePlan:
    """Where everything lies; how far results may reach into operands is known of own kernels."""
    if variant is None:
        return firmware_plan(program)
    plan = plan_arena(program)
    return FirmwarePlan(plan, variant.scratch(program, plan))


def _parts(
    program: Program,
    info: HeaderInfo,
    vectors: SelfTestVectors | None,
    planned: FirmwarePlan,
    *,
    stem: str = "",
    variant: Variant | None = None,
) -> Parts:
    prefix, ports = prefix_of(info.prefix), ports_of(program)
    kernels = Kernels(library() if variant is None else library_of(*variant.folders), prefix)
    plan, scratch = planned.tensors, planned.scratch
    calls = None if variant is None else variant.calls
    writer = LayerWriter(program, kernels, prefix, planned, calls)
    steps = writer.steps()
    weights, arena = writer.weight_bytes, max(scratch.size, 1)
    sizes = {"weights": weights, "arena": arena}
    declarations = [
        types_and_sizes(prefix, ports),
        budget(prefix, **sizes, alignment=plan.alignment, macs=info.macs),
        state_prototype(program, prefix, plan),
        prototypes(prefix, ports),
        helper_prototypes(prefix, ports, program.arithmetic),
        self_test_prototypes(prefix, len(program.by_layer), vectors),
    ]
    definitions = [
        _ATTRIBUTES.format(name=prefix.upper()),
        kernels.text(),
        writer.text,
        state_function(program, prefix, writer.memory),
        accessors(prefix, ports, writer.memory) + runners(prefix, ports, steps),
        helper_functions(prefix, ports, program.arithmetic),
        _self_test(program, prefix, steps, writer.memory, vectors),
    ]
    constants, style = writer.constant_bytes, _style(program, stem, variant)
    front = front_matter(program, info, prefix, **sizes, constants=constants, style=style)
    front += "\n" + memory_plan(program, plan, scratch)
    head = (helium_head(prefix) if writer.helium else "") + _included(prefix, variant)
    texts = ("\n".join(filter(None, parts)) for parts in (declarations, definitions))
    return Parts(prefix, front, head, *texts)


def _style(program: Program, stem: str, variant: Variant | None) -> Style:
    if variant is None:
        return Style(stem, "", ())
    return Style(stem, variant.form, variant.notes(program))


def _included(prefix: str, variant: Variant | None) -> str:
    return "" if variant is None else variant.head.format(name=prefix.upper())


def _self_test(
    program: Program,
    prefix: str,
    steps: Sequence[Step],
    memory: Memory,
    vectors: SelfTestVectors | None,
) -> str:
    """The self-test's functions, and its data when there are golden samples."""
    text = self_test_functions(program, prefix, Kernels(library(), prefix), steps, memory)
    if vectors is not None:
        text += "\n" + self_test_data(program, prefix, ports_of(program), vectors)
    return f"#ifdef {prefix.upper()}_SELF_TEST\n{text}#endif\n"
