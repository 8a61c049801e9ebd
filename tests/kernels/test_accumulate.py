"""Sums of products stay exact whatever engine they need."""

import numpy as np
import pytest

from tinyml_studio.kernels.accumulate import Convolution, Filters, MatrixProduct, convolve_int64


def filters(outputs: int, kernel: int, depth: int, rng: np.random.Generator) -> Filters:
    weights = rng.integers(-128, 128, (outputs, kernel, kernel, depth)).astype(np.int8)
    bias = rng.integers(-(10**6), 10**6, outputs)
    return Filters(weights, bias, (1, 2), ((1, 0), (2, 1)), (2, 1), 1)


@pytest.mark.parametrize(
    ("depth", "largest"),
    [(3, 255), (64, 255), (16, 2**15), (400, 2**15), (1500, 255)],
    ids=["float32", "float32 nearly full", "halves", "int64", "int64 for its depth"],
)
def test_convolution_is_exact(depth: int, largest: int) -> None:
    rng = np.random.default_rng(depth)
    given = filters(4, 3, depth, rng)
    planes = rng.choice([-largest, largest - 1, 1], (2, depth, 6, 5)).astype(np.float32)
    expected = convolve_int64(given, planes)
    np.testing.assert_array_equal(Convolution(given, largest)(planes), expected)


def test_the_worst_case_reaches_the_bound() -> None:
    weights = np.full((1, 3, 3, 50), -128, np.int8)
    given = Filters(weights, np.array([-1000]), (1, 1), ((0, 0), (0, 0)), (1, 1), 1)
    convolution = Convolution(given, 255)
    planes = np.full((1, 50, 3, 3), 255, np.float32)
    assert convolution(planes).item() == -int(convolution.bounds[0]) == -14_689_000


@pytest.mark.parametrize("inputs", [10, 70_000])
def test_matrix_product_is_exact(inputs: int) -> None:
    rng = np.random.default_rng(inputs)
    weights = rng.choice([-128, 127], (3, inputs)).astype(np.int8)
    bias = rng.integers(-(2**30), 2**30, 3)
    rows = rng.choice([-255, 255], (2, inputs)).astype(np.int32)
    expected = rows.astype(np.int64) @ weights.T.astype(np.int64) + bias
    np.testing.assert_array_equal(MatrixProduct(weights, bias, 255)(rows), expected)
