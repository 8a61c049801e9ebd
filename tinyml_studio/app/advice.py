"""What limits a configuration, and what would help: every gain is measured on the live samples.

Nothing here is guessed. A remedy is tried: the network is lowered with it, run over the same
samples as the live figures, and its data are counted; what cannot be measured is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from tinyml_studio.app.derived import Derived
from tinyml_studio.app.edits import Choice, change_layers
from tinyml_studio.app.estimating import predicted_cycles
from tinyml_studio.app.exported import exported
from tinyml_studio.app.footprint import footprint, memory_of
from tinyml_studio.app.live import Live
from tinyml_studio.arith.profile import arithmetic
from tinyml_studio.errors import StudioError, TargetError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.lower.cache import LoweringCache
from tinyml_studio.lower.lower import lower
from tinyml_studio.progress import Progress, give_way, silent
from tinyml_studio.quantize.fixed_outputs import FIXED_OUTPUT_OPERATORS
from tinyml_studio.quantize.legality import settable_bits
from tinyml_studio.quantize.scheme import Granularity, LayerScheme, RangeMethod
from tinyml_studio.simulate.error import LayerError
from tinyml_studio.simulate.evaluate import Evaluation

WEAKEST = 3
"""So many of the layers with the largest error of their own are looked at."""

SATURATES = 0.005
"""Share of values outside the grid from which a layer counts as saturating."""

AMPLIFIES_DB = 3.0
"""Loss of SQNR against the worst input, beyond the layer's own error, that is told."""

NARROW_DB = 60.0
"""A layer that is better than this is no limit, whatever its rank."""


SEEN_DB = 0.05
"""Less than this is shown as nothing."""


class Cause(Enum):
    """What a finding is about."""

    REFUSED = auto()
    WEAK = auto()
    AMPLIFIES = auto()
    SATURATES = auto()
    POINTLESS = auto()
    HEADROOM = auto()
    CHANNELS = auto()


@dataclass(frozen=True, slots=True)
class Remedy:
    """Another choice for a layer, and what it was measured to bring.

    Parameters
    ----------
    choice
        What changes.
    own_db, end_db
        Gain of SQNR of the layer alone, and of the last layer, in dB.
    flash_bytes, ram_bytes
        Change of the data in flash and of the arena.
    cycles
        Change of the cycles of one inference, predicted for the chip; None where nothing is known
        of its core.
    """

    choice: Choice
    own_db: float
    end_db: float
    flash_bytes: int
    ram_bytes: int
    cycles: float | None = None

    @property
    def is_worth_telling(self) -> bool:
        """Whether the last layer gains by it, or bytes or cycles are saved."""
        saves = self.flash_bytes < 0 or self.ram_bytes < 0 or (self.cycles or 0.0) < 0
        return self.end_db >= SEEN_DB or saves


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that limits, or that need not worry.

    Parameters
    ----------
    cause
        What it is about.
    layer
        Where; empty for the whole network.
    figure
        SQNR in dB, a share, bits, or channels, as the cause says.
    text
        What else is to be said, such as a reason.
    remedies
        What was tried, best first.
    """

    cause: Cause
    layer: str
    figure: float = math.nan
    text: str = ""
    remedies: tuple[Remedy, ...] = ()


def findings(derived: Derived, evaluation: Evaluation | None) -> tuple[Finding, ...]:
    """What can be said without trying anything, most urgent first."""
    if derived.program is None:
        return ()
    errors: Sequence[LayerError] = evaluation.layers if evaluation is not None else ()
    errors = tuple(held for held in errors if _has_choice(derived.graph, held.name))
    weak = tuple(_weak(errors))
    known = {held.layer for held in weak}
    return (
        *weak,
        *(held for held in _saturating(errors) if held.layer not in known),
        *_amplifying(derived.graph, evaluation.layers if evaluation else (), known),
        *_pointless(derived),
        *_headroom(derived),
        *_channels(derived),
    )


def _has_choice(graph: Graph, layer: str) -> bool:
    """Whether anything of a layer can be chosen that has an effect."""
    give_way()
    node = graph.by_name.get(layer)
    if node is None:
        return True
    takes = settable_bits(graph, node)
    has_range = takes.activations and not isinstance(node.op, FIXED_OUTPUT_OPERATORS)
    return takes.weights or has_range


def _weak(errors: Sequence[LayerError]) -> Iterator[Finding]:
    """The layers with the largest error of their own."""
    ranked = sorted(
        (held for held in errors if not math.isnan(held.sqnr_isolated_db)),
        key=lambda held: held.sqnr_isolated_db,
    )
    for held in ranked[:WEAKEST]:
        if held.sqnr_isolated_db < NARROW_DB:
            yield Finding(Cause.WEAK, held.name, held.sqnr_isolated_db)


def _saturating(errors: Sequence[LayerError]) -> Iterator[Finding]:
    for held in sorted(errors, key=lambda held: -held.clipped)[:WEAKEST]:
        if held.clipped >= SATURATES:
            yield Finding(Cause.SATURATES, held.name, held.clipped)


def _amplifying(graph: Graph, errors: Sequence[LayerError], known: set[str]) -> Iterator[Finding]:
    """The layer behind which the errors of earlier ones weigh most more."""
    by_name = {held.name: held for held in errors}
    makers = {port.tensor: port.name for port in graph.inputs}
    makers |= {name: node.name for node in graph.nodes for name in node.outputs}
    worst: tuple[float, str] = (AMPLIFIES_DB, "")
    for node in graph.nodes:
        own = by_name.get(node.name)
        before = [by_name[makers[name]] for name in node.inputs if makers.get(name) in by_name]
        if own is None or not before or node.name in known or not _has_choice(graph, node.name):
            continue
        arriving = min(held.sqnr_cumulative_db for held in before)
        loss = min(arriving, own.sqnr_isolated_db) - own.sqnr_cumulative_db
        if math.isfinite(loss) and loss > worst[0]:
            worst = (loss, node.name)
    if worst[1]:
        yield Finding(Cause.AMPLIFIES, worst[1], worst[0])


def _pointless(derived: Derived) -> Iterator[Finding]:
    """Layers of 16 bits all of whose neighbours have fewer."""
    graph, scheme = derived.graph, derived.document.scheme
    bits = _widths(derived)
    for node in graph.nodes:
        if bits.get(node.outputs[0]) != 16 or not settable_bits(graph, node).activations:
            continue
        readers = [other for other in graph.nodes if node.outputs[0] in other.inputs]
        around = [bits.get(name) for name in node.inputs]
        around += [bits.get(name) for other in readers for name in other.outputs]
        known = [width for width in around if width is not None]
        if readers and known and max(known) < 16 and scheme.of(node.name).activation_bits == 16:
            yield Finding(Cause.POINTLESS, node.name, 16.0)


def _widths(derived: Derived) -> Mapping[str, int]:
    program = derived.need_program()
    return {name: tensor.type.bits for name, tensor in program.tensors.items()}


def _headroom(derived: Derived) -> Iterator[Finding]:
    """The accumulator that is fullest."""
    spare: Mapping[str, int] = memory_of(derived)["spare_bits"]
    if spare:
        layer = min(spare, key=lambda name: spare[name])
        yield Finding(Cause.HEADROOM, layer, float(spare[layer]))


def _channels(derived: Derived) -> Iterator[Finding]:
    """Channels that say nothing; the exported program has none of them."""
    for held in exported(derived).removals:
        yield Finding(Cause.CHANNELS, held.layer, float(held.removed), str(held.channels))


class Adviser:
    """Tries remedies on the live samples; keeps what it lowered and ran for the next time.

    Parameters
    ----------
    samples
        How many.
    target
        The chip whose cycles are told; None tells none.
    """

    def __init__(self, samples: int, target: str | None = None) -> None:
        self.samples, self.target = samples, target
        self._live, self._cache = Live(), LoweringCache()

    def advise(self, derived: Derived, *, progress: Progress = silent) -> tuple[Finding, ...]:
        """All findings with the remedies that were tried.

        Raises
        ------
        StudioError
            If there is no program or there are no samples.
        Cancelled
            If `progress` says so.
        """
        base = self._live.evaluate(derived, self.samples, progress=progress)
        found = findings(derived, base)
        tried = [(place, choice) for place, held in enumerate(found)
                 for choice in _choices(derived, held)]  # fmt: skip
        made: dict[int, list[Remedy]] = {}
        for done, (place, choice) in enumerate(tried):
            progress(done, len(tried), "trying remedies")
            remedy = self._tried(derived, base, found[place].layer, choice, progress)
            if remedy is not None and remedy.is_worth_telling:
                made.setdefault(place, []).append(remedy)
        return tuple(
            replace(held, remedies=_ranked(made.get(place, ()))) for place, held in enumerate(found)
        )

    def _tried(
        self,
        derived: Derived,
        base: Evaluation,
        layer: str,
        choice: Choice,
        progress: Progress,
    ) -> Remedy | None:
        """What a choice brings; None when it is refused or changes nothing."""
        try:
            other = self._with(derived, layer, choice)
        except StudioError:
            return None
        if other.document == derived.document:
            return None
        made = self._live.evaluate(other, self.samples, progress=_only_cancel(progress))
        before, after = _of(base, layer), _of(made, layer)
        own = after.sqnr_isolated_db - before.sqnr_isolated_db
        end = made.layers[-1].sqnr_cumulative_db - base.layers[-1].sqnr_cumulative_db
        old, new = footprint(derived), footprint(other)
        return Remedy(
            choice,
            own if math.isfinite(own) else 0.0,
            end if math.isfinite(end) else 0.0,
            new.weights + new.constants - old.weights - old.constants,
            new.arena - old.arena,
            self._more_cycles(derived, other),
        )

    def _more_cycles(self, derived: Derived, other: Derived) -> float | None:
        """What another configuration takes beyond this one."""
        if self.target is None:
            return None
        try:
            before, after = (predicted_cycles(held, self.target) for held in (derived, other))
        except TargetError:
            return None
        return None if before is None or after is None else after - before

    def _with(self, derived: Derived, layer: str, choice: Choice) -> Derived:
        """The same network with another choice for one layer."""
        edit, _ = change_layers(derived.graph, (layer,), choice)
        document = edit(derived.document)
        program = lower(
            derived.graph,
            derived.stats or {},
            document.scheme,
            arithmetic(document.arithmetic),
            cache=self._cache,
        )
        return replace(derived, document=document, program=program)


def _of(evaluation: Evaluation, layer: str) -> LayerError:
    return next(held for held in evaluation.layers if held.name == layer)


def _only_cancel(progress: Progress) -> Progress:
    """A progress that tells nothing of its own, but still stops."""
    return lambda done, total, what: progress(0, 0, "trying remedies")


def _ranked(remedies: Sequence[Remedy]) -> tuple[Remedy, ...]:
    """Gains at the end of the network first, then what saves bytes."""
    return tuple(sorted(remedies, key=lambda held: (-round(held.end_db, 1), held.flash_bytes)))


def _choices(derived: Derived, found: Finding) -> Iterator[Choice]:
    """What is worth a try for a finding."""
    if found.cause in (Cause.HEADROOM, Cause.CHANNELS, Cause.REFUSED):
        return
    if found.cause is Cause.POINTLESS:
        yield Choice(bits="a8")
        return
    graph = derived.graph
    node = graph.by_name.get(found.layer)
    port = next((port for port in graph.inputs if port.name == found.layer), None)
    layer = node or port
    if layer is None:
        return
    held, takes = derived.document.scheme.of(found.layer), settable_bits(graph, layer)
    if takes.weights:
        yield from _weight_choices(held)
    if takes.activations and held.activation_bits < 16:
        yield Choice(bits=f"a{16 if held.activation_bits == 8 else 8}")
    if takes.weights or takes.activations:
        yield from (
            Choice(range_method=method)
            for method in (RangeMethod.MINMAX, RangeMethod.PERCENTILE, RangeMethod.MSE)
            if method is not held.range_method
        )


def _weight_choices(held: LayerScheme) -> Iterator[Choice]:
    """A bit more, a bit less, and a scale for each channel."""
    if held.weight_bits < 8:
        yield Choice(bits=f"w{held.weight_bits + 1}")
    if held.weight_bits > 1:
        yield Choice(bits=f"w{held.weight_bits - 1}")
    if held.granularity is Granularity.TENSOR:
        yield Choice(granularity=Granularity.CHANNEL)
