"""Flatten of a computed tensor."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Reshape


def convert(emitter: Emitter) -> Tensor:
    """Axes before `axis` become the first, the others the second."""
    tensor, shape = emitter.tensor()
    rank = len(shape) + 1
    axis = emitter.attributes.integer("axis", 1)
    if not -rank <= axis <= rank:
        raise Malformed(f"there is no axis {axis} in a tensor of {rank} axes")
    cut = axis + rank if axis < 0 else axis
    if cut == 0 or prod(shape[: cut - 1]) != 1:
        raise Refused("it mixes the batch with other axes")
    return emitter.add(Reshape((prod(shape),)), tensor)
