"""The orders of kernels: as their files say, and no distance that a slow search would not find."""

from itertools import product

import numpy as np
import pytest

from tinyml_studio.emit.depthwise_order import KERNEL, depthwise_order, is_safe
from tinyml_studio.emit.order import NOTHING, Moments, first_reads
from tinyml_studio.emit.orders import ORDERS
from tinyml_studio.paths import resource

SIZES = [(1, 1, 1), (7, 5, 3), (26, 5, 3), (30, 6, 5), (9, 1, 3), (3, 8, 1)]


def geometry(height: int, width: int, kernel: int, channels: int = 16, room: int = 96):
    """A depthwise layer whose output has the size of its input."""
    sizes = {"height": height, "width": width, "channels": channels}
    return {
        **{f"in_{key}": size for key, size in sizes.items()},
        **{f"out_{key}": size for key, size in sizes.items()},
        **{f"kernel_{side}": kernel for side in ("height", "width")},
        **{f"{name}_{axis}": 1 for name in ("stride", "dilation") for axis in "yx"},
        **{f"pad_{side}": (kernel - 1) // 2 for side in ("top", "left")},
        "room": room,
    }


@pytest.mark.parametrize("kernel", [*ORDERS, KERNEL])
def test_the_file_of_a_kernel_states_its_order(kernel):
    file = next(
        path
        for path in sorted(resource("c").glob("*.c"))
        if f"static void {kernel}(" in path.read_text()
    )
    assert " * Order: " in file.read_text().split("*/")[0]


def test_a_distance_is_what_is_written_before_it_is_read():
    held = Moments(np.array([0, 2, 4, NOTHING]), np.array([3, 4, 9, 12]))
    # 9 elements are written when nothing is read any more, 4 when the fifth still is
    assert held.distance(1, 1) == 1
    assert held.distance(1, 2) == 4
    assert held.distance(2, 1) == -1


@pytest.mark.parametrize("room", [96, 64])
@pytest.mark.parametrize(("height", "width", "kernel"), SIZES)
def test_what_waits_is_needed_and_enough(height, width, kernel, room):
    g = geometry(height, width, kernel, room=room)
    order = depthwise_order(g, 0)
    pixels = order.distance // g["out_channels"]
    assert 4 * order.most * order.waiting <= room
    assert is_safe(g, order.most, order.waiting, pixels)
    assert brute(g, order.most, order.waiting, pixels)
    for fewer in range(order.waiting):
        assert not brute(g, order.most, fewer, pixels)


def brute(g, most, waiting, pixels):
    """Go through all pixels in the order of the kernel and look at what each one reads."""
    width, gone = g["out_width"], set()
    for rows in runs(g, most):
        late = []
        for x, row in product(range(width), rows):
            if gone & set(window(g, row, x)):
                return False
            waits = x < waiting and len(rows) > 1
            (late.append if waits else gone.add)(divmod(row * width + x - pixels, width))
        gone.update(late)
    return True


def runs(g, most):
    """Rows that are computed together."""
    last, y = g["in_height"] - g["kernel_height"] + g["pad_top"], 0
    while y < g["out_height"]:
        end = min(last + 1, y + most) if g["pad_top"] <= y <= last else y + 1
        yield range(y, end)
        y = end


def window(g, row, x):
    """The pixels of the input that an output reads."""
    for ky, kx in product(range(g["kernel_height"]), range(g["kernel_width"])):
        yield row - g["pad_top"] + ky, x - g["pad_left"] + kx


def test_nothing_is_read_where_a_window_lies_in_the_padding():
    g = geometry(2, 2, 1) | {"pad_top": 1}
    assert first_reads(g)[0].tolist() == [NOTHING, NOTHING]
