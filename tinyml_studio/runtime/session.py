"""The only place that runs ONNX Runtime, and only on ONNX that `formats` wrote itself."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.errors import StudioError

AnyArray = NDArray[Any]

FATAL_ONLY = 4
DTYPES = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(double)": np.dtype(np.float64),
    "tensor(int8)": np.dtype(np.int8),
    "tensor(int32)": np.dtype(np.int32),
    "tensor(int64)": np.dtype(np.int64),
}


class Session:
    """An optimised model, ready to run; the same inputs always give the same outputs.

    Parameters
    ----------
    model_bytes
        ONNX that this program wrote, never a user's file.
    threads
        Threads within one operator.

    Raises
    ------
    StudioError
        If ONNX Runtime refuses the model.
    """

    def __init__(self, model_bytes: bytes, *, threads: int = 1) -> None:
        ort = engine()
        options = ort.SessionOptions()
        options.log_severity_level = FATAL_ONLY
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        try:
            self._session = ort.InferenceSession(
                model_bytes, options, providers=["CPUExecutionProvider"]
            )
        except engine_errors() as error:
            raise StudioError(
                "ONNX Runtime refused the network", detail=_first_line(error)
            ) from error
        self._inputs = self._session.get_inputs()

    def run(self, inputs: Sequence[AnyArray]) -> list[AnyArray]:
        """Outputs for `inputs`, both in the model's order, as fresh arrays ``(N, ...)``.

        Raises
        ------
        ValueError
            If an input has a wrong shape or type.
        StudioError
            If ONNX Runtime fails, for example for want of memory.
        """
        checked = self._checked(inputs)
        feed = {info.name: value for info, value in zip(self._inputs, checked, strict=True)}
        try:
            outputs: list[AnyArray] = self._session.run(None, feed)
        except engine_errors() as error:
            raise _run_failed(error) from error
        return outputs

    def _checked(self, inputs: Sequence[AnyArray]) -> list[AnyArray]:
        """The inputs, C-contiguous, after a check of count, types and shapes."""
        if len(inputs) != len(self._inputs):
            raise ValueError(f"{len(inputs)} inputs given, the network has {len(self._inputs)}")
        for info, value in zip(self._inputs, inputs, strict=True):
            _check_fit(info, value)
        return [np.ascontiguousarray(value) for value in inputs]


@cache
def engine() -> Any:  # noqa: ANN401 - onnxruntime has no types
    """ONNX Runtime, loaded at its first use: a window that starts has nothing to run yet."""
    return importlib.import_module("onnxruntime")


@cache
def engine_errors() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises; its own errors have no common base class."""
    own = vars(importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")).values()
    found = (value for value in own if isinstance(value, type) and issubclass(value, Exception))
    return (RuntimeError, ValueError, MemoryError, *found)


def _check_fit(info: Any, value: AnyArray) -> None:  # noqa: ANN401 - onnxruntime has no types
    """ValueError unless the array has the declared type and shape (symbolic sizes fit any)."""
    expected = info.shape
    fits = len(expected) == value.ndim and all(
        not isinstance(size, int) or size == given
        for size, given in zip(expected, value.shape, strict=True)
    )
    if not fits or DTYPES.get(info.type) != value.dtype:
        raise ValueError(
            f"{info.name} is {info.type}{expected}, given is {value.dtype}{list(value.shape)}"
        )


def _run_failed(error: Exception) -> StudioError:
    return StudioError("ONNX Runtime could not run the network", detail=_first_line(error))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
