"""The facts above the table: the model, the live figures, the last evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.states.assembling.operators import Rows
from tinyml_studio.gui.states.layers import SUSPECT_DB
from tinyml_studio.gui.states.summary import Fact, SummaryState, Tone
from tinyml_studio.gui.states.text import clean, percent, points, short_count, whole

if TYPE_CHECKING:
    from tinyml_studio.ir.graph import Reference
    from tinyml_studio.prune.prune import Pruned
    from tinyml_studio.simulate.evaluate import Evaluation

MOST_NAMED = 6


def summary_state(
    rows: Rows,
    live: Evaluation | None,
    full: Evaluation | None,
    *,
    is_current: bool,
    pending: bool,
    removed: Pruned | None = None,
    reference: tuple[str, Reference] | None = None,
) -> SummaryState:
    """Facts of the model and of its integers; `full` is the last evaluation over all samples.

    `removed` is the exported program where it is known, `reference` name and layers of the model
    that this one is held against.
    """
    facts = [
        Fact("Layers", whole(len(rows)), "After folding and fusing, inputs included", rank=3),
        Fact(
            "Parameters", whole(sum(row.parameters for row in rows)), "Weights and biases", rank=4
        ),
        Fact(
            "MACs",
            short_count(sum(row.macs for row in rows)),
            "Multiplications with addition for one sample",
            rank=5,
        ),
    ]
    if removed is not None and removed.removals:
        facts.append(_removal_fact(removed))
    if reference is not None:
        facts.append(_reference_fact(*reference, rows))
    if live is not None:
        facts += _live_facts(live)
    if full is not None:
        facts += _full_facts(full, is_current=is_current)
    return SummaryState(tuple(facts), pending)


def _removal_fact(removed: Pruned) -> Fact:
    """What the export leaves out."""
    channels = sum(held.removed for held in removed.removals)
    saved = 1 - removed.macs / max(removed.macs_before, 1)
    tip = (
        f"Constant or unread channels of {len(removed.removals)} layers that the export leaves "
        f"out: {percent(saved)} of the multiply-accumulates less, the same outputs"
    )
    return Fact("Removed at export", f"{whole(channels)} channels", tip, rank=4)


def _reference_fact(name: str, held: Reference, rows: Rows) -> Fact:
    """Against which model errors are, and which layers it does not have."""
    total = sum(row.kind != "Input" for row in rows)
    lost = [clean(layer, limit=60) for layer in held.unmatched]
    shown = ", ".join(lost[:MOST_NAMED]) + f" and {len(lost) - MOST_NAMED} more" * (
        len(lost) > MOST_NAMED
    )
    tip = f"Errors and histograms are against {name}."
    tip += f" Not found there, so held against this model in float: {shown}." if lost else ""
    found = f"{total - len(lost)} of {total} layers found"
    tone = Tone.FLOAT
    if held.unlike:
        found, tone = f"{found}, {len(held.unlike)} with other weights", Tone.SUSPECT
        tip += " The two models were not trained together, so the errors mean little."
    return Fact("Held against", f"{clean(name, limit=24)} · {found}", tip, tone, rank=1)


def _live_facts(live: Evaluation) -> list[Fact]:
    suspect = [error for error in live.layers if error.sqnr_cumulative_db < SUSPECT_DB]
    marked = f"▾ {len(suspect)}" if suspect else "none"
    return [
        Fact(
            "Suspect",
            marked,
            "Layers whose SQNR up to there is below 10 dB",
            Tone.SUSPECT if suspect else Tone.PLAIN,
            rank=1,
        ),
        Fact(
            "Agreement, live",
            percent(live.agreement),
            f"How often integers and float give the same answer, on {live.samples} calibration "
            "samples; follows every change",
            Tone.INTEGER,
        ),
    ]


def _full_facts(full: Evaluation, *, is_current: bool) -> list[Fact]:
    """Accuracy of float and integers; greyed once the scheme has changed."""
    old = "" if is_current else " Measured before the last change: press F5 to measure again."
    where = f"over {whole(full.samples)} samples.{old}"
    if full.float_accuracy is None or full.integer_accuracy is None:
        tone = Tone.INTEGER if is_current else Tone.MUTED
        return [Fact("Agreement", percent(full.agreement), f"With float, {where}", tone)]
    lost = points(full.integer_accuracy - full.float_accuracy)
    return [
        Fact(
            "Float accuracy",
            percent(full.float_accuracy),
            f"Of the float network {where}",
            Tone.FLOAT if is_current else Tone.MUTED,
            rank=2,
        ),
        Fact(
            "Integer accuracy" if is_current else "Integer accuracy (old)",
            f"{percent(full.integer_accuracy)}  {lost}",
            f"Of the integer network {where}",
            Tone.INTEGER if is_current else Tone.MUTED,
        ),
    ]
