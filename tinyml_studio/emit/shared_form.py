"""One form of the kernels with weights for all layers of a program, where that saves code.

`Form.LEFT` does all that `Form.TWICE` does with the same parameters, in a few instructions more for
an output, and dense or recurrent layers with inputs behind their last whole unit all that those
without do. Where some layer needs it, all have it: two instances of a kernel take kilobytes.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, replace

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.blocks import dense_rest
from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.forms import Form
from tinyml_studio.emit.weighted import Weighted
from tinyml_studio.program.instructions import FullyConnected, Gated, Instruction, Svdf
from tinyml_studio.program.program import Program


@dataclass(frozen=True, slots=True)
class _Needs:
    """Whether some layer of a program multiplies an accumulator by more than 1, or has a rest."""

    left: bool
    rest: bool

    def shared(self, binding: Binding) -> Binding:
        """The binding with what some layer needs."""
        left = self.left and binding.form is Form.TWICE
        return replace(
            binding,
            form=Form.LEFT if left else binding.form,
            rest=self.rest or binding.rest,
        )


_LOCK = threading.Lock()
_KNOWN: weakref.WeakKeyDictionary[Program, _Needs] = weakref.WeakKeyDictionary()


def in_shared_form(calls: tuple[KernelCall, ...], program: Program) -> tuple[KernelCall, ...]:
    """The calls of an instruction in the form that all layers share."""
    if not any(call.binding.weights for call in calls):
        return calls
    needs = _needs(program)
    return tuple(
        replace(call, binding=needs.shared(call.binding)) if call.binding.weights else call
        for call in calls
    )


def _needs(program: Program) -> _Needs:
    with _LOCK:
        if program not in _KNOWN:
            _KNOWN[program] = _Needs(
                left=any(
                    isinstance(item, Weighted)
                    and item.rounding is Rounding.DOUBLE
                    and int(item.shift.max(initial=-1)) >= 0
                    for item in program.instructions
                ),
                rest=any(map(_has_rest, program.instructions)),
            )
        return _KNOWN[program]


def _has_rest(item: Instruction) -> bool:
    """Whether some of its rows of weights end with a part of a unit."""
    if isinstance(item, FullyConnected):
        sizes = [item.weights.shape[1]]
    elif isinstance(item, Gated):
        sizes = [item.input_weights.shape[2], item.hidden_weights.shape[2]]
    elif isinstance(item, Svdf):
        sizes = [item.feature_weights.shape[1]]
    else:
        return False
    return any(dense_rest(size, item.weight_type.bits) for size in sizes)
