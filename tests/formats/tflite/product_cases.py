"""Products along axes."""

from __future__ import annotations

from tests.formats.tflite.case_builders import OUT, Case
from tests.formats.tflite.flatbuffers_encoder import Scalar


def multiplied(kind="int8", *, axes=(2,), keep=True, **grid):
    case = Case((1, 6, 3, 4), kind, **(grid or {"scale": 0.02, "zero": 3}))
    full = (1, 6, 3, 4)
    shape = tuple(1 if axis in axes else size for axis, size in enumerate(full))
    made = shape if keep else tuple(size for axis, size in enumerate(full) if axis not in axes)
    operands = [case.x, case.file.integers(axes)]
    return case.end("REDUCE_PROD", operands, made, {0: Scalar("u1", int(keep))}, **OUT)


PRODUCT_CASES = {
    "product": multiplied,
    "product over two axes": lambda: multiplied(axes=(1, 2)),
    "product dropped": lambda: multiplied(axes=(3,), keep=False),
    "product int16": lambda: multiplied("int16", scale=0.0001),
}
