"""One layer while it is lowered: what a rule reads, and what it adds to the program."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn, TypeVar

import numpy as np

from tinyml_studio.arith.float32 import LARGEST_SCALE, float32_multiplier, rounded
from tinyml_studio.arith.inttype import INT8, INT16, IntArray
from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.arith.profile import TFLM, Arithmetic
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import Clamp, Operator, Shape
from tinyml_studio.lower.cache import LoweringCache
from tinyml_studio.program.instructions import (
    AveragePool2D,
    FullyConnected,
    Instruction,
    ResizeBilinear,
    Rounded,
)
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.file_grids import file_activation, file_constant
from tinyml_studio.quantize.grids import (
    MAX_REAL,
    activation_grid,
    fixed_grid,
    power_of_two_grid,
    round_half_away,
)
from tinyml_studio.quantize.params import QuantParams
from tinyml_studio.quantize.range_methods.method import Seen
from tinyml_studio.quantize.scheme import LayerScheme, Scheme

Op = TypeVar("Op", bound=Operator)

_NEAR = 1e-3  # relative: what TFLite-Micro's Prepare takes for the scale of 16-bit softmax


@dataclass(frozen=True)
class Grid:
    """Type, scale and zero point of an activation."""

    bits: int
    scale: float
    zero_point: int

    @classmethod
    def of(cls, tensor: QuantizedTensor) -> Grid:
        """The grid that a tensor lies on."""
        return cls(tensor.type.bits, tensor.scale, tensor.zero_point)

    @classmethod
    def from_params(cls, params: QuantParams) -> Grid:
        """The grid of per-tensor parameters."""
        return cls(params.type.bits, float(params.scale[0]), params.zero_point)

    def is_near(self, other: Grid) -> bool:
        """Whether it is another grid but for a few digits of the scale."""
        same = (self.bits, self.zero_point) == (other.bits, other.zero_point)
        return same and abs(self.scale - other.scale) <= _NEAR * other.scale

    @property
    def params(self) -> QuantParams:
        """The same as parameters, for quantizing constants."""
        return fixed_grid(self.scale, self.zero_point, self.bits)


@dataclass(frozen=True)
class Setting:
    """What holds for every layer: the network, what was seen of it and what is asked of it."""

    graph: Graph
    stats: Mapping[str, Seen]
    scheme: Scheme
    cache: LoweringCache
    arithmetic: Arithmetic = TFLM


@dataclass
class Layer:
    """The workspace of one rule; it fills `tensors`, `constants` and `instructions`.

    Parameters
    ----------
    setting
        What holds for every layer.
    node
        The layer.
    known
        The tensors that exist already, by name.
    """

    setting: Setting
    node: Node
    known: Mapping[str, QuantizedTensor]
    tensors: dict[str, QuantizedTensor] = field(default_factory=dict)
    constants: dict[str, IntArray] = field(default_factory=dict)
    instructions: list[Instruction] = field(default_factory=list)

    @property
    def choice(self) -> LayerScheme:
        """What is asked of this layer."""
        return self.setting.scheme.of(self.node.name)

    def op(self, kind: type[Op]) -> Op:
        """The operator, as the kind that the rule is for."""
        if not isinstance(self.node.op, kind):
            raise TypeError(f"{self.node.name} is a {self.node.op.kind}, not a {kind.__name__}")
        return self.node.op

    def shape(self, tensor: str) -> Shape:
        """Shape of one sample of a tensor of the graph."""
        return self.setting.graph.shapes[tensor]

    # ---- operands -------------------------------------------------------------------------

    def input(self, index: int = 0, *, bits: int = 0) -> QuantizedTensor:
        """An operand; a constant one is quantized and becomes an extra tensor.

        Its integers are the file's or cover its own extremes. Constants have 16 bits where the
        layer's output has, else 8, unless `bits` says something else.
        """
        name = self.node.inputs[index]
        if name not in self.setting.graph.constants:
            return self.known[name]
        values = self.setting.graph.constants[name]
        usual = INT16.bits if self.choice.activation_bits == INT16.bits else INT8.bits
        bits = bits or usual
        asked = replace(self.choice, activation_bits=bits)
        grid = file_constant(self.setting.graph.found, name, asked)
        if grid is None:
            grid = activation_grid(float(values.min()), float(values.max()), bits)
        if self.setting.arithmetic.powers_of_two:
            grid = power_of_two_grid(float(values.min()), float(values.max()), bits)
        tensor = self.scratch(values.shape, Grid.from_params(grid))
        self.constants[tensor.name] = grid.quantize(values)
        return tensor

    # ---- grids ----------------------------------------------------------------------------

    def calibrated(self, index: int = 0) -> Grid:
        """The grid of an output by its own statistics, the layer's choice and a manual range."""
        tensor = self.node.outputs[index]
        return calibrated_grid(self.setting, tensor, self.choice)

    def fixed(self, bits: int, scale: float, zero_point: int) -> Grid:
        """The grid of an output that follows from its function.

        Under power-of-two scales one over [0, 1) becomes one over [-1, 1) with zero point 0. With
        float32 multipliers any grid does, so that the file's is taken where it states one.
        """
        stated = self.stated(bits)
        if stated is not None:
            return stated
        if self.setting.arithmetic.powers_of_two and zero_point != 0:
            return Grid(bits, 2.0 * scale, 0)
        return Grid(bits, scale, zero_point)

    def stated(self, bits: int) -> Grid | None:
        """The grid that the file states for the output, where float32 multipliers reach any."""
        if not self.setting.arithmetic.is_float32:
            return None
        return self._of_file(bits)

    def in_digits_of_file(self, grid: Grid) -> Grid:
        """The same grid with the scale as the file writes it, where that is nearly the same.

        Kernels compute with `grid` all the same; what reads the tensor takes the file's scale.
        """
        found = None if self.setting.arithmetic.powers_of_two else self._of_file(grid.bits)
        return found if found is not None and found.is_near(grid) else grid

    def is_as_in_file(self) -> bool:
        """Whether the output lies on the grid that the file states for it."""
        return self._of_file(self.choice.activation_bits) is not None

    def _of_file(self, bits: int) -> Grid | None:
        """The grid that the file states for the output."""
        asked = replace(self.choice, activation_bits=bits)
        found = file_activation(self.setting.graph.found, self.node.outputs[0], asked)
        return None if found is None else Grid.from_params(found)

    def origin(self) -> int:
        """What the integers of ONNX Runtime's kernel exceed those of the output by.

        128 for unsigned ones of 8 bits, which hold those of 4 bits too; its kernels have no 16.
        """
        found = self.setting.graph.found
        held = None if found is None else found.activations.get(self.node.outputs[0])
        unsigned = held is not None and held.stored.startswith("u") and held.bits <= INT8.bits
        return -INT8.min if unsigned else 0

    def limits(self, output: QuantizedTensor, clamp: Clamp) -> tuple[int, int]:
        """A fused activation and the type's range together, in integers of the output.

        Source: ``CalculateActivationRangeQuantized`` of TFLite, whose division is in float32; with
        float32 multipliers the quotient becomes the nearest even integer, as in ``QuantizeLinear``.
        """
        nearest = round if self.setting.arithmetic.is_float32 else round_half_away
        low, high = output.type.min, output.type.max
        if clamp.low > -math.inf:
            low = min(max(low, _on_grid(clamp.low, output, nearest)), high)
        if clamp.high < math.inf:
            high = max(min(high, _on_grid(clamp.high, output, nearest)), low)
        return low, high

    def multiplier(self, factor: float, *, least_shift: int = -31) -> Multiplier:
        """A real factor as mantissa and shift, in float32 arithmetic rounded to 24 bits.

        Raises
        ------
        SchemeError
            If it is 2**30 or larger: the output's range is far too small for the inputs'.
        """
        try:
            if self.setting.arithmetic.is_float32:
                return float32_multiplier(rounded(factor), least_shift=least_shift)
            return quantize_multiplier(factor)
        except ValueError:
            self.refuse(
                f"one step of the input is {factor:.3g} steps of the output",
                hint="give the output a wider range",
            )

    # ---- results --------------------------------------------------------------------------

    def output(self, grid: Grid, index: int = 0) -> QuantizedTensor:
        """Declare an output of the layer on a grid."""
        name = self.node.outputs[index]
        return self._declare(name, self.shape(name), grid)

    def scratch(self, shape: Shape, grid: Grid) -> QuantizedTensor:
        """Declare a tensor that the graph does not have, named ``<output>#<n>``."""
        number = 1
        taken = self.setting.graph.shapes
        while (name := f"{self.node.outputs[0]}#{number}") in self.tensors or name in taken:
            number += 1
        return self._declare(name, shape, grid)

    def emit(self, instruction: Instruction) -> None:
        """Append an instruction, with the rounding that the arithmetic has for its kind."""
        self.instructions.append(with_rounding(instruction, self.setting.arithmetic))

    def refuse(self, reason: str, *, hint: str = "") -> NoReturn:
        """Raise a `SchemeError` that names the layer."""
        raise SchemeError(
            f"The layer {self.node.name} ({self.node.op.kind}) cannot run as asked",
            detail=reason,
            hint=hint,
        )

    def _declare(self, name: str, shape: Shape, grid: Grid) -> QuantizedTensor:
        kind = grid.params.type
        if self.setting.arithmetic.is_float32 and grid.scale > LARGEST_SCALE:
            self.refuse(
                f"its scale is {grid.scale:.3g}: values as large can become infinite in float32",
                hint=f"choose another arithmetic than {self.setting.arithmetic.name}",
            )
        tensor = QuantizedTensor(name, shape, kind, grid.scale, grid.zero_point)
        self.tensors[name] = tensor
        return tensor


def calibrated_grid(setting: Setting, tensor: str, choice: LayerScheme) -> Grid:
    """The grid of a tensor by its manual range, by its file or by its statistics.

    Raises
    ------
    SchemeError
        If it takes samples to know the range, and there are none.
    """
    manual, stats = setting.scheme.ranges.get(tensor), setting.stats.get(tensor)
    stated = file_activation(setting.graph.found, tensor, choice)
    powers_of_two = setting.arithmetic.powers_of_two
    if manual is None and stated is not None:
        return Grid.from_params(_of_powers_of_two(stated) if powers_of_two else stated)
    if manual is None and stats is None:
        raise SchemeError(
            f"The range of {tensor!r} is not known",
            detail="there are no calibration samples to measure it on",
            hint="give samples, or take the file's range where it states one",
        )
    params = setting.cache.activation_params(
        stats,
        bits=choice.activation_bits,
        method=choice.range_method,
        percentile=setting.scheme.percentile,
        manual=manual,
        powers_of_two=powers_of_two,
    )
    return Grid.from_params(params)


def _of_powers_of_two(stated: QuantParams) -> QuantParams:
    """The power-of-two grid over the range of another."""
    scale = float(stated.scale[0])
    low, high = (scale * (end - stated.zero_point) for end in (stated.low, stated.high))
    return power_of_two_grid(low, high, stated.type.bits)


def with_rounding(instruction: Instruction, arithmetic: Arithmetic) -> Instruction:
    """The same instruction with the rounding that an arithmetic has for its kind."""
    if isinstance(instruction, FullyConnected):
        return replace(instruction, rounding=arithmetic.fully_connected)
    if isinstance(instruction, AveragePool2D):
        return replace(instruction, rounding=arithmetic.average)
    if isinstance(instruction, ResizeBilinear):
        return replace(instruction, rounding=_of_quotients(arithmetic.rounding))
    if isinstance(instruction, Rounded):
        return replace(instruction, rounding=arithmetic.rounding)
    return instruction


def _of_quotients(rounding: Rounding) -> Rounding:
    """The rule for a quotient where TFLite and ONNX Runtime have one of their own."""
    own = {Rounding.DOUBLE: Rounding.HALF_AWAY, Rounding.FLOAT32: Rounding.HALF_EVEN}
    return own.get(rounding, rounding)


def float32_ratio(numerator: float, denominator: float) -> float:
    """A quotient of float32 values rounded to float32, where TFLite computes it so."""
    # the double quotient of two float32 values rounds to their float32 quotient
    return float(np.float32(min(max(numerator / denominator, -MAX_REAL), MAX_REAL)))


def _on_grid(value: float, tensor: QuantizedTensor, nearest: Callable[[float], int]) -> int:
    """``nearest(value / scale) + zero_point`` of the float32 quotient."""
    steps = float32_ratio(float(np.float32(value)), tensor.scale)
    return nearest(min(max(steps, -(2.0**31)), 2.0**31)) + tensor.zero_point
