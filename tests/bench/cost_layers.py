"""Networks of layers of a few kinds, each with an input of its own, so that its size is free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.bench.cost_kinds import (
    CONVOLUTIONS,
    PRODUCTS,
    SEPARATE,
    WIDE,
    WITHOUT,
    Kind,
    add,
    add_repeated,
    average_pool,
    blocks,
    dense,
    dense_whole,
    depthwise,
    depthwise_odd,
    depthwise_tall,
    div,
    first,
    following,
    following_wide,
    function,
    gru,
    leaky,
    lstm,
    max_pool,
    mean,
    mul,
    odd,
    pointwise,
    prod,
    softmax,
    squared_difference,
    transposed,
)
from tests.lower import networks
from tests.lower.networks import network
from tinyml_studio.arith.profile import arithmetic
from tinyml_studio.ir import ops
from tinyml_studio.program.program import Program


@dataclass(frozen=True)
class Theme:
    """What a network consists of.

    Parameters
    ----------
    kinds
        Each with the number of its layers and the bits of its weights.
    activations
        Bits of all values.
    profile
        The arithmetic.
    shape
        Of all values, where one layer follows the other instead of having inputs of its own: then
        there is no memory to spare.
    """

    kinds: tuple[tuple[Kind, int, int], ...]
    activations: int = 8
    profile: str = "tflm"
    shape: tuple[int, ...] = ()
    helium: bool = True


def _split(kinds, times: int, bits: int, at_once: int, **how) -> list[Theme]:
    """Themes of so many kinds each."""
    groups = [kinds[start : start + at_once] for start in range(0, len(kinds), at_once)]
    return [Theme(tuple((kind, times, bits) for kind in group), **how) for group in groups]


def themes() -> list[Theme]:
    """Every kind at every width that has kernels of its own; some of everything elsewhere."""
    found = []
    mixed = ((following, 6, 8), (following, 2, 4)), ((following, 3, 8), (following, 5, 4))
    for shape in ((8, 8, 32), (5, 9, 48)):
        found += [Theme(kinds, shape=shape) for kinds in mixed]
    for bits in (8, 4):
        found += _split(PRODUCTS, 9, bits, 3)
        found += _split(
            (pointwise, blocks, first, odd, depthwise, depthwise_odd, dense),
            5,
            bits,
            4,
            activations=16,
        )
    for bits in (2, 1, 3, 5, 6, 7):
        found += _split(PRODUCTS, 6, bits, 3)
    for bits in (2, 1, 3, 6):
        found += _split((blocks, first, odd, depthwise, dense), 4, bits, 5, activations=16)
    for widths in ((1, 7), (2, 6), (3, 5)):
        found.append(Theme(tuple((following, 4, bits) for bits in widths), shape=(8, 8, 32)))
    found += _split(WITHOUT, 4, 8, 5)
    found += _split(WIDE, 4, 8, 5, activations=16)
    for bits in (8, 4, 2):
        found.append(Theme(tuple((kind, 4, bits) for kind in (lstm, gru, transposed))))
    found.append(Theme(tuple((kind, 4, 8) for kind in (transposed, dense)), activations=16))
    # values of four bits, whose limits are a second step of kernels for eight
    found += _split(PRODUCTS, 3, 8, 5, activations=4) + _split(PRODUCTS[:6], 3, 4, 6, activations=4)
    found.append(Theme(tuple((kind, 3, 8) for kind in (add, mul, max_pool, average_pool)), 4))
    tall = tuple((depthwise_tall, times, bits) for times, bits in ((10, 8), (6, 4)))
    seldom = tuple((kind, 5, 8) for kind in (div, squared_difference, prod))
    found += [*_other_profiles(), *_alone(), Theme(tall), Theme(seldom), *_apart(), *_whole()]
    return found + _wide()


def _alone() -> list[Theme]:
    """Kernels that are called once."""
    found = []
    others = [WITHOUT[start::3] for start in range(3)]
    for at in range(4):
        each = [
            (CONVOLUTIONS[(at + i) % len(CONVOLUTIONS)], 1, bits) for i, bits in enumerate((8, 4))
        ]
        each += [(kind, 1, bits) for kind in SEPARATE for bits in (8, 4)]
        each += [(kind, 1, bits) for kind, bits in ((odd, 2), (depthwise, 1 + at % 3), (dense, 6))]
        found.append(Theme((*each, *((kind, 1, 8) for kind in others[at % 3]))))
    for at in range(3):
        kinds = (blocks, odd, depthwise, depthwise_odd, transposed, *WIDE[at % 3 :: 3])
        sizes = tuple((kind, 1, (8, 4, 8)[at]) for kind in kinds)
        found.append(Theme(sizes, activations=16))
    found.append(Theme(tuple((kind, 1, 8) for kind in (lstm, gru, transposed, first, depthwise))))
    light = (add, add_repeated, mul, leaky, softmax, mean, average_pool)
    for profile in ("onnx", "tflm-single", "litert", "pow2"):
        kinds = (*SEPARATE, *light)
        found.append(Theme(tuple((kind, 1, 8) for kind in kinds), profile=profile))
    return found


def _apart() -> list[Theme]:
    """Kernels of 8 bits that are called once, where no other layer asks for another form."""
    return [
        Theme(tuple((kind, 1, 8) for kind in (CONVOLUTIONS[at % 3], *SEPARATE))) for at in range(6)
    ]


def _whole() -> list[Theme]:
    """Dense layers where no other has inputs behind its last unit, called often and once."""
    often = [Theme(((dense_whole, 8, bits),)) for bits in (*range(1, 9), *range(1, 9))]
    return often + [Theme(tuple((dense_whole, 1, bits) for bits in (8, 4))) for _ in range(4)]


def _wide() -> list[Theme]:
    """Windows that are gathered as bytes, as there is no memory to spare."""
    shapes = ((14, 15, 3), (11, 9, 5), (9, 10, 6), (12, 12, 2), (8, 9, 13))
    drawn = [(6, bits, shape) for shape in shapes for bits in (8, 4, 3)]
    drawn += [(5, bits, shapes[bits % 5]) for bits in (1, 2, 5, 6, 7)]
    drawn += [(1, bits, shapes[bits % 5]) for bits in (8, 6)]
    return [
        Theme(((following_wide, times, bits),), shape=shape, helium=False)
        for times, bits, shape in drawn
    ]


def _other_profiles() -> list[Theme]:
    """The arithmetic of other engines."""
    found = []
    heavy = (pointwise, blocks, first, odd, depthwise, depthwise_odd, dense)
    light = (add, add_repeated, mul, leaky, function, softmax, mean, average_pool, max_pool)
    for profile in ("onnx", "tflm-single", "litert", "pow2", "pow2-half-up", "pow2-floor"):
        found += _split((*heavy, *light), 2, 8, 16, profile=profile)
    for profile in ("onnx", "tflm-single", "pow2"):
        found += _split(heavy, 2, 4, 7, profile=profile)
    for profile in ("tflm-single", "pow2"):
        found += _split((*heavy[:5], dense, add, mul), 2, 8, 8, profile=profile, activations=16)
    return found


def theme_program(theme: Theme, seed: int) -> Program:
    """A lowered network of the theme's layers; the same seed gives the same one."""
    draw = networks.RNG = np.random.default_rng(seed)
    nodes, shapes, widths = [], [], {}
    for kind, times, bits in theme.kinds:
        for _ in range(times):
            op, needs = kind(draw, theme.shape) if theme.shape else kind(draw)
            name = f"layer{len(nodes)}"
            sources = tuple(f"x{len(shapes) + i}" for i in range(len(needs)))
            if theme.shape and nodes:
                sources, needs = nodes[-1][3], []
            nodes.append((name, op, sources, (f"y{len(nodes)}",)))
            shapes += needs
            if isinstance(op, ops.Conv | ops.Dense | ops.ConvTranspose | ops.Lstm | ops.Gru):
                widths[name] = f"w{bits}"
    outputs = tuple(node[3][0] for node in nodes[-1 if theme.shape else 0 :])
    net = network(nodes, shapes, outputs=outputs, count=2)
    return net.lower(f"w8a{theme.activations}", arithmetic=arithmetic(theme.profile), **widths)
