"""Sizes that a person gives to axes of inputs that a file leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tinyml_studio.errors import OpenSizesError
from tinyml_studio.formats.limits import MAX_DIM
from tinyml_studio.formats.refusal import Malformed

InputShapes = Mapping[str, tuple[int, ...]]
"""By the name of an input: the size of every axis, the batch's too."""

Dims = tuple[int | str | None, ...]
"""Sizes that a file declares; a symbol's name, None or no positive number where one is open."""

NO_SHAPES: InputShapes = MappingProxyType({})


class OpenSizes(Malformed):
    """Axes of inputs that need a size of the person's; carries all inputs that have one."""

    def __init__(self, reason: str, inputs: tuple[tuple[str, tuple[int | None, ...]], ...]) -> None:
        name, dims = inputs[0]
        sizes = ",".join(str(size or "SIZE") for size in (dims[0] or 1, *dims[1:]))
        hint = f"give it one: on the command line --input-shape '{name}={sizes}'"
        super().__init__(reason, hint=hint)
        self.inputs = inputs


def open_sizes(file: str, reason: OpenSizes) -> OpenSizesError:
    """The error of a whole file."""
    error = OpenSizesError(f"{file} cannot be read", detail=str(reason), hint=reason.hint)
    error.inputs = reason.inputs
    return error


def with_sizes(declared: Mapping[str, Dims], given: InputShapes) -> dict[str, Dims]:
    """The declared sizes with the given ones where one is open; the batch stays open.

    A symbol that is given a size for one input has it in all of them.

    Raises
    ------
    Malformed
        If an input does not exist, or has other axes or another size; names it.
    """
    symbols: dict[str, int] = {}
    for name, shape in given.items():
        if name not in declared:
            known = ", ".join(declared)
            raise Malformed(f"it has no input {name!r} that a shape could be for", hint=known)
        _check(name, declared[name], shape, symbols)
    return {
        name: (*dims[:1], *_filled(dims[1:], given.get(name, ())[1:], symbols))
        for name, dims in declared.items()
    }


def need_sizes(declared: Mapping[str, Dims]) -> None:
    """Raise `OpenSizes` where an axis behind the batch is open."""
    wanting = {name: dims for name, dims in declared.items() if any(map(is_open, dims[1:]))}
    if not wanting:
        return
    name, dims = next(iter(wanting.items()))
    axis = next(axis for axis, size in enumerate(dims) if axis and is_open(size))
    raise OpenSizes(
        f"axis {axis} of the input {name!r} has the size {dims[axis]!r}, and only the batch may be"
        " open",
        tuple((name, tuple(map(_size, dims))) for name, dims in wanting.items()),
    )


def is_open(size: int | str | None) -> bool:
    """Whether a declared size says nothing."""
    return not isinstance(size, int) or size <= 0


def _size(size: int | str | None) -> int | None:
    return size if isinstance(size, int) and size > 0 else None


def _check(name: str, dims: Dims, shape: tuple[int, ...], symbols: dict[str, int]) -> None:
    """Refuse what contradicts the file, and remember what a symbol stands for."""
    if len(shape) != len(dims):
        raise Malformed(f"the input {name!r} has {len(dims)} axes, and its shape {len(shape)}")
    for axis, (size, wanted) in enumerate(zip(dims, shape, strict=True)):
        if not 0 < wanted <= MAX_DIM:
            raise Malformed(f"axis {axis} of the input {name!r} cannot have the size {wanted}")
        if not is_open(size) and size != wanted:
            raise Malformed(f"axis {axis} of the input {name!r} has the size {size}, not {wanted}")
        if isinstance(size, str) and size and axis and symbols.setdefault(size, wanted) != wanted:
            raise Malformed(
                f"axis {axis} of the input {name!r} has the size {size!r}, which is given as "
                f"{symbols[size]} and as {wanted}"
            )


def _filled(dims: Dims, shape: Sequence[int], symbols: Mapping[str, int]) -> Dims:
    """Open sizes as they are given, or as their symbol is."""
    wanted = shape or [symbols.get(size, 0) if isinstance(size, str) else 0 for size in dims]
    return tuple(
        (new or size) if is_open(size) else size for size, new in zip(dims, wanted, strict=True)
    )
