import itertools

import numpy as np
import pytest

from tinyml_studio.gui.states.graph_layout import Sizes, layout, longest_path_ranks

SIZES = Sizes()


def network(count, seed):
    """A chain with shortcuts and branches, as networks are."""
    random = np.random.default_rng(seed)
    edges = {(node - 1 - int(random.integers(0, min(node, 3))), node) for node in range(1, count)}
    edges |= {
        (int(start), int(start) + int(length))
        for start, length in zip(
            random.integers(0, count, count // 4), random.integers(2, 9, count // 4), strict=True
        )
        if start + length < count
    }
    return sorted(edges)


def test_ranks_follow_the_longest_path():
    assert longest_path_ranks(5, [(0, 1), (1, 2), (0, 3), (2, 4), (3, 4)]) == [0, 1, 2, 1, 3]
    with pytest.raises(ValueError, match="backwards"):
        longest_path_ranks(2, [(1, 0)])


@pytest.mark.parametrize("count", [5, 50, 500])
@pytest.mark.parametrize("seed", [0, 1])
def test_no_two_boxes_touch_and_all_arrows_go_down(count, seed):
    edges = network(count, seed)
    drawing = layout(count, edges)
    for (x1, y1), (x2, y2) in itertools.combinations(drawing.places, 2):
        if y1 == y2:
            assert abs(x1 - x2) >= SIZES.width + SIZES.gap - 1e-6
        else:
            assert abs(y1 - y2) >= SIZES.height + SIZES.rank_gap - 1e-6
    for (start, end), points in zip(edges, drawing.arrows, strict=True):
        assert points[0] == (drawing.places[start][0], drawing.places[start][1] + SIZES.height / 2)
        assert points[-1] == (drawing.places[end][0], drawing.places[end][1] - SIZES.height / 2)
        assert all(upper[1] < lower[1] for upper, lower in itertools.pairwise(points))
    xs, ys = np.array(drawing.places).T
    assert xs.min() >= SIZES.width / 2 - 1e-6
    assert xs.max() + SIZES.width / 2 <= drawing.width + 1e-6
    assert ys.max() + SIZES.height / 2 <= drawing.height + 1e-6


@pytest.mark.parametrize("seed", [0, 1])
def test_arrows_pass_beside_the_boxes(seed):
    edges = network(50, seed)
    drawing = layout(50, edges)
    for points in drawing.arrows:
        for (x1, y1), (x2, y2) in itertools.pairwise(points[1:-1]):
            if x1 != x2:
                continue
            for x, y in drawing.places:
                inside = y1 < y < y2 and abs(x - x1) < SIZES.width / 2
                assert not inside, (x1, y1, y2, x, y)


def test_a_chain_is_straight_and_a_diamond_symmetric():
    chain = layout(6, [(n, n + 1) for n in range(5)])
    assert {x for x, _ in chain.places} == {SIZES.width / 2}
    diamond = layout(4, [(0, 1), (0, 2), (1, 3), (2, 3)]).places
    assert diamond[0][0] == pytest.approx(diamond[3][0])
    assert diamond[0][0] == pytest.approx((diamond[1][0] + diamond[2][0]) / 2)


def test_two_crossing_branches_are_untangled():
    places = layout(6, [(0, 3), (1, 2), (2, 4), (3, 5)]).places
    assert (places[0][0] < places[1][0]) == (places[3][0] < places[2][0])


def test_an_empty_network_and_a_lone_layer():
    assert layout(0, []).places == ()
    assert layout(1, []).places == ((SIZES.width / 2, SIZES.height / 2),)
