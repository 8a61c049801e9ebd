"""The types that one instance of a C kernel is made for, and the words that stand for them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

from tinyml_studio.arith.inttype import IntType

# the word in resources/c, and the part of the binding that replaces it
PART_OF_WORD: Mapping[str, str] = MappingProxyType(
    {
        "TMS_IN": "input",
        "TMS_ACC": "input",
        "TMS_UACC": "input",
        "TMS_REQUANTIZE": "input",
        "TMS_IN2": "second",
        "TMS_OUT": "output",
        "TMS_WEIGHT": "weights",
        "TMS_WEIGHT_BITS": "weights",
        "TMS_WEIGHT_AT": "weights",
        "TMS_DOT": "weights",
        "TMS_DOT_PAIR": "weights",
        "TMS_BIAS": "bias",
        "TMS_TABLE": "table",
    }
)
_FAST_WIDTHS = (1, 2, 4, 8)
_PAIRED_WIDTHS = (4, 8)


@dataclass(frozen=True, slots=True)
class Binding:
    """Integer types of a kernel's operands; None where the kernel has no such operand."""

    input: IntType | None = None
    second: IntType | None = None
    output: IntType | None = None
    weights: IntType | None = None
    bias: IntType | None = None
    table: IntType | None = None

    def word(self, word: str) -> str:
        """The C text that replaces one of the words of `PART_OF_WORD`.

        Raises
        ------
        ValueError
            If the binding lacks the part that the word stands for.
        """
        part = PART_OF_WORD[word]
        type_: IntType | None = getattr(self, part)
        if type_ is None:
            raise ValueError(f"a kernel uses {word}, but its call binds no {part}")
        if part == "input":
            return _input_word(word, wide=type_.carrier.itemsize > 1)
        if part == "weights":
            return _weights_word(word, type_.bits)
        return c_type(type_)

    def suffix(self, parts: Set[str]) -> str:
        """What tells instances of one kernel apart, such as ``_s8_s16_w4``; "" for no parts."""
        letters = {"weights": "w", "bias": "b", "table": "t"}
        text = ""
        for part in ("input", "second", "output", "weights", "bias", "table"):
            type_: IntType | None = getattr(self, part)
            if part in parts and type_ is not None:
                bits = type_.bits if part == "weights" else type_.carrier.itemsize * 8
                text += f"_{letters.get(part, 's')}{bits}"
        return text


def c_type(type_: IntType) -> str:
    """The C type that carries one unpacked value."""
    return f"int{type_.carrier.itemsize * 8}_t"


def _input_word(word: str, *, wide: bool) -> str:
    narrow, broad = {
        "TMS_IN": ("int8_t", "int16_t"),
        "TMS_ACC": ("int32_t", "int64_t"),
        "TMS_UACC": ("uint32_t", "uint64_t"),
        "TMS_REQUANTIZE": ("tms_requantize", "tms_requantize_wide"),
    }[word]
    return broad if wide else narrow


def _weights_word(word: str, bits: int) -> str:
    form = f"w{bits}" if bits in _FAST_WIDTHS else "packed"
    return {
        "TMS_WEIGHT": "int8_t" if bits == 8 else "uint8_t",
        "TMS_WEIGHT_BITS": f"{bits}u",
        "TMS_WEIGHT_AT": f"tms_weight_at_{form}",
        "TMS_DOT": f"tms_dot_{form}",
        "TMS_DOT_PAIR": f"tms_dot_pair_{form if bits in _PAIRED_WIDTHS else 'packed'}",
    }[word]
