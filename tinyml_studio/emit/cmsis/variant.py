"""The header that calls CMSIS-NN."""

from __future__ import annotations

from tinyml_studio.emit.c_text import comment_text
from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.cmsis.calls import buffer_sizes, cmsis_calls, own_layers
from tinyml_studio.emit.scratch import ScratchPlan, place_scratch
from tinyml_studio.emit.variant import Variant
from tinyml_studio.program.arena import ArenaPlan
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program

FORM = "cmsis-nn"

_NOTES = (
    "The layers are computed by CMSIS-NN 7 (github.com/ARM-software/CMSIS-NN): its folder Include",
    "must be on the include path, and its library be linked, without CMSIS_NN_USE_SINGLE_ROUNDING.",
)
_OWN = (
    "",
    "CMSIS-NN has no function with the same integers for these layers, which kernels here compute:",
)
_HEAD = """#include "arm_nnfunctions.h"

#if defined(CMSIS_NN_USE_SINGLE_ROUNDING)
#error "the integers are those of CMSIS-NN without CMSIS_NN_USE_SINGLE_ROUNDING"
#endif
"""
_NO_HELIUM = """#if defined(ARM_MATH_MVEI)
#error "the arena has no room for CMSIS-NN on cores with Helium: export it for such a target"
#endif
"""
_FAILED = """
/* called with the status of every call of CMSIS-NN, 0 on success: define it to hear of failures */
#ifndef {name}_FAILED
#define {name}_FAILED(status) ((void)(status))
#endif

"""


def cmsis_variant(*, helium: bool) -> Variant:
    """The variant for cores with or without Helium, which takes more working memory."""

    def calls(item: Instruction, program: Program) -> tuple[KernelCall, ...]:
        return cmsis_calls(item, program, helium=helium)

    def scratch(program: Program, plan: ArenaPlan) -> ScratchPlan:
        return place_scratch(program, plan, buffer_sizes(program, helium=helium))

    def notes(program: Program) -> tuple[str, ...]:
        own = own_layers(program, helium=helium)
        if not own:
            return _NOTES
        names = (f'    "{comment_text(layer, limit=60)}"' for layer in own)
        return (*_NOTES, *_OWN, *names)

    head = _HEAD + ("" if helium else _NO_HELIUM) + _FAILED
    return Variant(FORM, ("c", "cmsis"), calls, scratch, head, notes)
