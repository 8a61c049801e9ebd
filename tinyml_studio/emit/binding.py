"""What one instance of a C kernel is made for, and the words that stand for it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.forms import Form

# the word in resources/c, and the part of the binding that replaces it
PART_OF_WORD: Mapping[str, str] = MappingProxyType(
    {
        "TMS_IN": "input",
        "TMS_ACC": "input",
        "TMS_UACC": "input",
        "TMS_REQUANTIZE": "input",
        "TMS_IN2": "second",
        "TMS_OUT": "output",
        "TMS_MVE_STORE": "output",
        "TMS_WEIGHT": "weights",
        "TMS_WEIGHT_BITS": "weights",
        "TMS_WEIGHT_AT": "weights",
        "TMS_DOT": "weights",
        "TMS_DOT_PAIR": "weights",
        "TMS_PATCH_PRODUCTS": "weights",
        "TMS_PATCH_RAISE": "weights",
        "TMS_ROWS_PRODUCTS": "weights",
        "TMS_ROWS_PADDING": "weights",
        "TMS_ROWS_RAISE": "weights",
        "TMS_BYTES_RAISE": "weights",
        "TMS_UNIT": "weights",
        "TMS_FOLDS": "weights",
        "TMS_DEPTHWISE_FILTER": "weights",
        "TMS_DEPTHWISE_BYTES": "weights",
        "TMS_DEPTHWISE_WORDS": "weights",
        "TMS_DENSE_EXCESS": "weights",
        "TMS_DENSE_START": "weights",
        "TMS_DENSE_SUMS": "weights",
        "TMS_MVE_DOT": "weights",
        "TMS_MVE_SUMS": "weights",
        "TMS_MVE_PRODUCTS": "weights",
        "TMS_RUN16": "weights",
        "TMS_RAISE16": "weights",
        "TMS_DEPTHWISE_TAPS16": "weights",
        "TMS_DEPTHWISE_SIZE16": "weights",
        "TMS_BIAS": "bias",
        "TMS_TABLE": "table",
        "TMS_MULTIPLY": "rounding",
        "TMS_MULTIPLY_WIDE": "rounding",
        "TMS_DROP": "rounding",
        "TMS_DIVIDE": "rounding",
        "TMS_HIGH": "form",
        "TMS_NARROW": "form",
        "TMS_MVE_HIGH": "form",
        "TMS_MVE_SCALED": "form",
        "TMS_RAISED": "raised",
        "TMS_REST": "rest",
        "TMS_SHARE": "divides",
        "TMS_CHANNELS16": "helium",
        "TMS_DEPTHWISE_PIXEL16": "helium",
    }
)
_ROUNDING_SUFFIX: Mapping[Rounding, str] = MappingProxyType(
    {
        Rounding.DOUBLE: "",
        Rounding.HALF_UP: "_up",
        Rounding.HALF_AWAY: "_away",
        Rounding.HALF_EVEN: "_even",
        Rounding.FLOOR: "_floor",
        Rounding.FLOAT32: "_float32",
    }
)
_FLOAT32_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "TMS_MULTIPLY": "tms_multiply_float32",
        "TMS_DROP": "tms_drop_half_even",
        "TMS_DIVIDE": "tms_divide_half_even",
    }
)
_HELIUM_WORD: Mapping[str, str] = MappingProxyType(
    {"TMS_CHANNELS16": "tms_channels16", "TMS_DEPTHWISE_PIXEL16": "tms_depthwise_pixel16"}
)
_STORE: Mapping[int, str] = MappingProxyType({1: "vstrbq_p_s32", 2: "vstrhq_p_s32"})
_WHOLE = {8: "int8_t", 9: "int16_t"}
_FAST_WIDTHS = (1, 2, 4)
FIELDS = frozenset(range(1, 8))
"""Widths of weights that kernels on blocks decode from words, as `fields.c` says, or unpack."""

# how often, in four blocks of inputs, sums of products in halves of words are told apart
_FOLDS = {8: 8, 7: 8, 6: 4, 5: 2}
# values of a window whose weights fill words, where those are fewer than 16
_UNITS = {6: 8, 4: 4, 2: 8}
_DENSE = ("TMS_DENSE_EXCESS", "TMS_DENSE_START", "TMS_DENSE_SUMS")
# words for functions of weights that are whole bytes, and of those of few bits
_WHOLE_OR_FIELDS = {
    "TMS_PATCH_PRODUCTS": ("w8", "fields"),
    "TMS_PATCH_RAISE": ("whole", "fields"),
    "TMS_ROWS_PRODUCTS": ("whole", "fields"),
    "TMS_ROWS_PADDING": ("whole", "fields"),
    "TMS_ROWS_RAISE": ("whole", "fields"),
    "TMS_BYTES_RAISE": ("whole", "fields"),
    "TMS_DEPTHWISE_FILTER": ("whole", "packed"),
    "TMS_DEPTHWISE_BYTES": ("whole", "packed"),
    "TMS_RUN16": ("w8", "fields"),
    "TMS_RAISE16": ("whole", "fields"),
    "TMS_DEPTHWISE_TAPS16": ("whole", "planes"),
    "TMS_DEPTHWISE_SIZE16": ("whole", "planes"),
}


@dataclass(frozen=True, slots=True)
class Binding:
    """What one instance of a kernel is made for.

    Parameters
    ----------
    input, second, output, weights, bias, table
        Integer types of the operands; None where the kernel has no such operand.
    rounding
        How products and quotients become integers.
    form
        How an accumulator becomes an output of 8 bits where a kernel has several ways.
    raised
        Whether weights have 8 bits and a number that all of them exceed those by.
    rest
        Whether rows of a dense or recurrent layer may end behind their last whole unit of weights.
    divides
        Whether a mean has a divisor instead of a multiplier that holds it.
    accumulator
        int32 where the input's width alone would ask for more.
    helium
        Whether it is the instance for cores with Helium of a kernel that has two.
    """

    input: IntType | None = None
    second: IntType | None = None
    output: IntType | None = None
    weights: IntType | None = None
    bias: IntType | None = None
    table: IntType | None = None
    rounding: Rounding = Rounding.DOUBLE
    form: Form = Form.TWICE
    raised: bool = False
    rest: bool = False
    divides: bool = False
    accumulator: IntType | None = None
    helium: bool = False

    def word(self, word: str) -> str:
        """The C text that replaces one of the words of `PART_OF_WORD`.

        Raises
        ------
        ValueError
            If the binding lacks the part that the word stands for.
        """
        part = PART_OF_WORD[word]
        if part in ("rounding", "form", "helium", "raised", "rest", "divides"):
            return self._way(part, word)
        type_: IntType | None = getattr(self, part)
        if type_ is None:
            raise ValueError(f"a kernel uses {word}, but its call binds no {part}")
        if part == "input":
            held = type_ if word == "TMS_IN" else self.accumulator or type_
            return _input_word(word, wide=held.carrier.itemsize in (2, 8))
        if part == "weights":
            return _weights_word(word, type_.bits)
        return _STORE[type_.carrier.itemsize] if word == "TMS_MVE_STORE" else c_type(type_)

    def _way(self, part: str, word: str) -> str:
        """The function for a word that stands for no type."""
        if part == "rounding":
            return _rounding_word(word, self.rounding)
        if part == "form":
            return _form_word(word, self.form)
        if part == "helium":
            return _HELIUM_WORD[word] + ("_mve" if self.helium else "")
        if part in ("raised", "rest"):
            return str(int(getattr(self, part)))
        return "tms_share_divided" if self.divides else "tms_share_multiplied"

    def suffix(self, parts: Set[str]) -> str:
        """What tells instances of one kernel apart, such as ``_s8_s16_w4``; "" for no parts."""
        letters = {"weights": "w", "bias": "b", "table": "t"}
        text = ""
        for part in ("input", "second", "output", "weights", "bias", "table"):
            type_: IntType | None = getattr(self, part)
            if part in parts and type_ is not None:
                bits = type_.bits if part == "weights" else type_.carrier.itemsize * 8
                text += f"_{letters.get(part, 's')}{bits}"
        if "input" in parts and self.accumulator is not None:
            text += f"_a{self.accumulator.bits}"
        if "rounding" in parts:
            text += _ROUNDING_SUFFIX[self.rounding]
        if "form" in parts and self.form is not Form.TWICE:
            text += f"_{self.form.value}"
        for part, name in (("raised", "raised"), ("rest", "rest"), ("helium", "mve")):
            if part in parts and getattr(self, part):
                text += f"_{name}"
        return f"{text}_quotient" if self.divides and "divides" in parts else text


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


def _rounding_word(word: str, rounding: Rounding) -> str:
    """The function that rounds by a rule; a single product and a quotient have no second step."""
    if word == "TMS_MULTIPLY_WIDE":
        wide = "tms_multiply_wide"
        return f"{wide}_float32" if rounding is Rounding.FLOAT32 else wide
    if rounding is Rounding.FLOAT32:
        return _FLOAT32_WORDS[word]
    if word == "TMS_MULTIPLY":
        return "tms_multiply" if rounding is Rounding.DOUBLE else "tms_multiply_once"
    once = Rounding.HALF_UP if rounding is Rounding.DOUBLE else rounding
    verb = "drop" if word == "TMS_DROP" else "divide"
    return f"tms_{verb}_{once.value.replace('-', '_')}"


def _form_word(word: str, form: Form) -> str:
    """The function that makes outputs; float32 has no upper half of a product."""
    if word in ("TMS_HIGH", "TMS_MVE_HIGH"):
        return f"{word.lower()}_{'twice' if form is Form.LEFT else form.value}"
    own = form in (Form.FLOAT32, Form.ANY, Form.LEFT)
    return f"{word.lower()}_{form.value}" if own else word.lower()


def _weights_word(word: str, bits: int) -> str:
    """The type, number or function; few bits are decoded, or unpacked to 8 bits first."""
    whole = "whole" if bits in _WHOLE else "packed"
    form = f"w{bits}" if bits in _FAST_WIDTHS else whole
    few = bits in FIELDS
    if word in _DENSE:
        return f"{word.lower()}_{'fields' if bits in FIELDS else f'w{bits}'}"
    if word in _WHOLE_OR_FIELDS:
        return f"{word.lower()}_{_WHOLE_OR_FIELDS[word][few]}"
    return {
        "TMS_WEIGHT": _WHOLE.get(bits, "uint8_t"),
        "TMS_WEIGHT_BITS": f"{bits}u",
        "TMS_WEIGHT_AT": f"tms_weight_at_{form}",
        "TMS_DOT": f"tms_dot_{'w4' if bits == 4 else whole}",
        "TMS_DOT_PAIR": f"tms_dot_pair_{'w4' if bits == 4 else whole}",
        "TMS_UNIT": str(_UNITS.get(bits, 16) if few else 4),
        "TMS_DEPTHWISE_WORDS": "26" if few else "24",
        "TMS_FOLDS": f"{_FOLDS.get(bits, 1)}u",
        "TMS_MVE_DOT": f"tms_mve_dot_w{bits}",
        "TMS_MVE_SUMS": f"tms_mve_sums_w{bits}",
        "TMS_MVE_PRODUCTS": f"tms_mve_products_w{bits}",
    }[word]
