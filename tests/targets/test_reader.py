"""A target's file: every fault is named with the file, the key and the reason."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyml_studio.errors import TargetError
from tinyml_studio.targets.reader import MAX_FILE_BYTES, read_target
from tinyml_studio.targets.target import Target

GOOD = {
    "name": '"mine"',
    "title": '"My own board"',
    "core": '"cortex-m4"',
    "clock_hz": "80_000_000",
    "run_current_ua_per_mhz": "99.5",
}


def text(**changes):
    table = {**GOOD, **changes}
    return "".join(f"{key} = {value}\n" for key, value in table.items() if value is not None)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "mine.toml"


def refused(file, content):
    file.write_text(content, encoding="utf-8")
    with pytest.raises(TargetError) as caught:
        read_target(file)
    message = str(caught.value)
    assert "mine.toml" in message
    assert "\n" not in message
    return message


def test_a_good_file_is_read(file):
    source = '[source]\nclock_hz = "the label"\n'
    file.write_text(text(aliases='["a", "b"]') + source, encoding="utf-8")
    held = read_target(file)
    assert (held.name, held.core, held.clock_hz) == ("mine", "cortex-m4", 80_000_000)
    assert held.aliases == ("a", "b")
    assert held.run_current_ua_per_mhz == 99.5
    assert held.flash_bytes is None
    assert dict(held.source) == {"clock_hz": "the label"}


@pytest.mark.parametrize("key", ["name", "title", "core"])
def test_a_missing_key_is_named(file, key):
    assert f"{key!r} is missing" in refused(file, text(**{key: None}))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("clok_hz", "1", "did you mean clock_hz"),
        ("name", '"My Board"', "small letters"),
        ("name", '"mine.toml"', "told from names"),
        ("title", '"two\\nlines"', "on one line"),
        ("title", f'"{"x" * 300}"', "at most 200"),
        ("core", '"cortex-m4f"', "did you mean cortex-m4"),
        ("core", "4", "must be one of cortex-m0plus"),
        ("aliases", '"one"', "a list of names"),
        ("clock_hz", "80e6", "an integer of"),
        ("clock_hz", "true", "an integer of"),
        ("clock_hz", "0", "an integer of"),
        ("flash_bytes", "-1", "an integer of"),
        ("ram_bytes", "99999999999999999999", "an integer of"),
        ("fpu", '"half"', "none, single, double"),
        ("vector", '"simd"', "none, dsp, helium, pie"),
        ("run_current_ua_per_mhz", "nan", "a number of"),
        ("run_current_ma", "3.3", "leave one out"),
        ("supply_volts", "true", "a number of"),
        ("source", '"a book"', "a table of text"),
        ("source", "{clock_hz = 3}", "must be text"),
        ("source", '{ram_bytes = "a book"}', "no such figure"),
    ],
)
def test_a_wrong_value_is_named_with_its_reason(file, key, value, reason):
    message = refused(file, text(**{key: value}))
    assert reason in message
    assert key in message


def test_what_is_no_toml_is_refused(file, tmp_path):
    assert "line 1" in refused(file, "name = \n")
    assert "larger than" in refused(file, "#" * (MAX_FILE_BYTES + 1))
    file.write_bytes(b'name = "\xff"')
    with pytest.raises(TargetError, match="not UTF-8"):
        read_target(file)
    for place in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(TargetError, match="no such file"):
            read_target(place)


@pytest.mark.parametrize("deep", ["[" * 5000, "{a=" * 5000])
def test_deep_nesting_is_refused(file, deep):
    refused(file, text(title=deep))


@given(st.text(max_size=40))
def test_any_title_is_taken_or_refused(tmp_path_factory, title):
    file = tmp_path_factory.getbasetemp() / "mine.toml"
    escaped = "".join(f"\\U{ord(c):08X}" for c in title if not 0xD800 <= ord(c) < 0xE000)
    file.write_text(text(title=f'"{escaped}"'), encoding="utf-8")
    try:
        assert read_target(file).title.isprintable()
    except TargetError as error:
        assert "title" in str(error)  # noqa: PT017 - either outcome is right


def test_every_field_has_a_check():
    for item in fields(Target):
        assert item.name in read_target.__globals__["_CHECKS"]
