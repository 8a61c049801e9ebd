"""Arguments that choose bits, granularity and ranges, and their way into a session."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser, Namespace

from tinyml_studio.app.studio import Studio
from tinyml_studio.quantize.scheme import Granularity, RangeMethod


def add_choices(parser: ArgumentParser) -> None:
    """Declare the choices for all layers, for some, and for single tensors."""
    parser.add_argument(
        "--bits", metavar="wWaA", help="for every layer: weights 1 to 8 bits, activations 4, 8, 16"
    )
    parser.add_argument("--range", choices=tuple(RangeMethod), help="how ranges are chosen")
    parser.add_argument(
        "--granularity", choices=tuple(Granularity), help="scales per channel or per tensor"
    )
    parser.add_argument(
        "--layer",
        action="append",
        default=[],
        type=_layer,
        metavar="PATTERN=wWaA",
        help="for the layers of a name or glob; repeatable",
    )
    parser.add_argument(
        "--tensor-range",
        action="append",
        default=[],
        type=_tensor_range,
        metavar="NAME=LOW,HIGH",
        help="the range of a tensor by hand, or NAME=auto; repeatable",
    )


def apply_choices(studio: Studio, args: Namespace, *, everywhere: bool = False) -> None:
    """Apply the choices, from the general to the particular.

    With `everywhere` the general ones also hold for layers that have a choice of their own, as
    those of a quantized file have.
    """
    granularity = None if args.granularity is None else Granularity(args.granularity)
    range_method = None if args.range is None else RangeMethod(args.range)
    if (args.bits, granularity, range_method) != (None, None, None):
        studio.set_default(bits=args.bits, granularity=granularity, range_method=range_method)
        if everywhere:
            studio.set_layers(
                ("*",), bits=args.bits, granularity=granularity, range_method=range_method
            )
    for pattern, bits in args.layer:
        studio.set_bits(pattern, bits)
    for tensor, limits in args.tensor_range:
        studio.set_range(tensor, limits)


def _layer(text: str) -> tuple[str, str]:
    """``PATTERN=w4a8``; a pattern may itself hold an equals sign."""
    pattern, sign, bits = text.rpartition("=")
    if not sign or not pattern or not bits:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form PATTERN=w4a8")
    return pattern, bits


def _tensor_range(text: str) -> tuple[str, tuple[float, float] | None]:
    """``NAME=low,high`` or ``NAME=auto``."""
    name, sign, limits = text.rpartition("=")
    if sign and name and limits == "auto":
        return name, None
    low, _, high = limits.partition(",")
    try:
        if sign and name:
            return name, (float(low), float(high))
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=low,high")
