import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.arith.packing import pack, packed_size, unpack


def plain_pack(values: list[int], bits: int) -> bytes:
    """One large integer whose bits are the stream."""
    stream = 0
    for position, value in enumerate(values):
        field = (value > 0) if bits == 1 else value & ((1 << bits) - 1)
        stream |= int(field) << (position * bits)
    return stream.to_bytes((len(values) * bits + 7) // 8, "little")


@given(st.data(), st.integers(1, 16))
def test_pack_is_the_plain_rule_and_unpack_its_inverse(data: st.DataObject, bits: int) -> None:
    type_ = IntType(bits)
    value = st.sampled_from([-1, 1]) if bits == 1 else st.integers(type_.min, type_.max)
    values = data.draw(st.lists(value, max_size=40))
    packed = pack(np.array(values, type_.carrier), type_)
    assert packed == plain_pack(values, bits)
    assert len(packed) == packed_size(len(values), type_)
    restored = unpack(packed, type_, len(values))
    assert restored.tolist() == values
    assert restored.dtype == type_.carrier


@pytest.mark.parametrize(
    ("bits", "values", "expected"),
    [
        (1, [1, -1, -1, 1, 1, -1, -1, -1, 1], "1901"),
        (2, [1, -1, 0, -2], "8d"),
        (3, [1, 2, 3], "d100"),
        (4, [1, -1, 7], "f107"),
        (8, [-128, 127], "807f"),
        (16, [-2], "feff"),
    ],
)
def test_known_bytes(bits: int, values: list[int], expected: str) -> None:
    type_ = IntType(bits)
    assert pack(np.array(values, type_.carrier), type_).hex() == expected


@pytest.mark.parametrize(("bits", "value"), [(4, 8), (4, -9), (1, 0), (2, 2)])
def test_a_value_that_does_not_fit_is_refused(bits: int, value: int) -> None:
    with pytest.raises(ValueError, match="value"):
        pack(np.array([value], np.int8), IntType(bits))


def test_a_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="do not take"):
        unpack(b"\0\0", IntType(4), 5)
