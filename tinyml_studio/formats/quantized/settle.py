"""The last step of reading a quantized file: every tensor gets one grid, every layer its bias."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from tinyml_studio.arith.inttype import Int64Array, width_of
from tinyml_studio.formats.emitter import LayerEncoding
from tinyml_studio.formats.encoding import Encoding, same_grid
from tinyml_studio.formats.names import Names
from tinyml_studio.formats.quantized.book import MOVERS, Book
from tinyml_studio.formats.quantized.dropped_relu import with_limits
from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundGrid, FoundQuantization, FoundWeights
from tinyml_studio.ir.graph import Node, Port

_QUANTIZERS = (ops.Identity, ops.Requantize, ops.Clip)
_LAYERS = (ops.Conv, ops.ConvTranspose, ops.Dense)
_MOST_WEIGHT_BITS = 8
_SCALE_TOLERANCE = 1e-6  # relative: a product of two float32 scales, rounded once or twice
_NOTICEABLE = 0.01  # of an output's step
_ARITHMETIC = "onnx"

Grids = dict[str, FoundGrid]


def settled(
    nodes: Sequence[Node], ports: Iterable[Port], book: Book, *, layers: Names, tensors: Names
) -> tuple[tuple[Node, ...], FoundQuantization | None]:
    """The nodes with a change of grid where the file has one, and all that it states.

    Parameters
    ----------
    nodes
        In topological order.
    ports
        Inputs of the model.
    book
        What was read.
    layers, tensors
        Give names to added nodes.
    """
    if not book.grids and not book.weights:
        return tuple(nodes), None
    remarks = list(book.remarks)
    grids = dict(book.grids)
    _grant(book.wishes, grids, remarks)
    remarks += _read_as_real(nodes, book)
    for _ in range(2):
        _spread(nodes, grids)
    for port in ports:
        if port.tensor in grids and port.tensor not in book.integer_inputs:
            grids[port.tensor] = replace(grids[port.tensor], stored="float32")
    changed = _with_changes(nodes, grids, layers=layers, tensors=tensors)
    changed = tuple(with_limits(node, grids.get(node.outputs[0])) for node in changed)
    weights = _weights(changed, book.weights, grids, remarks)
    return changed, FoundQuantization(
        grids, weights, _ARITHMETIC, tuple(remarks), channels_first=True
    )


def _grant(wishes: Iterable[tuple[str, FoundGrid]], grids: Grids, remarks: list[str]) -> None:
    """Put real tensors on the grid that is asked for, on the one of widest range if several are."""
    asked: dict[str, list[FoundGrid]] = {}
    for tensor, grid in wishes:
        asked.setdefault(tensor, []).append(grid)
    for tensor, wanted in asked.items():
        widest = max(wanted, key=lambda grid: (grid.bits, grid.limits[1] - grid.limits[0]))
        held = grids.setdefault(tensor, widest)
        if any(not same_grid(grid, held) for grid in wanted):
            remarks.append(
                f"{tensor} is brought on several grids: it is held on the widest, and the others"
                " are rounded from there"
            )


def _read_as_real(nodes: Sequence[Node], book: Book) -> Iterator[str]:
    """What is said of tensors that the file quantizes for some of their readers only."""
    asked = {tensor for tensor, _ in book.wishes}
    readers: dict[str, list[str]] = {}
    for node in nodes:
        quantizes = isinstance(node.op, _QUANTIZERS) and node.outputs[0] in book.grids
        if quantizes or isinstance(node.op, MOVERS):
            continue
        for tensor in asked.intersection(node.inputs):
            readers.setdefault(tensor, []).append(node.name)
    for tensor, names in readers.items():
        yield (
            f"{tensor} is read in real numbers by {', '.join(names)}, and quantized for others:"
            " here all of them read its integers"
        )


def _spread(nodes: Sequence[Node], grids: Grids) -> None:
    """Give a grid to what a node only moves, and to the operands of what is only joined."""
    for node in reversed(nodes):
        stated = [grids[name] for name in node.outputs if name in grids]
        if stated and isinstance(node.op, (*MOVERS, ops.Concat)):
            for name in node.inputs:
                grids.setdefault(name, stated[0])
    for node in nodes:
        if isinstance(node.op, (*MOVERS, ops.Clip)) and node.inputs[0] in grids:
            for name in node.outputs:
                grids.setdefault(name, grids[node.inputs[0]])


def _with_changes(
    nodes: Sequence[Node], grids: Grids, *, layers: Names, tensors: Names
) -> tuple[Node, ...]:
    """A `Requantize` behind each node that only moves values, and whose output has another grid."""
    result: list[Node] = []
    for node in nodes:
        moves = [name for name in node.outputs if _changes(node, name, grids)]
        if not moves:
            result.append(node)
        elif isinstance(node.op, ops.Identity):
            result.append(replace(node, op=ops.Requantize()))
        else:
            inner = {name: tensors.fresh(f"{name}/moved") for name in moves}
            grids.update(dict.fromkeys(inner.values(), grids[node.inputs[0]]))
            made = tuple(inner.get(name, name) for name in node.outputs)
            result.append(replace(node, outputs=made))
            result += [
                Node(layers.fresh(f"{node.name}/requantize"), ops.Requantize(), (held,), (name,))
                for name, held in inner.items()
            ]
    return tuple(result)


def _changes(node: Node, output: str, grids: Grids) -> bool:
    source = node.inputs[0] if node.inputs else ""
    if not isinstance(node.op, MOVERS) or source not in grids or output not in grids:
        return False
    return not same_grid(grids[source], grids[output])


def _weights(
    nodes: Iterable[Node],
    held: Mapping[str, LayerEncoding],
    grids: Grids,
    remarks: list[str],
) -> dict[str, FoundWeights]:
    """What the file states about the weights of every layer that is left."""
    weights = {}
    for node in nodes:
        if node.name in held and isinstance(node.op, _LAYERS):
            if held[node.name].weight.kind.bits > _MOST_WEIGHT_BITS:
                kind = held[node.name].weight.kind
                remarks.append(f"the weights of {node.name} are {kind}, and are rounded anew")
                continue
            grid = grids.get(node.inputs[0])
            weights[node.name] = _layer(node, node.op, held[node.name], grid, remarks)
            made = grids.get(node.outputs[0])
            if grid is not None and made is not None:
                remarks += _coarse_bias(node, held[node.name], grid.scale / made.scale)
    return weights


def _layer(
    node: Node,
    op: ops.Conv | ops.ConvTranspose | ops.Dense,
    held: LayerEncoding,
    grid: FoundGrid | None,
    remarks: list[str],
) -> FoundWeights:
    """One layer."""
    weight = held.weight
    scale = weight.scale.astype(np.float32).reshape(-1, *(1,) * (op.weight.ndim - 1))
    centred = np.rint(op.weight / scale)
    bits = 1 if weight.binary else max(weight.kind.bits, 2)
    return FoundWeights(
        bits=bits,
        scale=weight.scale,
        bias=_bias(node, held, grid, len(op.bias), remarks),
        width=1 if weight.binary else max(bits, width_of(centred)),
        zero_point=weight.zero_point if weight.zero_point.any() else None,
        stored="binary" if weight.binary else str(weight.kind),
    )


def _coarse_bias(node: Node, held: LayerEncoding, ratio: float) -> list[str]:
    """What the rounding of a real bias moves; empty where that is next to nothing."""
    if not held.has_bias or held.bias is not None:
        return []
    moved = ratio * float(held.weight.scale.max()) / 2
    if moved < _NOTICEABLE:
        return []
    where = f"the bias of {node.name} is in real numbers"
    return [f"{where}: its rounding moves the output by up to {moved:.2g} of its steps"]


def _bias(
    node: Node, held: LayerEncoding, grid: FoundGrid | None, channels: int, remarks: list[str]
) -> Int64Array | None:
    """The file's integers, where they are in steps of input scale times weight scale."""
    if grid is None:
        return None
    if not held.has_bias:
        return np.zeros(channels, np.int64)
    bias = held.bias
    if bias is None or bias.integers is None or bias.integers.size != channels:
        return None
    if bias.zero_point.any() or not _fits(bias, grid.scale * held.weight.scale):
        stated, wanted = float(bias.scale[0]), float(grid.scale * held.weight.scale[0])
        remarks.append(
            f"the bias of {node.name} is in steps of {stated:.6g}, not of input scale times weight"
            f" scale, {wanted:.6g}: it is rounded to those"
        )
        return None
    return bias.integers.reshape(-1).astype(np.int64)


def _fits(bias: Encoding, wanted: np.ndarray) -> bool:
    """Whether the bias has the scales of the products."""
    if bias.scale.size not in (1, wanted.size):
        return bool(np.allclose(bias.scale, wanted, rtol=_SCALE_TOLERANCE, atol=0.0))
    return bool((np.abs(bias.scale - wanted) <= _SCALE_TOLERANCE * wanted).all())
