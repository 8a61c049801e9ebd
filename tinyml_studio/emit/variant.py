"""Whose kernels a header calls: its own, or those of another library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tinyml_studio.emit.layers import Calls
from tinyml_studio.emit.scratch import ScratchPlan
from tinyml_studio.program.arena import ArenaPlan
from tinyml_studio.program.program import Program


@dataclass(frozen=True, slots=True)
class Variant:
    """A header that calls another library.

    Parameters
    ----------
    form
        What the command line calls it.
    folders
        Where in the resources its kernels are.
    calls
        The calls of an instruction.
    scratch
        Places of their working memory.
    head
        What is included before the definitions; ``{name}`` stands for the upper-case prefix.
    notes
        Lines of the front matter, for a program.
    """

    form: str
    folders: tuple[str, ...]
    calls: Calls
    scratch: Callable[[Program, ArenaPlan], ScratchPlan]
    head: str
    notes: Callable[[Program], tuple[str, ...]]
