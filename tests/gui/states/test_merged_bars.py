"""Very many bars are drawn as fewer, each as high as the highest that it stands for."""

import numpy as np
import pytest

from tinyml_studio.gui.states.drawing import merged


@pytest.mark.parametrize(("count", "most", "span"), [(5, 5, 1), (6, 5, 2), (20_001, 1000, 21)])
def test_no_more_are_drawn_than_asked_and_the_highest_stays(count, most, span):
    heights = np.random.default_rng(count).normal(size=count)
    drawn, taken = merged(heights, most)
    assert taken == span
    assert len(drawn) == -(-count // span) <= most
    for place, height in enumerate(drawn):
        part = heights[place * span : (place + 1) * span]
        assert height == part[np.argmax(np.abs(part))]


def test_none_stays_none():
    drawn, span = merged(np.zeros(0), 10)
    assert (len(drawn), span) == (0, 1)
