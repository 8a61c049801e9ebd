"""Gauges against limits and a baseline; what is not known says why."""

import pytest

from tinyml_studio.app.studio import Studio
from tinyml_studio.app.targets import find_target
from tinyml_studio.app.tried import Attempt, Quality
from tinyml_studio.cost.estimate import Counted, estimate
from tinyml_studio.document.budget import Budget
from tinyml_studio.gui.states.assembling.budget import (
    ASK,
    WAITING,
    gauges_of,
    measures_of,
    status_of,
)
from tinyml_studio.gui.states.budget import Measure, Quantity, gauge, parse_limit
from tinyml_studio.gui.states.targets import target_choices

Q = Quantity
CHIP = find_target("stm32f411re")


@pytest.fixture(scope="module")
def document():
    return Studio.open_example("digits").document


def counted(**changes):
    known = {
        "flash_bytes": 80_000, "code_bytes": 4000, "weight_bytes": 70_000, "arena_bytes": 30_000,
        "static_bytes": 100, "stack_bytes": 500, "instructions": 10_000_000,
    }  # fmt: skip
    return Counted(**{**known, **changes})


def attempt(document, *, notes=(), target=CHIP, **changes):
    live = Quality(30.0, 0.97, None, 64)
    made = estimate(target, counted(**changes), (), notes)
    return Attempt(document, "", live, None, 76_000, 30_000, estimates={target.name: made})


NO_BUDGET = Budget()


def by_quantity(held, budget=NO_BUDGET, baseline=None, target=CHIP, missing=ASK):
    before = measures_of(baseline, target.name, None, missing="") if baseline else {}
    now = measures_of(held, target.name, None, missing=missing)
    return {shown.quantity: shown for shown in gauges_of(now, before, budget, target)}


def test_an_estimate_fills_the_gauges(document):
    shown = by_quantity(attempt(document))
    assert shown[Q.FLASH].value == "80.0 kB"
    assert shown[Q.FLASH].hint == "of 524 kB"
    assert shown[Q.RAM].value == "30.6 kB"
    assert shown[Q.LATENCY].value == "130 ms"
    assert "Between 100 ms and 180 ms" in shown[Q.LATENCY].tip
    assert shown[Q.ENERGY].value.endswith("mJ")
    assert shown[Q.AGREEMENT].value == "97.0 %"
    assert Q.ACCURACY not in shown


def test_the_flash_says_what_of_it_is_code(document):
    tip = by_quantity(attempt(document))[Quantity.FLASH].tip
    assert "Weights and constants 76.0 kB, code 4.00 kB." in tip


def test_before_an_estimate_memory_is_a_lower_bound_and_time_is_not_known(document):
    bare = Attempt(document, data_bytes=76_000, arena_bytes=30_000)
    shown = by_quantity(bare, missing=WAITING)
    assert shown[Q.FLASH].value == "≥ 76.0 kB"
    assert shown[Q.RAM].value == "≥ 30.0 kB"
    assert shown[Q.LATENCY].value == "not known"
    assert WAITING in shown[Q.LATENCY].tip


def test_a_missing_tool_is_named(document):
    note = "no emulator: install the package qemu-system-arm"
    held = attempt(document, notes=(note,), instructions=None, stack_bytes=None)
    shown = by_quantity(held)
    assert "qemu-system-arm" in shown[Q.LATENCY].tip
    assert shown[Q.RAM].value.startswith("≥")
    known = held.estimates[CHIP.name]
    assert "qemu-system-arm" in status_of(known, fault="", runs=False, missing="")


def test_a_bare_core_has_no_clock(document):
    core = find_target("cortex-m4")
    shown = by_quantity(attempt(document, target=core), target=core)
    assert "clock" in shown[Q.LATENCY].tip
    assert shown[Q.FLASH].hint.startswith("no limit")


def test_limits_and_baseline(document):
    baseline = attempt(document, flash_bytes=100_000)
    budget = Budget(flash_bytes=64_000, agreement=0.99, latency_ms=140.0, accuracy=0.5)
    shown = by_quantity(attempt(document), budget, baseline)
    flash = shown[Q.FLASH]
    assert (flash.limit, flash.verdict) == ("64.0 kB", "▾ 16.0 kB over")
    assert (flash.change, flash.is_better) == ("−20.0 kB", True)
    assert shown[Q.LATENCY].is_near
    assert not shown[Q.LATENCY].change
    assert shown[Q.AGREEMENT].verdict == "▾ 2.0 pt short"
    assert "labels" in shown[Q.ACCURACY].tip


def test_figures_of_the_state_before_are_old(document):
    before = attempt(document).estimates[CHIP.name]
    held = measures_of(Attempt(document), CHIP.name, before, missing=WAITING)
    shown = gauge(Q.LATENCY, held[Q.LATENCY], None, None, 100.0)
    assert shown.is_old
    assert not shown.change
    assert "before the last change" in shown.tip


@pytest.mark.parametrize(
    ("quantity", "text", "value"),
    [
        (Q.FLASH, "64 kB", 64_000), (Q.RAM, "32KiB", 32_768), (Q.RAM, " 500 ", 500),
        (Q.LATENCY, "0,2 s", 200), (Q.ENERGY, "500 µJ", 0.5), (Q.ACCURACY, "85 %", 0.85),
        (Q.AGREEMENT, "98", 0.98), (Q.FLASH, "  ", None),
    ],
)  # fmt: skip
def test_limits_are_read(quantity, text, value):
    read = parse_limit(quantity, text)
    assert read is None if value is None else read == pytest.approx(value)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [(Q.FLASH, "5 ms"), (Q.FLASH, "0"), (Q.ACCURACY, "120 %"), (Q.LATENCY, "fast"), (Q.RAM, "-3")],
)
def test_what_is_no_limit_is_refused_with_an_example(quantity, text):
    with pytest.raises(ValueError, match="Write the limit like"):
        parse_limit(quantity, text)


def test_unknown_figures_have_no_bar():
    shown = gauge(Q.ENERGY, Measure(note="why"), 5.0, None, None)
    assert shown.share is None
    assert shown.limit == "5 mJ"


def test_chips_come_before_bare_cores():
    choices = target_choices([find_target("cortex-m4"), CHIP])
    assert [held.name for held in choices] == ["stm32f411re", "cortex-m4"]
    assert "100 MHz" in choices[0].about


def test_what_was_counted_is_no_change_of_what_was_predicted():
    now, counted = Measure(10.0, source="counted"), Measure(8.0, source="counted")
    budget = Budget()

    def change(before):
        (shown,) = gauges_of({Q.LATENCY: now}, {Q.LATENCY: before}, budget, None)
        return shown.change

    assert change(counted) == "+2 ms"
    assert change(Measure(8.0, source="predicted")) == ""
    assert change(Measure(10.0, source="counted")) == ""
