"""Advice: what is told is there, and what a remedy is said to bring it brings."""

import pytest

from tinyml_studio.app.advice import Adviser, Cause, findings
from tinyml_studio.app.estimating import predicted_cycles
from tinyml_studio.app.footprint import footprint
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import Cancelled

SAMPLES = 32
STEM, BLOCK = "/stem/stem.0/Conv", "/block/Add"


@pytest.fixture
def studio():
    made = Studio.open_example("digits")
    made.set_layers((STEM,), bits="w2")
    return made


def by_cause(found):
    return {held.cause: held for held in found}


def test_the_weakest_layer_comes_first_and_a_bit_more_helps_as_much_as_told(studio):
    first, *_ = Adviser(SAMPLES).advise(studio.derived)
    assert first.cause is Cause.WEAK
    assert first.layer == STEM
    best = next(held for held in first.remedies if held.choice.bits == "w3")
    before, flash = studio.errors(SAMPLES), footprint(studio.derived)
    studio.set_layers((STEM,), bits="w3")
    after, new = studio.errors(SAMPLES), footprint(studio.derived)
    end = after.layers[-1].sqnr_cumulative_db - before.layers[-1].sqnr_cumulative_db
    assert best.end_db == pytest.approx(end)
    assert best.own_db > 0
    assert best.flash_bytes == new.weights + new.constants - flash.weights - flash.constants


def test_cycles_are_those_of_the_chip(studio):
    def best(target):
        first, *_ = Adviser(SAMPLES, target).advise(studio.derived)
        return next(held for held in first.remedies if held.choice.bits == "w3")

    before = predicted_cycles(studio.derived, "cortex-m4")
    told = best("cortex-m4").cycles
    assert best(None).cycles is None
    assert best("no such chip").cycles is None
    studio.set_layers((STEM,), bits="w3")
    assert told == pytest.approx(predicted_cycles(studio.derived, "cortex-m4") - before)
    assert told != 0


def test_remedies_are_ranked_by_what_the_last_layer_gains(studio):
    for held in Adviser(SAMPLES).advise(studio.derived):
        gains = [round(remedy.end_db, 1) for remedy in held.remedies]
        assert gains == sorted(gains, reverse=True)


def test_sixteen_bits_between_eight_are_pointless(studio):
    studio.set_layers((STEM,), bits="a16")
    found = by_cause(findings(studio.derived, studio.errors(SAMPLES)))
    assert found[Cause.POINTLESS].layer == STEM
    studio.set_all(bits="w8a16")
    assert Cause.POINTLESS not in by_cause(findings(studio.derived, None))


def test_a_narrow_range_saturates(studio):
    studio.set_all(bits="w8a8")
    studio.set_range(BLOCK, (-0.01, 0.02))
    found = findings(studio.derived, studio.errors(SAMPLES))
    assert BLOCK in {held.layer for held in found if held.cause in (Cause.SATURATES, Cause.WEAK)}


def test_accumulators_are_told_without_samples(studio):
    found = by_cause(findings(studio.derived, None))
    assert found[Cause.HEADROOM].figure >= 0


def test_it_stops_when_asked_and_a_later_try_is_whole(studio):
    adviser = Adviser(SAMPLES)

    def stop(done, total, what):
        if done == 2 and what == "trying remedies":
            raise Cancelled

    with pytest.raises(Cancelled):
        adviser.advise(studio.derived, progress=stop)
    assert adviser.advise(studio.derived)[0].remedies


def test_without_a_program_there_is_nothing(studio):
    bare = Studio.open(studio.document.model_path)
    assert findings(bare.derived, None) == ()
