"""The same choices with another engine's arithmetic, to compare with."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.app.derived import Derived
from tinyml_studio.arith.profile import arithmetic
from tinyml_studio.lower.lower import lower


def with_arithmetic(derived: Derived, name: str) -> Derived:
    """What follows from the same document with another arithmetic; the session stays as it is.

    Raises
    ------
    StudioError
        If there is no arithmetic of that name, or a layer cannot run in it.
    """
    document = replace(derived.document, arithmetic=arithmetic(name).name)
    program = lower(
        derived.graph, derived.stats or {}, document.scheme, arithmetic(document.arithmetic)
    )
    return replace(derived, document=document, program=program, refusal=None)
