"""The loops of all kernels without windows or weights, and of those over steps in time."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from tinyml_studio.cost.convolutions import Held, limited
from tinyml_studio.cost.quantities import Counts, up

_COPIED = 16  # bytes of a step of a copy
_RANGE = 128  # about the largest difference of two values of a row


def values(size: int) -> Counts:
    """One value after the other."""
    return {"calls": 1, "outputs": size, "blocks": size // _COPIED, "rest": size % _COPIED}


def in_order(held: Held) -> Counts:
    """The same for a structure."""
    return values(held["size"])


def nested(held: Held) -> Counts:
    """Five loops, outermost first."""
    sizes = held["sizes"]
    return {
        "calls": 1,
        "lines": prod(sizes[:3]),
        "runs": prod(sizes[:4]),
        "outputs": prod(sizes),
    }


def narrow(held: Held) -> Counts:
    """One value after the other, or eight at once, then the limits."""
    size = held["size"]
    return {
        "calls": 1,
        "outputs": size,
        "blocks": up(size, 8),
        "rest": int(size % 8 != 0),
        "limited": limited(held, size),
    }


def mean(held: Held) -> Counts:
    """For every output three loops over what it is the mean of."""
    return _reduced(held["kept"], held["summed"])


def product(held: Held) -> Counts:
    """The same for a product."""
    return _reduced(held["kept"], held["multiplied"])


def _reduced(kept: Sequence[int], over: Sequence[int]) -> Counts:
    outputs = prod(kept)
    return {
        "calls": 1,
        "lines": prod(kept[:2]),
        "outputs": outputs,
        "groups": outputs * over[0],
        "runs": outputs * prod(over[:2]),
        "blocks": outputs * prod(over),
    }


def rows(held: Held) -> Counts:
    """Softmax and its like: rows, in which values far below the largest are passed over."""
    outputs = held["rows"] * held["depth"]
    share = min(1.0, -held["diff_min"] / _RANGE) if "diff_min" in held else 0.0
    return {"calls": 1, "lines": held["rows"], "outputs": outputs, "groups": outputs * share}


def gated(held: Held, gates: int, *, unit: int) -> Counts:
    """Recurrent cells: for every step and four units the products of every gate."""
    cell = held["gates"].values
    steps, units = cell["steps"], cell["units"]
    sizes = [cell[name].values["size"] for name in ("input", "hidden")]
    groups = steps * gates * up(units, 4)
    values = sum(up(size, unit) * unit for size in sizes)
    return {
        "calls": 1,
        "lines": steps,
        "outputs": steps * units,
        "groups": groups,
        "runs": 2 * groups,
        "blocks": groups * (values // 4),
        "gathered blocks": steps * (values // 4),
    }


def svdf(held: Held, *, unit: int) -> Counts:
    """Features, four at once, and the state of each."""
    features = held["units"] * held["rank"]
    blocks = up(held["in_size"], unit) * unit // 4
    return {
        "calls": 1,
        "outputs": held["units"],
        "groups": up(features, 4),
        "runs": features,
        "blocks": up(features, 4) * blocks,
        "gathered blocks": features * held["steps"],
    }


def batch_matmul(held: Held) -> Counts:
    """Rows times columns."""
    lines = prod(held["sizes"]) * held["rows"]
    outputs = lines * held["columns"]
    return {
        "calls": 1,
        "groups": prod(held["sizes"]),
        "lines": lines,
        "outputs": outputs,
        "blocks": outputs * held["depth"],
    }


def gather(held: Held) -> Counts:
    """Two axes of indices, and what lies between and behind them."""
    lines = held["outer"] * held["first"] * held["middle"]
    runs = lines * held["second"]
    return {"calls": 1, "lines": lines, "runs": runs, "outputs": runs * held["inner"]}


def resize(held: Held) -> Counts:
    """Every channel of every pixel between four others."""
    pixels = held["out_height"] * held["out_width"]
    return {
        "calls": 1,
        "lines": held["out_height"],
        "pixels": pixels,
        "outputs": pixels * held["channels"],
    }


def arg_max(held: Held) -> Counts:
    """Every value of an axis, for all others."""
    outputs = held["outer"] * held["inner"]
    return {
        "calls": 1,
        "lines": held["outer"],
        "outputs": outputs,
        "blocks": outputs * held["depth"],
    }


def stream_buffer(held: Held) -> Counts:
    """Copies of whole rows."""
    outer = held["outer"]
    return {
        "calls": 1,
        "lines": outer,
        "outputs": outer * (held["kept"] + held["fresh"]),
        "gathered blocks": outer * held["kept"],
    }
