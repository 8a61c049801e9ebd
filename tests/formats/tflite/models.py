"""TFLite models made piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.formats.tflite.flatbuffers_encoder import Scalar, Table, Vector, encode
from tinyml_studio.formats.tflite.operator_codes import OPERATOR_NAMES

RESOURCE = 13
KINDS = {
    "float32": 0,
    "float16": 1,
    "int32": 2,
    "uint8": 3,
    "int64": 4,
    "int16": 7,
    "int8": 9,
    "resource": RESOURCE,
}
INT4 = 17
CODES = {name: code for code, name in OPERATOR_NAMES.items()}
VERSIONS = {"BROADCAST_TO": 2}  # others are of version 1
# the number of each operator's options in the union BuiltinOptions
OPTIONS = {
    "CONV_2D": 1,
    "DEPTHWISE_CONV_2D": 2,
    "AVERAGE_POOL_2D": 5,
    "MAX_POOL_2D": 5,
    "FULLY_CONNECTED": 8,
    "SOFTMAX": 9,
    "CONCATENATION": 10,
    "L2_NORMALIZATION": 12,
    "ADD": 11,
    "RESHAPE": 17,
    "MUL": 21,
    "MEAN": 27,
    "SUB": 28,
    "DIV": 29,
    "NEG": 42,
    "SQUEEZE": 30,
    "STRIDED_SLICE": 32,
    "SPLIT": 35,
    "SPLIT_V": 79,
    "SUM": 27,
    "RESIZE_BILINEAR": 15,
    "SPACE_TO_DEPTH": 19,
    "GATHER": 23,
    "REDUCE_MAX": 27,
    "REDUCE_MIN": 27,
    "PACK": 59,
    "UNPACK": 64,
    "RESIZE_NEAREST_NEIGHBOR": 74,
    "MIRROR_PAD": 77,
    "DEPTH_TO_SPACE": 94,
    "ARG_MAX": 40,
    "ARG_MIN": 57,
    "BATCH_TO_SPACE_ND": 24,
    "SPACE_TO_BATCH_ND": 25,
    "MAXIMUM": 39,
    "MINIMUM": 39,
    "TRANSPOSE_CONV": 49,
    "BATCH_MATMUL": 101,
    "LEAKY_RELU": 75,
    "SVDF": 6,
    "SHAPE": 55,
    "REDUCE_PROD": 27,
    "CALL_ONCE": 103,
    "VAR_HANDLE": 111,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": 71,
}


@dataclass
class ModelFile:
    """A model while it is written; tensors are known by their index."""

    tensors: list[Table] = field(default_factory=list)
    buffers: list[Table] = field(default_factory=lambda: [Table()])
    operators: list[Table] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    version: int = 3

    def tensor(
        self, shape, kind="int8", *, data=None, name=None, scale=None, zero=0, axis=0,
        variable=False, signature=None,
    ):  # fmt: skip
        """Add a tensor; a constant where there are data."""
        fields: dict[int, object] = {0: Vector(np.array(shape, "<i4"))}
        fields[1] = Scalar("i1", KINDS.get(kind, INT4))
        fields[2] = Scalar("<u4", 0 if data is None else len(self.buffers))
        fields[3] = f"t{len(self.tensors)}" if name is None else name
        if signature is not None:
            fields[7] = Vector(np.array(signature, "<i4"))
        if variable:
            fields[5] = Scalar("u1", 1)
        if scale is not None:
            scales = np.atleast_1d(np.array(scale, "<f4"))
            zeros = np.broadcast_to(np.array(zero, "<i8"), scales.shape).copy()
            quantization = {2: Vector(scales), 3: Vector(zeros), 6: Scalar("<i4", axis)}
            fields[4] = Table(quantization)
        if data is not None:
            raw = pack_int4(data) if kind == "int4" else np.asarray(data, kind)
            self.buffers.append(Table({0: Vector(raw.reshape(-1).view("u1"), 16)}))
        self.tensors.append(Table(fields))
        return len(self.tensors) - 1

    def integers(self, values):
        """A constant list of int32."""
        values = np.array(values, "<i4")
        return self.tensor(values.shape, "int32", data=values)

    def operator(self, kind, inputs, outputs, options=None, *, intermediates=()):
        """Add an operator; options are scalars by field number."""
        if kind not in self.codes:
            self.codes.append(kind)
        fields: dict[int, object] = {
            0: Scalar("<u4", self.codes.index(kind)),
            1: Vector(np.array(inputs, "<i4")),
            2: Vector(np.array(outputs, "<i4")),
        }
        if options is not None:
            fields[3], fields[4] = Scalar("u1", OPTIONS[kind]), Table(options)
        if intermediates:
            fields[8] = Vector(np.array(intermediates, "<i4"))
        self.operators.append(Table(fields))

    @property
    def root(self) -> Table:
        """The model's table."""
        codes = [
            Table(
                {
                    0: Scalar("i1", min(CODES[kind], 127)),
                    2: Scalar("<i4", VERSIONS.get(kind, 1)),
                    3: Scalar("<i4", CODES[kind]),
                }
            )
            for kind in self.codes
        ]
        graph = Table(
            {
                0: self.tensors,
                1: Vector(np.array(self.inputs, "<i4")),
                2: Vector(np.array(self.outputs, "<i4")),
                3: self.operators,
            }
        )
        return Table({0: Scalar("<u4", self.version), 1: codes, 2: [graph], 4: self.buffers})

    def encode(self) -> bytes:
        """The file."""
        return encode(self.root)


def pack_int4(values) -> np.ndarray:
    """Two values to a byte, the first in its low half."""
    flat = np.asarray(values, "i1").reshape(-1)
    flat = np.append(flat, np.zeros(flat.size % 2, "i1"))
    return ((flat[::2] & 15) | (flat[1::2] << 4)).astype("u1")
