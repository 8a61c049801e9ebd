"""Transpose of a computed tensor."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Transpose


def convert(emitter: Emitter) -> Tensor:
    """The batch must stay the first axis; the axes are reversed when nothing is said."""
    tensor, shape = emitter.tensor()
    perm = emitter.attributes.integers("perm")
    perm = tuple(reversed(range(len(shape) + 1))) if perm is None else perm
    if sorted(perm) != list(range(len(shape) + 1)):
        raise Malformed(f"{list(perm)} is not an order of {len(shape) + 1} axes")
    if perm[0] != 0:
        raise Refused("it moves the batch")
    return emitter.add(Transpose(tuple(axis - 1 for axis in perm[1:])), tensor)
