"""Operators that do nothing at inference: Identity, Dropout, Cast between floats."""

from __future__ import annotations

from tinyml_studio.formats.element_types import FLOATS, type_name
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Identity


def identity(emitter: Emitter) -> Tensor:
    """The operand itself."""
    return emitter.add(Identity(), emitter.tensor()[0])


def dropout(emitter: Emitter) -> Tensor:
    """Drops nothing, unless the file asks for training."""
    training = emitter.constant(2, "training mode")
    if training is not None and training.any():
        raise Refused("it is in training mode")
    return emitter.add(Identity(), emitter.tensor()[0])


def cast(emitter: Emitter) -> Tensor:
    """Every float type is float32 here."""
    target = emitter.attributes.integer("to", 0)
    if target not in FLOATS:
        raise Refused(f"conversion to {type_name(target)} is not supported")
    return emitter.add(Identity(), emitter.tensor()[0])
