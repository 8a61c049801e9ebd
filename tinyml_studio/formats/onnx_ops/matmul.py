"""MatMul: a fully connected layer where one operand is a constant matrix, else a product."""

from __future__ import annotations

from math import prod

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.broadcast import both_operands
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.ops import Dense, MatMul, Reshape, Transpose


def convert(emitter: Emitter) -> Tensor:
    """``x @ W``, or ``W @ x`` by way of the transposed product; ``x @ y`` as it stands."""
    if _is_product(emitter):
        return _product(emitter)
    if isinstance(emitter.operand(0), Known):
        return _constant_first(emitter)
    tensor, shape = emitter.tensor(0)
    weight = emitter.weights(1, "second operand")
    if not shape:
        raise Refused("it multiplies over the batch")
    emitter.keep_weights(1, channels=weight.ndim - 1 or -1)
    if weight.ndim == 1:
        made = emitter.add(_dense(weight[:, np.newaxis]), tensor)
        return emitter.add(Reshape(shape[:-1]), made, suffix="drop_axis")
    return emitter.add(_dense(_matrix(weight, len(shape) + 1)), tensor)


def _is_product(emitter: Emitter) -> bool:
    """Whether no operand is one constant matrix."""
    constants = [held for held in map(emitter.operand, (0, 1)) if isinstance(held, Known)]
    return not any(prod(held.array.shape[:-2]) == 1 for held in constants)


def _product(emitter: Emitter) -> Tensor:
    """Of two computed stacks of matrices, or of one and a constant one."""
    first, second = both_operands(emitter)
    if min(len(first.shape or ()), len(second.shape or ())) < 2:
        raise Refused("it multiplies over the batch")
    return emitter.add(MatMul(), first, second)


def _constant_first(emitter: Emitter) -> Tensor:
    """``W @ x`` is ``(x^T @ W^T)^T`` over the last two axes."""
    tensor, shape = emitter.tensor(1)
    if len(shape) < 2:
        raise Refused("it multiplies over the batch")
    weight = emitter.weights(0, "first operand")
    emitter.keep_weights(0, channels=weight.ndim - 2)
    weight = _matrix(weight, len(shape) + 1)
    swap = (*range(len(shape) - 2), len(shape) - 1, len(shape) - 2)
    turned = emitter.add(Transpose(swap), tensor, suffix="transposed")
    made = emitter.add(_dense(weight.T), turned)
    return emitter.add(Transpose(swap), made, suffix="transposed_back")


def _matrix(weight: FloatArray, rank: int) -> FloatArray:
    """A weight of two axes; leading axes of size 1 change nothing below the tensor's rank."""
    if weight.ndim < 2 or weight.ndim > rank or any(size != 1 for size in weight.shape[:-2]):
        raise Refused(f"its constant of shape {list(weight.shape)} is not one matrix")
    return weight.reshape(weight.shape[-2:])


def _dense(matrix: FloatArray) -> Dense:
    """The layer that multiplies by a matrix ``(I, O)``."""
    return Dense(np.ascontiguousarray(matrix.T), np.zeros(matrix.shape[1], np.float32))
