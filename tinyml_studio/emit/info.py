"""What a header says and holds besides the program itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.emit.checksum import layer_checksums
from tinyml_studio.program.program import Program


@dataclass(frozen=True, slots=True)
class HeaderInfo:
    """What the front matter states.

    Parameters
    ----------
    prefix
        Begins every name of the header; made an identifier where it is none.
    model_name, model_sha256
        File name and hash of the model; any text.
    scheme_text
        The bits of the layers in words.
    target
        The chip or core that the header was exported for.
    macs
        Multiply-accumulate operations of one inference.
    removed
        What was removed from the network, in a sentence; empty where nothing was.
    """

    prefix: str
    model_name: str
    model_sha256: str
    scheme_text: str
    target: str
    macs: int = 0
    removed: str = ""


@dataclass(frozen=True, eq=False)
class SelfTestVectors:
    """Golden samples: what goes in, what must come out, and a checksum per layer on the way.

    `inputs` and `outputs` have one array ``(N, *shape)`` per port of the program; `checksums` has
    N rows with one entry per layer.
    """

    inputs: tuple[IntArray, ...]
    outputs: tuple[IntArray, ...]
    checksums: tuple[tuple[int, ...], ...]

    @property
    def count(self) -> int:
        """Number of samples."""
        return len(self.checksums)


def self_test_vectors(
    program: Program, values: Mapping[str, IntArray], *, count: int
) -> SelfTestVectors:
    """The first `count` samples of a trace; `values` holds every tensor, ``(N, *shape)``."""
    first = {name: array[:count] for name, array in values.items()}
    return SelfTestVectors(
        tuple(first[name] for name in program.inputs),
        tuple(first[name] for name in program.outputs),
        tuple(map(tuple, layer_checksums(program, first).tolist())),
    )
