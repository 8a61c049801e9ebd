import numpy as np
import pytest

from tinyml_studio.gui.states.distribution import bin_values
from tinyml_studio.gui.states.histograms import weight_histogram
from tinyml_studio.gui.states.outliers import outliers_of

SPREAD = np.linspace(-1, 1, 4000)


def found(values):
    return outliers_of(*bin_values(np.asarray(values, np.float32)))


@pytest.mark.parametrize(
    ("far", "cost"), [((3.0,), 0.5), ((-9.0, 9.0), 0.89), ((5.0, 5.1, 4.9), 0.67)]
)
def test_the_cost_is_the_share_of_the_range_that_only_they_need(far, cost):
    outliers = found([*SPREAD, *far])
    assert outliers.count == len(far)
    assert outliers.cost == pytest.approx(cost, abs=0.02)
    assert sorted(np.sign(outliers.places)) == sorted({np.sign(value) for value in far}) or far[1:]


@pytest.mark.parametrize(
    "values",
    [
        SPREAD,
        np.zeros(100),
        [1.0],
        [],
        np.repeat((-1.0, 0.0, 1.0), 50),
        [0.0, 100.0],
        [3e38, -3e38],
    ],
    ids=("even", "constant", "one", "none", "few levels", "two", "huge"),
)
def test_ordinary_values_have_none(values):
    assert found(values) is None


def test_many_far_values_are_no_outliers():
    assert found([*SPREAD, *np.full(400, 8.0)]) is None


def test_they_are_said_and_marked():
    values = np.append(SPREAD, 3.0).astype(np.float32).reshape(1, -1)
    state = weight_histogram(values, None)
    assert state.facts == "1 outlier takes 50\N{NO-BREAK SPACE}% of the range"
    assert state.outliers == pytest.approx([3.0], abs=0.05)
