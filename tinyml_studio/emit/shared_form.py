"""One form of the kernels with weights for all layers of a program, where that saves code.

`Form.LEFT` does all that `Form.TWICE` does with the same parameters, in a few instructions more for
an output. Where some layer needs it, all have it: two instances of a kernel take kilobytes.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import replace

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.forms import Form
from tinyml_studio.emit.weighted import Weighted
from tinyml_studio.program.program import Program

_LOCK = threading.Lock()
_KNOWN: weakref.WeakKeyDictionary[Program, bool] = weakref.WeakKeyDictionary()


def in_shared_form(calls: tuple[KernelCall, ...], program: Program) -> tuple[KernelCall, ...]:
    """The calls of an instruction in the form that all layers share."""
    twice = any(call.binding.weights and call.binding.form is Form.TWICE for call in calls)
    if not twice or not _shifts_left(program):
        return calls
    return tuple(
        replace(call, binding=replace(call.binding, form=Form.LEFT))
        if call.binding.weights and call.binding.form is Form.TWICE
        else call
        for call in calls
    )


def _shifts_left(program: Program) -> bool:
    """Whether an accumulator is multiplied by more than 1, with two roundings."""
    with _LOCK:
        if program not in _KNOWN:
            _KNOWN[program] = any(
                isinstance(item, Weighted)
                and item.rounding is Rounding.DOUBLE
                and int(item.shift.max(initial=-1)) >= 0
                for item in program.instructions
            )
        return _KNOWN[program]
