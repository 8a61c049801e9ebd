import pytest

from tinyml_studio.gui.states.causes import NO_SHARES, Cause, shares_of
from tinyml_studio.simulate.arrival import Arrival
from tinyml_studio.simulate.metrics import ErrorSums


def arrival(noise, *, inputs=0.0, rounding=0.0, clipping=0.0, bias=0.0):
    sums = ErrorSums(count=1, signal=1.0, noise=noise)
    return Arrival("a", sums, inputs, rounding, clipping, bias, None)


def test_shares_are_those_of_the_sum():
    held = arrival(10.0, inputs=1.0, rounding=2.0, clipping=3.0, bias=0.5)
    shares = dict(zip(Cause, shares_of(held), strict=True))
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares[Cause.WEIGHTS] == pytest.approx(0.35)
    assert shares[Cause.CLIPPING] == pytest.approx(0.3)


def test_causes_that_cancel_leave_no_rest():
    shares = dict(zip(Cause, shares_of(arrival(1.0, inputs=1.0, rounding=1.0)), strict=True))
    assert shares[Cause.WEIGHTS] == 0.0
    assert shares[Cause.INPUTS] == pytest.approx(0.5)


@pytest.mark.parametrize("held", [None, arrival(0.0)])
def test_without_an_error_there_are_no_shares(held):
    assert shares_of(held) == NO_SHARES
