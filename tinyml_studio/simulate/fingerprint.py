"""Whether an instruction still does the same: a digest of everything that it holds."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from weakref import WeakKeyDictionary

import numpy as np

from tinyml_studio.program.instructions import Instruction

_known: WeakKeyDictionary[Instruction, str] = WeakKeyDictionary()


def fingerprint(instruction: Instruction) -> str:
    """SHA-256 over the kind and all fields of an instruction, its names and arrays included.

    Instructions never change, so it is computed once for each.
    """
    if instruction not in _known:
        digest = hashlib.sha256(type(instruction).__name__.encode())
        for field in fields(instruction):
            digest.update(f"\n{field.name}=".encode())
            digest.update(_content(getattr(instruction, field.name)))
        _known[instruction] = digest.hexdigest()
    return _known[instruction]


def _content(value: object) -> bytes:
    """Bytes that two values share only if they are equal."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}".encode() + np.ascontiguousarray(value).tobytes()
    return repr(value).encode()
