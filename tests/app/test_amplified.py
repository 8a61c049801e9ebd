import pytest

from tinyml_studio.app import amplified
from tinyml_studio.app.amplified import SAMPLES, Amplifier, followed
from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import Cancelled, DataError, StudioError


@pytest.fixture
def studio():
    return Studio.open_example("digits")


def test_an_edit_follows_only_what_it_changed(studio):
    amplifier = Amplifier()
    before = amplifier.measure(studio.derived)
    assert list(before) == [row.name for row in studio.layers]
    studio.set_bits(studio.layers[1].name, "w3")
    after = amplifier.measure(studio.derived)
    changed = [name for name, held in after.items() if held is not before[name]]
    assert changed == [studio.layers[1].name]
    assert after[changed[0]].output.sqnr_db < before[changed[0]].output.sqnr_db


def test_other_samples_are_measured_anew(studio):
    amplifier = Amplifier()
    before = amplifier.measure(studio.derived)
    studio.calibrate(find_example("digits").test, samples=SAMPLES)
    after = amplifier.measure(studio.derived)
    assert not any(after[name] is held for name, held in before.items())


def test_without_data_it_says_what_is_missing():
    with pytest.raises(DataError):
        Amplifier().measure(Studio.open(find_example("digits").model).derived)


def test_of_a_long_network_the_weakest_and_others_evenly_spread_are_followed():
    names = [f"layer {place}" for place in range(1000)]
    weakest = names[990:] + names[:500]
    chosen = followed(names, weakest)
    assert len(chosen) == len(set(chosen)) <= amplified.MOST_FOLLOWED
    assert list(chosen[:100]) == weakest[:100]
    beginning = [names.index(name) for name in chosen[100:108]]
    assert max(beginning) - min(beginning) > 500
    assert followed(names[:200], weakest) is None
    with pytest.raises(StudioError, match="5,000 layers"):
        followed([str(place) for place in range(5_001)], ())


def test_a_long_network_is_followed_in_part_and_keeps_what_is_known(studio, monkeypatch):
    names = [row.name for row in studio.layers]
    whole = Amplifier().measure(studio.derived)
    monkeypatch.setattr(amplified, "MOST_FOLLOWED", 4)
    amplifier = Amplifier()
    part = amplifier.measure(studio.derived, weakest=(names[7], names[2], names[5]))
    assert {names[7], names[2]} <= set(part)
    assert len(part) == 4
    assert list(part) == [name for name in names if name in part]
    assert all(part[name].output == whole[name].output for name in part)
    again = amplifier.measure(studio.derived, weakest=(names[5],), seconds=-1.0)
    assert list(again) == list(part)
    more = amplifier.measure(studio.derived, weakest=(names[5],))
    assert set(more) > set(part)


def test_following_stops_between_two_layers(studio, monkeypatch):
    monkeypatch.setattr(amplified, "MOST_FOLLOWED", 4)
    seen = []

    def stop(done, total, what):
        seen.append((done, total))
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        Amplifier().measure(studio.derived, progress=stop)
    assert seen == [(0, 4), (1, 4), (2, 4)]
