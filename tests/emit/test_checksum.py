import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.c.small import small_program, small_values
from tinyml_studio.emit.checksum import checksum, checksums, layer_checksums, layer_outputs

values = st.lists(st.integers(-(2**15), 2**15 - 1), min_size=1, max_size=50)


def slow(numbers: list[int]) -> int:
    total = 0x811C9DC5
    for number in numbers:
        total = (total * 0x01000193 + number) % 2**32
    return total


@given(values)
def test_checksum_is_the_polynomial(numbers):
    assert checksum(np.array(numbers, np.int16)) == slow(numbers)


@given(values, st.integers(0, 49), st.integers(1, 255))
def test_one_different_value_shows(numbers, place, change):
    other = list(numbers)
    other[place % len(other)] += change
    assert slow(numbers) != slow(other)


def test_shape_and_width_do_not_matter():
    numbers = np.arange(-6, 6, dtype=np.int8)
    assert checksum(numbers) == checksum(numbers.reshape(2, 3, 2).astype(np.int16))


def test_samples_are_apart():
    numbers = np.arange(12, dtype=np.int16).reshape(3, 4)
    assert checksums(numbers).tolist() == [checksum(row) for row in numbers]


def test_a_layer_is_judged_by_its_last_tensor():
    program = small_program(("first", "second", "second", "third", "third"))
    assert layer_outputs(program) == (("first", "a"), ("second", "c"), ("third", "y"))
    held = small_values(program)
    assert layer_checksums(program, held)[1, 2] == checksum(held["y"][1])


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_order_does_not_matter(order):
    numbers = np.arange(6, dtype=np.int8).reshape(2, 3)
    assert checksum(np.asarray(numbers, order=order)) == slow(list(range(6)))
