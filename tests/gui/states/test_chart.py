import csv
import io

import numpy as np
import pytest

from tinyml_studio.gui.states.channels import channel_strip
from tinyml_studio.gui.states.chart import (
    Table,
    csv_bytes,
    error_table,
    file_name,
    histogram_table,
    strip_table,
    waves_table,
)
from tinyml_studio.gui.states.drawing import roomier
from tinyml_studio.gui.states.errors import ErrorBar, ErrorState, Metric
from tinyml_studio.gui.states.histograms import weight_histogram
from tinyml_studio.quantize.ranges import weight_params
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

WEIGHTS = np.linspace(-3, 3, 64, dtype=np.float32).reshape(4, 16)


def read(table):
    return list(csv.reader(io.StringIO(csv_bytes(table).decode())))


def test_what_is_written_reads_back():
    rows = (("a,b", 1, 0.1), ('say "x"', None, float("inf")), ("zwei\nZeilen", 2, 1e-30))
    lines = read(Table("t", ("name", "count", "value (dB)"), rows))
    assert lines[0] == ["name", "count", "value (dB)"]
    assert lines[1] == ["a,b", "1", "0.1"]
    assert lines[2] == ['say "x"', "", "inf"]
    assert float(lines[3][2]) == 1e-30


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@x", "\tx"])
def test_a_name_from_a_file_is_no_formula(name):
    assert read(Table("t", ("n",), ((name, -1.5),)))[1] == [f"'{name}", "-1.5"]


def test_errors_have_their_unit():
    table = error_table(ErrorState(Metric.SQNR, (ErrorBar("l/1", "l", 40.5, 30.25),)))
    assert read(table) == [
        ["layer", "SQNR alone (dB)", "SQNR so far (dB)", "SQNR at the output (dB)"],
        ["l/1", "40.5", "30.25", ""],
    ]


@pytest.mark.parametrize("factor", [1.0, 1e-20])
def test_histograms_and_strips_are_in_real_units(factor):
    weights = (WEIGHTS * np.float32(factor)).astype(np.float32)
    params = weight_params(
        weights, bits=8, granularity=Granularity.CHANNEL, method=RangeMethod.MINMAX
    )
    rows = histogram_table(weight_histogram(weights, None)).rows
    assert rows[0][0] == pytest.approx(-3 * factor)
    assert rows[-1][1] == pytest.approx(3 * factor)
    assert sum(row[2] for row in rows) == pytest.approx(1.0)
    assert {row[3] for row in rows} == {None}
    strip = strip_table(channel_strip(weights, params, None)).rows
    assert strip[0][1] == pytest.approx(-3 * factor)
    assert strip[0][5] == pytest.approx(3 * factor)


def test_waves_are_one_row_per_step():
    assert waves_table(np.array([[1.0, 2.0], [3.0, 4.0]])).rows == ((0, 1.0, 3.0), (1, 2.0, 4.0))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Weights of channel 3", "Weights-of-channel-3.png"),
        ("../../x", "x.png"),
        ("//", "chart.png"),
    ],
)
def test_file_names_are_plain(name, expected):
    assert file_name(Table(name, (), ()), ".png") == expected


def test_an_axis_leaves_pixels_free_at_its_ends():
    low, high = roomier(-1.0, 1.0, 220.0, before=10.0, behind=10.0)
    assert (low, high) == pytest.approx((-1.1, 1.1))
    assert roomier(0.0, 1.0, 100.0, behind=20.0) == pytest.approx((0.0, 1.25))
    assert roomier(0.0, 1.0, 1.0, before=8.0, behind=8.0) == (0.0, 1.0)
